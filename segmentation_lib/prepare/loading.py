"""Loading: all sources mapped, marked and checked, with all their faults at once."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.models import Params
from segmentation_lib.prepare.exclusions import (
    excluded_people,
    exclusion_faults,
    exclusion_steps,
    mark_rows,
)
from segmentation_lib.prepare.hard_checks import hard_faults
from segmentation_lib.prepare.mapping import Mapped, map_source
from segmentation_lib.prepare.selection import selection_faults
from segmentation_lib.prepare.tables import Tables

__all__ = ["load_tables"]


def load_tables(engine: Engine, params: Params) -> Tables:
    """Read all sources, map them to the canonical tables and check them against the contract.

    Args:
        engine: An open engine.
        params: All parameters.

    Returns:
        The canonical tables that are given, every row marked with the rule that takes it away.

    Raises:
        ContractError: The sources, the rules or the rows that are kept break the contract. All
            faults are listed at once, each with a code, a count and a fix; see
            `segmentation_lib.prepare.hard_checks` for those of the rows.
    """
    mapped, faults = _map_all(engine, params)
    rule_faults = exclusion_faults(engine, mapped, params.prepare.exclude, params.data.tables)
    for table in mapped.values():
        faults += table.faults
    unread = {
        name: {f.where.partition(".")[2] for f in table.faults} for name, table in mapped.items()
    }
    if rule_faults:
        # Without its rules a table's rows cannot be judged: say only what is certain.
        raise ContractError([*faults, *rule_faults])
    sources = params.data.tables
    tables = Tables(
        engine=engine,
        marked=_marked(engine, mapped, params),
        steps={n: exclusion_steps(n, sources[n], params.prepare) for n in mapped},
        kinds={name: table.kinds for name, table in mapped.items()},
        levels=dict(mapped["customers"].levels) if "customers" in mapped else {},
        repeated={n: t.repeated for n, t in mapped.items() if t.repeated is not None},
    )
    faults += hard_faults(tables, params, unread)
    if len(mapped) == len(sources):
        faults += selection_faults(tables, params)
    if faults:
        raise ContractError(faults)
    return tables


def _map_all(engine: Engine, params: Params) -> tuple[dict[str, Mapped], list[Fault]]:
    mapped: dict[str, Mapped] = {}
    faults: list[Fault] = []
    for name, source in params.data.tables.items():
        number_copies = params.prepare.duplicates == "drop" and name in ("orders", "events")
        try:
            mapped[name] = map_source(engine, name, source, number_copies=number_copies)
        except ContractError as error:
            faults += error.faults
    return mapped, faults


def _marked(engine: Engine, mapped: Mapping[str, Mapped], params: Params) -> dict[str, ir.Table]:
    sources = params.data.tables
    marked: dict[str, ir.Table] = {}
    people = None
    # Customers first: who is taken away there is taken away everywhere.
    for name in sorted(mapped, key=lambda name: name != "customers"):
        rows = mark_rows(mapped[name], sources[name], params.prepare, people)
        marked[name] = engine.store(rows, name)
        if name == "customers":
            people = excluded_people(marked[name], sources[name], params.prepare)
    return {name: marked[name] for name in mapped}
