"""The ten steps from segments to results, each done or not done, with the place that shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.implement.council.steps import CHECKLIST, DECIDED, FIXES, PLACES
from segmentation_lib.profile.value.revenue import NOT_IDENTIFIED
from segmentation_lib.profile.wording import plural, titled
from segmentation_lib.words import listing

__all__ = ["CHECKLIST", "checklist", "checklist_sentence"]

_COLUMNS = ["step", "title", "done", "why", "fix", "href"]
_PASSED = ("go", "limits")
_WORTH_MOST = 110.0


def checklist(
    *,
    scorecard: Mapping[str, Any] | None = None,
    cards: Mapping[str, Any] | None = None,
    present: Collection[str] = (),
    register: Mapping[str, Any] | None = None,
    crm: pd.DataFrame | None = None,
    baseline: pd.DataFrame | None = None,
    playbook: pd.DataFrame | None = None,
    content: pd.DataFrame | None = None,
    kpi_progress: pd.DataFrame | None = None,
    hypotheses: pd.DataFrame | None = None,
    roadmap: pd.DataFrame | None = None,
    incremental: pd.DataFrame | None = None,
    tested: Collection[str] = (),
    feedback: bool = False,
    refresh: str = "",
    next_close: date | None = None,
) -> pd.DataFrame:
    """Check the ten steps against the artefacts; what has no artefact is not done.

    Args:
        scorecard: The artefact ``scorecard``; steps 1 to 3 are its gates.
        cards: The artefact ``segments``; its segments are those in use.
        present: Names of the artefacts that the run holds.
        register: The artefact ``register``; step 10 needs an owner of every segment.
        crm: The artefact ``crm``; None where it was withheld.
        baseline: The artefact ``kpi_baseline``.
        playbook: The artefact ``playbook``.
        content: The artefact ``content``, with the ``state`` of each piece.
        kpi_progress: The artefact ``kpi_progress``; its targets count.
        hypotheses: The artefact ``hypotheses``; those tested by experiment count.
        roadmap: The artefact ``roadmap``; its experiments count.
        incremental: The artefact ``incremental``; experiments that ran count.
        tested: Segments in which an experiment was read out or is planned.
        feedback: Whether feedback was collected for the quarter (``feedback.yaml``).
        refresh: The decision on the model (keep, refit or re-segment); empty if none was taken.
        next_close: Close of the next quarter, the day by which this is done again.

    Returns:
        The artefact ``checklist``: ``step`` from 1 to 10, ``title``, ``done``, ``why`` (what was
        found, or what is missing), ``fix`` (what would make it done; empty where it is) and
        ``href`` (page and place of the evidence).
    """
    ids = [str(card["id"]) for card in (cards or {}).get("segments", [])]
    names = {str(card["id"]): str(card["name"]) for card in (cards or {}).get("segments", [])}
    worth = [
        str(card["id"])
        for card in (cards or {}).get("segments", [])
        if (card["value_index"] or 0) >= _WORTH_MOST
    ] or ids
    answers = (
        _gates(scorecard, ("structure", "internal")),
        _gates(scorecard, ("external",)),
        _gates(scorecard, ("stability", "time")),
        _profiled(present),
        _told(cards, present),
        _tagged(crm, ids, names),
        _served(worth, names, content, playbook),
        _targets(ids, names, baseline, kpi_progress),
        _experiments(ids, names, hypotheses, roadmap, incremental, tested),
        _rhythm(ids, names, register, feedback, refresh, next_close),
    )
    rows = [
        (step, title, done, why, "" if done else FIXES[step], PLACES[step])
        for step, (title, (done, why)) in enumerate(zip(CHECKLIST, answers, strict=True), start=1)
    ]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    texts = dict.fromkeys(("title", "why", "fix", "href"), "str")
    return frame.astype({"step": "int64", "done": "bool", **texts})


def checklist_sentence(steps: pd.DataFrame) -> str:
    """Say how many steps are done, and which is the next one.

    Args:
        steps: What `checklist` returned.
    """
    done = int(steps["done"].sum())
    if done == len(steps):
        return "All ten steps are done."
    first = steps[~steps["done"]].iloc[0]
    return f"{done} of {len(steps)} steps are done. Next is step {first['step']}: {first['title']}."


Answer = tuple[bool, str]


def _gates(scorecard: Mapping[str, Any] | None, codes: Sequence[str]) -> Answer:
    gates = {str(gate["code"]): gate for gate in (scorecard or {}).get("gates", [])}
    missing = [code for code in codes if code not in gates]
    if missing:
        return False, f"There is no check of {listing(missing)}."
    sentences = " ".join(str(gates[code]["sentence"]) for code in codes)
    return all(gates[code]["verdict"] in _PASSED for code in codes), sentences


def _profiled(present: Collection[str]) -> Answer:
    wanted = {"traits": "traits", "segment_value": "value"}
    journeys = {"funnels", "common_paths", "return_times"} & set(present)
    missing = [word for name, word in wanted.items() if name not in present]
    missing += [] if journeys else ["journeys"]
    if missing:
        return False, f"Not made: {listing(missing)}."
    return True, "Traits, value and journeys of every segment are on the Profile page."


def _told(cards: Mapping[str, Any] | None, present: Collection[str]) -> Answer:
    segments = (cards or {}).get("segments", [])
    if not segments:
        return False, "There are no segment cards."
    nameless = [str(card["id"]) for card in segments if not card["name"]]
    missing = [word for name, word in (("narratives", "stories"), ("evidence", "their evidence"))
               if name not in present]  # fmt: skip
    if nameless or missing:
        lacks = [*missing, *([f"names of {listing(nameless)}"] if nameless else [])]
        return False, f"Missing: {listing(lacks)}."
    return True, f"{plural(len(segments), 'card')} with name and story; each figure has its source."


def _tagged(crm: pd.DataFrame | None, ids: Sequence[str], names: Mapping[str, str]) -> Answer:
    if crm is None or not ids:
        return False, "There is no customer file."
    tagged = set(crm["segment_id"].astype("str"))
    bare = [titled(name, names) for name in ids if name not in tagged]
    if bare:
        return False, f"No customer in the file is tagged {listing(bare)}."
    return True, "The customer file carries the permanent ID of every segment."


def _served(
    worth: Sequence[str],
    names: Mapping[str, str],
    content: pd.DataFrame | None,
    playbook: pd.DataFrame | None,
) -> Answer:
    if not worth or content is None or playbook is None:
        return False, "There is no content library (content.yaml) or no playbook (playbook.yaml)."
    shown = set(content.loc[content["state"] == "live", "segment_id"])
    played = set(playbook.loc[playbook["verdict"] != "refuted", "segment_id"])
    bare = [titled(name, names) for name in worth if name not in shown]
    idle = [titled(name, names) for name in worth if name not in played]
    lacks = [f"no live content for {listing(bare)}"] if bare else []
    lacks += [f"no play that stands for {listing(idle)}"] if idle else []
    if lacks:
        return False, f"There is {listing(lacks)}."
    return (
        True,
        f"Live content and a play are there for {listing([titled(n, names) for n in worth])}.",
    )


def _targets(
    ids: Sequence[str],
    names: Mapping[str, str],
    baseline: pd.DataFrame | None,
    progress: pd.DataFrame | None,
) -> Answer:
    if not ids or baseline is None:
        return False, "There is no KPI baseline."
    if progress is None or progress["target"].isna().all():
        return False, "No target is set (kpis.yaml); the baseline is there."
    known = set(baseline["segment_id"])
    aimed = set(progress.loc[progress["target"].notna(), "segment_id"])
    bare = [titled(name, names) for name in ids if name not in aimed or name not in known]
    if bare:
        return False, f"No target of its own for {listing(bare)}."
    return True, "Every segment has a baseline and a target of its own."


def _experiments(
    ids: Sequence[str],
    names: Mapping[str, str],
    hypotheses: pd.DataFrame | None,
    roadmap: pd.DataFrame | None,
    incremental: pd.DataFrame | None,
    tested: Collection[str],
) -> Answer:
    covered = set(tested)
    if hypotheses is not None:
        covered |= set(hypotheses.loc[hypotheses["test"] == "experiment", "segment_id"])
    if roadmap is not None:
        covered |= set(roadmap.loc[roadmap["step"] == "experiment", "segment_id"])
    if incremental is not None and len(incremental):
        covered |= set(incremental.loc[incremental["verdict"] != NOT_IDENTIFIED, "segment_id"])
    bare = [titled(name, names) for name in ids if name not in covered]
    if not ids or not covered & set(ids):
        return False, "No experiment is planned or running for any segment."
    if bare:
        return False, f"No experiment is planned or running for {listing(bare)}."
    return True, "For every segment an experiment is planned, running or done."


def _rhythm(
    ids: Sequence[str],
    names: Mapping[str, str],
    register: Mapping[str, Any] | None,
    feedback: bool,
    refresh: str,
    next_close: date | None,
) -> Answer:
    owned = {str(one["id"]) for one in (register or {}).get("segments", []) if one.get("owner")}
    bare = [titled(name, names) for name in ids if name not in owned]
    lacks = [] if feedback else ["feedback of the teams (feedback.yaml)"]
    lacks += [] if refresh else ["a decision to keep, refit or re-segment"]
    lacks += [f"an owner of {listing(bare)}"] if bare else []
    lacks += [] if ids else ["segments"]
    lacks += [] if next_close else ["the next date"]
    if lacks or next_close is None:
        return False, f"Missing: {listing(lacks)}."
    return True, (
        f"Feedback is in, {DECIDED.get(refresh, 'the model is decided on')}, every segment has an "
        f"owner, and the next quarter ends before {next_close.isoformat()}."
    )
