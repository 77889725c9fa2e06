"""The map of traits and outcomes: what goes with what, how much, and how well that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.story.associations import OTHER_WAY
from segmentation_lib.profile.story.edges import EVERYONE, PER_CUSTOMER, SHARE, edge_frame
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.story.experiments import BY_LOT, IN_DOUBT, NO_DRAW
from segmentation_lib.profile.wording import count, plural
from segmentation_lib.words import kpi_words, listing

__all__ = [
    "cause_map",
    "drawn_links",
    "earned_sentences",
    "map_sentence",
    "no_difference_sentence",
]

_PAIR = ("segment_id", "trait", "outcome")
_SEGMENTS_NAMED = 2
_COMPARED = {
    BY_LOT: "with a control group",
    IN_DOUBT: "whose draw by lot is in doubt, as the arms differed before,",
    NO_DRAW: "without a draw by lot",
}


def cause_map(*edges: pd.DataFrame) -> pd.DataFrame:
    """Put edges together, the best known first.

    A belief about a trait and an outcome that were also measured, for the same customers, gives
    way to the measurement.

    Args:
        *edges: What the functions of this module returned.

    Returns:
        The artefact ``cause_map``: ``edge`` (key), ``segment_id`` (``(all)`` for everyone),
        ``trait``, ``outcome``, ``effect`` with ``low`` and ``high`` (empty where not measured),
        ``measure`` (what the effect is), ``customers``, ``grade``, ``draw`` (of a test: ``by
        lot``, ``in doubt``, ``none``), ``expected`` (``as expected``, ``the other way``, or
        empty), ``source``, ``shown`` (whether it stands apart from nothing), ``label`` (the
        effect in a few words), ``said`` (with its interval) and ``sentence``. Sorted by grade,
        size of the effect and names.
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


def drawn_links(table: pd.DataFrame, *, most: int = 10) -> pd.DataFrame:
    """Choose the links that a picture can hold: those that were shown, the best known first.

    Of a test, one link is drawn per treatment and outcome, and its label names the segments in
    which it made a difference. Shares of differences that go with the segment say how well the
    segments work, not what goes with what, and are left to the table. Beliefs come last.

    Args:
        table: What `cause_map` returned.
        most: Links drawn at most.

    Returns:
        All rows of the table with ``drawn``, and with the ``label`` of a drawn link as it stands
        in the picture.
    """
    believed = table["grade"] == Grade.ASSUMPTION.value
    candidates = table[(table["shown"] & (table["measure"] != SHARE)) | believed]
    labels: dict[int, str] = {}
    for _, rows in candidates.groupby(["trait", "outcome", "grade"], sort=False):
        tested = rows["measure"] == PER_CUSTOMER
        if tested.any():
            place, label = _one_link(rows[tested])
            labels[place] = label
        labels |= {int(str(place)): _placed(row) for place, row in rows[~tested].iterrows()}
    kept = sorted(labels)[:most]
    return table.assign(
        drawn=table.index.isin(kept),
        label=[labels.get(place, said) for place, said in enumerate(table["label"])],
    )


def map_sentence(table: pd.DataFrame) -> str:
    """Say how much of the map is tested, measured and believed.

    Args:
        table: What `cause_map` returned.
    """
    if table.empty:
        return "Nothing is known yet about what goes with what."
    said = []
    for draw, how in _COMPARED.items():
        rows = table[table["draw"] == draw]
        if len(rows):
            said.append(
                f"{count(int(rows['shown'].sum()))} of {plural(len(rows), 'comparison')} "
                f"{how} showed a difference."
            )
    if not (table["grade"] == Grade.EXPERIMENT.value).any():
        said.insert(0, "No link has been tested against a control group.")
    measured = int((table["grade"] == Grade.ASSOCIATION.value).sum())
    if measured:
        said.append(
            f"{plural(measured, 'link')} {_were(measured)} measured but not tested: something "
            "else may stand behind both ends."
        )
    against = int((table["expected"] == OTHER_WAY).sum())
    if against:
        said.append(
            f"{plural(against, 'expectation')} came out the other way: see the table of links."
        )
    believed = int((table["grade"] == Grade.ASSUMPTION.value).sum())
    if believed:
        said.append(f"{plural(believed, 'link')} {_are(believed)} believed, not measured.")
    return " ".join(said)


def no_difference_sentence(table: pd.DataFrame) -> str:
    """Name what was compared and made no difference that could be shown; empty if nothing was.

    Args:
        table: What `cause_map` returned.
    """
    rows = table[(table["measure"] == PER_CUSTOMER) & ~table["shown"]]
    if rows.empty:
        return ""
    parts = []
    for (trait, outcome), own in rows.groupby(["trait", "outcome"], sort=True):
        segments = sorted(set(own["segment_id"]) - {EVERYONE})
        where = ["over all customers"] if (own["segment_id"] == EVERYONE).any() else []
        where += [f"in {listing(segments)}"] if segments else []
        parts.append(f"{trait} on {kpi_words(str(outcome))} {' and '.join(where)}")
    by_lot = (rows["grade"] == Grade.EXPERIMENT.value).all()
    return (
        f"{'Tested' if by_lot else 'Compared'} without a difference: {'; '.join(parts)}. A "
        f"difference too small for the {'test' if by_lot else 'comparison'} may still be there."
    )


def _one_link(rows: pd.DataFrame) -> tuple[int, str]:
    """The row that stands for a test, and what all its rows showed."""
    whole = rows[rows["segment_id"] == EVERYONE]
    segments = rows[rows["segment_id"] != EVERYONE].sort_values("segment_id")
    named = [f"{row['label']} in {row['segment_id']}" for row in segments.to_dict("records")]
    if len(named) > _SEGMENTS_NAMED:
        others = plural(len(named) - _SEGMENTS_NAMED, "more segment")
        named = [*named[:_SEGMENTS_NAMED], others]
    head = whole if len(whole) else segments
    first = f"{head['label'].iloc[0]} per customer"
    said = [first, *named] if len(whole) else [f"{first} in {segments['segment_id'].iloc[0]}",
                                               *named[1:]]  # fmt: skip
    return int(str(head.index[0])), ", ".join(said)


def _placed(row: pd.Series) -> str:
    where = "" if row["segment_id"] == EVERYONE else f" in {row['segment_id']}"
    return f"{row['label']}{where}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
