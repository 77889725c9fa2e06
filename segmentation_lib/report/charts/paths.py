"""Paths: which way customers go, step by step, and where they end up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import integer, percent
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import ACCENT, INK, MUTED, NEUTRAL, segment_colours
from segmentation_lib.words import event_words

__all__ = ["path_flow"]

_GAP = 0.018
_LANE = 0.16
# Bands of less than this share of all are too thin to be seen.
_FAINT = 0.002
_OTHER = "(other)"
_END_COLOURS = (ACCENT, "#9c3d12", "#998712", "#5f4564")
_ENDINGS = {"(end)": "left"}
_NOTE = (
    "Read from left to right. A band is as high as the {unit} in it. Bands in blue get to the "
    "first ending."
)
_LEFT_OUT = "Ways of fewer than {few} people are left out."

_Node = tuple[int, str]


def path_flow(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    ends: Sequence[str] = ("(end)",),
    source: str = "event",
    target: str = "next_event",
    position: str | None = "position",
    count: str = "sessions",
    unit: str = "sessions",
    people: str = "customers",
    heads: Sequence[str] | None = None,
    words: Mapping[str, str] | None = None,
    most: int = 7,
    few: int = 10,
    note: str | None = None,
) -> Chart:
    """Draw bands from each step of the paths to the next, with what came of them at the right.

    Args:
        frame: One row per source, target and position, with how often. Without a position, as for
            transitions, all rows are one step.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        ends: Targets that end a path, the best first. Their bands run on to the right edge.
            What is said to follow an ending is not drawn.
        source: Column of where a band starts.
        target: Column of where it leads.
        position: Column of the source's place in the path, from 1.
        count: Column of how many went this way.
        unit: What is counted.
        heads: Words over the columns; the positions if None.
        people: Column of the people who went this way; without it, ``count`` stands for them.
        words: What a step is called, by its code; else its code in words.
        most: Steps shown per position; the rarer ones are drawn together as ``(other)``.
        few: Ways of fewer people are left out, of picture and table.
        note: How to read the picture.

    Raises:
        ValueError: Nobody is in the frame.
    """
    columns = [source, target, count] if position is None else [source, target, position, count]
    goes_on = (frame[count] > 0) & ~frame[source].isin(list(ends))
    shown = frame[people if people in frame else count] >= few
    rows = frame.loc[goes_on & shown, columns]
    if rows.empty:
        raise ValueError(f"a flow of paths needs at least one move, of {few} or more people")
    places = [1] * len(rows) if position is None else rows[position].astype("int64").tolist()
    moves = _merged(
        list(zip(rows[source].astype("str"), rows[target].astype("str"), places,
                 rows[count].astype("float64"), strict=True)),
        ends, most,
    )  # fmt: skip
    flows = _through(moves, ends)
    codes = pd.unique(pd.concat([rows[source], rows[target]]).astype("str"))
    called = {code: event_words(code) for code in codes} | _ENDINGS | dict(words or {})
    left_out = bool((goes_on & ~shown).any())
    colours = _colours(flows, ends)

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        layout = _stack(flows, ends)
        _bands(axes, flows, layout, colours, ends)
        last = max(column for column, _ in layout)
        _blocks(canvas, axes, layout, colours, called, ends, last=last)
        for column in range(1, last + 1):
            said = (
                heads[column - 1] if heads is not None and column <= len(heads)
                else "end" if column == last and ends else str(column)
            )  # fmt: skip
            side = "left" if column < last else "right" if canvas.narrow else "left"
            axes.text(column + (0.04 if side == "right" else 0), 1.02, said, ha=side, size=11,
                      color=MUTED, weight="bold")  # fmt: skip
        axes.set(xlim=(0.98, last + (0.06 if canvas.narrow else 0.75)), ylim=(-0.01, 1.07))
        axes.axis("off")

    order = [*([position] if position else []), count, source, target]
    numbers = table(
        rows.sort_values(
            order, ascending=[column != count for column in order], kind="stable"
        ).replace({source: called, target: called})[columns],
        caption=f"Numbers of the chart: {caption}",
        formats={source: "text", target: "text"},
        headers={source: "From", target: "To"} | ({position: "Step"} if position else {}),
        row_header=source,
        note=_LEFT_OUT.format(few=few) if left_out else "",
    )
    said = _NOTE.format(unit=unit) + f" {_LEFT_OUT.format(few=few)}" * left_out
    said = said if note is None else note
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(440, 560), numbers=numbers, note=said
    )


_Move = tuple[str, str, int, float]


def _merged(moves: list[_Move], ends: Collection[str], most: int) -> list[_Move]:
    """Draw the rarer steps of each position together."""
    sizes: dict[_Node, float] = {}
    for source, target, place, number in moves:
        sizes[place, source] = sizes.get((place, source), 0) + number
        sizes[place + 1, target] = sizes.get((place + 1, target), 0) + number
    kept: set[_Node] = {node for node in sizes if node[1] in ends}
    for column in {place for place, _ in sizes}:
        steps = [node for node in sizes if node[0] == column and node not in kept]
        steps.sort(key=lambda node: (node[1] == _OTHER, -sizes[node], node[1]))
        kept |= set(steps if len(steps) <= most else steps[: most - 1])
    sums: dict[tuple[str, str, int], float] = {}
    for source, target, place, number in moves:
        key = (
            source if (place, source) in kept else _OTHER,
            target if (place + 1, target) in kept else _OTHER,
            place,
        )
        sums[key] = sums.get(key, 0) + number
    return [(*key, number) for key, number in sorted(sums.items())]


def _through(moves: list[_Move], ends: Collection[str]) -> list[_Move]:
    """Lead what has ended on to the right edge, one position at a time."""
    last = max(place for *_, place, _ in moves)
    sums: dict[tuple[str, str, int], float] = {}
    for source, target, place, number in moves:
        sums[source, target, place] = sums.get((source, target, place), 0) + number
        if target in ends:
            for later in range(place + 1, last + 1):
                sums[target, target, later] = sums.get((target, target, later), 0) + number
    return [(*key, number) for key, number in sorted(sums.items())]


def _stack(flows: list[_Move], ends: Sequence[str]) -> dict[_Node, tuple[float, float, float]]:
    """Return top, height and count of each block; the best ending on top, the others below."""
    ins: dict[_Node, float] = {}
    outs: dict[_Node, float] = {}
    for source, target, place, number in flows:
        outs[place, source] = outs.get((place, source), 0) + number
        ins[place + 1, target] = ins.get((place + 1, target), 0) + number
    sizes = {node: max(ins.get(node, 0.0), outs.get(node, 0.0)) for node in {*ins, *outs}}
    columns = sorted({column for column, _ in sizes})
    nodes = {c: [node for node in sizes if node[0] == c] for c in columns}
    unit = min(
        (1 - _GAP * (len(own) - 1)) / sum(sizes[node] for node in own) for own in nodes.values()
    )

    def rank(node: _Node) -> tuple[int, float, str]:
        name = node[1]
        if name in ends:
            place = list(ends).index(name)
            return (0 if place == 0 and len(ends) > 1 else 3 + place, 0.0, name)
        return (2 if name == _OTHER else 1, -sizes[node], name)

    layout = {}
    for own in nodes.values():
        top = 1.0
        for node in sorted(own, key=rank):
            layout[node] = (top, sizes[node] * unit, sizes[node])
            top -= sizes[node] * unit + _GAP
    return layout


def _colours(flows: list[_Move], ends: Sequence[str]) -> dict[str, str]:
    names = {name for source, target, *_ in flows for name in (source, target)}
    colours = segment_colours(names)
    several = len(ends) > 1
    for place, end in enumerate(ends):
        colours[end] = (
            _END_COLOURS[place % len(_END_COLOURS)] if several and end != "(end)" else NEUTRAL
        )
    return colours


def _bands(
    axes: Axes,
    flows: list[_Move],
    layout: Mapping[_Node, tuple[float, float, float]],
    colours: Mapping[str, str],
    ends: Collection[str],
) -> None:
    used: dict[tuple[str, _Node], float] = {}
    order = sorted(
        flows, key=lambda flow: (flow[2], -layout[flow[2], flow[0]][0],
                                 -layout[flow[2] + 1, flow[1]][0])
    )  # fmt: skip
    total = sum(number for *_, place, number in flows if place == 1)
    for source, target, place, number in order:
        left, right = (place, source), (place + 1, target)
        tops, heights = [], []
        for side, node in (("out", left), ("in", right)):
            top, height, size = layout[node]
            tops.append(used.get((side, node), top))
            heights.append(number * height / size)
            used[side, node] = tops[-1] - heights[-1]
        colour = colours[target] if target in ends else colours[source]
        if number < _FAINT * total:
            continue
        strength = _LANE if source in ends else 0.5 if colour != NEUTRAL else 0.3
        axes.add_patch(
            PathPatch(_band(place + _BAR, place + 1, tops, heights), color=colour, alpha=strength,
                      linewidth=0)
        )  # fmt: skip


_BAR = 0.035


def _band(start: float, end: float, tops: list[float], heights: list[float]) -> Path:
    middle, (left, right), (low, high) = (start + end) / 2, tops, heights
    corners = [
        (start, left), (middle, left), (middle, right), (end, right), (end, right - high),
        (middle, right - high), (middle, left - low), (start, left - low), (start, left),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path(corners, codes)


def _blocks(
    canvas: Canvas,
    axes: Axes,
    layout: Mapping[_Node, tuple[float, float, float]],
    colours: Mapping[str, str],
    called: Mapping[str, str],
    ends: Collection[str],
    *,
    last: int,
) -> None:
    total = max(sum(size for (c, _), (*_, size) in layout.items() if c == column)
                for column, _ in layout)  # fmt: skip
    for (column, name), (top, height, size) in layout.items():
        if name in ends and column < last:
            axes.add_patch(
                Rectangle((column, top - height), _BAR, height, linewidth=0, color=colours[name],
                          alpha=_LANE)
            )  # fmt: skip
            continue
        axes.add_patch(
            Rectangle((column, top - height), _BAR, height, linewidth=0,
                      color=colours[name] if colours[name] != NEUTRAL else MUTED)
        )  # fmt: skip
        said = called.get(name, event_words(name))
        said = canvas.wrap(said, wide=15, narrow=9)
        share = percent(size / total, 0)
        lines = said.count("\n") + 1
        room = height * (560 if canvas.narrow else 440) * 0.92
        size_of_type = 10 if canvas.narrow else 11
        if room < lines * (size_of_type + 1):
            continue
        right = canvas.narrow and column == last
        detail = f"\n{share}" if room > (lines + 1) * (size_of_type + 2) else ""
        if not canvas.narrow and column == last:
            detail = f"  {integer(size)}"
        axes.text(
            column - 0.03 if right else column + _BAR + 0.03, top - height / 2, said + detail,
            ha="right" if right else "left", va="center", size=size_of_type, color=INK,
            linespacing=1.0, bbox={"fc": "white", "ec": "none", "alpha": 0.6, "pad": 0.8},
        )  # fmt: skip
