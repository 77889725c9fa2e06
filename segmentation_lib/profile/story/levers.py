"""Levers of a segment: what was tested, and what was merely seen, the best known first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.story.edges import EVERYONE
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.story.experiments import IN_DOUBT, difference_said, draw_of, row_grade
from segmentation_lib.profile.story.sources import Tables, rows_of
from segmentation_lib.profile.traits import LEAST_PEOPLE
from segmentation_lib.profile.wording import count, percent
from segmentation_lib.words import event_words

__all__ = [
    "Lever",
    "break_of",
    "break_row",
    "early_of",
    "friction_of",
    "friction_row",
    "levers",
    "shown_by_test",
]

_MOST = 4
_FILLED_UP = 2


class Lever(NamedTuple):
    """One lever in words, with the grade and IDs of its evidence."""

    text: str
    grade: Grade
    evidence: tuple[str, ...]


def levers(
    segment_id: str, tables: Tables, *, currency: str = "", most: int = _MOST
) -> list[Lever]:
    """Return the levers of a segment, tested ones first.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter.
        currency: Three-letter code of the amounts.
        most: Levers at most.
    """
    own = [
        *shown_by_test(segment_id, tables, currency),
        *([one] if (one := break_of(segment_id, tables)) else ()),
        *([one] if (one := friction_of(segment_id, tables)) else ()),
    ]
    # What holds for everyone fills up, lest every segment read the same.
    general = [*([one] if (one := early_of(tables)) else ()), *_links(tables)]
    found = [*own, *general[: max(_FILLED_UP - len(own), 0)]]
    return sorted(found, key=lambda lever: lever.grade.rank)[:most]


def break_of(segment_id: str, tables: Tables) -> Lever | None:
    """Return where the funnel of a segment breaks, if it does.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter.
    """
    row = break_row(segment_id, tables)
    if not row:
        return None
    place = f"funnel_breaks:{row['funnel']}:{segment_id}:{row['step']}"
    start, end = event_words(str(row["from_event"])), event_words(str(row["event"]))
    text = (
        f"From {start} to {end} they fall away in their first visit: "
        f"{_went_on(row)} go on, against {percent(row['rest_share'])} of all others."
    )
    return Lever(text, Grade.ASSOCIATION, (f"{place}:share", f"{place}:rest_share"))


def _went_on(row: Mapping[Any, Any]) -> str:
    if "reached" not in row:
        return percent(row["share"])
    return people_share(row["share"], row["reached"], row["entered"], few=LEAST_PEOPLE)


def friction_of(segment_id: str, tables: Tables) -> Lever | None:
    """Return the page on which a segment goes round in loops most, if there is one.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter.
    """
    row = friction_row(segment_id, tables)
    if not row:
        return None
    place = f"friction:{segment_id}:{row['event']}"
    page = event_words(str(row["event"]))
    text = (
        f"On {page} they go round in loops: {percent(row['loop_rate'])} of visits come back "
        f"without anything new, where {percent(row['norm'])} were to be expected."
    )
    return Lever(text, Grade.ASSOCIATION, (f"{place}:loop_rate", f"{place}:norm"))


def break_row(segment_id: str, tables: Tables) -> Mapping[Any, Any]:
    """Return the row of the deepest break of a segment; empty if there is none.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter.
    """
    rows = rows_of(tables, "funnel_breaks", segment_id=segment_id)
    if rows.empty:
        return {}
    return rows.sort_values(["difference", "funnel", "step"]).iloc[0].to_dict()


def friction_row(segment_id: str, tables: Tables) -> Mapping[Any, Any]:
    """Return the row of the page with the most friction of a segment; empty if there is none.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter.
    """
    rows = rows_of(tables, "friction", segment_id=segment_id)
    if rows.empty:
        return {}
    order = ["rank"] if "rank" in rows.columns else []
    return rows.sort_values([*order, "event"]).iloc[0].to_dict()


def shown_by_test(segment_id: str, tables: Tables, currency: str = "") -> list[Lever]:
    """Return what experiments showed to work, or to harm, in a segment.

    A comparison without a draw by lot, or with one in doubt, is told as what goes with what.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter.
        currency: Three-letter code of the amounts.
    """
    rows = rows_of(tables, "incremental", segment_id=segment_id)
    if rows.empty:
        return []
    found = []
    rows = rows[rows["verdict"].isin(["more", "less"])]
    for row in rows.sort_values(["experiment_id", "arm"]).to_dict("records"):
        place = f"incremental:{row['experiment_id']}:{row['arm']}:{segment_id}"
        grade, treatment = row_grade(row), f"{row['experiment_id']} {row['arm']}"
        said = f"{row['verdict']} revenue, {difference_said(row, tables['incremental'], currency)}"
        text = (
            f"Tested: {treatment} brings {said}."
            if grade.earns_causes
            else f"Compared, the draw by lot in doubt: {treatment} goes with {said}; the arms "
            "differed before anybody was treated."
            if draw_of(row) == IN_DOUBT
            else f"Compared without a draw by lot: {treatment} goes with {said}."
        )
        ids = tuple(f"{place}:{column}" for column in ("incremental", "low", "high"))
        found.append(Lever(text, grade, ids))
    return found


def early_of(tables: Tables) -> Lever | None:
    """Return the early behaviour of new customers that tells most about their return.

    Args:
        tables: Tables of the quarter.
    """
    rows = rows_of(tables, "early_behaviours")
    if rows.empty:
        return None
    rows = rows[rows["ppv"].notna()]
    if rows.empty:
        return None
    row = rows.sort_values(["phi", "event"], ascending=[False, True]).iloc[0]
    place = f"early_behaviours:{row['event']}"
    step = event_words(str(row["event"]))
    text = (
        f"Of new customers who use {step} at least {_times(row['threshold'])} "
        f"in their first days, {percent(row['ppv'])} come back, against "
        f"{percent(row['base_rate'])} of all; whether they come back by it is not tested."
    )
    columns = ("threshold", "ppv", "base_rate")
    return Lever(text, Grade.ASSOCIATION, tuple(f"{place}:{column}" for column in columns))


def _links(tables: Tables) -> Iterator[Lever]:
    """The strongest measured link between a trait and an outcome, of all customers."""
    rows = rows_of(tables, "cause_map", segment_id=EVERYONE)
    if rows.empty:
        return
    rows = rows[(rows["measure"] == "rank correlation") & rows["shown"]]
    rows = rows.assign(size=rows["effect"].abs().round(9))
    for row in rows.sort_values(["size", "edge"], ascending=[False, True]).head(1).to_dict(
        "records"
    ):  # fmt: skip
        ids = tuple(f"cause_map:{row['edge']}:{column}" for column in ("effect", "low", "high"))
        text = f"Seen over all customers, not in this segment alone. {row['sentence']}"
        yield Lever(text, Grade(row["grade"]), ids)


def _times(threshold: float) -> str:
    return "once" if threshold == 1 else f"{count(threshold)} times"
