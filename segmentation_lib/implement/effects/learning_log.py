"""The learning log: what was expected of every test, what came of it, and what was decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.implement.effects.learning import (
    ANSWERS,
    HIT,
    LATE,
    REMOVED,
    STOPPED,
    UNANSWERED,
    answer,
)
from segmentation_lib.stats.intervals import Interval, wilson_interval

__all__ = ["LOG_COLUMNS", "hit_rate", "learning_log", "learning_results"]

_FIXED = ("metric", "direction", "min_effect")
_RESULT = ("effect", "low", "high", "unit", "grade", "verdict")
LOG_COLUMNS = ("period", "id", "kind", "what", "segment_id", "hypothesis", "owner", *_FIXED,
               "expectation_hash", "changed", "status", *_RESULT, "answer", "decision",
               "decided_on", "lesson")  # fmt: skip
_NUMBERS = ("min_effect", "effect", "low", "high")
# A row is added when one of these has changed; nothing is ever taken away.
_NEWS = ("expectation_hash", "changed", "status", *_RESULT, "answer", "decision", "decided_on",
         "lesson")  # fmt: skip


def learning_log(previous: pd.DataFrame | None, rows: pd.DataFrame, period: str) -> pd.DataFrame:
    """Return the log: all rows of earlier quarters as they were, and what is new.

    The expectation counts as it stood when the log first held the test: one that is changed later
    is marked and judged by the first. A test that was taken out of its file stays, with the
    status ``removed``; its result stays with it.

    Args:
        previous: The artefact ``learning_log`` of the last quarter's run; None for the first.
        rows: One row per test that a file names: ``id``, ``kind``, ``what``, ``segment_id``,
            ``hypothesis``, ``owner``, ``metric``, ``direction`` (``higher`` or ``lower``),
            ``min_effect``, ``status`` (``planned``, ``running``, ``ended``, ``stopped``), the
            result ``effect``, ``low``, ``high`` with the ``unit`` of these and of ``min_effect``
            (``relative`` for shares of what was expected), ``grade`` and ``verdict`` (empty
            without a result this quarter), ``decision``, ``decided_on`` and ``lesson``. Missing
            columns are empty.
        period: This quarter; rows that an earlier run of it wrote are written anew.

    Returns:
        The artefact ``learning_log``, oldest first, by ID within a quarter; ``answer`` says what
        the result means for the expectation, see `answer`.

    Raises:
        ValueError: Two rows have one ID.
    """
    twice = rows["id"][rows["id"].duplicated()]
    if len(twice):
        raise ValueError(f"test {twice.iloc[0]} is there twice; every test has an ID of its own")
    before = _typed(pd.DataFrame(columns=list(LOG_COLUMNS)) if previous is None else previous)
    before = before[before["period"] != period]
    last = _by_id(before, keep="last")
    first = _by_id(before, keep="first")
    given = _typed(rows.reindex(columns=list(LOG_COLUMNS)))
    added = []
    for row in given.to_dict("records"):
        name = str(row["id"])
        made = _judged(row, first.get(name), last.get(name)) | {"period": period}
        if name not in last or _news(made) != _news(last[name]):
            added.append(made)
    for name, was in last.items():
        if name not in set(given["id"]) and was["status"] != REMOVED:
            gone = dict(was) | {"period": period, "status": REMOVED}
            gone["answer"] = was["answer"] or REMOVED
            added.append(gone)
    fresh = _typed(pd.DataFrame(added, columns=list(LOG_COLUMNS))).sort_values("id", kind="stable")
    parts = [part for part in (before, fresh) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else fresh.reset_index(drop=True)


def learning_results(log: pd.DataFrame) -> pd.DataFrame:
    """Return one row per test ever logged, by ID: its last state, judged by its first answer.

    Args:
        log: What `learning_log` returned.
    """
    log = _typed(log)
    last = log.drop_duplicates("id", keep="last").sort_values("id", kind="stable")
    answered = log[log["answer"] != ""].drop_duplicates("id").set_index("id")
    last = last.reset_index(drop=True)
    for column in (*_RESULT, "answer"):
        known = last["id"].map(answered[column])
        last[column] = known.where(last["id"].isin(answered.index), last[column])
    changed = log.groupby("id")["changed"].any()
    last["changed"] = last["id"].map(changed).astype("bool")
    return _typed(last)


def hit_rate(results: pd.DataFrame, *, level: float = 0.95) -> tuple[int, int, Interval]:
    """Return tests that showed what was expected, tests that are over, and the share.

    Every test that is over counts, also one that was stopped, removed or gave no answer: else
    failures could be hidden by not finishing them.

    Args:
        results: What `learning_results` returned.
        level: Level of Wilson's interval.
    """
    over = results[results["answer"].isin([*ANSWERS, *UNANSWERED])]
    hits = int((over["answer"] == HIT).sum())
    return hits, len(over), wilson_interval(hits, len(over), level=level)


def _judged(
    row: Mapping[Any, Any], first: Mapping[Any, Any] | None, last: Mapping[Any, Any] | None
) -> dict[Any, Any]:
    made = dict(row)
    own = _hash(row)
    made["expectation_hash"] = own if first is None else first["expectation_hash"]
    made["changed"] = own != made["expectation_hash"]
    kept = row if first is None else first
    made |= {name: kept[name] for name in _FIXED}
    # What an earlier quarter found stands; this one may have nothing to say of it.
    known = last is not None and (not row["verdict"] or row["verdict"] in LATE)
    if known and last is not None and last["verdict"]:
        made |= {name: last[name] for name in _RESULT}
    made["answer"] = answer(
        str(made["verdict"]), made["effect"], str(made["direction"]), made["min_effect"]
    )
    if not made["answer"] and made["status"] == "stopped":
        made["answer"] = STOPPED
    return made


def _news(row: Mapping[Any, Any]) -> list[object]:
    # Rounded as the file rounds, so that a row read back is no news.
    return [
        f"{row[name]:.9g}" if isinstance(row[name], float) else row[name] for name in _NEWS
    ]  # fmt: skip


def _by_id(log: pd.DataFrame, *, keep: Any) -> dict[str, dict[Any, Any]]:
    kept = log.drop_duplicates("id", keep=keep)
    return {str(row["id"]): row for row in kept.to_dict("records")}


def _hash(row: Mapping[Any, Any]) -> str:
    fixed = {
        name: f"{row[name]:.9g}" if isinstance(row[name], float) else row[name] for name in _FIXED
    }
    text = json.dumps(fixed, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _typed(log: pd.DataFrame) -> pd.DataFrame:
    table = log.reindex(columns=list(LOG_COLUMNS))
    texts = [name for name in LOG_COLUMNS if name not in (*_NUMBERS, "changed")]
    filled = {name: table[name].astype("object").where(table[name].notna(), "") for name in texts}
    flags = np.array([value is True or str(value) == "True" for value in table["changed"]], bool)
    table = table.assign(**filled, changed=flags)
    kinds = dict.fromkeys(_NUMBERS, "float64") | dict.fromkeys(texts, "str")
    return table.astype(kinds)
