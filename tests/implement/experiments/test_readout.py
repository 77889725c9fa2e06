"""The read-out: planted effects are found, and what may not be read is not."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.implement.experiments import (
    ReadOut,
    Start,
    effect_drawings,
    experiment_sentences,
    finished,
    published_effects,
    published_guardrails,
    published_ratios,
    read_out,
    read_out_sentences,
    read_out_sheets,
    redesigned,
    unread,
)
from segmentation_lib.implement.experiments.sample_ratio import sample_ratios
from segmentation_lib.params.registers.experiments import (
    Guardrail,
    design_hash,
    experiment_declaration,
)
from segmentation_lib.report import effect_forest
from tests.implement.experiments.worlds import CLOSE, OPEN, arms, design, quarter, register

QUARTER, EARLIER = Window(OPEN, CLOSE), date(2025, 4, 1)


def read(world, *entries, **options) -> ReadOut:
    starts = [Start(options.pop("day", OPEN), world["assignments"], world["before"])]
    given = {"starts": starts, "closed": CLOSE, "seed": 1, **options}
    return read_out(register(*entries), world["arms"], world["outcomes"], **given)


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
    assert "no clear evidence that segments differ" in said[2]


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
    assert said[2].startswith("Segments differ in it (luck alone does this in fewer than 1 of ")
    assert "It is clear in S01 (Loyal) with £" in said[2]


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
        ({"status": "draft"}, "draft"),
        ({"starts_on": CLOSE, "ends_on": CLOSE}, "not started"),
        ({"starts_on": date(2025, 4, 1), "ends_on": date(2025, 6, 30)}, "over"),
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


def test_only_the_whole_is_warned_of():
    # Two questions of one in a hundred each would be two in a hundred.
    arm = ["new"] * 35 + ["control"] * 65 + ["new"] * 65 + ["control"] * 35
    odd = pd.DataFrame({"segment_id": ["S01"] * 100 + ["S02"] * 100, "arm": arm})
    levels = sample_ratios(design(), odd).drop_duplicates("segment_id").set_index("segment_id")
    assert levels["p_corrected"].round(4).to_dict() == {"(all)": 1.0, "S01": 0.007, "S02": 0.007}
    assert set(levels["level"]) == {"fine"}
    whole = odd.assign(arm=["new"] * 80 + ["control"] * 120)
    assert sample_ratios(design(), whole)["level"].tolist()[:2] == ["warning", "warning"]
    gone = odd.assign(arm=["new"] * 25 + ["control"] * 75 + ["new"] * 75 + ["control"] * 25)
    assert sample_ratios(design(), gone)["level"].tolist() == ["fine"] * 2 + ["alarm"] * 4


def test_an_experiment_of_two_quarters_is_read_by_the_segments_it_began_with():
    world = quarter((6.0, 0.0), n=600)
    world["arms"]["assigned_at"] = pd.Timestamp(EARLIER)
    # Its treatment moved everybody of S01 to S02 since.
    moved = world["assignments"].assign(segment_id="S02")
    starts = [Start(OPEN, moved), Start(EARLIER, world["assignments"], world["before"])]
    entry = design(starts_on=EARLIER, covariate="revenue")
    found = read_out(register(entry), world["arms"], world["outcomes"], starts, closed=CLOSE)
    row = found.experiments.to_dict("records")[0]
    assert (row["state"], row["segments_on"]) == ("read", "2025-04-01")
    assert found.effects.set_index("segment_id")["verdict"].tolist() == [
        "more", "more", "not shown"
    ]  # fmt: skip
    said = read_out_sentences(found, names={}, limit=10)
    assert "its segments are those of 2025-04-01, and its figures those of this quarter" in said[0]
    alone = read_out(register(entry), world["arms"], world["outcomes"], starts[:1], closed=CLOSE)
    assert alone.experiments["reason"].tolist() == ["began before"]


def test_what_nobody_declared_is_listed_and_not_read():
    world = quarter((6.0,), n=300, experiment="E9")
    found = read(world, design())
    assert found.experiments["experiment_id"].tolist() == ["E1", "E9"]
    assert found.experiments["reason"].tolist() == ["no assignments", "not declared"]
    why = unread(register(design()), world["arms"], world["assignments"], window=QUARTER)
    assert why["E9"].startswith("E9 is not read out: it is not in experiments.yaml, so")
    assert unread(register(), world["arms"], world["assignments"], window=QUARTER) == {}


def test_other_pages_are_told_what_is_not_to_be_read():
    world = quarter((6.0,), n=300)
    args = (world["arms"], world["assignments"])
    assert unread(register(design()), *args, window=QUARTER) == {}
    early = unread(register(design(ends_on=CLOSE)), *args, window=QUARTER)
    assert early["E1"].startswith("E1 is not read out: it runs until 2025-10-01. Figures read")
    lost = world["arms"]["arm"].eq("new") & (np.arange(300) % 2 == 0)
    torn = unread(register(design()), args[0][~lost], args[1], window=QUARTER)
    assert torn == {"E1": "E1 is not read out: its arms do not have the customers they should "
                          "have."}  # fmt: skip


def test_a_design_that_was_changed_is_known_by_its_declaration_and_by_its_draw():
    first, later = design(), design(min_effect=1.0)
    assert redesigned([later], (experiment_declaration(later),)) == ("E1",)
    assert redesigned([later], (experiment_declaration(first),)) == ()
    drawn = pd.DataFrame({"experiment_id": ["E1", "E1"], "design": [design_hash(first)] * 2})
    assert redesigned([first], designs=drawn) == ()
    assert redesigned([later], designs=drawn) == ("E1",)


def test_sentences_tell_no_count_of_a_few_people():
    world = quarter((3.0, 0.0), n=400)
    few = (world["assignments"]["segment_id"] == "S02") & (np.arange(800) >= 436)
    world["arms"].loc[world["assignments"]["segment_id"] == "S02", "arm"] = "control"
    for table in ("arms", "outcomes", "assignments"):
        world[table] = world[table][~few]
    found = read(world, design())
    assert found.experiments["reason"].tolist() == ["sample ratio"]
    said = read_out_sentences(found, names={}, limit=10)
    assert said == [
        "E1 is not read out: its arms do not have the customers they should have. The sizes of the "
        "arms are not as planned in S02: control has 36 customers (100.0%, planned 50.0%) and new "
        "has 0 customers (0.0%, planned 50.0%). A sound experiment shows this in fewer than 0.1% "
        "of cases. Customers went missing in one arm or came in twice, so the arms can no longer "
        "be compared."
    ]
    world["arms"].loc[[400, 401], "arm"] = "new"
    hidden = read_out_sentences(read(world, design()), names={}, limit=10)[0]
    assert "not as planned in S02. Customers went missing" in hidden
    assert not any(letter.isdigit() for letter in hidden.replace("E1", "").replace("S02", ""))


def test_segments_made_after_the_assignment_are_refused():
    world = quarter((8.0,), n=300)
    late = read(world, design(), day=OPEN + timedelta(days=1))
    assert late.experiments["reason"].tolist() == ["began before"]
    world["arms"]["assigned_at"] -= pd.Timedelta(days=1)
    early = read(world, design())
    assert early.experiments["reason"].tolist() == ["assigned before"]
    world["arms"]["assigned_at"] += pd.Timedelta(days=1)
    changed = read(world, design(), redesigned={"E1"})
    assert changed.experiments["reason"].tolist() == ["redesigned"]
    starts = [Start(OPEN, world["assignments"])]
    nobody = read_out(register(design()), None, world["outcomes"], starts, closed=CLOSE)
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
    assert "calls per customer suffered (new: +0.19 to +0.2" in said[3]
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
    assert not own["customers"].str.isdigit().any()
    assert set(shown.loc[shown["segment"] == "S01 (Loyal)", "segment"]) == {"S01 (Loyal)"}
    effects = published_effects(found.effects, names=names, limit=10)
    assert effects.set_index("segment").loc["S03", "verdict"] == "Too few customers to show."
    ids = set(world["arms"]["customer_id"])
    for table in (*vars(found).values(), shown, effects):
        assert not ids & set(json.dumps(table.astype(str).to_dict("list")).split('"'))


def test_a_picture_and_tables_of_the_read_out():
    found = read(quarter((8.0, 0.0, 0.0), n=400), design())
    drawn = effect_drawings(found, [design()], names={"S01": "Loyal"}, limit=10, currency="GBP")
    assert [picture["caption"] for picture in drawn] == [
        "E1: Revenue per customer of new against control, clear in S01"
    ]
    frame = drawn[0]["frame"]
    assert frame["segment_id"].tolist() == ["(all)", "S01", "S02", "S03"]
    assert frame["effect"].tolist() == found.effects["effect"].tolist()
    assert drawn[0]["alt"].startswith("Dots with lines for the effect on all and by segment: all £")
    chart = effect_forest(**drawn[0])
    assert chart.data["segment"].tolist() == ["All segments", "S01 Loyal", "S02", "S03"]
    assert chart.data["low"].tolist() == found.effects["low"].tolist()
    sheets = read_out_sheets(found, names={}, limit=10)
    assert [len(sheet["frame"]) for sheet in sheets.values()] == [1, 4, 8]
    # Nothing is drawn of arms with fewer customers than are told of.
    assert effect_drawings(found, [design()], names={}, limit=1000) == []


def test_an_experiment_is_over_the_day_after_its_end_or_once_it_is_stopped():
    entries = register(
        design("E1"), design("E2", ends_on=date(2025, 12, 31)),
        design("E3", ends_on=date(2025, 12, 31), status="stopped"),
    )  # fmt: skip
    assert finished(entries, on=CLOSE) == ("E1", "E3")
    assert finished(entries, on=date(2025, 9, 30)) == ("E3",)


def told(found: ReadOut) -> str:
    return " ".join(read_out_sentences(found, names={}, limit=10, currency="GBP"))


def test_a_quarter_in_which_nobody_spent_rules_nothing_out():
    world = quarter((0.0, 0.0))
    world["outcomes"] = world["outcomes"].assign(revenue=0.0)
    found = read(world, design())
    assert set(found.effects["verdict"]) == {"too few"}
    assert "ruled out" not in told(found)


def test_segments_in_which_nothing_varies_are_not_said_to_differ_by_luck():
    world = quarter((0.0, 0.0))
    world["outcomes"] = world["outcomes"].assign(revenue=50.0)
    found = read(world, design())
    assert found.effects["differ_p"].isna().all()
    assert "nan" not in told(found)


def test_who_was_kept_out_and_treated_all_the_same_is_in_neither():
    world = quarter((0.0, 0.0))
    both = world["arms"].head(100).assign(arm="holdout")
    world["arms"] = pd.concat([world["arms"], both])
    found = read(world, design(holdout=0.1))
    assert found.experiments["customers"].tolist() == [2300]


def test_harm_is_not_called_small():
    found = read(quarter((-20.0, -20.0)), design())
    assert found.experiments["verdict"].tolist() == ["harms"]
    assert found.effects["size"].tolist() == ["against"] * 3
    assert "smallest effect that matters" not in told(found)
    better = read(quarter((-20.0, -20.0)), design(good="lower"))
    assert better.effects["size"].tolist() == ["reached"] * 3
