"""Investments held to their forecasts: a log in which nothing vanishes, hit rate and balance."""

from __future__ import annotations

from segmentation_lib.implement.investments.log import investment_log
from segmentation_lib.implement.investments.record import (
    TrackRecord,
    investment_balance,
    investment_results,
    investment_sentences,
    track_record,
)

__all__ = [
    "TrackRecord",
    "investment_balance",
    "investment_log",
    "investment_results",
    "investment_sentences",
    "track_record",
]
