"""May the segments be used: what has been done about privacy, and what nobody has checked yet?"""

from __future__ import annotations

from segmentation_lib.validate.gates.gate import Gate

__all__ = ["privacy_gate"]


def privacy_gate() -> Gate:
    """Say what has been done about privacy, and what nobody has checked yet."""
    return Gate(
        "privacy",
        "May we use them?",
        "not assessed",
        "consent, sensitive attributes, small groups",
        "not checked",
        "no customer who said no in any export",
        "Exports leave out every customer without consent. Whether a segment stands for a "
        "sensitive attribute has not been checked: ask the data protection officer.",
    )
