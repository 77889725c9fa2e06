"""Who answers for each segment: what ``governance.yaml`` says goes into the register."""

from __future__ import annotations

from segmentation_lib.cluster import Registry
from segmentation_lib.params.governance import Governance

__all__ = ["owners_of", "with_owners"]


def with_owners(register: Registry, governance: Governance | None) -> Registry:
    """Name the owners of the segments in use.

    Args:
        register: The register that is proposed, with the owners of ``segments.yaml``.
        governance: What ``governance.yaml`` says; None where there is no file.

    Returns:
        The register. An owner named in ``governance.yaml`` goes before the one that was adopted:
        it is the file that people keep. Retired segments keep the owner they had.
    """
    named = {} if governance is None else governance.segment_owners
    return register.model_copy(
        update={
            "segments": tuple(
                segment.model_copy(update={"owner": named[segment.id]})
                if segment.id in named and segment.status == "active"
                else segment
                for segment in register.segments
            )
        }
    )


def owners_of(register: Registry) -> dict[str, str | None]:
    """Return who owns each segment in use, by ID; None where nobody is named.

    Args:
        register: What `with_owners` returned.
    """
    return {s.id: s.owner for s in register.segments if s.status == "active"}
