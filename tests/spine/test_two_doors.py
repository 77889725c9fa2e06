"""Two clones and two doors give the same bytes, and nbval runs the notebooks too."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable

import nbformat
import pytest

from segmentation_lib.artefacts import STAGES
from segmentation_lib.fingerprint import NOTEBOOKS
from tests.spine.workspace import Workspace

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="session")
def other(new_workspace: Callable[[str], Workspace]) -> Workspace:
    """A second clone whose first demo quarter was run by plain papermill, without the command."""
    clone = new_workspace("other")
    for stage in STAGES:
        _python(
            clone, "-m", "papermill", "-f", "params/demo/2025Q2.yaml",
            f"notebooks/{NOTEBOOKS[stage]}", f"{stage}.ipynb", "--no-progress-bar",
        )  # fmt: skip
    return clone


def _python(clone: Workspace, *words: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "SEGMENT_ROOT"}
    done = subprocess.run(
        [sys.executable, *words], cwd=clone.root, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_plain_papermill_writes_the_same_artefacts(demo: Workspace, other: Workspace) -> None:
    first, second = demo.files("runs/demo/2025Q2"), other.files("runs/demo/2025Q2")
    assert first == second
    assert len(first) > 20


def test_the_report_of_a_second_clone_is_the_same_to_the_byte(
    demo: Workspace, other: Workspace
) -> None:
    assert other.segment("run", "params/demo/2025Q2.yaml") == 0
    assert other.files("reports/demo/2025Q2") == demo.files("reports/demo/2025Q2")


def test_nbval_runs_all_notebooks_on_the_demo(demo: Workspace, other: Workspace) -> None:
    """An empty ``params`` is the newest demo quarter; it needs the quarter before, run above."""
    printed = _python(
        other, "-m", "pytest", "--nbval-lax", "--rootdir=.", "-q", "-p", "no:cacheprovider",
        "-c", os.devnull, *(f"notebooks/{NOTEBOOKS[stage]}" for stage in STAGES),
    )  # fmt: skip
    assert " passed" in printed.splitlines()[-1]
    assert other.files("runs/demo/2025Q3") == demo.files("runs/demo/2025Q3")


def test_notebooks_are_thin_and_carry_no_outputs(project_root: pathlib.Path) -> None:
    for stage in STAGES:
        node = nbformat.read(project_root / "notebooks" / NOTEBOOKS[stage], as_version=4)
        assert node.metadata.kernelspec.name == "python3"
        code = [cell for cell in node.cells if cell.cell_type == "code"]
        tagged = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
        assert [cell.source for cell in tagged] == ["params = {}"]
        assert f'open_quarter(params, stage="{stage}")' in "".join(cell.source for cell in code)
        for cell in code:
            assert cell.outputs == []
            assert cell.execution_count is None
            assert len(cell.source.splitlines()) <= 12
            assert "def " not in cell.source
            assert "class " not in cell.source


def test_secrets_stay_in_the_environment(
    shop: Workspace, new_workspace: Callable[[str], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = new_workspace("secret")
    hidden = clone.root / "data" / "s3cr3t-folder"
    hidden.mkdir()
    (hidden / "orders.parquet").write_bytes((shop.root / "data/orders.parquet").read_bytes())
    monkeypatch.setenv("SHOP_FOLDER", "s3cr3t-folder")
    source = {"path": "data/${SHOP_FOLDER}/orders.parquet"}
    name = clone.write_params("shop", "2025Q3", data={"orders": source})
    assert clone.segment("run", name) == 0
    for folder in ("runs", "reports"):
        for path in (clone.root / folder).rglob("*"):
            if path.is_file():
                assert b"s3cr3t" not in path.read_bytes(), path
    record = json.loads((clone.root / "runs/shop/2025Q3/run.json").read_text())
    assert "source:data/${SHOP_FOLDER}/orders.parquet" in record["stages"]["prepare"]["inputs"]
