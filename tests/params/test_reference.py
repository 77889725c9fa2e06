"""The parameter reference names every parameter and is the one in docs/."""

from __future__ import annotations

import pathlib

from segmentation_lib.params import Params, PrepareParams, TableSource
from segmentation_lib.params.reference import parameter_reference


def test_every_parameter_has_a_row_and_a_meaning() -> None:
    text = parameter_reference()
    for model in (Params, PrepareParams, TableSource):
        for name, field in model.model_fields.items():
            assert f"| `{field.alias or name}` |" in text
            assert field.description


def test_defaults_and_limits_are_printed() -> None:
    rows = {
        row.split("|")[1].strip(): row for row in parameter_reference().splitlines() if "|" in row
    }
    assert "| `8` | (at least 2, at most 20) Largest number" in rows["`k_max`"]
    assert "**required**" in rows["`project`"]


def test_docs_page_is_up_to_date(project_root: pathlib.Path) -> None:
    page = project_root / "docs" / "parameters.md"
    assert page.read_text(encoding="utf-8") == parameter_reference()
