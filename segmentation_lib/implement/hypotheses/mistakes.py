"""What we got wrong: every hypothesis that was ever refuted, kept in the register or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.profile.wording import plural, titled
from segmentation_lib.words import listing

__all__ = ["mistakes_sentence", "what_we_got_wrong"]

_COLUMNS = ["hypothesis", "segment", "believed", "refuted_in", "finding", "today"]


def what_we_got_wrong(
    log: pd.DataFrame,
    *,
    claims: Collection[tuple[str, str]],
    names: Mapping[str, str],
    decisions: Sequence[Mapping[str, Any]] = (),
) -> pd.DataFrame:
    """List all that was ever refuted, the latest first.

    Args:
        log: The artefact ``hypothesis_log``.
        claims: ID and `claim_hash` of each entry of the register as it stands now.
        names: Names of the segments.
        decisions: What `read_decisions` returned. A verdict that was adopted counts even if the
            log of its quarter is lost.

    Returns:
        A row per refuted claim: ``hypothesis`` (its ID), ``segment``, ``believed``,
        ``refuted_in`` (the quarters), ``finding`` of the last of them, and ``today``: whether it
        is still registered, was reworded or removed, or was supported in a later quarter.
    """
    adopted = pd.DataFrame(
        [item for item in decisions if item.get("decision") == "verdict"],
        columns=["period", "hypothesis_id", "claim", "segment_id", "behaviour", "verdict",
                 "sentence"],
    )  # fmt: skip
    known = pd.concat([adopted, log[list(adopted.columns)]], ignore_index=True).astype("str")
    known = known.drop_duplicates(["period", "hypothesis_id", "claim", "verdict"], keep="last")
    rows = []
    for (name, claim), found in known.groupby(["hypothesis_id", "claim"], sort=True):
        wrong = found[found["verdict"] == "refuted"].sort_values("period", kind="stable")
        if wrong.empty:
            continue
        last = wrong.iloc[-1]
        later = found[(found["verdict"] == "supported") & (found["period"] > last["period"])]
        rows.append(
            (
                name,
                titled(last["segment_id"], names),
                last["behaviour"],
                listing(list(dict.fromkeys(wrong["period"]))),
                last["sentence"],
                _today(str(name), str(claim), claims, list(later["period"])),
                last["period"],
            )
        )
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, "last"], dtype="str")
    frame = frame.sort_values(["last", "hypothesis", "believed"], ascending=[False, True, True])
    return frame[_COLUMNS].reset_index(drop=True)


def mistakes_sentence(mistakes: pd.DataFrame) -> str:
    """Say how much was refuted, and how much of it is no longer registered.

    Args:
        mistakes: What `what_we_got_wrong` returned.
    """
    if mistakes.empty:
        return "Nothing that was put to the test has been refuted so far."
    gone = int(mistakes["today"].str.startswith("removed").sum())
    start = f"{plural(len(mistakes), 'belief')} turned out wrong so far"
    if not gone:
        they = "it is" if len(mistakes) == 1 else "all of them are"
        return f"{start}; {they} still in the register, as it was or reworded."
    are = "is" if gone == 1 else "are"
    return f"{start}; {gone} of them {are} no longer in the register, but not forgotten."


def _today(
    name: str, claim: str, claims: Collection[tuple[str, str]], supported: Sequence[str]
) -> str:
    there = {own for own, _ in claims}
    state = "removed from the register"
    if (name, claim) in claims:
        state = "still in the register"
    elif name in there:
        state = "reworded since"
    return f"{state}; supported in {listing(sorted(set(supported)))}" if supported else state
