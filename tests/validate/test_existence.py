"""Four labels and their sentences; a category alone makes no groups; two modes are named."""

from __future__ import annotations

import importlib
import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats.existence import GapTest, StructureTest
from segmentation_lib.validate.existence import crowd_study, existence, number_columns
from segmentation_lib.validate.existence_words import label_sentence, modes_sentence
from tests.calibration.worlds import World, equal_groups, one_crowd

# The package has a function of the same name.
room = importlib.import_module("segmentation_lib.validate.existence")


def _judge(world, *, jaccard=0.9, **options):
    options.setdefault("draws", 19)
    return existence(
        world.points,
        world.smoothed,
        KMeans(),
        columns=world.columns,
        smallest_jaccard=jaccard,
        seed=1,
        **options,
    )


def _tests(structure_p, gap_p):
    structure = StructureTest(3.0, 2.0, structure_p, structure_p, draws=99, rows=500)
    return structure, GapTest(np.full(10, gap_p / 2), rows=500)


@pytest.mark.parametrize(
    ("structure_p", "gap_p", "jaccard", "label", "words"),
    [
        (0.01, 0.01, 0.75, "natural", "confirmed on customers held back"),
        (0.05, 0.06, 0.80, "overlapping", "no clean gap"),
        (0.06, 0.01, 0.80, "slices", "tiers"),
        (0.50, 0.50, 0.74, "constructive", "Other samples of the same customers"),
        (0.01, 0.01, 0.74, "constructive", "There is more than one group of customers, but"),
    ],
)
def test_labels_follow_the_rule(monkeypatch, structure_p, gap_p, jaccard, label, words):
    structure, gap = _tests(structure_p, gap_p)
    monkeypatch.setattr(room, "structure_test", lambda study: structure)
    monkeypatch.setattr(room, "gap_test", lambda *args, **options: gap)
    points = np.arange(8.0).reshape(4, 2)
    found = existence(
        points, points, KMeans(), columns=["a", "b"], smallest_jaccard=jaccard, seed=1,
        study=object(),
    )  # fmt: skip
    assert found.label == label
    assert words in found.sentence
    assert "real" not in found.sentence
    stored = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert stored["label"] == label
    assert stored["stable"] == (jaccard >= 0.75)
    assert (stored["structure"]["p_value"], stored["gap"]["p_value"]) == (structure_p, gap_p)


def test_planted_groups_are_natural():
    world = equal_groups(4, 5, n=600)(np.random.default_rng(1))
    found = _judge(world)
    assert found.label == "natural"
    assert found.structure.p_value == 0.05
    assert found.gap.p_value < 0.01
    assert found.columns == world.columns


@pytest.mark.parametrize("kind", ["gauss", "rfm", "mixed"])
def test_one_crowd_is_tiers_at_best(kind):
    world = one_crowd(kind, n=600)(np.random.default_rng(2))
    assert _judge(world).label == "slices"
    assert _judge(world, jaccard=0.5).label == "constructive"


def test_categories_are_left_out_of_the_tests():
    world = one_crowd("mixed", n=400)(np.random.default_rng(3))
    found = _judge(world)
    assert found.columns == world.columns[:6]
    numbers = existence(
        world.points[:, :6], world.smoothed[:, :6], KMeans(), columns=world.columns[:6],
        smallest_jaccard=0.9, seed=1, draws=19,
    )  # fmt: skip
    assert numbers.structure == found.structure
    assert number_columns(world.columns, world.points).tolist() == list(range(6))


def test_categories_alone_are_not_tested_and_that_is_said():
    rng = np.random.default_rng(4)
    flags = (rng.random((300, 3)) < 0.5).astype(float)
    names = ["a=yes", "b=yes", "age"]
    found = existence(flags, flags, KMeans(), columns=names, smallest_jaccard=0.9, seed=1)
    assert found.label == "slices"
    assert "was not tested" in found.sentence
    assert found.to_json()["structure"] == {"p_value": 1.0, "assessed": False}
    json.dumps(found.to_json(), allow_nan=False)
    assert found.samples_sentence == ""
    unstable = existence(flags, flags, KMeans(), columns=names, smallest_jaccard=0.1, seed=1)
    assert unstable.label == "constructive"


def test_segments_that_cut_groups_finer_are_said():
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 2, 800)
    points = rng.normal(size=(800, 4))
    points += 3.5 * truth[:, None]
    world = World(points, points, points, truth, ("a", "b", "c", "d"))
    halves = 2 * truth + (points @ [1, -1, 1, -1] > 0)
    found = _judge(world, labels=halves)
    assert (found.label, found.separated, found.segments) == ("natural", 2, 4)
    assert found.sentence == (
        "There are at least 2 groups with gaps between them, confirmed on customers held back. "
        "Some of the 4 segments may be parts of one group: between these, no gap was confirmed."
    )
    assert (found.to_json()["separated_groups"], found.to_json()["segments"]) == (2, 4)
    matching = _judge(world, labels=truth)
    assert (matching.separated, matching.segments) == (2, 2)
    assert matching.sentence.startswith("There are gaps between groups of customers, confirmed")


def test_what_was_not_rejected_is_not_told_as_a_fact():
    structure, gap = _tests(0.5, 0.01)
    say = partial(label_sentence, "slices", structure, 0.05)
    assert say() == (
        "The same cuts come back, but nothing speaks against one continuous crowd: the segments "
        "are tiers, a convenience."
    )
    assert say(two_modes=["spend"], gap=gap) == (
        "The same cuts come back. One feature alone splits the customers (spend); beyond that, "
        "nothing speaks against one continuous crowd: the segments are tiers, a convenience."
    )
    assert say(two_modes=["spend", "age"]).startswith(
        "The same cuts come back. Single features alone split the customers (spend and age);"
    )
    assert say(gap=gap).startswith("The same cuts come back. Customers held back show a gap, but")
    natural = partial(label_sentence, "natural", _tests(0.01, 0.01)[0], 0.05, gap=gap)
    assert "no border between two of the 4 segments" in natural(groups=1, segments=4)
    assert natural(groups=4, segments=4) == natural()


def test_one_feature_with_two_modes_is_named():
    world = one_crowd("gauss", n=800)(np.random.default_rng(5))
    rng = np.random.default_rng(6)
    halves = rng.normal(size=800) + 5 * (rng.random(800) < 0.5)
    features = pd.DataFrame({"age": rng.normal(size=800), "spend": halves, "town": "x"})
    found = _judge(world, features=features, draws=2)
    assert found.features_with_two_modes == ("spend",)
    assert found.modes_sentence == "Taken alone, this feature falls into two parts: spend."
    assert (found.label, found.overlooked_modes) == ("slices", True)
    assert [row["feature"] for row in found.to_json()["modes"]] == ["age", "spend"]
    both = _judge(world, features=features.assign(age=halves), draws=2)
    assert both.modes_sentence == (
        "Taken alone, these features fall into two parts: age and spend."
    )
    none = _judge(world, draws=2)
    assert (none.modes_sentence, none.overlooked_modes) == ("", False)
    assert none.samples_sentence == (
        "2 crowds without groups, compared on 800 customers; gaps looked for on 10 random halves "
        "of 800 customers."
    )


def test_two_modes_beside_groups_are_no_finding_of_their_own():
    assert modes_sentence(["order_value"], "natural") == (
        "Taken alone, this feature already falls into two parts: order value."
    )
    assert modes_sentence(["a", "b"], "overlapping").startswith(
        "Taken alone, these features already fall"
    )


def test_a_shared_study_gives_the_same_answer():
    world = equal_groups(3, 3, n=300)(np.random.default_rng(7))
    study = crowd_study(
        world.points,
        world.smoothed,
        KMeans(),
        columns=world.columns,
        ks=(2, 3, 7),
        seed=1,
        draws=19,
    )
    assert study.ks == (2, 3, 4, 5, 6, 7)
    shared = _judge(world, study=study)
    assert shared.gap.p_value == _judge(world).gap.p_value
    assert shared.structure.rows == 300
