"""Plays of the playbook as things to do: run what is supported, stop what was refuted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segmentation_lib.implement.areas.sources import AreaSources, Candidate
from segmentation_lib.params.registers import NPS

__all__ = ["plays"]

_ORDER = ("refuted", "supported")


def plays(sources: AreaSources, channels: Sequence[str]) -> Iterator[Candidate]:
    """Return the plays that run on an area's channels and have a verdict.

    Args:
        sources: The artefacts of the quarter.
        channels: Channels of the area, in lower case.
    """
    if sources.playbook is None:
        return
    rows = [
        row
        for row in sources.playbook.to_dict("records")
        if str(row["channel"]).lower() in channels
        and row["verdict"] in _ORDER
        and row["segment_id"] in sources.names
    ]
    for row in sorted(rows, key=lambda r: (_ORDER.index(r["verdict"]), r["play_id"])):
        name, rests = str(row["segment_id"]), f"It rests on {row['hypothesis_id']}"
        metric = str(row["metric"])
        measure = "Net Promoter Score" if metric == NPS else sources.measured(metric, name)
        grade = str(row["grade"]) or "assumption"
        if row["verdict"] == "refuted":
            yield Candidate(
                name, "stop play",
                f"Stop or rewrite play {row['play_id']} for {sources.title(name)}",
                f"{rests}, which the data refuted.", grade, measure, 14, str(row["owner"]),
            )  # fmt: skip
        else:
            yield Candidate(
                name, "run play",
                f"Run play {row['play_id']} for {sources.title(name)}: “{row['message']}”",
                f"{rests}, which the data support. Whether the play works is not shown: keep a "
                "control group.",
                grade, measure, 30, str(row["owner"]),
            )  # fmt: skip
