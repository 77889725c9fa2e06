"""Cleaning gives up the rows it was given: a large table is not kept twice."""

from __future__ import annotations

import duckdb
import pytest

from segmentation_lib import prepare


def test_what_was_loaded_is_given_up_and_what_was_cleaned_stays(shop):
    with shop.engine() as engine:
        tables = prepare.load_tables(engine, shop.params)
        rows = {name: engine.row(tables[name].aggregate(n=tables[name].count())) for name in tables}
        loaded = tables["orders"]
        cleaned = prepare.clean(tables, shop.params)
        for name, counted in rows.items():
            kept = cleaned[name]
            assert engine.row(kept.aggregate(n=kept.count())) == counted
        with pytest.raises(duckdb.CatalogException, match="does not exist"):
            engine.frame(loaded)
