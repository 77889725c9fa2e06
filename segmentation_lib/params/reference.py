"""The parameter reference, written from the models so that it cannot drift from them."""

from __future__ import annotations

import json
import typing
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from segmentation_lib.params.destinations import Destination
from segmentation_lib.params.effects import Compared, EffectsParams, TargetingParams
from segmentation_lib.params.models import (
    AudienceParams,
    ClusterParams,
    CustomFeature,
    Exclusion,
    ImplementParams,
    Params,
    PrepareParams,
)
from segmentation_lib.params.profiling import Funnel, Journeys, Nudge, ProfileParams, Voice, Worth
from segmentation_lib.params.sources import CustomerSource, DataParams, TableSource
from segmentation_lib.params.validation import (
    Criteria,
    Expectation,
    Gates,
    KnockOut,
    Override,
    ValidateParams,
)

__all__ = ["parameter_reference", "section_table"]

_SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("params", Params),
    ("criteria", Criteria),
    ("criteria.knock_outs[]", KnockOut),
    ("data", DataParams),
    ("data.orders and the other tables", TableSource),
    ("data.customers", CustomerSource),
    ("prepare", PrepareParams),
    ("prepare.custom_features.<name>", CustomFeature),
    ("prepare.exclude[]", Exclusion),
    ("cluster", ClusterParams),
    ("validate", ValidateParams),
    ("validate.expectations[]", Expectation),
    ("validate.gates", Gates),
    ("validate.overrides[]", Override),
    ("profile", ProfileParams),
    ("profile.value", Worth),
    ("profile.journeys", Journeys),
    ("profile.journeys.funnels[]", Funnel),
    ("profile.journeys.nudges[]", Nudge),
    ("profile.voice", Voice),
    ("implement", ImplementParams),
    ("implement.audiences", AudienceParams),
    ("implement.effects", EffectsParams),
    ("implement.effects.targeting", TargetingParams),
    ("implement.effects.compare[]", Compared),
    ("implement.destination", Destination),
)
_INTRODUCTION = """\
# Parameters

One YAML file per quarter, everything under the single key `params`. Unknown keys are errors.
This page is generated from the models by `make docs`; do not edit it.
"""


def parameter_reference() -> str:
    """Return the reference as Markdown: a table per section, a row per parameter."""
    return "\n".join([_INTRODUCTION, *(section_table(title, model) for title, model in _SECTIONS)])


def section_table(title: str, model: type[BaseModel]) -> str:
    """Return a section of a reference page: what it holds, and a row per key.

    Args:
        title: Where it stands in the file, such as ``profile.value``.
        model: Its model.
    """
    rows = [
        f"| `{field.alias or name}` | {_kind(field.annotation)} | {_default(field)} "
        f"| {_limits(field)}{field.description or ''} |"
        for name, field in model.model_fields.items()
    ]
    about = (model.__doc__ or "").strip().splitlines()[0]
    head = ["| parameter | value | default | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## {title}", "", about, "", *head, *rows, ""])


def _kind(annotation: Any) -> str:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin is tuple:
        if arguments[-1] is ...:
            return f"list of {_kind(arguments[0])}"
        return f"list of {len(arguments)} ({', '.join(_kind(item) for item in arguments)})"
    if origin is dict:
        return f"mapping of {_kind(arguments[0])} to {_kind(arguments[1])}"
    if arguments:
        return " or ".join(_kind(item) for item in arguments if item is not type(None))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
    name = str(annotation.__name__)
    return names.get(name, name)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    if field.default_factory is not None or field.default is None or field.default in ("", ()):
        return ""
    return f"`{json.dumps(field.default)}`"


def _limits(field: FieldInfo) -> str:
    limits = {"ge": "at least", "gt": "over", "le": "at most"}
    words = [
        f"{text} {getattr(item, name):,}"
        for item in field.metadata
        for name, text in limits.items()
        if getattr(item, name, None) is not None
    ]
    return f"({', '.join(words)}) " if words else ""
