"""`segment check` reads the registers too, and holds them against the segments there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from segmentation_lib.run import Run
from tests.spine.workspace import Workspace, two_kinds_of_shoppers

KPI = "kpis:\n  - {{id: K1, metric: {0}, definition: d, owner: o}}\n"
CONTENT = """\
content:
  - {id: C1, segment: S02, channel: email, value_proposition: v, asset: a, owner: o,
     expires: 2026-12-31, locale: en-GB}
"""
SEGMENT = "  - {{id: {0}, first_period: 2025Q2, status: {1}}}\n"


def test_check_holds_registers_against_features_and_segments(
    new_workspace: Callable[[str], Workspace], capsys: pytest.CaptureFixture[str]
) -> None:
    clone = new_workspace("registers")
    two_kinds_of_shoppers().to_parquet(clone.root / "data/orders.parquet")
    name = clone.write_params("shop", "2025Q3", data={"orders": {"path": "data/orders.parquet"}})
    folder = clone.root / "params/shop"

    (folder / "kpis.yaml").write_text(KPI.format("revenue"))
    (folder / "content.yaml").write_text(CONTENT)
    # Before there are segments nobody can say that one of them is unknown.
    assert clone.segment("check", name) == 0

    (folder / "kpis.yaml").write_text(KPI.format("frequency"))
    assert clone.segment("check", name) == 2
    assert "params/shop/kpis.yaml:2: kpis.K1.metric = frequency, a feature" in _said(capsys)
    (folder / "kpis.yaml").unlink()

    run = Run(clone.root / "runs/shop/2025Q3")
    run.write("register", {"segments": [{"id": "S01", "status": "active"}]})
    assert clone.segment("check", name) == 2
    assert "content.C1.segment = S02, there is no such segment" in _said(capsys)

    adopted = "segments:\n" + SEGMENT.format("S01", "active") + SEGMENT.format("S02", "retired")
    (folder / "segments.yaml").write_text(adopted)
    assert clone.segment("check", name) == 2
    assert "the segment was retired in an earlier period" in _said(capsys)
    (folder / "segments.yaml").write_text(adopted.replace("retired", "active"))
    assert clone.segment("check", name) == 0


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err
