"""Quotes that people collected, in ``params/<project>/qualitative.yaml``, each with its source."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import Field, ValidationError, field_validator

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.section import Section
from segmentation_lib.params.strict_yaml import Document, read_yaml

__all__ = ["CuratedQuote", "Qualitative", "read_qualitative"]

_DATE = r"^\d{4}(Q[1-4]|-\d{2}(-\d{2})?)?$"


class CuratedQuote(Section):
    """One quote from an interview, a call or a usability test."""

    segment: str = Field(pattern=r"^S\d{2,}$", description="Permanent ID of the segment.")
    quote: str = Field(min_length=1, description="What was said; personal data are masked.")
    source: str = Field(min_length=1, description="Where it comes from, such as `Interviews`.")
    n: int = Field(ge=1, description="How many people were asked.")
    date: str = Field(
        pattern=_DATE, description="When: a year, a quarter such as `2025Q3`, a month or a day."
    )

    @field_validator("quote", "source")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return value.strip()


class Qualitative(Section):
    """The file of curated quotes."""

    quotes: tuple[CuratedQuote, ...] = Field(default=(), description="The quotes, in any order.")


_HINTS = {
    "source": "Say where it comes from; a quote without a source is no evidence.",
    "n": "Give the number of people who were asked, 1 or more.",
    "date": "Write a year, a quarter such as 2025Q3, a month such as 2025-05, or a day.",
    "segment": "Use a permanent ID such as S01, in quotes or bare.",
    "quote": "Write what was said, in quotes.",
}
_RULES = {
    "missing": "every quote has segment, quote, source, n and date",
    "extra_forbidden": "a quote has segment, quote, source, n and date only",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be at least 1",
    "tuple_type": "must be a list of quotes",
    "model_type": "must be a mapping with segment, quote, source, n and date",
    "string_pattern_mismatch": "is not written as it must be",
}


def read_qualitative(text: str, *, name: str, segments: Collection[str]) -> Qualitative:
    """Read the file of curated quotes, listing all its faults at once with their lines.

    Args:
        text: Its text; an empty file has no quotes.
        name: Its name as people write it, used in faults.
        segments: IDs of the segments there are, retired ones too.

    Raises:
        ParameterError: The text is not YAML, a part is missing, unknown or malformed, or a quote
            names a segment that there is not.
    """
    document = read_yaml(text, name)
    try:
        found = Qualitative.model_validate(_as_text(document.values))
    except ValidationError as error:
        raise ParameterError(
            _fault(details, document, name) for details in error.errors()
        ) from None
    unknown = [
        Fault(
            f"{name}:{document.line(('quotes', place, 'segment'))}",
            f"quotes.{place}.segment = {quote.segment}",
            f"there is no such segment; there are {', '.join(sorted(segments)) or 'none yet'}",
            "Correct the ID, or remove the quote.",
        )
        for place, quote in enumerate(found.quotes)
        if quote.segment not in segments
    ]
    if unknown:
        raise ParameterError(unknown)
    return found


def _as_text(values: Any) -> Any:
    """Take a bare year for text, and an empty file for one without quotes."""
    if values is None:
        return {}
    if not isinstance(values, dict) or not isinstance(values.get("quotes"), list):
        return {"quotes": ()} if values == {"quotes": None} else values
    quotes = [
        {**item, "date": str(item["date"])}
        if isinstance(item, dict) and isinstance(item.get("date"), int)
        else item
        for item in values["quotes"]
    ]
    return {**values, "quotes": quotes}


def _fault(details: Any, document: Document, name: str) -> Fault:
    path = tuple(details["loc"])
    dotted = ".".join(str(step) for step in path) or "the file"
    kind, last = str(details["type"]), str(path[-1]) if path else ""
    rule = _RULES.get(kind, str(details["msg"]).removeprefix("Value error, "))
    found = {"missing": f"{dotted} is missing", "extra_forbidden": f"{dotted} is given"}.get(
        kind, f"{dotted} = {str(details['input'])[:60]!r}"
    )
    fix = _HINTS.get(last, "Correct it, or remove it.")
    return Fault(f"{name}:{document.line(path)}", found, rule, fix)
