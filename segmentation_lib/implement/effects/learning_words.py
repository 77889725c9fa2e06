"""What was learned, in sentences: how many expectations came true, and what did not."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement.effects.learning import (
    IN_SOME,
    NO_ANSWER,
    NOTHING,
    OTHER_WAY,
    REMOVED,
    SMALLER,
    STOPPED,
)
from segmentation_lib.implement.effects.learning_log import hit_rate
from segmentation_lib.profile.wording import percent, plural
from segmentation_lib.words import listing

__all__ = ["learning_sentences"]

_KINDS = (
    (OTHER_WAY, "Came out the other way"),
    (IN_SOME, "Showed a difference in some segments only"),
    (NOTHING, "Showed no difference"),
    (SMALLER, "Showed less than what matters"),
    (NO_ANSWER, "Gave no answer"),
    (STOPPED, "Stopped before the end"),
)


def learning_sentences(results: pd.DataFrame) -> list[str]:
    """Say how many expectations came true, and name what did not.

    Args:
        results: What `learning_results` returned.
    """
    if results.empty:
        return ["The learning log is empty: no test has been listed yet."]
    hits, over, share = hit_rate(results)
    said = [f"{plural(len(results), 'test')} in the log, and none is over yet."]
    if over:
        said = [
            f"{hits} of {plural(over, 'finished test')} showed what was expected "
            f"({percent(share.value)}, 95% interval {percent(share.low)} to "
            f"{percent(share.high)}). Those that gave no answer, or were stopped or removed, "
            "count as well."
        ]
    fell_short = [f"{head}: {_named(results[results['answer'] == kind])}" for kind, head in _KINDS
                  if (results["answer"] == kind).any()]  # fmt: skip
    said += [f"{'; '.join(fell_short)}."] if fell_short else []
    removed = _named(results[results["status"] == REMOVED])
    said += [f"Taken out of their files, kept here: {removed}."] if removed else []
    changed = _named(results[results["changed"]])
    said += [f"Expectation changed later, judged by the first: {changed}."] if changed else []
    waiting = results[results["answer"].ne("") & results["decision"].eq("")]
    said += [f"Still without a decision: {_named(waiting)}."] if len(waiting) else []
    return said


def _named(rows: pd.DataFrame) -> str:
    return listing([f"{str(row['what']).rstrip('. ')} ({row['id']})"
                    for row in rows.to_dict("records")])  # fmt: skip
