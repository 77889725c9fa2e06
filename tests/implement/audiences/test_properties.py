"""Properties of a CRM: names nobody else has, values to the last digit, and harmless text."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement.audiences import properties_of, property_values
from segmentation_lib.implement.audiences.fields import Field
from segmentation_lib.implement.audiences.properties import as_loaded, for_import, value_files
from segmentation_lib.implement.tags import read_csv_text

from .examples import audience, clause

FIELDS = {
    "x": Field("number", "days", "Days."),
    "Net spend": Field("number", "EUR", "Spend."),
    "net-spend": Field("number"),
    "日本": Field("text"),
    "plan": Field("text"),
    "unused": Field("number"),
}


def _properties():
    rule = audience(
        [clause("x", "<=", 3), clause("plan", "=", "=cmd")],
        [clause("Net spend", ">", 1), clause("net-spend", ">", 1), clause("日本", "=", "a")],
    )
    return rule, properties_of([rule], FIELDS, period="2025 Q3")


def test_names_are_plain_and_no_two_are_alike():
    _, properties = _properties()
    assert {field: one.name for field, one in properties.items()} == {
        "Net spend": "seg_2025_q3_net_spend",
        "net-spend": "seg_2025_q3_net_spend_2",
        "plan": "seg_2025_q3_plan",
        "x": "seg_2025_q3_x",
        "日本": "seg_2025_q3",
    }
    assert (properties["x"].unit, properties["x"].kind) == ("days", "number")


def test_values_are_those_of_the_customers_of_the_file_and_text_is_harmless():
    rule, properties = _properties()
    table = pd.DataFrame(
        {"customer_id": ["3", "1", "007"], "x": [0.1 + 0.2, 3.0, float("nan")],
         "Net spend": [-1.5, 1e6, 0.0], "net-spend": 1.0, "日本": ["a", None, "b"],
         "plan": pd.Categorical(["=cmd", "b\r\n", None]), "unused": 9.0}
    )  # fmt: skip
    values = property_values(properties, table, pd.Series(["007", "3"]))
    assert values.to_dict("list") == {
        "external_id": ["007", "3"],
        "seg_2025_q3_net_spend": ["0", "-1.5"],
        "seg_2025_q3_net_spend_2": ["1", "1"],
        "seg_2025_q3_plan": ["", "'=cmd"],
        "seg_2025_q3_x": ["", "0.30000000000000004"],
        "seg_2025_q3": ["b", "a"],
    }
    loaded = as_loaded(values, properties)
    assert loaded["seg_2025_q3_x"].tolist()[1] == 0.1 + 0.2
    assert loaded["seg_2025_q3_plan"].isna().tolist() == [True, False]
    asked = for_import(rule, properties).any[1].all
    assert [(one.field, one.value) for one in asked] == [
        ("seg_2025_q3_plan", "'=cmd"), ("seg_2025_q3_x", 3),
    ]  # fmt: skip


def test_a_large_file_comes_in_parts_that_together_are_the_file():
    values = pd.DataFrame({"external_id": [f"{i:04d}" for i in range(100)], "x": "1.5"})
    assert list(value_files(values)) == ["properties.csv"]
    for limits, count in (({"rows": 40}, 3), ({"size": 600}, 2)):
        parts = value_files(values, **limits)
        assert list(parts) == [f"properties_{n}_of_{count}.csv" for n in range(1, count + 1)]
        read = pd.concat([read_csv_text(text) for text in parts.values()], ignore_index=True)
        assert read.equals(values.astype("str"))
    assert value_files(values.iloc[:0]) == {"properties.csv": "external_id,x\n"}
