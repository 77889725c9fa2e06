"""The council's pack as a page: an agenda with boxes to tick, earlier decisions, how to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation_lib.report.sheets import SHEETS, render_sheet
from segmentation_lib.report.theme import segment_colours
from segmentation_lib.report.views import PageContext, Verdict

__all__ = ["CouncilView", "DecisionView", "PointView", "council_page", "council_view"]


@dataclass(frozen=True)
class PointView:
    """One question to be decided.

    Attributes:
        segment_id: The segment it is about; empty for all.
        question: The question.
        why: What was found.
        choices: What can be decided.
        href: Where the evidence is.
    """

    segment_id: str
    question: str
    why: str
    choices: tuple[str, ...]
    href: str


@dataclass(frozen=True)
class DecisionView:
    """One decision that was taken: when, what, by whom and why."""

    when: str
    what: str
    who: str
    why: str


@dataclass(frozen=True)
class CouncilView:
    """All that the pack shows.

    Attributes:
        verdict: The verdict on the segments.
        sentence: The verdict in one sentence.
        changes: What changed, in sentences.
        agenda: Parts of the agenda, each a title and its points.
        previous: Decisions that were taken, newest first.
    """

    verdict: Verdict
    sentence: str
    changes: tuple[str, ...]
    agenda: tuple[tuple[str, tuple[PointView, ...]], ...]
    previous: tuple[DecisionView, ...]


def council_view(record: Mapping[str, Any]) -> CouncilView:
    """Return the view of the artefact ``council``.

    Args:
        record: The artefact.
    """
    return CouncilView(
        verdict=record["verdict"],
        sentence=record["sentence"],
        changes=tuple(record["changes"]),
        agenda=tuple(
            (
                part["title"],
                tuple(PointView(**{**point, "choices": tuple(point["choices"])})
                      for point in part["points"]),
            )
            for part in record["agenda"]
        ),
        previous=tuple(DecisionView(**row) for row in record["previous"]),
    )  # fmt: skip


def council_page(
    view: CouncilView, context: PageContext, *, sheets: tuple[str, ...] = tuple(SHEETS)
) -> str:
    """Return the pack, with notes for who reads such a report for the first time.

    Args:
        view: What it shows.
        context: What the page says about itself.
        sheets: Names of all sheets of the report.

    Returns:
        One self-contained page.
    """
    ids = [point.segment_id for _, points in view.agenda for point in points if point.segment_id]
    return render_sheet(
        "council.html.j2", sheet="council", sheets=sheets, context=context, view=view,
        colours=segment_colours(ids),
    )  # fmt: skip
