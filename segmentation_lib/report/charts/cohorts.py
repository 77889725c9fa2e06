"""Cohorts: the share of each cohort that is still active, period by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from segmentation_lib.report.charts.heat import SEQUENTIAL, draw_cells
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import formatter, integer, number, percent
from segmentation_lib.report.tables import default_format, table
from segmentation_lib.report.theme import MUTED, text_on

__all__ = ["cohort_grid"]

_DARK = "The darker, the more of the cohort were active."
_HATCHED = "Hatched: the period is not over, so the share can still rise; it is no loss."
_EMPTY = "Empty: not known."
_FEW = "few: under {few} people were active, or under {few} were not, so the share is not shown."
_EDGE = ("* The records begin here, so this cohort may hold older customers.",)
_MOST_NUMBERS = 13


def cohort_grid(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    cohort_label: str = "first purchase in",
    period_label: str = "quarters later",
    few: int = 10,
    note: str | None = None,
) -> Chart:
    """Draw the share of each cohort that was active, by period since its start.

    Args:
        frame: ``cohort`` (text or date that sorts in time), ``period`` (whole, 0 is the cohort's
            own), ``share`` (0 to 1; missing is unknown and stays empty) and ``customers`` (size
            of the cohort). ``partial`` marks periods that are not over: they are hatched.
            ``edge`` marks cohorts that may hold older customers: they get a star. ``low`` and
            ``high`` go into the table.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        cohort_label: What the rows stand for.
        period_label: What the columns count.
        few: Cohorts of fewer customers are left out. Cells in which fewer were active, or fewer
            were not, are marked and not told, in picture and table: times the customers, a share
            is a count. ``active`` holds the counts; without it they follow from the share.
        note: How to read the picture; None says what hatched and empty cells mean.

    Raises:
        ValueError: No cohort of ``few`` or more customers is in the frame.
    """
    rows = frame[frame["customers"] >= few].sort_values(["cohort", "period"], kind="stable")
    if rows.empty:
        raise ValueError(f"a cohort grid needs at least one cohort of {few} or more customers")
    hidden = _few_active(rows, few)
    ends = [column for column in ("share", "low", "high") if column in rows]
    rows = rows.assign(**{column: rows[column].mask(hidden) for column in ends})
    shares = rows.pivot(index="cohort", columns="period", values="share").sort_index()
    shares = shares.reindex(columns=range(int(shares.columns.min()), int(shares.columns.max()) + 1))
    marked = rows["partial"].astype("bool") if "partial" in rows else pd.Series(False, rows.index)
    places = {name: place for place, name in enumerate(shares.index)}
    first = int(shares.columns[0])
    small_at = [
        (places[cohort], int(period) - first)
        for cohort, period in rows.loc[hidden, ["cohort", "period"]].itertuples(
            index=False, name=None
        )
    ]
    open_at = [
        (places[cohort], int(period) - first)
        for cohort, period in rows.loc[
            marked & rows["share"].notna(), ["cohort", "period"]
        ].itertuples(index=False, name=None)
    ]
    sizes = rows.groupby("cohort")["customers"].first()
    edge = set(rows.loc[rows["edge"].astype("bool"), "cohort"]) if "edge" in rows else set()
    name = formatter(default_format(rows["cohort"]))
    values = shares.to_numpy("float64")

    def draw(canvas: Canvas) -> None:
        crowded = values.shape[1] > (9 if canvas.narrow else _MOST_NUMBERS)
        between = "\n" if canvas.narrow else ", "
        heads = [
            f"{name(item)}{'*' * (item in edge)}{between}{integer(sizes[item])}"
            for item in shares.index
        ]
        axes = draw_cells(
            canvas, values, heads,
            _period_heads(shares.columns, 9 if canvas.narrow else 30), lambda share: "", missing="",
            cmap=SEQUENTIAL, vmin=0.0, vmax=1.0,
        )  # fmt: skip
        for row, column in open_at:
            axes.add_patch(
                Rectangle((column + 0.03, row + 0.03), 0.94, 0.94, facecolor="none", hatch="////",
                          edgecolor="#8a939f", linewidth=0, zorder=2)
            )  # fmt: skip
        # On a phone there is no room for many numbers; the colours stay, and the table has them.
        if not (crowded and canvas.narrow):
            size = 10 if crowded or canvas.narrow else 12
            _write(canvas, values, size=size, at_open=open_at)
            for row, column in small_at:
                axes.text(column + 0.5, row + 0.5, "few", ha="center", va="center_baseline",
                          size=size - 1, color=MUTED)  # fmt: skip
        title = f"rows: {cohort_label}, customers; columns: {period_label}"
        axes.set_title(canvas.wrap(title, wide=90, narrow=38), loc="left", size=12, pad=24)

    columns = [c for c in ("cohort", "customers", "period", "share", "low", "high", "partial")
               if c in rows]  # fmt: skip
    numbers = table(
        rows[columns],
        caption=f"Numbers of the chart: {caption}",
        formats={c: "percent1" for c in ("share", "low", "high") if c in rows},
        headers={"cohort": "Cohort", "customers": "Customers", "period": period_label.capitalize(),
                 "share": "Active"} | ({"partial": "Not over"} if "partial" in rows else {}),
        row_header="cohort",
        note=" ".join(
            [f"Cohorts under {few} customers are left out."] * (len(rows) < len(frame))
            + [f"Shares of under {few} people are not shown."] * bool(small_at)
        ),
    )  # fmt: skip
    if note is None:
        unknown = int(np.isnan(values).sum()) > len(small_at)
        said = [_HATCHED] * bool(open_at) + [_FEW.format(few=few)] * bool(small_at)
        note = " ".join([_DARK, *said, *[_EMPTY] * unknown, *_EDGE[: len(edge)]])
    heights = (34 * len(shares) + 74, 36 * len(shares) + 86)
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)


def _few_active(rows: pd.DataFrame, few: int) -> pd.Series:
    """Return which cells stand for a few people: those active, or those who are not."""
    counted = (rows["share"] * rows["customers"]).round()
    active = rows["active"].astype("float64") if "active" in rows else counted
    rest = rows["customers"] - active
    return active.between(1, few - 1) | rest.between(1, few - 1)


def _period_heads(periods: pd.Index, most: int) -> list[str]:
    """Return the heads of the columns; where they are many, every second or third only."""
    every = -(-len(periods) // most)
    return ["" if place % every else str(period) for place, period in enumerate(periods)]


def _write(
    canvas: Canvas, values: np.ndarray, *, size: float, at_open: list[tuple[int, int]]
) -> None:
    """Write the shares; on hatched cells on a plain ground, so that they can be read."""
    axes = canvas.figure.axes[0]
    for (row, column), share in np.ndenumerate(values):
        if not np.isfinite(share):
            continue
        fill = to_hex(SEQUENTIAL(share))
        ground = {"fc": fill, "ec": "none", "pad": 1.5} if (row, column) in at_open else None
        text = number(100 * share, 0) if canvas.narrow else percent(share, 0)
        axes.text(
            column + 0.5, row + 0.5, text, ha="center", va="center_baseline", size=size,
            color=text_on(fill), bbox=ground,
        )  # fmt: skip
