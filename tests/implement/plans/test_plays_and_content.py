"""The playbook beside its evidence, and the content library with its gaps."""

from __future__ import annotations

from datetime import date

import pandas as pd

from segmentation_lib.implement.plans.content import (
    content_assets,
    content_coverage,
    content_gaps,
    content_sentences,
    published_coverage,
)
from segmentation_lib.implement.plans.playbook import (
    playbook_sentences,
    playbook_table,
    published_playbook,
)
from segmentation_lib.params.registers import read_content, read_playbook

PLAYS = read_playbook("""\
playbook:
  - {id: P1, segment: S01, trigger: t, message: m, channel: email, owner: o, metric: revenue,
     hypothesis: H1}
  - {id: P2, segment: S02, trigger: t, message: m, channel: app, owner: o, metric: nps,
     hypothesis: H2}
""")
VERDICTS = pd.DataFrame(
    {"hypothesis_id": ["H1", "H2"], "verdict": ["supported", "refuted"],
     "grade": ["experiment", "association"]}
)  # fmt: skip
CONTENT = read_content("""\
content:
  - {id: C1, segment: S01, channel: email, value_proposition: v, asset: a, owner: o,
     expires: 2025-09-30, locale: en-GB}
  - {id: C2, segment: S01, channel: ad, value_proposition: v, asset: a, owner: o,
     expires: 2025-10-01, locale: en-GB}
  - {id: C3, segment: S03, channel: email, value_proposition: v, asset: a, owner: o,
     expires: 2025-01-01, locale: de}
  - {id: C4, segment: (all), channel: page, value_proposition: v, asset: a, owner: o,
     expires: 2026-01-01, locale: en-GB}
""")
VALUE = pd.DataFrame(
    {"segment_id": ["S01", "S02", "S03", "(all)"], "value_index": [120.0, 80.0, 200.0, 100.0]}
)


def test_a_play_carries_the_verdict_it_rests_on():
    table = playbook_table(PLAYS, VERDICTS)
    assert table["verdict"].tolist() == ["supported", "refuted"]
    assert table["advice"].tolist() == [
        "Run it, and measure it against a control group.",
        "Stop or rewrite it: what it rests on was refuted.",
    ]
    sentences = playbook_sentences(table, names={"S01": "A", "S02": "B", "S03": "C"})
    assert sentences == [
        "1 of 2 plays rest on a supported hypothesis, 1 on a refuted one.",
        "P2 for S02 (B) rests on H2, which was refuted: stop or rewrite it.",
        "No play is written for S03 (C).",
    ]
    page = published_playbook(table, names={"S01": "A"})
    assert page["rests_on"].tolist() == ["H1: supported", "H2: refuted"]
    assert page["measure"].tolist() == ["revenue per customer", "Net Promoter Score"]


def test_an_empty_playbook_says_so():
    table = playbook_table(read_playbook(None), VERDICTS)
    assert playbook_sentences(table, names={"S01": "A"})[0].startswith("The playbook is empty")


def test_a_piece_lives_to_the_end_of_its_last_day():
    assets = content_assets(CONTENT, closed=date(2025, 10, 1))
    assert assets["state"].tolist() == ["expired", "live", "expired", "live"]
    assert content_assets(CONTENT, closed=date(2025, 9, 30))["state"].tolist() == [
        "live", "live", "expired", "live",
    ]  # fmt: skip


def test_coverage_counts_segments_by_channels():
    assets = content_assets(CONTENT, closed=date(2025, 10, 1))
    coverage = content_coverage(assets, segments=["S02", "S01", "S03"])
    assert len(coverage) == 9
    states = coverage.pivot(index="segment_id", columns="channel", values="state")
    assert states.loc["S01"].to_dict() == {"ad": "live", "email": "expired", "page": "for all"}
    assert states.loc["S02"].to_dict() == {"ad": "none", "email": "none", "page": "for all"}
    assert states.loc["S03"].to_dict() == {"ad": "none", "email": "expired", "page": "for all"}
    page = published_coverage(coverage, names={"S01": "A"})
    assert page["segment"].tolist() == ["S01 (A)", "S02", "S03"]
    assert page["ad"].tolist() == ["1", "–", "–"]


def test_a_high_value_segment_without_content_is_a_gap():
    assets = content_assets(CONTENT, closed=date(2025, 10, 1))
    segments = ["S01", "S02", "S03"]
    gaps = content_gaps(content_coverage(assets, segments=segments), VALUE, segments=segments)
    assert gaps[["segment_id", "channel", "gap"]].values.tolist() == [
        ["S03", "", "nothing at all"], ["S01", "email", "expired"], ["S01", "page", "none"],
    ]  # fmt: skip
    assert content_sentences(assets, gaps, names={"S03": "C"}) == [
        "S03 (C) is high-value and has no live content of its own.",
        "S01 is high-value and has nothing live for email and page.",
        "2 pieces had expired when the quarter closed: C1 and C3.",
    ]


def test_an_empty_library_leaves_every_high_value_segment_bare():
    assets = content_assets(read_content(None), closed=date(2025, 10, 1))
    coverage = content_coverage(assets, segments=["S01", "S02"])
    gaps = content_gaps(coverage, VALUE, segments=["S01", "S02"])
    assert coverage.empty
    assert gaps[["segment_id", "gap"]].values.tolist() == [["S01", "nothing at all"]]
    assert content_sentences(assets, gaps, names={})[0].startswith("The content library is empty")
    assert published_coverage(coverage, names={}).empty
