"""The data contract as a page, written from the tables, features and checks themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from segmentation_lib.prepare.catalogue import STANDARD, Feature
from segmentation_lib.prepare.contract import CONTRACT, TableContract
from segmentation_lib.prepare.families import FAMILIES, Family

__all__ = ["FINDINGS", "HARD_CHECKS", "data_contract"]

HARD_CHECKS: Mapping[str, str] = {
    "bad_date": "A value of a time column is not a date.",
    "bad_flag": "A value of a yes-or-no column is neither.",
    "duplicate_customer": "A customer stands twice in the customers table.",
    "empty_quarter": "No order or event lies in the quarter.",
    "feature_needs": "A feature needs a table or column that is not given.",
    "future_date": "Rows are dated after the data were extracted, or a year after the close.",
    "leak": "A feature of the customers table looks at the quarter it is to predict.",
    "missing_column": "A column that a mapping, rule or the contract names is not in the source.",
    "missing_file": "A source file is not there.",
    "missing_refused": "A feature that refuses missing values has some.",
    "missing_table": "A database file has no table of that name.",
    "missing_variable": "An environment variable that a path names is not set.",
    "no_features": "Nothing is left to make segments from.",
    "null_key": "Rows have no customer, order or time, and no exclusion rule takes them away.",
    "outcome_among_features": "A feature bears the name of an outcome.",
    "quarter_not_covered": "The data stop before the quarter does, and `partial` is not set.",
    "text_in_number": "A value of a number column is not a number.",
    "too_few_customers": "Fewer customers are active than `prepare.min_customers`.",
    "two_roles": "A feature is named in two roles, or two features have one name.",
    "unknown_feature": "There is no feature of that name.",
    "unreadable_file": "A source file cannot be read in its format.",
    "value_out_of_range": "An attribute lies outside its range in `data.customers.ranges`.",
    "wrong_currency": "Rows are in another currency than `data.currency`.",
    "wrong_expression": "An expression is not a SQL expression over the columns that are there.",
}
FINDINGS: Mapping[str, str] = {
    "constant_feature": "A segmenting feature has one value only.",
    "lookback_not_covered": "The data begin after the lookback does.",
    "many_missing": "A segmenting feature is missing for many customers.",
    "missing_values": "An optional column is mostly empty.",
    "negative_amount_share": "Many amounts are negative.",
    "no_noise_floor": "How many customers would change segment by chance cannot be measured.",
    "orphan_event": "Events of customers that the customers table does not have.",
    "orphan_order": "Orders of customers that the customers table does not have.",
    "orphan_row": "Other rows of customers that the customers table does not have.",
    "partial_quarter": "The quarter is not over in the data.",
    "repeated_rows": "Rows repeat another one in every column.",
    "returns": "Orders with a negative amount, and what they come to.",
    "shared_identity": "An identity value is shared by too many customers to mean one person.",
    "single_feature_leak": "One feature alone tells who buys in the quarter: does it look ahead?",
    "undated_features": "Segmenting features come from the customers table, without a date.",
    "zero_amount": "Orders with an amount of 0.",
}
_INTRODUCTION = """\
# Data contract

What each table holds, how features are defined, and what is checked. This page is generated from
the code by `make docs`; do not edit it.

At least one of `orders` and `events` is required, or `customers` with
`prepare.features_from: customers`. Everything else is optional; a page whose table is absent says
what to provide. Ids are text and keep leading zeros. Times are without a zone and taken as UTC. A
row dated on the day the quarter closes belongs to the next quarter.
"""


def data_contract() -> str:
    """Return the data contract as Markdown."""
    return "\n".join(
        [
            _INTRODUCTION,
            *(_table(table) for table in CONTRACT.values()),
            "## Features\n",
            "Features as of a day use rows before that day only, and none older than the lookback."
            "\n",
            _rows(("feature", "unit", "needs", "definition"), map(_feature, STANDARD)),
            "\nOne feature per level of a column, for the most common levels before the open:\n",
            _rows(("features", "column", "levels at most", "meaning"), map(_family, FAMILIES)),
            "\n## Checks that stop a run\n",
            "Exit code 2; all faults are listed at once, and nothing is written.\n",
            _rows(("code", "what was found"), _codes(HARD_CHECKS)),
            "\n## Findings that do not stop a run\n",
            "They are listed on the prepare page.\n",
            _rows(("code", "what was found"), _codes(FINDINGS)),
            "",
        ]
    )


def _table(table: TableContract) -> str:
    columns = [
        (f"`{column.name}`", column.kind, "yes" if column.required else "", column.meaning)
        for column in table.columns
    ]
    more = "\nFurther columns are kept, as attributes or ratings.\n" if table.extras else ""
    text = _rows(("column", "kind", "required", "meaning"), columns)
    return f"## {table.name}\n\nA row is {table.row}.\n\n{text}\n{more}"


def _feature(feature: Feature) -> tuple[str, ...]:
    needs = ", ".join(f"`{need}`" for need in feature.needs)
    return f"`{feature.name}`", feature.unit, needs, feature.definition


def _family(family: Family) -> tuple[str, ...]:
    what = f"{family.what} per 30 days" if family.rate else f"share of {family.what}"
    return f"`{family.name}_<level>`", f"`{family.column}`", str(family.at_most), what


def _codes(codes: Mapping[str, str]) -> Iterable[tuple[str, ...]]:
    return ((f"`{code}`", meaning) for code, meaning in sorted(codes.items()))


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
