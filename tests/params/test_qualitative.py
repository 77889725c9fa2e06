"""Curated quotes: read strictly, every fault with its line."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.qualitative import read_qualitative

GOOD = """\
quotes:
  - segment: S01
    quote: I wait for the sale.
    source: Interviews
    n: 8
    date: 2025-05
  - {segment: S02, quote: "Too slow.", source: Calls, n: 3, date: 2025}
"""


def read(text: str) -> list[tuple[str, str, str, int, str]]:
    found = read_qualitative(text, name="q.yaml", segments=["S01", "S02"])
    return [(q.segment, q.quote, q.source, q.n, q.date) for q in found.quotes]


def faults(text: str) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        read(text)
    return [str(fault) for fault in caught.value.faults]


def test_quotes_are_read():
    assert read(GOOD) == [
        ("S01", "I wait for the sale.", "Interviews", 8, "2025-05"),
        ("S02", "Too slow.", "Calls", 3, "2025"),
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "quotes:\n", "quotes: []\n"])
def test_a_file_without_quotes_is_fine(text: str):
    assert read(text) == []


def test_a_quote_without_a_source_is_refused_with_its_line():
    assert faults(GOOD.replace("    source: Interviews\n", "")) == [
        "q.yaml:2: quotes.0.source is missing, every quote has segment, quote, source, n and "
        "date. Say where it comes from; a quote without a source is no evidence."
    ]
    found = faults(GOOD.replace("source: Interviews", 'source: " "'))
    assert found[0].startswith("q.yaml:4: quotes.0.source")


def test_an_unknown_segment_is_refused_with_its_line():
    assert faults(GOOD.replace("segment: S02", "segment: S07")) == [
        "q.yaml:7: quotes.1.segment = S07, there is no such segment; there are S01, S02. "
        "Correct the ID, or remove the quote."
    ]


def test_all_faults_are_listed_at_once():
    text = GOOD.replace("n: 8", "n: 0").replace("date: 2025}", "date: May, mood: sad}")
    found = faults(text)
    assert [line.split(": ")[0] for line in found] == ["q.yaml:5", "q.yaml:7", "q.yaml:7"]
    assert "quotes.0.n = '0', must be at least 1" in found[0]
    assert any("quotes.1.mood is given" in line for line in found)


@pytest.mark.parametrize("text", ["- a\n", "quotes: S01\n", "quotes:\n  - just text\n"])
def test_other_shapes_are_refused(text: str):
    assert faults(text)[0].startswith("q.yaml:")
