"""Tables: caption, headed rows and columns, aligned numbers, escaped text."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from segmentation_lib import report
from segmentation_lib.report.tables import default_format

FRAME = pd.DataFrame(
    {
        "segment_id": ["S01", "S12"],
        "name": ["<b>Regulars</b>", None],
        "customers": [1200, 3],
        "value_share": [0.25, np.nan],
        "stable": [True, False],
    }
)


def rows(html):
    return re.findall(r"<tr>(.*?)</tr>", html)


def test_the_exact_table():
    table = report.table(
        FRAME,
        caption="Size & value",
        formats={"segment_id": "segment", "value_share": "percent1"},
        headers={"segment_id": "ID"},
        row_header="segment_id",
        note="Of the quarter.",
    )
    html = table._repr_html_()
    assert html.startswith(
        '<div class="table"><div class="scroll" role="region" tabindex="0" '
        'aria-label="Table: Size &amp; value"><table><caption>Size &amp; value</caption><thead>'
    )
    head, first, second = rows(html)
    assert head == (
        '<th scope="col" class="segment">ID</th><th scope="col">Name</th>'
        '<th scope="col" class="number">Customers</th>'
        '<th scope="col" class="number">Value share</th><th scope="col">Stable</th>'
    )
    assert first == (
        '<th scope="row" class="segment"><span class="swatch" style="background:#114c87"></span>'
        "S01</th><td>&lt;b&gt;Regulars&lt;/b&gt;</td>"
        '<td class="number">1,200</td><td class="number">25.0%</td><td>yes</td>'
    )
    missing = '<span class="missing" title="not available">–</span>'
    assert second.endswith(
        f'<td>{missing}</td><td class="number">3</td><td class="number">{missing}</td><td>no</td>'
    )
    assert html.endswith('</table></div><p class="note">Of the quarter.</p></div>')


def test_the_first_column_names_the_rows_if_it_holds_text():
    assert report.table(FRAME, caption="A").row_header == "segment_id"
    assert report.table(FRAME[["customers"]], caption="A").row_header is None
    assert '<th scope="row">S01</th>' in report.table(FRAME, caption="A")._repr_html_()


def test_a_format_may_be_a_function_whose_text_is_escaped():
    html = report.table(
        FRAME[["customers"]], caption="A", formats={"customers": lambda n: f"<{n}>"}
    )._repr_html_()
    assert '<td class="number">&lt;1200&gt;</td>' in html


def test_money_has_the_tables_currency():
    html = report.table(
        FRAME[["customers"]], caption="A", formats={"customers": "money0"}, currency="USD"
    )._repr_html_()
    assert "$1,200" in html


def test_features_and_kpis_are_shown_by_their_words():
    frame = pd.DataFrame(
        {
            "feature": ["inter_purchase_time", "region=(missing)"],
            "kpi": ["orders", None],
            "rule": ["order_value", "order_value"],
        }
    )
    first, second = rows(report.table(frame, caption="A")._repr_html_())[1:]
    assert first == (
        '<th scope="row">Days between orders</th><td>Orders per customer</td><td>order_value</td>'
    )
    assert second.startswith('<th scope="row">Region: not known</th><td><span class="missing"')
    raw = report.table(frame, caption="A", formats={"kpi": "text"})._repr_html_()
    assert "<td>orders</td>" in raw


def test_an_empty_frame_says_so():
    assert '<td colspan="5">No rows.</td>' in report.table(FRAME[:0], caption="A")._repr_html_()


def test_the_frame_is_kept_as_it_was_when_the_table_was_made():
    frame = FRAME.copy()
    table = report.table(frame, caption="A")
    frame.loc[0, "customers"] = 7
    assert table.frame.loc[0, "customers"] == 1200


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], "integer"),
        ([1.0, 2.5], "number2"),
        ([True, False], "text"),
        (["a", "b"], "text"),
        (pd.to_datetime(["2025-01-01"]), "date"),
    ],
)
def test_formats_follow_the_type(values, expected):
    assert default_format(pd.Series(values)) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"caption": " "}, "needs a caption"),
        ({"caption": "A", "formats": {"sales": "money0"}}, "has no column sales; its columns are"),
        ({"caption": "A", "headers": {"x": "X", "b": "B"}}, "has no column b, x"),
        ({"caption": "A", "row_header": "id"}, "has no column id"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        report.table(FRAME, **options)
