"""What this quarter's results speak for changing in the parameters of the next one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from segmentation_lib.params.registers.feedback import Change, Feedback
from segmentation_lib.params.registers.register import Register
from segmentation_lib.profile.wording import number, percent
from segmentation_lib.words import feature_words, kpi_name, p_words

__all__ = ["suggest_changes"]

_COLUMNS = ["id", "parameter", "action", "item", "evidence", "source", "segment_id", "decision"]
# An effect of this size or less is a tenth of a standard deviation between segments at most.
_LITTLE = 0.01


def suggest_changes(
    kpi_effects: pd.DataFrame,
    drift: pd.DataFrame,
    traits: pd.DataFrame,
    register: Register[Feedback],
    *,
    kpis: Collection[str] | None,
    features: Collection[str],
    level: float = 0.05,
) -> pd.DataFrame:
    """List changes for the next quarter with their evidence; nothing is applied.

    Three rules: a declared KPI that no segment differs in (corrected p-value above ``level`` and
    the upper end of the effect's interval at most .01); a segmenting feature that drifted in a
    major way; one that marks no segment (no stable trait anywhere). The register adds
    what people accepted; what they declined is not suggested again.

    Args:
        kpi_effects: The artefact ``kpi_effects``.
        drift: The artefact ``drift``.
        traits: The artefact ``traits``.
        register: The register ``feedback``.
        kpis: Declared KPIs; None when the parameters declare none.
        features: Segmenting features of the parameters.
        level: Corrected p-value above which a KPI shows no difference.

    Returns:
        The artefact ``suggested_changes``: ``id``, ``parameter``, ``action`` (``add``, ``remove``
        or ``set``), ``item``, ``evidence`` in words, ``source`` (``results`` or that of the
        register), ``segment_id`` and ``decision`` (``suggested``, or as in the register).
    """
    found = [
        *_silent_kpis(kpi_effects, kpis or (), level),
        *_drifted(drift, features),
        *_flat(traits, features),
    ]
    decided = [_of_register(item, item.change) for item in register if item.change is not None]
    known = {(row[1], row[2], row[3]) for row in decided}
    own = {(row[1], row[2], row[3]): row for row in reversed(found)}
    rows = [row for key, row in sorted(own.items()) if key not in known]
    return pd.DataFrame([*rows, *decided], columns=_COLUMNS).astype("str")


def _silent_kpis(
    effects: pd.DataFrame, kpis: Collection[str], level: float
) -> list[tuple[str, ...]]:
    silent = effects[
        effects["kpi"].isin(list(kpis))
        & (effects["p_corrected"] > level)
        & (effects["effect_high"] <= _LITTLE)
    ]
    return [
        _row(
            "kpis",
            str(row["kpi"]),
            f"No segment differs in {kpi_name(str(row['kpi']))}: segments explain "
            f"{percent(max(float(row['effect']), 0.0))} of it, at most "
            f"{percent(float(row['effect_high']))} ({p_words(float(row['p_corrected']))}, "
            f"{row['customers']:,} customers).",
        )
        for row in effects.loc[silent.index].to_dict("records")
    ]


def _drifted(drift: pd.DataFrame, features: Collection[str]) -> list[tuple[str, ...]]:
    # What ages by itself, such as tenure, drifts without any change of behaviour.
    major = drift[
        drift["feature"].isin(list(features)) & (drift["level"] == "major") & ~drift["ages"]
    ]
    return [
        _row(
            "prepare.features",
            str(row["feature"]),
            f"{feature_words(str(row['feature'])).capitalize()} moved in a major way between the "
            f"open and the close (population stability index "
            f"{number(float(row['psi_corrected']))}), so segments made of it may not hold.",
        )
        for row in major.to_dict("records")
    ]


def _flat(traits: pd.DataFrame, features: Collection[str]) -> list[tuple[str, ...]]:
    own = traits[(traits["role"] == "segmenting") & traits["feature"].isin(list(features))]
    marks = own.groupby("feature")["stable"].any()
    return [
        _row(
            "prepare.features",
            str(name),
            f"{feature_words(str(name)).capitalize()} marks no segment: in none does it differ "
            "from the others in a way that holds when customers are drawn again.",
        )
        for name in sorted(marks[~marks.astype("bool")].index)
    ]


def _row(parameter: str, item: str, evidence: str) -> tuple[str, ...]:
    return (f"{parameter}:{item}", parameter, "remove", item, evidence, "results", "(all)",
            "suggested")  # fmt: skip


def _of_register(item: Feedback, change: Change) -> tuple[str, ...]:
    action, value = next(
        (name, value)
        for name, value in change.model_dump().items()
        if name != "parameter" and value is not None
    )
    counted: Sequence[str] = ()
    if item.asked is not None:
        counted = (f"{item.responded:,} of {item.asked:,} responded.",)
    evidence = " ".join([item.finding, *counted])
    return (item.id, change.parameter, action, _text(value), evidence, item.source, item.segment,
            item.decision)  # fmt: skip


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
