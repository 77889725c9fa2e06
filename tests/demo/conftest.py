"""The demo at its full size, made once for all tests of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from segmentation_lib.demo import write_demo
from segmentation_lib.demo.truth import Truth, truth
from segmentation_lib.demo.writing import FILES


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo_tables(demo_folder: Path) -> dict[str, pd.DataFrame]:
    tables = {
        name: pd.read_parquet(demo_folder / file)
        for name, file in FILES.items()
        if file.endswith(".parquet")
    }
    tables["customers"] = pd.read_csv(
        demo_folder / FILES["customers"],
        dtype={"customer_id": "str", "email_key": "str"},
        parse_dates=["signed_up_at"],
    )
    return tables


@pytest.fixture(scope="session")
def demo_truth() -> Truth:
    return truth()
