"""Answers about prices out of the survey: cleaned, one per customer, by segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.registers.pricing import AskedPrices, FourPrices, PriceStudy

__all__ = ["PriceAnswers", "asked_prices", "four_prices", "missing_columns"]

_FOUR = ("too_cheap", "cheap", "expensive", "too_expensive")


@dataclass(frozen=True)
class PriceAnswers:
    """Usable answers to one kind of question.

    Attributes:
        frame: ``customer_id``, then the four prices (one row per customer), or ``price`` and
            ``would_buy`` (one row per customer and price).
        dropped: Customers none of whose answers can be used: out of order, or no price.
    """

    frame: pd.DataFrame
    dropped: int


def missing_columns(answers: pd.DataFrame, study: PriceStudy) -> tuple[str, ...]:
    """Return the columns that a study names and the survey does not have."""
    named = [
        column
        for part in (study.four_prices, study.asked_prices)
        if part is not None
        for column in part.model_dump().values()
    ]
    return tuple(column for column in named if column not in answers.columns)


def four_prices(answers: pd.DataFrame, columns: FourPrices) -> PriceAnswers:
    """Return the four prices of each customer, of the last complete answer.

    Prices that fall from too cheap to too expensive contradict each other and are dropped.

    Args:
        answers: The artefact ``survey_answers``.
        columns: Its columns of the four prices.
    """
    named = columns.model_dump()
    given = answers[["customer_id", "answered_at", *named.values()]].rename(
        columns={column: price for price, column in named.items()}
    )
    for price in _FOUR:
        given[price] = pd.to_numeric(given[price], errors="coerce")
    given = given[given[list(_FOUR)].notna().any(axis=1)]
    prices = given[list(_FOUR)].to_numpy("float64")
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(prices).all(axis=1) & (prices > 0).all(axis=1)
        sound &= (np.diff(prices, axis=1) >= 0).all(axis=1)
    last = _last(given[sound], ["customer_id"], list(_FOUR))
    dropped = given["customer_id"].nunique() - len(last)
    return PriceAnswers(last[["customer_id", *_FOUR]], dropped)


def asked_prices(answers: pd.DataFrame, columns: AskedPrices) -> PriceAnswers:
    """Return whether each customer would buy at each price, by the last answer at that price.

    Args:
        answers: The artefact ``survey_answers``.
        columns: Its columns of price and answer.

    Raises:
        ContractError: An answer is neither yes (1) nor no (0).
    """
    given = answers[["customer_id", "answered_at", columns.price, columns.would_buy]].set_axis(
        ["customer_id", "answered_at", "price", "would_buy"], axis=1
    )
    for column in ("price", "would_buy"):
        given[column] = pd.to_numeric(given[column], errors="coerce").astype("float64")
    given = given[given[["price", "would_buy"]].notna().any(axis=1)]
    wrong = given.loc[given["would_buy"].notna() & ~given["would_buy"].isin([0, 1]), "would_buy"]
    if len(wrong):
        found = f"{wrong.iloc[0]:g} in {len(wrong)} of {len(given)} answers"
        fix = "Map the answers in the source, such as `would_buy: case when answer >= 4 then 1 ...`"
        raise ContractError(
            [Fault(f"surveys.{columns.would_buy}", found, "must be 1 (yes) or 0 (no)", f"{fix}.")]
        )
    sound = given.notna().all(axis=1) & (given["price"] > 0) & np.isfinite(given["price"])
    last = _last(given[sound], ["customer_id", "price"], ["would_buy"])
    dropped = given["customer_id"].nunique() - last["customer_id"].nunique()
    return PriceAnswers(last[["customer_id", "price", "would_buy"]], dropped)


def _last(frame: pd.DataFrame, key: list[str], ties: list[str]) -> pd.DataFrame:
    ordered = frame.sort_values([*key, "answered_at", *ties], kind="stable")
    return ordered.drop_duplicates(key, keep="last").reset_index(drop=True)
