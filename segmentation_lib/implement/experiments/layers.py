"""Which part of a layer's customers each experiment gets, so that nobody is in two at a time."""

from __future__ import annotations

from collections.abc import Collection

from segmentation_lib.params.registers.experiments import Experiment

__all__ = ["layer_slots"]

_ROUNDING = 1e-9
Slots = tuple[tuple[float, float], ...]


def layer_slots(experiments: Collection[Experiment]) -> dict[str, Slots]:
    """Give every experiment of a layer slots between 0 and 1 that no other one has at the time.

    In the order of their start, each takes the first slots that are free: a later experiment never
    moves an earlier one, and one that is over leaves its place (Tang et al. 2010).

    Args:
        experiments: Experiments; those without a layer are passed over.

    Returns:
        By ID of the experiment its slots, from (included) and to (not included).

    Raises:
        ValueError: Experiments of a layer take more than all customers at a time.
    """
    found: dict[str, Slots] = {}
    ordered = sorted(
        (entry for entry in experiments if entry.layer is not None),
        key=lambda entry: (entry.starts_on, entry.id),
    )
    for place, entry in enumerate(ordered):
        taken = sorted(
            slot
            for other in ordered[:place]
            if other.layer == entry.layer and other.ends_on >= entry.starts_on
            for slot in found[other.id]
        )
        found[entry.id] = _free(taken, entry)
    return found


def _free(taken: list[tuple[float, float]], entry: Experiment) -> Slots:
    slots, start, wanted = list[tuple[float, float]](), 0.0, entry.traffic
    for low, high in [*taken, (1.0, 1.0)]:
        size = min(low - start, wanted)
        if size > _ROUNDING:
            # The last slot of a full layer ends at 1 exactly.
            end = low if abs(low - start - size) < _ROUNDING else start + size
            slots.append((start, end))
            wanted -= size
        start = max(start, high)
    if wanted > _ROUNDING:
        raise ValueError(
            f"{entry.id}: layer {entry.layer} has no room for {entry.traffic:.4g} of its customers "
            "at that time; lower the traffic or move a date"
        )
    return tuple(slots)
