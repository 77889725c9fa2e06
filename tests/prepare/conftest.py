"""A small shop to prepare: three customers, one quarter (2026Q3), tables written to a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from segmentation_lib import prepare
from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError
from segmentation_lib.params import Params, build_params
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.selection import select_features

ORDER_COLUMNS = [
    "order_id",
    "customer_id",
    "ordered_at",
    "amount",
    "quantity",
    "product_id",
    "category",
    "channel",
    "discount",
]
ORDER_ROWS = [
    ("o1", "a", "2026-01-10 09:00", 20.00, 2, "p1", "home", "web", 0.0),
    ("o2", "a", "2026-01-10 18:00", 5.00, 1, "p2", "toys", "app", 1.0),
    ("o3", "a", "2026-03-11 12:00", 10.00, 1, "p1", "home", "web", 0.0),
    ("o4", "a", "2026-06-30 23:59:59", 7.50, 1, "p3", "home", "web", 0.0),
    ("o5", "a", "2026-07-01 00:00:00", 100.00, 4, "p1", "home", "web", 0.0),
    ("o6", "a", "2026-09-30 10:00", 60.00, 3, "p1", "home", "web", 0.0),
    ("o7", "b", "2025-05-01 10:00", 30.00, 1, "p5", "home", "web", 0.0),
    ("o8", "b", "2026-02-01 10:00", 50.00, 1, "p4", "home", "web", 0.0),
    ("o9", "b", "2026-02-05 10:00", -50.00, -1, "p4", "home", "web", 0.0),
    ("o10", "c", "2026-06-20 10:00", 40.00, 1, "p6", "toys", "app", 0.0),
    ("o11", "c", "2026-07-05 10:00", -40.00, -1, "p6", "toys", "app", 0.0),
]
EVENT_ROWS = [
    ("a", "2026-06-01 10:00", "visit", "s1", "phone"),
    ("a", "2026-06-01 10:05", "view", "s1", "phone"),
    ("a", "2026-06-10 10:00", "visit", "s2", "desktop"),
    ("b", "2026-08-01 10:00", "visit", "s3", "phone"),
    ("b", "2026-09-29 10:00", "visit", "s4", "phone"),
]


def order_frame(rows: list[tuple[Any, ...]] | None = None) -> pd.DataFrame:
    """Order lines as a source frame, dates parsed."""
    frame = pd.DataFrame(ORDER_ROWS if rows is None else rows, columns=ORDER_COLUMNS)
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"], format="ISO8601"))


def event_frame(rows: list[tuple[Any, ...]] | None = None) -> pd.DataFrame:
    """Events as a source frame, dates parsed."""
    columns = ["customer_id", "occurred_at", "event", "session_id", "device"]
    frame = pd.DataFrame(EVENT_ROWS if rows is None else rows, columns=columns)
    return frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"], format="ISO8601"))


@dataclass
class Shop:
    """A folder of source files, and the parameters to prepare them."""

    folder: Path
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    currency: str = "EUR"
    extracted_on: str | None = None
    prepare: dict[str, Any] = field(default_factory=dict)
    cluster: dict[str, Any] = field(default_factory=dict)
    partial: bool = False
    period: str = "2026Q3"

    def give(self, name: str, frame: pd.DataFrame, *, ending: str = "parquet", **options: Any):
        """Write a frame as the source of a table."""
        path = self.folder / f"{name}.{ending}"
        if ending == "parquet":
            frame.to_parquet(path, index=False)
        else:
            frame.to_csv(path, index=False)
        self.sources[name] = {"path": path.name, **options}
        return self

    @property
    def params(self) -> Params:
        """The parameters, with no lower limit of customers."""
        data: dict[str, Any] = {"currency": self.currency, **self.sources}
        if self.extracted_on:
            data["extracted_on"] = self.extracted_on
        values = {
            "project": "shop",
            "period": self.period,
            "partial": self.partial,
            "data": data,
            "prepare": {**self.prepare},
            "cluster": {**self.cluster},
        }
        params = build_params(values)
        if "min_customers" in self.prepare:
            return params
        few = params.prepare.model_copy(update={"min_customers": 0})
        return params.model_copy(update={"prepare": few})

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An open engine."""
        params = self.params
        with Engine.open(self.folder, params.data) as engine:
            yield engine

    def frame(self, name: str) -> pd.DataFrame:
        """The cleaned rows of one table."""
        with self.engine() as engine:
            params = self.params
            cleaned = prepare.clean(prepare.load_tables(engine, params), params)
            return engine.frame(cleaned[name])

    def clean(self) -> prepare.Cleaned:
        """Load and clean; the tables themselves are gone with the engine."""
        with self.engine() as engine:
            params = self.params
            return prepare.clean(prepare.load_tables(engine, params), params)

    def features(self) -> tuple[Feature, ...]:
        """The features that are selected, without measuring them."""
        with self.engine() as engine:
            params = self.params
            return select_features(prepare.load_tables(engine, params), params)

    def snapshot(self) -> prepare.Prepared:
        """The whole first stage."""
        with self.engine() as engine:
            params = self.params
            cleaned = prepare.clean(prepare.load_tables(engine, params), params)
            return prepare.snapshot(cleaned, params)

    def faults(self) -> dict[str, str]:
        """Codes and messages of the faults that stop the stage."""
        with pytest.raises(ContractError) as caught:
            self.snapshot()
        return {fault.code: str(fault) for fault in caught.value.faults}


@pytest.fixture
def empty_shop(tmp_path: Path) -> Shop:
    """A shop without tables."""
    return Shop(tmp_path)


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    """A shop with the hand-made orders."""
    return empty_shop.give("orders", order_frame())
