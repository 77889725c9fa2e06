"""What tests borrow from the machine: the project's folder, a browser, the shared real data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PROJECT_ROOT = Path(__file__).resolve().parent.parent
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


def skip_or_fail(reason: str, *, required_by: str) -> NoReturn:
    """Skip with the reason, or fail when the environment variable `required_by` is 1."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{reason} ({required_by}=1 does not allow a skip.)", pytrace=False)
    pytest.skip(reason)


def find_browser() -> Path | None:
    """The browser named by CHROMIUM, else the first one installed, else None."""
    named = os.environ.get("CHROMIUM")
    if named:
        found = shutil.which(named)
        return Path(found) if found else None
    for name in BROWSER_NAMES:
        if found := shutil.which(name):
            return Path(found)
    return next((path for path in MAC_BROWSERS if path.exists()), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long runs first, so that no core waits for one at the end."""
    items.sort(key=lambda item: "spine" not in item.path.parts)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder that holds pyproject.toml."""
    return PROJECT_ROOT


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """A Chromium or Chrome; without one the test skips, or fails if SEGMENT_REQUIRE_BROWSER=1."""
    browser = find_browser()
    if browser is None:
        named = os.environ.get("CHROMIUM")
        looked_for = f"CHROMIUM={named} is not a program" if named else "no Chromium was found"
        skip_or_fail(
            f"Needs a browser: {looked_for}. Install Chromium, or set CHROMIUM to its path.",
            required_by="SEGMENT_REQUIRE_BROWSER",
        )
    return browser


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared real data, beside the project; see `skip_or_fail` for its absence.

    SEGMENT_SHARED names another place. SEGMENT_REQUIRE_SHARED=1 makes its absence a failure.
    """
    folder = Path(os.environ.get("SEGMENT_SHARED") or PROJECT_ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        skip_or_fail(
            f"Needs the shared data sets: there is no folder {folder / 'data'}. Set SEGMENT_SHARED "
            "to the folder that holds data/.",
            required_by="SEGMENT_REQUIRE_SHARED",
        )
    return folder
