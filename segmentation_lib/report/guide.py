"""The playbook as a page: what each check means, why it fails, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mistune
from markupsafe import Markup

from segmentation_lib.report.pages import render_page
from segmentation_lib.report.playbook import FINDINGS, GATES, entry
from segmentation_lib.report.views import PLAYBOOK, PageContext

__all__ = ["playbook_page"]


def playbook_page(context: PageContext) -> str:
    """Return the playbook, with a section per gate and per finding under its code as anchor.

    Args:
        context: What the page says about itself.

    Returns:
        One self-contained page; its links lead to the other pages of the same report.
    """
    return render_page(
        "playbook.html.j2",
        context=context.at(PLAYBOOK),
        parts=[
            ("gates", "The checks of the scorecard", [_entry(code) for code in GATES]),
            ("findings", "Signs to watch", [_entry(code) for code in FINDINGS]),
        ],
    )


@dataclass(frozen=True)
class _Entry:
    """One entry as it is shown: its code, its title, and the rest as markup."""

    code: str
    title: str
    body: Markup


def _entry(code: str) -> _Entry:
    title, _, body = entry(code).partition("\n")
    return _Entry(code, title.removeprefix("#").strip(), Markup(_to_html(body)))


class _Renderer(mistune.HTMLRenderer):
    """Headings two levels down: the page has the first, its parts the second."""

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return super().heading(text, level + 2, **attrs)


_to_html = mistune.create_markdown(renderer=_Renderer(escape=True))
