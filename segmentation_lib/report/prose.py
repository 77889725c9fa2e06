"""Findings, sentences and reading notes that notebooks put between charts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

__all__ = ["FindingKind", "Snippet", "definition", "finding", "sentences"]

FindingKind = Literal["good", "warn", "bad", "info"]
_SAID = {"good": "Good", "warn": "Take care", "bad": "Problem", "info": "Note"}


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


def finding(text: str, kind: FindingKind = "info") -> Snippet:
    """Return a sentence that stands out.

    Args:
        text: The finding, with its numbers.
        kind: ``good``, ``warn``, ``bad`` or ``info``; said in words too, not by colour alone.

    Raises:
        ValueError: There is no such kind.
    """
    if kind not in _SAID:
        raise ValueError(f"finding kind {kind!r} is not one of {', '.join(_SAID)}")
    return Snippet(
        Markup('<p class="finding {}"><strong>{}.</strong> {}</p>').format(kind, _SAID[kind], text)
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
    """Return a reading note that is folded until the reader asks for it."""
    return Snippet(
        Markup('<details class="definition"><summary>{}</summary><p>{}</p></details>').format(
            title, text
        )
    )
