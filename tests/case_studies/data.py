"""Put the shared public data where the parameter files of the case studies look for it."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Callable, Mapping

import pandas as pd

__all__ = ["SOURCES", "cdnow_orders"]


def cdnow_orders(master: pathlib.Path) -> pd.DataFrame:
    """Return the raw CDNOW log as orders; its columns are parted by spaces and have no names.

    Args:
        master: The file ``CDNOW_master.txt.gz``.
    """
    orders = pd.read_csv(
        master,
        sep=r"\s+",
        header=None,
        names=["customer_id", "ordered_at", "quantity", "amount"],
        dtype={"customer_id": "str", "ordered_at": "str"},
    )
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"], format="%Y%m%d")
    orders.insert(0, "order_id", [f"{number:06d}" for number in range(1, len(orders) + 1)])
    return orders


def _cdnow(shared: pathlib.Path, target: pathlib.Path) -> None:
    cdnow_orders(shared / "cdnow/CDNOW_master.txt.gz").to_parquet(
        target / "cdnow.parquet", index=False
    )


def _online_retail(shared: pathlib.Path, target: pathlib.Path) -> None:
    shutil.copyfile(
        shared / "online_retail/online_retail.parquet", target / "online_retail.parquet"
    )


def _marketing_campaign(shared: pathlib.Path, target: pathlib.Path) -> None:
    shutil.copyfile(
        shared / "marketing_campaign/marketing_campaign.csv", target / "marketing_campaign.csv"
    )


# How each project's data gets into the folder `data/` of a clone.
SOURCES: Mapping[str, Callable[[pathlib.Path, pathlib.Path], None]] = {
    "online_retail": _online_retail,
    "cdnow": _cdnow,
    "marketing_campaign": _marketing_campaign,
}
