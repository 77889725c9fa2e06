"""All registers are read at once and checked at once, in any order of quarters."""

from __future__ import annotations

import pathlib
from typing import Any

import pandas as pd
import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import KnownSegment, Reference
from segmentation_lib.register_checks import (
    REGISTER_FILES,
    TOLD_FILES,
    Registers,
    check_registers,
    checked_registers,
    read_registers,
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
    rows += [(name, "descriptor") for name in ("region", "plan", "age", "acquisition_channel")]
    return pd.DataFrame(rows, columns=["name", "role"])


def _demo(project_root: pathlib.Path) -> dict[str, str | None]:
    folder = project_root / "params/demo"
    paths = [folder / name for name in REGISTER_FILES]
    return {path.name: path.read_text(encoding="utf-8") for path in paths if path.is_file()}


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
    assert found == {f"params/demo/{name}" for name in broken}
    assert len(found) >= 9


def test_a_retired_segment_is_refused_in_every_register_that_names_it(
    project_root: pathlib.Path,
) -> None:
    texts = _demo(project_root) | {"experiments.yaml": None, "natural_experiments.yaml": None}
    registers = read_registers(texts, "params/demo")
    known = {**KNOWN, "S05": KnownSegment("retired", "2025Q3", "S01")}
    lines = _faults(registers, _dictionary(), known=known, has_scores=True)
    assert all("S05" in line and "retired in 2025Q3" in line for line in lines)
    assert {line.partition(":")[0] for line in lines} == {
        f"params/demo/{name}"
        for name in ("hypotheses.yaml", "kpis.yaml", "playbook.yaml", "content.yaml",
                     "investments.yaml", "priorities.yaml", "channels.yaml", "pricing.yaml")
    }  # fmt: skip


def test_an_unknown_segment_of_feedback_is_refused_with_its_line() -> None:
    text = "feedback:\n  - {id: F1, source: survey, segment: S09, finding: x}\n"
    registers = read_registers({"feedback.yaml": text}, "params/acme")
    known = {"S01": KnownSegment(name="Loyal"), "S08": KnownSegment("retired", "2025Q2")}
    assert _faults(registers, _dictionary(), known=known) == [
        "params/acme/feedback.yaml:2: feedback.F1.segment = S09, there is no such segment. "
        "In use are S01 (Loyal). Retired: S08 since 2025Q2."
    ]


def test_what_is_circular_is_refused_before_there_are_segments(
    project_root: pathlib.Path,
) -> None:
    registers = read_registers(_demo(project_root), "params/demo")
    lines = _faults(registers, _dictionary("revenue"), has_scores=True)
    circular = [line.split(": ")[1].split(" = ")[0] for line in lines if "[circular]" in line]
    assert circular == [
        "hypotheses.H03.metric",
        "hypotheses.H04.metric",
        "kpis.K1.metric",
    ]
    assert [line.split(": ", 1)[1] for line in _faults(registers, _dictionary())] == [
        "kpis.K5.metric = nps, a score needs the table surveys with the "
        "column nps. Map the surveys, or remove it."
    ]


def test_an_investment_needs_a_hypothesis_and_a_measure_that_there_are() -> None:
    plain = {"hypotheses.yaml": HYPOTHESES, "investments.yaml": INVESTMENTS}
    check_registers(read_registers(plain), _dictionary(), known=KNOWN)
    wrong = plain | {"investments.yaml": INVESTMENTS.replace("metric: orders", "metric: order")}
    (line,) = _faults(read_registers(wrong), _dictionary(), known=KNOWN)
    assert "investments.INV1.metric = order, there is no such outcome or KPI" in line
    (line,) = _faults(read_registers({"investments.yaml": INVESTMENTS}), _dictionary())
    assert "there is no such hypothesis. There is none yet; remove the entry." in line
    # With a fault among the hypotheses, the investments are not blamed for it.
    broken = plain | {"hypotheses.yaml": HYPOTHESES.replace("because: c, ", "")}
    assert _all(broken) == [
        "hypotheses.yaml:2: hypotheses.H1.because is missing, it has no default. "
        "Add it: why it does so: the mechanism, in one sentence."
    ]
    unreadable = plain | {"hypotheses.yaml": "hypotheses: ["}
    assert [line.split(":")[0] for line in _all(unreadable)] == ["hypotheses.yaml"]


def _all(texts: dict[str, str | None], **options: Any) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        checked_registers(texts, _dictionary(), **{"known": KNOWN, **options})
    return str(caught.value).splitlines()


def test_an_ill_formed_id_hides_no_other_fault_of_its_file_nor_of_its_entry() -> None:
    play = "{{id: {}, segment: {}, trigger: t, message: m, channel: c, owner: o, metric: {}, "
    play += "hypothesis: {}}}"
    lines = [
        play.format(*one) for one in (("P1", "s1", "order", "H1"), ("P2", "S09", "orders", "H2"))
    ]
    texts: dict[str, str | None] = {
        "hypotheses.yaml": HYPOTHESES,
        "playbook.yaml": "playbook:\n" + "".join(f"  - {line}\n" for line in lines),
        "feedback.yaml": "feedback:\n  - {id: F1, source: survey, segment: S10, finding: x}\n",
    }
    used = "In use are S01, S02, S03, S04, S05, S06."
    assert _all(texts, folder="params/acme") == [
        f"params/acme/feedback.yaml:2: feedback.F1.segment = S10, there is no such segment. {used}",
        "params/acme/playbook.yaml:2: playbook.P1.metric = order, there is no such outcome or KPI. "
        "Did you mean orders?",
        'params/acme/playbook.yaml:2: playbook.P1.segment = "s1", must be the permanent ID of a '
        "segment, such as S01. Write it as S01.",
        "params/acme/playbook.yaml:3: playbook.P2.hypothesis = H2, there is no such hypothesis. "
        "Known are: H1.",
        f"params/acme/playbook.yaml:3: playbook.P2.segment = S09, there is no such segment. {used}",
    ]


STORIES = """\
stories:
  days:
    - {segment: S01, text: A look at 3 things.}
  answers:
    - {segment: S80, question: value, text: It leads to more orders.}
    - {segment: S01, question: lever, text: It leads to more orders., evidence: [a:b:c:d]}
"""


def test_stories_and_quotes_are_checked_with_the_registers() -> None:
    quote = "quotes:\n  - {segment: S07, quote: I wait., source: Calls, n: 3, date: 2025}\n"
    texts: dict[str, str | None] = {"stories.yaml": STORIES, "qualitative.yaml": quote}
    known = {"S01": KnownSegment()}
    found = _all(texts, known=known)
    assert [line.split(",")[0] for line in found] == [
        "qualitative.yaml:2: quotes.0.segment = S07",
        "stories.yaml:3: the number 3 is typed into the text",
        "stories.yaml:5: answers.0.segment = S80",
        "stories.yaml:5: “leads to” in “…It leads to more orders.…”",
    ]
    # Whether evidence earns "leads to" is known once there is evidence.
    assert not any("stories.yaml:6" in line for line in found)
    # Before there are segments, what is wrong in the file itself is told.
    assert len(_all(texts, known=None)) == 2


def test_the_owner_of_a_segment_that_there_is_not_is_refused_and_of_a_retired_one_is_not() -> None:
    mentions = [Reference(name, "g.yaml:4", "governance.segment_owners") for name in ("S01", "S07")]
    known = {"S01": KnownSegment("retired", "2025Q2"), "S02": KnownSegment()}
    assert _all({}, known=known, mentions=mentions) == [
        "g.yaml:4: governance.segment_owners = S07, there is no such segment. In use are S02. "
        "Retired: S01 since 2025Q2."
    ]


def test_all_that_the_demo_wrote_is_sound(project_root: pathlib.Path) -> None:
    folder = project_root / "params/demo"
    told = {name: (folder / name).read_text(encoding="utf-8") for name in TOLD_FILES}
    registers = checked_registers(
        _demo(project_root) | told, _dictionary(), folder="params/demo", known=KNOWN,
        has_scores=True,
    )  # fmt: skip
    assert len(registers.plans.playbook) == 7
