"""Put the segments to the test: structure, stability, external validity, and the scorecard."""

from segmentation_lib.validate.external import kpi_effects, kpi_names
from segmentation_lib.validate.kpi_words import kpi_words
from segmentation_lib.validate.resampling import BORDERLINE, segment_stability
from segmentation_lib.validate.scorecard import (
    Gate,
    data_gate,
    external_gate,
    overrides,
    scorecard,
    stability_gate,
    structure_gate,
    tone,
    usable_gate,
)
from segmentation_lib.validate.structure import internal_indices

__all__ = [
    "BORDERLINE",
    "Gate",
    "data_gate",
    "external_gate",
    "internal_indices",
    "kpi_effects",
    "kpi_names",
    "kpi_words",
    "overrides",
    "scorecard",
    "segment_stability",
    "stability_gate",
    "structure_gate",
    "tone",
    "usable_gate",
]
