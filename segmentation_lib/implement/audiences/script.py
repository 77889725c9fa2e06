"""The SQL file of a project: the exact segments, and the short rules beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segmentation_lib.cluster import Model
from segmentation_lib.implement.audiences.exact import exact_sql
from segmentation_lib.implement.audiences.rule import Audience, Clause, FieldKind
from segmentation_lib.implement.audiences.sql import Dialect, audiences_sql

__all__ = ["project_sql"]

_EXACT = "-- The exact segments, as the model scores them. Activate these.\n"
_RULES = "-- The short rules that are true enough, by priority. Others are left out.\n"


def project_sql(
    model: Model,
    audiences: Sequence[Audience],
    fields: Mapping[str, FieldKind],
    *,
    dialect: Dialect,
    project: str,
    table: str = "features",
    exclude: Sequence[Clause] = (),
) -> str:
    """Return the file that makes the views ``<project>_segments`` and ``<project>_audiences``.

    Both have ``customer_id, segment_id``.

    Args:
        model: The model; its scoring is the first view.
        audiences: The audiences of the second view; none gives everyone no segment.
        fields: Kind of each column of the table, from `kinds_of`.
        dialect: The database.
        project: Name of the project.
        table: Name of the table of features.
        exclude: Who matches one of these is not in the first view; audiences have their own.

    Raises:
        ContractError: The table lacks a column that the model or a rule needs.
    """
    exact = exact_sql(
        model, fields, dialect=dialect, view=f"{project}_segments", table=table, exclude=exclude
    )
    rules = audiences_sql(
        audiences, fields, dialect=dialect, view=f"{project}_audiences", table=table
    )
    return f"{_EXACT}{exact}\n{_RULES}{rules}"
