"""What there is to show whom: the content library as a matrix, its gaps, and what has expired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from segmentation_lib.params.registers import ALL_SEGMENTS, Asset, Register
from segmentation_lib.profile.wording import plural, titled
from segmentation_lib.words import listing

__all__ = [
    "content_assets",
    "content_coverage",
    "content_gaps",
    "content_sentences",
    "published_coverage",
]

# A segment whose customers are each worth a tenth more than the average is worth its own content.
_HIGH_VALUE = 110.0
_ASSETS = ["asset_id", "segment_id", "channel", "value_proposition", "asset", "owner", "expires",
           "locale", "state"]  # fmt: skip
_CELLS = ["segment_id", "channel", "live", "for_all", "expired", "state"]


def content_assets(content: Register[Asset], *, closed: date) -> pd.DataFrame:
    """List the pieces of the library, and whether each may still be shown.

    Args:
        content: The register, checked.
        closed: Close of the quarter, the first day after it. It stands for today: a page of
            another day must not differ.

    Returns:
        The artefact ``content``, a row per piece in the order of the file; ``state`` is ``live``
        or ``expired`` (its last day is before the close).
    """
    rows = [
        (item.id, item.segment, item.channel, item.value_proposition, item.asset, item.owner,
         item.expires.isoformat(), item.locale, "expired" if item.expires < closed else "live")
        for item in content
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=_ASSETS, dtype="str")


def content_coverage(assets: pd.DataFrame, *, segments: Sequence[str]) -> pd.DataFrame:
    """Count the pieces for each segment in use and each channel of the library.

    Args:
        assets: What `content_assets` returned.
        segments: IDs of the segments in use.

    Returns:
        The artefact ``content_coverage``, a row per segment and channel: pieces made for the
        segment that are ``live``, live ones ``for_all`` segments, ``expired`` ones made for it,
        and the ``state``: ``live``, ``for all``, ``expired`` (there is nothing else) or ``none``.
    """
    counts = assets.groupby(["segment_id", "channel", "state"]).size()

    def pieces(segment: str, channel: str, state: str) -> int:
        return int(counts.get((segment, channel, state), 0))

    rows = []
    for segment in sorted(segments):
        for channel in sorted(set(assets["channel"])):
            live, expired = (pieces(segment, channel, state) for state in ("live", "expired"))
            common = pieces(ALL_SEGMENTS, channel, "live")
            state = (
                "live" if live else "for all" if common else "expired" if expired else "none"
            )  # fmt: skip
            rows.append((segment, channel, live, common, expired, state))
    return pd.DataFrame(rows, columns=_CELLS)


def content_gaps(
    coverage: pd.DataFrame,
    value: pd.DataFrame,
    *,
    segments: Sequence[str],
    high_value: float = _HIGH_VALUE,
) -> pd.DataFrame:
    """List the high-value segments that have nothing of their own to be shown.

    Args:
        coverage: What `content_coverage` returned.
        value: The artefact ``segment_value``.
        segments: IDs of the segments in use; they count even if the library is empty.
        high_value: Value index (100 is the average customer) from which a segment is high-value.

    Returns:
        The artefact ``content_gaps``, a row per high-value segment without live content of its
        own in a channel, the most valuable first: ``gap`` is ``nothing at all`` (one row, with an
        empty channel), ``expired`` or ``none``.
    """
    index = value.set_index("segment_id")["value_index"].reindex(sorted(segments))
    wanted = index[index >= high_value].sort_values(ascending=False, kind="stable")
    rows: list[tuple[str, str, float, str]] = []
    for segment, worth in wanted.items():
        own = coverage[coverage["segment_id"] == segment]
        if not (own["live"] > 0).any():
            rows.append((str(segment), "", float(worth), "nothing at all"))
            continue
        rows += [
            (str(segment), str(row["channel"]), float(worth),
             "expired" if row["expired"] else "none")
            for row in own[own["live"] == 0].to_dict("records")
        ]  # fmt: skip
    columns = ["segment_id", "channel", "value_index", "gap"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"segment_id": "str", "channel": "str", "gap": "str",
                         "value_index": "float64"})  # fmt: skip


def content_sentences(
    assets: pd.DataFrame, gaps: pd.DataFrame, *, names: Mapping[str, str]
) -> list[str]:
    """Say what is missing and what has expired.

    Args:
        assets: What `content_assets` returned.
        gaps: What `content_gaps` returned.
        names: Names of the segments.
    """
    if assets.empty:
        return ["The content library is empty (content.yaml): there is nothing to show anybody."]
    bare = gaps.loc[gaps["gap"] == "nothing at all", "segment_id"]
    sentences = [
        f"{titled(name, names)} is high-value and has no live content of its own." for name in bare
    ]
    partly = gaps[gaps["gap"] != "nothing at all"]
    for segment, rows in partly.groupby("segment_id", sort=False):
        sentences.append(
            f"{titled(str(segment), names)} is high-value and has nothing live for "
            f"{listing(list(rows['channel']))}."
        )
    if not sentences:
        sentences = ["Every high-value segment has live content of its own in every channel."]
    old = assets[assets["state"] == "expired"]
    if len(old):
        sentences.append(
            f"{plural(len(old), 'piece')} had expired when the quarter closed: "
            f"{listing(list(old['asset_id']))}."
        )
    return sentences


def published_coverage(coverage: pd.DataFrame, *, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the coverage as a page shows it: a row per segment, a column per channel.

    Args:
        coverage: What `content_coverage` returned.
        names: Names of the segments.

    Returns:
        Column ``segment``, then one per channel: how many live pieces, ``for all``, ``expired``,
        or a dash.
    """
    words = {"for all": "for all", "expired": "expired", "none": "–"}
    cells = coverage.assign(
        cell=[
            str(row["live"]) if row["state"] == "live" else words[row["state"]]
            for row in coverage.to_dict("records")
        ]
    )
    wide = cells.pivot(index="segment_id", columns="channel", values="cell")
    wide = wide.rename_axis(columns=None).reset_index(names="segment")
    return wide.assign(segment=[titled(name, names) for name in wide["segment"]])
