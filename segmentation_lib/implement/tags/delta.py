"""The difference between two customer files: what must be sent again, and what only renewed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from segmentation_lib.implement.tags.among import among
from segmentation_lib.implement.tags.cells import as_text
from segmentation_lib.implement.tags.columns import (
    CLEAR,
    COLUMNS,
    NO_SEGMENT,
    UPSERT,
    column_of,
)

__all__ = ["apply_delta", "crm_delta", "crm_renewed", "delta_sentence"]

_ID = "external_id"


def crm_delta(before: pd.DataFrame | None, after: pd.DataFrame) -> pd.DataFrame:
    """Return the customers whose own values changed between two customer files.

    What changes in every file makes no row of the delta, but stands in `crm_renewed`: values of a
    whole segment (its name, its worth) or of the whole file (period, days, model), what the file
    says of the file before it, and a confidence that is nearly the same. Together the two files
    say everything: see `apply_delta`.

    Who was in the previous file and is not in this one gets a row ``clear``, with ``none`` for a
    segment, only where no consent is known at all. Where consent is known, whoever is missing may
    have opted out, and must be in no file, not even by ID: their tags expire by ``valid_until``.

    Args:
        before: The previous customer file; None in the first quarter: all rows are sent. A
            column that it does not have counts as empty there.
        after: This quarter's customer file.

    Returns:
        ``action`` (``upsert`` or ``clear``) and the columns of the file, all as the text of its
        cells, by ``external_id``.
    """
    new = _text(after)
    if before is None:
        return _with_action(new, UPSERT)
    old = _text(before, new.columns)
    upserts = _with_action(new[_changed(old, new)], UPSERT)
    gone = old[~among(old[_ID], new[_ID])] if _consent_unknown(old, new) else old.iloc[:0]
    return (
        pd.concat([upserts, _with_action(_cleared(gone, new), CLEAR)])
        .sort_values(_ID)
        .reset_index(drop=True)
    )


def crm_renewed(before: pd.DataFrame | None, after: pd.DataFrame) -> pd.DataFrame:
    """Return the customers whose own values stayed, with what is new without their doing.

    Args:
        before: The previous customer file; None in the first quarter: nobody is renewed.
        after: This quarter's customer file.

    Returns:
        ``external_id`` and the columns that `Column.renewed` names, as text, by ``external_id``:
        among them ``valid_until``, without which their tags would expire.
    """
    new = _text(after)
    columns = [_ID, *(name for name in new.columns if column_of(name).renewed)]
    if before is None:
        return new.loc[new.index[:0], columns]
    sent = _changed(_text(before, new.columns), new)
    return new.loc[~sent, columns].reset_index(drop=True)


def apply_delta(
    before: pd.DataFrame | None, delta: pd.DataFrame, renewed: pd.DataFrame
) -> pd.DataFrame:
    """Return the customer file that a system holds after both files were loaded.

    Rows that neither file names have expired and are dropped; so do those of ``clear``.

    Args:
        before: The previous customer file; None in the first quarter.
        delta: From `crm_delta`.
        renewed: From `crm_renewed`.

    Returns:
        This quarter's customer file, every cell as text.
    """
    columns = [name for name in delta.columns if name != "action"]
    upserts = delta.loc[delta["action"] == UPSERT, columns]
    if before is None:
        return upserts.reset_index(drop=True)
    old = _text(before, columns)
    kept = old.iloc[pd.Index(old[_ID]).get_indexer(pd.Index(renewed[_ID]))].reset_index(drop=True)
    fresh = [name for name in renewed.columns if name != _ID]
    kept[fresh] = renewed[fresh].reset_index(drop=True)
    result: pd.DataFrame = pd.concat([upserts, kept])
    return result.sort_values(_ID).reset_index(drop=True)


def delta_sentence(before: pd.DataFrame | None, delta: pd.DataFrame, renewed: pd.DataFrame) -> str:
    """Say how many customers must be sent again, and why.

    Args:
        before: The previous customer file; None in the first quarter.
        delta: From `crm_delta`.
        renewed: From `crm_renewed`.
    """
    sent = delta[delta["action"] == UPSERT]
    if before is None:
        return f"exports/crm_delta.csv holds all {len(sent):,} customers: it is the first file."
    then = before.set_index("external_id").reindex(sent[_ID])
    new = then["segment_id"].isna().to_numpy()
    same = then["segment_id"].to_numpy() == sent["segment_id"].to_numpy()
    alone = same & (then["holdout_group"].to_numpy() != sent["holdout_group"].to_numpy())
    sentence = (
        f"exports/crm_delta.csv holds {len(sent):,} customers: {int(new.sum()):,} new in the file, "
        f"{int((~new & ~same).sum()):,} with another segment, {int(alone.sum()):,} in the same "
        f"segment who are to be left alone in other experiments than before, and "
        f"{int((same & ~alone).sum()):,} with another value of their own. For the "
        f"{len(renewed):,} others, exports/crm_renewed.csv renews dates and the segment's values."
    )
    cleared = len(delta) - len(sent)
    return sentence + (f" {cleared:,} tags are to be cleared." if cleared else "")


def _text(table: pd.DataFrame, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Return a file's cells as they are written, so that two files compare byte by byte."""
    text = as_text(table).sort_values(_ID, ignore_index=True)
    return text if columns is None else text.reindex(columns=list(columns), fill_value="")


def _changed(old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Tell which rows of the new file are new, or say something else of their customer."""
    places: np.ndarray = pd.Index(old[_ID]).get_indexer(pd.Index(new[_ID]))
    known = places >= 0
    changed: np.ndarray = ~known
    for name in new.columns:
        column = column_of(name)
        if column.reach != "customer":
            continue
        now, then = new[name].to_numpy()[known], old[name].to_numpy()[places[known]]
        changed[known] |= _apart(now, then, column.noise) if column.noise else now != then
    return changed


def _apart(now: np.ndarray, then: np.ndarray, noise: float) -> np.ndarray:
    """Tell which numbers differ by more than noise; an empty cell differs from any number."""
    apart: np.ndarray = now != then
    gap = pd.to_numeric(pd.Series(now[apart])) - pd.to_numeric(pd.Series(then[apart]))
    # The cells hold few digits, and so must their differences: 0.7 - 0.6 is above 0.1 in binary.
    apart[apart] = ~(gap.abs().round(9) <= noise).to_numpy()
    return apart


def _cleared(gone: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return rows that replace every tag by ``none``, and every number by nothing."""
    cleared = gone.copy()
    for name in gone.columns:
        column = column_of(name)
        if column.reach == "file" and len(new):
            cleared[name] = new[name].iloc[0]
        elif name in ("segment_id", "segment_name", "second_segment_id", "value_tier"):
            cleared[name] = NO_SEGMENT
        elif column.kind == "number":
            cleared[name] = "0" if name == "confidence" else ""
        elif name not in COLUMNS:
            cleared[name] = ""
    cleared["previous_segment_id"] = gone["segment_id"]
    return cleared.assign(movement="moved", holdout_group=NO_SEGMENT)


def _with_action(rows: pd.DataFrame, action: str) -> pd.DataFrame:
    result = rows.reset_index(drop=True)
    result.insert(0, "action", action)
    return result


def _consent_unknown(*files: pd.DataFrame) -> bool:
    return all(bool((file["consent_marketing"] == "unknown").all()) for file in files)
