"""Where each registered KPI stands, by segment: baseline, value, target, guardrail."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.params.registers import NPS, Kpi, Register, kpi_declaration
from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount, number, percent, plural, titled
from segmentation_lib.small_cells import tells_few
from segmentation_lib.words import kpi_name, listing

__all__ = ["kpi_progress", "kpi_progress_sentences", "published_progress"]

_COLUMNS = ["quarter", "kpi", "kpi_id", "segment_id", "unit", "value", "low", "high", "customers",
            "answer_rate", "baseline", "target", "reached", "guardrail", "guardrail_kept", "owner",
            "better", "post_hoc"]  # fmt: skip
_NUMBERS = ("value", "low", "high", "customers", "answer_rate", "baseline", "target", "guardrail")


def kpi_progress(
    kpis: Register[Kpi],
    baseline: pd.DataFrame,
    *,
    quarter: str,
    satisfaction: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
    second_thoughts: Sequence[str] = (),
) -> pd.DataFrame:
    """Hold every registered KPI of every segment against its target and guardrail.

    Args:
        kpis: The register, checked.
        baseline: The artefact ``kpi_baseline``.
        quarter: Name of the quarter.
        satisfaction: The artefact ``satisfaction``, for the KPI `nps`.
        previous: The artefact ``kpi_progress`` of the quarter before; None in the first.
        second_thoughts: Declarations that were added or changed after the segments were made.

    Returns:
        The artefact ``kpi_progress``, a row per KPI and segment, ``(all)`` last: the ``value``
        with its 95 % interval and the ``customers`` (for `nps` those who gave a score, with the
        ``answer_rate`` of the segment); the ``baseline``, which is the first value this project
        measured; the ``target``; and whether it is ``reached``: ``yes`` or ``no`` where the
        interval lies on one side, ``unclear`` where it does not; empty without a target. The same
        for ``guardrail_kept``. The segments' values weighted by ``customers`` give ``(all)``. A
        KPI that was not measured has one row, ``(all)``, without a value.
    """
    first = _baselines(previous)
    rows: list[dict[str, object]] = []
    for kpi in kpis:
        for row in _measured(kpi, baseline, satisfaction):
            segment = str(row["segment_id"])
            target = kpi.target_of.get(segment, np.nan)
            guard = np.nan if kpi.guardrail is None else kpi.guardrail
            rows.append(
                {
                    **row,
                    "quarter": quarter,
                    "kpi": kpi.metric,
                    "kpi_id": kpi.id,
                    "baseline": first.get((kpi.metric, segment), row["value"]),
                    "target": target,
                    "reached": _holds(row, target, kpi.better),
                    "guardrail": guard,
                    "guardrail_kept": _holds(row, guard, kpi.better),
                    "owner": kpi.owner,
                    "better": kpi.better,
                    "post_hoc": kpi_declaration(kpi) in second_thoughts,
                }
            )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    texts = set(_COLUMNS) - {*_NUMBERS, "post_hoc"}
    return table.astype(
        {**dict.fromkeys(texts, "str"), **dict.fromkeys(_NUMBERS, "float64"), "post_hoc": "bool"}
    )


def kpi_progress_sentences(
    progress: pd.DataFrame, *, names: Mapping[str, str], limit: int = 10
) -> list[str]:
    """Say which targets are reached, which guardrails are broken, and what was declared late.

    Args:
        progress: What `kpi_progress` returned.
        names: Names of the segments.
        limit: Fewest customers whose figures are spoken of.
    """
    if progress.empty:
        return ["No KPI is registered (kpis.yaml), so no target was set."]
    shown = progress[progress["customers"] >= limit]
    targets = shown[shown["target"].notna()]
    counts = targets["reached"].value_counts()
    sentences = [
        f"{int(counts.get('yes', 0))} of {plural(len(targets), 'target')} are reached, "
        f"{int(counts.get('no', 0))} are missed, and for {int(counts.get('unclear', 0))} the "
        "interval lies on both sides."
    ] if len(targets) else ["The registered KPIs have no targets yet."]  # fmt: skip
    broken = shown[shown["guardrail_kept"] == "no"]
    sentences += [
        f"The guardrail of {_name(row['kpi'])} is broken in {_segment(row['segment_id'], names)}."
        for row in broken.to_dict("records")
    ]
    unknown = sorted(
        {_name(name) for name in progress.loc[progress["value"].isna(), "kpi"]}
        - {_name(name) for name in progress.loc[progress["value"].notna(), "kpi"]}
    )
    if unknown:
        sentences.append(f"Not measured in this quarter: {listing(unknown)}.")
    late = sorted({_name(name) for name in progress.loc[progress["post_hoc"], "kpi"]})
    if late:
        sentences.append(
            f"Declared or changed after the segments were made, so post hoc: {listing(late)}."
        )
    return sentences


def published_progress(
    progress: pd.DataFrame, *, names: Mapping[str, str], limit: int, currency: str = ""
) -> pd.DataFrame:
    """Return the KPIs as a page shows them; figures of fewer than ``limit`` people are left out.

    Args:
        progress: What `kpi_progress` returned.
        names: Names of the segments.
        limit: Fewest people whose figures are shown.
        currency: Three-letter code of the amounts.

    Returns:
        Columns ``kpi``, ``segment``, ``value`` (with its interval), ``baseline``, ``target``,
        ``reached``, ``guardrail``, ``owner`` and ``declared``.
    """
    rows = []
    # An empty text comes back from a file as a missing value.
    texts_of = {name: progress[name].fillna("") for name in ("unit", "reached", "guardrail_kept")}
    for row in progress.assign(**texts_of).to_dict("records"):
        small = row["customers"] < limit or pd.isna(row["value"])
        texts = {
            name: _written(row[name], row["unit"], currency)
            for name in ("value", "low", "high", "baseline", "target", "guardrail")
        }
        few = row["unit"] == "share" and tells_few(row["value"], row["customers"], limit=limit)
        answered = (
            "" if pd.isna(row["answer_rate"]) else f"; {percent(row['answer_rate'])} answered"
        )
        kept = "" if small or not row["guardrail_kept"] else f" ({_KEPT[row['guardrail_kept']]})"
        rows.append(
            {
                "kpi": _name(row["kpi"]),
                "segment": _segment(row["segment_id"], names),
                "value": "–"
                if small
                else people_share(
                    row["value"], row["value"] * row["customers"], row["customers"], few=limit
                )
                if few
                else f"{texts['value']} ({texts['low']} to {texts['high']}{answered})",
                "baseline": "–" if small else texts["baseline"],
                "target": texts["target"],
                "reached": "" if small else row["reached"],
                "guardrail": f"{texts['guardrail']}{kept}",
                "owner": row["owner"],
                "declared": "post hoc" if row["post_hoc"] else "beforehand",
            }
        )
    columns = ["kpi", "segment", "value", "baseline", "target", "reached", "guardrail", "owner",
               "declared"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype="str")


_KEPT = {"yes": "kept", "no": "broken", "unclear": "unclear"}


def _measured(
    kpi: Kpi, baseline: pd.DataFrame, satisfaction: pd.DataFrame | None
) -> list[dict[str, object]]:
    names = ["segment_id", "unit", "value", "low", "high", "customers", "answer_rate"]
    if kpi.metric != NPS:
        own = baseline[baseline["kpi"] == kpi.metric].assign(answer_rate=np.nan)
    elif satisfaction is None:
        own = baseline.iloc[:0].assign(answer_rate=np.nan)
    else:
        score = {"nps": "value", "nps_low": "low", "nps_high": "high", "scored": "people"}
        own = satisfaction.rename(columns=score).drop(columns="customers")
        own = own.rename(columns={"people": "customers"}).assign(unit="points")
    if own.empty:
        unknown = dict.fromkeys(("value", "low", "high", "answer_rate"), math.nan)
        return [{"segment_id": ALL_SEGMENTS, "unit": "", "customers": 0.0, **unknown}]
    last = (own["segment_id"] == ALL_SEGMENTS).to_numpy()
    own = own.assign(last=last).sort_values(["last", "segment_id"], kind="stable")
    return [{str(key): value for key, value in row.items()}
            for row in own[names].to_dict("records")]  # fmt: skip


def _baselines(previous: pd.DataFrame | None) -> dict[tuple[str, str], float]:
    if previous is None:
        return {}
    rows = previous[previous["baseline"].notna()]
    return {
        (str(kpi), str(segment)): float(value)
        for kpi, segment, value in zip(
            rows["kpi"], rows["segment_id"], rows["baseline"], strict=True
        )
    }


def _holds(row: Mapping[str, Any], limit: float, better: str) -> str:
    low, high = float(row["low"]), float(row["high"])
    if np.isnan([limit, low, high]).any():
        return ""
    sure, lost = (
        (low >= limit, high < limit) if better == "higher" else (high <= limit, low > limit)
    )
    return "yes" if sure else "no" if lost else "unclear"


def _written(value: float, unit: str, currency: str) -> str:
    if math.isnan(value):
        return ""
    if unit == "share":
        return percent(value)
    return amount(value, currency) if unit == "money" else number(value)


def _name(kpi: str) -> str:
    return "Net Promoter Score" if kpi == NPS else kpi_name(kpi)


def _segment(segment_id: str, names: Mapping[str, str]) -> str:
    return "all customers" if segment_id == ALL_SEGMENTS else titled(segment_id, names)
