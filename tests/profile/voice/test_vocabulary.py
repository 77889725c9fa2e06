"""The words of an answer: pairs within a clause, without stop words and masks."""

from __future__ import annotations

from segmentation_lib.profile.voice.vocabulary import answer_length, answer_words


def test_pairs_do_not_cross_clauses_or_stop_words():
    assert answer_words("Good discount, but the size was wrong") == {
        "good", "discount", "good discount", "size", "wrong",
    }  # fmt: skip


def test_case_repeats_and_masks_do_not_count():
    assert answer_words("Points! points? [e-mail] POINTS") == {"points"}


def test_a_pair_with_not_is_kept_whole():
    assert "not work" in answer_words("It did not work")
    assert "not" not in answer_words("It did not work")


def test_without_a_language_all_words_count():
    assert answer_words("der Gutschein war gut", language="none") >= {
        "der", "der gutschein", "war gut",
    }  # fmt: skip


def test_hyphens_and_apostrophes_belong_to_words():
    assert answer_words("same-day delivery isn’t cheap") == {
        "same-day", "delivery", "same-day delivery", "cheap",
    }  # fmt: skip


def test_numbers_and_nothing_give_nothing():
    assert answer_words("10 / 10, 24") == frozenset()
    assert answer_words("") == frozenset()


def test_the_length_of_an_answer_counts_repeats_and_leaves_out_stop_words():
    assert answer_length("Fast, fast rider! It was a fast rider.") == (5, 2)
    assert answer_length("10 / 10") == (0, 0)
