"""Tables of random small data, as pages show them, read by somebody who does every sum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.pricing import shown_curve
from segmentation_lib.prepare import finding_sentences, state_table, waterfalls
from segmentation_lib.profile.journeys import shown_curves, shown_funnel
from segmentation_lib.profile.journeys.survival import survival_curves
from segmentation_lib.report import cohort_grid
from segmentation_lib.small_cells import suppress_flows
from tests.privacy.attacker import Attacker, steps_of_a_few, tells

LIMIT = 10
SEEDS = range(6)
SEGMENTS = ("S01", "S02", "S03")
STEPS = ("visit", "view", "cart", "buy")


def falling(rng: np.random.Generator, start: int, steps: int) -> list[int]:
    """Counts that never rise, many of them by a few only."""
    counts = [start]
    for _ in range(steps):
        lost = int(rng.integers(0, 3)) if rng.random() < 0.6 else int(rng.integers(0, 40))
        counts.append(max(counts[-1] - lost, 0))
    return counts


def known(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload, arg-type]


def read_nested(whole: int, shown: list[int | None]) -> Attacker:
    """Read rounded counts, each inside the one before, and the exact size of the first."""
    reader = Attacker(LIMIT)
    reader.reads("0", whole)
    for place, count in enumerate(shown, start=1):
        reader.reads_rounded(str(place), count)
        reader.lies_in(str(place), str(place - 1))
    return reader


def assert_nested_tell_nothing(whole: int, shown: list[int | None], real: list[int]) -> None:
    reader = read_nested(whole, shown)
    for place, count in enumerate(real, start=1):
        least, most = reader.knows({str(place): 1})
        assert least <= count <= most
        assert not tells(least, most, LIMIT)
        assert least < most or shown[place - 1] == 0 or count == whole
        for before in range(place):
            gap = reader.knows({str(before): 1, str(place): -1})
            assert not tells(*gap, LIMIT), (whole, shown, real)
    assert steps_of_a_few(shown, LIMIT) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_no_step_of_a_funnel_tells_who_stopped_there(seed):
    rng = np.random.default_rng(seed)
    counts = {name: falling(rng, int(rng.integers(10, 90)), len(STEPS)) for name in SEGMENTS}
    counts["(all)"] = np.sum(list(counts.values()), axis=0).tolist()
    frame = pd.DataFrame(
        [
            ("Buy", "customers", name, step, STEPS[step - 1], own[0], own[step],
             min(own[step] + int(rng.integers(0, 5)), own[0]))
            for name, own in counts.items() for step in range(1, len(STEPS) + 1)
        ],
        columns=["funnel", "counted", "segment_id", "step", "event", "base", "reached", "did"],
    )  # fmt: skip
    shown = shown_funnel(frame, few=LIMIT).set_index(["segment_id", "step"]).sort_index()
    for name in SEGMENTS:
        told = [known(value) for value in shown.loc[name, "reached"]]
        # Sizes of segments are on other pages, whole.
        assert_nested_tell_nothing(counts[name][0], told, counts[name][1:])
        for step, reached in enumerate(told, start=1):
            did = known(shown.loc[(name, step), "did"])
            assert steps_of_a_few([did, reached, known(shown.loc[(name, step), "base"])], 10) == []
        base = shown.loc[name, "base"].astype("float64")
        shares = shown.loc[name, "reached"].astype("float64") / base
        # A share tells nothing that the rounded counts do not.
        np.testing.assert_allclose(shown.loc[name, "share_of_all"], shares.to_numpy())
    parts = shown.drop("(all)")["reached"].groupby("step").sum()
    whole = shown.loc["(all)", "reached"]
    assert (whole.isna() | (whole == parts)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_day_of_a_curve_tells_who_came_then(seed):
    rng = np.random.default_rng(seed)
    sizes = {name: int(rng.integers(10, 70)) for name in SEGMENTS}
    first = pd.DataFrame({"segment_id": np.repeat(list(sizes), list(sizes.values()))})
    day = rng.integers(1, 30, len(first)).astype("float64")
    first = first.assign(day=day, happened=day < 20, customer_id=np.arange(len(first)))
    first["day"] = first["day"].clip(upper=20.0)
    curves = survival_curves(first)
    shown = shown_curves(curves, few=LIMIT)
    assert shown["day"].tolist() == curves["day"].tolist()
    for name, own in shown.groupby("segment_id"):
        if name == "(all)":
            continue
        left = own["waiting"] * float(own["at_risk"].astype("float64").iloc[0])
        told = [known(value) for value in left.round()]
        days = first.loc[first["segment_id"] == name]
        real = [int((~((days["day"] <= d) & days["happened"])).sum()) for d in own["day"]]
        assert_nested_tell_nothing(sizes[name], told[1::4], real[1::4])
        assert steps_of_a_few(told, LIMIT) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_no_price_tells_who_would_not_pay_more(seed):
    rng = np.random.default_rng(seed)
    sizes = {name: int(rng.integers(10, 80)) for name in SEGMENTS}
    rows = [
        ("plan", "asked prices", name, price, buyers / size, 0.0, 1.0, size)
        for name, size in sizes.items()
        for price, buyers in enumerate(falling(rng, size, 6), start=1)
    ]
    columns = ["study", "method", "segment_id", "price", "share", "low", "high", "customers"]
    curve = pd.DataFrame(rows, columns=columns)
    shown = shown_curve(curve, few=LIMIT)
    assert list(shown.columns) == columns
    for name, own in shown.groupby("segment_id"):
        told = (own["share"] * own["customers"]).round().astype("int64").tolist()
        real = curve.merge(own[["segment_id", "price"]])
        real = (real["share"] * real["customers"]).round().astype("int64").tolist()
        others = [sizes[name] - count for count in real]
        assert not any(0 < count < LIMIT for count in (*told, *real, *others))
        assert_nested_tell_nothing(sizes[name], list(told), real)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rule_of_a_waterfall_tells_whom_it_took(seed):
    rng = np.random.default_rng(seed)
    took = [int(rng.integers(0, 30)) for _ in range(4)]
    source = sum(took) + int(rng.integers(20, 200))
    rows = [source, *took, source - sum(took)]
    frame = pd.DataFrame({"rule": ["In the source", *"abcd", "Kept"], "rows": rows,
                          "customers": rows, "amount": np.array(rows) / 7.0, "reason": "",
                          "table": "orders", "step": range(6)})  # fmt: skip
    shown = list(waterfalls(frame, small_cell=LIMIT))
    if not shown:
        assert sum(took) == 0
        return
    ((_, steps),) = shown
    reader = Attacker(LIMIT)
    for name, told in zip(frame["rule"], steps["customers"], strict=True):
        text = str(told).replace(",", "")
        if text.startswith("<"):
            reader.reads(name, text)
        else:
            reader.reads_rounded(name, int(text))
    reader.adds_up([*"abcd", "Kept"], "In the source")
    for name, real in zip("abcd", took, strict=True):
        least, most = reader.knows({name: 1})
        assert least <= real <= most
        assert least < most or real == 0
    # Amounts are not rounded: those that are hidden are of enough people between them.
    gone = steps["amount"].isna().to_numpy()
    people = np.array([sum(took) + rows[-1], *took, rows[-1]])[gone]
    assert not gone.any() or gone.sum() >= 2
    assert not gone.any() or people.sum() >= LIMIT
    said = finding_sentences(
        {"checks": [{"sentence": f"{took[0]} rows of orders repeat."}], "identities": {"linked": 0}}
    )
    assert not {str(n) for n in range(1, LIMIT)} & set(said[0].split())


@pytest.mark.parametrize("seed", SEEDS)
def test_no_state_tells_how_few_are_in_it(seed):
    rng = np.random.default_rng(seed)
    counts = [int(rng.integers(30, 300)), *rng.integers(0, 30, 3).tolist()]
    named = dict(zip(("ACTIVE", "NEW", "LAPSED", "INACTIVE"), counts, strict=True))
    states = state_table({"states": {"open": named, "close": named}}, small_cell=LIMIT)
    reader = Attacker(LIMIT)
    for name, told in zip(states["state"], states["at_open"], strict=True):
        reader.reads(name, told if str(told)[0] in "<h" else int(str(told).replace(",", "")))
    hidden = [name for name, (least, most) in reader.bounds.items() if least < most]
    # The source table tells all customers, rounded.
    reader.reads_rounded("all", 10 * ((sum(counts) + 5) // 10))
    reader.adds_up(named, "all")
    for name in hidden:
        least, most = reader.knows({name: 1})
        assert least < most


@pytest.mark.parametrize("seed", SEEDS)
def test_no_cell_of_a_retention_grid_tells_of_a_few(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"2025Q{q}", p, int(rng.integers(10, 80))) for q in (1, 2, 3) for p in range(4)],
        columns=["cohort", "period", "customers"],
    )
    frame["customers"] = frame.groupby("cohort")["customers"].transform("first")
    frame["active"] = [int(rng.integers(0, n + 1)) for n in frame["customers"]]
    frame["share"] = frame["active"] / frame["customers"]
    chart = cohort_grid(frame, alt="Grid.", caption="Who came back.", few=LIMIT)
    for row in chart.data.dropna(subset="share").to_dict("records"):
        active = round(row["share"] * row["customers"])
        assert not 0 < active < LIMIT
        assert not 0 < row["customers"] - active < LIMIT
    few = frame["active"].between(1, 9) | (frame["customers"] - frame["active"]).between(1, 9)
    assert chart.data["share"].isna().sum() == few.sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_move_between_segments_is_given_away_by_their_sizes(seed):
    rng = np.random.default_rng(seed)
    counts = np.round(np.exp(rng.normal(2.2, 1.2, (3, 3)))).astype(int) + 60 * np.eye(3, dtype=int)
    flows = pd.DataFrame(
        [(a, b, counts[i, j]) for i, a in enumerate(SEGMENTS) for j, b in enumerate(SEGMENTS)],
        columns=["before", "now", "n"],
    )
    shown = suppress_flows(flows, "n", rows="before", columns="now", limit=LIMIT)
    if shown.attrs["withheld"]:
        assert shown["n"].isna().all()
        return
    reader = Attacker(LIMIT)
    keys = [f"{row.before}>{row.now}" for row in flows.itertuples()]
    for key, text in zip(keys, shown["n_shown"], strict=True):
        reader.reads(key, text if text[0] in "<h" else int(text.replace(",", "")))
    small = [key for key, (least, most) in reader.bounds.items() if (least, most) == (1, 9)]
    for place, name in enumerate(SEGMENTS):
        reader.reads(f"before {name}", int(counts[place].sum()))
        reader.reads(f"now {name}", int(counts[:, place].sum()))
        reader.adds_up([key for key in keys if key.startswith(f"{name}>")], f"before {name}")
        reader.adds_up([key for key in keys if key.endswith(f">{name}")], f"now {name}")
    for key in small:
        assert reader.knows({key: 1}) == (1, 9)
