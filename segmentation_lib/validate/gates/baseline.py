"""Are the segments better than simple tiers that anybody could make?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segmentation_lib.validate.baseline_words import baseline_sentence, rule_words
from segmentation_lib.validate.baselines import ALL_KPIS, baseline_verdict, compared_rival
from segmentation_lib.validate.gates.gate import Gate, GateVerdict

__all__ = ["baseline_gate"]

_VERDICTS: Mapping[str, GateVerdict] = {
    "better": "go",
    "tie": "limits",
    "worse": "no-go",
    "not compared": "not assessed",
}


def baseline_gate(baselines: pd.DataFrame) -> Gate:
    """Judge the segments against RFM tiers; where these cannot be made, against one feature's.

    Args:
        baselines: The artefact ``baselines``.
    """
    rival = compared_rival(baselines)
    each = baselines[(baselines["rival"] == rival) & (baselines["kpi"] != ALL_KPIS)]
    rule = rule_words(rival, baselines) if rival else "simple tiers"
    better, worse = (int((each["verdict"] == word).sum()) for word in ("better", "worse"))
    return Gate(
        "baseline",
        "Are they better than simple tiers?",
        _VERDICTS[baseline_verdict(baselines)],
        f"KPIs of the next quarter of which the segments explain more than {rule}",
        f"{better} better, {worse} worse of {len(each)}" if len(each) else "none",
        "better over all KPIs, with an interval above zero",
        baseline_sentence(baselines),
    )
