"""The map of causes and effects: what goes with what, and how sure we are that it is a cause."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path

from segmentation_lib.report.charts.spacing import spaced
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, feature, formatter, is_missing, kpi
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import ACCENT, INK, MUTED, NEUTRAL

__all__ = ["GRADES", "cause_map"]


@dataclass(frozen=True)
class _Style:
    """How a grade of evidence is drawn."""

    said: str
    colour: str
    dashes: Literal["-"] | tuple[float, Sequence[float]]
    width: float
    arrow: bool


GRADES: Mapping[str, _Style] = {
    "experiment": _Style("experiment: tested", ACCENT, "-", 2.4, True),
    "quasi-experiment": _Style("quasi-experiment: close to a test", ACCENT, (0, (6, 3)), 2.0, True),
    "association": _Style("association: they go together", INK, (0, (1.2, 2.4)), 2.0, False),
    "assumption": _Style("assumption: not checked", NEUTRAL, "-", 1.4, False),
}
_NOTE = (
    "Lines with an arrow come from a test with a control group, or from a comparison that is close "
    "to one. Lines without an arrow say that two things go together, or what we believe: to change "
    "the left need not change the right."
)
_BELIEVED = "not measured"
_PORT = 0.035


def cause_map(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    format: str | Formatter = "signed2",
    note: str = _NOTE,
) -> Chart:
    """Draw a line from each trait to each outcome it bears on, its style by grade of evidence.

    On a phone the same links are a list, each with the mark of its grade.

    Args:
        frame: ``trait`` and ``outcome`` (codes, or words), ``effect`` (a number; missing where it
            is only believed) and ``grade`` (``experiment``, ``quasi-experiment``, ``association``
            or ``assumption``), one row per link. ``said`` is the effect in words, such as
            ``+4.1 points``, and ``label`` the same for the picture, in a few words. ``low`` and
            ``high`` go into the table. Where ``drawn`` is there, only such rows are drawn; the
            table holds all of them.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        format: Format of the effects that have no words.
        note: How to read the picture.

    Raises:
        ValueError: There is no link to draw, or a grade is not known.
    """
    if frame.empty:
        raise ValueError("a map of causes needs at least one link")
    unknown = sorted(set(frame["grade"]) - set(GRADES))
    if unknown:
        raise ValueError(f"grade {unknown[0]!r} is not one of {', '.join(GRADES)}")
    order = {grade: place for place, grade in enumerate(GRADES)}
    rows = frame.assign(place=frame["grade"].map(order)).sort_values(
        ["place", "trait", "outcome"], kind="stable"
    )
    drawn = rows[rows["drawn"].astype("bool")] if "drawn" in rows else rows
    if drawn.empty:
        raise ValueError("a map of causes needs at least one link that is drawn")
    shown = formatter(format)
    links = [
        _Link(feature(row["trait"]), kpi(row["outcome"]), row["grade"],
              _effect(row, shown))
        for row in drawn.to_dict("records")
    ]  # fmt: skip
    present = [grade for grade in GRADES if grade in set(drawn["grade"])]

    def draw(canvas: Canvas) -> None:
        (_list if canvas.narrow else _map)(canvas, links)
        _legend(canvas, present)

    columns = ["trait", "outcome", "segment_id", "effect", "low", "high", "grade", "said"]
    numbers = table(
        rows[[column for column in columns if column in rows]],
        caption=f"Numbers of the chart: {caption}",
        formats={"trait": "feature", "outcome": "kpi"}
        | {column: format for column in ("effect", "low", "high") if column in rows},
        headers={"grade": "Evidence"}
        | {c: said for c, said in (("low", "from"), ("high", "to"), ("said", "In words"))
           if c in rows},
        row_header="trait",
    )  # fmt: skip
    sides = max(len({link.trait for link in links}), len({link.outcome for link in links}))
    wide = max(30 * len(links), 46 * sides) + 64
    narrow = 64 * len(links) + 24 * len(present) + 16
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(wide, narrow), numbers=numbers, note=note
    )


@dataclass(frozen=True)
class _Link:
    """One link in words."""

    trait: str
    outcome: str
    grade: str
    effect: str


def _effect(row: Mapping[Hashable, Any], shown: Formatter) -> str:
    for column in ("label", "said"):
        said = row.get(column)
        if isinstance(said, str) and said:
            return said
    return _BELIEVED if is_missing(row["effect"]) else shown(row["effect"])


def _map(canvas: Canvas, links: list[_Link]) -> None:
    """Traits on the left, outcomes on the right, and between them each link with its effect."""
    axes = canvas.axes()
    left = _side(links, lambda link: link.trait, lambda link: float(_ranks(links)[link.outcome]))
    right = _side(links, lambda link: link.outcome, lambda link: left[link.trait])
    gap = 1 / max(len(links) - 1, 1)
    wanted = [0.5 * (left[link.trait] + right[link.outcome]) for link in links]
    heights = spaced(wanted, gap)
    heights += 0.5 - (heights.min() + heights.max()) / 2
    starts = _ports([left[link.trait] for link in links], heights)
    ends = _ports([right[link.outcome] for link in links], heights)
    for link, start, height, end in zip(links, starts, heights.tolist(), ends, strict=True):
        _edge(axes, (start, height, end), GRADES[link.grade])
        axes.text(
            0.5, height, canvas.wrap(link.effect, wide=38), ha="center", va="center_baseline",
            size=12, weight="bold",
            color=MUTED if link.grade == "assumption" else INK, zorder=4,
            bbox={"fc": "white", "ec": "none", "pad": 2},
        )  # fmt: skip
    for places, x, side in ((left, -0.015, "right"), (right, 1.02, "left")):
        for said, height in places.items():
            axes.text(x, height, canvas.wrap(said, wide=24), ha=side, va="center", size=12)
    reach = [0.0, 1.0, *heights.tolist(), *starts, *ends]
    axes.set(xlim=(-0.4, 1.4), ylim=(max(reach) + 0.05, min(reach) - 0.05))
    axes.axis("off")


def _ranks(links: list[_Link]) -> dict[str, int]:
    outcomes = dict.fromkeys(link.outcome for link in links)
    return {outcome: place for place, outcome in enumerate(outcomes)}


def _side(
    links: list[_Link], said: Callable[[_Link], str], pull: Callable[[_Link], float]
) -> dict[str, float]:
    """Return the heights of one side's words, each near to what it is linked with."""
    pulls: dict[str, list[float]] = {}
    for link in links:
        pulls.setdefault(said(link), []).append(pull(link))
    ordered = sorted(pulls, key=lambda word: (sum(pulls[word]) / len(pulls[word]), word))
    spread = np.linspace(0, 1, len(ordered)).tolist() if len(ordered) > 1 else [0.5]
    return dict(zip(ordered, spread, strict=True))


def _ports(places: list[float], heights: np.ndarray) -> list[float]:
    """Return where each link meets its word: links that share a word, a little apart."""
    ports, step = list(places), min(_PORT, 0.3 / len(places))
    for place in set(places):
        own = sorted((n for n, at in enumerate(places) if at == place), key=lambda n: heights[n])
        for rank, number in enumerate(own):
            ports[number] = place + (rank - (len(own) - 1) / 2) * step
    return ports


def _edge(axes: Axes, heights: tuple[float, float, float], style: _Style) -> None:
    start, middle, end = heights
    corners = [(0, start), (0.2, start), (0.24, middle), (0.42, middle), (0.58, middle),
               (0.76, middle), (0.8, end), (1, end)]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
    shape = {"edgecolor": style.colour, "linewidth": style.width, "linestyle": style.dashes}
    axes.add_patch(PathPatch(Path(corners, codes), facecolor="none", **shape))
    if style.arrow:
        axes.add_patch(
            FancyArrowPatch((0.985, end), (1.0, end), arrowstyle="-|>", mutation_scale=14,
                            color=style.colour, linewidth=0, shrinkA=0, shrinkB=0)
        )  # fmt: skip


def _list(canvas: Canvas, links: list[_Link]) -> None:
    """One link per row: its mark, then trait, outcome and effect."""
    axes = canvas.axes()
    for place, link in enumerate(links):
        style = GRADES[link.grade]
        axes.plot([0, 0.13], [place, place], color=style.colour, linewidth=style.width,
                  linestyle=style.dashes)  # fmt: skip
        if style.arrow:
            axes.plot([0.135], [place], ">", color=style.colour, markersize=7)
        words = f"{link.trait} – {link.outcome[:1].lower()}{link.outcome[1:]}"
        axes.text(0.18, place - 0.24, canvas.wrap(words, narrow=38), va="center", size=11)
        axes.text(0.18, place + 0.26, link.effect, va="center_baseline", size=11, weight="bold",
                  color=MUTED if link.grade == "assumption" else INK)  # fmt: skip
        axes.axhline(place + 0.5, color="#e8ecf0", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(len(links) - 0.5, -0.5))
    axes.axis("off")


def _legend(canvas: Canvas, grades: list[str]) -> None:
    marks = [
        Line2D([], [], color=GRADES[grade].colour, linewidth=GRADES[grade].width,
               linestyle=GRADES[grade].dashes, marker=">" if GRADES[grade].arrow else "",
               markevery=[1])
        for grade in grades
    ]  # fmt: skip
    canvas.figure.legend(
        marks, [GRADES[grade].said for grade in grades], loc="outside lower left", frameon=False,
        ncols=1 if canvas.narrow else 2, fontsize=11, handlelength=3.4, borderpad=0.2,
        labelcolor=MUTED,
    )  # fmt: skip
