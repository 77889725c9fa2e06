"""The pack of the quarterly segment council: what is to be decided, and what was decided before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.params.registers import NPS
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import listing, plural, titled
from segmentation_lib.words import kpi_words

__all__ = ["council_pack"]

_RED = {"no-go": "failed", "limits": "passed with limits"}
_LOST = ("below", "failed without a result", "stopped without a result",
         "removed without a result")  # fmt: skip
_MOST_PREVIOUS = 12
_BELIEVED = "implement.html#What-we-believed,-and-what-we-got-wrong"
_TESTED = "implement.html#What-tests-showed"
_INVESTED = "implement.html#Investments-and-their-results"
_AIMED = "implement.html#KPIs-and-targets"
_SHOWN = "implement.html#Playbook-and-content"

_NPS_WORDS = "Net Promoter Score"

Names = Mapping[str, str]


def council_pack(
    *,
    period: str,
    scorecard: Mapping[str, Any],
    cards: Mapping[str, Any],
    register: Mapping[str, Any] | None = None,
    changes: Sequence[str] = (),
    refresh: str = "",
    decision: str = "",
    steps: pd.DataFrame | None = None,
    hypotheses: pd.DataFrame | None = None,
    investments: pd.DataFrame | None = None,
    content_gaps: pd.DataFrame | None = None,
    roadmap: pd.DataFrame | None = None,
    kpi_progress: pd.DataFrame | None = None,
    decisions: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Make the agenda from what the quarter brought, each point as a question with its choices.

    Args:
        period: Name of the quarter.
        scorecard: The artefact ``scorecard``.
        cards: The artefact ``segments``.
        register: The artefact ``register``; segments without an owner come up.
        changes: What changed this quarter, in sentences.
        refresh: Sentence of the decision to keep, refit or re-segment the model.
        decision: What was decided on the model, as ``refresh.json`` has it; ``keep`` and ``first``
            leave no other segments to choose.
        steps: What `experiment_steps` returned: what the tests of the quarter ask for.
        hypotheses: The artefact ``hypotheses``, with ``verdict`` and ``sentence``.
        investments: What `investment_results` returned.
        content_gaps: The artefact ``content_gaps``.
        roadmap: The artefact ``roadmap``; its experiments are to be started.
        kpi_progress: The artefact ``kpi_progress``; targets that were missed come up.
        decisions: What `read_decisions` returned, oldest first.

    Returns:
        The artefact ``council``: ``period``, ``verdict``, ``sentence``, ``changes``, ``agenda``
        (a list of parts, each a ``title`` and its ``points`` with ``segment_id``, ``question``,
        ``why``, ``choices`` and ``href``) and ``previous`` (``when``, ``what``, ``who``, ``why``;
        newest first). Parts without a point are left out.
    """
    names = {str(card["id"]): str(card["name"]) for card in cards["segments"]}
    parts = (
        ("The segments themselves", _adoption(scorecard, refresh, decision=decision)),
        ("Checks that did not pass", _checks(scorecard)),
        ("What tests ask for", _tested(steps)),
        ("Hypotheses that were wrong", _hypotheses(hypotheses, names)),
        ("Investments that fell short", _investments(investments, names)),
        ("Targets that were missed", _targets(kpi_progress, names)),
        ("Content that is missing", _content(content_gaps, names)),
        ("Experiments to start", _experiments(roadmap, names)),
        ("Who answers for what", _owners(register, names)),
    )
    agenda = [{"title": title, "points": points} for title, found in parts
              if (points := list(found))]  # fmt: skip
    return {
        "period": period,
        "verdict": str(scorecard["verdict"]),
        "sentence": str(scorecard["sentence"]),
        "changes": list(changes),
        "agenda": agenda,
        "previous": _previous(decisions),
    }


def _point(
    question: str, why: str, choices: Sequence[str], href: str = "", segment: str = ""
) -> dict[str, Any]:
    return {"segment_id": segment, "question": question, "why": why, "choices": list(choices),
            "href": href}  # fmt: skip


def _adoption(
    scorecard: Mapping[str, Any], refresh: str, *, decision: str
) -> Iterator[dict[str, Any]]:
    href = "implement.html#What-is-proposed-for-adoption"
    why = " ".join(part for part in (str(scorecard["sentence"]), refresh) if part)
    if scorecard["verdict"] == "NO-GO":
        yield _point("What is done until the segments pass their checks?", why,
                     ("Simple tiers", "The last adopted segments", "Nothing by segment"),
                     href)  # fmt: skip
    elif decision == "first":
        yield _point("Are the proposed segments adopted for the next quarter?", why,
                     ("Adopt", "Later"), href)  # fmt: skip
    elif decision == "keep":
        yield _point("Do last quarter's segments stay in use for the next quarter?", why,
                     ("Adopt them again", "Have them made anew", "Later"), href)  # fmt: skip
    else:
        yield _point("Are the proposed segments adopted for the next quarter?", why,
                     ("Adopt", "Keep those of the last quarter", "Later"), href)  # fmt: skip


def _checks(scorecard: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for verdict, words in _RED.items():
        for gate in scorecard.get("gates", []):
            if gate["verdict"] == verdict:
                yield _point(
                    f"“{gate['title']}” {words}: what do we do?", str(gate["sentence"]),
                    ("Mend it", "Accept it, with a reason", "Stop"),
                    f"playbook.html#{gate['code']}",
                )  # fmt: skip


def _hypotheses(found: pd.DataFrame | None, names: Names) -> Iterator[dict[str, Any]]:
    if found is None:
        return
    for row in found[found["verdict"] == "refuted"].to_dict("records"):
        segment = str(row["segment_id"])
        yield _point(
            f"{row['hypothesis_id']} on {titled(segment, names)} was refuted: what follows?",
            str(row["sentence"]), ("Drop it", "Reword it and test again"),
            _BELIEVED, segment,
        )  # fmt: skip


def _investments(found: pd.DataFrame | None, names: Names) -> Iterator[dict[str, Any]]:
    if found is None:
        return
    for row in found[found["verdict"].isin(_LOST)].to_dict("records"):
        segment = str(row["segment_id"])
        who = titled(segment, names) if segment in names else "all customers"
        yield _point(
            f"{row['id']} ({row['name']}) for {who} fell short: does it go on?",
            f"It ended {row['verdict']}." if row["verdict"] != "below" else
            "It brought less than the lowest value expected.",
            ("Stop", "Go on with a new forecast"), _INVESTED,
            segment if segment in names else "",
        )  # fmt: skip


def _targets(found: pd.DataFrame | None, names: Names) -> Iterator[dict[str, Any]]:
    if found is None:
        return
    missed = found[(found["reached"] == "no") & found["segment_id"].isin(list(names))]
    for segment, rows in missed.groupby("segment_id", sort=True):
        kpis = listing(
            sorted(_NPS_WORDS if kpi == NPS else kpi_words(str(kpi)) for kpi in rows["kpi"])
        )
        yield _point(
            f"{titled(str(segment), names)} missed {plural(len(rows), 'target')}: what follows?",
            f"Missed beyond chance: {kpis}.", ("Keep", "Change", "Drop"), _AIMED,
            str(segment),
        )  # fmt: skip


def _content(found: pd.DataFrame | None, names: Names) -> Iterator[dict[str, Any]]:
    if found is None:
        return
    for segment, rows in found.groupby("segment_id", sort=False):
        name = str(segment)
        channels = [str(one) for one in rows["channel"] if isinstance(one, str) and one]
        yield _point(
            f"Who makes content for {titled(name, names)}, and by when?",
            f"Nothing live of its own for {listing(channels)}." if channels else
            "It has nothing live of its own.",
            ("Make it", "Leave the gap"), _SHOWN, name,
        )  # fmt: skip


def _tested(steps: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    for row in [] if steps is None else steps.to_dict("records"):
        segment = str(row["segment_id"])
        yield _point(
            f"{row['action']}?", str(row["why"]), ("Yes", "Later", "No"), _TESTED,
            "" if segment == ALL_SEGMENTS else segment,
        )  # fmt: skip


def _experiments(roadmap: pd.DataFrame | None, names: Names) -> Iterator[dict[str, Any]]:
    if roadmap is None:
        return
    for row in roadmap[roadmap["step"] == "experiment"].sort_values("place").to_dict("records"):
        segment = str(row["segment_id"])
        who = titled(segment, names) if segment in names else "all customers"
        waits = f" It waits for {row['waits_for']}." if _text(row["waits_for"]) else ""
        yield _point(
            f"{row['id']} ({row['name']}) in {who}: is it started, or kept running?",
            f"It is next on the roadmap; {row['owner']} answers for it.{waits}",
            ("Start or keep", "Later", "Drop"), _INVESTED,
            segment if segment in names else "",
        )  # fmt: skip


def _owners(register: Mapping[str, Any] | None, names: Names) -> Iterator[dict[str, Any]]:
    owned = {str(one["id"]) for one in (register or {}).get("segments", []) if one.get("owner")}
    bare = [titled(name, names) for name in sorted(names) if name not in owned]
    if bare:
        yield _point(
            "Who owns which segment?",
            f"No owner yet: {listing(bare)}. Owners are named in governance.yaml.",
            ("Named below", "Later"), "implement.html#What-is-proposed-for-adoption",
        )  # fmt: skip


def _previous(decisions: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    rows = [
        {
            "when": _text(one.get("on") or one.get("period")),
            "what": _what(one),
            "who": _text(one.get("approver")),
            "why": _text(one.get("reason") or one.get("sentence")),
        }
        for one in decisions
    ]
    return rows[::-1][:_MOST_PREVIOUS]


def _what(decision: Mapping[str, Any]) -> str:
    kind = _text(decision.get("decision")).replace("_", " ")
    subject = _text(decision.get("hypothesis_id") or decision.get("period"))
    verdict = _text(decision.get("verdict"))
    return " ".join(part for part in (kind, subject, verdict) if part)


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)
