"""Hand-made audiences, and random ones with random rows to try them on."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.implement.audiences import Audience, Clause, Conjunction, Source

SOURCE = Source(model_hash="0123456789ab", as_of=date(2025, 9, 30), window_days=365)
NUMBERS = (-1e300, -2.5, -0.0, 0.0, 0.1, 0.1 + 0.2, 0.3, 5.0, np.nextafter(5.0, 6), 1e-300, 1e300)
TEXTS = ("", " ", "a", "A", "é", "it's", '"', "a\\b", "\\", "'; DROP TABLE features; --", "%_",
         "NULL", "NaN", "tab\tnew\nline", "日本")  # fmt: skip
FIELDS = ("x", 'y "odd" name', "Z;--")
WORDS = ("plan", "sel'ect")


def clause(field: str, op: str, value: Any, null: str | None = "fail") -> Clause:
    return Clause(field=field, op=op, value=value, null=None if op == "is_null" else null)


def audience(*parts: list[Clause], segment: str = "S01", priority: int = 1, exclude=()) -> Audience:
    return Audience(
        schema="segmentation-audience/1", segment_id=segment, version="2025Q3",
        priority=priority, source=SOURCE, any=tuple(Conjunction(all=tuple(p)) for p in parts),
        exclude=tuple(exclude),
    )  # fmt: skip


def random_clause(rng: np.random.Generator) -> Clause:
    null = str(rng.choice(["pass", "fail"]))
    if rng.random() < 0.1:
        field = str(rng.choice([*FIELDS, *WORDS]))
        return clause(field, "is_null", bool(rng.random() < 0.5))
    if rng.random() < 0.6:
        op = str(rng.choice(["=", "!=", "<", "<=", ">", ">=", "in", "not_in", "between"]))
        some = [float(value) for value in rng.choice(NUMBERS, rng.integers(1, 4))]
        value = sorted([some[0], some[-1]]) if op == "between" else some
        single = op not in ("in", "not_in", "between")
        return clause(str(rng.choice(FIELDS)), op, some[0] if single else tuple(value), null)
    op = str(rng.choice(["=", "!=", "in", "not_in"]))
    some = [TEXTS[place] for place in rng.integers(0, len(TEXTS), rng.integers(1, 4))]
    value = tuple(some) if op in ("in", "not_in") else some[0]
    return clause(str(rng.choice(WORDS)), op, value, null)


def random_audience(rng: np.random.Generator, place: int = 1) -> Audience:
    parts = [
        [random_clause(rng) for _ in range(rng.integers(1, 4))] for _ in range(rng.integers(1, 4))
    ]
    exclude = [random_clause(rng)] if rng.random() < 0.3 else []
    return audience(*parts, segment=f"S{place:02d}", priority=place, exclude=exclude)


def random_rows(rng: np.random.Generator, n: int) -> pd.DataFrame:
    frame = pd.DataFrame({"customer_id": [f"{place:05d}" for place in range(n)]}, dtype="str")
    drawn = [*NUMBERS, np.nan, np.inf, -np.inf]
    for name in FIELDS:
        frame[name] = rng.choice(drawn, n)
    for name in WORDS:
        values = [*TEXTS, None]
        frame[name] = pd.Series([values[i] for i in rng.integers(0, len(values), n)], dtype="str")
    return frame
