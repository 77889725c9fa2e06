"""The ``data`` section: where each canonical table comes from, and how its columns are named."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["TABLES", "CustomerSource", "DataParams", "TableSource"]

TABLES = ("orders", "customers", "events", "outcomes", "surveys", "costs", "assignments")


class TableSource(BaseModel):
    """One source: a file, or a table of a database file, and how it maps to a canonical table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(
        min_length=1,
        description="File, from the project's root: .csv, .csv.gz, .parquet or .duckdb. "
        "`${NAME}` stands for an environment variable.",
    )
    table: str | None = Field(default=None, description="Table inside a .duckdb file.")
    delimiter: str | None = Field(default=None, description="Column separator of a CSV file.")
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Canonical column: source column, or a SQL expression over source columns. "
        "Columns not named here are taken by their own name.",
    )
    where: str | None = Field(default=None, description="Condition that rows must meet.")

    @model_validator(mode="after")
    def _table_of_a_database(self) -> TableSource:
        if self.path.endswith((".duckdb", ".db")) and not self.table:
            raise ValueError("a database file needs table: the name of the table to read")
        return self


class CustomerSource(TableSource):
    """The customers' source, with the kinds of their attributes."""

    types: dict[str, Literal["number", "category"] | tuple[str, ...]] = Field(
        default_factory=dict,
        description="Kind of an attribute: `number`, `category`, or the list of its levels in "
        "order. Kinds not given are taken from the data.",
    )
    ranges: dict[str, tuple[float, float]] = Field(
        default_factory=dict, description="Lowest and highest value that an attribute may have."
    )
    identity: tuple[str, ...] = Field(
        default=(),
        description="Columns whose equal values mean the same person; such customers are linked.",
    )
    contacts: tuple[str, ...] = Field(
        default=(),
        description="Columns that go into the customer file for marketing operations and nowhere "
        "else, such as an e-mail address. None unless you name them.",
    )

    @property
    def personal(self) -> tuple[str, ...]:
        """Columns that tell who somebody is; they never describe or make a segment."""
        return (*self.identity, *self.contacts)


class DataParams(BaseModel):
    """Where the tables come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Literal["duckdb"] = Field(default="duckdb", description="Where the tables live.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        default="EUR", description="Currency of all amounts, as a three-letter code."
    )
    extracted_on: date | None = Field(
        default=None,
        description="Day the data was extracted; later rows are refused as future dates.",
    )
    orders: TableSource | None = Field(default=None, description="Order lines or orders.")
    customers: CustomerSource | None = Field(default=None, description="Customers.")
    events: TableSource | None = Field(default=None, description="What customers did.")
    outcomes: TableSource | None = Field(default=None, description="Outcomes from elsewhere.")
    surveys: TableSource | None = Field(default=None, description="Survey answers.")
    costs: TableSource | None = Field(default=None, description="Cost to serve.")
    assignments: TableSource | None = Field(default=None, description="Experiment arms.")

    @model_validator(mode="after")
    def _something_to_segment(self) -> DataParams:
        if self.orders is None and self.events is None and self.customers is None:
            raise ValueError("at least one of orders, events and customers is required")
        return self

    @property
    def tables(self) -> dict[str, Any]:
        """The sources that are given, by canonical table."""
        given = {name: getattr(self, name) for name in TABLES}
        return {name: source for name, source in given.items() if source is not None}
