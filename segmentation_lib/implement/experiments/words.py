"""What became of experiments, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

import pandas as pd

from segmentation_lib.implement.experiments.admission import REFUSALS
from segmentation_lib.implement.experiments.phrases import (
    Row,
    gap_words,
    interval_words,
    metric_words,
    on_few,
)
from segmentation_lib.implement.experiments.readout import ReadOut
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, listing, plural, titled
from segmentation_lib.stats.segment_effects import DIFFER_LEVEL
from segmentation_lib.words import capitalised

__all__ = ["experiment_sentences", "read_out_sentences", "sample_ratio_sentence"]

_VERDICTS = {
    "works": "works",
    "works in some": "works in some segments",
    "harms": "does harm",
    "not shown": "shows no effect",
    "too few": "has too few customers to tell",
}
_MEASURE = {
    "no metric": "its metric was not recorded in this quarter",
    "no covariate": "the measure from before the experiment is not there",
    "known for some": "its metric is known for some customers only, such as the value of an order "
    "for those who ordered. The treatment may change who orders, so these customers are not alike "
    "in the arms. Name the sums instead: `metric: revenue`, `denominator: orders`",
}


def read_out_sentences(
    found: ReadOut, *, names: Mapping[str, str], limit: int, currency: str = ""
) -> list[str]:
    """Say what became of each experiment of the quarter, one after the other, those read first.

    Args:
        found: What `read_out` returned.
        names: Names of the segments.
        limit: Fewest customers whose figures are told.
        currency: Three-letter code of the amounts.

    Returns:
        An item per experiment; those that are to come, or were over before, are not told.
    """
    rows = found.experiments[~found.experiments["reason"].isin(["not started", "over"])]
    rows = rows.sort_values(["state", "experiment_id"], ascending=[False, True])
    tables = found.effects, found.guardrails, found.ratios
    told = [
        " ".join(experiment_sentences(row, *tables, names=names, limit=limit, currency=currency))
        for row in rows.to_dict("records")
    ]
    return told or ["No experiment ran in this quarter."]


def experiment_sentences(
    row: Row,
    effects: pd.DataFrame,
    guardrails: pd.DataFrame,
    ratios: pd.DataFrame,
    *,
    names: Mapping[str, str],
    limit: int = 0,
    currency: str = "",
) -> list[str]:
    """Say what became of one experiment, a finding each, the main one first.

    Args:
        row: Its row in `ReadOut.experiments`.
        effects: `ReadOut.effects`.
        guardrails: `ReadOut.guardrails`.
        ratios: `ReadOut.ratios`.
        names: Names of the segments.
        limit: Fewest customers whose figures are told.
        currency: Three-letter code of the amounts.
    """
    own = str(row["experiment_id"])
    effects, guardrails, ratios = (
        table[table["experiment_id"] == own] for table in (effects, guardrails, ratios)
    )
    arms = sample_ratio_sentence(ratios, names=names, limit=limit)
    if row["state"] != "read":
        reason = str(row["reason"])
        why = REFUSALS.get(reason, _MEASURE.get(reason, reason)).format(ends_on=row["ends_on"])
        said = [f"{own} is not read out: {why}."]
        return [*said, arms] if arms else said
    said = [_main(row, own)]
    several = effects["arm"].nunique() > 1
    effects = effects.assign(few=on_few(effects, limit))
    for _, table in effects.groupby("arm", sort=True):
        overall = table[table["segment_id"] == ALL_SEGMENTS].to_dict("records")[0]
        said.append(_overall(overall, several, currency))
        said.append(_segments(table, names, currency))
    said.append(_guarded(guardrails[~on_few(guardrails, limit)], currency))
    return [sentence for sentence in (*said, _earlier(row), arms) if sentence]


def sample_ratio_sentence(ratios: pd.DataFrame, *, names: Mapping[str, str], limit: int = 0) -> str:
    """Say whether the arms of an experiment have the customers they should; empty if they have.

    Args:
        ratios: Rows of one experiment from `ReadOut.ratios`.
        names: Names of the segments.
        limit: Fewest customers that are told; with fewer in an arm no number is.
    """
    odd = ratios[ratios["level"].isin(["alarm", "warning"])].sort_values("p_value", kind="stable")
    if odd.empty:
        return ""
    first = odd.iloc[0]
    rows = odd[odd["segment_id"] == first["segment_id"]]
    whole = first["segment_id"] == ALL_SEGMENTS
    where = "" if whole else f" in {titled(str(first['segment_id']), names)}"
    means = (
        "Customers went missing in one arm or came in twice, so the arms can no longer be compared"
        if first["level"] == "alarm"
        else "That can be luck; look for customers who went missing before you trust the figures"
    )
    # Over all the counts of a small segment would be told by what is left.
    if (ratios if whole else rows)["customers"].between(1, limit - 1).any():
        return f"The sizes of the arms are not as planned{where}. {means}."
    split = listing([f"{row['arm']} has {count(row['customers'])} customers"
                     f" ({100 * row['share']:.1f}%, planned {100 * row['planned']:.1f}%)"
                     for row in rows.to_dict("records")])  # fmt: skip
    return (
        f"The sizes of the arms are not as planned{where}: {split}. A sound experiment shows this "
        f"in {_often(float(first['p_corrected']))} cases. {means}."
    )


def _main(row: Row, own: str) -> str:
    what = str(row["what"]).rstrip(". ")
    return f"{own} (\u201c{what}\u201d) {_VERDICTS[str(row['verdict'])]}."


def _earlier(row: Row) -> str:
    if row["segments_on"] >= row["figures_from"]:
        return ""
    return (
        f"It began in an earlier quarter: its segments are those of {row['segments_on']}, and its "
        "figures those of this quarter only."
    )


def _overall(row: Row, several: bool, currency: str) -> str:
    metric, unit = metric_words(str(row["metric"])), str(row["unit"])
    name = capitalised(f"{row['arm']}, {metric}" if several else metric)
    if row["few"] or row["verdict"] == "too few":
        return f"{name}: too few customers in an arm, or too few who did anything, to tell."
    told = (
        f"{name}: {gap_words(row['effect'], unit, currency)} among the treated (95% interval "
        f"{interval_words(row, currency)}), of "
        f"{plural(row['customers'] + row['control_customers'], 'customer')}"
    )
    if row["verdict"] == "not shown":
        ruled_out = row["size"] in ("short", "against")
        more = ". An effect as large as the smallest that matters is ruled out" if ruled_out else ""
        return f"{told}, which luck explains{more}."
    size = {"reached": ". That is more than the smallest effect that matters",
            "short": ". That is less than the smallest effect that matters"}  # fmt: skip
    return f"{told}{size.get(row['size'], '')}."


def _segments(table: pd.DataFrame, names: Mapping[str, str], currency: str) -> str:
    parts = table[(table["segment_id"] != ALL_SEGMENTS) & table["effect"].notna()]
    if len(parts) < 2:
        return ""
    p_value = float(parts["differ_p"].iloc[0])
    if isnan(p_value):
        return ""
    chance = _chance(p_value)
    if not p_value <= DIFFER_LEVEL:
        return (
            f"There is no clear evidence that segments differ in it ({chance}): what is said of "
            "all holds for each, and a segment alone shows no more."
        )
    clear = parts[parts["verdict"].isin(["more", "less"]) & ~parts["few"]]
    if clear.empty:
        return (
            f"The effect is not the same in all segments ({chance}), but in none of them is it "
            "clear by itself."
        )
    told = listing(
        [
            f"{titled(str(row['segment_id']), names)} with "
            f"{gap_words(row['effect'], row['unit'], currency)} ({interval_words(row, currency)}; "
            f"{gap_words(row['shrunken'], row['unit'], currency)} once luck is taken off)"
            for row in clear.to_dict("records")
        ]
    )
    return f"Segments differ in it ({chance}). It is clear in {told}; not shown elsewhere."


def _guarded(guardrails: pd.DataFrame, currency: str) -> str:
    said = []
    for row in guardrails.to_dict("records"):
        metric = metric_words(str(row["metric"]))
        if row["verdict"] in ("broken", "open"):
            fault = "suffered" if row["verdict"] == "broken" else "may have suffered"
            said.append(f"{metric} {fault} ({row['arm']}: {interval_words(row, currency)})")
        elif row["verdict"] == "no figures":
            said.append(f"{metric} could not be measured")
    if said:
        return f"Guardrails: {listing(said)}."
    return "All guardrails are kept." if len(guardrails) else ""


def _chance(p_value: float) -> str:
    """Say how often luck alone does it, where nothing does."""
    if p_value < 0.001:
        return "luck alone does this in fewer than 1 of 1,000 cases"
    return f"luck alone does this in {100 * p_value:.2g}% of cases"


def _often(p_value: float) -> str:
    return "fewer than 0.1% of" if p_value < 0.001 else f"{100 * p_value:.2g}% of"
