"""All artefacts by name, stage after stage."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import Artefact
from segmentation_lib.artefacts.cluster import CLUSTER
from segmentation_lib.artefacts.effects import EFFECTS
from segmentation_lib.artefacts.experiments import EXPERIMENTS
from segmentation_lib.artefacts.implement import IMPLEMENT
from segmentation_lib.artefacts.plans import PLANS
from segmentation_lib.artefacts.prepare import PREPARE
from segmentation_lib.artefacts.profile import PROFILE
from segmentation_lib.artefacts.validate import VALIDATE

__all__ = ["ARTEFACTS", "STAGES"]

STAGES = ("prepare", "cluster", "validate", "profile", "implement")

ARTEFACTS: Mapping[str, Artefact] = {
    **PREPARE, **CLUSTER, **VALIDATE, **PROFILE, **IMPLEMENT, **PLANS, **EFFECTS, **EXPERIMENTS,
}  # fmt: skip
