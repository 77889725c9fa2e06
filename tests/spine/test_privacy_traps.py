"""The seven traps in the data of a small shop, run by the command: none gets out."""

from __future__ import annotations

import csv
import html
import io
import pathlib
import re
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml

from segmentation_lib.run import Run
from tests.spine.workspace import Workspace, two_kinds_of_shoppers

pytestmark = pytest.mark.xdist_group("traps")

SCRIPT = "Mug<script>alert('x')</script>"
FORMULA = "=1+1"
STATEMENT = "x'); DROP TABLE segment_tags; --"
CALLED = "K00007"
FEW = 4
GOVERNANCE = {
    "data_owner": "Head of data", "segmentation_owner": "Insights lead",
    "approvers": ["Head of marketing"], "approval": "required", "purpose": "To choose.",
    "consent_basis": "Consent at sign-up.", "retention_days": 900,
    "protected": [{"column": "faith"}],
    "access": [{"role": "Team", "reads": ["runs", "reports"], "why": "Runs it."}],
}  # fmt: skip
SIGNED = {"attribute": "faith", "period": "2025Q3", "name": "Privacy lead", "reason": "A test."}
PLAY = {
    "id": "P1", "segment": "S01", "trigger": "t", "channel": "phone", "owner": "Shops",
    "metric": "orders", "hypothesis": "H1",
}  # fmt: skip
BELIEF = {
    "id": "H1", "segment": "S01", "behaviour": "b", "because": "b", "metric": "orders",
    "direction": "higher", "min_effect": 1, "status": "testing",
}  # fmt: skip
BACK = {
    "id": "F1", "source": "survey", "segment": "S02", "finding": "Late parcels.", "asked": 40,
    "responded": FEW,
}  # fmt: skip
PROFILE = {"voice": {"quotes": True}}
DATA = {
    "orders": {"path": "data/orders.parquet"},
    "customers": {"path": "data/customers.parquet", "contacts": ["first_name"]},
    "surveys": {"path": "data/surveys.parquet"},
}


@dataclass(frozen=True)
class Shop:
    """The clone, and what the two runs left.

    Attributes:
        clone: Where it is.
        codes: Exit codes of the first run, with an ID in a play and a finding that nobody signed
            off; of the second, after both were mended; and of the third, after an approval.
        verdicts: Their verdicts.
        reports: Whether anything was published after each.
        exports: Names of the exports after each.
        waiting: The first page after the second run.
        said: What the first run said.
    """

    clone: Workspace
    codes: tuple[int, ...]
    verdicts: tuple[str, ...]
    reports: tuple[bool, ...]
    exports: tuple[list[str], ...]
    waiting: str
    said: str

    @property
    def run(self) -> Run:
        return Run(self.clone.root / "runs/shop/2025Q3")

    @property
    def pages(self) -> dict[str, str]:
        folder = self.clone.root / "reports/shop/2025Q3"
        return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def _write(folder: pathlib.Path, name: str, values: object) -> None:
    (folder / name).write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")


def _sources(folder: pathlib.Path) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    orders = two_kinds_of_shoppers()
    orders["customer_id"] = "K" + orders["customer_id"]
    orders["category"] = np.where(rng.random(len(orders)) < 0.5, SCRIPT, "Lamp")
    ids = sorted(orders["customer_id"].unique())
    often = np.arange(len(ids)) < len(ids) // 2
    faith = np.where(rng.random(len(ids)) < 0.85, np.where(often, "a", "b"), "c")
    people = pd.DataFrame(
        {
            "customer_id": ids,
            "marketing_consent": rng.random(len(ids)) < 0.8,
            "faith": faith,
            "region": np.where(rng.random(len(ids)) < 0.5, SCRIPT, "North"),
            "first_name": np.where(rng.random(len(ids)) < 0.5, FORMULA, "Ann"),
        }
    )
    # Only a few of the second kind answered.
    who = [*ids[:60], *ids[-FEW:]]
    said = [f"My parcel is late, my number is {name}, {SCRIPT} says the page" for name in who]
    answers = pd.DataFrame(
        {
            "customer_id": who,
            "answered_at": pd.Timestamp("2025-08-01"),
            "nps": rng.integers(0, 11, len(who)),
            "comment": said,
        }
    )
    orders.to_parquet(folder / "orders.parquet")
    people.to_parquet(folder / "customers.parquet")
    answers.to_parquet(folder / "surveys.parquet")
    return people


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, project_root: pathlib.Path) -> Shop:
    clone = Workspace(tmp_path_factory.mktemp("traps"), project_root)
    _sources(clone.root / "data")
    name = clone.write_params(
        "shop", "2025Q3", data=DATA, profile=PROFILE,
        implement={"destination": {"url": "runs/tags.duckdb"}},
    )  # fmt: skip
    folder = clone.root / "params/shop"
    _write(folder, "hypotheses.yaml", {"hypotheses": [BELIEF]})
    _write(folder, "playbook.yaml", {"playbook": [PLAY | {"message": f"Call {CALLED} first"}]})
    _write(folder, "governance.yaml", {"governance": GOVERNANCE})
    _write(folder, "feedback.yaml", {"feedback": [BACK]})
    found: list[tuple[int, str, bool, list[str]]] = []

    def look() -> None:
        code = clone.segment("run", name)
        run = clone.root / "runs/shop/2025Q3"
        found.append(
            (
                code,
                Run(run).read("scorecard")["verdict"],
                (clone.root / "reports/shop").exists(),
                sorted(path.name for path in (run / "exports").rglob("*")),
            )
        )

    with pytest.MonkeyPatch.context() as patch:
        printed = io.StringIO()
        patch.setattr("sys.stderr", printed)
        look()
    _write(folder, "playbook.yaml", {"playbook": [PLAY | {"message": "Call the best first"}]})
    _write(folder, "governance.yaml", {"governance": GOVERNANCE | {"sign_offs": [SIGNED]}})
    look()
    waiting = (clone.root / "reports/shop/2025Q3/index.html").read_text(encoding="utf-8")
    assert clone.segment("adopt", name, "--approver", "Intern", "--reason", "Good enough") == 2
    adopted = ("--approver", "Head of marketing", "--reason", "It holds")
    assert clone.segment("adopt", name, *adopted) == 0
    register = yaml.safe_load((folder / "segments.yaml").read_text(encoding="utf-8"))
    for segment, given in zip(register["segments"], (FORMULA, STATEMENT), strict=True):
        segment["name"] = given
    _write(folder, "segments.yaml", register)
    look()
    codes, verdicts, reports, exports = zip(*found, strict=True)
    return Shop(clone, codes, verdicts, reports, exports, waiting, printed.getvalue())


def test_an_id_that_somebody_wrote_into_a_play_stops_the_publication(shop: Shop) -> None:
    # A 3 says: published, but customer files are withheld.
    assert shop.codes == (2, 3, 0)
    assert shop.reports == (False, True, True)
    assert "customer id K0…" in shop.said
    assert CALLED not in shop.said


def test_a_segment_that_tells_a_protected_attribute_is_no_go_until_signed_off(shop: Shop) -> None:
    assert shop.verdicts == ("NO-GO", "GO WITH LIMITS", "GO WITH LIMITS")
    assert set(shop.run.read("proxies").query("level != 'c'")["verdict"]) == {"red"}
    page = html.unescape(shop.pages["validate.html"])
    assert "Privacy lead accepts this for faith: A test." in page


def test_nothing_is_exported_before_it_is_signed_off_and_approved(shop: Shop) -> None:
    assert shop.exports[:2] == ([], [])
    assert "until this model is approved" in html.unescape(shop.waiting)
    assert {"crm.csv", "membership_events.csv"} <= set(shop.exports[2])


def test_who_said_no_is_in_no_export(shop: Shop) -> None:
    people = pd.read_parquet(shop.clone.root / "data/customers.parquet")
    refused = set(people.loc[~people["marketing_consent"], "customer_id"])
    agreed = set(people["customer_id"]) - refused
    assert len(refused) > 50
    words: set[str] = set()
    for path in (shop.clone.root / "runs/shop/2025Q3/exports").rglob("*"):
        if path.is_file():
            words |= set(re.findall(r"K\d{5}", path.read_text(encoding="utf-8")))
    assert len(words & agreed) > 300
    assert not words & refused
    with duckdb.connect(str(shop.clone.root / "runs/tags.duckdb"), read_only=True) as base:
        written = {
            row[0] for row in base.execute("SELECT external_id FROM segment_tags").fetchall()
        }
    assert len(written) > 300
    assert not written & refused


def test_no_id_is_on_a_page_though_customers_wrote_theirs(shop: Shop) -> None:
    comments = shop.run.read("survey_answers")["comment"].str.cat(sep=" ")
    assert len(re.findall(r"K\d{5}", comments)) > 50
    assert [name for name, text in shop.pages.items() if re.search(r"K\d{5}", text)] == []


def test_a_script_in_product_region_and_answer_is_text(shop: Shop) -> None:
    assert "Region: Mug&lt;script&gt;alert(" in shop.pages["profile.html"]
    assert [name for name, text in shop.pages.items() if "<script" in text] == []


def test_four_people_are_not_counted_on_a_page(shop: Shop) -> None:
    page = shop.pages["implement.html"]
    row = page[page.index("Late parcels.") - 300 : page.index("Late parcels.") + 300]
    cells = [html.unescape(cell) for cell in re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row)]
    assert "<10" in cells
    assert str(FEW) not in cells
    assert not any(cell.startswith("10%") for cell in cells)


def test_a_formula_is_text_in_the_customer_file(shop: Shop) -> None:
    text = (shop.clone.root / "runs/shop/2025Q3/exports/crm.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["first_name"] for row in rows} == {"Ann", f"'{FORMULA}"}
    assert {row["segment_name"] for row in rows} >= {f"'{FORMULA}", STATEMENT}
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_a_name_that_is_sql_is_only_a_name(shop: Shop) -> None:
    with duckdb.connect(str(shop.clone.root / "runs/tags.duckdb"), read_only=True) as base:
        names = {row[0] for row in base.execute("SELECT segment_name FROM segment_tags").fetchall()}
    assert STATEMENT in names
    for path in (shop.clone.root / "runs/shop/2025Q3/exports/audiences").glob("*.sql"):
        kept = re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", path.read_text(encoding="utf-8"))
        assert "DROP TABLE" not in kept, path.name
