"""The demo: planted segments are found, and fading and emerging ones show in the migration."""

from __future__ import annotations

import functools
import pathlib
import re

import pandas as pd
import pytest

from segmentation_lib.demo.truth import Truth, truth
from segmentation_lib.profile.story import causal_faults, earned_sentences, page_text
from segmentation_lib.run import Run
from segmentation_lib.stats import adjusted_rand
from tests.spine.workspace import Workspace

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def q2(demo: Workspace) -> Run:
    return Run(demo.root / "runs/demo/2025Q2")


@pytest.fixture(scope="module")
def q3(demo: Workspace) -> Run:
    return Run(demo.root / "runs/demo/2025Q3")


@functools.cache
def _truth() -> Truth:
    return truth()


def _planted(period: str) -> pd.Series:
    """The planted segment of each customer in a quarter."""
    return _truth().segment_at(period)


@pytest.mark.parametrize(
    ("period", "artefact", "quarter"),
    [
        ("2025Q2", "assignments_open", "2025Q1"),
        ("2025Q3", "assignments_open", "2025Q2"),
        ("2025Q3", "assignments_close", "2025Q3"),
    ],
)
def test_planted_segments_are_recovered(
    demo: Workspace, period: str, artefact: str, quarter: str
) -> None:
    found = Run(demo.root / "runs/demo" / period).read(artefact).set_index("customer_id")
    both = found.join(_planted(quarter).rename("planted"), how="inner")
    both = both.dropna(subset=["segment_id", "planted"])
    assert len(both) >= 3000
    labels, planted = (pd.factorize(both[name])[0] for name in ("segment_id", "planted"))
    assert adjusted_rand(labels, planted) >= 0.8


def _segment_of(run: Run, planted: str, quarter: str) -> str:
    found = run.read("assignments_close").set_index("customer_id")["segment_id"]
    members = _planted(quarter)
    return str(found.reindex(members.index[members == planted]).value_counts().index[0])


def test_fading_and_emerging_segments_show_in_the_migration(q3: Run) -> None:
    matrix = q3.read("migration")
    before = matrix.groupby("from_segment_id")["customers"].sum()
    after = matrix.groupby("to_segment_id")["customers"].sum()
    people = _truth().segments
    people = people[people["state"] == "active"]
    shares = people.groupby(["quarter", "segment"]).size().unstack()
    change = shares.loc["2025Q3"] - shares.loc["2025Q2"]
    fading = _segment_of(q3, str(change.idxmin()), "2025Q3")
    emerging = _segment_of(q3, str(change.idxmax()), "2025Q3")
    assert fading != emerging
    assert after[fading] < 0.95 * before[fading]
    assert after[emerging] > 1.1 * before[emerging]
    summary = q3.read("summary")
    assert emerging in " ".join([*summary["changes"], summary["migration_sentence"]])


def test_segments_keep_their_ids_from_quarter_to_quarter(q2: Run, q3: Run) -> None:
    before = q2.read("assignments_close").set_index("customer_id")["segment_id"]
    now = q3.read("assignments_open").set_index("customer_id")["segment_id"]
    both = pd.concat([before, now], axis=1, keys=["before", "now"]).dropna()
    assert len(both) >= 3000
    assert (both["before"] == both["now"]).mean() >= 0.9
    assert set(q3.read("segment_changes")["change"]) == {"kept"}


def test_migration_rows_are_the_counts_of_the_last_close_under_the_same_model(q3: Run) -> None:
    counts = q3.read("assignments_open")["segment_id"].value_counts()
    rows = q3.read("migration").groupby("from_segment_id")["customers"].sum()
    pd.testing.assert_series_equal(
        rows[rows.index.isin(counts.index)].sort_index(), counts.sort_index(), check_names=False
    )


def test_weighted_segment_kpis_are_the_companys(q3: Run) -> None:
    table = q3.read("kpi_baseline")
    for _, rows in table.groupby("kpi"):
        segments = rows[rows["segment_id"].str.startswith("S")].dropna(subset=["value"])
        company = rows[~rows["segment_id"].str.startswith("S")]["value"].iloc[0]
        weighted = (segments["value"] * segments["customers"]).sum() / segments["customers"].sum()
        assert weighted == pytest.approx(company, rel=1e-6)


def test_the_profile_page_claims_a_cause_only_where_a_test_earned_it(
    demo: Workspace, q3: Run
) -> None:
    page = (demo.root / "reports/demo/2025Q3/profile.html").read_text(encoding="utf-8")
    links = q3.read("cause_map")
    text = page_text(page)
    assert len(text) > 10_000
    assert causal_faults(text, "profile.html", earned=earned_sentences(links)) == []
    assert causal_faults(f"{text}\nThe plan causes spending.", "profile.html") != []


def test_no_customer_id_is_on_the_profile_page(demo: Workspace, q3: Run) -> None:
    page = (demo.root / "reports/demo/2025Q3/profile.html").read_text(encoding="utf-8")
    words = set(re.findall(r"[\w-]+", page))
    ids = set(q3.read("features_close")["customer_id"])
    # An ID made of digits could be a figure of a table: such IDs are looked for as whole cells.
    plain = {name for name in ids if name.isdigit()}
    assert len(ids) > 1000
    assert not (ids - plain) & words
    assert not plain & set(re.findall(r">\s*(\d+)\s*<", page))


def test_no_customer_id_or_path_leaves_the_house(demo: Workspace) -> None:
    ids = Run(demo.root / "runs/demo/2025Q3").read("features_open")["customer_id"]
    pattern = re.compile("|".join(re.escape(f">{i}<") for i in ids.head(500)))
    for page in (demo.root / "reports").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not pattern.search(text), page.name
        assert str(demo.root) not in text
        assert "@example.com" not in text


def test_nothing_in_the_pipeline_reads_the_truth(project_root: pathlib.Path) -> None:
    library = project_root / "segmentation_lib"
    for path in library.rglob("*.py"):
        if path.parent.name != "demo":
            assert "truth" not in re.findall(r"from segmentation_lib\.demo[^\n]*", path.read_text())


def test_opted_out_customers_are_in_no_export(demo: Workspace, q3: Run) -> None:
    customers = pd.read_csv(
        demo.root / "data/demo/customers.csv", dtype={"customer_id": "str"}
    ).set_index("customer_id")
    exported = q3.read("crm")["external_id"]
    assert len(exported) > 1000
    assert customers["marketing_consent"].reindex(exported).astype("bool").all()
