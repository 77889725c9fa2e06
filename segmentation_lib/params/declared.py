"""What a parameter file declares before the segments are seen: KPIs, expectations, criteria."""

from __future__ import annotations

from segmentation_lib.params.models import Params

__all__ = ["declarations"]


def declarations(params: Params) -> tuple[str, ...]:
    """Return every declaration as a line of text, sorted.

    A line that was not there when the segments of a quarter were first made is a second thought:
    it may have been chosen because of them, and is no test.

    Args:
        params: All parameters.
    """
    lines = [f"KPI {name}" for name in params.kpis or ()]
    lines += [
        f"expectation {item.feature} and {item.kpi}: {item.direction}"
        for item in params.validation.expectations
    ]
    for item in params.criteria.knock_outs:
        if item.at_least is not None:
            lines.append(f"knock-out {item.measure} at least {item.at_least:g}")
        if item.at_most is not None:
            lines.append(f"knock-out {item.measure} at most {item.at_most:g}")
    for group in ("attractiveness", "fit"):
        for measure, weight in getattr(params.criteria, group).items():
            lines.append(f"{group} {measure}: weight {weight:g}")
    return tuple(sorted(lines))
