"""All registers are read at once and checked at once, in any order of quarters."""

from __future__ import annotations

import pathlib
from typing import Any

import pandas as pd
import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.register_checks import (
    REGISTER_FILES,
    Registers,
    check_registers,
    read_registers,
    segments_on_record,
)

KNOWN = {f"S{number:02d}": KnownSegment() for number in range(1, 7)}
OUTCOMES = ("orders", "revenue", "active", "order_value", "visited", "support_tickets")
HYPOTHESES = """\
hypotheses:
  - {id: H1, segment: S01, behaviour: b, because: c, metric: orders, direction: higher,
     min_effect: 1}
"""
INVESTMENTS = """\
investments:
  - id: INV1
    name: More
    kind: core
    horizon: quick_win
    step: release
    segment: S01
    hypothesis: H1
    metric: orders
    expected: {low: 1, likely: 2, high: 3}
    cost: 5
    owner: Team
    status: proposed
"""


def _dictionary(*segmenting: str) -> pd.DataFrame:
    rows = [(name, "segmenting") for name in segmenting]
    rows += [(name, "outcome") for name in OUTCOMES if name not in segmenting]
    return pd.DataFrame(rows, columns=["name", "role"])


def _demo(project_root: pathlib.Path) -> dict[str, str | None]:
    folder = project_root / "params/demo"
    return {name: (folder / name).read_text(encoding="utf-8") for name in REGISTER_FILES}


def _faults(registers: Registers, dictionary: pd.DataFrame, **options: Any) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        check_registers(registers, dictionary, **options)
    return str(caught.value).splitlines()


def test_the_demo_passes(project_root: pathlib.Path) -> None:
    registers = read_registers(_demo(project_root), "params/demo")
    assert len(registers.investments) == 7
    assert len(registers.plans.hypotheses) == 8
    check_registers(registers, _dictionary("recency"), known=KNOWN, has_scores=True)
    check_registers(registers, _dictionary("recency"), has_scores=True)


def test_no_files_are_no_faults() -> None:
    registers = read_registers({})
    assert [len(part) for part in (registers.investments, registers.feedback)] == [0, 0]
    check_registers(registers, _dictionary(), known={})


def test_faults_of_all_files_are_listed_at_once(project_root: pathlib.Path) -> None:
    broken = {name: f"{text}\nmore: 1\n" for name, text in _demo(project_root).items()}
    with pytest.raises(ParameterError) as caught:
        read_registers(broken, "params/demo")
    found = {fault.where.partition(":")[0] for fault in caught.value.faults}
    assert found == {f"params/demo/{name}" for name in REGISTER_FILES}


def test_a_retired_segment_is_refused_in_every_register_that_names_it(
    project_root: pathlib.Path,
) -> None:
    registers = read_registers(_demo(project_root), "params/demo")
    known = {**KNOWN, "S05": KnownSegment("retired", "2025Q3", "S01")}
    lines = _faults(registers, _dictionary(), known=known, has_scores=True)
    assert all("S05" in line and "retired in 2025Q3" in line for line in lines)
    assert {line.partition(":")[0] for line in lines} == {
        f"params/demo/{name}"
        for name in ("hypotheses.yaml", "playbook.yaml", "content.yaml", "investments.yaml",
                     "priorities.yaml", "channels.yaml", "pricing.yaml")
    }  # fmt: skip


def test_an_unknown_segment_of_feedback_is_refused_with_its_line() -> None:
    text = "feedback:\n  - {id: F1, source: survey, segment: S09, finding: x}\n"
    registers = read_registers({"feedback.yaml": text}, "params/acme")
    (line,) = _faults(registers, _dictionary(), known=KNOWN)
    assert line.startswith("params/acme/feedback.yaml:2: feedback.F1.segment = S09")


def test_a_kpi_that_makes_the_segments_is_refused_before_there_are_segments(
    project_root: pathlib.Path,
) -> None:
    registers = read_registers(_demo(project_root), "params/demo")
    (line,) = _faults(registers, _dictionary("revenue"), has_scores=True)
    assert line.startswith("params/demo/kpis.yaml:5: kpis.K1.metric = revenue, a feature that")
    assert "[circular]" in line
    (line,) = _faults(registers, _dictionary())
    assert "kpis.K5.metric = nps" in line


def test_an_investment_needs_a_hypothesis_and_a_measure_that_there_are() -> None:
    plain = {"hypotheses.yaml": HYPOTHESES, "investments.yaml": INVESTMENTS}
    check_registers(read_registers(plain), _dictionary(), known=KNOWN)
    wrong = plain | {"investments.yaml": INVESTMENTS.replace("metric: orders", "metric: order")}
    (line,) = _faults(read_registers(wrong), _dictionary(), known=KNOWN)
    assert "investments.INV1.metric = order, there is no such outcome or KPI" in line
    with pytest.raises(ParameterError, match="there is no such hypothesis"):
        read_registers({"investments.yaml": INVESTMENTS})
    # With a fault among the hypotheses, the investments are not blamed for it.
    with pytest.raises(ParameterError) as caught:
        read_registers(plain | {"hypotheses.yaml": HYPOTHESES.replace("because: c, ", "")})
    assert [fault.where for fault in caught.value.faults] == ["hypotheses.yaml:2"]


def test_an_older_quarter_knows_the_segments_that_were_adopted_since() -> None:
    older = {"segments": [{"id": "S01", "status": "active"}]}
    adopted = (
        "segments:\n  - {id: S01, status: retired, retired_in: 2025Q3}\n"
        "  - {id: S02, status: active}\n"
    )
    assert segments_on_record(None) is None
    assert segments_on_record(older) == {"S01": KnownSegment()}
    # What an ID was in the quarter itself counts before what became of it.
    assert segments_on_record(older, adopted) == {"S01": KnownSegment(), "S02": KnownSegment()}
    assert segments_on_record(None, adopted) == {
        "S01": KnownSegment("retired", "2025Q3"),
        "S02": KnownSegment(),
    }
