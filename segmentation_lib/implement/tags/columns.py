"""The columns of the customer file: order, kinds, meanings, and how far each value reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "CLEAR",
    "COLUMNS",
    "MOVEMENTS",
    "NO_SEGMENT",
    "STATES",
    "UPSERT",
    "Column",
    "column_of",
]

# A blank does not overwrite an old tag in every system, so "no segment" is a value of its own.
NO_SEGMENT = "none"
MOVEMENTS = ("stayed", "moved", "new", "returned", "within_noise")
UPSERT, CLEAR = "upsert", "clear"
STATES = ("ACTIVE", "NEW", "LAPSED", "INACTIVE")
_TIERS = ("high", "mid", "low", NO_SEGMENT)

Reach = Literal["customer", "segment", "file", "passing"]
Kind = Literal["text", "choice", "number", "date"]


@dataclass(frozen=True)
class Column:
    """One column of the customer file.

    Attributes:
        kind: ``text`` (any text), ``choice`` (a value of a list), ``number`` or ``date`` (ISO).
        meaning: What it says, in a sentence.
        reach: Whose value it is: the customer's own, the same for a segment or for the whole
            file, or ``passing``: another one in the next file even where nothing happened.
        allowed: Its values, where they are the same in every file.
        low: Lowest value of a number.
        high: Highest value of a number.
        noise: How far a number moves between two files without telling anything new.
        many: Whether a cell may hold several values of its list, with ``;`` between them.
    """

    kind: Kind
    meaning: str
    reach: Reach = "customer"
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    noise: float = 0.0
    many: bool = False

    @property
    def renewed(self) -> bool:
        """Whether the value of a customer who did nothing may differ in the next file."""
        return self.reach != "customer" or self.noise > 0


COLUMNS: Mapping[str, Column] = {
    "external_id": Column(
        "text",
        "The customer's ID, to the letter. Import it as text: it may start with zeros or signs.",
    ),
    "segment_id": Column("choice", "The segment's permanent ID; none for customers in no segment."),
    "segment_name": Column("choice", "The segment's name in this period.", "segment"),
    "segment_version": Column("choice", "The period whose segments these are.", "file"),
    "previous_segment_id": Column(
        "choice", "The segment in the previous period's file, or none.", "passing"
    ),
    "movement": Column(
        "choice",
        "stayed: the same segment as in the previous file. moved: another one, or none any more. "
        "new: not known before, or in no segment. returned: had lapsed. within_noise: the tag "
        "changed but the customer hardly did. Either both segments were the customer's two "
        "nearest and the confidence was low on one of the two days, or only the new model makes "
        "the difference.",
        "passing",
        MOVEMENTS,
    ),
    "assigned_on": Column("date", "Day of the assignment: the last day of the period.", "file"),
    "valid_until": Column(
        "date", "Last day on which the tag may be used; clear tags that are older.", "file"
    ),
    "confidence": Column(
        "number",
        "How clearly the customer belongs to the segment rather than to the second one, 0 to 1; "
        "0 without a segment.",
        low=0,
        high=1,
        noise=0.1,
    ),
    "second_segment_id": Column("choice", "The next likely segment, or none.", "passing"),
    "lifecycle_state": Column("choice", "Where the customer stands.", allowed=STATES),
    "value_tier": Column(
        "choice", "How much the segment's customers bring, against the average.", "segment", _TIERS
    ),
    "clv_12m": Column(
        "number",
        "Expected value of a customer of this segment over the horizon of the forecast (12 months "
        "unless set otherwise): the segment's mean, not the customer's own forecast. Empty "
        "without a segment or where not known. Many systems skip empty cells and keep the older "
        "number: read it only beside a segment.",
        "segment",
    ),
    "clv_12m_low": Column("number", "Low end of the interval of that mean.", "segment"),
    "clv_12m_high": Column("number", "High end of the interval of that mean.", "segment"),
    "consent_marketing": Column(
        "choice",
        "true: the customer agreed to marketing. unknown: the data hold no consent at all. Those "
        "who did not agree are in no file.",
        allowed=("true", "unknown"),
    ),
    "holdout_group": Column(
        "choice",
        "Experiments in which the customer is to be left alone, with ; between them, or none.",
        many=True,
    ),
    "model_hash": Column("choice", "The model that assigned the segments.", "file"),
}


_ACTION = Column(
    "choice",
    "upsert: make or change the customer's tags. clear: the customer is gone; the row replaces "
    "every tag by none.",
    allowed=(UPSERT, CLEAR),
)


def column_of(name: str) -> Column:
    """Return a column of the file; what is not ours is a contact column, added on request.

    >>> column_of("email").meaning
    'A column of the customers table, added on request.'
    """
    if name == "action":
        return _ACTION
    return COLUMNS.get(name, Column("text", "A column of the customers table, added on request."))
