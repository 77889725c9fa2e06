"""Lists for notebooks: the scorecard's gates, the segments' cards, the actions to take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from segmentation_lib.report.pages import render_piece
from segmentation_lib.report.prose import Snippet
from segmentation_lib.report.theme import segment_colours

__all__ = ["action_list", "card_list", "gate_list"]


def gate_list(scorecard: Mapping[str, Any]) -> Snippet:
    """Return the scorecard as a list: verdict, question, answer and measure of each gate.

    Args:
        scorecard: The artefact ``scorecard``.
    """
    return Snippet(Markup(render_piece("gates", gates=scorecard["gates"])))


def card_list(cards: Mapping[str, Any]) -> Snippet:
    """Return a card per segment: ID, name and its summary.

    Args:
        cards: The artefact ``segments``.
    """
    colours = segment_colours([card["id"] for card in cards["segments"]])
    return Snippet(Markup(render_piece("cards", cards=cards["segments"], colours=colours)))


def action_list(actions: pd.DataFrame) -> Snippet:
    """Return the actions in order, each with its segment, reason and grade of evidence.

    Args:
        actions: The artefact ``actions``.
    """
    rows = actions.sort_values("order").to_dict("records")
    segments = [row["segment_id"] for row in rows if str(row["segment_id"]).startswith("S")]
    colours = segment_colours(segments)
    return Snippet(Markup(render_piece("actions", actions=rows, colours=colours)))
