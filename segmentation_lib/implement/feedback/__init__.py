"""From what came back to a proposed change of the next quarter's parameters, never applied."""

from __future__ import annotations

from segmentation_lib.implement.feedback.edits import edited
from segmentation_lib.implement.feedback.proposal import proposed_diff, response_table
from segmentation_lib.implement.feedback.suggestions import suggest_changes

__all__ = ["edited", "proposed_diff", "response_table", "suggest_changes"]
