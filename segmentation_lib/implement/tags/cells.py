"""Cells of the files that go to other systems: text stays text, and IDs stay as they are."""

from __future__ import annotations

import csv
import io
import re

import pandas as pd

from segmentation_lib.faults import ContractError, Fault

__all__ = ["as_text", "check_ids", "csv_text", "harmless", "harmless_contact", "read_csv_text"]

# The wide forms are read as formulas by spreadsheets in East Asian languages.
_FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_NUMBER = re.compile(r"[+-]?\d+([.]\d+)?")
# A file holds floats with as many digits as all artefacts do.
_DIGITS = "%.10g"


def harmless(text: str) -> str:
    r"""Return free text that a spreadsheet shows and does not run.

    Control characters are removed, line breaks are written as ``\n``. Text that starts like a
    formula, also after spaces, gets an apostrophe in front.

    >>> harmless("=1+1"), harmless("Big-basket"), harmless("a\r\nb\x00")
    ("'=1+1", 'Big-basket', 'a\nb')
    """
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{plain}" if plain.lstrip(" \n").startswith(_FORMULA) else plain


def harmless_contact(text: str) -> str:
    """Return a contact column's text as `harmless` does, but leave numbers and phones alone.

    A spreadsheet shows a number for ``+4917012345`` and runs nothing, and a telephone number
    with an apostrophe would no longer match anybody.

    >>> harmless_contact("+4917012345"), harmless_contact("-5"), harmless_contact("+cmd|' /C'!A1")
    ('+4917012345', '-5', "'+cmd|' /C'!A1")
    """
    return text if _NUMBER.fullmatch(text) else harmless(text)


def check_ids(ids: pd.Series) -> None:
    r"""Refuse IDs that would not survive a file; all others are kept to the letter.

    An ID may start with ``=``, ``+``, ``-`` or ``@``: with an apostrophe in front it would match
    nobody. Who opens the file in a spreadsheet must import the column as text; the manifest says
    so.

    Args:
        ids: The customers' IDs as text.

    Raises:
        ContractError: An ID is empty, occurs twice, or holds a carriage return or a NUL.
    """
    empty = int((ids.isna() | (ids == "")).sum())
    twice = int(ids.duplicated().sum())
    broken = int(ids.str.contains("[\r\x00]", regex=True).fillna(value=False).sum())
    found = {
        f"{empty} customers have no ID": empty,
        f"{twice} IDs occur twice": twice,
        f"{broken} IDs hold a carriage return or a NUL": broken,
    }
    faults = [
        Fault(
            "customer file: external_id",
            what,
            "each row is one customer, and the ID must survive the file as it is",
            "Correct the customer_id of the source.",
            "crm_id",
        )
        for what, count in found.items()
        if count
    ]
    if faults:
        raise ContractError(faults)


def csv_text(table: pd.DataFrame) -> str:
    r"""Return a table as CSV: RFC 4180, commas, ``\n``, a header, numbers with a point.

    The bytes are those that a run's folder holds for the same table.

    Args:
        table: Any table; its index is left behind, missing values are empty cells.
    """
    text: str = table.to_csv(index=False, float_format=_DIGITS, lineterminator="\n")
    return text


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return every cell as the text that `csv_text` writes for it; empty where it is missing.

    Args:
        table: A table of text and numbers.
    """
    return pd.DataFrame({str(name): _written(table[name]) for name in table.columns}, dtype="str")


def _written(column: pd.Series) -> pd.Series:
    cells = column.reset_index(drop=True)
    if pd.api.types.is_float_dtype(cells):
        # Each value once: confidences and values of segments repeat.
        told = {value: _DIGITS % value for value in cells.dropna().unique()}
        cells = cells.map(told)
    return cells.astype("object").where(cells.notna(), "").astype("str")


def read_csv_text(text: str) -> pd.DataFrame:
    """Return what a CSV file says, every cell as text; nothing is taken for a missing value.

    Args:
        text: The file, as `csv_text` writes it.

    Raises:
        ValueError: It is empty, a quote does not close, or a row has not as many cells as the
            header.
    """
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(f"{error}; export the file again") from None
    if not rows:
        raise ValueError("the file is empty; export it again")
    header, body = rows[0], rows[1:]
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise ValueError(
                f"row {number} has {len(row)} cells, the header has {len(header)}; all rows of a "
                "table have the same cells. Export the file again."
            )
    return pd.DataFrame(body, columns=header, dtype="str")
