"""Pages that several tests look at."""

from __future__ import annotations

import pytest

from segmentation_lib import report
from tests.report import sample


@pytest.fixture(scope="session")
def pages():
    return {**sample.pages(), "home": report.home_page(sample.entries())}
