"""One A4 page for one area: what changed, three things to do, one risk, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation_lib.report.sheets import SHEETS, render_sheet
from segmentation_lib.report.theme import segment_colours
from segmentation_lib.report.views import Grade, PageContext, Verdict

__all__ = ["OnePagerView", "ShareView", "TaskView", "one_pager_page", "one_pager_view"]


@dataclass(frozen=True)
class TaskView:
    """One thing to do.

    Attributes:
        segment_id: The segment it is for.
        action: What to do, as an imperative.
        why: The evidence, with its numbers.
        grade: How strong the evidence is.
        owner: Who does it; empty if nobody is named.
        due: By when.
        measure: What shall move.
    """

    segment_id: str
    action: str
    why: str
    grade: Grade
    owner: str
    due: date
    measure: str


@dataclass(frozen=True)
class ShareView:
    """One segment in the small table.

    Attributes:
        segment_id: Permanent ID.
        name: Its name.
        customers: Customers in it at the close.
        figure: The figure that the area looks at first, as shown.
        interval: Its 95 % interval, as shown.
        share: Length of its bar, 0 to 1.
    """

    segment_id: str
    name: str
    customers: int
    figure: str
    interval: str
    share: float


@dataclass(frozen=True)
class OnePagerView:
    """All that the page of one area shows.

    Attributes:
        area: Its name, a key of `SHEETS`.
        verdict: The verdict on the segments.
        changed: What changed, in sentences.
        tasks: What to do.
        risk: The one risk to know of.
        confidence: How sure all this is.
        heading: What the figures of the table are.
        shares: Rows of the table.
        more: Segments that the table leaves out.
    """

    area: str
    verdict: Verdict
    changed: tuple[str, ...]
    tasks: tuple[TaskView, ...]
    risk: str
    confidence: str
    heading: str = ""
    shares: tuple[ShareView, ...] = ()
    more: int = 0


def one_pager_view(page: Mapping[str, Any]) -> OnePagerView:
    """Return the view of one page of the artefact ``areas``.

    Args:
        page: One of its ``pages``.
    """
    return OnePagerView(
        area=page["area"],
        verdict=page["verdict"],
        changed=tuple(page["changed"]),
        tasks=tuple(
            TaskView(
                due=date.fromisoformat(action["due"]),
                **{name: action[name] for name in _TASK},
            )
            for action in page["actions"]
        ),
        risk=page["risk"],
        confidence=page["confidence"],
        heading=page["table"]["heading"],
        shares=tuple(ShareView(**row) for row in page["table"]["rows"]),
        more=page["table"]["more"],
    )


def one_pager_page(
    view: OnePagerView, context: PageContext, *, sheets: tuple[str, ...] = tuple(SHEETS)
) -> str:
    """Return the page of one area; printed, it is one A4 page.

    Args:
        view: What it shows.
        context: What the page says about itself.
        sheets: Names of all sheets of the report.

    Returns:
        One self-contained page.
    """
    ids = [task.segment_id for task in view.tasks] + [row.segment_id for row in view.shares]
    return render_sheet(
        "one_pager.html.j2", sheet=view.area, sheets=sheets, context=context, view=view,
        title=SHEETS[view.area], colours=segment_colours(ids),
    )  # fmt: skip


_TASK = ("segment_id", "action", "why", "grade", "owner", "measure")
