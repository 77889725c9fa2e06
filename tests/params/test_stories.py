"""The file of stories: read strictly, every fault with its line."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.stories import Belief, Stories, read_stories

TEXT = """\
stories:
  days:
    - segment: S01
      text: A short look.
  beliefs:
    - trait: tenure
      outcome: revenue
      direction: positive
"""


def test_stories_are_read_with_the_lines_of_their_entries():
    file = read_stories(TEXT, "params/acme/stories.yaml")
    assert file.stories.days[0].text == "A short look."
    assert file.stories.beliefs == (
        Belief(trait="tenure", outcome="revenue", direction="positive"),
    )
    assert file.where("days", 0) == "params/acme/stories.yaml:3"
    assert file.where("days", 0, "text") == "params/acme/stories.yaml:4"
    assert file.where("answers", 7) == "params/acme/stories.yaml"


@pytest.mark.parametrize("text", [None, "", "\n", "stories:\n"])
def test_no_stories_are_fine(text):
    assert read_stories(text, "s.yaml").stories == Stories()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TEXT.replace("stories:", "tales:"), "s.yaml:1: top level holds tales"),
        (TEXT.replace("S01", "1"), "s.yaml:3: days.0.segment = 1"),
        (TEXT.replace("S01", "S1"), 's.yaml:3: days.0.segment = "S1"'),
        (TEXT.replace("text:", "texts:"), "s.yaml:4: days.0.texts is given, there is no such key"),
        (TEXT.replace("positive", "up"), "s.yaml:8: beliefs.0.direction"),
        (TEXT.replace("  beliefs", "  belief"), "Known here: days, answers, beliefs, narratives."),
        (TEXT.replace("      outcome: revenue\n", ""), "beliefs.0.outcome is missing"),
        (TEXT + "  days: []\n", "stories.days stands twice"),
    ],
)
def test_faults_name_their_line(text, says):
    with pytest.raises(ParameterError) as caught:
        read_stories(text, "s.yaml")
    assert says in str(caught.value)


def test_all_faults_are_listed_at_once():
    with pytest.raises(ParameterError) as caught:
        read_stories(TEXT.replace("S01", "S1").replace("positive", "up"), "s.yaml")
    assert len(caught.value.faults) == 2


def test_the_demos_stories_are_readable(project_root):
    path = project_root / "params" / "demo" / "stories.yaml"
    file = read_stories(path.read_text(encoding="utf-8"), "params/demo/stories.yaml")
    assert {answer.segment for answer in file.stories.answers} == {"S01", "S02"}
