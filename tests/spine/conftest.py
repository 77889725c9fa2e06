"""Runs that several tests look at: each is made once."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import pytest

from tests.spine.workspace import Workspace, two_kinds_of_shoppers


@pytest.fixture(scope="session")
def new_workspace(
    tmp_path_factory: pytest.TempPathFactory, project_root: pathlib.Path
) -> Callable[[str], Workspace]:
    """Make another clone."""

    def make(name: str) -> Workspace:
        return Workspace(tmp_path_factory.mktemp(name), project_root)

    return make


@pytest.fixture(scope="session")
def demo(new_workspace: Callable[[str], Workspace]) -> Workspace:
    """A clone in which both quarters of the demo were run by the command."""
    clone = new_workspace("demo")
    for period in ("2025Q2", "2025Q3"):
        assert clone.segment("run", f"params/demo/{period}.yaml") == 0
    return clone


@pytest.fixture(scope="session")
def shop(new_workspace: Callable[[str], Workspace]) -> Workspace:
    """A clone with a small shop of two planted kinds of customers, run for 2025Q3."""
    clone = new_workspace("shop")
    two_kinds_of_shoppers().to_parquet(clone.root / "data" / "orders.parquet")
    name = clone.write_params("shop", "2025Q3", data={"orders": {"path": "data/orders.parquet"}})
    assert clone.segment("run", name) == 0
    return clone


@pytest.fixture(scope="session")
def retail(new_workspace: Callable[[str], Workspace], shared: pathlib.Path) -> Workspace:
    """A clone in which 2011Q2 and 2011Q3 were run, in order."""
    clone = new_workspace("retail")
    source = shared / "data/online_retail/online_retail.parquet"
    (clone.root / "data/online_retail.parquet").symlink_to(source)
    for period in ("2011Q2", "2011Q3"):
        assert clone.segment("run", f"params/online_retail/{period}.yaml") in (0, 3)
    return clone
