"""What people believed of the segments, how it was judged, and what they got wrong."""

from __future__ import annotations

from segmentation_lib.implement.hypotheses.arms import (
    Arms,
)
from segmentation_lib.implement.hypotheses.decisions import (
    decision_lines,
    extend_log,
    read_decisions,
)
from segmentation_lib.implement.hypotheses.judge import (
    judge_hypotheses,
    with_scores,
)
from segmentation_lib.implement.hypotheses.mistakes import (
    mistakes_sentence,
    what_we_got_wrong,
)
from segmentation_lib.implement.hypotheses.words import (
    hypotheses_sentence,
    published_hypotheses,
    verdict_sentence,
)

__all__ = [
    "Arms",
    "decision_lines",
    "extend_log",
    "hypotheses_sentence",
    "judge_hypotheses",
    "mistakes_sentence",
    "published_hypotheses",
    "read_decisions",
    "verdict_sentence",
    "what_we_got_wrong",
    "with_scores",
]
