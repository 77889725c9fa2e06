"""Every published page of the demo and of Online Retail, in a real browser."""

from __future__ import annotations

import pathlib

import pytest

from tests.spine.test_online_retail import retail  # noqa: F401  (a fixture)
from tests.spine.workspace import Workspace

PAGES = ("index", "prepare", "cluster", "validate", "profile", "implement")


@pytest.mark.browser
def test_pages_of_the_demo(demo: Workspace, browser_path: pathlib.Path) -> None:
    _check(demo, "demo/2025Q3", browser_path)


@pytest.mark.browser
def test_pages_of_online_retail(
    retail: Workspace,  # noqa: F811
    browser_path: pathlib.Path,
) -> None:
    _check(retail, "online_retail/2011Q3", browser_path)


def _check(clone: Workspace, folder: str, browser_path: pathlib.Path) -> None:
    from tests.report.browser import check_pages

    base = clone.root / "reports"
    pages = [base / "index.html", *(base / folder / f"{name}.html" for name in PAGES)]
    check_pages(pages, browser_path)
