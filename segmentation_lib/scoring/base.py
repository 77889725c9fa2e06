"""What a scored day goes on from: the adopted model and the quarter that was published before."""

from __future__ import annotations

import hashlib
import json
import pathlib
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.cluster import Model
from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.governance import Permit, export_permit
from segmentation_lib.implement.hypotheses import read_decisions
from segmentation_lib.implement.tags import replay
from segmentation_lib.params.governance import GovernanceFile, read_governance
from segmentation_lib.quarter import Quarter
from segmentation_lib.run import Run

__all__ = ["Base", "adopted_model", "house_rules", "refuse_day", "starting_point"]


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


def house_rules(quarter: Quarter) -> GovernanceFile | None:
    """Read what the project's ``governance.yaml`` allows and bars; None where there is none.

    Args:
        quarter: The quarter that is under way, opened to look.

    Raises:
        ParameterError: The file breaks a rule.
    """
    file = "governance.yaml"
    text = quarter.peek_registers([file])[file]
    return read_governance(text, f"params/{quarter.all_params.project}/{file}")


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


def starting_point(quarter: Quarter, model: Model, *, as_of: date) -> Base:
    """Return where the customers stood when the quarter before was published.

    Args:
        quarter: The quarter that is under way, opened to look.
        model: The adopted model.
        as_of: The day that is scored; an approval may be too old by then.

    Raises:
        ContractError: No quarter was published before, its customer files are withheld (NO-GO, or
            an approval is missing), or its tags come from another model than the adopted one.
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
    permit = _permit(quarter, run, period, as_of)
    if not permit.allowed:
        raise _refused(
            where,
            f"{permit.why[:1].lower()}{permit.why[1:].rstrip('.')}",
            "nobody is tagged by segments that failed, or that wait for approval",
            "Mend or adopt that quarter, and run it again.",
            "withheld",
        )
    if _model(run.path("proposed_model"), where).hash != model.hash:
        raise _refused(
            f"params/{project}/model.json",
            f"the adopted model is not the one that gave {period} its tags",
            "two models would move customers who did nothing",
            f"Run `segment adopt params/{project}/{period}.yaml` first.",
            "other_model",
        )
    ledger = run.read("membership_events").astype("str")
    return Base(run, period, ledger, _state(run.read("assignments_close")), _hash(replay(ledger)))


def _permit(quarter: Quarter, run: Run, period: str, as_of: date) -> Permit:
    """Ask again what the quarter before was asked: its rules may have become stricter since."""
    found = house_rules(quarter)
    decisions = "decisions.jsonl"
    return export_permit(
        None if found is None else found.values,
        read_decisions(quarter.peek_registers([decisions])[decisions]),
        run.read("scorecard"),
        project=quarter.all_params.project,
        period=period,
        closes=as_of,
        model_hash=str(run.hash("proposed_model")),
        proxies=run.read("proxies") if run.has("proxies") else None,
    )


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
