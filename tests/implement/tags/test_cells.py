"""Cells: whatever a customer's name holds, the file reads back, and no spreadsheet runs it."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags.cells import (
    as_text,
    check_ids,
    csv_text,
    harmless,
    harmless_contact,
    read_csv_text,
)
from segmentation_lib.run import Run

# What files are broken with: signs of formulas, quotes, breaks, controls, other scripts.
SIGNS = "=+-@\t\n\r,;\"'\\ .0123aZé漢＝|!\x00\x07\x7f\x85\u2028\ufeff$%&<>/"
ALPHABET = [*SIGNS, "NA", "null"]


def texts(seed: int, count: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(ALPHABET, rng.integers(0, 9))) for _ in range(count)]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1", "@SUM(A1)", "\t=1", " =1", "\n=1", "\r=1", "\x00=1", "＝1", "\ufeff=1"],
)
def test_no_formula_stays_one(text):
    assert harmless(text).startswith("'")


def test_harmless_text_stays_as_it_is():
    for text in ("", "Frequent, loyal", 'says "yes"', "a\nb", "5 = five", "Ö-Zone", "'quoted'"):
        assert harmless(text) == text


def test_free_text_can_be_cleaned_any_number_of_times():
    for text in texts(1, 2000):
        once = harmless(text)
        assert harmless(once) == once
        assert not once.lstrip(" \n\r\t").startswith(("=", "+", "-", "@", "＝"))
        assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in once)


def test_a_telephone_number_still_matches_and_a_command_does_not_run():
    assert harmless_contact("+4917012345") == "+4917012345"
    assert harmless_contact("-12.50") == "-12.50"
    assert harmless_contact("+49 170") == "'+49 170"
    assert harmless_contact("-1+1") == "'-1+1"


@pytest.mark.parametrize("seed", range(10))
def test_any_text_reads_back_from_the_file(seed):
    names = [harmless(text) for text in texts(seed, 60)]
    ids = [f"{number:04d}{text}" for number, text in enumerate(texts(seed + 100, 60))]
    ids = [text.replace("\r", "").replace("\x00", "") for text in ids]
    table = pd.DataFrame({"external_id": ids, "name": names}, dtype="str")
    check_ids(table["external_id"])
    text = csv_text(table)
    assert read_csv_text(text).equals(table)
    assert [row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))] == names
    other = pd.read_csv(io.BytesIO(text.encode()), dtype="str", keep_default_na=False)
    assert other["external_id"].tolist() == ids
    assert other["name"].tolist() == names


def test_the_text_is_what_a_run_writes(tmp_path):
    table = pd.DataFrame(
        {"external_id": ["01", "=2"], "segment_id": ["S01", "none"], "clv": [1 / 3, np.nan]}
    )
    Run(tmp_path).write("crm", csv_text(table))
    assert (tmp_path / "exports/crm.csv").read_bytes() == csv_text(table).encode()
    assert as_text(table).equals(read_csv_text(csv_text(table)))
    assert csv_text(table) == "external_id,segment_id,clv\n01,S01,0.3333333333\n=2,none,\n"


def test_ids_must_be_there_once_and_survive():
    with pytest.raises(ContractError) as caught:
        check_ids(pd.Series(["1", "1", "", "a\x00b", "c\rd", None], dtype="str"))
    codes = [str(fault) for fault in caught.value.faults]
    assert any("2 customers have no ID" in code for code in codes)
    assert any("1 IDs occur twice" in code for code in codes)
    assert any("2 IDs hold a carriage return or a NUL" in code for code in codes)


def test_a_row_with_more_cells_is_no_table():
    with pytest.raises(ValueError, match="row 3 has 3 cells, the header has 2"):
        read_csv_text("a,b\n1,2\n1,2,3\n")
