"""The page of a stage: its executed notebook without the code, with places to link to."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from segmentation_lib.report.pages import EVIDENCE, STAGE_PAGES, render_page
from segmentation_lib.report.views import PAGES, PageContext

if TYPE_CHECKING:
    import nbformat
    from nbconvert import HTMLExporter

__all__ = ["stage_page"]

# Not "text/plain": how Python writes a value is nothing for a page, and could hold anything.
_SHOWN = ("text/html", "image/svg+xml", "image/png", "text/markdown")
_BARE_HEADING = re.compile(r"#{2,6} [^\n]+")
_ABOUT = re.compile(r'(?<=<p class="finding )(\w+") data-about="(\w+)"')
_HEADING = re.compile(r"<h([1-6])([^>]*)>(.*?)</h\1>", re.DOTALL)


def stage_page(notebook: nbformat.NotebookNode, context: PageContext) -> str:
    """Return an executed notebook as a page: its prose and outputs, without its code.

    The first heading of the first level becomes the page's only one; a notebook without it gets
    the stage's name. What went to stderr, values that only Python can write, scripts, widgets and
    bare headings over cells that show nothing are left out.

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
    body, contents = _with_anchors(_with_places(body, _codes_on(context.page)))
    place = STAGE_PAGES.index(context.page)
    return render_page(
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
        for cell in _without_empty_sections(shown.cells)
        if cell.cell_type == "markdown" or (cell.cell_type == "code" and cell.outputs)
    ]
    shown.metadata.pop("widgets", None)
    return shown


def _without_empty_sections(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Leave out bare headings whose cells had nothing to show in this quarter."""
    kept = []
    for place, cell in enumerate(cells):
        if cell.cell_type == "markdown" and _BARE_HEADING.fullmatch(cell.source.strip()):
            section = list(takewhile(lambda one: one.cell_type != "markdown", cells[place + 1 :]))
            codes = [one for one in section if one.cell_type == "code"]
            if codes and not any(one.outputs for one in codes):
                continue
        kept.append(cell)
    return kept


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


def _codes_on(page: str) -> list[str]:
    """Return the codes that the checks' links look for on a page."""
    start = f"{page}.html#finding-"
    return sorted(
        {link.removeprefix(start) for link in EVIDENCE.values() if link.startswith(start)}
    )


def _with_places(body: str, codes: Sequence[str]) -> str:
    """Give the first finding about each code its anchor, so that the checks can lead to it.

    A code without a finding gets its anchor at the top, so that no link leads nowhere.
    """
    placed: set[str] = set()

    def anchored(match: re.Match[str]) -> str:
        kind, code = match.groups()
        place = "" if code in placed else f' id="finding-{code}"'
        placed.add(code)
        return kind + place

    body = _ABOUT.sub(anchored, body)
    missing = [code for code in codes if code not in placed]
    return "".join(f'<span id="finding-{code}"></span>' for code in missing) + body
