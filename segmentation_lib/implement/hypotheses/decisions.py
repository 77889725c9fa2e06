"""The log of verdicts: what was found wrong stays on record, whatever becomes of the register.

Each quarter's log is that of the quarter before and this quarter's verdicts below it. Every row
carries a hash of itself and of the row above, so that a row that was changed or taken out shows.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.faults import ContractError, Fault

__all__ = ["check_log", "decision_lines", "extend_log", "read_decisions"]

_TEXTS = ("period", "hypothesis_id", "claim", "segment_id", "behaviour", "metric", "direction",
          "test", "verdict", "reason", "sentence")  # fmt: skip
_NUMBERS = ("min_effect", "effect", "low", "high")
_COLUMNS = ["period", "hypothesis_id", "claim", "revision", "segment_id", "behaviour", "metric",
            "direction", "min_effect", "test", "verdict", "reason", "effect", "low", "high",
            "sentence", "chain"]  # fmt: skip


def extend_log(
    verdicts: pd.DataFrame,
    *,
    period: str,
    previous: pd.DataFrame | None = None,
    own: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the log of all verdicts up to this quarter.

    Args:
        verdicts: What `judge_hypotheses` returned.
        period: The quarter.
        previous: The log of the quarter before; None in the first.
        own: The log that an earlier run of this quarter wrote. Its verdicts of this quarter stay,
            unless the same claim comes to the same verdict again: then the newer row stands.

    Returns:
        The artefact ``hypothesis_log``: a row per quarter, hypothesis, ``claim`` (a reworded
        entry is another claim) and ``revision`` (from 1; more than one where runs of a quarter
        came to different verdicts), in the order in which they were found, each with its
        ``chain``. Numbers have six significant digits.

    Raises:
        ContractError: A log that was handed in was changed by hand.
    """
    rows: list[dict[str, Any]] = []
    if previous is not None:
        check_log(previous)
        rows += [_plain(row) for row in previous.to_dict("records")]
    earlier: list[dict[str, Any]] = []
    if own is not None:
        check_log(own)
        earlier = [_plain(row) for row in own.to_dict("records") if str(row["period"]) == period]
    now = [_plain({**row, "period": period, "revision": 1}) for row in verdicts.to_dict("records")]
    newer = {_finding(row): row for row in now}
    kept = [{**newer.pop(_finding(row), row), "revision": row["revision"]} for row in earlier]
    for row in newer.values():
        same = [other["revision"] for other in kept if _claim(other) == _claim(row)]
        kept.append({**row, "revision": 1 + max(same, default=0)})
    kept.sort(key=lambda row: (row["revision"], row["hypothesis_id"], row["claim"]))
    chained, link = [], ""
    for row in [*rows, *kept]:
        link = _link(link, row)
        chained.append({**row, "chain": link})
    table = pd.DataFrame(chained, columns=_COLUMNS)
    return table.astype(
        {**dict.fromkeys((*_TEXTS, "chain"), "str"), **dict.fromkeys(_NUMBERS, "float64"),
         "revision": "int64"}
    )  # fmt: skip


def check_log(log: pd.DataFrame) -> None:
    """Check that no row of a log was changed, added between others, or taken out.

    Args:
        log: What `extend_log` returned, perhaps read from a file.

    Raises:
        ContractError: The hash of a row does not fit; the first such row is named.
    """
    link = ""
    for number, row in enumerate(log.to_dict("records"), start=1):
        link = _link(link, _plain(row))
        if str(row["chain"]) != link:
            raise ContractError(
                [
                    Fault(
                        f"artefact hypothesis_log, row {number}",
                        f"{row['period']} {row['hypothesis_id']} does not fit its hash",
                        "verdicts are only ever added to the log",
                        "Restore the file, or run the quarters again from the first one.",
                        "log",
                    )
                ]
            )


def decision_lines(log: pd.DataFrame, period: str) -> list[str]:
    """Return the verdicts of a quarter as lines to be added to ``decisions.jsonl`` on adoption.

    Args:
        log: The artefact ``hypothesis_log``.
        period: The quarter.
    """
    names = ("period", "hypothesis_id", "claim", "segment_id", "behaviour", "verdict", "sentence",
             "chain")  # fmt: skip
    rows = log[log["period"] == period].to_dict("records")
    return [
        json.dumps(
            {"decision": "verdict", **{name: str(row[name]) for name in names}}, ensure_ascii=False
        )
        for row in rows
    ]


def read_decisions(text: str | None, name: str = "decisions.jsonl") -> tuple[dict[str, Any], ...]:
    """Read the decisions that people took, oldest first.

    Args:
        text: Text of the file, a JSON object a line; None or an empty one holds no decisions.
        name: Its name as people write it, used in faults.

    Raises:
        ContractError: A line is not a JSON object with the key ``decision``; all are listed.
    """
    found: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for number, line in enumerate((text or "").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            value = None
        if isinstance(value, dict) and "decision" in value:
            found.append(value)
        else:
            faults.append(
                Fault(
                    f"{name}:{number}",
                    f"{line.strip()[:60]} is no decision",
                    "each line is a JSON object with the key decision",
                    "Restore the line from version control; decisions are only ever added.",
                )
            )
    if faults:
        raise ContractError(faults)
    return tuple(found)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row of the log with values that survive a file of text unchanged."""
    texts = {name: "" if pd.isna(row[name]) else str(row[name]) for name in _TEXTS}
    numbers = {name: _rounded(float(row[name])) for name in _NUMBERS}
    return {**texts, **numbers, "revision": int(row["revision"])}


def _rounded(value: float) -> float:
    return float(f"{value:.6g}") if math.isfinite(value) else math.nan


def _link(above: str, row: Mapping[str, Any]) -> str:
    parts: Sequence[str] = [
        *(str(row[name]) for name in _TEXTS),
        *(f"{row[name]:.6g}" for name in _NUMBERS),
        str(row["revision"]),
    ]
    text = json.dumps([above, *parts], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _claim(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["hypothesis_id"]), str(row["claim"])


def _finding(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return (*_claim(row), str(row["verdict"]))
