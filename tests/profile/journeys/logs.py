"""Small event logs, written down or drawn."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window

WINDOW = Window(date(2026, 1, 1), date(2026, 4, 1))
START = pd.Timestamp("2026-01-01")


def written(journeys: dict[str, str], *, sessions: bool = True) -> ibis.Table:
    """Return a log; a customer's sessions are parted by ``|``, events are one minute apart.

    A session begins every whole day, the first on the first day of the window.
    """
    rows = [
        (customer, START + pd.Timedelta(days=day, minutes=minute), event, f"s{day}")
        for customer, text in journeys.items()
        for day, part in enumerate(text.split("|"))
        for minute, event in enumerate(part.split())
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "occurred_at", "event", "session_id"])
    return ibis.memtable(frame if sessions else frame.drop(columns="session_id"))


def segments(**members: list[str]) -> ibis.Table:
    """Return who is in which segment: ``S01=["a", "b"]``."""
    rows = [(customer, segment) for segment, people in members.items() for customer in people]
    return ibis.memtable(pd.DataFrame(rows, columns=["customer_id", "segment_id"]))


def drawn(paths: list[np.ndarray], customers: np.ndarray) -> ibis.Table:
    """Return a log with one session per path, of the customer at the same place."""
    lengths = np.array([len(path) for path in paths])
    session = np.repeat(np.arange(len(paths)), lengths)
    step = np.arange(len(session)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = START + pd.to_timedelta(session % 80, unit="D") + pd.to_timedelta(step, unit="s")
    return ibis.memtable(
        pd.DataFrame(
            {
                "customer_id": pd.Series(customers[session]).map("c{:05d}".format),
                "occurred_at": at,
                "event": np.concatenate(paths),
                "session_id": pd.Series(session).map("s{:06d}".format),
            }
        )
    )
