"""What product could do: shorten ways that stick, mend breaks, watch how people shop."""

from __future__ import annotations

from collections.abc import Iterator

from segmentation_lib.implement.areas.plays import plays
from segmentation_lib.implement.areas.sources import AreaSources, Candidate
from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.wording import count, number, percent
from segmentation_lib.words import event_words, kpi_words

__all__ = ["product"]

_CHANNELS = ("app", "product", "in-app", "site", "website", "checkout")


def product(sources: AreaSources) -> Iterator[Candidate]:
    """Return what product could do, the most pressing first.

    Args:
        sources: The artefacts of the quarter.
    """
    yield from _friction(sources)
    yield from _breaks(sources)
    yield from plays(sources, _CHANNELS)
    yield from _watch(sources)
    yield from _missing(sources)


def _friction(sources: AreaSources) -> Iterator[Candidate]:
    if sources.friction is None:
        return
    rows = sources.friction
    rows = rows[(rows["verdict"] == "friction") & rows["segment_id"].isin(list(sources.names))]
    for row in rows.sort_values("rank", kind="stable").to_dict("records"):
        if row["customers"] < sources.small_cell:
            continue
        name, event = str(row["segment_id"]), event_words(row["event"])
        yield Candidate(
            name, "friction", f"Mend “{event}” for {sources.title(name)}",
            str(row["sentence"]), "association",
            f"visits to {event} that are returns without anything new, "
            f"{percent(row['loop_rate'])} this quarter",
            60,
        )  # fmt: skip


def _breaks(sources: AreaSources) -> Iterator[Candidate]:
    if sources.funnel_breaks is None:
        return
    rows = sources.funnel_breaks
    rows = rows[(rows["verdict"] == "break") & rows["segment_id"].isin(list(sources.names))]
    lost = -rows["difference"] * rows["entered"]
    ranked = rows.assign(lost=lost).sort_values(
        ["lost", "segment_id", "step"], ascending=[False, True, True], kind="stable"
    )
    for row in ranked.to_dict("records"):
        if row["entered"] < sources.small_cell:
            continue
        name = str(row["segment_id"])
        if _buys_anyway(sources, name):
            continue
        told = people_share(row["share"], row["reached"], row["entered"], few=sources.small_cell)
        start, end = event_words(row["from_event"]), event_words(row["event"])
        yield Candidate(
            name, "break", f"Find out why {sources.title(name)} stop before {end}",
            f"{told} of its customers get from {start} to {end}, against "
            f"{percent(row['rest_share'])} of the others.",
            "association",
            f"share who get from {start} to {end}, {told} this quarter",
            60,
        )  # fmt: skip


def _buys_anyway(sources: AreaSources, name: str) -> bool:
    """Tell whether a segment buys as much as all do, so that it only takes another way."""
    own, average = sources.row("active", name), sources.overall("active")
    return own is not None and average is not None and own["value"] >= average


def _watch(sources: AreaSources) -> Iterator[Candidate]:
    """Many visits, few orders: watch them."""
    visits, orders = sources.overall("quarter_sessions"), sources.overall("orders")
    if visits is None or orders is None:
        return
    ranked = []
    for row in sources.rows("quarter_sessions"):
        own = sources.row("orders", str(row["segment_id"]))
        if own is None or row["low"] <= visits or own["high"] >= orders:
            continue
        ranked.append((-row["value"] / max(own["value"], 1e-9), str(row["segment_id"]), row, own))
    for _, name, row, own in sorted(ranked, key=lambda item: item[:2]):
        yield Candidate(
            name, "watch", f"Watch ten customers of {sources.title(name)} as they shop",
            f"{number(row['value'])} visits per customer (all: {number(visits)}), but "
            f"{number(own['value'])} orders (all: {number(orders)}).",
            "association", sources.measured("orders", name), 45,
        )  # fmt: skip


def _missing(sources: AreaSources) -> Iterator[Candidate]:
    kpi = sources.kpi("quarter_sessions", "orders", "visited", "active")
    for card in sorted(sources.by_worth, key=lambda c: (-c["customers"], c["id"])):
        yield Candidate(
            card["id"], "interview",
            f"Interview five customers of {sources.title(card['id'])} about what is missing",
            f"It is the {'largest' if not _larger(sources, card['id']) else 'next largest'} "
            f"segment, {count(card['customers'])} customers. The data say what they do "
            f"({kpi_words(kpi) if kpi else 'how many they are'}), not why.",
            "assumption", sources.measured(kpi, card["id"]), 45,
        )  # fmt: skip


def _larger(sources: AreaSources, name: str) -> bool:
    sizes = {card["id"]: card["customers"] for card in sources.by_worth}
    return any(size > sizes[name] for size in sizes.values())
