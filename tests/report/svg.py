"""Reads what a chart drew back out of its pictures."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def texts(picture) -> list[str]:
    """All words of a picture, in drawing order."""
    root = ElementTree.fromstring(picture.content)
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]


def boxes(picture, colour: str) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of each shape that is filled with a colour."""
    root = ElementTree.fromstring(picture.content)
    shapes = {
        node.get("id"): node.get("d", "") for node in root.iter() if node.tag.endswith("path")
    }
    found = []
    for node in root.iter():
        if f"fill: {colour}" not in node.get("style", ""):
            continue
        if node.tag.endswith("}path") and node.get("id") is None:
            found.append(_box(node.get("d", ""), 0, 0))
        elif node.tag.endswith("}use"):
            place = (float(node.get("x", 0)), float(node.get("y", 0)))
            found.append(_box(shapes[node.get(_HREF, "").lstrip("#")], *place))
    return found


def _box(path: str, x: float, y: float) -> tuple[float, float, float, float]:
    numbers = [float(number) for number in _NUMBER.findall(path)]
    across, down = numbers[::2], numbers[1::2]
    left, top = min(across), min(down)
    return left + x, top + y, max(across) - left, max(down) - top
