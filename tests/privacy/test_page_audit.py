"""The audit of pages finds what it is for, and nothing on pages that tell of no few people."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.profile.journeys import shown_funnel
from segmentation_lib.report import funnel, sentences, table
from tests.privacy.page_audit import few_people_on, tables_of

SAID = {"alt": "How far they came.", "caption": "How far they came."}


def page(*parts) -> str:
    body = "".join(part.__html__() if hasattr(part, "__html__") else part for part in parts)
    return f"<!doctype html><html><body>{body}</body></html>"


def of(columns, *rows) -> str:
    return page(table(pd.DataFrame(list(rows), columns=columns), caption="A table"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (of(["rule", "customers"], ("Staff", 4), ("Kept", 90)), ["customers: 4"]),
        (of(["rule", "customers"], ("Staff", "<10"), ("Kept", "90")), []),
        (page(sentences(["It went on for 3 customers of S01."])), ["said: 3 customers"]),
        (page(sentences(["It went on for 1,203 customers, 13 people and S03 people."])), []),
        (page('<img alt="In all, 2 people stopped.">'), ["said: 2 people"]),
    ],
)
def test_a_count_of_a_few_is_found_in_tables_sentences_and_words_of_pictures(text, found):
    assert few_people_on(text) == found


def test_a_share_beside_its_base_is_a_count():
    frame = pd.DataFrame(
        [("2025Q1", 100, 0.96), ("2025Q2", 100, 0.5)], columns=["cohort", "customers", "active"]
    )
    shown = table(frame, caption="Cohorts", formats={"active": "percent1"})
    assert few_people_on(page(shown)) == ["active 96.0% of 100: 4"]


def test_one_step_less_the_next_is_a_count():
    frame = pd.DataFrame(
        [("Buy", "customers", "S01", step, what, 500, reached, reached)
         for step, what, reached in ((1, "view", 158), (2, "buy", 157))],
        columns=["funnel", "counted", "segment_id", "step", "event", "base", "reached", "did"],
    )  # fmt: skip
    told = frame.rename(columns={"segment_id": "segment", "reached": "people_in_this_order"})
    told = told[["segment", "step", "people_in_this_order"]]
    assert few_people_on(page(table(told, caption="Raw"))) == [
        "people in this order of S01: 1 fewer"
    ]
    shown = page(funnel(shown_funnel(frame), **SAID))
    (numbers,) = tables_of(shown)
    assert numbers[0][:3] == ["Segment", "Step", "What they did"]
    assert [row[4] for row in numbers[1:]] == ["160", "160"]
    assert few_people_on(shown) == []
