"""What was declared before the segments were made is remembered; later wishes are told apart."""

from __future__ import annotations

import pathlib
from typing import Any

from segmentation_lib.params import Params, build_params
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
