"""The voice as a whole: which answers count for what, and what is said when there are none."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.params.qualitative import CuratedQuote
from segmentation_lib.profile.voice import NO_EVIDENCE, Voice, customer_voice, placed_answers

WINDOW = Window(date(2025, 7, 1), date(2025, 10, 1))
PLACED = pd.DataFrame(
    {"customer_id": [f"c{i:03}" for i in range(200)],
     "segment_id": ["S01"] * 90 + ["S02"] * 90 + [None] * 20}
)  # fmt: skip


def survey(answered_at: str = "2025-08-15") -> pd.DataFrame:
    comments = ["The voucher code failed. jo@example.com"] * 40 + ["Nice and quick here."] * 50
    comments += ["Wishlist pictures please. c190 said so."] * 40 + ["Nice and quick here."] * 50
    comments += ["Outside of segments."] * 20
    return pd.DataFrame(
        {"customer_id": PLACED["customer_id"], "answered_at": pd.Timestamp(answered_at),
         "nps": [9] * 90 + [2] * 110, "comment": comments}
    )  # fmt: skip


def voice(answers: pd.DataFrame | None, **options: object) -> Voice:
    return customer_voice(answers, PLACED, window=WINDOW, **options)  # type: ignore[arg-type]


def test_words_scores_and_quotes_of_the_quarter():
    found = voice(survey(), ids={"c190"})
    table = found.satisfaction.set_index("segment_id")
    assert table["nps"].tolist() == [100.0, -100.0, 0.0]
    assert table["comments"].tolist() == [90, 90, 180]
    assert found.words_of("S01") == ["code failed"]
    assert [quote["quote"] for quote in found.quotes_of("S01")] == [
        "The voucher code failed. [e-mail]"
    ]
    assert [quote["quote"] for quote in found.quotes_of("S02")] == [
        "Wishlist pictures please. [customer] said so."
    ]
    assert found.sentences["S01"].startswith(
        "90 of 90 customers answered in the quarter (100%). Net Promoter Score: +100 "
    )
    assert "They speak of “code failed” more than all others do." in found.sentences["S01"]


def test_answers_before_the_quarter_give_words_but_no_score():
    found = voice(survey("2025-03-01"))
    assert found.satisfaction["answered"].tolist() == [0, 0, 0]
    assert found.words_of("S01") == ["code failed"]
    assert found.quotes_of("S01")[0]["period"] == "2025Q1"
    assert voice(survey("2025-03-01"), lookback_days=30).sentence == NO_EVIDENCE


@pytest.mark.parametrize("answered_at", ["2025-10-01", "2024-06-30"])
def test_answers_outside_are_not_read(answered_at: str):
    found = voice(survey(answered_at))
    assert found.sentence == NO_EVIDENCE
    assert found.quotes.empty


def test_no_survey_is_said():
    for nothing in (None, survey().iloc[:0]):
        found = voice(nothing)
        assert found.sentence == NO_EVIDENCE
        assert found.sentences == {"S01": NO_EVIDENCE, "S02": NO_EVIDENCE}
        assert found.words.empty
        assert found.quotes.empty


def test_collected_quotes_count_without_a_survey():
    curated = [
        CuratedQuote(segment="S01", quote="I wait for the sale.", source="Interviews", n=8,
                     date="2025Q2"),
        CuratedQuote(segment="S09", quote="Gone.", source="Interviews", n=8, date="2025Q2"),
    ]  # fmt: skip
    found = voice(None, curated=curated)
    assert found.quotes_of("S01") == [
        {"quote": "I wait for the sale.", "source": "Interviews", "n": 8, "period": "2025Q2",
         "origin": "curated"}
    ]  # fmt: skip
    assert found.sentence == "1 quote comes from interviews and the like."
    assert found.sentences["S02"] == NO_EVIDENCE
    assert "S09" not in set(found.quotes["segment_id"])


def test_quotes_can_be_turned_off():
    found = voice(survey(), quotes=False)
    assert found.quotes.empty
    assert found.words_of("S01") == ["code failed"]


def test_no_customer_id_leaves():
    found = voice(survey(), ids=set(PLACED["customer_id"]))
    shown = found.quotes.to_json() + found.words.to_json() + found.satisfaction.to_json()
    assert not any(customer in shown for customer in PLACED["customer_id"])


def test_placed_answers_drop_what_says_nothing():
    answers = pd.DataFrame(
        {"customer_id": ["c000", "c001", "c002", "c199"],
         "answered_at": pd.Timestamp("2025-07-01"), "nps": [11, None, 7, 9],
         "comment": ["  ", None, "", "out"]}
    )  # fmt: skip
    kept = placed_answers(answers, PLACED, WINDOW)
    assert kept[["customer_id", "segment_id", "nps", "comment"]].to_numpy().tolist() == [
        ["c002", "S01", 7.0, ""]
    ]


def test_surveys_may_lack_scores_or_comments():
    scores = voice(survey().drop(columns="comment"))
    assert scores.satisfaction["scored"].tolist() == [90, 90, 180]
    assert scores.words.empty
    words = voice(survey().drop(columns="nps"))
    assert words.words_of("S01") == ["code failed"]
    assert words.satisfaction["nps"].isna().all()


def test_a_row_per_segment_holds_its_words_and_score_and_hides_a_few():
    found = voice(survey())
    table = found.by_segment(names={"S01": "Coupons"})
    assert table["segment_id"].tolist() == ["S01", "S02"]
    assert table["name"].tolist() == ["Coupons", ""]
    assert table["words"].iloc[0] == "“code failed”"
    assert table["nps"].tolist() == [100.0, -100.0]
    assert table["scored"].tolist() == [90, 90]
    assert found.by_segment(small_cell=91)["scored"].isna().all()
    assert voice(None).by_segment()["words"].tolist() == ["", ""]
