"""Permanent IDs: kept through a refit, split, merged, new and retired, and never reused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import (
    Model,
    RegisteredSegment,
    Registry,
    active,
    known_segments,
    match_segments,
    score,
)
from segmentation_lib.cluster.model import Segment
from segmentation_lib.cluster.transforms import Column, FeatureTransform
from segmentation_lib.faults import ContractError

EMPTY = Registry(project="acme")


def on_a_line(*centres, shares=None):
    """A model of one feature x, with a segment around each centre."""
    column = Column(name="x", centre=0.0, scale=1.0)
    feature = FeatureTransform(
        name="x", kind="number", missing="impute", fill=0.0, columns=(column,)
    )
    return Model(
        algorithm="kmeans",
        k=len(centres),
        as_of=date(2026, 7, 1),
        seed=1,
        customers=100,
        dictionary_hash="",
        variance=1.0,
        features=(feature,),
        segments=tuple(
            Segment(id=f"#{place}", share=1 / len(centres), centre=(centre,))
            for place, centre in enumerate(centres, start=1)
        ),
    )


def people(**counts):
    """Customers at x = 0, 10, 20, ... as many as given, such as ``at0=30``."""
    places = [float(name[2:]) for name, count in counts.items() for _ in range(count)]
    ids = [f"c{place:04d}" for place in range(len(places))]
    return pd.DataFrame({"customer_id": ids, "state": "ACTIVE", "x": places})


def register(*ids, next_number=None):
    segments = tuple(RegisteredSegment(id=id, first_period="2026Q1") for id in ids)
    return Registry(project="acme", next_number=next_number or len(ids) + 1, segments=segments)


def were(features, **segments):
    """Last period's assignments: where customers at each place were."""
    before = features["x"].map({float(place[2:]): id for place, id in segments.items()})
    return features[["customer_id"]].assign(segment_id=before.astype("str"))


def told(matching):
    return [
        (row.segment_id, row.change, None if pd.isna(row.from_segment_id) else row.from_segment_id)
        for row in matching.changes.itertuples()
    ]


def test_the_first_period_numbers_by_size():
    features = people(at0=10, at10=60, at20=30)
    found = match_segments(on_a_line(0, 10, 20), features, registry=EMPTY, period="2026Q1")
    assert found.segment_ids == ("S03", "S01", "S02")
    assert told(found) == [("S01", "new", None), ("S02", "new", None), ("S03", "new", None)]
    assert found.changes["sentence"][0] == "S01 is one of the first segments: 60 customers (60%)."
    assert found.registry.next_number == 4
    assert [segment.first_period for segment in found.registry.segments] == ["2026Q1"] * 3
    assert found.registry.as_of == date(2026, 7, 1)


def test_renumbered_segments_keep_their_ids():
    features = people(at0=30, at10=30, at20=40)
    found = match_segments(
        on_a_line(20, 0, 10),
        features,
        registry=register("S01", "S02", "S03"),
        period="2026Q2",
        previous_assignments=were(features, at0="S01", at10="S02", at20="S03"),
    )
    assert found.segment_ids == ("S03", "S01", "S02")
    assert told(found) == [(id, "kept", id) for id in ("S01", "S02", "S03")]
    assert found.changes["overlap"].tolist() == [1, 1, 1]
    assert found.changes["sentence"][2] == (
        "S03 is kept: on 1 July, the new model puts all of last quarter's S03 customers in S03 "
        "again."
    )


def test_a_split_leaves_the_id_with_the_larger_child():
    features = people(at0=50, at10=20, at20=30)
    found = match_segments(
        on_a_line(0, 10, 20),
        features,
        registry=register("S01", "S02", next_number=8),
        period="2026Q2",
        previous_assignments=were(features, at0="S02", at10="S01", at20="S01"),
    )
    assert found.segment_ids == ("S02", "S08", "S01")
    assert told(found) == [("S01", "kept", "S01"), ("S02", "kept", "S02"), ("S08", "split", "S01")]
    assert found.changes["overlap"].tolist() == [0.6, 1.0, 1.0]
    assert "the new model puts 60% of last quarter's S01" in found.changes["sentence"][0]
    assert found.changes["sentence"][2] == (
        "S08 has split from S01: 100% of its customers came from there. It has 20 customers (20%)."
    )
    assert found.registry.next_number == 9


def test_a_merger_retires_the_smaller_with_its_successor():
    features = people(at0=50, at1=20, at20=30)
    named = register("S01", "S02", "S03")
    named = named.model_copy(
        update={
            "segments": (
                named.segments[0].model_copy(update={"name": "Loyal"}),
                *named.segments[1:],
            )
        }
    )
    found = match_segments(
        on_a_line(0, 20),
        features,
        registry=named,
        period="2026Q2",
        previous_assignments=were(features, at0="S01", at1="S02", at20="S03"),
    )
    assert found.segment_ids == ("S01", "S03")
    assert told(found)[-1] == ("S01", "merged", "S02")
    assert found.changes["sentence"].iloc[-1] == (
        "S02 has merged into S01 Loyal: 100% of its 20 customers are there now."
    )
    gone = found.registry.by_id["S02"]
    assert (gone.status, gone.retired_in, gone.successor) == ("retired", "2026Q2", "S01")
    assert found.registry.by_id["S01"].name == "Loyal"
    assert found.registry.next_number == 4


def test_a_scattered_segment_retires_and_a_gathered_one_is_new():
    # S04 is spread over three places; the new segment at 30 takes a third from each of three.
    features = people(at0=40, at10=40, at20=40, at30=18)
    before = were(features, at0="S01", at10="S02", at20="S03", at30="S01")
    at30 = features.index[features["x"] == 30]
    before.loc[at30, "segment_id"] = ["S01", "S02", "S03"] * 6
    for place in (0, 10, 20):
        rows = features.index[features["x"] == place][:5]
        before.loc[rows, "segment_id"] = "S04"
    found = match_segments(
        on_a_line(0, 10, 20, 30),
        features,
        registry=register("S01", "S02", "S03", "S04"),
        period="2026Q2",
        previous_assignments=before,
    )
    assert found.segment_ids == ("S01", "S02", "S03", "S05")
    assert told(found)[-2:] == [("S05", "new", None), ("S04", "retired", None)]
    assert found.changes["sentence"].iloc[-1] == (
        "S04 is retired: its 15 customers are now spread over other segments."
    )
    assert "came from no single segment" in found.changes["sentence"].iloc[-2]
    assert found.registry.by_id["S04"].successor is None


def test_a_retired_id_is_never_used_again():
    features = people(at0=50, at20=50)
    old = register("S01", "S02")
    first = match_segments(
        on_a_line(0, 1000),
        features,
        registry=old,
        period="2026Q2",
        previous_assignments=were(features, at0="S01", at20="S01"),
    )
    assert first.registry.by_id["S02"].status == "retired"
    again = match_segments(
        on_a_line(0, 20),
        features,
        registry=first.registry,
        period="2026Q3",
        previous_assignments=were(features, at0="S01", at20="S01"),
    )
    assert "S02" not in again.segment_ids
    assert again.registry.by_id["S02"].retired_in == "2026Q2"


def test_a_segment_nobody_is_left_of_is_retired():
    features = people(at0=50, at20=50)
    found = match_segments(
        on_a_line(0, 20),
        features,
        registry=register("S01", "S02", "S03"),
        period="2026Q2",
        previous_assignments=were(features, at0="S01", at20="S03"),
    )
    assert told(found)[-1] == ("S02", "retired", None)
    assert (
        found.changes["sentence"]
        .iloc[-1]
        .endswith("none of its customers are still being segmented.")
    )


def test_equal_shares_go_to_the_nearer_centre():
    # One old segment at 10 falls into two halves; the half at 12 is nearer to the old centre.
    features = people(at4=30, at12=30)
    previous = on_a_line(10, 500).with_segment_ids(["S01", "S02"])
    arguments = {
        "registry": register("S01"),
        "period": "2026Q2",
        "previous_assignments": were(features, at4="S01", at12="S01"),
    }
    blind = match_segments(on_a_line(4, 12), features, **arguments)
    assert blind.segment_ids == ("S01", "S02")
    seeing = match_segments(on_a_line(4, 12), features, previous_model=previous, **arguments)
    assert seeing.segment_ids == ("S02", "S01")


def test_without_a_common_customer_clearly_nearest_centres_keep_ids():
    features = people(at1=30, at19=30, at50=30)
    previous = on_a_line(0, 20, 100).with_segment_ids(["S01", "S02", "S03"])
    found = match_segments(
        on_a_line(50, 19, 1),
        features,
        registry=register("S01", "S02", "S03"),
        period="2026Q2",
        previous_assignments=pd.DataFrame({"customer_id": ["x1"], "segment_id": ["S02"]}),
        previous_model=previous,
    )
    assert found.segment_ids == ("S04", "S02", "S01")
    assert "by the place of its centre" in found.changes["sentence"][0]
    assert told(found)[-1] == ("S03", "retired", None)


def test_other_features_do_not_decide_by_centre(customers, fitted):
    features = active(customers(300))
    model = fitted(features, k=2)
    found = match_segments(
        model,
        features,
        registry=register("S01", "S02"),
        period="2026Q2",
        previous_model=on_a_line(0, 20).with_segment_ids(["S01", "S02"]),
    )
    assert found.segment_ids == ("S03", "S04")


def test_a_refit_on_the_next_quarter_keeps_nearly_everyone(customers, behaviour, fitted):
    rng = np.random.default_rng(4)
    before = customers(1500)
    first = fitted(before, 4, behaviour)
    ids = match_segments(first, before, registry=EMPTY, period="2026Q1")
    first = first.with_segment_ids(ids.segment_ids)
    now = before.assign(monetary=before["monetary"] * np.exp(rng.normal(0, 0.2, len(before))))
    second = fitted(now.sample(frac=1, random_state=3), 4, behaviour)
    found = match_segments(
        second,
        now,
        registry=ids.registry,
        period="2026Q2",
        previous_assignments=score(first, before),
        previous_model=first,
    )
    assert sorted(found.segment_ids) == ["S01", "S02", "S03", "S04"]
    placed = score(second.with_segment_ids(found.segment_ids), now)
    same = placed["segment_id"] == score(first, before)["segment_id"]
    assert same[placed["segment_id"].notna()].mean() > 0.95


def test_a_planted_split_of_a_fitted_model(customers, fitted):
    features = active(customers(1500))
    coarse, fine = fitted(features, k=3), fitted(features, k=4)
    ids = match_segments(coarse, features, registry=EMPTY, period="2026Q1")
    coarse = coarse.with_segment_ids(ids.segment_ids)
    before = score(coarse, features)
    found = match_segments(
        fine, features, registry=ids.registry, period="2026Q2", previous_assignments=before
    )
    after = score(fine.with_segment_ids(found.segment_ids), features)
    split = found.changes[found.changes["change"] == "split"]
    assert split["segment_id"].tolist() == ["S04"]
    parent = split["from_segment_id"].iloc[0]
    children = after.loc[before["segment_id"] == parent, "segment_id"].value_counts()
    assert children.index[:2].tolist() == [parent, "S04"]


def test_assignments_that_name_strangers_are_refused():
    features = people(at0=5, at10=5)
    with pytest.raises(ContractError, match=r"they name S09.*segment adopt") as caught:
        match_segments(
            on_a_line(0, 10),
            features,
            registry=register("S01"),
            period="2026Q2",
            previous_assignments=were(features, at0="S01", at10="S09"),
        )
    assert caught.value.faults[0].code == "registry_mismatch"


def test_what_is_known_before_the_first_and_after_it(model):
    first = known_segments("acme", register=None, assignments=None, model=None)
    assert (first.registry, first.assignments, first.model) == (EMPTY, None, None)
    table = pd.DataFrame({"customer_id": ["a"], "segment_id": ["S01"]})
    for kept in (register("S01").model_dump(mode="json"), register("S01").dump()):
        known = known_segments("acme", register=kept, assignments=table, model=model.to_json())
        assert known.registry == register("S01")
        assert known.assignments is table
        assert known.model == model
