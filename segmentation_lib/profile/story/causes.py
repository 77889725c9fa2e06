"""The map of traits and outcomes: what goes with what, how much, and how well that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.story.edges import edge_frame
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.wording import plural
from segmentation_lib.words import listing

__all__ = ["cause_map", "earned_sentences", "map_sentence"]

_PAIR = ("segment_id", "trait", "outcome")


def cause_map(*edges: pd.DataFrame) -> pd.DataFrame:
    """Put edges together, the best known first.

    A belief about a trait and an outcome that were also measured, for the same customers, gives
    way to the measurement.

    Args:
        *edges: What the functions of this module returned.

    Returns:
        The artefact ``cause_map``: ``edge`` (key), ``segment_id`` (``(all)`` for everyone),
        ``trait``, ``outcome``, ``effect`` with ``low`` and ``high`` (empty where not measured),
        ``measure`` (what the effect is), ``customers``, ``grade``, ``source``, ``said`` (the
        effect in words) and ``sentence``. Sorted by grade, size of the effect and names.
    """
    table = pd.concat([edge_frame([]), *(part for part in edges if len(part))], ignore_index=True)
    rank = table["grade"].map({grade.value: grade.rank for grade in Grade})
    size = table["effect"].abs().round(9)
    table = table.assign(rank=rank, size=size).sort_values(
        ["rank", "measure", "size", "trait", "outcome", "segment_id"],
        ascending=[True, True, False, True, True, True],
        na_position="last",
    )
    believed = table["grade"] == Grade.ASSUMPTION.value
    known = set(zip(*(table.loc[~believed, key] for key in _PAIR), strict=True))
    measured = [pair in known for pair in zip(*(table[key] for key in _PAIR), strict=True)]
    table = table[~(believed & np.array(measured, dtype=bool))]
    table = table.drop_duplicates("edge")
    return table.drop(columns=["rank", "size"]).reset_index(drop=True)


def earned_sentences(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the sentences that may say "causes": those of experiments.

    Args:
        table: What `cause_map` returned.
    """
    return tuple(table.loc[table["grade"] == Grade.EXPERIMENT.value, "sentence"])


def map_sentence(table: pd.DataFrame) -> str:
    """Say how much of the map is tested, measured and believed.

    Args:
        table: What `cause_map` returned.
    """
    if table.empty:
        return "Nothing is known yet about what goes with what."
    counts = table["grade"].value_counts()
    tested = int(counts.get(Grade.EXPERIMENT.value, 0))
    start = "No link on this map has been tested." if tested == 0 else ""
    numbers = listing([_links(int(counts[g.value]), g) for g in Grade if g.value in counts])
    return f"{start} The map shows {numbers}.".strip()


def _links(how_many: int, grade: Grade) -> str:
    return f"{plural(how_many, 'link')} by {grade.value} ({grade.words})"
