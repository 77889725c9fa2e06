"""Skip, resume, force, refuse: the machinery around the five notebooks."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
import yaml

from segmentation_lib.artefacts import STAGES
from segmentation_lib.run import Run
from tests.spine.workspace import Workspace, one_crowd, two_kinds_of_shoppers

pytestmark = pytest.mark.xdist_group("shop")

NAME = "params/shop/2025Q3.yaml"


@pytest.fixture
def copy(shop: Workspace, tmp_path: pathlib.Path, project_root: pathlib.Path) -> Workspace:
    """The finished small shop, in a clone that the test may spoil."""
    shutil.copytree(shop.root, tmp_path / "clone")
    return Workspace(tmp_path / "clone", project_root)


def _change(clone: Workspace, section: str, **values: object) -> None:
    path = clone.root / NAME
    text = yaml.safe_load(path.read_text())
    text["params"].setdefault(section, {}).update(values)
    path.write_text(yaml.safe_dump(text, sort_keys=False))


def _lines(clone: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    capsys.readouterr()
    clone.segment("run", NAME, *words)
    return capsys.readouterr().out.splitlines()


def _ran(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines if "done in" in line]


def test_a_second_run_runs_nothing_and_says_so(
    copy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.files("reports")
    lines = _lines(copy, capsys)
    assert [line.split()[1] for line in lines[:6]] == ["unchanged"] * 6
    assert lines[-1] == "reports/shop/2025Q3/index.html"
    assert copy.files("reports") == before


def test_a_threshold_touches_only_its_stage_and_what_reads_it(
    copy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    _change(copy, "implement", valid_days=30)
    assert _ran(_lines(copy, capsys)) == ["implement"]
    crm = (copy.root / "runs/shop/2025Q3/exports/crm.csv").read_text()
    assert "2025-10-30" in crm
    _change(copy, "validate", gates={"customers_go": 60})
    assert _ran(_lines(copy, capsys)) == ["validate", "implement"]


def test_from_forces_a_stage_and_the_later_ones(
    copy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.files("runs"), copy.files("reports")
    assert _ran(_lines(copy, capsys, "--from", "profile")) == ["profile", "implement"]
    assert (copy.files("runs"), copy.files("reports")) == before


def test_changed_data_runs_everything_and_a_touched_artefact_its_stage(
    copy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy.root / "runs/shop/2025Q3/migration.csv"
    path.write_text(path.read_text() + "S01,S01,9,1\n")
    assert _ran(_lines(copy, capsys)) == ["implement"]
    two_kinds_of_shoppers(seed=2).to_parquet(copy.root / "data/orders.parquet")
    assert _ran(_lines(copy, capsys)) == list(STAGES)


def test_kill_9_in_the_middle_leaves_the_report_and_the_next_run_resumes(
    copy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    report, run = copy.files("reports"), copy.files("runs")
    _change(copy, "validate", bootstraps=200)
    environment = {**os.environ, "SEGMENT_ROOT": str(copy.root)}
    process = subprocess.Popen(
        [sys.executable, "-m", "segmentation_lib.cli", "run", NAME],
        cwd=copy.root, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("cluster"):
            break
    partial = copy.root / "runs/shop/2025Q3/notebooks/.03_validate.ipynb"
    while not partial.is_file():
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert copy.files("reports") == report
    time.sleep(2)  # the orphaned kernel notices and leaves
    lines = _lines(copy, capsys)
    assert [line.split()[1] for line in lines[:2]] == ["unchanged", "unchanged"]
    assert _ran(lines)[0] == "validate"
    after = copy.files("runs")
    assert after["shop/2025Q3/segment_stability.csv"] != run["shop/2025Q3/segment_stability.csv"]
    assert after["shop/2025Q3/kpi_effects.csv"] == run["shop/2025Q3/kpi_effects.csv"]


def test_a_failing_cell_is_named_and_resumed_at(
    copy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = copy.root / "notebooks/04_profile.ipynb"
    good = notebook.read_text()
    broken = json.loads(good)
    broken["cells"][3]["source"] = ["1 / 0"]
    broken["cells"][3]["cell_type"] = "code"
    broken["cells"][3].update({"outputs": [], "execution_count": None})
    notebook.write_text(json.dumps(broken))
    report = copy.files("reports")
    assert copy.segment("run", NAME) == 1
    error = capsys.readouterr().err
    assert "profile failed in cell" in error
    assert "ZeroDivisionError" in error
    assert "run.log" in error
    assert "ZeroDivisionError" in (copy.root / "runs/shop/2025Q3/run.log").read_text()
    assert copy.files("reports") == report
    notebook.write_text(good)
    assert _ran(_lines(copy, capsys)) in (["profile"], [])


def test_two_runs_at_once_are_refused(copy: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with Run(copy.root / "runs/shop/2025Q3").lock():
        code = (
            "import os, sys; from segmentation_lib.cli import main; sys.exit(main(['run', "
            f"'{NAME}']))"
        )
        other = subprocess.run(
            [sys.executable, "-c", code],
            cwd=copy.root,
            env={**os.environ, "SEGMENT_ROOT": str(copy.root)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert other.returncode == 1
    assert f"process {os.getpid()}, started" in other.stderr


def test_no_go_publishes_the_report_and_withholds_the_customer_file(
    new_workspace: Callable[[str], Workspace], capsys: pytest.CaptureFixture[str]
) -> None:
    clone = new_workspace("crowd")
    one_crowd().to_parquet(clone.root / "data/orders.parquet")
    name = clone.write_params("crowd", "2025Q3", data={"orders": {"path": "data/orders.parquet"}})
    assert clone.segment("run", name) == 3
    assert "NO-GO: the report says why; customer exports are withheld" in capsys.readouterr().out
    page = (clone.root / "reports/crowd/2025Q3/index.html").read_text()
    assert "No-go" in page
    assert "customer file for marketing operations, exports/crm.csv, was not made" in page
    assert not (clone.root / "runs/crowd/2025Q3/exports/crm.csv").exists()
    assert clone.segment("adopt", name, "--approver", "Ann", "--reason", "hope") == 2
    assert "NO-GO" in capsys.readouterr().err
    assert not (clone.root / "params/crowd/segments.yaml").exists()


def test_next_adopt_and_status(copy: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert copy.segment("adopt", NAME, "--approver", "Ann", "--reason", "It holds") == 0
    decision = json.loads((copy.root / "params/shop/decisions.jsonl").read_text())
    assert (decision["approver"], decision["period"], decision["reason"]) == (
        "Ann", "2025Q3", "It holds",
    )  # fmt: skip
    register = yaml.safe_load((copy.root / "params/shop/segments.yaml").read_text())
    assert [segment["id"] for segment in register["segments"]][:2] == ["S01", "S02"]
    assert copy.segment("next", NAME) == 0
    written = yaml.safe_load((copy.root / "params/shop/2025Q4.yaml").read_text())["params"]
    assert (written["period"], written["previous"]) == ("2025Q4", "2025Q3")
    assert copy.segment("next", NAME) == 2
    assert "is there already" in capsys.readouterr().err
    assert copy.segment("status", "shop") == 0
    table = capsys.readouterr().out.splitlines()
    assert table[1].split() == ["shop", "2025Q3", "complete", "GO", "by", "Ann"] or (
        table[1].split()[:3] == ["shop", "2025Q3", "complete"]
    )
    assert table[2].split()[:4] == ["shop", "2025Q4", "not", "run"]
    assert copy.segment("run", "params/shop/2025Q4.yaml") == 2
    assert "quarter" in capsys.readouterr().err


def test_adoption_does_not_change_the_run_that_was_adopted(
    copy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.files("runs")
    copy.segment("adopt", NAME, "--approver", "Ann", "--reason", "It holds")
    assert copy.segment("run", NAME, "--from", "cluster") == 0
    assert copy.files("runs") == before


def test_a_name_given_in_the_register_is_on_the_next_report(copy: Workspace) -> None:
    copy.segment("adopt", NAME, "--approver", "Ann", "--reason", "It holds")
    path = copy.root / "params/shop/segments.yaml"
    register = yaml.safe_load(path.read_text())
    register["segments"][0].update(name="Weekly <b>shoppers</b>", owner="Ann")
    path.write_text(yaml.safe_dump(register, sort_keys=False))
    assert copy.segment("run", NAME) == 0
    page = (copy.root / "reports/shop/2025Q3/index.html").read_text()
    assert "Weekly &lt;b&gt;shoppers&lt;/b&gt;" in page
    proposed = yaml.safe_load((copy.root / "runs/shop/2025Q3/proposed/segments.yaml").read_text())
    assert proposed["segments"][0]["name"] == "Weekly <b>shoppers</b>"
    assert proposed["segments"][0]["owner"] == "Ann"
