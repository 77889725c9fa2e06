"""A scored day: who moves, who comes and goes, and that nothing is scored twice."""

from __future__ import annotations

import json
import pathlib
from datetime import date

import pandas as pd
import pytest

from segmentation_lib import cli
from segmentation_lib.cluster import Model
from segmentation_lib.implement.tags import append, membership_events, replay
from segmentation_lib.scoring import scoring_events
from tests.scoring.conftest import NIGHTS, OPEN, PLANTED, Clone

FIRST, SECOND, THIRD, FOURTH = NIGHTS
WILLING = set(PLANTED) - {"never"}


def test_each_planted_customer_does_what_the_name_says(told: Clone) -> None:
    clone = told
    assert clone.events(FIRST) == [("009 lapse", "S01", "exit", "lapsed", "S01")]
    assert clone.events(SECOND) == [
        ("008 move", "S01", "exit", "score", "S01"),
        ("008 move", "S02", "enter", "score", "S01"),
        ("quit", "S02", "exit", "optout", "S02"),
    ]
    assert clone.events(THIRD) == []
    assert clone.events(FOURTH) == [
        ("010 fresh", "S01", "enter", "new", "none"),
        ("=1+1", "S01", "exit", "lapsed", "S01"),
    ]


def test_a_border_customer_waits_and_is_taken_back(told: Clone) -> None:
    states = [pd.read_parquet(told.days / str(day) / "state.parquet") for day in NIGHTS[:3]]
    flap = [state.set_index("external_id").loc["007 flap"] for state in states]
    assert [row["current"] for row in flap] == ["S01", "S01", "S01"]
    assert [row["runs"] for row in flap] == [1, 0, 1]
    assert flap[0]["candidate"] == flap[2]["candidate"] == "S02"
    assert pd.isna(flap[1]["candidate"])


def test_a_mover_waits_for_the_second_run(told: Clone) -> None:
    report = told.report(FIRST)
    assert (report["waiting"], report["moved"], report["left"]) == (2, 0, 1)
    report = told.report(SECOND)
    assert (report["waiting"], report["moved"], report["left"]) == (0, 1, 1)
    assert report["customers"] == {"ACTIVE": 6, "LAPSED": 1, "NEW": 1}


def test_whoever_comes_back_has_returned(clone: Clone) -> None:
    rows = pd.read_parquet(clone.root / "data/orders.parquet")
    again = rows.iloc[[0]].assign(
        order_id="back", customer_id="009 lapse", ordered_at=pd.Timestamp("2026-07-12")
    )
    pd.concat([rows, again]).to_parquet(clone.root / "data/orders.parquet", index=False)
    clone.score(FIRST)
    clone.score(SECOND)
    assert ("009 lapse", "S01", "enter", "returned", "none") in clone.events(SECOND)
    told = clone.delta(SECOND).set_index("external_id").loc["009 lapse"]
    assert (told["movement"], told["previous_segment_id"]) == ("returned", "none")


def test_rows_of_the_day_itself_are_not_seen(clone: Clone) -> None:
    rows = pd.read_parquet(clone.root / "data/orders.parquet")
    late = rows.iloc[[0]].assign(order_id="late", customer_id="009 lapse")
    late["ordered_at"] = pd.Timestamp(FIRST)
    pd.concat([rows, late]).to_parquet(clone.root / "data/orders.parquet", index=False)
    clone.score(FIRST)
    assert clone.events(FIRST) == [("009 lapse", "S01", "exit", "lapsed", "S01")]


def test_the_second_run_of_a_day_writes_nothing(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.score(FIRST)
    before, moment = clone.files(), (clone.days / str(FIRST)).stat().st_mtime_ns
    capsys.readouterr()
    assert clone.score(FIRST) == 0
    assert capsys.readouterr().out == "2026-07-10: unchanged, nothing was written.\n"
    assert clone.files() == before
    assert (clone.days / str(FIRST)).stat().st_mtime_ns == moment
    # It was no second run either.
    clone.score(SECOND)
    assert ("007 flap", "S02", "enter", "score", "S01") not in clone.events(SECOND)


def test_the_same_day_with_other_data_is_refused(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.score(FIRST)
    before = clone.files()
    clone.agree("often")
    assert clone.score(FIRST) == 2
    assert "was scored already, with other sources" in capsys.readouterr().err
    assert clone.files() == before


def test_the_model_is_as_it_was(clone: Clone) -> None:
    before = clone.adopted.read_bytes()
    clone.score(FIRST)
    assert clone.adopted.read_bytes() == before
    model = Model.from_json(json.loads(before))
    assert clone.report(FIRST)["inputs"]["model"] == model.hash


def test_two_clones_give_the_same_bytes(told: Clone, clone: Clone) -> None:
    clone.score(FIRST)
    clone.agree(*(WILLING - {"quit"}))
    clone.score(SECOND)
    early = (str(FIRST), str(SECOND))
    files = {name: text for name, text in told.files().items() if name.startswith(early)}
    assert len(files) == 10
    assert clone.files() == files


def test_without_known_consent_everybody_carries_a_tag(tmp_path: pathlib.Path) -> None:
    clone = Clone(tmp_path / "clone", consent=False)
    clone.score(FIRST)
    assert set(clone.delta(FIRST)["consent_marketing"]) == {"unknown"}
    rows = pd.read_parquet(clone.root / "data/orders.parquet")
    people = pd.read_parquet(clone.root / "data/customers.parquet")
    rows[rows["customer_id"] != "often"].to_parquet(clone.root / "data/orders.parquet")
    people[people["customer_id"] != "often"].to_parquet(clone.root / "data/customers.parquet")
    clone.score(SECOND)
    assert ("often", "S02", "exit", "lapsed", "S02") in clone.events(SECOND)
    told = clone.delta(SECOND).set_index("external_id").loc["often"]
    assert (told["action"], told["segment_id"]) == ("clear", "none")


def test_the_delta_holds_who_changed_and_nobody_who_opted_out(told: Clone) -> None:
    assert told.delta(SECOND)["external_id"].tolist() == ["008 move"]
    row = told.delta(SECOND).iloc[0]
    assert row[["action", "segment_id", "segment_name", "previous_segment_id"]].tolist() == [
        "upsert", "S02", "Frequent", "S01"]  # fmt: skip
    assert row[["movement", "confidence", "second_segment_id", "value_tier"]].tolist() == [
        "moved", "1", "S01", "high"]  # fmt: skip
    assert row[["assigned_on", "segment_version"]].tolist() == ["2026-07-14", "2026Q2"]
    for day in NIGHTS:
        assert not {"quit", "never"} & set(told.delta(day)["external_id"])


def test_a_night_leaves_those_alone_whom_the_quarter_drew_for_an_experiment(clone: Clone) -> None:
    drawn = pd.DataFrame(
        {
            "experiment_id": ["E1", "E1", "E2"],
            "external_id": ["008 move", "often", "008 move"],
            "segment_id": "S01",
            "arm": ["holdout", "control", "control"],
            "starts_on": "2026-07-01",
        }
    )
    clone.base.write("experiment_assignments", drawn)
    assert clone.score(FIRST) == clone.score(SECOND) == 0
    told = clone.delta(SECOND).set_index("external_id")
    assert told["holdout_group"].to_dict() == {"008 move": "E1;E2"}


def test_only_what_is_handed_on_lies_in_exports(told: Clone) -> None:
    for day in NIGHTS:
        folder = told.days / str(day)
        assert {path.name for path in folder.iterdir()} == {
            "exports", "membership_events.csv", "score.json", "state.parquet",
        }  # fmt: skip
        names = {path.name for path in (folder / "exports").iterdir()}
        assert names == {"crm_delta.csv", "crm_delta.manifest.json"}
        assert cli.main(["verify", str(folder)]) == 0


def test_the_planted_traps_are_caught(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    """Opted out last night, IDs with zeros and signs in front, formulas for names."""
    clone.write_params(contacts=["name"])
    assert clone.score(FIRST) == 0
    clone.agree(*(WILLING - {"quit", "008 move"}))
    assert clone.score(SECOND) == 0
    assert ("008 move", "S01", "exit", "optout", "S01") in clone.events(SECOND)
    for day in (THIRD, FOURTH):
        assert clone.score(day) == 0
    handed_on = [path.read_bytes() for path in clone.days.glob("*/exports/*")]
    for gone in (b"quit", b"008 move", b"never"):
        assert not any(gone in content for content in handed_on)
    told = clone.delta(FOURTH).set_index("external_id")
    assert told["name"].to_dict() == {
        "010 fresh": "'=HYPERLINK(010 fresh)", "=1+1": "'=HYPERLINK(=1+1)",
    }  # fmt: skip
    capsys.readouterr()
    exports = clone.days / str(FOURTH) / "exports"
    assert cli.main(["verify", str(exports)]) == 0
    assert capsys.readouterr().out == "crm_delta.csv: as its manifest says, 2 rows.\n"
    delta = exports / "crm_delta.csv"
    delta.write_bytes(delta.read_bytes().replace(b"\nupsert,010", b"\nupsert,10"))
    assert cli.main(["verify", str(exports)]) == 1
    assert "the file was changed" in capsys.readouterr().out


def test_the_ledger_with_the_days_replays_to_the_tags(told: Clone) -> None:
    eve = date(2026, 6, 30)
    tags = told.base.read("assignments_close").rename(columns={"customer_id": "external_id"})
    tags = tags[tags["external_id"] != "never"]
    ledger = membership_events(None, tags, at=eve)
    events = scoring_events(told.root, "shop", eve, date(2026, 9, 30))
    assert [len(frame) for frame in events] == [1, 3, 0, 2]
    for frame in events:
        ledger = append(ledger, frame)
    assert dict(replay(ledger).to_numpy()) == {
        "007 flap": "S01", "008 move": "S02", "010 fresh": "S01", "often": "S02",
    }  # fmt: skip
    assert dict(replay(ledger, FIRST).to_numpy())["008 move"] == "S01"


def test_days_are_handed_on_after_one_last_day_until_another(told: Clone) -> None:
    days = scoring_events(told.root, "shop", FIRST, SECOND)
    assert [frame["at"].iloc[0] for frame in days] == [str(SECOND)]
    assert scoring_events(told.root, "nobody", OPEN, FOURTH) == []


def test_no_message_names_a_customer(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    clone.score(FIRST)
    text = capsys.readouterr().out + (clone.days / str(FIRST) / "score.json").read_text()
    assert not [name for name in PLANTED if f"{name}" in text]
