"""Selection: which features a quarter uses, each in one role, and none that leaks the outcome."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.models import Params
from segmentation_lib.prepare.attributes import attribute_features
from segmentation_lib.prepare.catalogue import PREFERRED, STANDARD, Feature, Role
from segmentation_lib.prepare.custom import custom_faults, custom_feature
from segmentation_lib.prepare.families import FAMILIES, family_features
from segmentation_lib.prepare.outcomes import outcome_names
from segmentation_lib.prepare.tables import Cleaned, Tables
from segmentation_lib.prepare.windows import rows_in

__all__ = ["select_features", "selection_faults"]

# Columns that stand beside the features in the tables handed on.
_RESERVED = ("state", "segment_id", "confidence", "second_segment_id")


def selection_faults(tables: Tables | Cleaned, params: Params) -> list[Fault]:
    """Return the faults that `select_features` would raise."""
    try:
        select_features(tables, params)
    except ContractError as error:
        return list(error.faults)
    return []


def select_features(tables: Tables | Cleaned, params: Params) -> tuple[Feature, ...]:
    """Return the features of a quarter, each in its role.

    Args:
        tables: The canonical tables.
        params: All parameters.

    Returns:
        Segmenting features first, in the order in which they were named, then descriptors.

    Raises:
        ContractError: A feature is unknown (``unknown_feature``), needs a table or column that
            is not given (``feature_needs``), bears the name of an outcome
            (``outcome_among_features``), has two roles or a name that is taken (``two_roles``),
            has an expression that cannot be computed (``wrong_expression``,
            ``missing_column``), or looks at the quarter it is to predict (``leak``); or nothing
            is left to segment by (``no_features``).
    """
    if params.prepare.features_from == "behaviour" and not {"orders", "events"} & set(tables):
        raise ContractError([_no_behaviour()])
    available, faults = _available(tables, params)
    outcomes = outcome_names(tables, params.window)
    faults += _outcome_faults(available, params, outcomes)
    segmenting, wrong = _expanded(params.prepare.features, "features", available, tables, outcomes)
    described, more = _expanded(
        params.prepare.descriptors, "descriptors", available, tables, outcomes
    )
    faults += [*wrong, *more, *_two_roles(params, segmenting or [], described or [])]
    if faults:
        raise ContractError(faults)
    custom = params.prepare.custom_features
    chosen = segmenting if segmenting is not None else _default(tables, available, params)
    chosen = [name for name in chosen if name not in (described or [])]
    own = [name for name, feature in custom.items() if feature.role == "segmenting"]
    chosen += [name for name in own if name not in chosen and name not in (described or [])]
    rest = described if described is not None else list(available)
    rest = [name for name in rest if name not in chosen]
    if not chosen:
        raise ContractError([_nothing_to_segment_by()])
    roles: list[tuple[str, Role]] = [(name, "segmenting") for name in chosen]
    roles += [(name, "descriptor") for name in rest]
    return tuple(replace(available[name], role=role) for name, role in roles)


def _available(tables: Tables | Cleaned, params: Params) -> tuple[dict[str, Feature], list[Fault]]:
    """Return all features that the data allow, by name, and faults of the file's own ones."""
    available: dict[str, Feature] = {}
    for feature in STANDARD:
        if all(_given(tables, need) for need in feature.needs) and feature.without not in tables:
            available[feature.name] = feature
    window = params.window.lookback(params.prepare.lookback_days)
    for family in FAMILIES:
        for feature in family_features(tables.engine, tables, family, window):
            available[feature.name] = feature
    faults = []
    for feature in attribute_features(tables, params):
        if feature.name in available or feature.name in _RESERVED:
            faults.append(_taken(feature.name, f"customers.{feature.name}"))
        available.setdefault(feature.name, feature)
    for name, custom in params.prepare.custom_features.items():
        where = f"prepare.custom_features.{name}"
        if name in available or name in _RESERVED:
            faults.append(_taken(name, where))
        wrong = custom_faults(tables, name, custom, params)
        faults += wrong
        if not wrong:
            available[name] = custom_feature(name, custom)
    return available, faults


def _given(tables: Mapping[str, ir.Table], need: str) -> bool:
    table, _, column = need.partition(".")
    return table in tables and (not column or column in tables[table].columns)


def _outcome_faults(
    available: Mapping[str, Feature], params: Params, outcomes: Iterable[str]
) -> list[Fault]:
    taken = set(outcomes) & set(available)
    return [
        _is_outcome(
            f"prepare.custom_features.{name}"
            if name in params.prepare.custom_features
            else f"customers.{name}",
            name,
        )
        for name in sorted(taken)
    ]


def _expanded(
    names: tuple[str, ...] | None,
    key: str,
    available: Mapping[str, Feature],
    tables: Mapping[str, ir.Table],
    outcomes: Iterable[str],
) -> tuple[list[str] | None, list[Fault]]:
    """Return the named features, families written out, and the faults of names."""
    if names is None:
        return None, []
    found: list[str] = []
    faults: list[Fault] = []
    families = {family.name: family for family in FAMILIES}
    for number, name in enumerate(names):
        where = f"prepare.{key}[{number}]"
        if name in available:
            found.append(name)
        elif name in families and _given(tables, families[name].column):
            members = [other for other in available if other.startswith(f"{name}_")]
            # Shares add up to 1: the last one says nothing that the others do not.
            drop_last = key == "features" and not families[name].rate and len(members) > 1
            found += members[:-1] if drop_last else members
        else:
            faults.append(_name_fault(where, name, available, tables, outcomes))
    return list(dict.fromkeys(found)), faults


def _name_fault(
    where: str,
    name: str,
    available: Mapping[str, Feature],
    tables: Mapping[str, ir.Table],
    outcomes: Iterable[str],
) -> Fault:
    if name in set(outcomes):
        return _is_outcome(where, name)
    needs = {feature.name: feature.needs for feature in reversed(STANDARD)}
    needs |= {family.name: (family.column,) for family in FAMILIES}
    if name in needs:
        absent = next((n for n in needs[name] if not _given(tables, n)), needs[name][0])
        return _needs(where, name, absent)
    close = difflib.get_close_matches(name, [*available, *needs], n=1, cutoff=0.6)
    return Fault(
        where,
        f"there is no feature {name}",
        "a feature must stand in the catalogue, the customers table or custom_features",
        f"Did you mean {close[0]}?" if close else f"Available are: {', '.join(available)}.",
        "unknown_feature",
    )


def _two_roles(params: Params, segmenting: list[str], described: list[str]) -> list[Fault]:
    faults = []
    for name in sorted(set(segmenting) & set(described)):
        found = f"{name} stands among both features and descriptors"
        faults.append(_role_fault("prepare.descriptors", found))
    for name, custom in params.prepare.custom_features.items():
        stated = custom.role if "role" in custom.model_fields_set else None
        listed = "segmenting" if name in segmenting else "descriptor" if name in described else None
        if stated and listed and stated != listed:
            found = f"{name} has role {stated}, and is listed as {listed}"
            faults.append(_role_fault(f"prepare.custom_features.{name}", found))
    return faults


def _role_fault(where: str, found: str) -> Fault:
    return Fault(where, found, "a feature has one role", "Keep one of the two.", "two_roles")


def _taken(name: str, where: str) -> Fault:
    return Fault(
        where,
        f"the name {name} belongs to another column of the features",
        "a name stands for one feature",
        "Map or name it otherwise: data.customers.columns: {another_name: source column}.",
        "two_roles",
    )


def _is_outcome(where: str, name: str) -> Fault:
    return Fault(
        where,
        f"{name} is an outcome of the quarter",
        "what the segments are judged by may not be among the features",
        "Leave it out, or, if it is something else, give it another name.",
        "outcome_among_features",
    )


def _needs(where: str, name: str, need: str) -> Fault:
    table, _, column = need.partition(".")
    fix = f"Map it under data.{table}.columns" if column else f"Give the table under data.{table}"
    return Fault(
        where, f"{name} needs {need}", "it is not given", f"{fix}, or leave {name} out.",
        "feature_needs",
    )  # fmt: skip


def _nothing_to_segment_by() -> Fault:
    return Fault(
        "prepare.features",
        "no segmenting feature is left",
        "at least one is needed",
        "Name some under prepare.features, or map more columns.",
        "no_features",
    )


def _no_behaviour() -> Fault:
    return Fault(
        "prepare.features_from",
        "neither orders nor events are given",
        "features of behaviour need one of them",
        "Give data.orders or data.events, or set features_from: customers to segment attributes.",
        "feature_needs",
    )


def _default(
    tables: Tables | Cleaned, available: Mapping[str, Feature], params: Params
) -> list[str]:
    """Return the segmenting features where the parameters name none."""
    same = _same_for_all(tables, available, params)
    usable = [name for name in available if name not in same]
    if params.prepare.features_from == "customers":
        own = [name for name in usable if available[name].grain == "customers"]
        return [n for n in own if not available[n].sql and n != "marketing_consent"]
    firsts = [next((n for n in group if n in usable), None) for group in PREFERRED]
    chosen = [name for name in firsts if name is not None]
    # The share of the most common channel; the others follow from it, or are small.
    shares = [name for name in usable if name.startswith("channel_share_")]
    if len(shares) > 1:
        chosen.append(shares[0])
    if "frequency" not in usable:
        chosen += [name for name in usable if name.startswith("event_rate_")]
    return chosen


def _same_for_all(
    tables: Tables | Cleaned, available: Mapping[str, Feature], params: Params
) -> set[str]:
    """Return the features that cannot differ: no returns, no discounts, one value of a column."""
    same: set[str] = set()
    if "orders" in tables:
        window = params.window.lookback(params.prepare.lookback_days)
        rows = rows_in(tables["orders"], "ordered_at", window)
        flags = {"return_rate": rows["amount"] < 0}
        if "discount" in rows.columns:
            flags["discount_share"] = rows["discount"] > 0
        counts = tables.engine.row(rows.aggregate(**{n: flag.sum() for n, flag in flags.items()}))
        same |= {name for name, count in counts.items() if not count}
    columns = [n for n, f in available.items() if f.grain == "customers" and not f.sql]
    if columns:
        customers = tables["customers"]
        levels = {name: customers[name].nunique() for name in columns}
        counts = tables.engine.row(customers.aggregate(**levels))
        same |= {name for name, count in counts.items() if count < 2}
    return same
