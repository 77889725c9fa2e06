"""What the comparison with simpler ways to group customers says, in words."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.validate.baselines import ALL_KPIS, CHANCE, ONE_FEATURE, RFM, over_all_kpis
from segmentation_lib.words import feature_words, kpi_words, listing

__all__ = ["baseline_sentence", "better_rule", "rule_words"]

# What prints as 0.0 % says nothing.
_NOTHING = 0.0005


def better_rule(baselines: pd.DataFrame) -> str:
    """Name the simpler rule that explains most of all that explain more than the segments do.

    Args:
        baselines: The artefact ``baselines``.

    Returns:
        The rule in words, such as ``tiers of catalogue orders``; empty when none is better.
    """
    together = over_all_kpis(baselines)
    better = together[(together["verdict"] == "worse") & together.index.isin([RFM, ONE_FEATURE])]
    if better.empty:
        return ""
    ranked = better.sort_values("rival_score", ascending=False, kind="stable")
    return rule_words(str(ranked.index[0]), baselines)


def rule_words(rival: str, baselines: pd.DataFrame) -> str:
    """Name a rival in words, the tiers of one feature by their feature.

    Args:
        rival: A rival that was compared.
        baselines: The artefact ``baselines``.
    """
    detail = str(over_all_kpis(baselines)["detail"][rival])
    return f"tiers of {feature_words(detail)}" if rival == ONE_FEATURE else rival


def baseline_sentence(baselines: pd.DataFrame) -> str:
    """Say whether the segments are worth their trouble, against the rivals that marketers know.

    Args:
        baselines: The artefact ``baselines``.
    """
    together = over_all_kpis(baselines)
    rivals = [name for name in (RFM, ONE_FEATURE) if name in together.index]
    if not rivals:
        return "There was no KPI or no rival to compare the segments with."
    verdicts = {name: str(together["verdict"][name]) for name in together.index}
    first, *others = rivals
    against = _figures(first, baselines)
    said = {
        "better": [f"The segments explain more {against}."],
        "tie": [
            f"The segments explain no more {against}.",
            "The simpler one will do, unless the segments are easier to act on.",
        ],
        "worse": [
            f"The segments explain less {against}.",
            f"Use {rule_words(first, baselines)} instead.",
        ],
    }[verdicts[first]]
    for name in others:
        if verdicts[name] == "worse" != verdicts[first]:
            said.append(f"But they explain less {_figures(name, baselines)}. Use these instead.")
    for name in rivals:
        lost = _lost(name, baselines)
        if verdicts[name] != "worse" and lost:
            rule = rule_words(name, baselines) + (" alone" if name == ONE_FEATURE else "")
            said.append(f"{rule[0].upper()}{rule[1:]} are better for {listing(lost)}.")
    if verdicts.get(CHANCE, "better") != "better":
        said.append("Random groups would have done as well.")
    return " ".join(said)


def _lost(rival: str, baselines: pd.DataFrame) -> list[str]:
    """Return the KPIs, in words, of which a rival explains more than the segments do."""
    rows = (baselines["rival"] == rival) & (baselines["verdict"] == "worse")
    each = baselines[rows & (baselines["kpi"] != ALL_KPIS)]
    return [kpi_words(str(kpi)) for kpi in each["kpi"]]


def _figures(rival: str, baselines: pd.DataFrame) -> str:
    row = over_all_kpis(baselines).to_dict("index")[rival]
    shares = [
        f"{share:.1%}" if share >= _NOTHING else "nothing"
        for share in (row["segments"], row["rival_score"])
    ]
    found = " against ".join(shares) if set(shares) != {"nothing"} else "neither explains any"
    rule = rule_words(rival, baselines)
    return f"of the differences between customers in the next quarter than {rule}: {found}"
