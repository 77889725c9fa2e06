"""Two public experiments are read out as published: Hillstrom's e-mails and Cookie Cats' gates."""

from __future__ import annotations

import pathlib

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.experiments import (
    ReadOut,
    Start,
    experiment_sentences,
    read_out,
)
from segmentation_lib.params.registers.experiments import Arm, Guardrail
from tests.implement.experiments.worlds import CLOSE, OPEN, arms, design, register

EMAILS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")


def tables(
    frame: pd.DataFrame, own: str, arm: pd.Series, segment: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame, list[Start]]:
    """Return arms, outcomes and segments of an experiment whose customers have no IDs."""
    ids = [f"{number:06d}" for number in range(len(frame))]
    drawn = pd.DataFrame({"experiment_id": own, "customer_id": ids, "arm": arm,
                          "assigned_at": pd.Timestamp(OPEN)})  # fmt: skip
    placed = pd.DataFrame({"customer_id": ids, "segment_id": segment})
    return drawn, frame.assign(customer_id=ids), [Start(OPEN, placed)]


@pytest.fixture(scope="module")
def emails(shared: pathlib.Path) -> dict[str, ReadOut]:
    """Hillstrom's experiment in seven bands of what customers spent before, by metric."""
    frame = pd.read_csv(shared / "data/hillstrom/hillstrom.csv.gz")
    bands = "S0" + frame["history_segment"].str[0]
    given = tables(frame, "E1", frame["segment"], bands)
    three = tuple(Arm(name=name, share=1 / 3, control=name == EMAILS[0]) for name in EMAILS)
    return {
        metric: read_out(
            register(design(metric=metric, min_effect=0.001, arms=three)), *given,
            closed=CLOSE, seed=1,
        )
        for metric in ("visit", "conversion", "spend")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "digits", "control", "mens", "womens"),
    [
        ("visit", 4, 0.1062, 0.1828, 0.1514),
        ("conversion", 5, 0.00573, 0.01253, 0.00884),
        ("spend", 3, 0.653, 1.423, 1.077),
    ],
)
def test_the_published_means_and_lifts(emails, metric, digits, control, mens, womens):
    table = emails[metric].effects
    overall = table[table["segment_id"] == "(all)"].set_index("arm")
    assert overall["control_value"].round(digits).tolist() == [control, control]
    assert overall["value"].round(digits).to_dict() == {EMAILS[1]: mens, EMAILS[2]: womens}
    lifts = {"visit": (0.0766, 0.0452), "conversion": (0.00681, 0.00311), "spend": (0.770, 0.424)}
    assert overall["effect"].round(digits).tolist() == list(lifts[metric])
    assert (overall["verdict"] == "more").all()
    assert emails[metric].experiments["sample_ratio"].tolist() == ["fine"]


def test_bands_of_past_spend_are_corrected_for_their_number(emails):
    table = emails["visit"].effects
    parts = table[table["segment_id"] != "(all)"]
    assert len(parts) == 14
    assert (parts["p_corrected"] >= parts["p_value"]).all()
    # By Cochran's test each arm's visits may differ by band; what is said of a band is corrected.
    told = parts[parts["verdict"].isin(["more", "less"])]
    assert (told["differ_p"] <= 0.05).all()
    assert (told["p_corrected"] <= 0.05).all()
    spend = emails["spend"].effects
    assert not (spend["differ_p"] <= 0.05).any()
    assert set(spend.loc[spend["segment_id"] != "(all)", "verdict"]) <= {"as all", "too few"}
    raw = parts["effect"].std()
    assert parts["shrunken"].std() < raw


def test_cookie_cats_raises_its_sample_ratio(shared: pathlib.Path):
    frame = pd.read_csv(shared / "data/cookie_cats/cookie_cats.csv.gz")
    frame = frame.assign(retention_7=frame["retention_7"].astype(float),
                         retention_1=frame["retention_1"].astype(float))  # fmt: skip
    given = tables(frame, "E1", frame["version"], pd.Series("S01", index=frame.index))
    entry = design(
        metric="retention_7", min_effect=0.01, arms=arms(gate_30=0.5, gate_40=0.5),
        guardrails=(Guardrail(metric="retention_1", margin=0.01),),
    )  # fmt: skip
    found = read_out(register(entry), *given, closed=CLOSE, seed=1)
    row = found.experiments.to_dict("records")[0]
    assert round(row["sample_ratio_p"], 4) == 0.0086
    assert (row["sample_ratio"], row["state"], row["verdict"]) == ("warning", "read", "harms")
    overall = found.effects.iloc[0]
    assert np.round([overall["control_value"], overall["value"]], 4).tolist() == [0.1902, 0.1820]
    said = experiment_sentences(row, found.effects, found.guardrails, found.ratios, names={})
    assert said[-1] == (
        "The sizes of the arms are not as planned: gate_30 has 44,700 customers (49.6%, planned "
        "50.0%) and gate_40 has 45,489 customers (50.4%, planned 50.0%). A sound experiment shows "
        "this in 0.86% of cases. That can be luck; look for customers who went missing before you "
        "trust the figures."
    )
