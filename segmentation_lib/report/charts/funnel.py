"""Funnels: how many get to each step, one small funnel per segment."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.charts.panels import in_order, panel_heading, panel_heights, panels
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import integer, is_missing, percent
from segmentation_lib.report.tables import Table, table
from segmentation_lib.report.theme import INK, MUTED, NEUTRAL, segment_colours, segment_hatches
from segmentation_lib.small_cells import rounding_note
from segmentation_lib.words import event_words

__all__ = ["funnel"]

_PALE = "#c3c9d0"
_TOO_FEW = "too few to show"
_NOTE = (
    "Bars: share of all who could start. In brackets: share of those who made the step before. "
    "Lines: 95% interval."
)
_GREY = " Pale bars rest on fewer than 30 people: read them with care."
_ROW = 27
_WIDTHS = (18, 15)
_GRID = {"wide": 2, "narrow": 1}
_COLUMNS = [
    "segment_id", "step", "event", "base", "reached", "did", "share_of_all", "all_low", "all_high",
    "share_of_previous", "previous_low", "previous_high",
]  # fmt: skip
_HEADERS = {
    "step": "Step", "event": "What they did", "base": "Could start",
    "reached": "People in this order", "did": "Did it at all", "share_of_all": "Share of all",
    "all_low": "from", "all_high": "to", "share_of_previous": "Share of the step before",
    "previous_low": "from", "previous_high": "to",
}  # fmt: skip


def funnel(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    few: int = 10,
    note: str | None = None,
) -> Chart:
    """Draw one small funnel per segment: a bar per step, with its interval.

    Args:
        frame: What ``profile.journeys.shown_funnel`` returned, of one funnel: ``segment_id``,
            ``step`` (from 1), ``event``, ``reached`` (people), ``share_of_all`` with ``all_low``
            and ``all_high``, and ``share_of_previous`` with ``previous_low`` and
            ``previous_high`` (0 to 1); one row per segment (``(all)`` for everybody) and step.
            ``base`` is how many could start, ``did`` how many did it in any way (both for the
            table). ``small`` is true where the base of a step is too small to be read: those bars
            are pale. Interval columns may be absent.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        few: The fewest people that are shown. Steps whose ``reached`` is missing are drawn
            without a bar, as too few to show.
        note: How to read the picture; None says what bars, brackets and lines are.

    Raises:
        ValueError: The frame is empty, a later step was reached by more people, or a count, or
            the difference of two, would tell of fewer people than ``few``.
    """
    if frame.empty:
        raise ValueError("a funnel needs at least one step")
    rows = frame.sort_values(["segment_id", "step"], kind="stable").reset_index(drop=True)
    rows["reached"] = rows["reached"].astype("Int64")
    grown = (rows.groupby("segment_id")["reached"].diff() > 0).fillna(False)
    if grown.any():
        worst = rows[grown].iloc[0]
        raise ValueError(
            f"funnel of {worst['segment_id']}: step {worst['step']} was reached by more people "
            "than the step before; a funnel only narrows"
        )
    _refuse_few(rows, few)
    small = rows.get("small", pd.Series(False, index=rows.index)).astype("bool")
    ids = in_order(rows["segment_id"])
    colours, hatches = segment_colours(ids), segment_hatches(ids)
    widest = float(
        np.nanmax(rows[[c for c in ("share_of_all", "all_high") if c in rows]].to_numpy("float64"))
    )
    steps = int(rows.groupby("segment_id")["step"].size().max())

    def draw(canvas: Canvas) -> None:
        grid = panels(canvas, len(ids), **_GRID, sharex=True)
        for axes, item in zip(grid, ids, strict=True):
            own = rows[rows["segment_id"].astype("str") == item]
            pale = small[own.index].to_numpy()
            fills = [_PALE if thin else colours[item] for thin in pale]
            _steps(canvas, axes, own, fills, hatches[item])
            axes.set_xlim(0, widest + (0.34 if canvas.narrow else 0.26))
            panel_heading(
                canvas, axes, item, {"(all)": "customers"} | dict(names or {}),
                MUTED if pale[0] or colours[item] == NEUTRAL else colours[item],
                after=_base(own), wrap=(46, 38),
            )  # fmt: skip

    if note is None:
        note = _NOTE + (_GREY if small.any() else "")
        note += f" {rounding_note(few)}" if _is_rounded(rows, few) else ""
    at_desk, on_phone = (
        max(_ROW, 6 + 13 * max(len(wrap(event_words(event), width)) for event in rows["event"]))
        for width in _WIDTHS
    )
    row = at_desk * steps + 52, on_phone * steps + 58
    return draw_chart(
        draw, alt=alt, caption=caption, heights=panel_heights(len(ids), row, **_GRID),
        numbers=_numbers(rows, caption, few), note=note,
    )  # fmt: skip


def _refuse_few(rows: pd.DataFrame, few: int) -> None:
    """Refuse counts that tell of a few people, alone or one less the other."""
    counts = [name for name in ("base", "did", "reached") if name in rows]
    for item, own in rows.groupby("segment_id", sort=False):
        told = own[counts].astype("Int64")
        gaps = [told["reached"].diff(), *[told[name] - told["reached"] for name in counts[:-1]]]
        for found in (*[told[name] for name in counts], *gaps):
            few_people = found.abs().between(1, few - 1).fillna(False)
            if few_people.any():
                step = own.loc[few_people, "step"].iloc[0]
                raise ValueError(
                    f"funnel of {item}: step {step} tells of under {few} people, alone or less a "
                    "count beside it; such counts are not drawn. Give what "
                    "profile.journeys.shown_funnel returns"
                )


def _is_rounded(rows: pd.DataFrame, few: int) -> bool:
    """Return whether all counts are whole limits, as `small_cells.rounded` leaves them."""
    counts = rows[[name for name in ("base", "did", "reached") if name in rows]].astype("Int64")
    return bool(((counts % few) == 0).fillna(True).all(axis=None))


def _steps(canvas: Canvas, axes: Axes, own: pd.DataFrame, fills: list[str], hatch: str) -> None:
    places = np.arange(len(own))
    hidden = own["reached"].isna().to_numpy()
    shares = own["share_of_all"].to_numpy("float64", copy=True)
    shares[hidden] = np.nan
    axes.barh(places, np.nan_to_num(shares), height=0.66, color=fills, hatch=hatch)
    ends = shares
    if {"all_low", "all_high"} <= set(own.columns):
        low, ends = (
            np.where(hidden, np.nan, own[column].to_numpy("float64"))
            for column in ("all_low", "all_high")
        )
        axes.hlines(places, low, ends, color=INK, linewidth=1.4)
        axes.plot([low, ends], [places, places], "|", color=INK, markersize=6)
    for place, (share, end, row) in enumerate(
        zip(shares, ends, own.to_dict("records"), strict=True)
    ):
        text = _TOO_FEW if is_missing(row["reached"]) else _said(row)
        axes.text(np.nanmax([share, end, 0.0]) + 0.02, place, text, va="center_baseline", size=11)
    steps = [
        canvas.wrap(event_words(said), wide=_WIDTHS[0], narrow=_WIDTHS[1]) for said in own["event"]
    ]
    axes.set_yticks(places, steps, size=11)
    axes.set_xticks([])
    axes.set_ylim(len(own) - 0.4, -0.6)
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=NEUTRAL, linewidth=1)


def _said(row: Mapping[Hashable, Any]) -> str:
    said = percent(row["share_of_all"], 0)
    before = row["share_of_previous"]
    if row["step"] == 1 or is_missing(before):
        return said
    return f"{said} ({percent(before, 0)})"


def _base(own: pd.DataFrame) -> str:
    """Return how many could start, where that is known and not a small number."""
    if "base" not in own or is_missing(own["base"].iloc[0]):
        return ""
    return f", {integer(own['base'].iloc[0])} people"


def _numbers(rows: pd.DataFrame, caption: str, few: int) -> Table:
    shown = rows[[column for column in _COLUMNS if column in rows]].copy()
    counted = [str(column) for column in shown if column not in ("segment_id", "step", "event")]
    shown[counted] = shown[counted].astype("float64")
    hidden = shown[["reached", *(["did"] if "did" in shown else [])]].isna().any(axis=None)
    notes = [rounding_note(few)] * _is_rounded(rows, few)
    notes += [f"Counts under {few} people are left out."] * bool(hidden)
    return table(
        shown.assign(event=shown["event"].map(event_words)),
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment"}
        | {column: "percent0" if "_" in column else "integer" for column in counted},
        headers={column: said for column, said in _HEADERS.items() if column in shown.columns},
        row_header="segment_id",
        note=" ".join(notes),
    )
