"""Whole pages: the five stages without their code, the overview, and the list of all reports."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from segmentation_lib.report import format as formats
from segmentation_lib.report.theme import segment_colours, style_sheet, text_on
from segmentation_lib.report.views import OVERVIEW, PAGES, HomeEntry, OverviewView, PageContext

if TYPE_CHECKING:
    import nbformat
    from nbconvert import HTMLExporter

__all__ = ["home_page", "overview_page", "render_piece", "stage_page"]

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
_SHOWN = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")
_HEADING = re.compile(r"<h([1-6])([^>]*)>(.*?)</h\1>", re.DOTALL)


def stage_page(notebook: nbformat.NotebookNode, context: PageContext) -> str:
    """Return an executed notebook as a page: its prose and outputs, without its code.

    The first heading of the first level becomes the page's only one; a notebook without it gets
    the stage's name. What went to stderr, scripts and widgets are left out.

    Args:
        notebook: The executed notebook; it is not changed.
        context: What the page says about itself; ``context.page`` is the stage's name.

    Returns:
        One self-contained page.

    Raises:
        ValueError: ``context.page`` is not a stage.
    """
    if context.page not in STAGE_PAGES:
        raise ValueError(f"page {context.page!r} is not a stage: {', '.join(STAGE_PAGES)}")
    body, _ = _exporter().from_notebook_node(_without_code(notebook))
    heading, body = _take_heading(body, PAGES[context.page])
    body, contents = _with_anchors(body)
    place = STAGE_PAGES.index(context.page)
    return _render(
        "stage.html.j2",
        context=context,
        body=Markup(body),
        heading=heading,
        contents=contents,
        step=place + 1,
        steps=len(STAGE_PAGES),
        before=STAGE_PAGES[place - 1] if place else None,
        after=STAGE_PAGES[place + 1] if place + 1 < len(STAGE_PAGES) else None,
    )


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
    return _render(
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
    return _render("home.html.j2", projects=projects)


def render_piece(name: str, **values: Any) -> str:
    """Return one piece of the pages, such as ``gates``, for use inside a notebook.

    Args:
        name: A macro of ``pieces.html.j2``.
        values: Its arguments.
    """
    macro = getattr(_environment().get_template("pieces.html.j2").module, name)
    return str(macro(**values))


def _render(template: str, **values: Any) -> str:
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
    environment.globals.update(pages=PAGES, overview=OVERVIEW, style_sheet=Markup(style_sheet()))
    return environment


@cache
def _exporter() -> HTMLExporter:
    # Loading nbconvert takes a second, which every notebook's kernel would pay for nothing.
    from nbconvert import HTMLExporter

    template = resources.files(__package__).joinpath("templates", "notebook.html.j2")
    return HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic",
        raw_template=template.read_text(encoding="utf-8"),
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )


def _without_code(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy with what a reader sees: prose, and outputs of the kinds a page can show."""
    shown = copy.deepcopy(notebook)
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs = [kept for output in cell.outputs if (kept := _visible(output))]
    shown.cells = [
        cell
        for cell in shown.cells
        if cell.cell_type == "markdown" or (cell.cell_type == "code" and cell.outputs)
    ]
    shown.metadata.pop("widgets", None)
    return shown


def _visible(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    if output.output_type == "stream":
        return output if output.name == "stdout" and output.text.strip() else None
    if output.output_type not in ("display_data", "execute_result"):
        return None
    output.data = {mime: output.data[mime] for mime in _SHOWN if mime in output.data}
    return output if output.data else None


def _take_heading(body: str, otherwise: str) -> tuple[Markup, str]:
    """Take the first heading of the first level out of the body, and demote any further one."""
    first = next((match for match in _HEADING.finditer(body) if match[1] == "1"), None)
    if first is None:
        return escape(otherwise), body
    rest = body[: first.start()] + body[first.end() :]
    rest = _HEADING.sub(lambda m: f"<h2{m[2]}>{m[3]}</h2>" if m[1] == "1" else m[0], rest)
    return Markup(first[3].strip()), rest


def _with_anchors(body: str) -> tuple[str, list[tuple[str, str]]]:
    """Give each heading the anchor that Jupyter would give it, and list those of level two.

    A heading that skips a level, such as a card's right under the title, is raised by one.
    """
    used: dict[str, int] = {}
    listed: list[tuple[str, str]] = []
    levels = [1]

    def anchored(match: re.Match[str]) -> str:
        words = Markup(match[3]).striptags()
        name = re.sub(r"\s+", "-", words) or "section"
        used[name] = used.get(name, 0) + 1
        anchor = name if used[name] == 1 else f"{name}-{used[name]}"
        if match[1] == "2":
            listed.append((anchor, words))
        levels.append(min(int(match[1]), levels[-1] + 1))
        return f'<h{levels[-1]} id="{escape(anchor)}">{match[3]}</h{levels[-1]}>'

    return _HEADING.sub(anchored, body), listed


def _bar_width(share: float | None, scale: float) -> str:
    if formats.is_missing(share) or scale <= 0:
        return "0"
    return f"{max(0.0, min(100.0, 100 * float(share or 0) / scale)):.1f}"
