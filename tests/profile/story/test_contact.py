"""How to meet a segment, and what it values: from whatever columns the data have."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.profile.story import quarter_evidence, three_questions
from segmentation_lib.profile.story.contact import ways_of
from segmentation_lib.profile.story.preferences import preferences
from segmentation_lib.profile.story.subjects import subject_of

Row = tuple[str, str, float, float, float]


def traits(*rows: Row, customers: int = 500, **columns) -> pd.DataFrame:
    """Traits of S01 from feature, unit, mean, base mean and difference."""
    names = ["feature", "unit", "mean", "base_mean", "difference"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(segment_id="S01", role="descriptor", customers=customers, **columns)


def marker(feature: str, level: str, count: int, rest_count: int) -> dict[str, object]:
    return {"segment_id": "S01", "feature": feature, "level": level, "customers": 500,
            "count": count, "share": count / 500, "rest_customers": 2000, "rest_count": rest_count,
            "rest_share": rest_count / 2000, "marker": True}  # fmt: skip


def test_the_way_used_more_than_by_all_is_named_though_another_is_commoner():
    table = traits(
        ("device_share_desktop", "share", 0.49, 0.52, -0.3),
        ("device_share_phone", "share", 0.3, 0.2, 0.4),
        ("device_share_tablet", "share", 0.21, 0.18, 0.5),
        ("device_share_other", "share", 0.4, 0.1, 0.9),
    )
    found = ways_of("S01", {"traits": table})
    assert found.claims == ("30% of their events happen on phone (20% of all)",)
    assert found.stands_out
    assert found.evidence == ("traits:S01:device_share_phone:mean",
                              "traits:S01:device_share_phone:base_mean")  # fmt: skip


def test_where_nothing_is_above_all_no_way_stands_out():
    table = traits(
        ("device_share_desktop", "share", 0.49, 0.52, -0.3),
        ("device_share_phone", "share", 0.27, 0.25, 0.1),
        ("channel_share_web", "share", 0.9, 0.8, 0.5),
        stable=[True, False, False],
    )
    found = ways_of("S01", {"traits": table})
    assert not found.stands_out
    assert found.claims == (
        "no way of contact stands out: 90% of their orders come by web (80% of all) and 49% of "
        "their events happen on desktop (52% of all), much as of all customers",
    )
    answers = three_questions(["S01"], {"traits": table})
    reach = answers[answers["question"] == "reach"].iloc[0]
    assert reach["answer"].startswith("No way of contact stands out: 90% of")
    assert reach["grade"] == "association"


def test_a_difference_whose_interval_holds_nothing_is_no_preference():
    table = traits(
        ("device_share_phone", "share", 0.4, 0.3, 0.5), stable=True, difference_high=0.9,
        difference_low=-0.01,
    )  # fmt: skip
    assert not ways_of("S01", {"traits": table}).stands_out
    assert ways_of("S01", {"traits": table.assign(difference_low=0.1)}).stands_out


def test_a_few_customers_have_no_way():
    table = traits(("device_share_phone", "share", 1.0, 0.1, 3.0), customers=9)
    assert ways_of("S01", {"traits": table}).claims == ()


def test_columns_of_ones_own_and_attributes_tell_of_contact_too():
    table = traits(
        ("store_orders", "", 8.0, 5.0, 0.9), ("web_visits", "", 7.0, 6.0, 0.4),
        ("catalogue_orders", "", 1.0, 3.0, -0.9), ("wine", "", 600.0, 300.0, 1.0),
    )  # fmt: skip
    assert ways_of("S01", {"traits": table}).claims == (
        "they have more store orders (8.00, all 5.00)",
    )
    attributes = pd.DataFrame(
        [marker("preferred_channel", "sms", 250, 400), marker("region", "North", 400, 500),
         marker("acquisition_channel", "paid", 400, 100)]
    )  # fmt: skip
    found = {"traits": table.head(0), "markers": attributes}
    assert ways_of("S01", found).claims == ()
    found["traits"] = table.tail(1)
    assert ways_of("S01", found).claims == (
        "50% of them have preferred channel: sms (20% of all others)",
    )
    declared = {"acquisition_channel": "reach"}
    assert "acquisition channel: paid" in ways_of("S01", found, declared=declared).claims[0]


def test_events_of_an_app_are_no_way_of_contact():
    table = traits(("event_rate_app_open", "per 30 days", 2.0, 1.0, 0.9))
    assert ways_of("S01", {"traits": table}).claims == ()


def test_what_is_valued_comes_from_columns_of_ones_own_and_attributes():
    table = traits(
        ("wine", "", 600.0, 300.0, 1.0), ("meat", "", 250.0, 170.0, 0.6),
        ("fish", "", 10.0, 40.0, -1.5), ("income", "", 90.0, 50.0, 2.0),
        ("weekend_share", "share", 0.6, 0.3, 0.3),
    )  # fmt: skip
    text, ids = preferences("S01", {"traits": table}) or ("", ())
    assert text == (
        "What is known of them shows it: more wine (600 against 300 for all) and more meat (250 "
        "against 170 for all)."
    )
    assert ids[0] == "traits:S01:wine:mean"
    attributes = pd.DataFrame([marker("diet", "vegan", 300, 8), marker("city", "Bath", 400, 100)])
    found = {"traits": table.tail(1), "markers": attributes}
    text, ids = preferences("S01", found) or ("", ())
    assert text == (
        "What is known of them shows it: diet: vegan (60% against fewer than 10 people of all "
        "others) and high weekend share (60% against 30% for all)."
    )
    assert all(name in quarter_evidence(found) for name in ids)


def test_a_preference_of_the_catalogue_counts_to_both_sides_and_an_own_column_upwards_only():
    table = traits(("discount_share", "share", 0.05, 0.3, -0.8), ("wine", "", 10.0, 300.0, -2.0))
    text, _ = preferences("S01", {"traits": table}) or ("", ())
    assert text == (
        "What they buy shows it: full-price (share bought at a discount: 5.0% against 30% for all)."
    )
    assert preferences("S01", {"traits": table.tail(1)}) is None
    assert preferences("S01", {}) is None


@pytest.mark.parametrize(
    ("feature", "subject"),
    [
        ("recency", ""), ("monetary", ""), ("marital_status", ""), ("plan=basic", ""),
        ("sweets", "value"), ("favourite_brand=A", "value"), ("deals", "value"),
        ("email_opens", "reach"), ("web_orders", "reach"), ("acquisition_channel=paid", ""),
    ],
)  # fmt: skip
def test_names_tell_what_a_column_speaks_of(feature, subject):
    assert subject_of(feature) == subject


def test_consent_alone_leaves_the_question_of_ways_open():
    consent = pd.DataFrame(
        {"segment_id": ["S01"], "customers": [500], "allowed": [4], "allowed_share": [0.008]}
    )
    answers = three_questions(["S01"], {"consent": consent})
    reach = answers[answers["question"] == "reach"]
    assert reach[["answer", "grade"]].to_numpy().tolist() == [
        ["Fewer than 10 people of them allow marketing.", "association"],
        ["Not known: the data hold no channel or device. Ask them, or record it with orders and "
         "events.", "open"],
    ]  # fmt: skip
