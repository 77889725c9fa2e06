"""A rule between the values of an entry: what it asks for, and what to do about it."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

__all__ = ["BROKEN_RULE", "broken_rule"]

BROKEN_RULE = "broken_rule"


def broken_rule(rule: str, fix: str, *, at: str = "") -> PydanticCustomError:
    """Return the error that a model raises when its values do not fit each other.

    Args:
        rule: What is asked for, as the rest of a sentence.
        fix: What to do about it, as a sentence.
        at: The value that is named in the fault; without it, the whole entry or part.

    >>> print(broken_rule("must not be before starts_on", "Correct one of the two.", at="ends_on"))
    must not be before starts_on
    """
    return PydanticCustomError(BROKEN_RULE, "{rule}", {"rule": rule, "fix": fix, "at": at})
