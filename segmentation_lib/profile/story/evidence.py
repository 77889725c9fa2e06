"""Evidence: what stands behind a statement, how strong it is, and the table cell it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

import pandas as pd

from segmentation_lib.faults import ContractError, Fault

__all__ = ["Evidence", "EvidenceBook", "Grade", "cell_evidence", "weakest"]

ROW_UNIT = "(row)"


class Grade(StrEnum):
    """How strong the evidence for a statement is, from the strongest to the weakest."""

    EXPERIMENT = "experiment"
    QUASI_EXPERIMENT = "quasi-experiment"
    ASSOCIATION = "association"
    ASSUMPTION = "assumption"
    OPEN = "open"

    @property
    def rank(self) -> int:
        """0 for the strongest grade, 4 for a question that nobody has answered."""
        return list(Grade).index(self)

    @property
    def words(self) -> str:
        """What the grade means, as the rest of a sentence."""
        return _WORDS[self]

    @property
    def earns_causes(self) -> bool:
        """Whether a statement of this grade may say that one thing causes another."""
        return self is Grade.EXPERIMENT


_WORDS = {
    Grade.EXPERIMENT: "shown by a test with a control group drawn by lot",
    Grade.QUASI_EXPERIMENT: "seen in a comparison whose groups may have differed from the start",
    Grade.ASSOCIATION: "measured in the data, not tested",
    Grade.ASSUMPTION: "believed, not measured",
    Grade.OPEN: "a question to answer: nothing is known or believed yet",
}


def weakest(grades: Iterable[Grade]) -> Grade:
    """Return the weakest of several grades; without any, an assumption.

    >>> weakest([Grade.EXPERIMENT, Grade.ASSOCIATION]).value, weakest([]).value
    ('association', 'assumption')
    """
    return max(grades, key=lambda grade: grade.rank, default=Grade.ASSUMPTION)


@dataclass(frozen=True)
class Evidence:
    """One cell of an artefact, and what it says.

    Attributes:
        id: Artefact, row and column joined by colons, such as ``segment_value:S01:value_index``.
        segment_id: The segment it speaks of; ``(all)`` for everyone.
        statement: What it says, in a few words without the number.
        grade: How strong it is.
        artefact: Name of the artefact.
        row: Key of the row, its parts joined by colons.
        column: Name of the column.
        value: The cell: a number, or words.
        unit: ``share``, ``money``, or what is counted; empty for bare numbers and words.
    """

    id: str
    segment_id: str
    statement: str
    grade: Grade
    artefact: str
    row: str
    column: str
    value: float | str
    unit: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is a value: a number that is finite, or words that are not empty."""
        return bool(self.value) if isinstance(self.value, str) else math.isfinite(self.value)


@dataclass(frozen=True)
class EvidenceBook:
    """All evidence of a quarter, by ID.

    Attributes:
        records: The evidence, in the order in which it was entered.
    """

    records: Mapping[str, Evidence] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Evidence]:
        return iter(self.records.values())

    def __len__(self) -> int:
        return len(self.records)

    def __contains__(self, evidence_id: object) -> bool:
        return evidence_id in self.records

    def add(self, records: Iterable[Evidence]) -> EvidenceBook:
        """Return a book that also holds ``records``; one of the same ID is replaced."""
        return EvidenceBook({**self.records, **{record.id: record for record in records}})

    def get(self, evidence_id: str, *, where: str = "evidence") -> Evidence:
        """Return the evidence of an ID.

        Args:
            evidence_id: The ID.
            where: Who asks for it, used in the fault.

        Raises:
            ContractError: There is no such evidence.
        """
        if evidence_id not in self.records:
            raise ContractError([self.fault(evidence_id, where)])
        return self.records[evidence_id]

    def fault(self, evidence_id: str, where: str) -> Fault:
        """Return the fault of asking for evidence that is not there.

        Args:
            evidence_id: The ID that is not known.
            where: Who asks for it.
        """
        close = get_close_matches(evidence_id, list(self.records), n=1)
        fix = f"Did you mean {close[0]}?" if close else "Look IDs up in the artefact evidence."
        found = f"evidence {evidence_id} does not exist"
        rule = "evidence is a cell of a table of this quarter"
        return Fault(where, found, rule, fix, "unknown_evidence")

    def frame(self) -> pd.DataFrame:
        """Return the artefact ``evidence``: one row per record, sorted by ID."""
        columns = ["id", "segment_id", "statement", "grade", "artefact", "row", "column", "value",
                   "text", "unit"]  # fmt: skip
        rows = [
            (r.id, r.segment_id, r.statement, r.grade.value, r.artefact, r.row, r.column,
             float("nan") if isinstance(r.value, str) else r.value,
             r.value if isinstance(r.value, str) else "", r.unit)
            for r in sorted(self, key=lambda record: record.id)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)


def cell_evidence(
    artefact: str,
    table: pd.DataFrame,
    columns: Mapping[str, str],
    *,
    key: Sequence[str] = ("segment_id",),
    units: Mapping[str, str] | None = None,
    grade: Grade = Grade.ASSOCIATION,
) -> list[Evidence]:
    """Enter cells of a table as evidence.

    Args:
        artefact: Name of the artefact.
        table: The artefact; a column ``grade`` overrides ``grade`` row by row.
        columns: Columns to enter, and what each says; columns that are not there are left out.
        key: Columns that identify a row.
        units: Unit by column; ``(row)`` takes the row's own column ``unit``.
        grade: How strong the evidence of this table is.

    Returns:
        Evidence of every cell that is known, in the table's order. A row without ``segment_id``
        speaks of ``(all)``.

    Raises:
        ContractError: A column of the key is missing.
    """
    absent = [name for name in key if name not in table.columns]
    if absent:
        rule = "rows of evidence are found by their key"
        fix = "This is a fault of the template; run the quarter again from profile."
        raise ContractError(
            Fault(f"artefact {artefact}", f"column {name} is missing", rule, fix, "missing_column")
            for name in absent
        )
    units = units or {}
    records = []
    for row in table.to_dict("records"):
        place = ":".join(str(row[name]) for name in key)
        for column, statement in columns.items():
            value = row.get(column)
            if column not in row or pd.isna(value):
                continue
            unit = units.get(column, "")
            records.append(
                Evidence(
                    id=f"{artefact}:{place}:{column}",
                    segment_id=str(row.get("segment_id", "(all)")),
                    statement=statement,
                    grade=Grade(row["grade"]) if _is_given(row.get("grade")) else grade,
                    artefact=artefact,
                    row=place,
                    column=column,
                    value=value if isinstance(value, str) else float(value),
                    unit=str(row.get("unit", "")) if unit == ROW_UNIT else unit,
                )
            )
    return [record for record in records if record.is_known]


def _is_given(value: object) -> bool:
    return isinstance(value, str) and bool(value)
