"""The page's table and sentences: shares where they may be told, marks where they may not."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement.audiences import audience_sentences, published_audiences

NAMES = {"S01": "Regulars"}


def _table(*rows, kappa=0.95):
    """Rows of segment, verdict, customers, picked, found, and customers and found later."""
    table = pd.DataFrame(
        rows,
        columns=["segment_id", "verdict", "customers", "picked", "found", "next_customers",
                 "next_found"],
    )  # fmt: skip
    table["precision"] = table["found"] / table["picked"]
    table["recall"] = table["found"] / table["customers"]
    table["next_recall"] = table["next_found"] / table["next_customers"]
    return table.assign(rule="buys often", kappa=kappa)


PLAIN = _table(("S01", "audience", 200, 220, 180, 200, 170),
               ("S02", "explanation only", 300, 280, 210, 300, 240))  # fmt: skip


def test_shares_of_many_are_shown():
    assert published_audiences(PLAIN, NAMES).to_dict("list") == {
        "segment": ["S01 (Regulars)", "S02"],
        "rule": ["buys often"] * 2,
        "finds": ["90%", "70%"],
        "right": ["82%", "75%"],
        "use": ["audience", "to explain"],
    }


def test_a_few_who_are_missed_are_not_counted_and_the_rest_does_not_give_them_back():
    table = _table(
        ("S01", "audience", 200, 230, 197, 200, 170),
        ("S02", "audience", 300, 330, 270, 300, 240),
        ("S03", "audience", 400, 480, 360, 400, 340),
        ("S04", "audience", 400, 340, 340, 400, 340),
    )
    shown = published_audiences(table, {})
    assert shown["finds"].tolist() == ["all but <10", "hidden", "90%", "85%"]
    # Nobody wrongly picked is no small count.
    assert shown["right"].tolist() == ["86%", "82%", "75%", "100%"]


def test_a_share_of_few_or_with_few_found_is_not_shown():
    table = _table(
        ("S01", "explanation only", 9, 90, 8, 9, 9),
        ("S02", "explanation only", 300, 7, 6, 300, 9),
        ("S03", "explanation only", 300, 60, 4, 0, 0),
        ("S04", "explanation only", 300, 400, 100, 30, 20),
        ("S05", "explanation only", 0, 0, 0, 0, 0),
    )
    shown = published_audiences(table, {})
    assert shown["finds"].tolist()[:3] == ["–"] * 3
    assert shown["right"].tolist() == ["–", "–", "–", "25%", "–"]


def test_what_is_found_comes_first_with_the_least_of_the_rules():
    said = audience_sentences(PLAIN, NAMES)
    assert said == [
        "1 of 2 segments can be targeted by a short rule; each of these rules finds 90% or more of "
        "its segment (least: S01 (Regulars)).",
        "On customers they were not made from, rules and segments agree 95% of the way from pure "
        "chance to always (kappa 0.95).",
        "For S02, use the tags of the customer file, or the exact SQL: its short rule misses too "
        "many or lets in too many. The short rule only explains.",
        "Rules made a quarter earlier still found 80% or more of each segment (least: S02).",
    ]


def test_no_sentence_tells_of_a_few():
    near = _table(("S01", "audience", 200, 203, 199, 200, 199),
                  ("S02", "audience", 300, 297, 296, 300, 298), kappa=0.98)  # fmt: skip
    assert audience_sentences(near, NAMES) == [
        "2 of 2 segments can be targeted by a short rule; each of these rules finds 80% or more of "
        "its segment.",
        "On customers they were not made from, rules and segments agree on nearly everybody: in no "
        "segment do 10 or more differ.",
        "Rules made a quarter earlier still found 80% or more of each segment.",
    ]
    text = " ".join(audience_sentences(near, NAMES))
    assert not any(share in text for share in ("98", "99", "100%"))


def test_nothing_is_said_of_nothing():
    none = _table(("S01", "explanation only", 200, 100, 80, 200, 90),
                  ("S02", "explanation only", 200, 200, 150, 200, 90), kappa=0.5)  # fmt: skip
    said = audience_sentences(none, NAMES)
    assert said[0].startswith("No segment can be targeted by a short rule (0 of 2 segments)")
    assert "For S01 (Regulars) and S02" in said[2]
    assert "agree too little" in said[2]
    assert "withholds" in audience_sentences(None, {})[0]
    assert audience_sentences(none.iloc[:0], {}) == [
        "There are no segments, so there are no audiences."
    ]
