"""What finance could do: follow up bets, move money, check targets, plan with intervals."""

from __future__ import annotations

from collections.abc import Iterator

from segmentation_lib.implement.areas.sources import AreaSources, Candidate
from segmentation_lib.params.registers import NPS
from segmentation_lib.profile.wording import against_average, amount, count, percent
from segmentation_lib.words import kpi_words

__all__ = ["finance"]

_LOST = ("below", "failed without a result", "stopped without a result")


def finance(sources: AreaSources) -> Iterator[Candidate]:
    """Return what finance could do, the most pressing first.

    Args:
        sources: The artefacts of the quarter.
    """
    yield from _bets(sources)
    yield from _move_money(sources)
    yield from _targets(sources)
    yield from _plan(sources)
    yield from _floor(sources)
    yield from _size(sources)


def _bets(sources: AreaSources) -> Iterator[Candidate]:
    results = sources.investments
    if results is None or results.empty:
        return
    lost = results[results["verdict"].isin(_LOST) & results["segment_id"].isin(list(sources.names))]
    for row in lost.sort_values("id", kind="stable").to_dict("records"):
        name, money = str(row["segment_id"]), sources.currency
        brought = (
            "ended without a result"
            if row["verdict"] != "below"
            else f"brought {amount(row['actual'], money)} a quarter"
        )
        yield Candidate(
            name, "bet", f"Release what is still set aside for {row['id']} ({row['name']})",
            f"{amount(row['low'], money)} to {amount(row['high'], money)} a quarter were expected "
            f"from {sources.title(name)}; it {brought}.",
            "assumption", f"spending on {row['id']}", 14, str(row["owner"]),
        )  # fmt: skip


def _move_money(sources: AreaSources) -> Iterator[Candidate]:
    found = sources.decisions
    if found is None or found.empty:
        return
    rows = found[
        (found["decision"] == "reallocate") & found["segment_id"].isin(list(sources.names))
    ]
    rows = rows[rows["customers"] >= sources.small_cell]
    for row in rows.sort_values(["contribution_per_customer", "segment_id"]).to_dict("records"):
        name = str(row["segment_id"])
        why = str(row["rule"]).partition(": ")[2] or str(row["rule"])
        value = amount(row["contribution_per_customer"], sources.currency)
        yield Candidate(
            name, "reallocate",
            f"Move spending away from {sources.title(name)} until a test earns it back",
            f"{why[:1].upper()}{why[1:]}", "association",
            f"contribution per customer, {value} this quarter", 30,
        )  # fmt: skip


def _targets(sources: AreaSources) -> Iterator[Candidate]:
    table = sources.kpi_progress
    if table is None or table.empty:
        return
    missed = table[(table["reached"] == "no") & table["segment_id"].isin(list(sources.names))]
    for row in missed[missed["customers"] >= sources.small_cell].to_dict("records"):
        name, kpi = str(row["segment_id"]), str(row["kpi"])
        words = "Net Promoter Score" if kpi == NPS else kpi_words(kpi)
        value, target, low, high = (
            sources.written(row[key], str(row["unit"]))
            for key in ("value", "target", "low", "high")
        )
        yield Candidate(
            name, f"target {kpi}",
            f"Decide whether the target of {sources.title(name)} stands: {words}",
            f"{target} was set; {value} was measured (95% interval {low} to {high}).",
            "association", f"{words}, {value} this quarter", 30, str(row["owner"]),
        )  # fmt: skip


def _plan(sources: AreaSources) -> Iterator[Candidate]:
    if "revenue" not in set(sources.baseline["kpi"]):
        return
    for card in sources.by_worth:
        row = sources.row("revenue", card["id"])
        if row is None or row["low"] != row["low"]:
            continue
        low, high = (amount(_rounded(row[end] * card["customers"]), sources.currency)
                     for end in ("low", "high"))  # fmt: skip
        yield Candidate(
            card["id"], "plan",
            f"Plan {low} to {high} of revenue from {sources.title(card['id'])} next quarter",
            f"It has {count(card['customers'])} customers now, at this quarter's revenue per "
            "customer; the season and who moves are not in it.",
            "assumption", sources.measured("revenue", card["id"]), 30,
        )  # fmt: skip


def _floor(sources: AreaSources) -> Iterator[Candidate]:
    kpi = sources.kpi("revenue", "orders", "active", "visited")
    for card in sources.by_worth:
        row = sources.row(kpi, card["id"])
        if row is None or row["low"] != row["low"]:
            continue
        low = sources.written(row["low"], str(row["unit"]))
        share = (
            f"{percent(card['value_share'])} of {sources.cards['value_measure']}"
            if sources.has_value and card["value_share"] is not None
            else f"{percent(card['customer_share'])} of customers"
        )
        yield Candidate(
            card["id"], "floor",
            f"Set a warning for {sources.title(card['id'])}: {kpi_words(kpi)} below {low}",
            f"It stands for {share}; {low} is the lower end of this quarter's 95% interval.",
            "association", sources.measured(kpi, card["id"]), 30,
        )  # fmt: skip


def _size(sources: AreaSources) -> Iterator[Candidate]:
    for card in sources.by_worth:
        worth = "what each is worth was not measured"
        if sources.has_value and card["value_index"] is not None:
            worth = f"a customer in it is worth {against_average(card['value_index'] / 100)}"
        yield Candidate(
            card["id"], "size", f"Budget by the size of {sources.title(card['id'])}",
            f"It holds {percent(card['customer_share'])} of customers; {worth}.",
            "assumption", f"customers in {card['id']}, {count(card['customers'])} now", 45,
        )  # fmt: skip


def _rounded(value: float) -> float:
    """Return a sum with three digits: a plan is no more exact than that."""
    return float(f"{value:.3g}")
