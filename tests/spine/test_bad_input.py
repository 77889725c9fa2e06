"""Bad input: the right code, one clear message, and nothing written."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Callable

import pandas as pd
import pytest

from tests.spine.workspace import Workspace, two_kinds_of_shoppers

pytestmark = pytest.mark.xdist_group("shop")

SOURCE = {"orders": {"path": "data/orders.parquet"}}


@pytest.fixture(scope="module")
def clone(new_workspace: Callable[[str], Workspace]) -> Workspace:
    return new_workspace("bad")


def _refused(
    clone: Workspace, capsys: pytest.CaptureFixture[str], name: str, *messages: str
) -> None:
    capsys.readouterr()
    before = clone.files(".")
    for command in ("check", "run"):
        assert clone.segment(command, name) == 2
        printed = capsys.readouterr()
        for message in messages:
            assert message in printed.err
        assert "Traceback" not in printed.err
        assert len(printed.err.strip().splitlines()) == 1
    assert clone.files(".") == before
    assert not (clone.root / "runs").exists() or not any((clone.root / "runs").rglob("*.*"))
    assert not (clone.root / "reports").exists()


PARAMETERS = {
    "unknown parameter": ("  clustr: {}\n", "Did you mean cluster?"),
    "wrong type": ("  seed: soon\n", "must be a whole number"),
    "duplicate keys": ("  project: two\n", "stands twice"),
    "missing file": ("  data: {orders: {path: data/none.parquet}}\n", "data/none.parquet"),
    "missing column": (
        "  data: {orders: {path: data/orders.parquet, columns: {amount: amonut}}}\n",
        "amonut",
    ),
    "wrong expression": (
        "  data: {orders: {path: data/orders.parquet, columns: {amount: 'amount * ('}}}\n",
        "amount",
    ),
    "uncovered quarter": ("  period: 2025Q4\n", "partial"),
    "no previous": ("  previous: 2025Q2\n", "segment run params/bad/2025Q2.yaml"),
}


@pytest.mark.parametrize("case", list(PARAMETERS))
def test_parameters(clone: Workspace, capsys: pytest.CaptureFixture[str], case: str) -> None:
    line, message = PARAMETERS[case]
    two_kinds_of_shoppers(350).to_parquet(clone.root / "data/orders.parquet")
    key = line.split(":")[0]
    lines = [
        "params:\n", "  project: bad\n", "  period: 2025Q3\n",
        "  data: {orders: {path: data/orders.parquet}}\n",
    ]  # fmt: skip
    kept = [row for row in lines if case == "duplicate keys" or row.split(":")[0] != key]
    path = clone.root / "params/bad/2025Q3.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join([*kept, line]))
    _refused(clone, capsys, "params/bad/2025Q3.yaml", message)


def _late(orders: pd.DataFrame) -> pd.DataFrame:
    orders.loc[[3, 4], "ordered_at"] = pd.Timestamp("2099-01-01")
    return orders


def _no_quarter(orders: pd.DataFrame) -> pd.DataFrame:
    inside = (orders["ordered_at"] >= "2025-07-01") & (orders["ordered_at"] < "2025-10-01")
    after = orders[inside].assign(ordered_at=pd.Timestamp("2025-10-05"))
    return pd.concat([orders[~inside], after])


DATA: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "text in a number column": (
        lambda o: o.assign(amount=o["amount"].astype("str").where(o.index > 2, "free")),
        "text_in_number",
    ),
    "future dates": (_late, "future_date"),
    "empty quarter": (_no_quarter, "empty_quarter"),
    "quarter not covered by the data": (
        lambda o: o[o["ordered_at"] < "2025-08-15"],
        "quarter_not_covered",
    ),
    "50 customers": (lambda o: o[o["customer_id"] < "00050"], "too_few_customers"),
    "null key": (
        lambda o: o.assign(customer_id=o["customer_id"].where(o.index > 4)),
        "null_key",
    ),
}


@pytest.mark.parametrize("case", list(DATA))
def test_data(clone: Workspace, capsys: pytest.CaptureFixture[str], case: str) -> None:
    spoil, code = DATA[case]
    spoil(two_kinds_of_shoppers(350)).to_parquet(clone.root / "data/orders.parquet")
    name = clone.write_params("bad", "2025Q3", data=SOURCE)
    _refused(clone, capsys, name, f"[{code}]")


def test_a_failed_run_leaves_an_earlier_good_one_alone(
    shop: Workspace, tmp_path: pathlib.Path, project_root: pathlib.Path
) -> None:
    shutil.copytree(shop.root, tmp_path / "clone")
    clone = Workspace(tmp_path / "clone", project_root)
    before = clone.files("runs"), clone.files("reports")
    _late(two_kinds_of_shoppers()).to_parquet(clone.root / "data/orders.parquet")
    assert clone.segment("run", "params/shop/2025Q3.yaml") == 2
    assert (clone.files("runs"), clone.files("reports")) == before
