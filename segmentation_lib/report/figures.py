"""Accessible figures: one drawing in a wide and a narrow picture, with alt text and its numbers."""

from __future__ import annotations

import base64
import io
import math
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from segmentation_lib.report.tables import Table
from segmentation_lib.report.theme import FONT_STACK, figure_style

__all__ = ["Canvas", "Chart", "Picture", "draw_chart"]

WIDE, NARROW = 920, 358
NARROW_BELOW = "(max-width: 640px)"


@dataclass(frozen=True)
class Canvas:
    """An empty picture to draw on.

    Attributes:
        figure: The matplotlib figure, laid out with constraints, 72 units per inch, so that
            sizes of type are CSS pixels.
        narrow: Whether this is the picture for a phone.
    """

    figure: Figure
    narrow: bool

    def axes(self) -> Axes:
        """Return one set of axes that fills the picture."""
        return self.figure.add_subplot()

    def wrap(self, label: Any, *, wide: int = 34, narrow: int = 16) -> str:
        """Return a label broken into lines that fit this picture."""
        return "\n".join(textwrap.wrap(str(label), narrow if self.narrow else wide))


@dataclass(frozen=True)
class Picture:
    """The bytes of one picture.

    Attributes:
        mime: ``image/svg+xml`` or ``image/png``.
        content: The file's bytes.
        width: Width in CSS pixels.
        height: Height in CSS pixels.
    """

    mime: str
    content: bytes
    width: int
    height: int

    @property
    def address(self) -> str:
        """A data address that carries the whole picture."""
        if self.mime == "image/svg+xml":
            text = self.content.decode("utf-8").replace("'", "&#39;").replace('"', "'")
            return f"data:{self.mime},{quote(text, safe=_SAFE)}"
        return f"data:{self.mime};base64,{base64.b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True)
class Chart:
    """A figure for a page: headline, picture, note, and the numbers that were drawn.

    Attributes:
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence; printed above the picture.
        wide: Picture for a desk.
        narrow: Picture for a phone.
        numbers: The values that were drawn, as a table that readers can unfold.
        note: How to read the picture; printed under it.
    """

    alt: str
    caption: str
    wide: Picture
    narrow: Picture
    numbers: Table | None = None
    note: str = ""

    @property
    def data(self) -> pd.DataFrame:
        """The values that were drawn; empty if the chart has no table of them."""
        return pd.DataFrame() if self.numbers is None else self.numbers.frame

    def _repr_html_(self) -> str:
        small, large = self.narrow, self.wide
        note = Markup('<p class="note">{}</p>').format(self.note) if self.note else Markup("")
        numbers = (
            Markup('<details class="numbers"><summary>The numbers{}</summary>{}</details>').format(
                Markup('<span class="visually-hidden"> of “{}”</span>').format(self.caption),
                self.numbers,
            )
            if self.numbers is not None
            else Markup("")
        )
        return Markup(
            '<figure class="chart"><figcaption>{caption}</figcaption><picture>'
            '<source media="{media}" srcset="{narrow}" width="{nw}" height="{nh}">'
            '<img src="{wide}" width="{ww}" height="{wh}" alt="{alt}"></picture>'
            "{note}{numbers}</figure>"
        ).format(
            caption=self.caption,
            media=NARROW_BELOW,
            narrow=Markup(small.address),
            nw=small.width,
            nh=small.height,
            wide=Markup(large.address),
            ww=large.width,
            wh=large.height,
            alt=self.alt,
            note=note,
            numbers=numbers,
        )

    __html__ = _repr_html_


def draw_chart(
    draw: Callable[[Canvas], None],
    *,
    alt: str,
    caption: str,
    heights: tuple[float, float],
    numbers: Table | None = None,
    note: str = "",
    raster: bool = False,
) -> Chart:
    """Draw once for a desk and once for a phone, and wrap both as a `Chart`.

    Args:
        draw: Draws on an empty canvas; it is called twice.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        heights: Height of the wide and of the narrow picture, in CSS pixels.
        numbers: The values that are drawn.
        note: How to read the picture.
        raster: Make PNG at two dots per pixel, for clouds of many points; else SVG.

    Raises:
        ValueError: The alt text or the caption is empty.
    """
    if not alt.strip() or not caption.strip():
        raise ValueError("a chart needs alt text and a caption; both were to be sentences")
    sizes = ((WIDE, heights[0], False), (NARROW, heights[1], True))
    wide, narrow = (_picture(draw, *size, raster=raster) for size in sizes)
    return Chart(alt, caption, wide, narrow, numbers, note)


_UNSEEN = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
_SAFE = "!$'()*+,-./:;=?@_~"
_TAG = re.compile(r"<[^>]*>")
_TAG_REPAIRS = (
    (re.compile(r"(?<=^<g) id=\"[^\"]*\""), ""),
    (re.compile(r"font-family: [^;\"]*(; )?"), ""),
    (re.compile(r" transform=\"rotate\(-?0 [^\"]*\""), ""),
    (re.compile(r"(\.\d\d)\d+"), r"\1"),
    (re.compile(r" ?\b([MLQCz]) ?(?=[\d\"MLQCz-])"), r"\1"),
)


def _picture(
    draw: Callable[[Canvas], None], width: int, height: float, narrow: bool, *, raster: bool
) -> Picture:
    pixels = math.ceil(height)
    with style.context(["default", dict(figure_style())]):
        figure = Figure(figsize=(width / 72, pixels / 72), layout="constrained")
        draw(Canvas(figure, narrow))
        file = io.BytesIO()
        if raster:
            figure.savefig(file, format="png", dpi=144, metadata={"Software": None})
            return Picture("image/png", file.getvalue(), width, pixels)
        _split_lines(figure)
        unsaid = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=unsaid)
    return Picture("image/svg+xml", _compact(file.getvalue()), width, pixels)


def _split_lines(figure: Figure) -> None:
    """Replace each text of several lines by one text per line, anchored as it was aligned.

    matplotlib places such lines by the width they have in DejaVu Sans, so in a narrower typeface
    their right ends and centres would not meet.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for block in figure.findobj(Text):
        lines = block.get_text().split("\n")
        if len(lines) == 1 or not block.get_visible():
            continue
        box = block.get_window_extent()
        side = block.get_horizontalalignment()
        x = {"left": box.x0, "right": box.x1}.get(side, (box.x0 + box.x1) / 2)
        for number, line in enumerate(lines):
            y = box.y1 - (number + 0.5) * box.height / len(lines)
            figure.text(
                x, y, line, transform=IdentityTransform(), ha=side, va="center_baseline",
                color=block.get_color(), size=block.get_fontsize(), weight=block.get_fontweight(),
            )  # fmt: skip
        block.set_visible(False)


def _compact(svg: bytes) -> bytes:
    """Leave out what browsers do not need, and set the text in the reader's own typeface.

    The room for text was measured with DejaVu Sans, which is wider than the typefaces of the
    stack, so nothing overflows.
    """
    text = re.sub(r"\s*\n\s*", " ", _UNSEEN.sub("", svg.decode("utf-8"))).replace("> <", "><")
    text = _TAG.sub(_repair, text)
    return text.replace("</style>", f"text{{font-family:{FONT_STACK}}}</style>", 1).encode("utf-8")


def _repair(tag: re.Match[str]) -> str:
    text = tag[0]
    for pattern, replacement in _TAG_REPAIRS:
        text = pattern.sub(replacement, text)
    return text
