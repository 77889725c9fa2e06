"""Names and counts as they are written: features from words of the data, rows in sentences."""

from __future__ import annotations

import re

__all__ = ["counted", "slug"]


def slug(text: str) -> str:
    """Return a name as features are named: lower-case letters, digits and ``_``.

    >>> slug("Marital Status"), slug("2nd-visit"), slug("--")
    ('marital_status', 'x2nd_visit', 'x')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"x{plain}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where that is due.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
