"""Which cells of which tables may stand behind a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from segmentation_lib.profile.story.evidence import (
    ROW_UNIT,
    EvidenceBook,
    Grade,
    cell_evidence,
)

__all__ = ["TABLES", "Tables", "quarter_evidence", "rows_of"]

Tables = Mapping[str, pd.DataFrame]

_MONEY = "money"


@dataclass(frozen=True)
class _Source:
    """How a table becomes evidence: its key, columns in words, units, and the rows that count."""

    columns: Mapping[str, str]
    key: tuple[str, ...] = ("segment_id",)
    units: Mapping[str, str] = field(default_factory=dict)
    grade: Grade = Grade.ASSOCIATION
    only: tuple[str, tuple[object, ...]] | None = None


_INTERVAL = {"low": "lower end of its interval", "high": "upper end of its interval"}

TABLES: Mapping[str, _Source] = {
    "segment_value": _Source(
        {"customers": "customers at the open", "customer_share": "share of customers",
         "value": "value", "value_share": "share of value",
         "value_per_customer": "value per customer", "value_index": "value against the average",
         "measure": "what value is measured by"},
        units={"customer_share": "share", "value_share": "share", "value": ROW_UNIT,
               "value_per_customer": ROW_UNIT, "value_index": "index"},
    ),
    "traits": _Source(
        {"mean": "mean in the segment", "base_mean": "mean of all customers",
         "difference": "difference in standard deviations"},
        key=("segment_id", "feature"),
        units={"mean": ROW_UNIT, "base_mean": ROW_UNIT},
    ),
    "markers": _Source(
        {"share": "share of the segment", "rest_share": "share of all others"},
        key=("segment_id", "feature", "level"),
        units={"share": "share", "rest_share": "share"},
        only=("marker", (True,)),
    ),
    "lifetime_value": _Source(
        {"value_per_customer": "expected value per customer", **_INTERVAL,
         "expected_purchases": "expected purchases per customer", "horizon_days": "days ahead",
         "level": "level of the interval",
         "method": "how it was estimated"},
        units={"value_per_customer": _MONEY, "low": _MONEY, "high": _MONEY,
               "horizon_days": "days", "level": "share"},
    ),
    "contribution": _Source(
        {"contribution_per_customer": "contribution per customer", **_INTERVAL,
         "margin": "contribution of each unit of revenue",
         "cost_to_serve_per_customer": "cost to serve a customer"},
        units={"contribution_per_customer": _MONEY, "low": _MONEY, "high": _MONEY,
               "margin": "share", "cost_to_serve_per_customer": _MONEY},
    ),
    "durable_value": _Source(
        {"verdict": "whether its value changed", "value_index": "mean value against the average",
         "sentence": "whether its value changed, in words"},
        units={"value_index": "index"},
    ),
    "decisions": _Source(
        {"decision": "what the rule of low profit says", "rule": "the rule in words",
         "upsell_probability": "share that moved to a better segment"},
        units={"upsell_probability": "share"},
    ),
    "incremental": _Source(
        {"incremental": "difference that the treatment made", **_INTERVAL},
        key=("experiment_id", "arm", "segment_id"),
        units={"incremental": _MONEY, "low": _MONEY, "high": _MONEY},
        grade=Grade.EXPERIMENT,
        only=("verdict", ("more", "less", "no difference shown")),
    ),
    "satisfaction": _Source(
        {"nps": "net promoter score", "nps_low": "lower end of its interval",
         "nps_high": "upper end of its interval", "answered": "customers who answered",
         "answer_rate": "share who answered"},
        units={"answer_rate": "share"},
    ),
    "words": _Source(
        {"share": "share who use the word", "rest_share": "share of all others who use it",
         "customers": "customers who use it"},
        key=("segment_id", "word"),
        units={"share": "share", "rest_share": "share"},
        only=("shown", (True,)),
    ),
    "quotes": _Source({"quote": "an answer in a customer's own words"}, ("segment_id", "place")),
    "funnel_breaks": _Source(
        {"share": "share that goes on", "rest_share": "share of all others that goes on",
         "entered": "customers who came so far", "from_event": "step before", "event": "step"},
        key=("funnel", "segment_id", "step"),
        units={"share": "share", "rest_share": "share"},
        only=("verdict", ("break",)),
    ),
    "friction": _Source(
        {"loop_rate": "share of visits that come back without anything new",
         "norm": "the usual share", "customers": "customers who were there"},
        key=("segment_id", "event"),
        units={"loop_rate": "share", "norm": "share"},
        only=("verdict", ("friction",)),
    ),
    "early_behaviours": _Source(
        {"threshold": "times in the first days", "reach": "share of new customers who do so",
         "ppv": "share of them with the outcome", "base_rate": "share of all with the outcome"},
        key=("event",),
        units={"reach": "share", "ppv": "share", "base_rate": "share"},
        only=("verdict", ("predictive",)),
    ),
    "segment_stability": _Source(
        {"jaccard": "agreement of fits on resampled customers",
         "borderline_share": "share of customers near a border"},
        units={"borderline_share": "share"},
    ),
    "consent": _Source(
        {"allowed_share": "share who allow marketing", "allowed": "customers who allow it"},
        units={"allowed_share": "share"},
    ),
    "cause_map": _Source(
        {"effect": "effect", **_INTERVAL, "sentence": "the link in words"}, key=("edge",)
    ),
    "days": _Source(
        {"event": "step of the typical visit", "minutes": "minutes since its start",
         "walkers": "customers who walked the path", "sessions": "sessions on the path"},
        key=("segment_id", "step"), units={"minutes": "minutes"},
    ),
    "name_warnings": _Source(
        {"mean": "mean in the segment", "base_mean": "mean of all customers"},
        key=("segment_id", "claim"),
    ),
}  # fmt: skip


def quarter_evidence(tables: Tables) -> EvidenceBook:
    """Enter every cell that a sentence may rest on.

    Args:
        tables: Tables of the quarter by name, see ``TABLES``; each may be absent.

    Raises:
        ValueError: A table of an unknown name.
        ContractError: A table without a column of its key.
    """
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        known = ", ".join(TABLES)
        raise ValueError(f"tables = {', '.join(unknown)}, must be among: {known}. Correct the name")
    book = EvidenceBook()
    for name in (name for name in TABLES if name in tables and len(tables[name])):
        source = TABLES[name]
        book = book.add(
            cell_evidence(
                name,
                rows_of(tables, name),
                source.columns,
                key=source.key,
                units=source.units,
                grade=source.grade,
            )
        )
    return book


def rows_of(tables: Tables, name: str, **where: str) -> pd.DataFrame:
    """Return the rows of a table that may stand behind a sentence; none if it is absent.

    Args:
        tables: Tables of the quarter.
        name: Name of the table.
        **where: Values of columns to select by, such as ``segment_id="S01"``.
    """
    if name not in tables or tables[name].empty:
        return pd.DataFrame()
    table, only = tables[name], TABLES[name].only
    if only is not None and only[0] in table.columns:
        table = table[table[only[0]].isin(list(only[1]))]
    for column, value in where.items():
        table = table[table[column].astype("str") == value]
    return table
