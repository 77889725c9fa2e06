"""The checklist as a page: ten steps, each done or not, with a link to what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from segmentation_lib.report.sheets import SHEETS, render_sheet
from segmentation_lib.report.views import PageContext

__all__ = ["StepView", "checklist_page", "checklist_views"]


@dataclass(frozen=True)
class StepView:
    """One step.

    Attributes:
        step: Its number.
        title: What shall be so.
        done: Whether it is.
        why: What was found, or what is missing.
        href: Where the evidence is.
        fix: What would make it done; empty where it is.
    """

    step: int
    title: str
    done: bool
    why: str
    href: str
    fix: str = ""


def checklist_views(rows: Iterable[Mapping[Any, Any]]) -> tuple[StepView, ...]:
    """Return the views of the artefact ``checklist``.

    Args:
        rows: Its rows.
    """
    return tuple(
        StepView(int(row["step"]), str(row["title"]), bool(row["done"]), str(row["why"]),
                 str(row["href"]), _text(row.get("fix")))
        for row in rows
    )  # fmt: skip


def _text(value: object) -> str:
    # An empty text of a CSV file is read as a missing one.
    return value if isinstance(value, str) else ""


def checklist_page(
    steps: tuple[StepView, ...],
    context: PageContext,
    *,
    sentence: str,
    sheets: tuple[str, ...] = tuple(SHEETS),
) -> str:
    """Return the checklist.

    Args:
        steps: The steps, in their order.
        context: What the page says about itself.
        sentence: How many are done, and which is next.
        sheets: Names of all sheets of the report.

    Returns:
        One self-contained page.
    """
    return render_sheet(
        "checklist.html.j2", sheet="checklist", sheets=sheets, context=context, steps=steps,
        sentence=sentence,
    )  # fmt: skip
