"""What the rules of the areas draw on, and the words they share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.value import ALL_SEGMENTS, HEADCOUNT
from segmentation_lib.profile.wording import quantity, titled
from segmentation_lib.small_cells import tells_few
from segmentation_lib.words import kpi_words

__all__ = ["AreaSources", "Candidate", "Row"]

Card = Mapping[str, Any]
Row = Mapping[Any, Any]


class Candidate(NamedTuple):
    """Something an area could do.

    Attributes:
        segment_id: The segment it is for.
        kind: What sort of step it is; an area does one of a kind, and two areas never the same
            one for the same segment.
        action: What to do, as an imperative.
        why: What was measured.
        grade: What stands behind the reason.
        measure: What shall move, with where it stands.
        days: Days after the close by which it is to be done.
        owner: Who does it, if the register that it comes from says so.
    """

    segment_id: str
    kind: str
    action: str
    why: str
    grade: str
    measure: str
    days: int
    owner: str = ""


@dataclass(frozen=True)
class AreaSources:
    """The artefacts of a quarter that the areas look at; those that there are not are None.

    Attributes:
        cards: The artefact ``segments``.
        scorecard: The artefact ``scorecard``.
        baseline: The artefact ``kpi_baseline``.
        changes: What `trend_changes` returned.
        register: The artefact ``register``; names the owner of each segment.
        segment_value: The artefact ``segment_value``.
        contribution: The artefact ``contribution``.
        decisions: The artefact ``decisions`` (keep, upsell or reallocate).
        durable_value: The artefact ``durable_value``.
        satisfaction: The artefact ``satisfaction``.
        funnel_breaks: The artefact ``funnel_breaks``.
        friction: The artefact ``friction``.
        nudges: The artefact ``nudges``.
        incremental: The artefact ``incremental``.
        experiments: The artefact ``experiments``; what was read out there is not told from
            ``incremental`` as well, whose figures differ a little.
        actions: The artefact ``actions``, of which the steps of experiments are taken over.
        playbook: The artefact ``playbook``.
        content_gaps: The artefact ``content_gaps``.
        kpi_progress: The artefact ``kpi_progress``.
        investments: What `investment_results` returned.
        small_cell: Fewest people that are spoken of.
    """

    cards: Mapping[str, Any]
    scorecard: Mapping[str, Any]
    baseline: pd.DataFrame
    changes: pd.DataFrame | None = None
    register: Mapping[str, Any] | None = None
    segment_value: pd.DataFrame | None = None
    contribution: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    durable_value: pd.DataFrame | None = None
    satisfaction: pd.DataFrame | None = None
    funnel_breaks: pd.DataFrame | None = None
    friction: pd.DataFrame | None = None
    nudges: pd.DataFrame | None = None
    incremental: pd.DataFrame | None = None
    experiments: pd.DataFrame | None = None
    actions: pd.DataFrame | None = None
    playbook: pd.DataFrame | None = None
    content_gaps: pd.DataFrame | None = None
    kpi_progress: pd.DataFrame | None = None
    investments: pd.DataFrame | None = None
    small_cell: int = 10

    @property
    def names(self) -> dict[str, str]:
        """Name of each segment, by ID."""
        return {card["id"]: card["name"] for card in self.cards["segments"]}

    @property
    def currency(self) -> str:
        """Three-letter code of the amounts; empty where there are none."""
        return str(self.cards.get("currency") or "")

    @property
    def has_value(self) -> bool:
        """Whether the value of the segments is more than their number of customers."""
        return self.cards["value_measure"] not in (None, HEADCOUNT.words)

    @property
    def by_worth(self) -> list[Card]:
        """Cards of segments large enough to speak of, the one with the most value first."""
        shown = [c for c in self.cards["segments"] if c["customers"] >= self.small_cell]
        return sorted(
            shown,
            key=lambda c: (-float(c["value_share"] or c["customer_share"] or 0), c["id"]),
        )

    def title(self, segment_id: str) -> str:
        """Return the segment as sentences name it."""
        return titled(segment_id, self.names)

    def rows(self, kpi: str) -> list[Row]:
        """Return the baseline of a KPI by segment, small ones left out; none if not measured."""
        found = self.baseline[
            (self.baseline["kpi"] == kpi)
            & (self.baseline["segment_id"] != ALL_SEGMENTS)
            & (self.baseline["customers"] >= self.small_cell)
            & self.baseline["value"].notna()
            & self.baseline["segment_id"].isin(list(self.names))
        ]
        return list(found.sort_values("segment_id", kind="stable").to_dict("records"))

    def row(self, kpi: str, segment_id: str) -> Row | None:
        """Return the baseline of a KPI in one segment; None if not measured."""
        return next((r for r in self.rows(kpi) if r["segment_id"] == segment_id), None)

    def overall(self, kpi: str) -> float | None:
        """Return the KPI of all customers in a segment; None if not measured."""
        found = self.baseline[
            (self.baseline["kpi"] == kpi)
            & (self.baseline["segment_id"] == ALL_SEGMENTS)
            & self.baseline["value"].notna()
        ]
        return None if found.empty else float(found["value"].iloc[0])

    def kpi(self, *choices: str) -> str:
        """Return the first of these KPIs that was measured, else the first of the baseline."""
        known = list(dict.fromkeys(self.baseline["kpi"]))
        return next((name for name in choices if name in known), known[0] if known else "")

    def written(self, value: float, unit: str) -> str:
        """Return a value of the baseline as sentences write it."""
        return quantity(float(value), "" if unit == "number" else unit, self.currency)

    def measured(self, kpi: str, segment_id: str) -> str:
        """Say where a KPI of a segment stands, as what is to move."""
        row = self.row(kpi, segment_id)
        if row is None:
            return kpi_words(kpi) if kpi else "customers in the segment"
        value, interval = self.figures(row)
        said = f"{kpi_words(kpi)}, {value} this quarter"
        return f"{said} ({interval})" if interval else said

    def of_few(self, row: Row) -> bool:
        """Return whether a KPI of a segment is a share that tells of a few people."""
        return row["unit"] == "share" and tells_few(
            row["value"], row["customers"], limit=self.small_cell
        )

    def figures(self, row: Row) -> tuple[str, str]:
        """Return a KPI of a segment and its interval as written; that of a share of a few is empty.

        Beside its base, a share and its interval would give the few people away.
        """
        if self.of_few(row):
            did = round(row["value"] * row["customers"])
            return people_share(row["value"], did, row["customers"], few=self.small_cell), ""
        value = self.written(row["value"], row["unit"])
        if math.isnan(float(row["low"])) or math.isnan(float(row["high"])):
            return value, ""
        return value, " to ".join(self.written(row[end], row["unit"]) for end in ("low", "high"))

    def owner(self, segment_id: str) -> str:
        """Return who owns the segment in the register; empty if nobody does."""
        entries = (self.register or {}).get("segments", [])
        return next((str(e.get("owner") or "") for e in entries if e["id"] == segment_id), "")
