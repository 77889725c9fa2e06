"""Scoring between quarters: every customer, by the adopted model, as of one day; nothing is fitted.

`score_customers` does a day; `scoring_events` hands the days on to the quarter's ledger.
"""

from __future__ import annotations

from segmentation_lib.scoring.folder import scoring_events, tags_held
from segmentation_lib.scoring.night import Scored, score_customers

__all__ = ["Scored", "score_customers", "scoring_events", "tags_held"]
