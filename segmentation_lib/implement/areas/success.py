"""What customer success and service could do: listen to the unhappy, find causes of tickets."""

from __future__ import annotations

from collections.abc import Iterator

from segmentation_lib.implement.areas.plays import plays
from segmentation_lib.implement.areas.sources import AreaSources, Candidate
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, number, percent

__all__ = ["success"]

_CHANNELS = ("phone", "service", "support", "chat", "call")
_MUCH_MORE = 150.0
_TICKETS = ("support_tickets", "tickets", "complaints")


def success(sources: AreaSources) -> Iterator[Candidate]:
    """Return what customer success could do, the most pressing first.

    Args:
        sources: The artefacts of the quarter.
    """
    yield from _unhappy(sources)
    yield from _tickets(sources)
    yield from plays(sources, _CHANNELS)
    yield from _referrals(sources)
    yield from _returns(sources)
    yield from _quiet(sources)
    yield from _contact(sources)


def _unhappy(sources: AreaSources) -> Iterator[Candidate]:
    scores = sources.satisfaction
    if scores is None or scores.empty:
        return
    total = scores[(scores["segment_id"] == ALL_SEGMENTS) & scores["nps"].notna()]
    if total.empty:
        return
    average = float(total["nps"].iloc[0])
    low = scores[
        scores["enough"].astype("bool")
        & (scores["nps_high"] < average)
        & (scores["scored"] >= sources.small_cell)
        & scores["segment_id"].isin(list(sources.names))
    ]
    for row in low.sort_values(["nps", "segment_id"]).to_dict("records"):
        name = str(row["segment_id"])
        score, ends = number(round(row["nps"])), (row["nps_low"], row["nps_high"])
        written = " to ".join(number(round(end)) for end in ends)
        yield Candidate(
            name, "unhappy", f"Call unhappy customers of {sources.title(name)} and ask why",
            f"Its Net Promoter Score is {_whole(score)} (95% interval {_whole(written)}), against "
            f"{_whole(number(round(average)))} of all; {percent(row['answer_rate'])} answered.",
            "association", f"Net Promoter Score, {_whole(score)} this quarter", 30,
        )  # fmt: skip


def _tickets(sources: AreaSources) -> Iterator[Candidate]:
    kpi = next((name for name in _TICKETS if name in set(sources.baseline["kpi"])), None)
    average = None if kpi is None else sources.overall(kpi)
    if kpi is None or average is None:
        return
    above = [row for row in sources.rows(kpi) if row["low"] > average]
    for row in sorted(above, key=lambda r: (-r["value"], r["segment_id"])):
        name = str(row["segment_id"])
        yield Candidate(
            name, "tickets",
            f"Find the three main causes of the tickets of {sources.title(name)}",
            f"{number(row['value'])} per customer in the quarter (95% interval "
            f"{number(row['low'])} to {number(row['high'])}), against {number(average)} of all.",
            "association", sources.measured(kpi, name), 45,
        )  # fmt: skip


def _referrals(sources: AreaSources) -> Iterator[Candidate]:
    average = sources.overall("referrals")
    if average is None:
        return
    above = [row for row in sources.rows("referrals") if row["low"] > average]
    for row in sorted(above, key=lambda r: (-r["value"], r["segment_id"])):
        name = str(row["segment_id"])
        yield Candidate(
            name, "referrals", f"Thank {sources.title(name)} for referrals, and make them easy",
            f"{number(row['value'])} referrals per customer, against {number(average)} of all.",
            "association", sources.measured("referrals", name), 60,
        )  # fmt: skip


def _returns(sources: AreaSources) -> Iterator[Candidate]:
    """Segments that send back much more than all do, by their traits."""
    for card in sources.by_worth:
        trait = next((t for t in card["traits"] if t["feature"] == "return_rate"), None)
        if trait is None or (trait["index"] or 0) < _MUCH_MORE:
            continue
        yield Candidate(
            card["id"], "returns", f"Find out why {sources.title(card['id'])} send goods back",
            f"{percent(trait['mean'])} of what its customers buy comes back, against "
            f"{percent(trait['base'])} of all.",
            "association", f"share sent back, {percent(trait['mean'])} at the close", 45,
        )  # fmt: skip


def _contact(sources: AreaSources) -> Iterator[Candidate]:
    kpi = sources.kpi("active", "visited", "orders")
    for card in sources.by_worth:
        share = (
            f"{percent(card['value_share'])} of {sources.cards['value_measure']}"
            if sources.has_value and card["value_share"] is not None
            else f"{percent(card['customer_share'])} of customers"
        )
        yield Candidate(
            card["id"], "contact", f"Name a person who answers for {sources.title(card['id'])}",
            f"It stands for {share}. That a known contact keeps customers is believed, not "
            "measured.",
            "assumption", sources.measured(kpi, card["id"]), 30,
        )  # fmt: skip


def _quiet(sources: AreaSources) -> Iterator[Candidate]:
    """Where most customers fell silent; the segment itself where that is not measured."""
    kpi = sources.kpi("active", "visited", "orders")
    share = kpi in ("active", "visited")
    rows = {str(row["segment_id"]): row for row in sources.rows(kpi)}
    ranked = sorted(
        sources.by_worth,
        key=lambda c: (
            -(1 - rows[c["id"]]["value"]) * rows[c["id"]]["customers"]
            if share and c["id"] in rows
            else -c["customers"],
            c["id"],
        ),
    )
    for card in ranked:
        row = rows.get(card["id"])
        told = share and row is not None and not sources.of_few(row)
        why = (
            f"{percent(1 - row['value'])} of its {count(row['customers'])} customers "
            f"{'were not active' if kpi == 'active' else 'did not visit'} in the quarter; the "
            "data do not say why."
            if told and row is not None
            else f"It has {count(card['customers'])} customers; the data do not say what they miss."
        )
        yield Candidate(
            card["id"], "silent", f"Ask twenty silent customers of {sources.title(card['id'])} why",
            why, "association" if told else "assumption",
            sources.measured(kpi, card["id"]), 45,
        )  # fmt: skip


def _whole(text: str) -> str:
    return text.replace(".00", "").replace(".0", "")
