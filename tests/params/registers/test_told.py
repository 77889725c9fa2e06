"""Stories and quotes are held against the segments there are, whatever else is wrong in them."""

from __future__ import annotations

import pathlib

from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.told import TOLD_FILES, told_faults, told_stories

KNOWN = {"S01": KnownSegment(name="Loyal"), "S02": KnownSegment("retired", "2025Q2")}
STORIES = """\
stories:
  days:
    - segment: S80
      text: A short look.
  answers:
    - {segment: S02, question: value, text: A bargain.}
  beliefs:
    - {trait: tenure, outcome: revenue, direction: up}
  narratives:
    - {audience: product, segment: S07, text: Some prose.}
    - {audience: product, segment: s1, text: Some prose.}
"""
QUOTES = """\
quotes:
  - {segment: S09, quote: I wait., source: Calls, n: 3, date: 2025}
  - {segment: S02, quote: I wait., source: Calls, n: 3, date: 2025}
  - {segment: S01, quote: I wait., n: 3, date: 2025}
"""
THERE_ARE = "In use are S01 (Loyal). Retired: S02 since 2025Q2."


def _said(known, **texts: str) -> list[str]:
    files = {f"{name}.yaml": text for name, text in texts.items()}
    return sorted(map(str, told_faults(files, known, folder="params/acme")))


def test_unknown_segments_stand_beside_all_other_faults_of_a_file():
    found = _said(KNOWN, stories=STORIES)
    assert len(found) == 4
    assert found[:2] == [
        f"params/acme/stories.yaml:10: narratives.0.segment = S07, there is no such segment. "
        f"{THERE_ARE}",
        'params/acme/stories.yaml:11: narratives.1.segment = "s1", String must match pattern '
        "'^(S\\d{2,}|\\(all\\))$'. Correct it.",
    ]
    assert found[2] == (
        f"params/acme/stories.yaml:3: days.0.segment = S80, there is no such segment. {THERE_ARE}"
    )
    assert found[3].startswith("params/acme/stories.yaml:8: beliefs.0.direction")


def test_quotes_of_retired_segments_stay_and_unknown_ones_are_told():
    assert _said(KNOWN, qualitative=QUOTES) == [
        f"params/acme/qualitative.yaml:2: quotes.0.segment = S09, there is no such segment. "
        f"{THERE_ARE}",
        "params/acme/qualitative.yaml:4: quotes.2.source is missing, every quote has segment, "
        "quote, source, n and date. Say where it comes from; a quote without a source is no "
        "evidence.",
    ]


def test_before_the_first_segments_only_the_files_themselves_are_checked():
    assert len(_said(None, stories=STORIES, qualitative=QUOTES)) == 3
    assert _said(None) == _said(KNOWN, stories="", qualitative="quotes:\n") == []


def test_a_file_that_is_no_yaml_is_one_fault():
    assert _said(KNOWN, stories="stories: [") == _said(None, stories="stories: [")
    assert len(_said(KNOWN, stories="stories: [")) == 1
    assert told_stories({"stories.yaml": "stories: ["}).name == "stories.yaml"
    assert told_stories({"stories.yaml": STORIES}).stories.days == ()


def test_the_demo_is_sound(project_root: pathlib.Path):
    known = {f"S{number:02d}": KnownSegment() for number in range(1, 7)}
    folder = project_root / "params/demo"
    texts: dict[str, str | None] = {f: (folder / f).read_text("utf-8") for f in TOLD_FILES}
    assert told_faults(texts, known, folder="params/demo") == []
    assert len(told_stories(texts).stories.answers) == 2
