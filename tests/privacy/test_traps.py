"""Seven traps for privacy and safety, planted in small runs: every one is caught."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.governance import check_exports, check_pages, leaks_in
from segmentation_lib.implement.tags.cells import csv_text, harmless
from segmentation_lib.implement.tags.databases import open_session
from segmentation_lib.params.governance import Protected, read_governance
from segmentation_lib.profile.voice import mask_personal
from segmentation_lib.report import table
from segmentation_lib.small_cells import suppress, suppress_flows
from segmentation_lib.validate.gates.privacy import privacy_gate
from segmentation_lib.validate.proxies import proxy_table
from tests.implement.tags.conftest import CARDS, customer_file
from tests.params.test_governance import TEXT

IDS = [f"{number:06d}" for number in range(100, 400)]
SCRIPT = "Mug<script>alert('x')</script>"
FORMULA = "=1+1"
STATEMENT = "x'); DROP TABLE segment_tags; --"


@pytest.fixture(scope="module")
def assignments() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    segment = rng.choice(["S01", "S02", "S03"], len(IDS))
    return pd.DataFrame(
        {
            "customer_id": IDS,
            "state": "ACTIVE",
            "segment_id": segment,
            "confidence": 0.9,
            "second_segment_id": np.where(segment == "S01", "S02", "S01"),
        }
    )


def page(frame: pd.DataFrame) -> str:
    return f"<!doctype html><html><body>{table(frame, caption='Trap').__html__()}</body></html>"


def test_who_opted_out_is_in_no_export(assignments):
    agreed = IDS[10:]
    consent = pd.DataFrame({"customer_id": IDS, "marketing_consent": [i in agreed for i in IDS]})
    crm = customer_file("2025Q3", assignments, consent=agreed)
    assert set(crm["external_id"]) == set(agreed)
    check_exports({"crm.csv": crm["external_id"]}, consent)
    planted = pd.Series([*crm["external_id"], IDS[3]])
    with pytest.raises(ContractError, match="1 customer without consent") as caught:
        check_exports({"audience.csv": planted}, consent)
    assert IDS[3] not in str(caught.value)
    assert privacy_gate(consent=consent, opted_out_exported=1).verdict == "no-go"


@pytest.mark.parametrize("column", ["comment", "product"])
def test_an_id_in_free_text_is_not_published(column):
    shown = page(pd.DataFrame({column: [f"Where is the parcel of {IDS[7]}?", "fine"]}))
    with pytest.raises(ContractError, match=r"a\.html:1: customer id 00…"):
        check_pages({"a.html": shown}, IDS)
    check_pages({"a.html": shown.replace(IDS[7], "…")}, IDS)


def test_an_id_in_a_quote_is_masked_before():
    (said,) = mask_personal([f"My number is {IDS[7]}, please call"], ids=set(IDS))
    assert IDS[7] not in said
    assert leaks_in({"a.html": said}, IDS) == []


def test_a_cell_of_four_is_shown_as_fewer_and_sums_do_not_tell():
    flows = pd.DataFrame(
        {"a": ["S01", "S01", "S02", "S02"], "b": ["S01", "S02"] * 2, "n": [120, 4, 33, 210]}
    )
    shown = suppress_flows(flows, "n", rows="a", columns="b", limit=10)
    assert shown["n_shown"].tolist() == ["hidden", "<10", "hidden", "hidden"]
    text = page(suppress(flows, "n", limit=10)[["a", "b", "n_shown"]])
    assert "&lt;10" in text
    assert ">4<" not in text


def test_a_protected_attribute_that_a_segment_stands_for_stops_the_scorecard(assignments):
    rng = np.random.default_rng(5)
    own = assignments["segment_id"].map({"S01": "a", "S02": "b", "S03": "c"})
    faith = own.where(rng.random(len(own)) < 0.8, "a")
    proxies = proxy_table(
        assignments.assign(faith=faith), [Protected(column="faith", name="faith")], seed=1
    )
    governance = read_governance(TEXT.replace("column: age", "column: faith").replace(
        "attribute: age", "attribute: faith")).values  # fmt: skip
    gate = privacy_gate(proxies, governance, period="2025Q4")
    assert gate.verdict == "no-go"
    assert "The segments tell much about faith" in gate.sentence
    assert privacy_gate(proxies, governance, period="2025Q3").verdict == "limits"


def test_a_formula_in_the_name_of_a_segment_does_not_run(assignments):
    crm = customer_file("2025Q3", assignments)
    assert any(card["name"] == FORMULA for card in CARDS["segments"])
    cells = csv_text(crm).split(",")
    assert FORMULA not in cells
    assert harmless(FORMULA) in cells


def test_a_script_in_a_product_is_text_on_the_page():
    text = page(pd.DataFrame({"product": [SCRIPT], "category": ["<img src=x onerror=alert(1)>"]}))
    assert leaks_in({"a.html": text}, []) == []
    assert "&lt;script&gt;" in text
    raw = f"<html><td>{SCRIPT}</td></html>"
    assert [leak.kind for leak in leaks_in({"a.html": raw}, [])] == ["active content"]


def test_sql_in_the_name_of_a_segment_is_only_a_name(assignments, tmp_path):
    crm = customer_file("2025Q3", assignments)
    with open_session("tags.duckdb", root=tmp_path) as session:
        session.run("CREATE TABLE segment_tags (external_id TEXT, segment_name TEXT)")
        session.load("segment_tags", crm[["external_id", "segment_name"]].astype("str"))
    with duckdb.connect(str(tmp_path / "tags.duckdb"), read_only=True) as base:
        names = {row[0] for row in base.execute("SELECT segment_name FROM segment_tags").fetchall()}
    assert STATEMENT in names
