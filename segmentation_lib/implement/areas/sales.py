"""What sales could do: keep what was shown to pay, protect value, enlarge baskets."""

from __future__ import annotations

from collections.abc import Iterator

from segmentation_lib.implement.areas.sources import AreaSources, Candidate
from segmentation_lib.profile.wording import against_average, amount, count, percent
from segmentation_lib.words import kpi_words

__all__ = ["sales"]


def sales(sources: AreaSources) -> Iterator[Candidate]:
    """Return what sales could do, the most pressing first.

    Args:
        sources: The artefacts of the quarter.
    """
    yield from _what_paid(sources)
    yield from _protect(sources)
    yield from _call(sources)
    yield from _larger_baskets(sources)
    yield from _ask(sources)


def _what_paid(sources: AreaSources) -> Iterator[Candidate]:
    yield from _read_out(sources)
    tests = sources.incremental
    if tests is None or tests.empty:
        return
    kept = tests[
        (tests["verdict"] == "more")
        & (tests["grade"] == "experiment")
        & tests["segment_id"].isin(list(sources.names))
        & ~tests["experiment_id"].isin(_registered(sources))
    ]
    for row in kept.sort_values(
        ["incremental", "experiment_id", "segment_id"], ascending=[False, True, True]
    ).to_dict("records"):
        name, money = str(row["segment_id"]), sources.currency
        yield Candidate(
            name, "keep treatment",
            f"Keep what {row['experiment_id']} tested ({row['arm']}) running in "
            f"{sources.title(name)}",
            f"Customers drawn by lot to get it brought {amount(row['incremental'], money)} more "
            f"each than those without (interval for all segments together: "
            f"{amount(row['low'], money)} to {amount(row['high'], money)}).",
            "experiment", sources.measured(sources.kpi("revenue"), name), 14,
        )  # fmt: skip


def _read_out(sources: AreaSources) -> Iterator[Candidate]:
    """What the read-outs of experiments ask for, in the words of the first page."""
    steps = sources.actions
    if steps is None or steps.empty:
        return
    shown = (steps["grade"] == "experiment") & steps["segment_id"].isin(list(sources.names))
    for row in steps[shown].sort_values("order").to_dict("records"):
        name = str(row["segment_id"])
        yield Candidate(
            name, "keep treatment", str(row["action"]), str(row["why"]), "experiment",
            sources.measured(sources.kpi("revenue"), name), 14,
        )  # fmt: skip


def _registered(sources: AreaSources) -> list[str]:
    """Return the experiments with a verdict, or a time, of their own."""
    return [] if sources.experiments is None else list(sources.experiments["experiment_id"])


def _protect(sources: AreaSources) -> Iterator[Candidate]:
    if not sources.has_value:
        return
    valued = [c for c in sources.by_worth if (c["value_index"] or 0) >= 110]
    for card in sorted(
        valued, key=lambda c: (c["customer_share_at_open"] - c["value_share"], c["id"])
    ):
        yield Candidate(
            card["id"], "protect",
            f"Give {sources.title(card['id'])} first call on stock, service and time",
            f"{percent(card['customer_share_at_open'])} of customers account for "
            f"{percent(card['value_share'])} of {sources.cards['value_measure']}, each "
            f"{against_average(card['value_index'] / 100)}.",
            "association", sources.measured(sources.kpi("revenue", "orders"), card["id"]), 30,
        )  # fmt: skip


def _call(sources: AreaSources) -> Iterator[Candidate]:
    """Those of a valuable segment who did not buy, where most value is waiting."""
    if "active" not in set(sources.baseline["kpi"]):
        return
    ranked = []
    for card in sources.by_worth:
        row = sources.row("active", card["id"])
        if row is None or not sources.has_value or (card["value_index"] or 0) < 100:
            continue
        away = (1 - row["value"]) * row["customers"]
        if away >= sources.small_cell and not sources.of_few(row):
            ranked.append((-away * card["value_index"], card["id"], row, card))
    for _, name, row, card in sorted(ranked, key=lambda item: item[:2]):
        yield Candidate(
            name, "silent", f"Call customers of {sources.title(name)} who did not buy",
            f"{percent(1 - row['value'])} of its {count(row['customers'])} customers bought "
            f"nothing in the quarter, and a customer in it is worth "
            f"{against_average(card['value_index'] / 100)}.",
            "association", sources.measured("active", name), 30,
        )  # fmt: skip


def _larger_baskets(sources: AreaSources) -> Iterator[Candidate]:
    orders, basket = sources.overall("orders"), sources.overall("order_value")
    if orders is None or basket is None:
        return
    for row in sorted(sources.rows("orders"), key=lambda r: (-r["value"], r["segment_id"])):
        name = str(row["segment_id"])
        own = sources.row("order_value", name)
        if own is None or row["low"] <= orders or own["high"] >= basket:
            continue
        yield Candidate(
            name, "larger baskets",
            f"Test bundles in {sources.title(name)} that make the basket larger",
            f"{sources.written(row['value'], 'number')} orders per customer, against "
            f"{sources.written(orders, 'number')} of all; but "
            f"{sources.written(own['value'], own['unit'])} an order, against "
            f"{sources.written(basket, own['unit'])}.",
            "association", sources.measured("order_value", name), 60,
        )  # fmt: skip


def _ask(sources: AreaSources) -> Iterator[Candidate]:
    kpi = sources.kpi("revenue", "orders", "active", "visited")
    for card in sources.by_worth:
        yield Candidate(
            card["id"], "ask",
            f"Ask ten customers of {sources.title(card['id'])} what they buy elsewhere",
            f"It has {count(card['customers'])} customers. What more they would buy is not in "
            f"the data; {kpi_words(kpi) if kpi else 'their number'} only says where they stand.",
            "assumption", sources.measured(kpi, card["id"]), 45,
        )  # fmt: skip
