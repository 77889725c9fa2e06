"""Who moved: from the segment at the last close to the segment at this one."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from segmentation_lib.profile.wording import count, listing, percent, titled

__all__ = [
    "ARRIVED",
    "LEFT",
    "is_segment",
    "migration_matrix",
    "migration_sentences",
    "net_flows",
    "refit_sentence",
]

ARRIVED = "(new)"
LEFT = "(left)"

_COLUMNS = ("from_segment_id", "to_segment_id", "customers", "share")
_SEGMENT = re.compile(r"S\d+")


def is_segment(label: str) -> bool:
    """Tell whether a label of the matrix is a segment, not a state, ``(new)`` or ``(left)``.

    >>> is_segment("S03"), is_segment("LAPSED"), is_segment("(new)")
    (True, False, False)
    """
    return _SEGMENT.fullmatch(label) is not None


def migration_matrix(previous: pd.DataFrame | None, current: pd.DataFrame) -> pd.DataFrame:
    """Count the customers who went from each segment, or state, to each.

    Customers without a segment are counted under their lifecycle state. Customers the previous
    quarter did not know come from ``(new)``; those this quarter does not know went to ``(left)``.

    Args:
        previous: Who was where at the last close, under the same model: this quarter's
            ``assignments_open``. None in the first quarter.
        current: ``assignments_close`` of this quarter.

    Returns:
        The artefact ``migration``: every pair of a label that occurs before and one that occurs
        now, zeros included, with ``share`` of the row's customers. A row adds up to the customers
        who carried its label last quarter. Segments come first, then states, then ``(new)`` and
        ``(left)``. Empty in the first quarter.
    """
    if previous is None:
        empty = pd.DataFrame(columns=list(_COLUMNS))
        return empty.astype({"customers": "int64", "share": "float64"})
    before, after = _labels(previous), _labels(current)
    joined = pd.concat([before, after], axis=1, keys=["before", "after"], join="outer")
    joined = joined.fillna({"before": ARRIVED, "after": LEFT})
    counts = pd.crosstab(joined["before"], joined["after"])
    table = counts.rename_axis(index="from_segment_id").melt(
        ignore_index=False, var_name="to_segment_id", value_name="customers"
    )
    table = table.reset_index().sort_values(
        ["from_segment_id", "to_segment_id"], key=lambda labels: labels.map(_place)
    )
    table = table.reset_index(drop=True)
    rows = table.groupby("from_segment_id")["customers"].transform("sum")
    return table.assign(share=table["customers"] / rows)[list(_COLUMNS)]


def net_flows(matrix: pd.DataFrame) -> pd.DataFrame:
    """Sum the matrix up by segment.

    Args:
        matrix: The artefact ``migration``.

    Returns:
        One row per segment, by ID: ``segment_id, before, after, stayed, inflow, outflow, net``,
        all in customers; ``net = inflow - outflow = after - before``.
    """
    before = matrix.groupby("from_segment_id")["customers"].sum()
    after = matrix.groupby("to_segment_id")["customers"].sum()
    same = matrix[matrix["from_segment_id"] == matrix["to_segment_id"]]
    stayed = same.set_index("from_segment_id")["customers"]
    ids = sorted({label for label in [*before.index, *after.index] if is_segment(str(label))})
    flows = pd.DataFrame({"before": before, "after": after, "stayed": stayed}).reindex(ids)
    flows = flows.fillna(0).astype("int64").rename_axis("segment_id").reset_index()
    flows["inflow"] = flows["after"] - flows["stayed"]
    flows["outflow"] = flows["before"] - flows["stayed"]
    flows["net"] = flows["inflow"] - flows["outflow"]
    return flows


def migration_sentences(
    matrix: pd.DataFrame, names: Mapping[str, str], *, small_cell: int = 10
) -> list[str]:
    """Say in plain English how many stayed and which segment gained or lost most.

    Args:
        matrix: The artefact ``migration``.
        names: Segment names by ID.
        small_cell: Flows of fewer customers are not mentioned.
    """
    if matrix.empty:
        return ["This is the first quarter, so there is no migration to show yet."]
    flows = net_flows(matrix)
    moves = matrix[matrix["from_segment_id"].map(is_segment)]
    total = int(moves["customers"].sum())
    if total == 0:
        return ["No customer was in a segment last quarter, so there is no migration to show."]
    stayed = int(flows["stayed"].sum())
    still = int(moves.loc[moves["to_segment_id"].map(is_segment), "customers"].sum())
    parts = [f"{_whole_percent(stayed, total)} are in the same one"]
    if still > stayed:
        parts.append(f"{_whole_percent(still - stayed, total)} moved to another")
    if total > still:
        parts.append(f"{_whole_percent(total - still, total)} are in none any more")
    sentences = [
        f"Of the {count(total)} customers in a segment at the last close, {listing(parts)}."
    ]
    gained = flows.sort_values(["net", "segment_id"], ascending=[False, True]).iloc[0]
    lost = flows.sort_values(["net", "segment_id"]).iloc[0]
    for row, verb in ((gained, "gained"), (lost, "lost")):
        if abs(row["net"]) >= small_cell and (row["net"] > 0) == (verb == "gained"):
            ways = [row["inflow"], row["outflow"]]
            small = any(0 < way < small_cell for way in ways)
            split = "" if small else f" ({count(ways[0])} in, {count(ways[1])} out)"
            net = count(abs(row["net"]))
            sentences.append(f"{titled(row['segment_id'], names)} {verb} most: {net} net{split}.")
    return sentences


def _whole_percent(customers: int, total: int) -> str:
    """Return a share in whole percents: a finer one, less the flows shown, would tell of a few."""
    return "under 1%" if 0 < 100 * customers < total else f"{100 * customers / total:.0f}%"


def _labels(assignments: pd.DataFrame) -> pd.Series:
    table = assignments.set_index("customer_id").sort_index()
    return table["segment_id"].astype("object").where(table["segment_id"].notna(), table["state"])


def _place(label: str) -> tuple[int, str]:
    return (0 if is_segment(label) else 2 if label.startswith("(") else 1, label)


def refit_sentence(previous: pd.DataFrame | None, at_open: pd.DataFrame) -> str:
    """Say how many customers the new model places otherwise, on one and the same day.

    A change of model is not a move of customers, so the matrix does not count it.

    Args:
        previous: ``assignments_close`` of the previous quarter; None in the first quarter.
        at_open: This quarter's ``assignments_open``: the same day, under the new model.
    """
    if previous is None:
        return ""
    both = previous[["customer_id", "segment_id"]].merge(
        at_open[["customer_id", "segment_id"]], on="customer_id", suffixes=("_old", "_new")
    )
    both = both.dropna()
    changed = int((both["segment_id_old"] != both["segment_id_new"]).sum())
    if not changed:
        return "The new model places everyone as last quarter's did."
    return (
        f"The new model places {count(changed)} of {count(len(both))} customers "
        f"({percent(changed / len(both))}) in another segment than last quarter's model did on "
        "the same day; that is not counted as movement."
    )
