"""The difference between two customer files: what must be sent again, and what only renewed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.tags.among import among
from segmentation_lib.implement.tags.cells import as_text
from segmentation_lib.implement.tags.columns import COLUMNS, NO_SEGMENT, column_of

__all__ = ["CLEAR", "UPSERT", "apply_delta", "crm_delta", "crm_renewed", "delta_sentence"]

UPSERT, CLEAR = "upsert", "clear"
_ID = "external_id"


def crm_delta(before: pd.DataFrame | None, after: pd.DataFrame) -> pd.DataFrame:
    """Return the customers whose own values changed between two customer files.

    Most values are the customer's own. Those that are the same for a whole segment (its name, its
    value) or for the whole file (period, days, model) change for everybody at once: they alone
    make no row of the delta, but stand in `crm_renewed`. Together the two files say everything:
    see `apply_delta`.

    Who was in the previous file and is not in this one gets a row ``clear``, with ``none`` for a
    segment, only where no consent is known at all. Where consent is known, whoever is missing may
    have opted out, and must be in no file, not even by ID: their tags expire by ``valid_until``.

    Args:
        before: The previous customer file; None in the first quarter: all rows are sent.
        after: This quarter's customer file.

    Returns:
        ``action`` (``upsert`` or ``clear``) and the columns of the file, all as the text of its
        cells, by ``external_id``.

    Raises:
        ContractError: The files have other columns, so that nothing can be compared.
    """
    new = _text(after)
    if before is None:
        return _with_action(new, UPSERT)
    old = _text(before)
    if list(old.columns) != list(new.columns):
        odd = sorted(set(old.columns) ^ set(new.columns)) or ["their order"]
        raise ContractError(
            [
                Fault(
                    "customer file",
                    f"the files of the two quarters differ in {', '.join(odd)}",
                    "a delta compares files with the same columns",
                    "Send the full file once.",
                    "delta_columns",
                )
            ]
        )
    own = [name for name in new.columns if column_of(name).reach == "customer"]
    upserts = _with_action(new[_changed(old, new, own)], UPSERT)
    gone = old[~among(old[_ID], new[_ID])] if _consent_unknown(old, new) else old.iloc[:0]
    return (
        pd.concat([upserts, _with_action(_cleared(gone, new), CLEAR)])
        .sort_values(_ID)
        .reset_index(drop=True)
    )


def crm_renewed(before: pd.DataFrame | None, after: pd.DataFrame) -> pd.DataFrame:
    """Return the customers whose own values stayed, with what is new for everybody.

    Args:
        before: The previous customer file; None in the first quarter: nobody is renewed.
        after: This quarter's customer file.

    Returns:
        ``external_id`` and the columns that hold for a segment or the file, as text, by
        ``external_id``: among them ``valid_until``, without which their tags would expire.
    """
    new = _text(after)
    shared = [name for name in new.columns if column_of(name).reach != "customer"]
    if before is None:
        return new.loc[new.index[:0], [_ID, *shared]]
    sent = crm_delta(before, after)[_ID]
    return new.loc[~among(new[_ID], sent), [_ID, *shared]].reset_index(drop=True)


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
    old = _text(before)
    kept = old.iloc[pd.Index(old[_ID]).get_indexer(pd.Index(renewed[_ID]))].reset_index(drop=True)
    shared = [name for name in renewed.columns if name != _ID]
    kept[shared] = renewed[shared].reset_index(drop=True)
    result: pd.DataFrame = pd.concat([upserts, kept[columns]])
    return result.sort_values(_ID).reset_index(drop=True)


def delta_sentence(delta: pd.DataFrame, renewed: pd.DataFrame) -> str:
    """Say how many customers must be sent again.

    Args:
        delta: From `crm_delta`.
        renewed: From `crm_renewed`.
    """
    sent = int((delta["action"] == UPSERT).sum())
    cleared = len(delta) - sent
    sentence = (
        f"exports/crm_delta.csv holds the {sent:,} customers whose own values changed; for "
        f"{len(renewed):,} others only the dates and the segment's values are renewed."
    )
    return sentence + (f" {cleared:,} tags are to be cleared." if cleared else "")


def _text(table: pd.DataFrame) -> pd.DataFrame:
    """Return a file's cells as they are written, so that two files compare byte by byte."""
    return as_text(table).sort_values(_ID, ignore_index=True)


def _changed(old: pd.DataFrame, new: pd.DataFrame, own: list[str]) -> np.ndarray:
    places: np.ndarray = pd.Index(old[_ID]).get_indexer(pd.Index(new[_ID]))
    known = places >= 0
    changed: np.ndarray = ~known
    for name in own:
        now, then = new[name].to_numpy(), old[name].to_numpy()
        changed[known] |= now[known] != then[places[known]]
    return changed


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
