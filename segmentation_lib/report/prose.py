"""Findings, sentences and reading notes that notebooks put between charts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from markupsafe import Markup

from segmentation_lib.report.playbook import is_entry

__all__ = ["FindingKind", "Piece", "Snippet", "definition", "details", "finding", "sentences"]

FindingKind = Literal["good", "warn", "bad", "info"]
_SAID = {"good": "Good", "warn": "Take care", "bad": "Problem", "info": "Note"}
_LINKS = dict.fromkeys(("warn", "bad"), "What to do about it") | dict.fromkeys(
    ("good", "info"), "What this means"
)


@dataclass(frozen=True)
class Snippet:
    """A piece of a page.

    Attributes:
        html: Safe markup.
    """

    html: Markup

    def _repr_html_(self) -> str:
        return self.html

    __html__ = _repr_html_


class Piece(Protocol):
    """Anything that a page can show: a chart, a table, a list, a sentence."""

    def __html__(self) -> str:
        """Return safe markup."""


def details(summary: str, *pieces: Piece | str) -> Snippet:
    """Return pieces of a page folded under one line; a click unfolds them, and print shows them.

    Args:
        summary: The line that stays visible; it says what is inside, best with the finding.
        pieces: Charts, tables, lists and snippets; text becomes a paragraph.

    Raises:
        ValueError: The summary is empty, or there is nothing to fold.
    """
    if not summary.strip() or not pieces:
        raise ValueError("folded details need a summary and at least one piece")
    inside = Markup("\n").join(
        Markup("<p>{}</p>").format(piece) if _is_text(piece) else Markup("{}").format(piece)
        for piece in pieces
    )
    return Snippet(
        Markup('<details class="more"><summary>{}</summary>\n{}\n</details>').format(
            summary, inside
        )
    )


def finding(text: str, kind: FindingKind = "info", *, about: str = "") -> Snippet:
    """Return a sentence that stands out.

    Args:
        text: The finding, with its numbers.
        kind: ``good``, ``warn``, ``bad`` or ``info``; said in words too, not by colour alone.
        about: Code of the gate or finding in the playbook, to which a link is added. On a stage's
            page the first finding about a code can be linked to as ``#finding-<code>``.

    Raises:
        ValueError: There is no such kind, or the playbook has no such entry.
    """
    if kind not in _SAID:
        raise ValueError(f"finding kind {kind!r} is not one of {', '.join(_SAID)}")
    if about and not is_entry(about):
        raise ValueError(f"finding about {about!r}: the playbook has no such entry")
    link = (
        Markup(' <a class="advice" href="playbook.html#{}">{}</a>').format(about, _LINKS[kind])
        if about
        else ""
    )
    place = Markup(' data-about="{}"').format(about) if about else ""
    return Snippet(
        Markup('<p class="finding {}"{}><strong>{}.</strong> {}{}</p>').format(
            kind, place, _SAID[kind], text, link
        )
    )


def sentences(lines: Iterable[str], *, bullets: bool = False) -> Snippet:
    """Return sentences as one paragraph, or as a list.

    Args:
        lines: Sentences, each with its full stop.
        bullets: Give each sentence a bullet.
    """
    kept = [line for line in lines if line.strip()]
    if not bullets:
        return Snippet(Markup("<p>{}</p>").format(" ".join(kept)))
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in kept)
    return Snippet(Markup("<ul>{}</ul>").format(items))


def definition(text: str, *, title: str = "How to read this") -> Snippet:
    """Return a reading note in a box, which is printed as well.

    Args:
        text: How to read what stands above or below.
        title: Its first words.
    """
    return Snippet(
        Markup('<div class="definition"><p><strong>{}.</strong> {}</p></div>').format(title, text)
    )


def _is_text(piece: Piece | str) -> bool:
    return isinstance(piece, str) and not hasattr(piece, "__html__")
