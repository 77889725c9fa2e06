"""The scorecard: all gates, a person's overrides, and one verdict.

Thresholds come from the parameters. The verdict follows fixed rules: NO-GO when the data, the
structure, the next-window KPIs, the sizes or privacy say no; GO when every gate that counts says
go; GO WITH LIMITS otherwise, also when nobody could tell whether there are groups or whether they
hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from segmentation_lib.params import ClusterParams, Override
from segmentation_lib.validate.gates import Gate

__all__ = ["override_sentences", "scorecard"]

_STOPPING = ("data", "structure", "external", "usable", "privacy")
# A tie with simple tiers, or a usual index that does not convince, is shown and limits nothing.
_HARMLESS = {"internal": ("limits", "no-go"), "baseline": ("limits",)}
# Without an answer to these, nobody can say that the segments may be used without care.
_MUST_BE_KNOWN = ("structure", "time")


def scorecard(
    gates: Sequence[Gate], *, overrides: Sequence[Override] = (), cluster: ClusterParams
) -> dict[str, Any]:
    """Join the gates into one verdict.

    Args:
        gates: The gates, in the order to be shown.
        overrides: Decisions of people against a gate.
        cluster: The ``cluster`` section of the parameters, for an override of the number of
            segments.

    Returns:
        ``verdict`` (``GO``, ``GO WITH LIMITS``, ``NO-GO``), ``sentence`` (the verdict in words,
        with the number of checks that were passed, and the names of those that were not made),
        ``overrides`` (sentences that print on the cover) and ``gates``, ready for JSON.
    """
    decided = {override.gate: override for override in overrides}
    final = [_overridden(gate, decided.get(gate.code)) for gate in gates]  # type: ignore[call-overload]
    counting = [gate for gate in final if gate.verdict not in _HARMLESS.get(gate.code, ())]
    stops = [gate for gate in counting if gate.verdict == "no-go"]
    unknown = [g for g in final if g.verdict == "not assessed" and g.code in _MUST_BE_KNOWN]
    limits = unknown + [gate for gate in counting if gate.verdict == "limits"]
    if any(gate.code in _STOPPING for gate in stops):
        verdict = "NO-GO"
    else:
        verdict = "GO WITH LIMITS" if stops or limits else "GO"
    return {
        "verdict": verdict,
        "sentence": _verdict_sentence(verdict, final),
        "overrides": override_sentences(gates, overrides, cluster),
        "gates": [asdict(gate) for gate in final],
    }


def _verdict_sentence(verdict: str, gates: Sequence[Gate]) -> str:
    """Say what to do with the segments, and count the checks, also those that nobody made."""
    failed = [gate.code for gate in gates if gate.verdict == "no-go"]
    limits = sum(gate.verdict == "limits" for gate in gates)
    unmade = [gate.title for gate in gates if gate.verdict == "not assessed"]
    todo = {"GO": "Use these segments", "NO-GO": "Do not use these segments"}.get(
        verdict, "Use these segments with care"
    )
    if verdict == "GO WITH LIMITS" and "baseline" in failed:
        todo = "Compare these segments with simple tiers before you use them"
    passed = len(gates) - len(failed) - limits - len(unmade)
    tally = [f"{passed} of {len(gates)} check{'' if len(gates) == 1 else 's'} passed"]
    if limits:
        tally.append(f"{limits} passed in part")
    if failed:
        tally.append(f"{len(failed)} failed")
    if unmade:
        were = "was" if len(unmade) == 1 else "were"
        tally.append(f"{len(unmade)} {were} not made ({' '.join(unmade)})")
    lesson = " The findings are published so that others can learn from them."
    return f"{todo}: {', '.join(tally)}.{lesson if verdict == 'NO-GO' else ''}"


def override_sentences(
    gates: Sequence[Gate], overrides: Sequence[Override], cluster: ClusterParams
) -> list[str]:
    """List the decisions of people that override a rule, as they are printed on the cover.

    Args:
        gates: The gates before any override.
        overrides: Decisions of people against a gate.
        cluster: The ``cluster`` section of the parameters.
    """
    said = []
    if cluster.k is not None:
        said.append(f"The number of segments was set to {cluster.k} by hand: {cluster.k_reason}")
    by_code = {gate.code: gate for gate in gates}
    for override in overrides:
        gate = by_code.get(override.gate)
        if gate is not None and gate.verdict != override.verdict:
            said.append(
                f"{override.name} changed the answer to “{gate.title}” from {gate.verdict} to "
                f"{override.verdict}: {override.reason}"
            )
    return said


def _overridden(gate: Gate, override: Override | None) -> Gate:
    if override is None or override.verdict == gate.verdict:
        return gate
    sentence = (
        f"{gate.sentence} The tests said {gate.verdict}; {override.name} decided otherwise: "
        f"{override.reason}"
    )
    return replace(gate, verdict=override.verdict, sentence=sentence)
