"""Where a funnel breaks: the step at which a segment goes on less often than the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from segmentation_lib.profile.journeys.funnel import SMALL_BASE
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, percent, titled
from segmentation_lib.small_cells import rounded
from segmentation_lib.stats import holm, share_difference
from segmentation_lib.words import event_words

__all__ = ["break_sentences", "funnel_breaks"]

_COLUMNS = ["funnel", "segment_id", "step", "from_event", "event", "entered", "reached", "share",
            "rest_entered", "rest_reached", "rest_share", "difference", "low", "high", "p_value",
            "p_corrected", "done_share", "rest_done_share", "largest", "verdict"]  # fmt: skip


def funnel_breaks(funnels: pd.DataFrame, *, level: float = 0.05) -> pd.DataFrame:
    """Compare, step by step, how many of a segment go on with how many of the others do.

    Each customer counts with the first session that has the first stage, also in a funnel over
    days: in a best attempt, who comes more often goes further, however hard a step is. Each
    comparison is Fisher's exact test on customers; all segments and steps of all funnels given are
    corrected together by Holm's method. Entering a funnel is no step: who stays away
    altogether does not break off.

    Args:
        funnels: Results of `funnel`, counted by customers, one below the other.
        level: Corrected p-value up to which a step is a break.

    Returns:
        One row per funnel, segment and step from the second on: ``entered`` (came to
        ``from_event``), ``reached`` (came to ``event``), ``share``, the same of the other segments
        (``rest_...``), their ``difference`` with Newcombe's 95 % interval ``low``, ``high``,
        ``p_value``, ``p_corrected``; ``done_share``: of those who ever did the first step, how
        many ever did the last one, in whatever order, and that of the others; the ``verdict``
        (``break``: fewer go on than of the others; ``made up``: fewer go on, yet as many do the
        last step in the end, so the step is skipped or tried again; ``no break``; ``too few``:
        under 30 came to the step before, here or elsewhere, not tested) and ``largest``: of a
        segment's breaks in a funnel the one with the greatest difference.

    Raises:
        ValueError: A funnel counts sessions: those of one customer are alike, and the test would
            see breaks that are none.
    """
    if (funnels["counted"] != "customers").any():
        raise ValueError("breaks are tested on customers, one of the funnels counts sessions")
    done = _done_in_the_end(funnels)
    funnels = funnels.drop(columns="reached").rename(columns={"first_reached": "reached"})
    keys = ["funnel", "step"]
    before = funnels.assign(step=funnels["step"] + 1, from_event=funnels["event"])
    before = before.rename(columns={"reached": "entered"})
    columns = ["funnel", "segment_id", "step", "from_event", "entered"]
    rows = funnels.merge(before[columns], on=columns[:3], how="inner")
    total = rows[rows["segment_id"] == ALL_SEGMENTS].set_index(keys)[["entered", "reached"]]
    rows = rows[rows["segment_id"] != ALL_SEGMENTS].join(total.add_suffix("_all"), on=keys)
    rows = rows.assign(
        rest_entered=rows["entered_all"] - rows["entered"],
        rest_reached=rows["reached_all"] - rows["reached"],
    )
    if rows.empty:
        return pd.DataFrame(columns=_COLUMNS)
    rows = rows.reset_index(drop=True)
    rows = rows.join(pd.DataFrame([_compared(row) for _, row in rows.iterrows()]))
    rows["p_corrected"] = holm(rows["p_value"].to_numpy())
    rows = rows.join(done, on=["funnel", "segment_id"])
    fewer = (rows["p_corrected"] <= level) & (rows["difference"] < 0)
    breaks = fewer & ~(rows["done_share"] >= rows["rest_done_share"])
    rows["verdict"] = np.select(
        [rows["p_value"].isna(), breaks, fewer], ["too few", "break", "made up"], "no break"
    )
    worst = (
        rows[breaks].sort_values(["difference", "step"]).drop_duplicates(["funnel", "segment_id"])
    )
    rows["largest"] = rows.index.isin(worst.index)
    return rows.sort_values(["funnel", "segment_id", "step"], ignore_index=True)[_COLUMNS]


def _done_in_the_end(funnels: pd.DataFrame) -> pd.DataFrame:
    """Of who ever did the first step, the share who ever did the last, by funnel and segment."""
    steps = funnels.sort_values("step").groupby(["funnel", "segment_id"])["did"]
    ends = pd.DataFrame({"began": steps.first(), "done": steps.last()}).reset_index()
    total = ends[ends["segment_id"] == ALL_SEGMENTS].set_index("funnel")[["began", "done"]]
    ends = ends[ends["segment_id"] != ALL_SEGMENTS].join(total.add_suffix("_all"), on="funnel")
    began, done = ends["began_all"] - ends["began"], ends["done_all"] - ends["done"]
    shares = ends.assign(
        done_share=ends["done"] / ends["began"].where(ends["began"] > 0),
        rest_done_share=done / began.where(began > 0),
    )
    return shares.set_index(["funnel", "segment_id"])[["done_share", "rest_done_share"]]


def break_sentences(
    breaks: pd.DataFrame, names: Mapping[str, str], *, most: int = 4, few: int = 10
) -> list[str]:
    """Say where each segment breaks off more often than the others, the widest gap first.

    Args:
        breaks: The result of `funnel_breaks`.
        names: Name of each segment, by ID.
        most: Segments named.
        few: Counts are told rounded to these, those of fewer people not at all.

    Returns:
        A sentence per segment with a break, or one that says there is none.
    """
    largest = breaks[breaks["largest"]]
    other_ways = _made_up_sentences(breaks, names)
    if largest.empty:
        none = "No segment breaks off at any step more often than the others, beyond chance."
        return [none, *other_ways]
    order = ["difference", "segment_id", "funnel", "step"]
    rows = largest.sort_values(order).drop_duplicates("segment_id").head(most)
    several = breaks["funnel"].nunique() > 1
    return [
        f"{row['funnel'] + ': ' if several else ''}{titled(str(row['segment_id']), names)} loses "
        f"people between {event_words(row['from_event'])} and {event_words(row['event'])}: "
        f"{_went_on(row['reached'], row['entered'], few)} of about "
        f"{count(_near(row['entered'], few))} went on in their first visit, against "
        f"{_went_on(row['rest_reached'], row['rest_entered'], few)} of the other segments."
        for _, row in rows.iterrows()
    ] + other_ways


def _made_up_sentences(breaks: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    rows = breaks[breaks["verdict"] == "made up"].sort_values(["difference", "segment_id"])
    return [
        f"{titled(str(row['segment_id']), names)} goes on less often from "
        f"{event_words(row['from_event'])} to {event_words(row['event'])} in the first visit, yet "
        f"{percent(row['done_share'])} of those who come do the last step in the end, against "
        f"{percent(row['rest_done_share'])} of the others: the step is skipped, not broken."
        for _, row in rows.drop_duplicates("segment_id").head(2).iterrows()
    ]


def _went_on(reached: int, entered: int, few: int) -> str:
    if 0 < reached < few:
        return f"under {few}"
    if 0 < entered - reached < few:
        return f"all but under {few}"
    return percent(reached / entered)


def _near(number: int, few: int) -> int:
    """Return a count of at least ``few`` people, or of none, rounded."""
    return int(rounded(pd.Series([number]), limit=few).iloc[0])


def _compared(row: pd.Series) -> dict[str, float]:
    entered, reached = int(row["entered"]), int(row["reached"])
    rest_entered, rest_reached = int(row["rest_entered"]), int(row["rest_reached"])
    gap = share_difference(reached, entered, rest_reached, rest_entered)
    p_value = np.nan
    if min(entered, rest_entered) >= SMALL_BASE:
        table = [[reached, entered - reached], [rest_reached, rest_entered - rest_reached]]
        p_value = float(fisher_exact(table).pvalue)
    return {
        "share": reached / entered if entered else np.nan,
        "rest_share": rest_reached / rest_entered if rest_entered else np.nan,
        "difference": gap.value,
        "low": gap.low,
        "high": gap.high,
        "p_value": p_value,
    }
