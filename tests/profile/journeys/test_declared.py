"""Events that are named must be in the log; all that are not are told at once."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError
from segmentation_lib.params import Journeys
from segmentation_lib.profile.journeys.declared import success_events


def _success(events: list[str | None], **asked: object) -> tuple[str, ...]:
    with Engine.memory() as engine:
        log = engine.memtable(pd.DataFrame({"event": pd.Series(events, dtype="str")}), "log")
        return success_events(engine, log, Journeys.model_validate(asked))


def test_a_purchase_is_success_unless_another_event_is_named() -> None:
    assert _success(["visit", "purchase", None]) == ("purchase",)
    assert _success(["visit", "order"], success="order") == ("order",)
    assert _success(["visit", "order"]) == ()


def test_every_unknown_event_is_told_with_its_place() -> None:
    with pytest.raises(ContractError) as caught:
        _success(
            ["visit", "add_to_cart"],
            success="purchase",
            funnels=[{"name": "Buy", "steps": [["visit", "open"], "add_to_card"]}],
            nudges=[{"trigger": "add_to_cart", "goal": "paid"}],
        )
    found = {(fault.where, fault.found.split()[-1]): fault.fix for fault in caught.value.faults}
    assert set(found) == {
        ("profile.journeys.success", "purchase"),
        ("profile.journeys.funnels[0].steps", "open"),
        ("profile.journeys.funnels[0].steps", "add_to_card"),
        ("profile.journeys.nudges[0].goal", "paid"),
    }
    fix = found["profile.journeys.funnels[0].steps", "add_to_card"]
    assert fix.startswith("Did you mean add_to_cart?")
