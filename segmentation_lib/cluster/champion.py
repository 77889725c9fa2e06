"""Who defends the title: the adopted model, or the previous quarter's where none was adopted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.cluster.identity import Matching, match_segments
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.registry import Registry
from segmentation_lib.cluster.score import score
from segmentation_lib.cluster.transforms import Transforms
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.words import listing

__all__ = ["Champion", "find_champion"]


@dataclass(frozen=True)
class Champion:
    """The model in use when the quarter opens, with its register.

    Attributes:
        model: The model, its segments under their permanent IDs.
        registry: The register that names them; its next number is one that no segment ever had.
        judged: Whether the previous quarter's run judged this very model.
        assignments: Who was where as of its close, if it did: needed where the model's features
            are gone, so that it cannot place today's customers itself.
    """

    model: Model
    registry: Registry
    judged: bool
    assignments: pd.DataFrame | None = None

    def age_in_months(self, opens: date) -> int:
        """Return the whole months from the day the model was fitted on to a day."""
        made = self.model.as_of
        months = 12 * (opens.year - made.year) + opens.month - made.month
        return months - (opens.day < made.day)

    def missing_in(self, features: pd.DataFrame) -> tuple[str, ...]:
        """Return the model's features that a table no longer gives, sorted."""
        try:
            self.model.check(features)
        except ContractError as error:
            return tuple(sorted({fault.where.removeprefix("features.") for fault in error.faults}))
        return ()

    def redefined(self, transforms: Transforms) -> tuple[str, ...]:
        """Return the features that were added, dropped or are read in another way, sorted.

        Args:
            transforms: The transforms as they would be fitted today.
        """
        then, now = (
            {one.name: (one.kind, one.transform, one.missing) for one in features}
            for features in (self.model.features, transforms.features)
        )
        if transforms.dictionary_hash == self.model.dictionary_hash:
            # A feature that held one value only was left out by the data, not by a person.
            return tuple(sorted(name for name in then.keys() & now if then[name] != now[name]))
        changed = sorted(name for name in then.keys() | now if then.get(name) != now.get(name))
        return tuple(changed or sorted(then))

    def match(self, model: Model, features: pd.DataFrame, *, period: str) -> Matching:
        """Match the segments of another model to these, on the same customers on the same day.

        Args:
            model: The other model.
            features: The features at the open.
            period: Name of this period.
        """
        usable = not self.missing_in(features)
        placed = score(self.model, features) if usable else self.assignments
        return match_segments(
            model,
            features,
            registry=self.registry,
            period=period,
            previous_assignments=placed,
            previous_model=self.model if usable else None,
        )

    def kept(self, *, period: str) -> Matching:
        """Return what becomes of the segments when the model stays: nothing.

        Args:
            period: Name of this period.
        """
        ids = self.model.segment_ids
        labels = {segment.id: segment.label for segment in self.registry.segments}
        changes = pd.DataFrame(
            {
                "segment_id": ids,
                "change": "kept",
                "from_segment_id": ids,
                "overlap": 1.0,
                "sentence": [f"{labels[id]} is kept: its model is last quarter's." for id in ids],
            }
        )
        text = ["segment_id", "change", "from_segment_id", "sentence"]
        registry = self.registry.advance(
            ids,
            period=period,
            as_of=self.model.as_of,
            next_number=self.registry.next_number,
            successors={},
        )
        return Matching(ids, changes.astype(dict.fromkeys(text, "str")), registry)


def find_champion(
    *,
    opens: date,
    period: str | None = None,
    adopted: tuple[str | None, str | None],
    previous: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
    assignments: pd.DataFrame | None = None,
) -> Champion | None:
    """Return the model in use when the quarter opens; None in the first quarter.

    That is the adopted model, with the register that was adopted with it, if it was made before
    this quarter opens, and otherwise the previous quarter's. What was adopted from this quarter or
    a later one cannot defend a title in it.

    Args:
        opens: First day of the quarter.
        period: Name of the quarter. A register that was adopted from this quarter says what the
            previous one does, where both models are the same: a run is the same after its adoption.
        adopted: Texts of the adopted ``model.json`` and ``segments.yaml``; None where absent.
        previous: The previous run's artefacts ``model`` and ``register``; None where absent.
        assignments: The previous run's ``assignments_close``.

    Raises:
        ContractError: A file is not what was written, or the register does not know a segment of
            its model as active.
    """
    if previous[0] is None or previous[1] is None:
        return None
    last, known = Model.from_json(previous[0]), Registry.parse(previous[1])
    if adopted[0] is None or adopted[1] is None:
        return _checked(last, known, assignments)
    model, registry = Model.from_json(json.loads(adopted[0])), Registry.read(adopted[1])
    same = model.hash == last.hash
    if model.as_of >= opens or (same and period == registry.period and period):
        return _checked(last, known, assignments)
    # IDs that were proposed and not adopted stood on pages: no other segment may have them.
    free = max(registry.next_number, known.next_number)
    return _checked(
        model,
        registry.model_copy(update={"next_number": free}),
        assignments if same else None,
        judged=same,
    )


def _checked(
    model: Model, registry: Registry, assignments: pd.DataFrame | None, *, judged: bool = True
) -> Champion:
    strangers = sorted(set(model.segment_ids) - {segment.id for segment in registry.active})
    if strangers:
        raise ContractError(
            [
                Fault(
                    "segments.yaml",
                    f"it holds no active {listing(strangers)}",
                    "the register and the model must be of one adoption",
                    "Adopt the run again (segment adopt), or restore both files.",
                    "registry_mismatch",
                )
            ]
        )
    return Champion(model, registry, judged, assignments)
