"""Tables of experiments on the page: each is what `report.table` takes, by its title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.implement.experiments.pages import (
    published_designs,
    published_effects,
    published_experiments,
    published_guardrails,
    published_ratios,
)
from segmentation_lib.implement.experiments.plan import Plan
from segmentation_lib.implement.experiments.readout import ReadOut

__all__ = ["plan_sheets", "read_out_sheets"]

Sheets = dict[str, dict[str, Any]]


def read_out_sheets(
    found: ReadOut, *, names: Mapping[str, str], limit: int, currency: str = ""
) -> Sheets:
    """Return the tables of a read-out; those without rows are left out.

    Args:
        found: What `read_out` returned.
        names: Names of the segments.
        limit: Fewest customers whose figures are shown.
        currency: Three-letter code of the amounts.
    """
    sheets: Sheets = {
        "Every experiment, and what became of it": {
            "frame": published_experiments(found.experiments),
            "caption": "Every experiment of the register",
            "headers": {"what": "What the treated get", "guardrails": "What must not suffer"},
        },
        "Effects, segment by segment": {
            "frame": published_effects(found.effects, names=names, limit=limit, currency=currency),
            "caption": "Treated against control, with 95% intervals",
            "headers": {"interval": "95% interval", "shrunken": "With luck taken off"},
        },
        "What must not suffer": {
            "frame": published_guardrails(found.guardrails, limit=limit, currency=currency),
            "caption": "Guardrails: kept where even the worst end of the interval is within the "
            "loss that is put up with",
            "headers": {"interval": "95% interval", "margin": "Loss put up with"},
        },
        "Customers in each arm": {
            "frame": published_ratios(found.ratios, names=names, limit=limit),
            "caption": "Customers of each arm, and whether the arms have the share they should",
            "headers": {"level": "Sizes"},
        },
    }
    return {title: sheet for title, sheet in sheets.items() if len(sheet["frame"])}


def plan_sheets(plan: Plan, *, names: Mapping[str, str], limit: int, currency: str = "") -> Sheets:
    """Return the table of what planned experiments can find; nothing where none is planned.

    Args:
        plan: What `plan_experiments` returned.
        names: Names of the segments.
        limit: Fewest customers of an arm whose figures are shown.
        currency: Three-letter code of the amounts.
    """
    frame = published_designs(plan.designs, names=names, limit=limit, currency=currency)
    sheet = {
        "frame": frame,
        "caption": "The effect that is found in four of five cases, beside the smallest that "
        "matters; customers are those of both arms",
        "headers": {"detectable": "Effect that is found", "matters": "Smallest that matters",
                    "needed": "Customers needed"},
    }  # fmt: skip
    return {"What the planned experiments can find": sheet} if len(frame) else {}
