"""What a scored day goes on from: the adopted model and the quarter that was published before."""

from __future__ import annotations

import hashlib
import json
import pathlib
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.artefacts import ARTEFACTS
from segmentation_lib.cluster import Model
from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.tags import membership_events, replay
from segmentation_lib.quarter import Quarter
from segmentation_lib.run import Run

__all__ = ["Base", "adopted_model", "refuse_day", "starting_point"]

_LEDGER = "membership_events"


@dataclass(frozen=True)
class Base:
    """Where the customers stood when the quarter before was published.

    Attributes:
        run: The run of that quarter.
        period: Its name.
        ledger: The membership ledger at its end.
        state: ``external_id, current, candidate, runs`` of everyone in a segment, by customer.
        hash: Hash of who carried which tag, twelve hexadecimal digits.
    """

    run: Run
    period: str
    ledger: pd.DataFrame
    state: pd.DataFrame
    hash: str

    def table(self, engine: Engine) -> ir.Table:
        """Return the state as a table of an engine."""
        return engine.memtable(self.state, "base")


def adopted_model(quarter: Quarter) -> Model:
    """Read the model that a person made official.

    Args:
        quarter: The quarter that is under way, opened to look.

    Raises:
        ContractError: No model was adopted, or the file is no sound model.
    """
    project, previous = quarter.all_params.project, quarter.all_params.previous
    name = f"params/{project}/model.json"
    path = quarter.root / name
    if not path.is_file():
        file = f"params/{project}/{previous or quarter.all_params.period}.yaml"
        raise _refused(
            name,
            "there is no adopted model",
            "customers are scored by the model that a person made official",
            f'Run `segment adopt {file} --approver NAME --reason "..."` first.',
            "no_model",
        )
    return _model(path, name)


def refuse_day(quarter: Quarter, as_of: date, last: date | None) -> None:
    """Refuse a day that cannot be scored.

    Args:
        quarter: The quarter that is under way, opened to look.
        as_of: The day.
        last: The last day that was scored, if any.

    Raises:
        ContractError: The day is not within the quarter, the quarter is published already, or a
            later day was scored.
    """
    project, period = quarter.all_params.project, quarter.all_params.period
    window = quarter.window
    found = ""
    fix = "Give a later day."
    if as_of <= window.start:
        found = f"{as_of} is not after the first day of {period} ({window.start})"
        fix = "Give a later day, or the parameter file of the quarter the day lies in."
    elif as_of > window.last_day:
        found = f"{as_of} is after the last day of {period} ({window.last_day})"
        fix = "Run this quarter, and score with the parameter file of the next one."
    elif quarter.run.done("implement"):
        found = f"{as_of} lies in {period}, which is published"
        fix = "Score with the parameter file of the next quarter."
    elif last is not None and as_of < last:
        found = f"{as_of} is before {last}, which was scored already"
    if found:
        rule = "the past is never changed: days are scored in order, after what is published"
        raise _refused(f"{project} {period}", found, rule, fix, "as_of")


def starting_point(quarter: Quarter, model: Model) -> Base:
    """Return where the customers stood when the quarter before was published.

    Args:
        quarter: The quarter that is under way, opened to look.
        model: The adopted model.

    Raises:
        ContractError: No quarter was published before, its scorecard says NO-GO, or its tags come
            from another model than the adopted one.
    """
    project, period = quarter.all_params.project, quarter.all_params.previous
    run = quarter.previous
    if run is None or period is None:
        raise _refused(
            f"{project} {quarter.all_params.period}",
            "no quarter comes before it",
            "scoring goes on from the tags of a published quarter",
            "Name the published quarter under `previous`.",
            "no_previous",
        )
    where = f"runs/{project}/{period}"
    if run.read("scorecard")["verdict"] == "NO-GO":
        raise _refused(
            where,
            f"{period} is NO-GO",
            "nobody is tagged by segments that failed",
            "Mend the quarter, run it and adopt it.",
            "no_go",
        )
    if _model(run.path("proposed_model"), where).hash != model.hash:
        raise _refused(
            f"params/{project}/model.json",
            f"the adopted model is not the one that gave {period} its tags",
            "two models would move customers who did nothing",
            f"Run `segment adopt params/{project}/{period}.yaml` first.",
            "other_model",
        )
    assigned = run.read("assignments_close")
    ledger = _ledger(run, assigned, quarter.window.start - timedelta(days=1))
    tags = replay(ledger)
    return Base(run, period, ledger, _state(assigned), _hash(tags))


def _ledger(run: Run, assigned: pd.DataFrame, last_day: date) -> pd.DataFrame:
    """Read the quarter's ledger, or begin one with the tags of its close."""
    if _LEDGER in ARTEFACTS and run.has(_LEDGER):
        kept: pd.DataFrame = run.read(_LEDGER).astype("str")
        return kept
    tags = assigned.rename(columns={"customer_id": "external_id"})
    if run.has("consent"):
        consent = run.read("consent").set_index("customer_id")["marketing_consent"]
        agreed = consent.reindex(tags["external_id"]).fillna(value=False).astype("bool")
        tags = tags[agreed.to_numpy()]
    return membership_events(None, tags, at=last_day)


def _state(assigned: pd.DataFrame) -> pd.DataFrame:
    inside = assigned[assigned["segment_id"].notna()].sort_values("customer_id")
    ids = inside["customer_id"].astype("str").to_numpy()
    state = pd.DataFrame({"external_id": ids, "current": inside["segment_id"].to_numpy()})
    state["candidate"] = pd.Series(np.full(len(state), None, dtype=object), dtype="str")
    state["runs"] = np.zeros(len(state), dtype=np.int64)
    return state.astype({"external_id": "str", "current": "str"})


def _hash(tags: pd.DataFrame) -> str:
    text = tags.to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _model(path: pathlib.Path, name: str) -> Model:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        fix = "Adopt the quarter again."
        raise _refused(name, "is no sound JSON", "a model is one", fix, "no_model") from None
    return Model.from_json(values, name=name)


def _refused(where: str, found: str, rule: str, fix: str, code: str) -> ContractError:
    return ContractError([Fault(where, found, rule, fix, code)])
