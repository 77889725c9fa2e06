"""Pictures of effects: what `report.effect_forest` takes, an experiment's arm each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.experiments.phrases import gap_words, metric_words, on_few
from segmentation_lib.implement.experiments.readout import ReadOut
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.profile.wording import listing, titled
from segmentation_lib.stats.segment_effects import DIFFER_LEVEL
from segmentation_lib.words import capitalised

__all__ = ["effect_drawings"]

_FORMATS = {"money": "money2", "share": "points1"}
_NOTE = (
    "Each dot is the difference between treated and control, the line its 95% interval. The first "
    "row is the answer for all. The intervals of the segments hold together, so they are wider."
)
_SHARED = " Segments were not shown to differ: no segment has an answer of its own."
_LEAST = 2


def effect_drawings(
    found: ReadOut,
    experiments: Iterable[Experiment],
    *,
    names: Mapping[str, str],
    limit: int,
    currency: str = "",
) -> list[dict[str, Any]]:
    """Return what `report.effect_forest` draws for each treated arm that was read out.

    Args:
        found: What `read_out` returned.
        experiments: The experiments.
        names: Names of the segments.
        limit: Fewest customers of an arm whose figures are drawn.
        currency: Three-letter code of the amounts.

    Returns:
        Its arguments by name, in the order of experiments and arms; an arm without effects in two
        segments or more has no picture.
    """
    least = {entry.id: entry.min_effect * (1 if entry.good == "higher" else -1)
             for entry in experiments}  # fmt: skip
    effects = found.effects[found.effects["effect"].notna()]
    effects = effects[~on_few(effects, limit)]
    drawn = []
    for (own, arm), rows in effects.groupby(["experiment_id", "arm"], sort=True):
        if (rows["segment_id"] != ALL_SEGMENTS).sum() < _LEAST:
            continue
        differ = bool(rows["differ_p"].iloc[0] <= DIFFER_LEVEL)
        drawn.append(
            {
                "frame": _rows(rows, names),
                "caption": _caption(str(own), str(arm), rows, differ, currency),
                "alt": _alt(rows, names, currency),
                "format": _FORMATS.get(str(rows["unit"].iloc[0]), "signed2"),
                "currency": currency or "EUR",
                "least": least[str(own)],
                "note": _NOTE if differ else _NOTE + _SHARED,
            }
        )
    return drawn


def _rows(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    whole = rows["segment_id"] == ALL_SEGMENTS
    ordered = pd.concat([rows[whole], rows[~whole].sort_values("segment_id")])
    return pd.DataFrame(
        {
            "segment_id": ordered["segment_id"],
            "name": [names.get(str(name), "") for name in ordered["segment_id"]],
            **{column: ordered[column] for column in ("effect", "low", "high", "shrunken")},
        }
    ).reset_index(drop=True)


def _caption(own: str, arm: str, rows: pd.DataFrame, differ: bool, currency: str) -> str:
    metric = capitalised(metric_words(str(rows["metric"].iloc[0])))
    clear = rows[rows["verdict"].isin(["more", "less"]) & (rows["segment_id"] != ALL_SEGMENTS)]
    where = "segments differ in it" if differ else "no evidence that segments differ"
    if differ and len(clear):
        where = f"clear in {listing(sorted(clear['segment_id']))}"
    return f"{own}: {metric} of {arm} against control, {where}"


def _alt(rows: pd.DataFrame, names: Mapping[str, str], currency: str) -> str:
    told = [
        f"{'all' if row['segment_id'] == ALL_SEGMENTS else titled(str(row['segment_id']), names)} "
        f"{gap_words(row['effect'], str(row['unit']), currency)}"
        for row in rows.to_dict("records")
    ]
    return f"Dots with lines for the effect on all and by segment: {listing(told)}."
