"""Published pages, read for counts of a few people: every table and every sentence."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.privacy.attacker import steps_of_a_few

__all__ = ["few_people_on", "tables_of"]

Table = list[list[str]]
# Headings of counts of people; and those of counts of which each is among those above it.
_PEOPLE = ("customers", "could start", "people in this order", "did it at all", "people watched",
           "newcomers", "scores", "answered", "customers who answered", "stuck")  # fmt: skip
_NESTED = ("people in this order", "did it at all", "people watched")
_KEYS = ("segment", "rule", "cohort", "from")
_SAID = re.compile(
    r"(?<![\w.,–−-])([1-9]) (?:of (?:them|the) )?(?:customers?|people|persons?|newcomers?)\b"
)
_LIMIT = 10


class _Reader(HTMLParser):
    """Collects tables, and the text outside of styles, scripts and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.text: list[str] = []
        self._skipped = 0
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self._skipped += 1
        # Readers who do not see the picture are told it in words.
        self.text += [
            f"{value}\n" for name, value in attrs if name in ("alt", "aria-label") and value
        ]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._skipped -= 1
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        if tag in ("p", "li", "tr", "td", "th", "caption", "figcaption", "text", "h2", "h3"):
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._cell is not None:
            self._cell.append(data)
        self.text.append(data)


def tables_of(page: str) -> list[Table]:
    """Return the tables of a page: rows of cells as text, the heading first."""
    reader = _Reader()
    reader.feed(page)
    return [table for table in reader.tables if len(table) > 1]


def few_people_on(page: str) -> list[str]:
    """Return what a page tells of fewer than ten people, in words of the finding.

    Args:
        page: The page, as HTML.
    """
    reader = _Reader()
    reader.feed(page)
    found = [f"said: {one.group(0)}" for one in _SAID.finditer("".join(reader.text))]
    for table in reader.tables:
        if len(table) > 1:
            found += _in_table(table)
    return found


def _in_table(table: Table) -> list[str]:
    heads = [cell.lower() for cell in table[0]]
    rows = [row for row in table[1:] if len(row) == len(heads)]
    key = next((place for place, head in enumerate(heads) if head in _KEYS), 0)
    found = []
    for place, head in enumerate(heads):
        if head not in _PEOPLE:
            continue
        counts = [_count(row[place]) for row in rows]
        found += [f"{head}: {n}" for n in counts if n is not None and 0 < n < _LIMIT]
        if head in _NESTED:
            for name in dict.fromkeys(row[key] for row in rows):
                own = [n for n, row in zip(counts, rows, strict=True) if row[key] == name]
                found += [f"{head} of {name}: {gap} fewer" for gap in steps_of_a_few(own, _LIMIT)]
    found += _shares(heads, rows)
    if {"could start", "people in this order"} <= set(heads):
        pair = heads.index("could start"), heads.index("people in this order")
        both = [[_count(row[place]) for place in pair] for row in rows]
        found += [f"did not start: {gap}" for own in both for gap in steps_of_a_few(own, _LIMIT)]
    return found


def _shares(heads: list[str], rows: Table) -> list[str]:
    """A share beside its base is a count, and so is what is left of the base."""
    bases = [place for place, head in enumerate(heads) if head == "customers"]
    told = [place for place, head in enumerate(heads) if head in ("active", "would buy")]
    found = []
    for base in bases:
        for place in told:
            for row in rows:
                whole, share = _count(row[base]), row[place].rstrip("%")
                if whole is None or not re.fullmatch(r"[\d.]+", share):
                    continue
                part = round(whole * float(share) / 100)
                found += [
                    f"{heads[place]} {row[place]} of {whole}: {n}"
                    for n in (part, whole - part) if 0 < n < _LIMIT
                ]  # fmt: skip
    return found


def _count(text: str) -> int | None:
    return int(text.replace(",", "")) if re.fullmatch(r"\d[\d,]*", text) else None
