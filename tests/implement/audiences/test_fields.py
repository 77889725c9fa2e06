"""The table that rules are asked of: the names of the customer file, and nothing superfluous."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.audiences import fields_of, rule_table
from segmentation_lib.implement.audiences.fields import Field

from .test_hysteresis import a_model

FEATURES = pd.DataFrame(
    {"customer_id": ["1", "2", "3"], "state": ["ACTIVE", "NEW", "ACTIVE"], "x": [1.0, 2.0, 3.0],
     "marketing_consent": ["yes", "yes", "yes"], "y": [0.0, 0.0, 0.0]}
)  # fmt: skip


def test_the_columns_are_those_of_the_customer_file_and_the_model():
    consent = pd.DataFrame(
        {"customer_id": ["2", "1", "9"], "marketing_consent": [False, True, True]}
    )
    table = rule_table(FEATURES, a_model(0.0, 1.0), consent=consent)
    assert list(table) == ["customer_id", "lifecycle_state", "consent_marketing", "x"]
    assert table["consent_marketing"].fillna("?").tolist() == ["true", "false", "?"]
    assert table["lifecycle_state"].tolist() == ["ACTIVE", "NEW", "ACTIVE"]
    assert list(FEATURES)[1] == "state"
    assert "consent_marketing" not in rule_table(FEATURES, a_model(0.0, 1.0))


def test_a_feature_with_a_name_of_ours_is_refused():
    model = a_model(0.0, 1.0)
    (one,) = model.features
    named = model.model_copy(
        update={"features": (one.model_copy(update={"name": "lifecycle_state"}),)}
    )
    with pytest.raises(ContractError, match="a feature has this name"):
        rule_table(FEATURES, named)


def test_each_field_says_what_it_holds_also_where_nobody_wrote_it_down():
    dictionary = pd.DataFrame(
        {"name": ["x", "y"], "unit": ["days", None], "definition": ["Days since.", None],
         "window": ["365 days", None]}
    )  # fmt: skip
    fields = fields_of(FEATURES[["customer_id", "x", "y"]], dictionary)
    assert fields["x"] == Field("number", "days", "Days since. Window: 365 days.")
    assert fields["y"] == Field("number")
    assert "external_id" in fields["customer_id"].meaning
