"""Events that are named must be in the log; all that are not are told at once."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.params import Journeys
from segmentation_lib.prepare.named_events import check_named_events


def _asked(**asked: object) -> Journeys:
    return Journeys.model_validate(asked)


def test_events_of_the_log_are_accepted_whatever_their_order() -> None:
    asked = _asked(
        success="paid",
        funnels=[{"name": "Buy", "steps": [["visit", "open"], "add_to_cart"]}],
        nudges=[{"trigger": "add_to_cart", "goal": "paid"}],
    )
    assert check_named_events(["paid", "open", "visit", "add_to_cart", "open"], asked) is None
    assert check_named_events([], _asked()) is None


def test_every_unknown_event_is_told_with_its_place_and_the_nearest_name() -> None:
    asked = _asked(
        success="purchase",
        funnels=[{"name": "Buy", "steps": [["visit", "open"], "add_to_card"]}],
        nudges=[{"trigger": "add_to_cart", "goal": "paid"}],
    )
    with pytest.raises(ContractError) as caught:
        check_named_events({"visit", "add_to_cart"}, asked)
    found = {(fault.where, fault.found.split()[-1]): fault for fault in caught.value.faults}
    assert set(found) == {
        ("profile.journeys.success", "purchase"),
        ("profile.journeys.funnels[0].steps", "open"),
        ("profile.journeys.funnels[0].steps", "add_to_card"),
        ("profile.journeys.nudges[0].goal", "paid"),
    }
    fault = found["profile.journeys.funnels[0].steps", "add_to_card"]
    assert fault.fix == "Did you mean add_to_cart? The log has: add_to_cart, visit."
    assert fault.code == "unknown_event"
