"""The reference pages in docs/ are those the code writes, and miss nothing."""

from __future__ import annotations

import pathlib
import re

import yaml

from segmentation_lib.artefacts import ARTEFACTS
from segmentation_lib.params import Params, PrepareParams, TableSource
from segmentation_lib.params.governance import Governance
from segmentation_lib.params.reference import parameter_reference
from segmentation_lib.params.registers.experiments import (
    Experiment,
    Guardrail,
    design_hash,
    read_experiments,
)
from segmentation_lib.params.registers.natural_experiments import NaturalExperiment
from segmentation_lib.params.registers.register_page import register_reference
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.contract_page import FINDINGS, HARD_CHECKS, data_contract
from segmentation_lib.reference import reference_pages, write_reference
from segmentation_lib.register_checks import REGISTER_FILES


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


def test_every_key_of_a_register_has_a_row_and_a_meaning() -> None:
    text = register_reference()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert all(not row.endswith("|  |") for row in rows)
    for model, title in (
        (Experiment, "experiments[]"),
        (Guardrail, "experiments[].guardrails[]"),
        (NaturalExperiment, "natural_experiments[]"),
        (Governance, "governance"),
    ):
        own = text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
        for name in model.model_fields:
            assert f"| `{name}` |" in own
    for reader in REGISTER_FILES:
        assert f"\n## {reader.removesuffix('.yaml')}[]\n" in text


def test_the_entry_that_the_page_on_experiments_shows_is_sound(project_root: pathlib.Path) -> None:
    page = (project_root / "docs/experiments.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    entry, source, decision = blocks
    (planned,) = read_experiments(entry)
    assert (planned.status, planned.control.name) == ("draft", "control")
    (decided,) = read_experiments(f"{entry}    status: ended\n{decision}")
    assert decided.decision == "keep"
    assert design_hash(decided) == design_hash(planned)
    columns = yaml.safe_load(source)["assignments"]["columns"]
    handed_over = ARTEFACTS["experiment_assignments"].columns
    assert set(columns.values()) <= set(handed_over)
    left = {"experiment_id", "arm"} & set(handed_over)
    assert {*columns, *left} == {column.name for column in CONTRACT["assignments"].columns}


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
