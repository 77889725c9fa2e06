"""What is already known of a project's segments when a new period starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation_lib.cluster.identity import Matching, match_segments
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.registry import Registry

__all__ = ["KnownSegments", "known_segments"]


@dataclass(frozen=True)
class KnownSegments:
    """The segments of the period before.

    Attributes:
        registry: The register; empty before the first period.
        assignments: Who was in which segment as of its close, if there was one.
        model: Its model, if there was one.
    """

    registry: Registry
    assignments: pd.DataFrame | None
    model: Model | None

    def match(self, model: Model, features: pd.DataFrame, *, period: str) -> Matching:
        """Match the segments of a new fit to these; see ``match_segments``.

        Args:
            model: The new model.
            features: The features it was fitted on.
            period: Name of this period.
        """
        return match_segments(
            model,
            features,
            registry=self.registry,
            period=period,
            previous_assignments=self.assignments,
            previous_model=self.model,
        )


def known_segments(
    project: str,
    *,
    register: Mapping[str, Any] | str | None,
    assignments: pd.DataFrame | None,
    model: Mapping[str, Any] | None,
) -> KnownSegments:
    """Read what the period before left; all None in the first period.

    Args:
        project: Name of the project.
        register: The register, as values or as YAML text.
        assignments: Assignments as of the previous close.
        model: The previous model file.

    Raises:
        ContractError: The register or the model is not what was written.
    """
    if register is None:
        registry = Registry(project=project)
    elif isinstance(register, str):
        registry = Registry.read(register)
    else:
        registry = Registry.parse(register)
    return KnownSegments(
        registry=registry,
        assignments=assignments if registry.segments else None,
        model=None if model is None else Model.from_json(model),
    )
