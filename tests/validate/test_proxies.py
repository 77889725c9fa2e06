"""Segments that stand for a protected attribute are found, told, and stop the scorecard."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.params.governance import Protected, read_governance
from segmentation_lib.validate.gates.privacy import privacy_gate
from segmentation_lib.validate.proxies import proxy_sentences, proxy_table, published_proxies
from tests.params.test_governance import TEXT

GOVERNANCE = read_governance(TEXT).values
AGE = Protected(column="age", name="age group", bands=(30, 60))
CONSENT = pd.DataFrame({"customer_id": ["a"], "marketing_consent": [True]})


def customers(told: float, n: int = 900, seed: int = 1) -> pd.DataFrame:
    """Customers of three ages; a share of them is in the segment of their age."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    place = np.where(rng.random(n) < told, group, rng.integers(0, 3, n))
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "segment_id": [f"S0{i + 1}" for i in place],
            "age": np.array([20.0, 45.0, 70.0])[group],
        }
    )


@pytest.fixture(scope="module")
def red() -> pd.DataFrame:
    return proxy_table(customers(0.8), [AGE], seed=1)


def test_a_planted_proxy_is_red(red):
    assert red["level"].tolist() == ["30 to under 60", "60 and over", "under 30"]
    assert red["verdict"].tolist() == ["red"] * 3
    assert red.set_index("level")["segment_id"].to_dict() == {
        "under 30": "S01", "30 to under 60": "S02", "60 and over": "S03",
    }  # fmt: skip
    assert red["customers"].sum() == 900
    assert (red["told"] > 0.8).all()
    (sentence,) = proxy_sentences(red, {"S01": "S01 (Regulars)"})
    assert sentence.startswith(
        "The segments tell much about age group: a guess from the segment alone is right for 8"
    )
    assert "In S01 (Regulars), 8" in sentence
    same = proxy_table(customers(0.8).sample(frac=1, random_state=4), [AGE], seed=1)
    pd.testing.assert_frame_equal(same, red)


def test_the_page_shows_each_group_but_no_share_of_a_few(red):
    shown = published_proxies(red)
    assert shown["told"].tolist() == ["much"] * 3
    assert shown["group"].tolist() == red["level"].tolist()
    there = red["in_segment"] / red["segment_customers"]
    assert shown["share_there"].tolist() == pytest.approx(there.tolist())
    few = red.assign(in_segment=[9, 200, 200], segment_customers=[200, 209, 260])
    assert published_proxies(few)["share_there"].isna().tolist() == [True, True, False]
    (sentence,) = proxy_sentences(few.assign(in_segment=9))
    assert " In S0" not in sentence
    untested = red.assign(verdict="not tested")
    assert published_proxies(untested).empty


def test_segments_that_have_nothing_to_do_with_it_pass():
    table = proxy_table(customers(0.0), [AGE], seed=1)
    assert table["verdict"].tolist() == ["none found"] * 3
    assert proxy_sentences(table)[0].startswith("The segments tell little about age group")


def test_few_customers_and_missing_columns_are_not_tested():
    few = customers(0.8, n=60).assign(religion=["x"] * 57 + ["y"] * 3)
    table = proxy_table(few, [Protected(column="religion"), Protected(column="origin")], seed=1)
    assert table["verdict"].tolist() == ["not tested", "not tested"]
    assert proxy_sentences(table)[1] == (
        "Whether a segment tells origin was not tested: the features hold no such column; name it "
        "under descriptors."
    )


def test_small_levels_are_joined_and_missing_values_left_out():
    frame = customers(0.0).assign(age=np.nan, region=["a"] * 440 + ["b"] * 420 + list("cdef") * 10)
    frame.loc[0, "region"] = None
    table = proxy_table(frame, [Protected(column="region")], seed=1)
    assert table.set_index("level")["customers"].to_dict() == {"a": 439, "b": 420, "other": 40}


def test_without_a_file_nothing_is_assessed():
    assert privacy_gate().verdict == "not assessed"
    assert privacy_gate(consent=CONSENT).sentence.startswith("Exports leave out every customer")


def test_red_stops_unless_it_is_signed_off_for_the_quarter(red):
    stop = privacy_gate(red, GOVERNANCE, period="2025Q4", consent=CONSENT)
    assert stop.verdict == "no-go"
    assert "Nobody has signed off age group in governance.yaml." in stop.sentence
    signed = privacy_gate(red, GOVERNANCE, period="2025Q3", consent=CONSENT)
    assert signed.verdict == "limits"
    assert "Data protection officer accepts this for age group: Known." in signed.sentence
    assert signed.value.startswith("largest AUC 0.")


def test_the_sentence_tells_findings_and_else_that_there_is_none(red):
    calm = red.assign(attribute="region", words="region", verdict="none found", auc=0.5)
    both = privacy_gate(pd.concat([red, calm]), GOVERNANCE, period="2025Q3", consent=CONSENT)
    assert "age group" in both.sentence
    assert "region" not in both.sentence
    assert "little about region" in privacy_gate(calm, GOVERNANCE, consent=CONSENT).sentence


def test_amber_limits_and_clean_passes(red):
    amber = red.assign(verdict="amber", auc=0.65)
    assert privacy_gate(amber, GOVERNANCE, period="2025Q4", consent=CONSENT).verdict == "limits"
    clean = red.assign(verdict="none found", auc=0.52)
    assert privacy_gate(clean, GOVERNANCE, consent=CONSENT).verdict == "go"
    assert privacy_gate(clean, GOVERNANCE).verdict == "limits"
    assert privacy_gate(clean.iloc[:0], GOVERNANCE, consent=CONSENT).verdict == "limits"


def test_somebody_who_opted_out_in_an_export_is_no_go(red):
    gate = privacy_gate(red, GOVERNANCE, period="2025Q3", opted_out_exported=2)
    assert (gate.verdict, gate.value) == ("no-go", "2 customers who said no in an export")
