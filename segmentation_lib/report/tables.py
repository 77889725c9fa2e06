"""Accessible tables: a caption, headed rows and columns, aligned numbers, and room to scroll."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from segmentation_lib.report.format import NOT_AVAILABLE, Formatter, formatter
from segmentation_lib.report.theme import segment_colours
from segmentation_lib.words import capitalised, measure_words

__all__ = ["Table", "swatch", "table"]

_WORDS = {"text", "feature", "kpi", "segment"}
_NAMES = dict.fromkeys(("context", "feature", "index", "trait"), "feature") | dict.fromkeys(
    ("kpi", "measure", "outcome"), "kpi"
)


@dataclass(frozen=True)
class Table:
    """A frame with the words and formats that it is shown with.

    Attributes:
        frame: The values; the index is not shown.
        caption: What the table holds, as a sentence.
        formats: Format by column, by name or as a function; see `format.formatter`.
        headers: Heading by column; without one, the column's name made readable.
        row_header: Column that names the rows.
        currency: Three-letter code for amounts.
        note: Printed under the table.
        bold: Which cells stand out, a frame of flags of the same shape; None for none.
    """

    frame: pd.DataFrame
    caption: str
    formats: Mapping[str, str | Formatter] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    row_header: str | None = None
    currency: str = "EUR"
    note: str = ""
    bold: pd.DataFrame | None = None

    def _repr_html_(self) -> str:
        columns = [_Column(self, name) for name in self.frame.columns]
        head = Markup("").join(column.heading() for column in columns)
        plain = np.zeros(self.frame.shape, dtype=np.bool_)
        flags = plain if self.bold is None else self.bold.to_numpy(dtype=np.bool_)
        rows = Markup("").join(
            Markup("<tr>{}</tr>").format(
                Markup("").join(
                    column.cell(value, bold=bool(flag))
                    for column, value, flag in zip(columns, row, marked, strict=True)
                )
            )
            for row, marked in zip(self.frame.itertuples(index=False), flags, strict=True)
        )
        if self.frame.empty:
            rows = Markup('<tr><td colspan="{}">No rows.</td></tr>').format(len(columns))
        note = Markup('<p class="note">{}</p>').format(self.note) if self.note else Markup("")
        return Markup(
            '<div class="table"><div class="scroll" role="region" tabindex="0" '
            'aria-label="Table: {caption}"><table><caption>{caption}</caption>'
            "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}</div>"
        ).format(caption=self.caption, head=head, rows=rows, note=note)

    __html__ = _repr_html_


class _Column:
    """How one column of a table is headed and filled."""

    def __init__(self, table: Table, name: str) -> None:
        kind = table.formats.get(name, default_format(table.frame[name]))
        self.format = formatter(kind, currency=table.currency)
        self.header = table.headers.get(name, readable(name))
        self.names_rows = name == table.row_header
        self.is_segment = kind == "segment"
        numeric = pd.api.types.is_numeric_dtype(table.frame[name])
        words = kind in _WORDS or pd.api.types.is_bool_dtype(table.frame[name])
        style = "number" if numeric and not words else "segment" if self.is_segment else ""
        self.style = Markup(' class="{}"').format(style) if style else Markup("")

    def heading(self) -> Markup:
        return Markup('<th scope="col"{}>{}</th>').format(self.style, self.header)

    def cell(self, value: object, *, bold: bool = False) -> Markup:
        shown = self.format(value)
        content = (
            Markup('<span class="missing" title="not available">{}</span>').format(shown)
            if shown == NOT_AVAILABLE
            else escape(shown)
        )
        if self.is_segment and shown != NOT_AVAILABLE:
            content = swatch(str(value)) + content
        content = Markup("<strong>{}</strong>").format(content) if bold else content
        tag = Markup('th scope="row"') if self.names_rows else Markup("td")
        return Markup("<{}{}>{}</{}>").format(tag, self.style, content, tag[:2])


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    formats: Mapping[str, str | Formatter] | None = None,
    headers: Mapping[str, str] | None = None,
    row_header: str | None = None,
    currency: str = "EUR",
    note: str = "",
    bold: pd.DataFrame | None = None,
) -> Table:
    """Return a frame as an accessible table.

    Args:
        frame: One row per row of the table; the index is not shown.
        caption: What the table holds, as a sentence.
        formats: Format by column: ``money0``, ``compact``, ``percent1``, ``points1``,
            ``number2``, ``signed1``, ``integer``, ``p_value``, ``date``, ``text``,
            ``feature`` and ``kpi`` (what it is called), ``segment`` (a colour before the ID), or
            a function. Whole numbers default to ``integer``, others to ``number2``, and columns
            that are named after features or KPIs to what these are called.
        headers: Heading by column; without one, the column's name made readable.
        row_header: Column that names the rows; the first one if it holds text.
        currency: Three-letter code for amounts.
        note: Printed under the table.
        bold: Which cells stand out, a frame of flags of the same shape; None for none.

    Raises:
        ValueError: The caption is empty, ``bold`` is of another shape, or a format, heading or row
            header is given for a column that the frame does not have.
    """
    if not caption.strip():
        raise ValueError("a table needs a caption that says what it holds")
    named = set(formats or {}) | set(headers or {}) | ({row_header} if row_header else set())
    unknown = sorted(named - set(frame.columns))
    if unknown:
        raise ValueError(
            f"table {caption!r} has no column {', '.join(unknown)}; "
            f"its columns are {', '.join(map(str, frame.columns))}"
        )
    if bold is not None and bold.shape != frame.shape:
        raise ValueError(f"table {caption!r}: bold has shape {bold.shape}, must be {frame.shape}")
    if row_header is None and len(frame.columns) and _is_text(frame.iloc[:, 0]):
        row_header = str(frame.columns[0])
    return Table(
        frame.copy(), caption, dict(formats or {}), dict(headers or {}), row_header, currency, note,
        bold,
    )  # fmt: skip


_HEADINGS = {
    "effect_low": "Effect, from",
    "effect_high": "to",
    "from_segment_id": "From segment",
    "jaccard": "Overlap (Jaccard)",
    "jaccard_low": "5% quantile",
    "k": "Segments",
    "kpi": "KPI",
    "null_mean": "By chance, mean",
    "null_low": "By chance, from",
    "null_high": "to",
    "p_value": "p-value",
    "p_corrected": "p-value, corrected",
    "segment_id": "Segment",
    "other_segment_id": "Other segment",
    "to_segment_id": "To segment",
}


def swatch(segment_id: str) -> Markup:
    """Return the small square in a segment's colour that goes before its ID."""
    colour = segment_colours([segment_id])[segment_id]
    return Markup('<span class="swatch" style="background:{}"></span>').format(colour)


def readable(column: str) -> str:
    """Return a column's name as a heading.

    >>> readable("value_per_customer")
    'Value per customer'
    """
    if column in _HEADINGS:
        return _HEADINGS[column]
    return capitalised(measure_words(str(column)))


def default_format(column: pd.Series) -> str:
    """Return the name of the format that suits a column's type, and its name where it is text."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return _NAMES.get(str(column.name), "text")
    return "integer" if pd.api.types.is_integer_dtype(column) else "number2"


def _is_text(column: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(column) or pd.api.types.is_object_dtype(column)
