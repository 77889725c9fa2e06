"""Writing the demo to a folder: six Parquet files, a CSV file and a label, byte for byte."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from segmentation_lib.demo.tables import canonical_tables, make_backbone
from segmentation_lib.demo.world import DEFAULT_CUSTOMERS, DEFAULT_SEED

# One table is CSV, so that the demo uses that reader too: its ids have leading zeros to lose.
FILES = {
    "orders": "orders.parquet",
    "customers": "customers.csv",
    "events": "events.parquet",
    "outcomes": "outcomes.parquet",
    "surveys": "surveys.parquet",
    "costs": "costs.parquet",
    "assignments": "assignments.parquet",
}
LABEL = "README.txt"
STAMP = "generator.json"

LABEL_TEXT = """\
Synthetic data. A generator drew every row of these files; no person and no company, real or
invented, stands behind them. They show an online retailer with an app from 2023-10-01 to
2025-09-30, in GBP and UTC, with dirty rows on purpose.

The folder may be deleted at any time: the next run of the demo writes it again, byte for byte.
"""


def write_demo(
    folder: Path, *, seed: int = DEFAULT_SEED, customers: int = DEFAULT_CUSTOMERS
) -> None:
    """Write the seven canonical tables of the demo.

    The same seed and number of customers give the same bytes.

    Args:
        folder: Where to; made if absent, files of the same names are replaced.
        seed: Seed of the demo.
        customers: How many people, at least 100; there are a few more customer ids, for some
            people have two, and some belong to staff and tests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    backbone = make_backbone(seed=seed, customers=customers)
    for name, frame in canonical_tables(backbone, seed=seed).items():
        _write_table(frame, folder / FILES[name])
    (folder / LABEL).write_text(LABEL_TEXT, encoding="utf-8")


def ensure_demo(
    root: Path, *, seed: int = DEFAULT_SEED, customers: int = DEFAULT_CUSTOMERS
) -> Path:
    """Write the demo to `root/data/demo`, unless the demo that is there is the right one.

    The data is written beside its place and then renamed, so that the folder is never half full.

    Args:
        root: The project's root.
        seed: Seed of the demo.
        customers: How many people.

    Returns:
        The folder of the data.
    """
    folder = root / "data" / "demo"
    stamp = {"generator": generator_hash(), "seed": seed, "customers": customers}
    if _is_current(folder, stamp):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".demo-", dir=folder.parent))
    try:
        fresh = aside / "fresh"
        write_demo(fresh, seed=seed, customers=customers)
        text = json.dumps(stamp, indent=2, sort_keys=True) + "\n"
        (fresh / STAMP).write_text(text, encoding="utf-8")
        _swap(fresh, folder, aside / "stale", stamp)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def generator_hash() -> str:
    """Return a hash of the generator's own source, so that a changed generator writes anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode("utf-8") + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _is_current(folder: Path, stamp: dict[str, object]) -> bool:
    try:
        found = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(found == stamp) and all((folder / name).is_file() for name in FILES.values())


def _swap(fresh: Path, folder: Path, stale: Path, stamp: dict[str, object]) -> None:
    try:
        if folder.exists():
            folder.rename(stale)
        fresh.rename(folder)
    except OSError:
        # Another process was quicker; its data is as good as ours if its stamp is the same.
        if not _is_current(folder, stamp):
            raise


def _write_table(frame: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".csv":
        flags = frame.select_dtypes("bool").columns
        text = frame.assign(
            **{name: frame[name].map({True: "true", False: "false"}) for name in flags}
        )
        text.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S")
        return
    table = pa.Table.from_pandas(frame, preserve_index=False)
    # Without the metadata of pandas, which holds version numbers.
    pq.write_table(table.replace_schema_metadata(None), path, compression="zstd")
