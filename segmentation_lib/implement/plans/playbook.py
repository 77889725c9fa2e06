"""The playbook beside the evidence: each play with the verdict on the hypothesis it rests on."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segmentation_lib.params.registers import NPS, Play, Register
from segmentation_lib.profile.wording import plural, titled
from segmentation_lib.words import kpi_name, listing

__all__ = ["playbook_sentences", "playbook_table", "published_playbook"]

_COLUMNS = ["play_id", "segment_id", "trigger", "message", "channel", "owner", "metric",
            "hypothesis_id", "verdict", "grade", "advice"]  # fmt: skip
_ADVICE = {
    "supported": "Run it, and measure it against a control group.",
    "refuted": "Stop or rewrite it: what it rests on was refuted.",
    "untestable": "Run it as a test only: what it rests on is not shown.",
}


def playbook_table(playbook: Register[Play], verdicts: pd.DataFrame) -> pd.DataFrame:
    """Put the verdict on its hypothesis beside each play.

    Args:
        playbook: The register, checked.
        verdicts: What `judge_hypotheses` returned.

    Returns:
        The artefact ``playbook``, a row per play in the order of the file: what is planned, the
        ``verdict`` and ``grade`` of its hypothesis, and the ``advice`` that follows.
    """
    found = verdicts.set_index("hypothesis_id")[["verdict", "grade"]]
    rows = []
    for play in playbook:
        verdict, grade = found.loc[play.hypothesis]
        rows.append(
            (play.id, play.segment, play.trigger, play.message, play.channel, play.owner,
             play.metric, play.hypothesis, verdict, grade, _ADVICE[str(verdict)])
        )  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS, dtype="str")


def playbook_sentences(table: pd.DataFrame, *, names: Mapping[str, str]) -> list[str]:
    """Say which plays rest on something refuted, and which segments in use have none.

    Args:
        table: What `playbook_table` returned.
        names: Names of the segments in use, by ID.
    """
    if table.empty:
        return ["The playbook is empty (playbook.yaml): nothing is planned for any segment."]
    counts = table["verdict"].value_counts()
    sentences = [
        f"{int(counts.get('supported', 0))} of {plural(len(table), 'play')} rest on a supported "
        f"hypothesis, {int(counts.get('refuted', 0))} on a refuted one."
    ]
    sentences += [
        f"{row['play_id']} for {titled(row['segment_id'], names)} rests on {row['hypothesis_id']}, "
        "which was refuted: stop or rewrite it."
        for row in table[table["verdict"] == "refuted"].to_dict("records")
    ]
    bare = [titled(name, names) for name in sorted(set(names) - set(table["segment_id"]))]
    if bare:
        sentences.append(f"No play is written for {listing(bare)}.")
    return sentences


def published_playbook(table: pd.DataFrame, *, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the playbook as a page shows it.

    Args:
        table: What `playbook_table` returned.
        names: Names of the segments.

    Returns:
        Columns ``play``, ``segment``, ``trigger``, ``message``, ``channel``, ``owner``,
        ``measure``, ``rests_on`` and ``advice``.
    """
    measures = ["Net Promoter Score" if m == NPS else kpi_name(m) for m in table["metric"]]
    return pd.DataFrame(
        {
            "play": table["play_id"],
            "segment": [titled(name, names) for name in table["segment_id"]],
            "trigger": table["trigger"],
            "message": table["message"],
            "channel": table["channel"],
            "owner": table["owner"],
            "measure": measures,
            "rests_on": table["hypothesis_id"] + ": " + table["verdict"],
            "advice": table["advice"],
        }
    )
