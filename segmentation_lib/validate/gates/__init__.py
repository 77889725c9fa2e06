"""The gates of the scorecard, one question a file."""

from segmentation_lib.validate.gates.baseline import baseline_gate
from segmentation_lib.validate.gates.data import data_gate
from segmentation_lib.validate.gates.external import external_gate
from segmentation_lib.validate.gates.fidelity import fidelity_gate
from segmentation_lib.validate.gates.gate import Gate, GateVerdict, tone
from segmentation_lib.validate.gates.internal import internal_gate
from segmentation_lib.validate.gates.privacy import privacy_gate
from segmentation_lib.validate.gates.stability import stability_gate
from segmentation_lib.validate.gates.structure import structure_gate
from segmentation_lib.validate.gates.time import time_gate
from segmentation_lib.validate.gates.usable import usable_gate

__all__ = [
    "Gate",
    "GateVerdict",
    "baseline_gate",
    "data_gate",
    "external_gate",
    "fidelity_gate",
    "internal_gate",
    "privacy_gate",
    "stability_gate",
    "structure_gate",
    "time_gate",
    "tone",
    "usable_gate",
]
