"""No published page holds a customer's ID, a forbidden text, or anything that runs.

Every file is read as a reader's browser would: entities of HTML and escapes of JSON are undone,
attributes and drawings count. What cannot hold text is passed over: embedded pictures and fonts,
styles, and the coordinates of drawings.

Limits: an ID of three to five digits looks like any other number and is found only where a word
such as "customer" or "id" stands before it; one of two digits or fewer is not looked for, nor is a
word of five letters or fewer. An ID of letters and digits is, from three characters. IDs are found
where they stand by themselves, in their own case, not as a part of a longer word, of a decimal
number, of an amount with commas, or of a colour.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from segmentation_lib.faults import ContractError, Fault

__all__ = ["Leak", "check_pages", "find_leaks", "leaks_in"]

_SHORTEST = 6
_SHORTEST_MIXED = 3
_NO_TEXT = re.compile(
    r"<style\b.*?</style>"
    r"|data:(?:image|font|application)/[\w.+-]+;base64,[A-Za-z0-9+/=\s]+"
    r"|\s(?:d|points|transform|viewBox)=([\"'])[-\d.,eEA-Za-z\s()]*\1"
    r"|(?:fill|stroke|color|background|border[\w-]*|--[\w-]+)\s*[:=]\s*[\"']?#[0-9a-fA-F]{3,8}\b",
    re.DOTALL,
)
_ACTIVE = re.compile(
    r"<\s*script\b|<\s*(?:iframe|object|embed)\b|<[a-z][^<>]*\son[a-z]{3,}\s*=|"
    r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_SPACED = re.compile(r"\\[nrtbf]")
# Amounts and decimal numbers as one word, so that some of their digits are no ID.
_WORD = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+\.\d+|[^\W_]+")
# A short number is taken for an ID only where the word before it says so.
_CALLED = re.compile(
    r"(?:\b(?:customer|client|user|member|account)(?:[\s_.-]?(?:id|no|number))?[\s\"'=:#.]{1,4}"
    r"|\bid\s*[=:#]\s*[\"']?)(\d{3,5})(?![^\W_]|[.,]\d|\s*%)",
    re.IGNORECASE,
)
# Permanent IDs of segments stand on every page.
_SEGMENT = re.compile(r"S\d{2}")


@dataclass(frozen=True)
class Leak:
    """Something that must not be published.

    Attributes:
        page: The file, from the folder of the reports.
        line: Its line, counted from 1.
        kind: ``customer id``, ``forbidden text`` or ``active content``.
        found: What was found, of an ID only its first two characters.
    """

    page: str
    line: int
    kind: str
    found: str


def find_leaks(
    reports: Path,
    ids: Iterable[str],
    *,
    forbidden: Collection[str] = (),
    harmless: Collection[str] = (),
) -> list[Leak]:
    """Look for leaks in every file under a folder.

    Args:
        reports: The folder.
        ids: IDs of all customers.
        forbidden: Texts that must not stand on any page, as they are.
        harmless: Words that are no leak even where a customer has them as an ID, such as the IDs
            of segments, or a seed.

    Returns:
        The leaks, by file and line.
    """
    files = sorted(path for path in reports.rglob("*") if path.is_file())
    pages = {
        path.relative_to(reports).as_posix(): path.read_bytes().decode("utf-8", errors="replace")
        for path in files
    }
    return leaks_in(pages, ids, forbidden=forbidden, harmless=harmless)


def leaks_in(
    pages: Mapping[str, str],
    ids: Iterable[str],
    *,
    forbidden: Collection[str] = (),
    harmless: Collection[str] = (),
) -> list[Leak]:
    """Look for leaks in pages by name, before they are published; as `find_leaks` does."""
    known = {str(one) for one in ids}
    wanted = _searchable(known, harmless)
    lengths = sorted({key.count(" ") + 1 for key in wanted})
    found: set[Leak] = set()
    for name, raw in pages.items():
        for line, text in enumerate(_readable(raw).split("\n"), start=1):
            called = [m[1] for m in _CALLED.finditer(text) if m[1] in known]
            for match in (*_ids_in(text, wanted, lengths), *called):
                if match not in harmless:
                    found.add(Leak(name, line, "customer id", f"{match[:2]}…"))
            for words in forbidden:
                if words and words in text:
                    found.add(Leak(name, line, "forbidden text", words))
        found |= {
            Leak(name, raw.count("\n", 0, match.start()) + 1, "active content", match[0][:40])
            for match in _ACTIVE.finditer(raw)
        }
        # As it stands, too: what is forbidden may be markup that is only there unescaped.
        found |= {
            Leak(name, raw.count("\n", 0, raw.index(words)) + 1, "forbidden text", words)
            for words in forbidden
            if words and words in raw
        }
    return sorted(found, key=lambda leak: (leak.page, leak.line, leak.kind, leak.found))


def check_pages(
    pages: Mapping[str, str],
    ids: Iterable[str],
    *,
    forbidden: Collection[str] = (),
    harmless: Collection[str] = (),
) -> None:
    """Refuse pages with a leak; call it before they are published.

    Args:
        pages: Text by file name.
        ids: IDs of all customers.
        forbidden: Texts that must not stand on any page.
        harmless: Words that are no leak even where a customer has them as an ID.

    Raises:
        ContractError: There is a leak; all are listed, without any whole ID.
    """
    leaks = leaks_in(pages, ids, forbidden=forbidden, harmless=harmless)
    if leaks:
        raise ContractError(
            Fault(
                f"{leak.page}:{leak.line}",
                f"{leak.kind} {leak.found}",
                "nothing of a single customer, and nothing that runs, may be published",
                "Find which text of the sources it comes from and leave it out; nothing was "
                "published.",
                "leak",
            )
            for leak in leaks
        )


def _searchable(ids: Iterable[str], harmless: Collection[str]) -> dict[str, str]:
    """Return each ID that can be told from ordinary words, by its words joined by spaces."""
    wanted: dict[str, str] = {}
    for one in ids:
        text = str(one)
        digits = sum(map(str.isdigit, text))
        mixed = digits and any(map(str.isalpha, text)) and len(text) >= _SHORTEST_MIXED
        long = digits >= _SHORTEST if text and not any(map(str.isalpha, text)) else len(text) >= 6
        if not (mixed or long) or text in harmless or _SEGMENT.fullmatch(text):
            continue
        wanted[text if text.isalnum() else " ".join(_WORD.findall(text))] = text
    return wanted


def _readable(raw: str) -> str:
    """Undo escapes and leave out what holds no text; line breaks stay where they are."""
    plain = _NO_TEXT.sub(lambda match: "\n" * match[0].count("\n"), raw)
    if "\\" in plain:
        plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), plain)
        plain = _SPACED.sub(" ", plain)
    # Drawings stand in addresses; their paths, such as M105, look like IDs of letters and digits.
    drawn = _NO_TEXT.sub(lambda match: "\n" * match[0].count("\n"), unquote(plain))
    return html.unescape(drawn)


def _ids_in(text: str, wanted: Mapping[str, str], lengths: list[int]) -> Iterable[str]:
    words = _WORD.findall(text)
    for length in lengths:
        for at in range(len(words) - length + 1):
            one = wanted.get(words[at] if length == 1 else " ".join(words[at : at + length]))
            if one is not None and one in text:
                yield one
