"""A run's folder: whole files, checked schemas, stable text, one process at a time."""

from __future__ import annotations

import math
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import ARTEFACTS, STAGES, check_table
from segmentation_lib.faults import ContractError
from segmentation_lib.run import BusyError, Run, to_json, write_atomically


@pytest.fixture
def run(tmp_path: pathlib.Path) -> Run:
    return Run(tmp_path / "acme" / "2026Q3")


def _features(n: int = 3) -> pd.DataFrame:
    ids = [f"{i:03d}" for i in range(n)]
    return pd.DataFrame({"customer_id": ids, "state": "ACTIVE", "recency": np.arange(n) / 3})


def test_every_artefact_has_a_stage_and_a_file_of_its_own() -> None:
    assert {artefact.stage for artefact in ARTEFACTS.values()} == set(STAGES)
    files = [artefact.file for artefact in ARTEFACTS.values()]
    assert len(set(files)) == len(files)


def test_parquet_round_trip_keeps_leading_zeros_and_bytes(run: Run) -> None:
    run.write("features_open", _features())
    first = run.hash("features_open")
    pd.testing.assert_frame_equal(run.read("features_open"), _features())
    run.write("features_open", _features())
    assert run.hash("features_open") == first


def test_csv_has_ten_digits_and_reads_back_with_its_kinds(run: Run) -> None:
    table = pd.DataFrame(
        {"table": ["orders"], "step": [1], "rule": ["NA"], "reason": [None], "rows": [3],
         "customers": [2], "amount": [1 / 3]}
    )  # fmt: skip
    run.write("exclusions", table)
    text = run.path("exclusions").read_text()
    assert text == "table,step,rule,reason,rows,customers,amount\norders,1,NA,,3,2,0.3333333333\n"
    back = run.read("exclusions")
    assert back.loc[0, "rule"] == "NA"
    assert pd.isna(back.loc[0, "reason"])


def test_json_rounds_floats_and_has_no_nan() -> None:
    value = {"a": np.float64(2 / 3), "b": [np.int64(3), math.nan, pd.NA], "c": (True, np.bool_(0))}
    assert to_json(value) == (
        '{\n "a": 0.6666666667,\n "b": [\n  3,\n  null,\n  null\n ],\n'
        ' "c": [\n  true,\n  false\n ]\n}\n'
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.drop(columns="state"), "missing_column"),
        (lambda t: t.assign(state=1.0), "wrong_type"),
        (lambda t: pd.concat([t, t]), "key"),
        (lambda t: t.assign(customer_id=["a", None, "b"]), "key"),
    ],
)
def test_a_table_that_breaks_its_schema_is_not_written(run: Run, change, code: str) -> None:
    with pytest.raises(ContractError) as caught:
        run.write("features_open", change(_features()))
    assert [fault.code for fault in caught.value.faults] == [code]
    assert not run.folder.exists()


def test_a_changed_file_is_refused_on_read(run: Run) -> None:
    run.write("features_open", _features())
    _features().drop(columns="state").to_parquet(run.path("features_open"))
    with pytest.raises(ContractError, match="column state is missing"):
        run.read("features_open")


def test_flags_are_flags() -> None:
    table = pd.DataFrame({column: [0.5] for column in ARTEFACTS["k_table"].columns or {}})
    with pytest.raises(ContractError, match="asks for a flag"):
        check_table("k_table", table)


def test_a_missing_artefact_names_the_stage_that_writes_it(run: Run) -> None:
    with pytest.raises(ContractError, match="the stage cluster writes it first"):
        run.read("model")


def test_text_and_manifest(run: Run) -> None:
    run.write("proposed_segments", "segments: []\n")
    assert run.read("proposed_segments") == "segments: []\n"
    assert not run.done("implement")
    run.record("implement", {"status": "done"})
    run.record("prepare", {"status": "failed"})
    assert run.done("implement")
    assert not run.done("prepare")


def test_write_atomically_leaves_no_temporary_file(tmp_path: pathlib.Path) -> None:
    write_atomically(tmp_path / "a" / "b.txt", b"x")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_second_process_is_refused_with_the_first_ones_id(run: Run) -> None:
    code = (
        "import pathlib, sys, time\n"
        "from segmentation_lib.run import Run\n"
        "with Run(pathlib.Path(sys.argv[1])).lock():\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(run.folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with (
        pytest.raises(BusyError, match=rf"acme 2026Q3 .* process {other.pid}, started 20"),
        run.lock(),
    ):
        pass
    other.kill()
    other.communicate()
    with run.lock():
        assert run.folder.parent.is_dir()


def test_a_folder_is_written_whole_and_keeps_no_old_file(run: Run) -> None:
    run.write("audience_files", {"S01.json": "{}\n", "hubspot/S01.json": "[]\n"})
    first = run.hash("audience_files")
    assert run.read("audience_files") == {"S01.json": "{}\n", "hubspot/S01.json": "[]\n"}
    run.write("audience_files", {"S02.json": "{}\n"})
    assert run.read("audience_files") == {"S02.json": "{}\n"}
    assert run.hash("audience_files") != first
    assert [path.name for path in run.path("audience_files").parent.iterdir()] == ["audiences"]
    run.remove("audience_files")
    assert not run.has("audience_files")
    assert run.hash("audience_files") is None


def test_a_folder_that_cannot_be_written_leaves_the_old_one(run: Run) -> None:
    run.write("audience_files", {"S01.json": "{}\n"})
    with pytest.raises(AttributeError):
        run.write("audience_files", {"S01.json": None})  # type: ignore[dict-item]
    assert run.read("audience_files") == {"S01.json": "{}\n"}
