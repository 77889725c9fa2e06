"""What an area's page says around its actions: what changed, one risk, how sure it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from segmentation_lib.implement.areas.sources import AreaSources
from segmentation_lib.implement.migration.sizes import size_moves
from segmentation_lib.implement.trends.history import CONVERSION, RETENTION_GAP
from segmentation_lib.implement.trends.words import told_changes, trend_words
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import percent, plural
from segmentation_lib.words import capitalised, listing

__all__ = ["WATCHED", "area_changes", "area_confidence", "area_risk"]

WATCHED: Mapping[str, tuple[str, ...]] = {
    "marketing": (CONVERSION, RETENTION_GAP, "visited", "active", "orders"),
    "sales": ("revenue", "order_value", "orders"),
    "product": ("quarter_sessions", CONVERSION, "visited", "orders"),
    "success": (RETENTION_GAP, "support_tickets", "tickets", "referrals", "active"),
    "finance": ("revenue", "order_value", "orders"),
}
_SIZES = ("marketing", "finance")
_FIRST = "This is the first quarter: there is nothing earlier to compare with."
_GRADES = ("experiment", "quasi-experiment", "association", "assumption")


def area_changes(sources: AreaSources, area: str, *, limit: int = 3) -> list[str]:
    """Say what changed in what an area watches.

    Args:
        sources: The artefacts of the quarter.
        area: Name of the area.
        limit: Most sentences.
    """
    changes = sources.changes
    if changes is None or changes.empty:
        return [_FIRST]
    watched = changes[changes["measure"].isin(WATCHED[area])]
    named = watched[watched["change"] != "none"].sort_values(
        ["p_value", "measure", "segment_id"], kind="stable"
    )
    told = told_changes(named, names=sources.names, currency=sources.currency)
    if area in _SIZES:
        told += [
            f"{sources.title(card['id'])} {'grew' if move > 0 else 'shrank'} from "
            f"{percent(card['customer_share_before'])} to {percent(card['customer_share'])} of "
            "customers in a segment."
            for move, card in size_moves(sources.cards)[:2]
            if card["customers"] >= sources.small_cell
        ]
    if named.empty and len(watched):
        looked = list(dict.fromkeys(trend_words(measure) for measure in watched["measure"]))
        since = listing(sorted(set(watched["previous_period"])))
        told.append(f"No change beyond chance since {since} in {listing(looked)}.")
    return told[:limit] or ["What this area watches was not measured in both quarters."]


def area_risk(sources: AreaSources, area: str) -> str:
    """Name the one risk that an area should know of.

    Args:
        sources: The artefacts of the quarter.
        area: Name of the area.
    """
    gates = list(sources.scorecard.get("gates", []))
    for verdict in ("no-go", "limits"):
        failed = [gate for gate in gates if gate["verdict"] == verdict]
        if failed:
            return f"{failed[0]['title']} {failed[0]['sentence']}"
    found = _own_risk(sources, area, gates)
    return found or (
        "What was measured shows where segments differ, not what would move them: whatever is not "
        "tested against a control group may do nothing."
    )


def _own_risk(sources: AreaSources, area: str, gates: Sequence[Mapping[str, Any]]) -> str:
    worth = sources.by_worth
    if area == "marketing":
        unsure = [gate for gate in gates if gate["verdict"] == "not assessed"]
        return str(unsure[0]["sentence"]) if unsure else ""
    if area == "sales" and sources.has_value and worth:
        # The one whose loss would cost most beyond its size.
        top = max(worth, key=lambda c: (c["value_share"] - c["customer_share_at_open"], c["id"]))
        return (
            f"{percent(top['value_share'])} of {sources.cards['value_measure']} hangs on "
            f"{sources.title(top['id'])}, {percent(top['customer_share_at_open'])} of customers: "
            "losing some of them costs most."
        )
    if area == "success" and sources.satisfaction is not None:
        rows = sources.satisfaction
        total = rows[rows["segment_id"] == ALL_SEGMENTS]
        if len(total) and float(total["answer_rate"].iloc[0]) < 0.5:
            rate = percent(float(total["answer_rate"].iloc[0]))
            return f"Only {rate} answered the survey: those who did not may think otherwise."
    if area == "finance" and sources.durable_value is not None:
        rows = sources.durable_value
        short = rows[
            (rows["verdict"] == "momentary") & rows["segment_id"].isin(list(sources.names))
        ].sort_values("segment_id")
        if len(short):
            row = short.iloc[0]
            return f"The value of {sources.title(str(row['segment_id']))} may not last. " + str(
                row["sentence"]
            )
    return ""


def area_confidence(sources: AreaSources, actions: Sequence[Mapping[str, Any]]) -> str:
    """Say how sure the page is: the verdict, and what stands behind its actions.

    Args:
        sources: The artefacts of the quarter.
        actions: The actions of the page.
    """
    counts = Counter(str(action["grade"]) for action in actions)
    parts = [plural(counts[grade], grade) for grade in _GRADES if counts[grade]]
    rest = f"Behind these actions: {listing(parts)}." if parts else ""
    if parts and not counts["experiment"]:
        rest += " None was tested by lot, so none is shown to work."
    return f"{capitalised(str(sources.scorecard['sentence']))} {rest}".strip()
