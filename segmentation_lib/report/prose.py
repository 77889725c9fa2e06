"""Findings, sentences and reading notes that notebooks put between charts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from segmentation_lib.report.playbook import is_entry

__all__ = ["FindingKind", "Snippet", "definition", "finding", "sentences"]

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
