"""The pages of the areas: three things to do each, with owner, date, measure and evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from segmentation_lib.implement.areas.finance import finance
from segmentation_lib.implement.areas.hold import hold
from segmentation_lib.implement.areas.marketing import marketing
from segmentation_lib.implement.areas.product import product
from segmentation_lib.implement.areas.sales import sales
from segmentation_lib.implement.areas.sources import AreaSources, Candidate, Row
from segmentation_lib.implement.areas.success import success
from segmentation_lib.implement.areas.words import area_changes, area_confidence, area_risk
from segmentation_lib.words import capitalised, kpi_words

__all__ = ["AREAS", "area_actions", "area_pages"]

AREAS: Mapping[str, str] = {
    "marketing": "Marketing",
    "sales": "Sales",
    "product": "Product",
    "success": "Customer success",
    "finance": "Finance",
}
_RULES: Mapping[str, Callable[[AreaSources], Iterator[Candidate]]] = {
    "marketing": marketing,
    "sales": sales,
    "product": product,
    "success": success,
    "finance": finance,
}
# The figure that an area looks at first: the first of these that was measured.
_LEAD = {
    "marketing": ("active", "visited", "orders"),
    "sales": ("revenue", "orders"),
    "product": ("quarter_sessions", "visited", "orders"),
    "success": ("support_tickets", "tickets", "active", "visited"),
    "finance": ("revenue", "orders"),
}
# More would not leave the page on one sheet of A4.
_ACTIONS, _ROWS = 3, 6
_COLUMNS = ["area", "order", "segment_id", "action", "why", "grade", "owner", "due", "measure"]


def area_pages(
    sources: AreaSources, *, period: str, closes: date, areas: Sequence[str] = tuple(AREAS)
) -> dict[str, Any]:
    """Make one page per area from what was measured; no two areas get the same thing to do.

    Args:
        sources: The artefacts of the quarter.
        period: Name of the quarter.
        closes: Its close, from which dates are counted.
        areas: Areas that get a page, in the order of `AREAS` or any other.

    Returns:
        The artefact ``areas``: ``period`` and ``pages``, one per area: ``area``, ``title``,
        ``verdict``, ``changed`` (sentences), ``actions`` (up to three: ``order``,
        ``segment_id``, ``action``, ``why``, ``grade``, ``owner`` (empty if nobody is named),
        ``due`` (ISO date) and ``measure``), ``risk``, ``confidence`` and ``table``, the segments
        with the figure that the area looks at first.

    Raises:
        ValueError: An area is not known.
    """
    unknown = sorted(set(areas) - set(AREAS))
    if unknown:
        raise ValueError(f"area {unknown[0]!r} is not known; use {', '.join(AREAS)}")
    taken: set[tuple[str, str]] = set()
    pages = []
    for area in areas:
        stopped = sources.scorecard["verdict"] == "NO-GO"
        offered = hold(sources, area) if stopped else _RULES[area](sources)
        chosen = _choose(offered, taken)
        if not stopped:
            taken |= {(one.segment_id, one.kind) for one in chosen}
        actions = [
            _action(place, one, sources, closes) for place, one in enumerate(chosen, start=1)
        ]
        pages.append(
            {
                "area": area,
                "title": AREAS[area],
                "verdict": str(sources.scorecard["verdict"]),
                "changed": area_changes(sources, area),
                "actions": actions,
                "risk": area_risk(sources, area),
                "confidence": area_confidence(sources, actions),
                "table": _table(sources, area),
            }
        )
    return {"period": period, "pages": pages}


def area_actions(pages: Mapping[str, Any]) -> pd.DataFrame:
    """Return the actions of all pages as one table.

    Args:
        pages: What `area_pages` returned.

    Returns:
        The artefact ``area_actions``: ``area``, ``order``, ``segment_id``, ``action``, ``why``,
        ``grade``, ``owner``, ``due`` and ``measure``.
    """
    rows = [{"area": page["area"], **action} for page in pages["pages"]
            for action in page["actions"]]  # fmt: skip
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    texts = [name for name in _COLUMNS if name != "order"]
    return frame.astype({**dict.fromkeys(texts, "str"), "order": "int64"})


def _choose(offered: Iterable[Candidate], taken: set[tuple[str, str]]) -> list[Candidate]:
    """Take the first of each kind, not all of one segment while there are others."""
    free = [one for one in offered if (one.segment_id, one.kind) not in taken]
    chosen: list[Candidate] = []

    def take(fits: Callable[[Candidate], bool]) -> None:
        for one in free:
            if len(chosen) == _ACTIONS:
                return
            if one not in chosen and fits(one):
                chosen.append(one)

    def kinds() -> set[str]:
        return {one.kind for one in chosen}

    def often(one: Candidate) -> int:
        return sum(other.segment_id == one.segment_id for other in chosen)

    take(lambda one: one.kind not in kinds() and often(one) < _ACTIONS - 1)
    take(lambda one: one.kind not in kinds())
    take(lambda one: True)
    return sorted(chosen, key=free.index)


def _action(place: int, one: Candidate, sources: AreaSources, closes: date) -> dict[str, object]:
    return {
        "order": place,
        "segment_id": one.segment_id,
        "action": one.action,
        "why": one.why,
        "grade": one.grade,
        "owner": one.owner or sources.owner(one.segment_id),
        "due": (closes + timedelta(days=one.days)).isoformat(),
        "measure": capitalised(one.measure),
    }


def _table(sources: AreaSources, area: str) -> dict[str, Any]:
    kpi = sources.kpi(*_LEAD[area])
    rows = {str(row["segment_id"]): row for row in sources.rows(kpi)}
    shown = sources.by_worth[:_ROWS]
    bars = {name: _bar(row, sources) for name, row in rows.items()}
    highest = max((bars[c["id"]] for c in shown if c["id"] in bars), default=0.0)
    lines = []
    for card in shown:
        row = rows.get(card["id"])
        figure, interval = ("–", "") if row is None else sources.figures(row)
        lines.append(
            {
                "segment_id": card["id"],
                "name": card["name"],
                "customers": int(card["customers"]),
                "figure": figure,
                "interval": interval,
                "share": max(0.0, bars[card["id"]] / highest) if row and highest > 0 else 0.0,
            }
        )
    return {
        "heading": capitalised(kpi_words(kpi)) if kpi else "",
        "rows": lines,
        "more": max(0, len(sources.by_worth) - len(shown)),
    }


def _bar(row: Row, sources: AreaSources) -> float:
    """Return the length of a bar; that of a share of a few is nothing, or all."""
    return float(round(row["value"]) if sources.of_few(row) else row["value"])
