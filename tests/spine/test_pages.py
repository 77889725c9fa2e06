"""Every published page of the demo and of Online Retail, in a real browser."""

from __future__ import annotations

import pathlib

import pytest

from tests.report.browser import check_pages
from tests.spine.workspace import Workspace

PAGES = ("index", "prepare", "cluster", "validate", "profile", "implement", "playbook")


@pytest.mark.browser
@pytest.mark.xdist_group("demo")
def test_pages_of_the_demo(demo: Workspace, browser_path: pathlib.Path) -> None:
    _check(demo, "demo/2025Q3", browser_path)


@pytest.mark.browser
@pytest.mark.xdist_group("retail")
def test_pages_of_online_retail(retail: Workspace, browser_path: pathlib.Path) -> None:
    _check(retail, "online_retail/2011Q3", browser_path)


def _check(clone: Workspace, folder: str, browser_path: pathlib.Path) -> None:
    base = clone.root / "reports"
    pages = [base / "index.html", *(base / folder / f"{name}.html" for name in PAGES)]
    check_pages(pages, browser_path)
