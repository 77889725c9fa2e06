"""The reference pages in docs/ are those the code writes, and miss nothing."""

from __future__ import annotations

import pathlib
import re

from segmentation_lib.params import Params, PrepareParams, TableSource
from segmentation_lib.params.reference import parameter_reference
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.contract_page import FINDINGS, HARD_CHECKS, data_contract
from segmentation_lib.reference import reference_pages, write_reference


def test_pages_in_docs_are_up_to_date(project_root: pathlib.Path) -> None:
    for name, text in reference_pages().items():
        assert (project_root / "docs" / name).read_text(encoding="utf-8") == text


def test_writing(tmp_path: pathlib.Path) -> None:
    write_reference(tmp_path)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert written == dict(reference_pages())


def test_every_parameter_has_a_row_and_a_meaning() -> None:
    text = parameter_reference()
    for model in (Params, PrepareParams, TableSource):
        for name, field in model.model_fields.items():
            assert f"| `{field.alias or name}` |" in text
            assert field.description


def test_defaults_and_limits_are_printed() -> None:
    lines = [line for line in parameter_reference().splitlines() if line.startswith("| `")]
    rows = {line.split("|")[1].strip(): line for line in lines}
    assert "| `8` | (at least 2, at most 20) Largest number" in rows["`k_max`"]
    assert "**required**" in rows["`project`"]


def test_every_table_and_column_is_in_the_contract() -> None:
    text = data_contract()
    for table in CONTRACT.values():
        assert f"\n## {table.name}\n" in text
        for column in table.columns:
            assert f"| `{column.name}` | {column.kind} |" in text


def test_the_codes_of_the_page_are_those_of_the_code(project_root: pathlib.Path) -> None:
    folder = project_root / "segmentation_lib"
    files = [folder / "engine.py", *(folder / "prepare").glob("*.py")]
    source = "\n".join(path.read_text() for path in files if path.name != "contract_page.py")
    for code in [*HARD_CHECKS, *FINDINGS]:
        assert f'"{code}"' in source, code
    raised = set(re.findall(r'Finding\(\s*"([a-z_]+)"', source))
    raised |= set(re.findall(r'"([a-z_]+)",?\s*\)\s*(?:\]|\n|for)', source)) & set(HARD_CHECKS)
    assert raised <= {*HARD_CHECKS, *FINDINGS}
