"""How a p-value is written in a sentence."""

from __future__ import annotations

__all__ = ["p_words"]


def p_words(p_value: float) -> str:
    """Return a p-value as it stands in a sentence, never one that rounds to nothing.

    >>> p_words(0.0314), p_words(0.00002)
    ('p = 0.031', 'p < 0.001')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
