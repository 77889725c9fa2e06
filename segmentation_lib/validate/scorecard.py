"""The scorecard: one row a gate, one verdict, in words a marketing director understands.

Thresholds come from the parameters. The verdict follows fixed rules: NO-GO when the data or the
next-window KPIs say no, or when other samples give other segments; GO when every gate says go;
GO WITH LIMITS otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from segmentation_lib.params import ClusterParams, Gates
from segmentation_lib.validate.kpi_words import kpi_words

__all__ = [
    "Gate",
    "data_gate",
    "external_gate",
    "overrides",
    "scorecard",
    "stability_gate",
    "structure_gate",
    "tone",
    "usable_gate",
]

GateVerdict = Literal["go", "limits", "no-go", "not assessed"]


@dataclass(frozen=True)
class Gate:
    """One gate of the scorecard.

    Attributes:
        code: Short stable code.
        title: The question the gate asks.
        verdict: ``go``, ``limits``, ``no-go`` or ``not assessed``.
        measure: What was measured.
        value: What came out, as text.
        threshold: What the gate asks for, as text.
        sentence: The answer for a reader without statistics.
    """

    code: str
    title: str
    verdict: GateVerdict
    measure: str
    value: str
    threshold: str
    sentence: str


def data_gate(quality: Mapping[str, Any], gates: Gates) -> Gate:
    """Judge the data: enough active customers, and no quarter cut short.

    Args:
        quality: The artefact ``quality``.
        gates: Thresholds.
    """
    customers = int(quality["states"]["open"].get("ACTIVE", 0))
    partial = any(check["code"] == "partial_quarter" for check in quality["checks"])
    enough = customers >= gates.customers_go
    if enough and not partial:
        sentence = f"{customers:,} active customers are enough to find and test segments."
    elif partial:
        sentence = "The data stop before the quarter does, so its outcomes are not complete."
    else:
        sentence = f"{customers:,} active customers are few; small segments will be missed."
    return Gate(
        "data",
        "Are the data good enough?",
        "go" if enough and not partial else "limits",
        "active customers at the open",
        f"{customers:,}",
        f"at least {gates.customers_go:,}",
        sentence,
    )


def structure_gate(indices: pd.DataFrame, smallest_jaccard: float, gates: Gates) -> Gate:
    """Judge whether there is more than one cloud of customers.

    Args:
        indices: The artefact ``internal_indices``; all of its indices must pass.
        smallest_jaccard: Bootstrap Jaccard of the least stable segment, 0 to 1.
        gates: Thresholds.
    """
    weakest = indices.sort_values(["p_value", "index"], ascending=[False, True]).iloc[0]
    name = str(weakest["index"]).replace("davies_bouldin", "Davies-Bouldin index")
    real = float(weakest["p_value"]) <= gates.structure_p
    stable = smallest_jaccard >= gates.jaccard_limits
    if real and stable:
        verdict: GateVerdict = "go"
        sentence = (
            "The groups hang together better than cuts through one shapeless crowd of the same "
            "customers would."
        )
    elif stable:
        verdict = "limits"
        sentence = (
            "There is one continuous crowd, not separate groups: the segments are tiers, a "
            "convenience that comes back the same each time."
        )
    else:
        verdict = "no-go"
        sentence = "Other samples of the same customers give other segments: there are none here."
    return Gate(
        "structure",
        "Are there groups at all?",
        verdict,
        f"{name} against data without groups (the weaker of two indices)",
        f"{weakest['value']:.2f} against {weakest['null_mean']:.2f}, p = {weakest['p_value']:.3f}",
        f"p at most {gates.structure_p:g}",
        sentence,
    )


def stability_gate(stability: pd.DataFrame, gates: Gates) -> Gate:
    """Judge whether the same segments come back from other samples.

    Args:
        stability: The artefact ``segment_stability``.
        gates: Thresholds.
    """
    weakest = stability.sort_values(["jaccard", "segment_id"]).iloc[0]
    value = float(weakest["jaccard"])
    if value >= gates.jaccard_go:
        verdict: GateVerdict = "go"
        sentence = "Every segment comes back when the customers are sampled anew."
    elif value >= gates.jaccard_limits:
        verdict = "limits"
        sentence = f"{weakest['segment_id']} comes back only roughly; treat its edges with care."
    else:
        verdict = "no-go"
        sentence = f"{weakest['segment_id']} does not come back when customers are sampled anew."
    return Gate(
        "stability",
        "Would we find them again?",
        verdict,
        "overlap of the weakest segment with its bootstrap copies (Jaccard)",
        f"{value:.2f} ({weakest['segment_id']})",
        f"go at {gates.jaccard_go:g}, limits at {gates.jaccard_limits:g}",
        sentence,
    )


def external_gate(effects: pd.DataFrame, gates: Gates, quality: Mapping[str, Any]) -> Gate:
    """Judge whether the segments behaved differently in the quarter after they were made.

    A KPI counts when its corrected p-value passes, its effect is large enough and the interval
    of the effect stays above zero.

    Args:
        effects: The artefact ``kpi_effects``.
        gates: Thresholds.
        quality: The artefact ``quality``: features without a date limit what a difference says.
    """
    counts = (
        (effects["p_corrected"] <= gates.kpi_p)
        & (effects["effect"] >= gates.kpi_effect)
        & (effects["effect_low"] > 0)
    )
    passed = effects[counts].sort_values(["effect", "kpi"], ascending=[False, True])
    names = [kpi_words(str(kpi)) for kpi in passed["kpi"]]
    undated = any(check["code"] == "undated_features" for check in quality["checks"])
    if effects.empty:
        sentence = "No outcome of the quarter was there to test the segments on."
    elif names:
        explained = f"{passed['effect'].iloc[0]:.0%}"
        sentence = (
            f"In the quarter after they were made, segments differed in {_leading(names)}. "
            f"The segment alone explains {explained} of the differences between customers in "
            f"{names[0].removesuffix(' per customer')}."
        )
    else:
        sentence = "In the quarter after they were made, segments did not differ in any KPI."
    if names and undated:
        sentence += (
            " But the features carry no date: they may already hold what happened in the quarter."
        )
    return Gate(
        "external",
        "Do segments behave differently afterwards?",
        ("limits" if undated else "go") if names else "no-go",
        "KPIs of the quarter that differ by segment",
        f"{len(names)} of {len(effects)}",
        f"at least 1 with an effect of {gates.kpi_effect:g} or more",
        sentence,
    )


def usable_gate(assignments: pd.DataFrame, gates: Gates) -> Gate:
    """Judge whether the segments are large enough to act on.

    Args:
        assignments: The artefact ``assignments_close``.
        gates: Thresholds.
    """
    sizes = assignments["segment_id"].dropna().value_counts()
    needed = max(gates.segment_size, gates.segment_share * sizes.sum())
    small = sorted(sizes.index[sizes < needed])
    usable = len(sizes) - len(small)
    verdict: GateVerdict = "go" if not small else "limits" if usable >= 2 else "no-go"
    sentence = (
        "Every segment is large enough to act on."
        if not small
        else f"Too small to act on: {_listing(small)}."
    )
    return Gate(
        "usable",
        "Can we act on each of them?",
        verdict,
        "size of the smallest segment",
        f"{sizes.min():,} customers" if len(sizes) else "none",
        f"at least {needed:,.0f} customers",
        sentence,
    )


def scorecard(gates: Sequence[Gate], *, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Join the gates into one verdict.

    Args:
        gates: The gates, in the order to be shown.
        overrides: Decisions of people that are to be printed beside the verdict.

    Returns:
        ``verdict`` (``GO``, ``GO WITH LIMITS``, ``NO-GO``), ``sentence``, ``overrides`` and
        ``gates``, ready for JSON.
    """
    stops = [gate for gate in gates if gate.verdict == "no-go"]
    limits = [gate for gate in gates if gate.verdict == "limits"]
    if any(gate.code in ("data", "structure", "external", "usable") for gate in stops):
        verdict, sentence = "NO-GO", "Do not use these segments. " + stops[0].sentence
    elif stops or limits:
        first = (stops + limits)[0]
        verdict, sentence = "GO WITH LIMITS", "Use these segments with care. " + first.sentence
    else:
        verdict = "GO"
        sentence = "Use these segments. They passed every test on this quarter's data."
    return {
        "verdict": verdict,
        "sentence": sentence,
        "overrides": list(overrides),
        "gates": [asdict(gate) for gate in gates],
    }


def tone(gate: Gate) -> str:
    """Return the tone of a gate's finding on a page: ``good``, ``warn``, ``bad`` or ``info``."""
    tones = {"go": "good", "limits": "warn", "no-go": "bad", "not assessed": "info"}
    return tones[gate.verdict]


def overrides(cluster: ClusterParams) -> list[str]:
    """List the decisions of people that override a rule, as they are printed on the cover.

    Args:
        cluster: The ``cluster`` section of the parameters.
    """
    if cluster.k is None:
        return []
    return [f"The number of segments was set to {cluster.k} by hand: {cluster.k_reason}"]


def _leading(names: Sequence[str], most: int = 3) -> str:
    more = len(names) - most
    rest = f"{more} more KPI{'s' if more > 1 else ''}"
    return _listing([*names[:most], rest] if more > 0 else names)


def _listing(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
