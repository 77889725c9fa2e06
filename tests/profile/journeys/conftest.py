"""An engine without any source."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation_lib.engine import Engine
from segmentation_lib.params import DataParams, TableSource


@pytest.fixture
def engine(tmp_path: Path):
    with Engine.open(tmp_path, DataParams(orders=TableSource(path="absent.csv"))) as opened:
        yield opened
