"""Quotes: nearest to the distinctive words, masked ones last, with source and number."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.params.qualitative import CuratedQuote
from segmentation_lib.profile.voice.distinctive import distinctive_words
from segmentation_lib.profile.voice.quotes import curated_quotes, representative_quotes
from tests.profile.voice.conftest import crowd, told

ANSWERS = told(
    *crowd("S01", ["The voucher code failed at the till.", "Those returned shoes again."], each=20),
    *crowd("S02", ["Nothing much to say about it."], each=60),
)


def quotes(answers: pd.DataFrame, **options: int) -> pd.DataFrame:
    return representative_quotes(answers, distinctive_words(answers), **options)


def test_each_quote_says_something_new():
    table = quotes(ANSWERS)
    first = table[table["segment_id"] == "S01"]
    assert set(first["quote"]) == {
        "The voucher code failed at the till.", "Those returned shoes again.",
    }  # fmt: skip
    assert first["place"].tolist() == [1, 2]
    assert first[["source", "n", "period", "origin"]].drop_duplicates().to_numpy().tolist() == [
        ["Customer survey", 40, "2025Q3", "survey"]
    ]
    # What more could be quoted would only repeat it.
    assert len(quotes(ANSWERS, most=5).query("segment_id == 'S01'")) == 2
    assert len(quotes(ANSWERS, most=1).query("segment_id == 'S01'")) == 1


def test_answers_without_masks_are_taken_first():
    rows = crowd("S01", ["[name]: the voucher code failed."], each=20)
    rows += crowd("S01", ["Sadly, the voucher code failed when I was shopping with you."], each=1)
    answers = told(*rows, *crowd("S02", ["Nothing much to say about it."], each=60))
    assert quotes(answers, most=1)["quote"].iloc[0].startswith("Sadly")


def test_answers_that_may_name_someone_are_not_quoted():
    named = [f"The voucher code of {name} failed." for name in ("Wilhelmina", "Ada", "Grace")]
    rows = crowd("S01", [*named, "The voucher code I had at Christmas failed."], each=4)
    others = crowd("S02", ["I say nothing much at Christmas."], each=60)
    answers = told(*rows, *others)
    assert quotes(answers)["quote"].str.contains("Christmas").all()
    only = told(*crowd("S01", named, each=4), *others)
    assert "S01" not in set(quotes(only)["segment_id"])
    # In other languages every noun may have a capital.
    plain = representative_quotes(only, distinctive_words(only), language="none")
    assert "S01" in set(plain["segment_id"])


def test_short_and_long_answers_are_not_quoted():
    rows = crowd("S01", ["voucher code", "voucher code " * 40], each=20)
    answers = told(*rows, *crowd("S02", ["Nothing much to say about it."], each=60))
    assert "S01" not in set(quotes(answers)["segment_id"])


def test_a_segment_of_few_writers_or_without_words_is_not_quoted():
    rows = crowd("S01", ["The voucher code failed."], each=9)
    answers = told(*rows, *crowd("S02", ["Nothing much to say about it."], each=60))
    assert "S01" not in set(quotes(answers)["segment_id"])
    assert "S01" in set(quotes(answers, small_cell=9)["segment_id"])
    same = told(*crowd("S01", ["All is well here."], each=30),
                *crowd("S02", ["All is well here."], each=30))  # fmt: skip
    assert quotes(same).empty


def test_collected_quotes_are_masked_and_dated_by_quarter():
    curated = [
        CuratedQuote(segment="S02", quote="Mail me: a@example.com", source="Calls", n=3,
                     date="2025-05-17"),
        CuratedQuote(segment="S01", quote="I wait.", source="Interviews", n=8, date="2025"),
    ]  # fmt: skip
    table = curated_quotes(curated)
    assert table.to_numpy().tolist() == [
        ["S01", "I wait.", "Interviews", 8, "2025", "curated", 1],
        ["S02", "Mail me: [e-mail]", "Calls", 3, "2025Q2", "curated", 1],
    ]
    assert curated_quotes([]).empty
