"""The reference of the registers, written from their models so that it cannot drift from them."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from segmentation_lib.params.governance import Governance
from segmentation_lib.params.qualitative import Qualitative
from segmentation_lib.params.reference import section_table
from segmentation_lib.params.registers.channels import read_channels
from segmentation_lib.params.registers.content import read_content
from segmentation_lib.params.registers.experiments import read_experiments
from segmentation_lib.params.registers.feedback import read_feedback
from segmentation_lib.params.registers.hypotheses import read_hypotheses
from segmentation_lib.params.registers.investments import read_investments
from segmentation_lib.params.registers.kpi_register import read_kpis
from segmentation_lib.params.registers.natural_experiments import read_natural_experiments
from segmentation_lib.params.registers.playbook import read_playbook
from segmentation_lib.params.registers.pricing import read_pricing
from segmentation_lib.params.registers.priorities import read_priorities
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.stories import Stories

__all__ = ["register_reference"]

_READERS: tuple[RegisterReader[Any], ...] = (
    read_hypotheses, read_kpis, read_experiments, read_natural_experiments, read_playbook,
    read_content, read_pricing, read_priorities, read_channels, read_investments, read_feedback,
)  # fmt: skip
_OTHERS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("governance", Governance), ("stories", Stories), ("qualitative", Qualitative),
)  # fmt: skip
_INTRODUCTION = """\
# Registers

What people write down in `params/<project>/`, beside the parameter files: each a small YAML under
one top key that is its name (`hypotheses.yaml` holds `hypotheses:`). A title that ends in `[]` is a
list, each entry with an `id` that is never given to another one. Unknown keys are errors;
`segment check` lists the faults of all registers in one go. `params/demo/` has an example of each.
This page is generated from the models by `make docs`; do not edit it.
"""


def register_reference() -> str:
    """Return the reference as Markdown: a table per register and part, a row per key."""
    top = [*((f"{reader.key}[]", reader.entry) for reader in _READERS), *_OTHERS]
    tables = [section_table(*one) for title, model in top for one in _with_parts(title, model)]
    return "\n".join([_INTRODUCTION, *tables])


def _with_parts(title: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield a model and the models inside it, each with its place in the file."""
    yield title, model
    for name, field in model.model_fields.items():
        for part, several in _models_in(field.annotation, several=False):
            yield from _with_parts(f"{title}.{name}{'[]' if several else ''}", part)


def _models_in(annotation: Any, *, several: bool) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, several
    inside = typing.get_origin(annotation) is tuple
    for argument in typing.get_args(annotation):
        yield from _models_in(argument, several=several or inside)
