"""Records: what customers did, said and cost, row by row, as the later stages need it.

Features and outcomes are one number per customer. Journeys, lifetime value and quotes need the
rows behind them: cleaned, linked, dated before the close, and counted by the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.params.models import Params
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.ledger import ledger
from segmentation_lib.prepare.returns import cancelled_rows, occasions, without_cancelled
from segmentation_lib.prepare.tables import Cleaned
from segmentation_lib.prepare.windows import start_of

__all__ = ["Records", "records"]

_EVENT_COLUMNS = ("customer_id", "occurred_at", "event", "session_id", "device", "channel")


@dataclass(frozen=True)
class Records:
    """The rows behind features and outcomes; each None where its table is not given.

    Attributes:
        purchase_days: ``customer_id, day, spend``, sorted by the first two: one row per customer
            and day with positive net spend, as features count it at the close.
        ledger: Money per customer, block and kind; see `segmentation_lib.prepare.ledger`.
        event_log: An expression of the engine that prepared it, to be written by
            `engine.write_parquet`: ``customer_id, occurred_at, event``, of ``session_id, device,
            channel`` those that are given, and ``sequence``, the number of the row from 1.
            Sorted by customer and moment, and within one moment as in the source; so
            ``sequence`` keeps the order of steps that happened in one second.
        survey_answers: ``customer_id, answered_at, nps, comment`` (missing throughout where the
            table has no such column) and every further column, sorted by customer and time.
        experiment_arms: ``experiment_id, customer_id, arm, assigned_at``, one row per experiment
            and customer: the first assignment. Whoever was put into two arms of one experiment,
            under two ids of theirs say, belongs to neither and is left out.
    """

    purchase_days: pd.DataFrame | None
    ledger: pd.DataFrame | None
    event_log: ir.Table | None
    survey_answers: pd.DataFrame | None
    experiment_arms: pd.DataFrame | None


def records(cleaned: Cleaned, params: Params) -> Records:
    """Return the rows behind features and outcomes, all history before the close.

    Args:
        cleaned: What `clean` returned; duplicates are gone and identities linked.
        params: All parameters.
    """
    return Records(
        purchase_days=_purchase_days(cleaned, params) if "orders" in cleaned else None,
        ledger=ledger(cleaned, params),
        event_log=_event_log(cleaned, params) if "events" in cleaned else None,
        survey_answers=_survey_answers(cleaned, params) if "surveys" in cleaned else None,
        experiment_arms=_experiment_arms(cleaned, params) if "assignments" in cleaned else None,
    )


def _before_close(cleaned: Cleaned, params: Params, name: str) -> ir.Table:
    table = cleaned[name]
    return table.filter(table[CONTRACT[name].time or ""] < start_of(params.window.end))


def _purchase_days(cleaned: Cleaned, params: Params) -> pd.DataFrame:
    """Return the occasions of all history, cancelled by whatever came back before the close."""
    engine = cleaned.engine
    seen = engine.store(_before_close(cleaned, params, "orders"), "seen")
    cancelled = engine.store(cancelled_rows(seen), "cancelled")
    lines = without_cancelled(seen.mutate(day=seen["ordered_at"].date()), cancelled)
    days = occasions(lines)
    midnight = days.select(
        "customer_id", day=days["day"].cast("timestamp(6)"), spend=days["spend"].cast("float64")
    )
    return engine.frame(midnight.order_by("customer_id", "day"))


def _event_log(cleaned: Cleaned, params: Params) -> ir.Table:
    rows = _before_close(cleaned, params, "events")
    order = ["customer_id", "occurred_at", "_row"]
    numbered = rows.mutate(sequence=ibis.row_number().over(ibis.window(order_by=order)) + 1)
    columns = [column for column in _EVENT_COLUMNS if column in rows.columns]
    return numbered.order_by("sequence").select(*columns, "sequence")


def _survey_answers(cleaned: Cleaned, params: Params) -> pd.DataFrame:
    rows = _before_close(cleaned, params, "surveys")
    absent = {
        column: ibis.null(kind)
        for column, kind in (("nps", "float64"), ("comment", "string"))
        if column not in rows.columns
    }
    rows = rows.mutate(**absent).order_by("customer_id", "answered_at", "_row")
    first = ["customer_id", "answered_at", "nps", "comment"]
    further = [column for column in rows.columns if column not in (*first, "_row")]
    return cleaned.engine.frame(rows.select(*first, *further))


def _experiment_arms(cleaned: Cleaned, params: Params) -> pd.DataFrame:
    rows = _before_close(cleaned, params, "assignments")
    people = rows.group_by("experiment_id", "customer_id").aggregate(
        arm=rows["arm"].min(), assigned_at=rows["assigned_at"].min(), arms=rows["arm"].nunique()
    )
    single = people.filter(people["arms"] == 1).drop("arms")
    return cleaned.engine.frame(single.order_by("experiment_id", "customer_id"))
