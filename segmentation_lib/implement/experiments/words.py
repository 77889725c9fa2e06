"""What an experiment can show, showed or could not show, in plain words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.experiments.admission import REFUSALS
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount, count, listing, number, percent, plural, titled
from segmentation_lib.words import feature_words, kpi_words

__all__ = [
    "design_sentence",
    "experiment_sentences",
    "gap_words",
    "interval_words",
    "metric_words",
    "sample_ratio_sentence",
    "size_words",
]

Row = Mapping[Hashable, Any]
_MEASURE = {
    "no metric": "its metric was not recorded in this quarter",
    "no covariate": "the measure from before the experiment is not there",
    "known for some": "its metric is known for some customers only, such as the value of an order "
    "for those who ordered. The treatment may change who orders, so these customers are not alike "
    "in the arms. Name the sums instead: `metric: revenue`, `denominator: orders`",
}


def experiment_sentences(
    row: Row,
    effects: pd.DataFrame,
    guardrails: pd.DataFrame,
    ratios: pd.DataFrame,
    *,
    names: Mapping[str, str],
    currency: str = "",
) -> list[str]:
    """Say what became of one experiment, a finding each, the main one first.

    Args:
        row: Its row in `ReadOut.experiments`.
        effects: `ReadOut.effects`.
        guardrails: `ReadOut.guardrails`.
        ratios: `ReadOut.ratios`.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
    """
    own = str(row["experiment_id"])
    effects, guardrails, ratios = (
        table[table["experiment_id"] == own] for table in (effects, guardrails, ratios)
    )
    arms = sample_ratio_sentence(ratios, names=names)
    if row["state"] != "read":
        reason = str(row["reason"])
        why = REFUSALS.get(reason, _MEASURE.get(reason, reason)).format(ends_on=row["ends_on"])
        said = [f"{own} is not read out: {why}."]
        return [*said, arms] if arms else said
    said = []
    for _, table in effects.groupby("arm", sort=True):
        overall = table[table["segment_id"] == ALL_SEGMENTS].to_dict("records")[0]
        said.append(_overall(overall, own, effects["arm"].nunique() > 1, currency))
        said.append(_segments(table, names, currency))
    said.append(_guarded(guardrails, currency))
    return [sentence for sentence in (*said, arms) if sentence]


def sample_ratio_sentence(ratios: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say whether the arms of an experiment have the customers they should; empty if they have.

    Args:
        ratios: Rows of one experiment from `ReadOut.ratios`.
        names: Names of the segments.
    """
    odd = ratios[ratios["level"].isin(["alarm", "warning"])].sort_values("p_value", kind="stable")
    if odd.empty:
        return ""
    first = odd.iloc[0]
    rows = odd[odd["segment_id"] == first["segment_id"]].to_dict("records")
    where = (
        ""
        if first["segment_id"] == ALL_SEGMENTS
        else (f" in {titled(str(first['segment_id']), names)}")
    )
    split = listing([f"{row['arm']} has {count(row['customers'])} customers"
                     f" ({percent(row['share'])}, planned {percent(row['planned'])})"
                     for row in rows])  # fmt: skip
    chance = f"{100 * first['p_corrected']:.2g}"
    means = (
        "Customers went missing in one arm or came in twice, so the arms can no longer be compared"
        if first["level"] == "alarm"
        else "That can be luck; look for customers who went missing before you trust the figures"
    )
    return (
        f"The sizes of the arms are not as planned{where}: {split}. A sound experiment shows this "
        f"in {chance}% of cases. {means}."
    )


def design_sentence(designs: pd.DataFrame, *, names: Mapping[str, str], currency: str = "") -> str:
    """Say what one planned experiment can find, and where it is too small.

    Args:
        designs: What `design_table` returned.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
    """
    if designs.empty or (designs["verdict"] == "no figures").all():
        return "Nobody can say yet what it can find: its metric has no figures."
    overall = designs[(designs["segment_id"] == ALL_SEGMENTS) & designs["detectable"].notna()]
    # The arm that sees least decides what the experiment can see.
    row = overall.sort_values("detectable", kind="stable").iloc[-1].to_dict()
    unit, least = str(row["unit"]), size_words(row["min_effect"], str(row["unit"]), currency)
    seen = size_words(row["detectable"], unit, currency)
    own = row["experiment_id"]
    found = (
        f"will find an effect of {seen} on {metric_words(str(row['metric']))} four times in five"
    )
    if row["verdict"] == "can be tested":
        said = f"{own} {found}; {least} is the smallest that matters, so it can be tested."
    else:
        said = (
            f"{own} is too small to test: it {found}, and {least} is the smallest that matters. "
            f"That needs {count(row['needed'])} "
            f"customers, {_quarters(row)} as many as there are."
        )
    parts = designs[(designs["segment_id"] != ALL_SEGMENTS)
                    & (designs["verdict"] == "too small to test")]  # fmt: skip
    small = sorted(set(parts["segment_id"]))
    if not small or designs["segment_id"].nunique() < 3:
        return said
    told = listing([titled(name, names) for name in small])
    return f"{said} Too small to be judged alone: {told}."


def metric_words(metric: str) -> str:
    """Return a metric in words, also one divided by another."""
    top, _, bottom = metric.partition(" / ")
    return f"{feature_words(top)} divided by {feature_words(bottom)}" if bottom else kpi_words(top)


def gap_words(value: float, unit: str, currency: str = "") -> str:
    """Return a difference with its direction, such as ``£3.20 more``."""
    size = size_words(abs(value), unit, currency)
    return f"{size} {'more' if value > 0 else 'less'}" if value else "no difference"


def interval_words(row: Row, currency: str = "") -> str:
    """Return the interval of an effect, such as ``+£1.00 to +£5.00``."""
    ends = (float(row["low"]), float(row["high"]))
    signs = ["\u2212" if end < 0 else "+" if end > 0 else "" for end in ends]
    sizes = [size_words(abs(end), str(row["unit"]), currency) for end in ends]
    return " to ".join(sign + size for sign, size in zip(signs, sizes, strict=True))


def _overall(row: Row, own: str, several: bool, currency: str) -> str:
    name = f"{own} ({row['arm']})" if several else own
    if row["verdict"] == "too few":
        return f"{name}: too few customers in an arm, or too few who did anything, to tell."
    metric, unit = metric_words(str(row["metric"])), str(row["unit"])
    interval = f"95% interval {interval_words(row, currency)}"
    gap = gap_words(row["effect"], unit, currency)
    if row["verdict"] == "not shown":
        size = {"short": ". An effect as large as the smallest that matters is ruled out"}
        return (
            f"{name} shows no effect on {metric}: {gap} among the treated, {interval}, which "
            f"luck explains{size.get(row['size'], '')}."
        )
    size = {"reached": " That is more than the smallest effect that matters.",
            "short": " That is less than the smallest effect that matters."}  # fmt: skip
    return (
        f"{name} changed {metric}: {gap} among the treated ({interval}), of "
        f"{plural(row['customers'] + row['control_customers'], 'customer')}."
        f"{size.get(row['size'], '')}"
    )


def _segments(table: pd.DataFrame, names: Mapping[str, str], currency: str) -> str:
    parts = table[(table["segment_id"] != ALL_SEGMENTS) & table["effect"].notna()]
    if len(parts) < 2:
        return ""
    p_value = float(parts["differ_p"].iloc[0])
    chance = _chance(p_value)
    if not p_value <= 0.05:
        return (
            f"There is no evidence that segments differ in it ({chance}): what is said of all "
            "holds for each, and a segment alone shows no more."
        )
    clear = parts[parts["verdict"].isin(["more", "less"])]
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


def _quarters(row: Row) -> str:
    times = float(row["needed"]) / (float(row["treated"]) + float(row["control"]))
    return f"{number(times)} times"


def size_words(value: float, unit: str, currency: str = "") -> str:
    """Return an amount of a metric: points for shares, money, or a number."""
    if unit == "share":
        return f"{number(100 * value)} points"
    return amount(value, currency) if unit == "money" else number(value)
