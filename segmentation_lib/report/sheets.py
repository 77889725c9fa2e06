"""What the sheets share: their names and titles, and the style sheet that they add."""

from __future__ import annotations

from importlib import resources
from typing import Any

from markupsafe import Markup

from segmentation_lib.report.pages import render_page
from segmentation_lib.report.theme import style_sheet
from segmentation_lib.report.views import PLAYBOOK, PageContext

__all__ = ["SHEETS", "render_sheet"]

SHEETS = {
    "dashboard": "Dashboard",
    "marketing": "Marketing",
    "sales": "Sales",
    "product": "Product",
    "success": "Customer success",
    "finance": "Finance",
    "council": "Council pack",
    "checklist": "Checklist",
}


def render_sheet(
    template: str, *, sheet: str, sheets: tuple[str, ...], context: PageContext, **values: Any
) -> str:
    """Return a sheet as a whole page.

    Args:
        template: Name of its template.
        sheet: Its own name, a key of `SHEETS`.
        sheets: Names of all sheets of the report, to which it links.
        context: What the page says about itself.
        values: What the template shows.

    Raises:
        ValueError: A sheet is not known.
    """
    unknown = sorted({sheet, *sheets} - set(SHEETS))
    if unknown:
        raise ValueError(f"sheet {unknown[0]!r} is not known; use {', '.join(SHEETS)}")
    own = resources.files(__package__).joinpath("sheets.css").read_text(encoding="utf-8")
    return render_page(
        template,
        # A sheet stands beside the stages, as the playbook does: no stage is the current page.
        context=context.at(PLAYBOOK),
        sheet=sheet,
        sheets={name: title for name, title in SHEETS.items() if name in sheets},
        style_sheet=Markup(style_sheet() + own),
        **values,
    )
