"""The log of investments: the first forecast counts, and nothing vanishes from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.params.registers.investments import Investment
from segmentation_lib.params.registers.register import Register

__all__ = ["investment_log"]

_LOG = ["period", "id", "name", "kind", "horizon", "segment_id", "hypothesis", "metric", "owner",
        "approved_on", "cost", "low", "likely", "high", "forecast_hash", "now_low", "now_likely",
        "now_high", "changed", "status", "actual", "kept_apart", "line"]  # fmt: skip
_NUMBERS = ("cost", "low", "likely", "high", "now_low", "now_likely", "now_high", "actual")
_FIXED = ("kind", "metric", "approved_on", "cost", "low", "likely", "high")


def investment_log(
    register: Register[Investment],
    previous: pd.DataFrame | None,
    *,
    period: str,
    close: date,
) -> pd.DataFrame:
    """Return the log of investments: that of the last quarter, and this quarter's rows.

    The forecast counts as it stood when the log first held it; a later change is shown and changes
    nothing. An approved investment that was taken out of the register gets a row with the status
    ``removed`` every quarter. A result that was there before the log held the forecast is
    ``kept_apart``: it is no test of it.

    Args:
        register: The register ``investments``.
        previous: The artefact ``investment_log`` of the last quarter's run; None for the first.
        period: This quarter.
        close: The first day after it; what was approved or ended later is not known yet.

    Returns:
        The artefact ``investment_log``, by period and ID: what the register says, ``low``,
        ``likely``, ``high`` of the first forecast with ``forecast_hash`` (SHA-256 of the canonical
        JSON of kind, metric, approval, cost and forecast), the forecast as it stands now
        (``now_low`` and so on), ``changed``, ``status``, ``actual`` of the period, ``kept_apart``
        and the ``line`` of the register.
    """
    before = _before(previous, period)
    first = before.drop_duplicates("id", keep="first").set_index("id").to_dict("index")
    rows = []
    for place, item in enumerate(register):
        if item.approved_on is not None and item.approved_on < close:
            where = register.where(place)
            rows.append(_row(item, first.get(item.id), period, close, where))
    named = set(register.ids)
    last = before.drop_duplicates("id", keep="last").set_index("id", drop=False).to_dict("index")
    rows += [_removed(was, period) for name, was in last.items() if name not in named]
    added = pd.DataFrame(rows, columns=_LOG).sort_values("id", kind="stable")
    parts = [part for part in (before, added) if len(part)]
    return _typed(pd.concat(parts, ignore_index=True) if parts else added)


def _before(previous: pd.DataFrame | None, period: str) -> pd.DataFrame:
    if previous is None:
        return _typed(pd.DataFrame(columns=_LOG))
    kept = previous[previous["period"].astype("str") != period]
    return _typed(kept[_LOG].reset_index(drop=True))


def _row(
    item: Investment, first: Mapping[Any, Any] | None, period: str, close: date, where: str
) -> tuple[object, ...]:
    now = item.expected
    own: dict[str, Any] = {
        "kind": item.kind,
        "metric": item.metric,
        "approved_on": str(item.approved_on),
        "cost": item.cost,
        "low": now.low,
        "likely": now.likely,
        "high": now.high,
    }
    kept = own if first is None else {name: first[name] for name in _FIXED}
    stored = _hash(own) if first is None else str(first["forecast_hash"])
    over = item.ended_on is not None and item.ended_on < close
    status = item.status if over or item.status == "running" else "running"
    actual = next((one.value for one in item.actuals if one.period == period), np.nan)
    changed = first is not None and _hash(own) != stored
    return (period, item.id, item.name, kept["kind"], item.horizon, item.segment, item.hypothesis,
            kept["metric"], item.owner, kept["approved_on"], kept["cost"], kept["low"],
            kept["likely"], kept["high"], stored, now.low, now.likely, now.high, changed, status,
            actual, first is None and not np.isnan(actual), where)  # fmt: skip


def _removed(was: Mapping[Any, Any], period: str) -> tuple[object, ...]:
    own = dict(was) | {"period": period, "status": "removed", "actual": np.nan,
                       "kept_apart": False, "line": ""}  # fmt: skip
    return tuple(own[name] for name in _LOG)


def _hash(forecast: Mapping[str, Any]) -> str:
    text = json.dumps(
        {name: forecast[name] for name in _FIXED}, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _typed(log: pd.DataFrame) -> pd.DataFrame:
    kinds = dict.fromkeys(_NUMBERS, "float64") | {"changed": "bool", "kept_apart": "bool"}
    texts = {name: "str" for name in _LOG if name not in kinds}
    return log.fillna({"line": ""}).astype(kinds | texts)
