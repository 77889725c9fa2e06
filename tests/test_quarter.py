"""What was declared before the segments were made is remembered; later wishes are told apart."""

from __future__ import annotations

import pathlib
from typing import Any

from segmentation_lib.params import Params, build_params
from segmentation_lib.params.registers import read_plans
from segmentation_lib.quarter import Quarter


def _params(**sections: Any) -> Params:
    return build_params(
        {
            "project": "acme",
            "period": "2026Q3",
            "data": {"orders": {"path": "orders.csv"}},
            **sections,
        }
    )


def test_a_declaration_added_after_the_segments_were_made_is_a_second_thought(
    tmp_path: pathlib.Path,
) -> None:
    first = _params(kpis=["revenue"])
    assert Quarter(tmp_path, first, "validate").second_thoughts == ()
    Quarter(tmp_path, first, "cluster").done()
    assert Quarter(tmp_path, first, "validate").second_thoughts == ()

    criteria = {"knock_outs": [{"measure": "customers", "at_least": 100}]}
    later = _params(kpis=["revenue", "orders"], criteria=criteria)
    late = ("KPI orders", "knock-out customers at least 100")
    assert Quarter(tmp_path, later, "validate").second_thoughts == late

    # Making the segments again does not make a second thought a first one.
    Quarter(tmp_path, later, "cluster").done()
    assert Quarter(tmp_path, later, "validate").second_thoughts == late


def test_criteria_do_not_run_the_clustering_again(tmp_path: pathlib.Path) -> None:
    Quarter(tmp_path, _params(), "cluster").done()
    changed = _params(criteria={"fit": {"growth": 1.0}})
    assert Quarter(tmp_path, changed, None).fresh("cluster")
    assert not Quarter(tmp_path, _params(kpis=["revenue"]), None).fresh("cluster")


def test_a_declared_kpi_reaches_the_actions(tmp_path: pathlib.Path) -> None:
    assert Quarter(tmp_path, _params(kpis=["revenue"]), "implement").params.kpis == ("revenue",)
    Quarter(tmp_path, _params(kpis=["revenue"]), "implement").done()
    assert not Quarter(tmp_path, _params(kpis=["orders"]), None).fresh("implement")


def _register(root: pathlib.Path, name: str, text: str) -> None:
    path = root / "params/acme" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


_KPIS = """\
kpis:
  - {id: K1, metric: revenue, definition: d, owner: o, target: 10}
"""


def test_a_kpi_of_the_register_is_late_when_it_was_changed_after_the_segments(
    tmp_path: pathlib.Path,
) -> None:
    _register(tmp_path, "kpis.yaml", _KPIS)
    first = read_plans({"kpis.yaml": _KPIS}).declarations
    assert len(first) == 1
    assert Quarter(tmp_path, _params(), "implement").declared_late(first) == ()
    Quarter(tmp_path, _params(), "cluster").done()
    assert Quarter(tmp_path, _params(), "implement").declared_late(first) == ()

    easier = _KPIS.replace("10", "5")
    _register(tmp_path, "kpis.yaml", easier)
    moved = read_plans({"kpis.yaml": easier}).declarations
    assert Quarter(tmp_path, _params(), "implement").declared_late(moved) == moved
    # Making the segments again does not make it a first thought, and needs no other run.
    assert Quarter(tmp_path, _params(), None).fresh("cluster")
    Quarter(tmp_path, _params(), "cluster").done()
    assert Quarter(tmp_path, _params(), "implement").declared_late(moved) == moved
    # The parameters' own second thoughts are told apart from those of the registers.
    assert Quarter(tmp_path, _params(), "validate").second_thoughts == ()


def test_registers_that_are_read_are_inputs_and_those_peeked_at_are_not(
    tmp_path: pathlib.Path,
) -> None:
    _register(tmp_path, "kpis.yaml", _KPIS)
    quarter = Quarter(tmp_path, _params(), "implement")
    assert quarter.read_registers(["kpis.yaml", "none.yaml"]) == {
        "kpis.yaml": _KPIS, "none.yaml": None,
    }  # fmt: skip
    assert quarter.peek_registers(["playbook.yaml"]) == {"playbook.yaml": None}
    quarter.done()
    _register(tmp_path, "playbook.yaml", "playbook: []\n")
    assert Quarter(tmp_path, _params(), None).fresh("implement")
    _register(tmp_path, "none.yaml", "none: []\n")
    assert not Quarter(tmp_path, _params(), None).fresh("implement")


def test_days_scored_between_quarters_run_the_stage_again(tmp_path: pathlib.Path) -> None:
    def implement(stage: str | None = "implement") -> Quarter:
        return Quarter(tmp_path, _params(), stage)

    first = implement()
    folder = first.watch("scoring")
    assert folder == tmp_path / "runs/acme/scoring"
    first.done()
    assert implement(None).fresh("implement")
    (folder / "2026-10-01").mkdir(parents=True)
    (folder / "2026-10-01/score.json").write_text("{}")
    assert not implement(None).fresh("implement")


def test_only_what_earlier_stages_wrote_counts_as_present(tmp_path: pathlib.Path) -> None:
    cluster = Quarter(tmp_path, _params(), "cluster")
    cluster.write("refresh", {"decision": "first"})
    cluster.done()
    own = Quarter(tmp_path, _params(), "implement")
    own.write("summary", {"withheld": []})
    assert own.present() == {"refresh"}


def test_the_events_that_are_named_run_prepare_again_and_nothing_else_of_the_profile(
    tmp_path: pathlib.Path,
) -> None:
    Quarter(tmp_path, _params(), "prepare").done()
    said = _params(profile={"voice": {"quotes": True}})
    assert Quarter(tmp_path, said, None).fresh("prepare")
    named = _params(profile={"journeys": {"success": "purchase"}})
    assert not Quarter(tmp_path, named, None).fresh("prepare")
