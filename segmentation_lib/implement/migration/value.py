"""How much value moved between segments: the quarter's sales of those who stayed and who went."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segmentation_lib.implement.migration.matrix import ARRIVED, LEFT, is_segment
from segmentation_lib.profile.wording import amount, percent, titled

__all__ = ["value_moved", "value_moved_sentences", "with_value"]


def with_value(
    matrix: pd.DataFrame,
    previous: pd.DataFrame | None,
    current: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    measure: str = "revenue",
) -> pd.DataFrame:
    """Add to each way of the matrix what its customers brought in the quarter.

    Sales in the quarter help to decide where a customer ends up, so this describes the moves and
    explains none of them.

    Args:
        matrix: The artefact ``migration``.
        previous: ``assignments_open`` of this quarter; None in the first quarter.
        current: ``assignments_close`` of this quarter.
        outcomes: The artefact ``outcomes``: one row per customer known at the open.
        measure: The outcome that is summed.

    Returns:
        The matrix with ``value`` (sum of the measure, 0 where nobody went that way, missing for
        customers not known at the open) and ``value_share`` of the row.
    """
    empty = {"value": "float64", "value_share": "float64"}
    if previous is None or matrix.empty:
        return matrix.assign(value=None, value_share=None).astype(empty)
    labels = [
        table.set_index("customer_id")["segment_id"].fillna(table.set_index("customer_id")["state"])
        for table in (previous, current)
    ]
    way = pd.concat(labels, axis=1, keys=["from_segment_id", "to_segment_id"], join="outer")
    way = way.fillna({"from_segment_id": ARRIVED, "to_segment_id": LEFT})
    # Sorted by customer, so that the sums of floats do not depend on the order of the rows.
    way = way.assign(value=outcomes.set_index("customer_id")[measure]).sort_index()
    keys = ["from_segment_id", "to_segment_id"]
    sums = way.groupby(keys, as_index=False)["value"].sum(min_count=1)
    table = matrix.merge(sums, on=keys, how="left", validate="one_to_one")
    nobody = (table["customers"] == 0) & (table["from_segment_id"] != ARRIVED)
    table["value"] = table["value"].astype("float64").mask(nobody, 0.0)
    rows = table.groupby("from_segment_id")["value"].transform("sum")
    return table.assign(value_share=table["value"] / rows.where(rows != 0))


def value_moved(table: pd.DataFrame) -> pd.DataFrame:
    """Sum the value of each segment up by where its customers went.

    Args:
        table: What `with_value` returned.

    Returns:
        A row per segment at the open: ``segment_id, value, stayed, moved, left``; ``moved`` went
        to another segment, ``left`` to none; the three parts add up to the value.
    """
    rows = table[table["from_segment_id"].map(is_segment)]
    same = rows["from_segment_id"] == rows["to_segment_id"]
    other = rows["to_segment_id"].map(is_segment) & ~same
    parts = {"value": same | True, "stayed": same, "moved": other, "left": ~same & ~other}
    sums = {
        name: rows["value"].where(part, 0.0).groupby(rows["from_segment_id"]).sum()
        for name, part in parts.items()
    }
    return pd.DataFrame(sums).rename_axis("segment_id").reset_index()


def value_moved_sentences(
    table: pd.DataFrame, names: Mapping[str, str], currency: str, *, most: int = 2
) -> list[str]:
    """Say how much of the quarter's sales came from customers who are elsewhere now.

    Args:
        table: What `with_value` returned.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
        most: Segments that are named.
    """
    if table.empty or table["value"].isna().all():
        return []
    moved = value_moved(table)
    whole = moved["value"].sum()
    if not whole > 0:
        return []
    gone = moved.assign(gone=moved["moved"] + moved["left"]).sort_values(
        ["gone", "segment_id"], ascending=[False, True]
    )
    first = (
        f"{percent(gone['gone'].sum() / whole)} of the quarter's sales came from customers who "
        "ended it in another segment or in none."
    )
    named = [row for row in gone.head(most).to_dict("records") if row["gone"] > 0]
    return [
        first,
        *(
            f"Most of that was in {titled(row['segment_id'], names)}: "
            f"{amount(row['gone'], currency)} of its {amount(row['value'], currency)}."
            for row in named[:1]
        ),
        *(
            f"Then {titled(row['segment_id'], names)}: {amount(row['gone'], currency)} of its "
            f"{amount(row['value'], currency)}."
            for row in named[1:]
        ),
    ]
