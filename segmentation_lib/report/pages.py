"""Whole pages from templates: the overview, and the list of all reports."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined
from markupsafe import Markup

from segmentation_lib.report import format as formats
from segmentation_lib.report.playbook import is_entry
from segmentation_lib.report.theme import segment_colours, style_sheet, text_on
from segmentation_lib.report.views import (
    OVERVIEW,
    PAGES,
    PLAYBOOK,
    HomeEntry,
    OverviewView,
    PageContext,
)

__all__ = ["EVIDENCE", "STAGE_PAGES", "home_page", "overview_page", "render_page", "render_piece"]

STAGE_PAGES = tuple(page for page in PAGES if page != OVERVIEW)
_STAGE_LINES = {
    "prepare": "Which data were used, and what was left out.",
    "cluster": "How the groups were found, and why this many.",
    "validate": "Whether the groups are real and useful.",
    "profile": "Who the customers in each segment are.",
    "implement": "What is handed to the teams, and who moved.",
}
_VERDICTS = {
    "GO": ("go", "Go"),
    "GO WITH LIMITS": ("limits", "Go with limits"),
    "NO-GO": ("no-go", "No-go"),
    "go": ("go", "Pass"),
    "limits": ("limits", "With limits"),
    "no-go": ("no-go", "Fail"),
    "not assessed": ("not-assessed", "Not assessed"),
}
# Where a reader sees what a check rests on; checks of the exports have no section of their own.
EVIDENCE = {
    "data": "prepare.html",
    "structure": "validate.html#finding-structure",
    "internal": "validate.html#finding-structure",
    "stability": "validate.html#finding-stability",
    "external": "validate.html#finding-external",
    "time": "validate.html#finding-time",
    "baseline": "validate.html#finding-baseline",
    "usable": "cluster.html",
}


def overview_page(view: OverviewView, context: PageContext) -> str:
    """Return the page that an executive reads.

    Args:
        view: What the page shows.
        context: What the page says about itself.

    Returns:
        One self-contained page.
    """
    ids = [segment.id for segment in view.segments] + [a.segment_id for a in view.actions]
    shares = [
        share
        for one in view.segments
        for share in (one.customer_share, one.value_share)
        if share is not None and not formats.is_missing(share)
    ]
    return render_page(
        "overview.html.j2",
        context=context.at(OVERVIEW),
        view=view,
        colours=segment_colours(filter(None, ids)),
        scale=max(shares, default=1.0),
        stage_lines=_STAGE_LINES,
    )


def home_page(entries: Sequence[HomeEntry]) -> str:
    """Return the list of all reports: projects by name, the newest quarter first.

    Args:
        entries: One per report, in any order.

    Returns:
        One self-contained page.
    """
    names = sorted({entry.project for entry in entries}, key=lambda name: (name.casefold(), name))
    projects = [
        (
            name,
            sorted(
                (entry for entry in entries if entry.project == name),
                key=lambda entry: (entry.period, entry.href),
                reverse=True,
            ),
        )
        for name in names
    ]
    return render_page("home.html.j2", projects=projects)


def render_piece(name: str, **values: Any) -> str:
    """Return one piece of the pages, such as ``gates``, for use inside a notebook.

    Args:
        name: A macro of ``pieces.html.j2``.
        values: Its arguments.
    """
    macro = getattr(_environment().get_template("pieces.html.j2").module, name)
    return str(macro(**values))


def render_page(template: str, **values: Any) -> str:
    """Return a whole page.

    Args:
        template: Name of its template.
        values: What the template shows.
    """
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("segmentation_lib.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        integer=formats.integer,
        number=formats.number,
        percent=formats.percent,
        money=formats.money,
        compact_money=formats.compact_money,
        date=formats.formatter("date"),
        text_on=text_on,
        bar_width=_bar_width,
        verdict_class=lambda verdict: _VERDICTS[verdict][0],
        verdict_words=lambda verdict: _VERDICTS[verdict][1],
    )
    environment.globals.update(
        evidence=EVIDENCE,
        pages=PAGES,
        overview=OVERVIEW,
        playbook=PLAYBOOK,
        style_sheet=Markup(style_sheet()),
    )
    environment.tests["explained"] = is_entry
    environment.tests["known"] = lambda value: (
        not (isinstance(value, Undefined) or formats.is_missing(value))
    )
    return environment


def _bar_width(share: float | None, scale: float) -> str:
    if formats.is_missing(share) or scale <= 0:
        return "0"
    return f"{max(0.0, min(100.0, 100 * float(share or 0) / scale)):.1f}"
