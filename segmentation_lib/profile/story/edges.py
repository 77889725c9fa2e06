"""Links of a trait and an outcome: what all have in common, and those that are only believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.params.stories import Belief
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.wording import titled
from segmentation_lib.words import feature_words, kpi_words

__all__ = [
    "EDGE_COLUMNS",
    "EVERYONE",
    "PER_CUSTOMER",
    "SHARE",
    "belief_edges",
    "edge",
    "edge_frame",
]

EDGE_COLUMNS = ("edge", "segment_id", "trait", "outcome", "effect", "low", "high", "measure",
                "customers", "grade", "draw", "expected", "source", "shown", "label", "said",
                "sentence")  # fmt: skip
EVERYONE = "(all)"
PER_CUSTOMER = "difference per customer"
SHARE = "share of differences"


def belief_edges(
    beliefs: Iterable[Belief], *, names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Enter what people believe; no number belongs to a belief.

    Args:
        beliefs: ``beliefs`` of ``stories.yaml``.
        names: Names of the segments.
    """
    edges = []
    for belief in beliefs:
        more = "higher" if belief.direction == "positive" else "lower"
        who = "" if belief.segment == EVERYONE else f" in {titled(belief.segment, names or {})}"
        why = f" {belief.because.rstrip('.')}." if belief.because else ""
        said = f"believed: {more}, not measured"
        sentence = (
            f"It is believed that higher {feature_words(belief.trait)} goes with {more} "
            f"{kpi_words(belief.outcome)}{who}; this is an assumption.{why}"
        )
        edges.append(
            edge(
                segment_id=belief.segment,
                trait=belief.trait,
                outcome=belief.outcome,
                measure="belief",
                grade=Grade.ASSUMPTION,
                source="stories.yaml",
                label=f"believed to be {more}",
                said=said,
                sentence=sentence,
            )
        )
    return edge_frame(edges)


def edge(**known: Any) -> dict[str, Any]:
    """Return one edge, with everything that is not given left empty.

    Args:
        **known: Columns of the map; ``grade`` as a `Grade`. The key is made here.
    """
    blank: dict[str, Any] = {
        "segment_id": EVERYONE,
        "effect": float("nan"),
        "low": float("nan"),
        "high": float("nan"),
        "customers": 0,
        "draw": "",
        "expected": "",
        "shown": False,
    }
    made = {**blank, **known, "grade": known["grade"].value}
    made["edge"] = f"{made['segment_id']}:{made['trait']}:{made['outcome']}:{made['grade']}"
    return made


def edge_frame(edges: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return edges as a table with the columns of the map.

    Args:
        edges: The edges.
    """
    numbers = dict.fromkeys(("effect", "low", "high"), "float64")
    text = dict.fromkeys(set(EDGE_COLUMNS) - {*numbers, "customers", "shown"}, "str")
    frame = pd.DataFrame(list(edges), columns=list(EDGE_COLUMNS))
    return frame.astype({**numbers, **text, "customers": "int64", "shown": "bool"})
