"""The parameters a stage may read: a change of any other cannot change its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.params import Params

__all__ = ["StageParams", "stage_settings"]

# The sections each stage may read. What is not named here cannot change the stage's result,
# so a change of it does not run the stage again.
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "prepare": ("data", "journeys", "prepare"),
    "cluster": ("cluster", "kpis"),
    "validate": ("cluster", "criteria", "kpis", "validation"),
    "profile": ("criteria", "prepare", "profile"),
    "implement": ("cluster", "data", "implement", "kpis", "prepare", "profile", "validation"),
}
_COMMON = ("project", "name", "period", "previous", "partial", "seed", "small_cell",
           "window")  # fmt: skip


def stage_settings(params: Params, stage: str) -> dict[str, Any]:
    """Return all parameters a stage may read, as plain values.

    A change of any of them runs the stage again; nothing else in the file does.
    """
    common = params.model_dump(mode="json", include={"project", "period", "previous", "partial",
                                                     "seed", "small_cell"})  # fmt: skip
    window = {"open": str(params.window.start), "close": str(params.window.end)}
    sections = params.model_dump(mode="json", include=set(_SECTIONS[stage]))
    if "journeys" in _SECTIONS[stage]:
        sections["journeys"] = params.journeys.model_dump(mode="json")
    return {**common, **window, "name": params.name, "currency": params.data.currency, **sections}


class StageParams:
    """The parameters a stage may read; anything else is refused.

    Args:
        params: All parameters of the quarter.
        stage: The stage that reads them.
    """

    def __init__(self, params: Params, stage: str) -> None:
        self._params, self._stage = params, stage

    def __getattr__(self, name: str) -> Any:
        if name in _COMMON or name in _SECTIONS[self._stage]:
            return getattr(self._params, name)
        if name == "currency":
            return self._params.data.currency
        raise AttributeError(f"the stage {self._stage} does not read params.{name}")
