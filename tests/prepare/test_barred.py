"""Sensitive and protected columns make no segments, under whatever name."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.governance import read_governance
from segmentation_lib.params.strict_yaml import read_yaml
from segmentation_lib.prepare.barred import barred_faults, check_barred
from tests.params.test_governance import TEXT

PEOPLE = pd.DataFrame(
    {"customer_id": ["a", "b", "c"], "age": [30, 40, 50], "health": [1, 2, 3], "plan": [4, 5, 6]}
)
FILE = """params:
  project: acme
  prepare:
    features:
      - recency
      - age
      - channel_share
    custom_features:
      strain:
        table: customers
        sql: health * 2
"""


def told(shop, **prepare):
    shop.prepare = prepare
    governance = read_governance(TEXT, "params/acme/governance.yaml")
    faults = barred_faults(
        shop.features(), shop.params, governance, name="params/acme/2026Q3.yaml",
        document=read_yaml(FILE, "params/acme/2026Q3.yaml"),
    )  # fmt: skip
    return [(fault.where, fault.found, fault.rule) for fault in faults]


def test_a_protected_column_is_refused_with_its_line(shop):
    shop.give("customers", PEOPLE)
    rule = "age is protected in params/acme/governance.yaml and may not make segments"
    assert told(shop, features=["recency", "age"]) == [
        ("params/acme/2026Q3.yaml:6", "prepare.features.1 = age", rule)
    ]
    assert told(shop, features=["recency"], descriptors=["age", "health"]) == []


def test_a_sensitive_column_inside_an_expression_is_refused(shop):
    shop.give("customers", PEOPLE)
    own = {"strain": {"table": "customers", "sql": "coalesce(Health, 0) * 2"}}
    ((where, found, rule),) = told(shop, features=["recency"], custom_features=own)
    assert where == "params/acme/2026Q3.yaml:11"
    assert found == "prepare.custom_features.strain reads customers.health"
    assert rule.startswith("customers.health is sensitive")
    own["strain"]["role"] = "descriptor"
    assert told(shop, features=["recency"], custom_features=own) == []


def test_a_column_that_was_renamed_is_still_the_same(shop):
    shop.give("customers", PEOPLE, columns={"score": "health + plan"})
    ((_, found, _),) = told(shop, features=["recency", "score"])
    assert found == "prepare.features.1 = score reads customers.health"


def test_a_standard_feature_reads_columns_too(shop):
    text = TEXT.replace("[customers.health, religion]", "[orders.channel]")
    shop.prepare = {"features": ["recency", "channel_share"]}
    faults = barred_faults(shop.features(), shop.params, read_governance(text))
    assert {fault.found for fault in faults} == {
        "prepare.features.1 = channel_share reads orders.channel"
    }
    assert {fault.where for fault in faults} == {"params"}


@pytest.mark.parametrize(
    ("contacts", "columns", "found"),
    [
        (["age"], {}, ["data.customers.contacts.0 = age"]),
        (["plan", "Health"], {}, ["data.customers.contacts.1 = Health"]),
        (["note"], {"note": "plan || health"}, ["data.customers.contacts.0 = note reads "
                                                "customers.health"]),
        (["plan"], {}, []),
    ],
)  # fmt: skip
def test_what_is_barred_is_no_contact_column_either(shop, contacts, columns, found):
    shop.give("customers", PEOPLE, contacts=contacts, columns=columns)
    shop.prepare = {"features": ["recency"]}
    faults = barred_faults([], shop.params, read_governance(TEXT, "governance.yaml"))
    assert [fault.found for fault in faults] == found
    assert {fault.code for fault in faults} <= {"barred_contact"}
    assert all("may not go into the customer file" in fault.rule for fault in faults)


def test_the_check_refuses_and_nothing_is_barred_without_a_file(shop):
    shop.give("customers", PEOPLE)
    shop.prepare = {"features": ["recency", "age"]}
    check_barred(shop.features(), shop.params, None)
    with pytest.raises(ParameterError, match="barred_column"):
        check_barred(shop.features(), shop.params, read_governance(TEXT))
