"""Read a parameter file into its model, listing all faults at once with their lines."""

from __future__ import annotations

import difflib
import json
import pathlib
import types
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.models import Params
from segmentation_lib.params.strict_yaml import Document, Path, read_yaml

__all__ = ["build_params", "load_params", "read_values"]

_WANTED = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text (put it in quotes)",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "date_from_datetime_parsing": "must be a date such as 2026-07-01",
    "date_parsing": "must be a date such as 2026-07-01",
    "date_type": "must be a date such as 2026-07-01",
}


def load_params(path: pathlib.Path, name: str) -> Params:
    """Read and check a parameter file.

    Args:
        path: The file.
        name: Its name as people write it, used in faults.

    Returns:
        The frozen parameters.

    Raises:
        ParameterError: The file is missing or breaks a rule; all faults are listed, with lines.
    """
    document = _read(path, name)
    return _validated(document.values["params"], name, document)


def read_values(path: pathlib.Path, name: str) -> dict[str, Any]:
    """Return the values under ``params`` as they stand in the file, without defaults.

    Raises:
        ParameterError: The file is missing, or is not a mapping with the single key ``params``.
    """
    values: dict[str, Any] = _read(path, name).values["params"]
    return values


def build_params(values: Mapping[str, Any], name: str = "params") -> Params:
    """Check parameters that come as a mapping, as papermill hands them over.

    Args:
        values: What stands under the key ``params`` of a file.
        name: Where they come from, used in faults.

    Raises:
        ParameterError: The values break a rule; all faults are listed.
    """
    return _validated(values, name, None)


def _read(path: pathlib.Path, name: str) -> Document:
    if not path.is_file():
        raise ParameterError(
            [
                Fault(
                    name,
                    "no such file",
                    "a parameter file must exist",
                    "Check the path, or make the next quarter's file with `segment next`.",
                )
            ]
        )
    document = read_yaml(path.read_text(encoding="utf-8"), name)
    values = document.values
    if not isinstance(values, dict) or list(values) != ["params"] or not values["params"]:
        found = list(values) if isinstance(values, dict) else type(values).__name__
        raise ParameterError(
            [
                Fault(
                    f"{name}:1",
                    f"top level holds {found}",
                    "a parameter file has the single top key params",
                    "Put everything under `params:`, indented by two spaces.",
                )
            ]
        )
    return document


def _validated(values: Any, name: str, document: Document | None) -> Params:
    try:
        return Params.model_validate_json(json.dumps(values), strict=True)
    except (TypeError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise ParameterError(
                [Fault(name, str(error), "parameters must be plain YAML values", "Simplify them.")]
            ) from error
        found = [details for details in error.errors() if not _is_echo(details)]
        faults = [_fault(details, values, name, document) for details in found]
        raise ParameterError(faults) from None


def _fault(details: ErrorDetails, values: Any, name: str, document: Document | None) -> Fault:
    path = _real_path(details["loc"], values)
    dotted = ".".join(str(part) for part in path) or "params"
    line = document.line(("params", *path)) if document else None
    where = f"{name}:{line}" if line else name
    kind = details["type"]
    if kind == "extra_forbidden":
        known = _fields_at(path[:-1])
        close = difflib.get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(known)}."
        return Fault(where, f"{dotted} is given", "there is no such parameter", fix)
    if kind == "missing":
        return Fault(where, f"{dotted} is missing", "it has no default", "Add it.")
    rule = _WANTED.get(kind) or _rule(details)
    found = f"{dotted} = {_short(details['input'])}"
    if kind == "value_error" and isinstance(details["input"], dict):
        found = dotted
    return Fault(where, found, rule, _default_hint(path))


def _is_echo(details: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because its items had faults of their own."""
    is_short = details["type"] == "too_short"
    return is_short and len(details["input"]) >= details["ctx"]["min_length"]


def _rule(details: ErrorDetails) -> str:
    message = details["msg"].removeprefix("Value error, ")
    message = message.removeprefix("Input ").replace("should", "must").rstrip(".")
    context = details.get("ctx", {})
    if details["type"] == "literal_error":
        return f"must be one of {context.get('expected', '')}"
    if details["type"] == "greater_than_equal":
        return f"must be at least {context['ge']:g}"
    if details["type"] == "less_than_equal":
        return f"must be at most {context['le']:g}"
    return message


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _real_path(loc: tuple[int | str, ...], values: Any) -> Path:
    """Drop the names of union members that pydantic adds to the location."""
    path: list[int | str] = []
    node = values
    for position, part in enumerate(loc):
        if isinstance(node, Mapping) and (part in node or position == len(loc) - 1):
            path.append(part)
            node = node.get(part)
        elif isinstance(node, list) and isinstance(part, int):
            path.append(part)
            node = node[part] if part < len(node) else None
    return tuple(path)


def _model_at(path: Path) -> type[BaseModel] | None:
    model: Any = Params
    for part in path:
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = {(field.alias or key): field for key, field in model.model_fields.items()}
            if part not in fields:
                return None
            model = _inner(fields[str(part)].annotation)
        else:
            model = model.model if isinstance(model, _Items) else None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _inner(annotation: Any) -> Any:
    """Return the model inside ``X | None``, ``tuple[X, ...]`` or ``dict[str, X]``."""
    origin = typing.get_origin(annotation)
    if origin is None:
        return annotation
    arguments = [a for a in typing.get_args(annotation) if a not in (type(None), ...)]
    if origin in (typing.Union, types.UnionType):
        return _inner(arguments[0])
    if origin in (dict, tuple):
        candidate = _inner(arguments[-1])
        is_model = isinstance(candidate, type) and issubclass(candidate, BaseModel)
        return _Items(candidate) if is_model else annotation
    return annotation


class _Items:
    """Marks a collection of models, whose next path part is a key or an index."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model


def _fields_at(path: Path) -> list[str]:
    model = _model_at(path)
    if model is None:
        return []
    return [field.alias or key for key, field in model.model_fields.items()]


def _default_hint(path: Path) -> str:
    if not path:
        return "Correct it."
    model = _model_at(path[:-1])
    if model is None:
        return "Correct it."
    fields = {(field.alias or key): field for key, field in model.model_fields.items()}
    field = fields.get(str(path[-1]))
    if field is None or field.is_required() or field.default_factory is not None:
        return "Correct it."
    return f"Correct it, or remove it for the default ({_short(field.default)})."
