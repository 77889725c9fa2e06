"""The check of a file against its manifest: what was changed is found, and said in plain words."""

from __future__ import annotations

import hashlib
import json
import re
import shutil

import pandas as pd
import pytest

from segmentation_lib import cli
from segmentation_lib.implement.tags import (
    crm_delta,
    crm_manifest,
    crm_renewed,
    csv_text,
    dialect_files,
    verify,
    verify_dialect,
    verify_handed_on,
)

SYSTEMS = ["hubspot", "braze", "salesforce", "klaviyo"]


@pytest.fixture(scope="module")
def manifest(files):
    return crm_manifest(files[1], project="demo", period="2025Q3", customers=110)


@pytest.fixture(scope="module")
def handed_on(files, tmp_path_factory):
    """A folder of exports as a quarter leaves it; only to be read."""
    folder = tmp_path_factory.mktemp("run") / "exports"
    folder.mkdir()
    delta, renewed = crm_delta(*files), crm_renewed(*files)
    also = {"crm_delta.csv": delta, "crm_renewed.csv": renewed}
    said = crm_manifest(files[1], project="demo", period="2025Q3", customers=110, also=also)
    for name, table in {"crm.csv": files[1], **also}.items():
        (folder / name).write_bytes(csv_text(table).encode())
    (folder / "crm.manifest.json").write_text(json.dumps(said), encoding="utf-8")
    for system in SYSTEMS:
        (folder / "dialects" / system).mkdir(parents=True)
        for name, text in dialect_files(files[1], system, rows=40).items():
            (folder / "dialects" / system / name).write_bytes(text.encode())
    return folder


def found(faults):
    return [f"{fault.where}: {fault.found}" for fault in faults]


def with_cell(files, column, value, row=0):
    table = files[1].astype("object")
    table.loc[row, column] = value
    return csv_text(table).encode()


def fresh(content, manifest):
    """Somebody who changes a file changes its hash in the manifest, too."""
    return {**manifest, "sha256": hashlib.sha256(content).hexdigest()}


def test_the_right_file_passes(files, manifest):
    assert verify(csv_text(files[1]).encode(), manifest) == []


@pytest.mark.parametrize("place", [0, 30, 500, 2000, -1])
def test_one_changed_byte_is_found(files, manifest, place):
    content = bytearray(csv_text(files[1]).encode())
    content[place] ^= 1
    assert any("SHA-256" in sentence for sentence in found(verify(bytes(content), manifest)))


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("segment_id", "S77", "crm.csv: segment_id: “S77” is not allowed"),
        ("movement", "left", "crm.csv: movement: “left” is not allowed"),
        ("consent_marketing", "false", "crm.csv: consent_marketing: “false” is not allowed"),
        ("confidence", "1.2", "crm.csv: confidence: 1 values are no number in range"),
        ("clv_12m", "much", "crm.csv: clv_12m: 1 values are no number in range"),
        ("clv_12m", "nan", "crm.csv: clv_12m: 1 values are no number in range"),
        ("valid_until", "31.12.2025", "crm.csv: valid_until: 1 values are no day"),
        ("segment_id", "", "crm.csv: segment_id: 1 cells are empty"),
        ("external_id", "", "crm.csv: external_id: 1 cells are empty"),
    ],
)
def test_a_value_outside_its_list_is_found(files, manifest, column, value, sentence):
    content = with_cell(files, column, value)
    assert found(verify(content, fresh(content, manifest))) == [sentence]


def test_columns_and_rows_are_counted(files, manifest):
    table = files[1]

    def said(changed):
        content = csv_text(changed).encode()
        return found(verify(content, fresh(content, manifest)))

    assert said(table.drop(columns="movement")) == ["crm.csv: column movement is missing"]
    assert said(table.assign(email="a")) == ["crm.csv: column email is not in the manifest"]
    assert said(table[table.columns[::-1]]) == [
        "crm.csv: the columns are in another order, or one is there twice"
    ]
    assert said(table.iloc[1:]) == [f"crm.csv: it has {len(table) - 1} rows"]
    assert said(pd.concat([table.iloc[:1], table.iloc[:-1]])) == [
        "crm.csv: external_id: 1 rows repeat an ID"
    ]


def test_zeros_that_a_spreadsheet_ate_are_a_changed_file(files, manifest):
    lost = files[1].assign(external_id=files[1]["external_id"].str.lstrip("0"))
    (fault,) = verify(csv_text(lost).encode(), manifest)
    assert str(fault) == (
        "crm.csv: the file was changed: its SHA-256 is not the one of the manifest, a file is "
        "loaded as it was handed on. Take the file from the folder of exports again, and do not "
        "save it in a spreadsheet. [not_as_handed_on]"
    )


def test_other_line_ends_are_told_from_other_cells(files, manifest):
    content = csv_text(files[1]).encode()
    for saved in (content.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + content):
        assert found(verify(saved, manifest)) == [
            "crm.csv: only its line ends or its first bytes were changed, not its cells"
        ]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"a,b\n1,2,3\n", b'a\n"1\n'])
def test_what_is_no_table_is_said_so(manifest, content):
    assert "the file cannot be read" in found(verify(content, manifest))[-1]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_systems_files_hold_the_customer_file_together(files, manifest, system):
    parts = {
        name: text.encode()
        for name, text in dialect_files(files[1], system, rows=9).items()
        if name.endswith(".csv")
    }
    assert len(parts) > 10
    assert verify_dialect(parts, system, manifest) == []
    first, *others = sorted(parts)
    lost = found(verify_dialect({name: parts[name] for name in others}, system, manifest))
    assert any("rows" in sentence for sentence in lost)
    ids = {**parts, first: parts[first].replace(b"\n0", b"\n", 1)}
    assert any("SHA-256" in sentence for sentence in found(verify_dialect(ids, system, manifest)))
    headers = {**parts, first: parts[first].lower().replace(b"movement", b"Movement")}
    assert any("is missing" in s for s in found(verify_dialect(headers, system, manifest)))


def test_a_folder_of_exports_is_checked_whole(handed_on, files):
    names = ["crm.csv", "crm_delta.csv", "crm_renewed.csv"]
    names += [f"dialects/{system}" for system in SYSTEMS]
    for path in (handed_on, handed_on.parent, handed_on / "crm.manifest.json"):
        checked = verify_handed_on(path)
        assert [one.name for one in checked] == names
        assert not any(one.faults for one in checked)
    assert checked[0].lines == [f"crm.csv: as its manifest says, {len(files[1])} rows."]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("crm.csv", ["crm.csv"]),
        ("crm_delta.csv", ["crm_delta.csv"]),
        ("dialects/braze", ["dialects/braze"]),
        ("dialects/braze/attributes_2_of_3.csv", ["dialects/braze"]),
        ("dialects", [f"dialects/{system}" for system in SYSTEMS]),
    ],
)
def test_a_part_of_the_folder_is_checked_alone(handed_on, path, names):
    assert [one.name for one in verify_handed_on(handed_on / path)] == names


def test_what_has_no_manifest_is_not_called_right(handed_on, tmp_path):
    (tmp_path / "crm.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/x.manifest.json").write_text("[1", encoding="utf-8")
    cut = {"cut": {"format": "segmentation-tags/1"}, "odd": {"also": [{"file": "a.csv"}]}}
    whole = json.loads((handed_on / "crm.manifest.json").read_text(encoding="utf-8"))
    for name, change in cut.items():
        (tmp_path / name).mkdir()
        text = json.dumps(change if name == "cut" else {**whole, **change})
        (tmp_path / name / "crm.manifest.json").write_text(text, encoding="utf-8")
    said = {
        tmp_path / "cut": "it is no manifest of the format segmentation-tags/1",
        tmp_path / "odd": "it is no manifest of the format segmentation-tags/1",
        tmp_path / "crm.csv": "there is no manifest for it",
        tmp_path / "crn.csv": "there is no such file or folder",
        tmp_path / "other": "it is no manifest of the format segmentation-tags/1",
        handed_on / "dialects/hubspot/1_properties.json": None,
        handed_on / "dialects/nowhere": "there is no such file or folder",
    }
    for path, sentence in said.items():
        (checked,) = verify_handed_on(path)
        assert [fault.found for fault in checked.faults] == ([sentence] if sentence else [])


def test_a_file_that_nobody_vouches_for_is_named(handed_on, tmp_path):
    folder = shutil.copytree(handed_on, tmp_path / "exports")
    (folder / "experiment_assignments.csv").write_text("external_id,arm\n1,a\n", encoding="utf-8")
    *others, last = verify_handed_on(folder)
    assert len(others) == 7
    assert not any(one.faults for one in others)
    line = "experiment_assignments.csv: not checked, its manifest does not speak of it."
    assert last.lines == [line]


def test_the_command_says_what_is_wrong(handed_on, tmp_path, capsys):
    folder = shutil.copytree(handed_on, tmp_path / "exports")
    assert cli.main(["verify", str(folder)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 7
    assert all(re.fullmatch(r"\S+: as its manifest says, [\d,]+ rows\.", line) for line in out)
    part = folder / "dialects/klaviyo/profiles_1_of_3.csv"
    part.write_text(part.read_text(encoding="utf-8").replace(",S01,", ",S91,"), encoding="utf-8")
    assert cli.main(["verify", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "dialects/klaviyo: segment_id: “S91” is not allowed, it must be of: S01, S02" in out
    assert "crm.csv: as its manifest says" in out
    assert cli.main(["verify", str(tmp_path / "nothing")]) == 1
    assert "there is no such file or folder" in capsys.readouterr().out
