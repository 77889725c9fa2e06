"""What is wrong with an entry of a register: its line, the rule, and the word that is meant."""

from __future__ import annotations

import difflib
import json
import re
import types
import typing
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.rules import BROKEN_RULE
from segmentation_lib.params.strict_yaml import Document, Path

__all__ = ["called", "entry_fault", "repeated_ids", "shape_fault"]

_RULES = {
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number that is finite",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "date_type": "must be a date such as 2026-07-01",
    "date_parsing": "must be a date such as 2026-07-01",
    "date_from_datetime_parsing": "must be a date such as 2026-07-01",
}
_SEGMENTS = (r"^S\d{2,}$", r"^(S\d{2,}|\(all\))$")
_PATTERNS = {
    r"^[A-Za-z][A-Za-z0-9_-]*$": "must start with a letter and hold letters, digits, _ and - only",
    _SEGMENTS[0]: "must be the permanent ID of a segment, such as S01",
    _SEGMENTS[1]: "must be the permanent ID of a segment, such as S01, or (all)",
    r"\S": "must not be blank",
}


def shape_fault(values: Any, name: str, key: str) -> Fault:
    """Return the fault of a file that is not one top key over a list.

    Args:
        values: What the file holds.
        name: Its name as people write it.
        key: The top key it should have.
    """
    if isinstance(values, dict) and list(values) == [key]:
        rule = "it must be a list of entries, each with an id"
        return Fault(f"{name}:1", f"{key} is not a list", rule, "Start each entry with `- id: `.")
    found = ", ".join(values) if isinstance(values, dict) else type(values).__name__
    return Fault(
        f"{name}:1",
        f"top level holds {found}",
        f"the file has the single top key {key}",
        f"Put everything under `{key}:`, indented by two spaces.",
    )


def repeated_ids(items: list[Any], document: Document, name: str, key: str) -> list[Fault]:
    """Return a fault for each ID that stands twice.

    Args:
        items: Entries as plain values.
        document: The file they were read from.
        name: Its name as people write it.
        key: Its top key.
    """
    faults, first = [], dict[str, int]()
    for place, item in enumerate(items):
        own = item.get("id") if isinstance(item, dict) else None
        if not isinstance(own, str):
            continue
        if own in first:
            faults.append(
                Fault(
                    _line(document, name, (key, place, "id")),
                    f"{key}.{place}.id = {own} stands twice "
                    f"(first in line {document.line((key, first[own], 'id'))})",
                    "an id names one entry",
                    "Give one of the two another id.",
                )
            )
        first.setdefault(own, place)
    return faults


def called(items: Any, place: str | int) -> str:
    """Return what messages call an entry: its ID, or its place where it has none.

    Args:
        items: Entries as plain values.
        place: Place of the entry in the list.
    """
    item = items[place]
    own = item.get("id") if isinstance(item, dict) else None
    return own if isinstance(own, str) and own else str(place)


def entry_fault(
    details: ErrorDetails,
    document: Document,
    name: str,
    at: tuple[str, int],
    entry: type[BaseModel],
) -> Fault:
    """Return what a model has to say against an entry, as a fault with its line.

    Args:
        details: What the model says.
        document: The file.
        name: Its name as people write it.
        at: Its top key, and the place of the entry in the list.
        entry: Model of the entry.
    """
    path: Path = details["loc"]
    key, place = at
    dotted = ".".join(map(str, (key, called(document.values[key], place), *path)))
    where = _line(document, name, (key, place, *path))
    kind = details["type"]
    if kind == "extra_forbidden":
        known = _known(entry, path[:-1])
        close = difflib.get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(known)}."
        return Fault(where, f"{dotted} is given", "there is no such key", fix)
    if kind == "missing":
        about = _described(entry, path)
        return Fault(where, f"{dotted} is missing", "it has no default", f"Add it{about}.")
    if kind == BROKEN_RULE:
        return _broken(details, dotted, (key, place, *path), document, name)
    found = json.dumps(details["input"], default=str, ensure_ascii=False)[:60]
    found = dotted if isinstance(details["input"], dict) else f"{dotted} = {found}"
    return Fault(where, found, _rule(details), _fix(details, _described(entry, path)))


def _broken(details: ErrorDetails, dotted: str, path: Path, document: Document, name: str) -> Fault:
    """Return the fault of values that do not fit each other, at the one that the rule names."""
    context, given = details["ctx"], details["input"]
    at = context["at"]
    value = given.get(at) if isinstance(given, dict) else None
    spot = f"{dotted}.{at}" if at else dotted
    found = f"{spot} = {value}" if isinstance(value, str | int | float) else spot
    where = _line(document, name, (*path, at) if at else path)
    return Fault(where, found, context["rule"], context["fix"])


def _rule(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    if details["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], "is not written as it must be")
    if details["type"] == "literal_error":
        return f"must be one of {context['expected']}"
    if details["type"] == "greater_than_equal":
        return f"must be at least {context['ge']:g}"
    if details["type"] == "less_than_equal":
        return f"must be at most {context['le']:g}"
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return _RULES.get(details["type"], message.replace("should", "must").rstrip("."))


def _fix(details: ErrorDetails, about: str) -> str:
    """Name the allowed word that is meant, where one is near, or say what the value is."""
    if details["type"] == "model_type" and len(details["loc"]) == 0:
        return "Start it with `- id: ` and put its other keys under that, one a line."
    if details.get("ctx", {}).get("pattern") in _SEGMENTS:
        number = re.fullmatch(r"[Ss]?[ _-]?0*([1-9]\d*)", str(details["input"]).strip())
        return f"Write it as S{int(number[1]):02d}." if number else f"Correct it{about}."
    if details["type"] == "literal_error":
        allowed = details.get("ctx", {})["expected"].replace(" or ", ", ").split(", ")
        words = [word.strip("'") for word in allowed]
        close = difflib.get_close_matches(str(details["input"]).lower(), words, n=1)
        if close:
            return f"Did you mean {close[0]}?"
    return f"Correct it{about}."


def _line(document: Document, name: str, path: Path) -> str:
    return f"{name}:{document.line(path) or 1}"


def _described(entry: type[BaseModel], path: Path) -> str:
    """Return what a value is, as the end of a sentence; nothing for a whole entry or part."""
    model = _model_at(entry, path[:-1])
    named = str(path[-1]) if path else ""
    described = (
        model.model_fields[named].description if model and named in model.model_fields else ""
    )
    if not described:
        return ""
    # "ID of the segment" keeps its capitals.
    start = described[0].lower() if described[1:2].islower() else described[0]
    return f": {start}{described[1:].rstrip('.')}"


def _known(entry: type[BaseModel], path: Path) -> list[str]:
    model = _model_at(entry, path)
    return list(model.model_fields) if model else []


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model that a path inside an entry leads to; places in lists are passed over."""
    for step in path:
        if isinstance(step, int):
            continue
        if step not in model.model_fields:
            return None
        inner = _inner(model.model_fields[step].annotation)
        if inner is None:
            return None
        model = inner
    return model


def _inner(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside ``X``, ``X | None``, ``tuple[X, ...]`` or ``dict[str, X]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, tuple, dict):
        found = [_inner(part) for part in typing.get_args(annotation)]
        return next((part for part in found if part is not None), None)
    return None
