"""One look for all charts and pages: colours, type, and the style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

__all__ = [
    "ACCENT",
    "INK",
    "MUTED",
    "NEUTRAL",
    "PALETTE",
    "RULE",
    "contrast",
    "figure_style",
    "ink_of",
    "segment_colours",
    "segment_hatches",
    "segment_number",
    "style_sheet",
    "text_on",
]

INK = "#1c2430"
MUTED = "#56606e"
RULE = "#d9dee4"
ACCENT = "#0b4a6f"
NEUTRAL = "#8a939f"

# Ten colours, each at least 3:1 against white, and at least 18 CIELAB units from each other for
# ordinary sight and for simulated protanopia, deuteranopia and tritanopia (tests/report).
PALETTE = (
    "#114c87",
    "#ca5246",
    "#14a66b",
    "#998712",
    "#5f4564",
    "#c37b9c",
    "#6683e5",
    "#871b1d",
    "#7d79b6",
    "#864a50",
)

FONT_STACK = "-apple-system,Segoe UI,Roboto,Helvetica Neue,Arial,Liberation Sans,sans-serif"
_WORDS = 4.5  # least contrast of words (WCAG 2.1, 1.4.3)
_SEGMENT = re.compile(r"S(\d+)")


def segment_colours(ids: Iterable[str]) -> dict[str, str]:
    """Return the colour of each segment, the same on every page and in every quarter.

    The number in a permanent ID chooses the colour, so it depends on nothing else. The ten
    colours repeat from S11 on, where `segment_hatches` tells the two apart. What is not a
    segment, such as new or departed customers, is grey.

    Args:
        ids: Permanent IDs.

    >>> segment_colours(["S01", "(new)"])
    {'S01': '#114c87', '(new)': '#8a939f'}
    """
    return {
        name: NEUTRAL if (n := segment_number(name)) is None else PALETTE[(n - 1) % len(PALETTE)]
        for name in ids
    }


def segment_hatches(ids: Iterable[str]) -> dict[str, str]:
    """Return the fill pattern of each segment: none for S01 to S10, then another per ten."""
    patterns = ("", "///", "...", "xxx")
    return {
        name: ""
        if (n := segment_number(name)) is None
        else patterns[(n - 1) // len(PALETTE) % len(patterns)]
        for name in ids
    }


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.1, 1.4.3).

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """Return black or white, whichever reads better; one of them always has at least 4.5:1."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, background))


def ink_of(colour: str) -> str:
    """Return a colour for words: the same one, darkened until it has 4.5:1 against white.

    >>> ink_of("#114c87")
    '#114c87'
    """
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    while contrast(colour, "#ffffff") < _WORDS:
        channels = [int(channel * 0.94) for channel in channels]
        colour = "#" + "".join(f"{channel:02x}" for channel in channels)
    return colour


def figure_style() -> Mapping[str, Any]:
    """Return matplotlib settings of the charts; one unit of type is one CSS pixel."""
    return {
        "font.family": "DejaVu Sans",
        "font.size": 13,
        "text.color": INK,
        "text.parse_math": False,
        "axes.edgecolor": RULE,
        "axes.facecolor": "none",
        "axes.labelcolor": MUTED,
        "axes.labelsize": 13,
        "axes.linewidth": 1,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.axisbelow": True,
        "axes.grid": False,
        "figure.facecolor": "white",
        "figure.dpi": 72,
        "grid.color": RULE,
        "grid.linewidth": 0.8,
        "hatch.color": "white",
        "hatch.linewidth": 1.2,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.labelsize": 12,
        "ytick.labelsize": 13,
        "savefig.facecolor": "white",
        "svg.fonttype": "none",
        "svg.hashsalt": "segment",
        "path.simplify": True,
    }


def segment_number(name: str) -> int | None:
    """Return the number in a permanent ID, or None for what is not a segment.

    >>> segment_number("S03")
    3
    """
    match = _SEGMENT.fullmatch(name)
    return int(match[1]) if match else None


def style_sheet() -> str:
    """Return the style sheet that every page carries inside."""
    return resources.files(__package__).joinpath("theme.css").read_text(encoding="utf-8")


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
