"""The contract: the canonical tables, their columns, and what each column must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["CONTRACT", "Column", "ColumnKind", "TableContract"]

ColumnKind = Literal["id", "text", "time", "money", "number", "flag"]


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes:
        name: Its canonical name.
        kind: ``id`` (always text), ``text``, ``time`` (naive UTC), ``money`` (DECIMAL(18,4)),
            ``number`` (double) or ``flag`` (boolean).
        required: Whether the source must give it, without empty values.
        meaning: What it holds, as printed in the documentation.
    """

    name: str
    kind: ColumnKind
    required: bool
    meaning: str


@dataclass(frozen=True)
class TableContract:
    """One canonical table.

    Attributes:
        name: Its name in the ``data`` section.
        row: What one row is.
        columns: Its columns, required ones first.
        extras: Whether further columns of the source are kept, as attributes or ratings.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    extras: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns a source must give."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def time(self) -> str | None:
        """The column that dates a row, or ``None`` if rows are not dated."""
        dated = [column.name for column in self.columns if column.kind == "time"]
        return dated[0] if dated else None

    @property
    def kinds(self) -> dict[str, ColumnKind]:
        """Kind of every column, by name."""
        return {column.name: column.kind for column in self.columns}

    @property
    def money(self) -> str | None:
        """The column whose sum the quality page reconciles, or ``None``."""
        return "amount" if "amount" in self.kinds else None


_CUSTOMER = Column("customer_id", "id", True, "Who it was; the same text in all tables.")
_CURRENCY = Column("currency", "text", False, "Currency of the amount; must be data.currency.")

_TABLES = (
    TableContract(
        "orders",
        "an order line, or an order",
        (
            Column("order_id", "id", True, "The order the line belongs to."),
            _CUSTOMER,
            Column("ordered_at", "time", True, "When it was ordered."),
            Column("amount", "money", True, "What was paid for the line; returns are negative."),
            Column("quantity", "number", False, "Units on the line; returns are negative."),
            Column("product_id", "id", False, "What was bought."),
            Column("category", "text", False, "Product category."),
            Column("channel", "text", False, "Channel of the order, such as web, app or store."),
            Column("discount", "number", False, "Discount on the line; above 0 if there was one."),
            Column("region", "text", False, "Where it was bought or sent to."),
            Column("cost", "money", False, "What the goods cost."),
            _CURRENCY,
        ),
    ),
    TableContract(
        "customers",
        "a customer",
        (
            _CUSTOMER,
            Column("signed_up_at", "time", False, "When the customer signed up."),
            Column("marketing_consent", "flag", False, "Whether marketing may be sent."),
        ),
        extras=True,
    ),
    TableContract(
        "events",
        "something a customer did",
        (
            _CUSTOMER,
            Column("occurred_at", "time", True, "When it happened."),
            Column("event", "text", True, "What happened, such as view_product."),
            Column("session_id", "id", False, "The visit it belongs to."),
            Column("device", "text", False, "Device, such as phone or desktop."),
            Column("channel", "text", False, "What brought the visit, such as email or search."),
            Column("properties", "text", False, "Further details, as JSON."),
        ),
    ),
    TableContract(
        "outcomes",
        "an outcome measured elsewhere",
        (
            _CUSTOMER,
            Column("measured_at", "time", True, "When it was measured."),
            Column("metric", "text", True, "Name of the outcome, such as referrals."),
            Column("value", "number", True, "Its value."),
        ),
    ),
    TableContract(
        "surveys",
        "an answer to a survey",
        (
            _CUSTOMER,
            Column("answered_at", "time", True, "When it was answered."),
            Column("nps", "number", False, "Likelihood to recommend, 0 to 10."),
            Column("comment", "text", False, "Free text."),
        ),
        extras=True,
    ),
    TableContract(
        "costs",
        "a cost to serve",
        (
            _CUSTOMER,
            Column("incurred_at", "time", True, "When it was incurred."),
            Column("kind", "text", True, "Kind of cost, such as support."),
            Column("amount", "money", True, "The cost, positive."),
            _CURRENCY,
        ),
    ),
    TableContract(
        "assignments",
        "a customer's arm in an experiment",
        (
            Column("experiment_id", "id", True, "The experiment."),
            _CUSTOMER,
            Column("arm", "text", True, "The arm, such as control."),
            Column("assigned_at", "time", True, "When the customer was assigned."),
        ),
    ),
)

CONTRACT: Mapping[str, TableContract] = {table.name: table for table in _TABLES}
