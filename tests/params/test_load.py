"""Parameter files: all faults at once, with lines, rules and fixes."""

from __future__ import annotations

import json
import pathlib
from datetime import date

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params import build_params, load_params, read_values

GOOD = """\
params:
  project: acme
  period: 2026Q3
  previous: 2026Q2
  data:
    orders: {path: data/orders.parquet}
"""


def _load(tmp_path: pathlib.Path, text: str):
    path = tmp_path / "f.yaml"
    path.write_text(text, encoding="utf-8")
    return load_params(path, "f.yaml")


def _faults(tmp_path: pathlib.Path, text: str) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        _load(tmp_path, text)
    return str(caught.value).splitlines()


def test_a_first_file_is_six_lines_and_has_defaults(tmp_path: pathlib.Path) -> None:
    params = _load(tmp_path, GOOD)
    assert (params.window.start, params.window.end) == (date(2026, 7, 1), date(2026, 10, 1))
    assert params.name == "Acme"
    assert params.cluster.k_max == 8
    assert params.stage("validate").bootstraps == 100
    assert list(params.data.tables) == ["orders"]


def test_all_faults_at_once_with_line_rule_and_fix(tmp_path: pathlib.Path) -> None:
    text = GOOD + (
        "  cluster: {k_max: 1, starts: many}\n"
        "  prepare:\n"
        "    lookback: 90\n"
        "    exclude:\n"
        "      - {name: tests, wher: x}\n"
        "  valdate: {}\n"
    )
    assert _faults(tmp_path, text) == [
        "f.yaml:7: cluster.k_max = 1, must be at least 2. "
        "Correct it, or remove it for the default (8).",
        'f.yaml:7: cluster.starts = "many", must be a whole number. '
        "Correct it, or remove it for the default (20).",
        "f.yaml:9: prepare.lookback is given, there is no such parameter. "
        "Did you mean lookback_days?",
        "f.yaml:11: prepare.exclude.0.wher is given, there is no such parameter. "
        "Did you mean where?",
        "f.yaml:11: prepare.exclude.0.where is missing, it has no default. Add it.",
        "f.yaml:12: valdate is given, there is no such parameter. Did you mean validate?",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  period: 2026Q5", "period = "),
        ("  seed: '3'", "must be a whole number"),
        ("  partial: yes", "must be true or false"),
        ("  cluster: {k_min: 5, k_max: 4}", "k_max = 4 is smaller than k_min = 5"),
        ("  cluster: {k: 4}", "needs k_reason"),
        ("  cluster: {winsorise: [0.9, 0.1]}", "a lower and a higher quantile"),
        ("  cluster: {algorithms: []}", "at least 1 item"),
        ("  cluster: {algorithms: [kmeens]}", "must be one of 'kmeans'"),
        ("  open: 2026-07-01", "open and close go together"),
        ("  open: 2026-13-01\n  close: 2026-10-01", "must be a date such as 2026-07-01"),
        ("  previous: 2026Q3", "is this period itself"),
        ("  project: ../etc", "it names a folder"),
        ("  prepare: {features: [Recency]}", "lower-case letters"),
        ("  cluster: 3", "must be a mapping"),
    ],
)
def test_one_fault_one_message(tmp_path: pathlib.Path, line: str, message: str) -> None:
    key = line.split(":")[0]
    kept = [row for row in GOOD.splitlines() if not row.startswith(f"{key}:")]
    faults = _faults(tmp_path, "\n".join([*kept, line]) + "\n")
    assert len(faults) == 1
    assert message in faults[0]
    assert faults[0].startswith("f.yaml:")


@pytest.mark.parametrize(
    ("orders", "message"),
    [
        ("{path: data/shop.duckdb}", "needs table"),
        ("{}", "data.orders.path is missing"),
        ("{path: a.csv, colums: {}}", "Did you mean columns?"),
    ],
)
def test_sources(tmp_path: pathlib.Path, orders: str, message: str) -> None:
    faults = _faults(tmp_path, GOOD.replace("{path: data/orders.parquet}", orders))
    assert [message in fault for fault in faults] == [True]


def test_no_table_at_all(tmp_path: pathlib.Path) -> None:
    text = GOOD.replace("    orders: {path: data/orders.parquet}", "    currency: GBP")
    assert "at least one of orders, events and customers" in _faults(tmp_path, text)[0]


@pytest.mark.parametrize("text", ["a: 1\n", "params:\n", "- 1\n", "params: {}\nmore: 1\n", ""])
def test_single_top_key(tmp_path: pathlib.Path, text: str) -> None:
    assert "single top key params" in _faults(tmp_path, text)[0]


def test_missing_file_says_how_to_make_one(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ParameterError, match="segment next"):
        load_params(tmp_path / "none.yaml", "none.yaml")


def test_both_doors_give_the_same_parameters(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(GOOD, encoding="utf-8")
    values = read_values(path, "f.yaml")
    assert values["period"] == "2026Q3"
    assert build_params(values) == load_params(path, "f.yaml")
    assert build_params(json.loads(json.dumps(values))) == load_params(path, "f.yaml")


def test_parameters_that_are_not_plain_values_are_refused() -> None:
    with pytest.raises(ParameterError, match="plain YAML values"):
        build_params({"project": date(2026, 1, 1)})


def test_parameters_are_frozen(tmp_path: pathlib.Path) -> None:
    params = _load(tmp_path, GOOD)
    with pytest.raises(ValueError, match="frozen"):
        params.seed = 4


def test_own_period_with_dates(tmp_path: pathlib.Path) -> None:
    text = GOOD.replace("2026Q3", "spring").replace("  previous: 2026Q2\n", "")
    assert "not a quarter" in _faults(tmp_path, text)[0]
    params = _load(tmp_path, text + "  open: 2026-03-01\n  close: 2026-06-01\n")
    assert params.window.days == 92
