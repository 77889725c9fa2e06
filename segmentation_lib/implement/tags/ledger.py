"""The membership ledger: who entered and left which segment, when and why, only ever added to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.tags.among import among
from segmentation_lib.implement.tags.columns import NO_SEGMENT

__all__ = [
    "LEDGER_COLUMNS",
    "REASONS",
    "append",
    "contactable",
    "membership_events",
    "quarter_ledger",
    "replay",
]

LEDGER_COLUMNS = ("external_id", "segment_id", "event", "at", "reason", "from_id")
REASONS = ("first", "new", "returned", "moved", "refit", "retired", "lapsed", "optout", "score")

_ENTER, _EXIT = "enter", "exit"


def membership_events(
    before: pd.DataFrame | None,
    after: pd.DataFrame,
    *,
    at: date,
    reason: str | None = None,
    opted_out: Iterable[str] = (),
    retired: Iterable[str] = (),
    refitted: Iterable[str] = (),
    seen: Iterable[str] = (),
) -> pd.DataFrame:
    """Return what happened between two snapshots, as events of the ledger.

    Args:
        before: Who carried which tag: ``external_id`` and ``segment_id``, one row per customer;
            more columns are ignored, and ``none`` or no value means no segment. None when there
            was nothing before.
        after: The same, later. Who is not in it carries no tag any more.
        at: Day of the events.
        reason: Reason of all changes that nothing below explains, such as ``score``. Without it:
            ``first`` where there was nothing before, else ``moved`` from segment to segment,
            ``new`` into a first segment and ``lapsed`` out of the last one.
        opted_out: Customers who withdrew consent; their exit has the reason ``optout``.
        retired: Segments that ended; who leaves one has the reason ``retired``.
        refitted: Customers whom a new model placed elsewhere on one and the same day: ``refit``.
        seen: Customers the ledger knows; an entry out of nowhere is then ``returned``.

    Returns:
        Columns ``external_id, segment_id, event, at, reason, from_id``, all text, ``at`` in ISO
        form, by customer. A move is an exit and an enter. ``from_id`` is the segment a customer
        came from, ``none`` where there was none; of an exit it is the segment left.

    Raises:
        ContractError: A snapshot holds a customer twice or without an ID, or the reason is
            unknown.

    >>> before = pd.DataFrame({"external_id": ["1"], "segment_id": ["S01"]})
    >>> after = pd.DataFrame({"external_id": ["1"], "segment_id": ["S02"]})
    >>> membership_events(before, after, at=date(2025, 9, 30))["event"].tolist()
    ['exit', 'enter']
    """
    if reason is not None and reason not in REASONS:
        raise _fault("the reason", f"“{reason}” is unknown", f"it is one of {', '.join(REASONS)}")
    old = _members(before, "before")
    new = _members(after, "after")
    both = pd.concat([old, new], axis=1, keys=["old", "new"], join="outer").fillna(NO_SEGMENT)
    both = both[both["old"] != both["new"]].sort_index(kind="stable")
    ids = both.index
    why = pd.Series(reason or ("first" if before is None else "moved"), index=ids, dtype="str")
    if reason is None and before is not None:
        why = why.mask(both["old"] == NO_SEGMENT, "new").mask(both["new"] == NO_SEGMENT, "lapsed")
        why = why.mask((both["old"] == NO_SEGMENT) & among(ids, seen), "returned")
    changed = (both["old"] != NO_SEGMENT) & (both["new"] != NO_SEGMENT)
    why = why.mask(changed & among(ids, refitted), "refit")
    why = why.mask(among(both["old"], retired), "retired")
    why = why.mask((both["new"] == NO_SEGMENT) & among(ids, opted_out), "optout")
    return _as_events(both, why, at)


def append(ledger: pd.DataFrame | None, events: pd.DataFrame) -> pd.DataFrame:
    """Add events at the end of a ledger; nothing that stands in it is changed.

    Args:
        ledger: The ledger so far; None for an empty one.
        events: New events, in their order.

    Returns:
        A new ledger: the old rows, then the new ones.

    Raises:
        ContractError: An event is older than the last one of the ledger, has an unknown kind or
            reason, is an entry of a customer who is in a segment already, or an exit from a
            segment the customer is not in.
    """
    past = _checked(ledger, "the ledger")
    added = _checked(events, "the events")
    if added.empty:
        return past
    days = added["at"]
    if not days.is_monotonic_increasing:
        raise _fault("the events", "the days go back", "events are told in the order of their days")
    if len(past) and days.iloc[0] < past["at"].iloc[-1]:
        found = f"an event of {days.iloc[0]} comes after one of {past['at'].iloc[-1]}"
        raise _fault("the ledger", found, "the past is never changed")
    _check_chain(past, added)
    return pd.concat([past, added], ignore_index=True)


def replay(ledger: pd.DataFrame | None, until: date | None = None) -> pd.DataFrame:
    """Return who was in which segment after the events of a ledger.

    Args:
        ledger: A ledger made by `append`; None for an empty one.
        until: Last day whose events count; all when None.

    Returns:
        ``external_id`` and ``segment_id`` of everyone in a segment, by customer.
    """
    told = _checked(ledger, "the ledger")
    if until is not None:
        told = told[told["at"] <= until.isoformat()]
    last = told.drop_duplicates("external_id", keep="last")
    inside = last.loc[last["event"] == _ENTER, ["external_id", "segment_id"]]
    return inside.sort_values("external_id", ignore_index=True)


def quarter_ledger(
    previous: pd.DataFrame | None,
    after: pd.DataFrame | None,
    *,
    at: date,
    nights: Sequence[pd.DataFrame] = (),
    opted_out: Iterable[str] = (),
    retired: Iterable[str] = (),
    refitted: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the ledger at the end of a quarter.

    Args:
        previous: The previous quarter's ledger; None in the first quarter.
        after: The quarter's customer file; None when it is withheld: the tags that are out there
            stay, and so does the ledger.
        at: Last day of the quarter.
        nights: Events of the nightly scoring since then, one frame a night, in order.
        opted_out: Customers without consent at the close.
        retired: Segments that ended with this quarter.
        refitted: Customers whom the new model places elsewhere than the old one on one day.

    Raises:
        ContractError: What `append` refuses, such as a night after ``at``.
    """
    ledger = _checked(previous, "the ledger")
    for night in nights:
        ledger = append(ledger, night)
    if after is None:
        return ledger
    before = replay(ledger) if len(ledger) else None
    events = membership_events(
        before,
        after,
        at=at,
        opted_out=opted_out,
        retired=retired,
        refitted=refitted,
        seen=ledger["external_id"],
    )
    return append(ledger, events)


def contactable(ledger: pd.DataFrame, allowed: pd.DataFrame) -> pd.DataFrame:
    """Return the part of the ledger that may leave the house.

    The ledger itself is never cut; but who has opted out is in no file that is handed on, with
    all of their past.

    Args:
        ledger: The whole ledger.
        allowed: The customer file (``external_id``): it holds those who may be exported.
    """
    told = _checked(ledger, "the ledger")
    return told[among(told["external_id"], allowed["external_id"])].reset_index(drop=True)


def _members(snapshot: pd.DataFrame | None, name: str) -> pd.Series:
    """Give the segment of everyone who is in one, by ID as text."""
    if snapshot is None:
        return pd.Series(dtype="str", index=pd.Index([], dtype="str"))
    ids = snapshot["external_id"]
    missing, repeated = int(ids.isna().sum()), int(ids.duplicated().sum())
    if missing or repeated:
        found = f"{repeated} customers occur twice and {missing} have no ID"
        raise _fault(f"the snapshot {name}", found, "it has one row per customer")
    inside = snapshot["segment_id"].notna() & (snapshot["segment_id"] != NO_SEGMENT)
    index = pd.Index(ids[inside].astype("str"))
    return pd.Series(snapshot.loc[inside, "segment_id"].astype("str").to_numpy(), index=index)


def _as_events(both: pd.DataFrame, why: pd.Series, at: date) -> pd.DataFrame:
    table = pd.DataFrame(
        {"external_id": both.index, "old": both["old"], "new": both["new"], "reason": why}
    ).reset_index(drop=True)
    out = table.rename(columns={"old": "segment_id"}).assign(event=_EXIT)
    out["from_id"] = out["segment_id"]
    into = table.rename(columns={"new": "segment_id", "old": "from_id"}).assign(event=_ENTER)
    events = pd.concat([out, into])
    events = events[events["segment_id"] != NO_SEGMENT].assign(at=at.isoformat())
    # Rows of one customer keep the order exit, enter: the index is the customer's place.
    return _checked(events.sort_index(kind="stable"), "the events")


def _checked(ledger: pd.DataFrame | None, name: str) -> pd.DataFrame:
    """Return the columns of a ledger as text, or say what is wrong with them."""
    if ledger is None:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in LEDGER_COLUMNS})
    absent = [column for column in LEDGER_COLUMNS if column not in ledger.columns]
    if absent:
        raise _fault(name, f"the columns {', '.join(absent)} are missing", "a ledger has them")
    table = ledger[list(LEDGER_COLUMNS)].reset_index(drop=True)
    if table.isna().to_numpy().any():
        raise _fault(name, "there are empty cells", "every cell of a ledger has a value")
    table = table.astype("str")
    for column, values in (("event", (_ENTER, _EXIT)), ("reason", REASONS)):
        odd = sorted(set(table[column].unique()) - set(values))
        if odd:
            found = f"{column} is “{odd[0]}”"
            raise _fault(name, found, f"{column} is one of {', '.join(values)}")
    return table


def _check_chain(past: pd.DataFrame, added: pd.DataFrame) -> None:
    """Every exit must follow the entry it ends, and no entry may follow an entry."""
    touched = past[among(past["external_id"], added["external_id"])]
    last = touched.drop_duplicates("external_id", keep="last")
    chain = pd.concat([last.assign(own=False), added.assign(own=True)], ignore_index=True)
    before = chain.groupby("external_id", sort=False)[["event", "segment_id"]].shift()
    enters = chain["event"] == _ENTER
    twice = enters & (before["event"] == _ENTER)
    stray = ~enters & ((before["event"] != _ENTER) | (before["segment_id"] != chain["segment_id"]))
    entries, exits = int((twice & chain["own"]).sum()), int((stray & chain["own"]).sum())
    if entries or exits:
        found = (
            f"{entries} entries of customers who are in a segment already, and {exits} exits "
            "from a segment the customer is not in"
        )
        raise _fault("the events", found, "each follows from what the ledger says")


def _fault(where: str, found: str, rule: str) -> ContractError:
    fix = "Make events with membership_events from what replay returns, and add them once."
    return ContractError([Fault(where, found, rule, fix, "ledger")])
