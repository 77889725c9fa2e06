"""Distinctive words: exact counts, people and not tokens, and nothing in shuffled answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.voice.distinctive import distinctive_words
from tests.profile.voice.conftest import crowd, told

FIRST = ["The voucher code failed.", "Nice shop."]
SECOND = ["Fast rider tonight.", "Nice shop."]


def both(each: int = 20) -> pd.DataFrame:
    return told(*crowd("S01", FIRST, each=each), *crowd("S02", SECOND, each=each))


def test_planted_words_are_found_with_their_counts():
    words = distinctive_words(both())
    assert set(words["segment_id"]) == {"S01", "S02"}
    first = words[words["segment_id"] == "S01"].set_index("word")
    assert set(first.index) == {
        "voucher", "code", "failed", "voucher code", "code failed",
    }  # fmt: skip
    assert first.loc["voucher", ["customers", "share", "rest_share"]].tolist() == [20, 0.5, 0.0]
    assert first.loc["voucher", "p_corrected"] < 1e-3
    # All five are used by the same people: one is shown, a pair before single words.
    assert first.index[first["shown"]].tolist() == ["code failed"]
    assert "nice" not in set(words["word"])


def test_a_word_that_one_person_repeats_counts_once():
    rows = crowd("S01", ["zebra " * 50], each=4) + crowd("S01", ["plain"], each=30)
    rows += crowd("S02", ["plain"], each=40)
    assert distinctive_words(told(*rows)).empty


def test_of_several_answers_of_a_customer_the_latest_with_words_counts():
    both_times = pd.concat([both(), both()], ignore_index=True)
    pd.testing.assert_frame_equal(distinctive_words(both_times), distinctive_words(both()))
    before = both().assign(answered_at=pd.Timestamp("2025-01-01"), comment="zebra today")
    after = both().assign(answered_at=pd.Timestamp("2025-09-01"), comment="")
    mixed = pd.concat([after, both(), before], ignore_index=True)
    pd.testing.assert_frame_equal(distinctive_words(mixed), distinctive_words(both()))


def test_who_writes_more_has_no_word_for_that():
    rng = np.random.default_rng(3)
    words = np.array([f"{first}{second}or" for first in "bdfglmnrst" for second in "aeiou"])
    rows = [
        (f"c{i:03}", f"S0{1 + i % 3}", " ".join(rng.choice(words, 24 if i % 3 == 0 else 6)))
        for i in range(300)
    ]
    assert distinctive_words(told(*rows)).empty
    # Over and above what the others write, one more word is a word of the segment.
    own = [(*row[:2], f"{row[2]} zebra") if i % 6 == 0 else row for i, row in enumerate(rows)]
    assert set(distinctive_words(told(*own))["word"]) == {"zebra"}


def test_fewest_people_can_be_asked_for():
    rows = crowd("S01", ["zebra"], each=6) + crowd("S02", ["plain"], each=60)
    assert set(distinctive_words(told(*rows))["word"]) >= {"zebra"}
    assert "zebra" not in set(distinctive_words(told(*rows), least_people=7)["word"])


def test_words_that_other_people_use_are_shown_beside_each_other():
    rows = crowd("S01", ["voucher trouble", "returned shoes"], each=20)
    rows += crowd("S02", ["plain goods"], each=60)
    words = distinctive_words(told(*rows))
    shown = words[words["shown"] & (words["segment_id"] == "S01")].sort_values("place")
    assert shown["word"].tolist() == ["returned shoes", "voucher trouble"]
    assert shown["place"].tolist() == [1, 2]
    fewer = distinctive_words(told(*rows), most=1)
    assert fewer.groupby("segment_id")["shown"].sum().max() == 1


@pytest.mark.parametrize(
    "answers",
    [
        told(),
        told(("a", "S01", "")),
        told(*crowd("S01", FIRST, each=20)),
        told(("a", "S01", "hello there"), ("b", "S02", "good day")),
    ],
)
def test_too_little_gives_an_empty_table(answers: pd.DataFrame):
    words = distinctive_words(answers)
    assert words.empty
    assert "p_corrected" in words.columns


def test_shuffled_segments_have_no_words():
    rng = np.random.default_rng(5)
    answers = pd.concat([both(30)] * 1, ignore_index=True)
    found = 0
    for _ in range(20):
        shuffled = answers.assign(segment_id=rng.permutation(answers["segment_id"].to_numpy()))
        found += int(len(distinctive_words(shuffled)) > 0)
    assert found <= 2


def test_the_order_of_answers_changes_nothing():
    answers = both()
    pd.testing.assert_frame_equal(distinctive_words(answers), distinctive_words(answers[::-1]))
