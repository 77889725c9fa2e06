"""Cleaning: exclusions applied, identities linked, and what both did to the tables."""

from __future__ import annotations

from segmentation_lib.params.models import Params
from segmentation_lib.params.sources import CustomerSource
from segmentation_lib.prepare.exclusions import waterfall
from segmentation_lib.prepare.identities import (
    WIDELY_SHARED,
    link_customers,
    linked_pairs,
    merge_customers,
    widely_shared,
)
from segmentation_lib.prepare.names import slug
from segmentation_lib.prepare.soft_checks import table_findings
from segmentation_lib.prepare.tables import Cleaned, Finding, Tables

__all__ = ["clean"]


def clean(tables: Tables, params: Params) -> Cleaned:
    """Take away what the rules take away, and link customers who are the same person.

    Args:
        tables: What `load_tables` returned; its rows are given up, so that a large table is not
            kept twice.
        params: All parameters.

    Returns:
        The tables that features are built from, the waterfall of exclusions (columns of the
        artefact ``exclusions``), the linked identities, and the findings of the soft checks.
    """
    engine = tables.engine
    source = params.data.customers
    columns = [slug(c) for c in source.identity] if isinstance(source, CustomerSource) else []
    findings = table_findings(tables, params)
    identities = None
    if columns and "customers" in tables:
        identities = linked_pairs(engine, tables["customers"], columns)
        wide = widely_shared(engine, tables["customers"], columns)
        if wide:
            sentence = (
                f"{wide:,} customers share an identity value with more than {WIDELY_SHARED} "
                "others. Such a value is a placeholder; it links nobody."
            )
            findings.append(Finding("shared_identity", "customers", wide, sentence))
    exclusions = waterfall(tables)
    cleaned = {}
    for name in tables:
        table = tables[name]
        if identities is not None and len(identities):
            merge = merge_customers if name == "customers" else link_customers
            table = merge(table, identities)
        cleaned[name] = engine.store(table, f"clean_{name}")
        engine.drop(tables.marked[name])
    if identities is None:
        identities = linked_pairs(engine, next(iter(cleaned.values())), [])
    return Cleaned(
        engine=engine,
        tables=cleaned,
        kinds=tables.kinds,
        levels=tables.levels,
        exclusions=exclusions,
        identities=identities,
        checks=tuple(findings),
    )
