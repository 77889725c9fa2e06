"""What is refused, with the reason, and that nothing is written then."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable

import pandas as pd
import pytest

from segmentation_lib.engine import write_parquet
from segmentation_lib.run import Run
from segmentation_lib.scoring import night
from segmentation_lib.scoring.folder import ScoredDays
from tests.scoring.conftest import NIGHTS, Clone

FIRST, SECOND, THIRD, _ = NIGHTS


def _no_model(clone: Clone) -> None:
    clone.adopted.unlink()


def _other_model(clone: Clone) -> None:
    values = json.loads(clone.adopted.read_text(encoding="utf-8"))
    values["segments"][0]["centre"] = [2.5]
    clone.adopted.write_text(json.dumps(values), encoding="utf-8")


def _no_go(clone: Clone) -> None:
    clone.base.write("scorecard", {"verdict": "NO-GO"})


def _not_approved(clone: Clone) -> None:
    clone.govern(approval="required")
    clone.decide("Somebody else")


def _barred(clone: Clone) -> None:
    clone.govern(sensitive=["name"])
    clone.write_params(contacts=["name"])


def _unpublished(clone: Clone) -> None:
    clone.base.record("implement", {"status": "failed"})


def _other_features(clone: Clone) -> None:
    clone.write_params(features=["frequency", "monetary"])


def _other_lookback(clone: Clone) -> None:
    clone.write_params(lookback_days=60)


def _published(clone: Clone) -> None:
    Run(clone.root / "runs/shop/2026Q3").record("implement", {"status": "done"})


def _old_data(clone: Clone) -> None:
    path = clone.root / "data/orders.parquet"
    rows = pd.read_parquet(path)
    rows[rows["ordered_at"] < "2026-07-02"].to_parquet(path, index=False)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_no_model, "there is no adopted model"),
        (_other_model, "is not the one that gave 2026Q2 its tags"),
        (_no_go, "because the scorecard says NO-GO"),
        (_not_approved, "withheld until this model is approved."),
        (_barred, "name is sensitive in params/shop/governance.yaml and may not go into"),
        (_unpublished, "the previous quarter 2026Q2 was not run to its end"),
        (_other_features, "also segments on monetary"),
        (_other_lookback, "defines features anew"),
        (_published, "2026-07-10 lies in 2026Q3, which is published"),
        (_old_data, "the last row before 2026-07-10 is of 2026-07-01"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    clone: Clone,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Clone], None],
    reason: str,
) -> None:
    spoil(clone)
    assert clone.score(FIRST) == 2
    assert reason in capsys.readouterr().err
    assert not clone.days.exists() or not clone.files()


def test_whoever_may_approve_opens_the_exports(clone: Clone) -> None:
    clone.govern(approval="required")
    clone.decide("Head of marketing")
    assert clone.score(FIRST) == 0
    assert (clone.days / str(FIRST) / "exports/crm_delta.csv").is_file()


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-06-20", "is not after the first day of 2026Q3"),
        ("2026-07-01", "is not after the first day of 2026Q3"),
        ("2026-10-01", "is after the last day of 2026Q3"),
        ("2026-07-10", "is before 2026-07-15, which was scored already"),
    ],
)
def test_days_are_scored_in_order_within_the_quarter(
    clone: Clone, capsys: pytest.CaptureFixture[str], day: str, reason: str
) -> None:
    clone.score(SECOND)
    before = clone.files()
    assert clone.score(day) == 2
    assert reason in capsys.readouterr().err
    assert clone.files() == before


def test_a_day_is_asked_for_in_words_a_person_understands(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        clone.score("10/07/2026")
    assert stop.value.code == 2
    assert "'10/07/2026' is no day; write it as 2026-11-22" in capsys.readouterr().err


def test_a_run_that_is_killed_leaves_no_day_behind(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.score(FIRST)
    before = clone.files()

    def killed(expression: object, path: pathlib.Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(night, "write_parquet", killed)
    with pytest.raises(KeyboardInterrupt):
        clone.score(SECOND)
    assert [path.name for path in clone.days.iterdir() if not path.name.startswith(".")] == [
        str(FIRST)
    ]
    monkeypatch.setattr(night, "write_parquet", write_parquet)
    assert clone.score(SECOND) == 0
    assert {name: clone.files()[name] for name in before} == before
    assert not list(clone.days.glob(".aside-*"))
    assert ("008 move", "S02", "enter", "score", "S01") in clone.events(SECOND)


@pytest.mark.parametrize("file", ["membership_events.csv", "state.parquet"])
def test_a_scored_day_that_was_changed_is_noticed(
    clone: Clone, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    clone.score(FIRST)
    path = clone.days / str(FIRST) / file
    path.write_bytes(path.read_bytes() + b"x")
    assert clone.score(SECOND) == 2
    assert f"scoring/2026-07-10/{file}: the file was changed" in capsys.readouterr().err


def test_another_base_under_scored_days_is_noticed(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.score(FIRST)
    ledger = clone.base.read("membership_events")
    clone.base.write("membership_events", ledger.assign(segment_id="S01"))
    assert clone.score(SECOND) == 2
    assert "the quarter before gave other tags" in capsys.readouterr().err


def test_two_processes_do_not_score_one_project(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    with ScoredDays(clone.root, "shop").lock():
        assert clone.score(FIRST) == 1
    assert "shop scoring is already being run by process" in capsys.readouterr().err
    assert not clone.files()
    assert clone.score(FIRST) == 0
