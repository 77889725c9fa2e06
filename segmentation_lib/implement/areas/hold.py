"""What areas do when the segments failed their checks: stop what was planned by segment."""

from __future__ import annotations

from collections.abc import Iterator

from segmentation_lib.implement.areas.sources import AreaSources, Candidate

__all__ = ["hold"]

_STOP = {
    "marketing": "Take {} out of every campaign plan",
    "sales": "Hand no list of {} to anybody",
    "product": "Build nothing for {} alone",
    "success": "Serve customers of {} like all others",
    "finance": "Plan no money by {}",
}
_DAYS = 14


def hold(sources: AreaSources, area: str) -> Iterator[Candidate]:
    """Return what an area stops, the segment with the most value first.

    Args:
        sources: The artefacts of the quarter.
        area: Name of the area.
    """
    failed = [gate for gate in sources.scorecard["gates"] if gate["verdict"] == "no-go"]
    why = str(failed[0]["sentence"]) if failed else str(sources.scorecard["sentence"])
    for card in sources.by_worth:
        yield Candidate(
            card["id"], f"hold {card['id']}",
            _STOP[area].format(sources.title(card["id"])) + " until the checks pass",
            why, "association", "plans that name the segment: none", _DAYS,
        )  # fmt: skip
