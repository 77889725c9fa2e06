"""The read-out: planted effects are found, and what may not be read is not."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.experiments import (
    ReadOut,
    experiment_sentences,
    published_effects,
    published_guardrails,
    published_ratios,
    read_out,
)
from segmentation_lib.params.registers.experiments import Guardrail
from tests.implement.experiments.worlds import CLOSE, OPEN, arms, design, quarter, register


def read(world, *entries, **options) -> ReadOut:
    given = {"segments_on": OPEN, "closed": CLOSE, "seed": 1, "before": world["before"], **options}
    tables = (world["arms"], world["outcomes"], world["assignments"])
    return read_out(register(*entries), *tables, **given)


def test_one_effect_for_all_is_told_once():
    world = quarter((6.0, 6.0, 6.0))
    found = read(world, design())
    table = found.effects.set_index("segment_id")
    assert table["verdict"].to_dict() == {"(all)": "more", "S01": "as all", "S02": "as all",
                                          "S03": "as all"}  # fmt: skip
    assert table.loc["(all)", "effect"] == pytest.approx(6.0, abs=1.0)
    assert found.experiments["verdict"].tolist() == ["works"]
    said = experiment_sentences(found.experiments.to_dict("records")[0], found.effects,
                                found.guardrails, found.ratios, names={})  # fmt: skip
    assert "no evidence that segments differ" in said[1]


def test_an_effect_in_one_segment_is_found_there_and_shrunk():
    found = read(quarter((8.0, 0.0, 0.0)), design(covariate="revenue"))
    table = found.effects.set_index("segment_id")
    assert table["verdict"].tolist()[1:] == ["more", "not shown", "not shown"]
    assert table.loc["S01", "size"] == "reached"
    assert table.loc["S02", "size"] == "short"
    assert table.loc["S01", "effect"] > table.loc["S01", "shrunken"] > 6
    assert (table["variance_left"] < 0.6).all()
    assert (table["low"] < table["effect"]).all()
    said = experiment_sentences(found.experiments.to_dict("records")[0], found.effects,
                                found.guardrails, found.ratios, names={"S01": "Loyal"},
                                currency="GBP")  # fmt: skip
    assert said[1].startswith("Segments differ in it (luck alone does this in fewer than 1 of ")
    assert "It is clear in S01 (Loyal) with £" in said[1]


def test_lost_customers_stop_the_read_out():
    world = quarter((8.0, 0.0))
    lost = (world["arms"]["arm"] == "new") & (np.arange(2400) % 4 == 0)
    world["arms"] = world["arms"][~lost]
    found = read(world, design())
    row = found.experiments.to_dict("records")[0]
    assert (row["reason"], row["sample_ratio"], row["verdict"]) == ("sample ratio", "alarm", "")
    assert found.effects.empty
    said = experiment_sentences(row, found.effects, found.guardrails, found.ratios, names={})
    assert "the arms can no longer be compared" in said[1]


def test_planned_shares_decide_what_a_mismatch_is():
    # 60 to 40 is as planned here, and a mismatch where halves were planned.
    world = quarter((0.0, 0.0))
    rng = np.random.default_rng(5)
    world["arms"]["arm"] = np.where(rng.random(2400) < 0.4, "new", "control")
    assert read(world, design()).experiments["reason"].tolist() == ["sample ratio"]
    planned = read(world, design(arms=arms(control=0.6, new=0.4))).experiments
    assert planned["sample_ratio"].tolist() == ["fine"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ends_on": CLOSE}, "too early"),
        ({"status": "draft"}, "not started"),
        ({"status": "stopped"}, "stopped early"),
        ({"arms": arms(control=0.5, other=0.5)}, "unknown arm"),
        ({"segments": ("S09",)}, "no segment"),
        ({"metric": "order_value"}, "known for some"),
        ({"metric": "clicks"}, "no metric"),
        ({"covariate": "visits"}, "no covariate"),
        ({"id": "E2"}, "no assignments"),
    ],
)
def test_what_may_not_be_read_is_not(change, reason):
    found = read(quarter((8.0,), n=300), design(**change))
    row = found.experiments.to_dict("records")[0]
    assert (row["state"], row["reason"]) == ("not read", reason)
    assert found.effects.empty
    said = experiment_sentences(row, found.effects, found.guardrails, found.ratios, names={})
    assert said[0].startswith(f"{row['experiment_id']} is not read out: ")
    assert "{" not in said[0]
    assert len(said[0]) > 35


def test_segments_made_after_the_assignment_are_refused():
    world = quarter((8.0,), n=300)
    late = read(world, design(), segments_on=OPEN + timedelta(days=1))
    assert late.experiments["reason"].tolist() == ["assigned before"]
    changed = read(world, design(), redesigned={"E1"})
    assert changed.experiments["reason"].tolist() == ["redesigned"]
    nobody = read_out(register(design()), None, world["outcomes"], world["assignments"],
                      segments_on=date(2025, 7, 1), closed=CLOSE)  # fmt: skip
    assert nobody.experiments["reason"].tolist() == ["no assignments"]


def test_guardrails_are_held_against_their_margin():
    world = quarter((6.0, 6.0), n=2000)
    new = (world["arms"]["arm"] == "new").to_numpy()
    world["outcomes"]["calls"] = np.where(new, 1.2, 1.0) + np.tile([0.1, -0.1], 2000)
    rails = (
        Guardrail(metric="active", margin=0.1),
        Guardrail(metric="active", denominator="orders", margin=0.0),
        Guardrail(metric="calls", good="lower", margin=0.1),
        Guardrail(metric="order_value", margin=1),
    )
    found = read(world, design(guardrails=rails))
    assert found.guardrails["verdict"].tolist() == ["kept", "open", "broken", "no figures"]
    assert found.experiments["guardrails"].tolist() == ["broken"]
    said = experiment_sentences(found.experiments.to_dict("records")[0], found.effects,
                                found.guardrails, found.ratios, names={})  # fmt: skip
    assert "calls per customer suffered (new: +0.19 to +0.2" in said[2]
    assert published_guardrails(found.guardrails, limit=10)["margin"].tolist()[0] == "10.0 points"


def test_several_arms_share_their_error():
    world = quarter((0.0, 0.0))
    rng = np.random.default_rng(2)
    world["arms"]["arm"] = rng.choice(["control", "a", "b"], 2400)
    world["outcomes"]["revenue"] += 6.0 * (world["arms"]["arm"] == "b")
    three = {"control": 1 / 3, "a": 1 / 3, "b": 1 / 3}
    found = read(world, design(arms=arms(**three)))
    overall = found.effects[found.effects["segment_id"] == "(all)"].set_index("arm")
    assert overall["verdict"].to_dict() == {"a": "not shown", "b": "more"}
    assert overall.loc["b", "p_corrected"] == pytest.approx(2 * overall.loc["b", "p_value"])


def test_the_order_of_the_file_and_the_run_change_nothing():
    world = quarter((3.0, 0.0), n=300)
    both = design(), design("E0", metric="orders")
    world["arms"] = pd.concat([world["arms"], world["arms"].assign(experiment_id="E0")])
    first, second = read(world, *both), read(world, *both[::-1])
    pd.testing.assert_frame_equal(first.effects, second.effects)
    assert first.effects["experiment_id"].tolist() == ["E0"] * 3 + ["E1"] * 3


def test_pages_show_nothing_of_a_few_people():
    world = quarter((3.0, 0.0, 0.0), n=300)
    keep = (world["assignments"]["segment_id"] != "S03") | (np.arange(900) % 33 == 0)
    world["assignments"] = world["assignments"][keep]
    found = read(world, design())
    names = {"S01": "Loyal"}
    shown = published_ratios(found.ratios, names=names, limit=10)
    own = shown[shown["segment"] == "S03"]
    assert own["customers"].str.startswith("<").any()
    assert set(shown.loc[shown["segment"] == "S01 (Loyal)", "segment"]) == {"S01 (Loyal)"}
    effects = published_effects(found.effects, names=names, limit=10)
    assert effects.set_index("segment").loc["S03", "verdict"] == "Too few customers to show."
    ids = set(world["arms"]["customer_id"])
    for table in (*vars(found).values(), shown, effects):
        assert not ids & set(json.dumps(table.astype(str).to_dict("list")).split('"'))
