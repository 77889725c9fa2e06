"""Transforms: exact small cases, units, giants, missing values, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import KMeans, active, fit_transforms, smoothed_matrix
from segmentation_lib.cluster.transforms import as_text, dictionary_hash
from segmentation_lib.faults import ContractError
from segmentation_lib.params import ClusterParams

ALL = ClusterParams(winsorise=(0.0, 1.0))


def table(**columns):
    features = pd.DataFrame(columns)
    ids = [f"c{place}" for place in range(len(features))]
    return features.assign(customer_id=ids, state="ACTIVE")


def codes(caught):
    return sorted({fault.code for fault in caught.value.faults})


def labels_of(features, dictionary, params=ALL, rows=None):
    """Labels of a fresh fit, of the first ``rows`` customers."""
    points = fit_transforms(features, dictionary, params).matrix(features)
    fitted = KMeans().fit(points, 4, seed=np.random.SeedSequence(1), starts=20)
    return fitted.labels[:rows]


def test_three_customers_by_hand(describe):
    features = table(x=[1.0, 2.0, 3.0])
    X = fit_transforms(features, describe(("x", "number", "none", "refuse")), ALL).matrix(features)
    assert X[:, 0] == pytest.approx([-np.sqrt(1.5), 0, np.sqrt(1.5)])


def test_logarithm_by_hand(describe):
    features = table(x=[0.0, 10.0, 10.0, 30.0, -5.0])
    fitted = fit_transforms(features, describe(("x", "number", "log", "refuse")), ALL)
    # The unit is the low end of the positive values; a negative value counts as none.
    assert fitted.features[0].unit == 10.0
    expected = np.array([0, np.log(2), np.log(2), np.log(4), 0])
    X = fitted.matrix(features)[:, 0]
    assert pytest.approx((expected - expected.mean()) / expected.std(), abs=1e-9) == X


def test_counts_enter_as_ln_one_plus_x(describe):
    features = table(x=[0.0, 1, 1, 1, 2, 3, 4, 5, 8])
    fitted = fit_transforms(features, describe(("x", "number", "log", "refuse")), ALL)
    assert fitted.features[0].unit == 1.0
    assert fitted.features[0].columns[0].centre == pytest.approx(np.log1p(features["x"]).mean())


def test_rank_is_a_line_between_normal_scores(describe):
    features = table(x=[5.0, 1.0, 1.0, 100.0])
    fitted = fit_transforms(features, describe(("x", "number", "rank", "refuse")), ALL)
    knots = dict(fitted.features[0].knots)
    # Mid-ranks 1/4, 5/8 and 7/8.
    assert knots == pytest.approx({1.0: -0.6744897502, 5.0: 0.3186393640, 100.0: 1.1503493804})
    new = pd.DataFrame({"x": [3.0, -7.0, 1000.0]})
    scores = fitted.features[0].raw_columns(new["x"])[:, 0]
    assert scores == pytest.approx([(-0.67448975 + 0.31863936) / 2, -0.67448975, 1.15034938])


def test_rank_of_many_values_has_41_knots_and_a_normal_shape(describe):
    features = table(x=np.random.default_rng(1).lognormal(0, 2, 3000))
    fitted = fit_transforms(features, describe(("x", "number", "rank", "refuse")), ALL)
    assert len(fitted.features[0].knots) <= 41
    X = fitted.matrix(features)[:, 0]
    assert np.quantile(X, [0.025, 0.5, 0.975]) == pytest.approx([-1.96, 0, 1.96], abs=0.06)


def test_values_beyond_the_cut_offs_count_as_the_cut_offs(describe):
    features = table(x=np.arange(1000.0))
    fitted = fit_transforms(
        features, describe(("x", "number", "none", "refuse")), ClusterParams(winsorise=(0.01, 0.9))
    )
    assert (fitted.features[0].low, fitted.features[0].high) == (9.0, 899.0)
    X = fitted.matrix(pd.DataFrame({"x": [-1e9, 9.0, 899.0, 1e9]}))[:, 0]
    assert X[0] == X[1]
    assert X[2] == X[3]


@pytest.mark.parametrize("shape", ["none", "log", "rank"])
def test_another_unit_gives_the_same_labels(customers, describe, shape):
    features = active(customers(800))
    dictionary = describe(
        ("frequency", "number", "log", "refuse"), ("monetary", "number", shape, "refuse")
    )
    pence = features.assign(monetary=features["monetary"] * 1000)
    for params in (ALL, ClusterParams()):
        labels = labels_of(features, dictionary, params)
        assert (labels_of(pence, dictionary, params) == labels).all()


@pytest.mark.parametrize("shape", ["log", "rank"])
def test_one_giant_changes_under_one_per_cent_of_labels(customers, describe, shape):
    features = active(customers(1000))
    dictionary = describe(
        ("frequency", "number", "log", "refuse"), ("monetary", "number", shape, "refuse")
    )
    giant = features.iloc[[0]].assign(customer_id="giant", monetary=features.monetary.max() * 1000)
    more = pd.concat([features, giant], ignore_index=True)
    params = ClusterParams()
    before = labels_of(features, dictionary, params)
    after = labels_of(more, dictionary, params, rows=len(features))
    assert (before != after).mean() < 0.01


def test_weights_multiply_after_scaling(describe):
    features = table(x=[1.0, 2.0, 3.0], y=[1.0, 5.0, 3.0])
    dictionary = describe(("x", "number", "none", "refuse"), ("y", "number", "none", "refuse"))
    plain = fit_transforms(features, dictionary, ALL).matrix(features)
    params = ClusterParams(winsorise=(0.0, 1.0), weights={"y": 2.5})
    weighted = fit_transforms(features, dictionary, params).matrix(features)
    assert weighted == pytest.approx(plain * [1.0, 2.5])


def test_parameters_replace_the_dictionary_word(describe):
    features = table(x=[1.0, 2.0, np.nan, 9.0])
    params = ClusterParams(transforms={"x": "rank"}, missing={"x": "impute"})
    fitted = fit_transforms(features, describe(("x", "number", "log", "refuse")), params)
    assert (fitted.features[0].transform, fitted.features[0].missing) == ("rank", "impute")


def test_a_missing_number_is_the_median_and_may_have_a_column(describe):
    features = table(x=[1.0, np.nan, 3.0, 8.0])
    imputed = fit_transforms(features, describe(("x", "number", "none", "impute")), ALL)
    assert imputed.features[0].fill == 3.0
    X = imputed.matrix(features)
    assert X.shape == (4, 1)
    assert X[1, 0] == X[2, 0]
    flagged = fit_transforms(features, describe(("x", "number", "none", "unknown")), ALL)
    assert flagged.columns == ("x", "x=(unknown)")
    assert flagged.matrix(features)[:, 1].tolist() == [-0.25, 0.75, -0.25, -0.25]


def test_unknown_without_missing_values_adds_no_column(describe):
    fitted = fit_transforms(table(x=[1.0, 2.0]), describe(("x", "number", "none", "unknown")), ALL)
    assert fitted.columns == ("x",)
    assert fitted.matrix(pd.DataFrame({"x": [np.nan, 1.5]}))[:, 0] == pytest.approx([0, 0])


def test_levels_of_a_category_weigh_as_much_as_one_number(describe):
    features = table(c=["a", "b", "a", "c"])
    fitted = fit_transforms(features, describe(("c", "category", "none", "refuse")), ALL)
    assert fitted.columns == ("c=a", "c=b", "c=c")
    X = fitted.matrix(features)
    assert X.var(axis=0).sum() == pytest.approx(1.0)
    # A level never seen before is none of them, not an error.
    new = fitted.matrix(pd.DataFrame({"c": ["z"]}))
    assert new[0] == pytest.approx(-np.array([0.5, 0.25, 0.25]) / np.sqrt(0.25 + 2 * 0.1875))


def test_missing_categories_follow_their_policy(describe):
    features = table(c=pd.Series(["a", None, "a", "b"], dtype="str"))
    unknown = fit_transforms(features, describe(("c", "category", "none", "unknown")), ALL)
    assert unknown.columns == ("c=(unknown)", "c=a", "c=b")
    imputed = fit_transforms(features, describe(("c", "category", "none", "impute")), ALL)
    assert imputed.features[0].fill == "a"
    assert (imputed.matrix(features)[1] == imputed.matrix(features)[0]).all()


def test_a_rare_level_does_not_outweigh_everything(describe):
    features = table(c=["a"] * 999 + ["b"])
    fitted = fit_transforms(features, describe(("c", "category", "none", "refuse")), ALL)
    X = fitted.matrix(features)
    assert np.sqrt(((X[0] - X[-1]) ** 2).sum()) == pytest.approx(2.0)


def test_only_the_most_common_levels_are_told_apart(describe):
    features = table(c=[f"level {place:02d}" for place in range(25)] + ["level 24"])
    fitted = fit_transforms(features, describe(("c", "category", "none", "refuse")), ALL)
    assert len(fitted.columns) == 20
    assert "c=level 24" in fitted.columns
    assert fitted.findings == (
        "c has 25 levels; the 20 most common are told apart, the others count as none of them.",
    )


def test_an_ordered_category_is_its_place(describe):
    values = pd.Series(["low", "high", None, "mid"], dtype="str")
    dictionary = describe(("o", "ordered", "none", "impute"))
    levels = ["low", "mid", "high"]
    by_argument = fit_transforms(table(o=values), dictionary, ALL, levels={"o": levels})
    typed = values.astype(pd.CategoricalDtype(levels, ordered=True))
    by_type = fit_transforms(table(o=typed), dictionary, ALL)
    assert by_type == by_argument
    places = by_type.features[0].raw_columns(pd.Series(["low", "high", "other", "mid"]))
    assert places[:, 0].tolist() == [1, 3, 2, 2]


def test_an_ordered_category_of_numbers_is_a_number(describe):
    fitted = fit_transforms(table(o=[1, 2, 5]), describe(("o", "ordered", "none", "refuse")), ALL)
    assert fitted.features[0].kind == "number"


def test_flags_are_text_and_numbers_alike(describe):
    assert as_text(pd.Series([True, False])).tolist() == ["true", "false"]
    features = table(f=[True, False, True])
    as_number = fit_transforms(features, describe(("f", "number", "none", "refuse")), ALL)
    assert as_number.features[0].raw_columns(features["f"])[:, 0].tolist() == [1, 0, 1]
    as_category = fit_transforms(features, describe(("f", "category", "none", "refuse")), ALL)
    assert as_category.columns == ("f=false", "f=true")


def test_features_that_do_not_vary_are_left_out_and_told(describe):
    features = table(
        x=[1.0, 2.0, 3.0],
        same=[7.0, 7.0, 7.0],
        empty=[np.nan] * 3,
        one=["a", "a", "a"],
        none=pd.Series([None] * 3, dtype="str"),
    )
    fitted = fit_transforms(
        features,
        describe(
            ("x", "number", "none", "refuse"),
            ("same", "number", "log", "refuse"),
            ("empty", "number", "none", "impute"),
            ("one", "category", "none", "refuse"),
            ("none", "category", "none", "impute"),
        ),
        ALL,
    )
    assert fitted.names == ("x",)
    assert fitted.findings == (
        "same has one value only and was left out.",
        "empty is empty for every customer and was left out.",
        "one has one value only and was left out.",
        "none has no values and was left out.",
    )


def test_values_that_differ_only_beyond_the_cut_offs_are_left_out(describe):
    features = table(x=[0.0] * 999 + [5.0], y=np.arange(1000.0))
    dictionary = describe(("x", "number", "log", "refuse"), ("y", "number", "none", "refuse"))
    fitted = fit_transforms(features, dictionary, ClusterParams())
    assert fitted.names == ("y",)


def test_a_feature_that_is_the_same_after_its_transform_is_left_out(describe):
    features = table(x=[-2.0, -1.0], y=[1.0, 2.0])
    dictionary = describe(("x", "number", "log", "refuse"), ("y", "number", "none", "refuse"))
    fitted = fit_transforms(features, dictionary, ALL)
    assert fitted.names == ("y",)
    assert fitted.findings == ("x hardly varies after its transform and was left out.",)


def test_only_active_customers_are_learned_from(describe):
    features = table(x=[1.0, 2.0, 3.0, 1e6]).assign(state=["ACTIVE"] * 3 + ["NEW"])
    fitted = fit_transforms(features, describe(("x", "number", "none", "refuse")), ALL)
    assert fitted.features[0].high == 3.0


def test_nothing_is_changed_in_place(customers, dictionary):
    features = customers(200)
    before = features.copy(deep=True)
    fit_transforms(features, dictionary, ALL).matrix(features)
    pd.testing.assert_frame_equal(features, before)


def test_refused_missing_values_stop_with_count_and_fix(describe):
    features = table(x=[1.0] * 7 + [np.nan] * 3, y=[np.nan] * 4 + [2.0] * 6)
    dictionary = describe(("x", "number", "none", "refuse"), ("y", "number", "none", "refuse"))
    with pytest.raises(ContractError) as caught:
        fit_transforms(features, dictionary, ALL)
    assert codes(caught) == ["missing_values"]
    assert "features.x: 3 of 10 active customers have no value" in str(caught.value)
    assert "features.y: 4 of 10" in str(caught.value)
    assert "cluster.missing.x" in str(caught.value)


@pytest.mark.parametrize(
    ("values", "kind", "code"),
    [
        (["a", "b", "c"], "number", "wrong_type"),
        ([1.0, np.inf, 2.0], "number", "not_finite"),
        (["a", "b", "c"], "ordered", "levels_unknown"),
        ([4.0, 4.0, 4.0], "number", "no_features"),
    ],
)
def test_columns_that_cannot_be_used(describe, values, kind, code):
    with pytest.raises(ContractError) as caught:
        fit_transforms(table(x=values), describe(("x", kind, "none", "impute")), ALL)
    assert codes(caught) == [code]


def test_an_ordered_value_outside_its_levels_is_missing(describe):
    dictionary = describe(("o", "ordered", "none", "refuse"))
    with pytest.raises(ContractError, match="1 of 3 active customers have no value"):
        fit_transforms(table(o=["a", "b", "z"]), dictionary, ALL, levels={"o": ["a", "b"]})


def test_all_faults_at_once_with_a_suggestion(describe):
    params = ClusterParams(transforms={"monetry": "log"}, weights={"zzz": 2})
    rows = [(name, "number", "log", "refuse") for name in ("monetary", "gone")]
    with pytest.raises(ContractError) as caught:
        fit_transforms(table(monetary=[1.0, 2.0]), describe(*rows), params)
    assert codes(caught) == ["missing_column", "unknown_feature"]
    assert "Did you mean monetary?" in str(caught.value)
    assert "cluster.weights.zzz" in str(caught.value)


def test_the_hash_follows_the_segmenting_part_only(describe):
    dictionary = describe(("x", "number", "none", "refuse"))
    other = pd.concat([dictionary, dictionary.assign(name="y", role="descriptor")])
    assert dictionary_hash(other) == dictionary_hash(dictionary)
    assert dictionary_hash(dictionary.assign(transform="log")) != dictionary_hash(dictionary)


def test_smoothing_spreads_counts_before_the_transform(customers, dictionary):
    features = active(customers(300))
    fitted = fit_transforms(features, dictionary, ALL)
    plain, smooth = fitted.matrix(features), smoothed_matrix(fitted, features, seed=1)
    place = {name: column for column, name in enumerate(fitted.columns)}
    assert len(np.unique(plain[:, place["frequency"]])) < 40
    assert len(np.unique(smooth[:, place["frequency"]])) > 250
    assert (smooth[:, place["monetary"]] == plain[:, place["monetary"]]).all()
    assert (smooth[:, place["channel=web"]] == plain[:, place["channel=web"]]).all()
    assert (smooth == smoothed_matrix(fitted, features, seed=1)).all()


def test_smoothing_without_numbers_changes_nothing(describe):
    features = table(c=["a", "b", "a"])
    fitted = fit_transforms(features, describe(("c", "category", "none", "refuse")), ALL)
    assert (smoothed_matrix(fitted, features, seed=1) == fitted.matrix(features)).all()
