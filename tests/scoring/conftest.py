"""A shop whose customers are told apart by one number: days with a purchase in the last 30.

Segment S01 is around 2 days, S02 around 10. The quarter before, 2026Q2, is published and adopted.
The planted customers, by their purchase days in the spans between the days that are scored
(``SPANS``), do what their names say.
"""

from __future__ import annotations

import json
import pathlib
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd
import pytest
import yaml

from segmentation_lib import cli
from segmentation_lib.calendar import Window
from segmentation_lib.cluster import FeatureTransform, Model, Segment, score
from segmentation_lib.cluster.transforms import Column, dictionary_hash
from segmentation_lib.engine import Engine
from segmentation_lib.implement.tags import membership_events
from segmentation_lib.params import load_params
from segmentation_lib.prepare import clean, load_tables
from segmentation_lib.prepare.dictionary import data_dictionary
from segmentation_lib.prepare.features import features_at
from segmentation_lib.prepare.grains import grains_at
from segmentation_lib.prepare.selection import select_features
from segmentation_lib.prepare.windows import AsOf
from segmentation_lib.run import Run

OPEN, EVE = date(2026, 7, 1), date(2026, 6, 30)
NIGHTS = tuple(date(2026, 7, day) for day in (10, 15, 20, 25))
SPANS = tuple(
    date.fromisoformat(f"2026-{day}")
    for day in ("06-01", "06-10", "06-15", "06-20", "07-01", "07-10", "07-15", "07-20")
)
#            frequency on:      1 July, 10, 15, 20
PLANTED: Mapping[str, tuple[int, ...]] = {
    "007 flap": (0, 2, 0, 3, 2, 0, 2, 0),  # 5, 7, 5, 7
    "008 move": (0, 0, 0, 2, 8, 2, 2, 2),  # 2, 10, 12, 14
    "009 lapse": (4, 0, 0, 0, 0, 0, 0, 0),  # 4, 0, 0, 0
    "010 fresh": (0, 0, 0, 0, 2, 0, 0, 0),  # first seen on 1 July
    "=1+1": (0, 0, 0, 2, 0, 0, 0, 0),  # 2, 2, 2, 2
    "often": (3, 3, 2, 3, 4, 2, 2, 2),  # 11, 12, 11, 11
    "quit": (3, 3, 2, 3, 4, 2, 2, 2),  # as above, until consent is withdrawn
    "never": (3, 3, 2, 3, 4, 2, 2, 2),  # as above, and never agreed
}


def orders() -> pd.DataFrame:
    rows = []
    for customer, spans in PLANTED.items():
        days = [] if customer == "010 fresh" else [date(2026, 1, 2)]
        for start, count in zip(SPANS, spans, strict=True):
            days += [start + timedelta(days=place) for place in range(count)]
        rows += [(f"{customer}-{day}", customer, pd.Timestamp(day), 10.0) for day in days]
    return pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_at", "amount"])


class Clone:
    """A folder that looks like a clone of the project, after 2026Q2 was published and adopted."""

    def __init__(self, root: pathlib.Path, *, consent: bool = True) -> None:
        self.root = root
        self.consent = consent
        self.base = Run(root / "runs/shop/2026Q2")
        self.days = root / "runs/shop/scoring"
        self.adopted = root / "params/shop/model.json"
        if root.exists():
            return
        for name in ("notebooks", "params/shop", "data"):
            (root / name).mkdir(parents=True)
        (root / "notebooks/01_prepare.ipynb").write_text("{}", encoding="utf-8")
        orders().to_parquet(root / "data/orders.parquet", index=False)
        self.agree(*(set(PLANTED) - {"never"}))
        self.write_params()
        self._publish()

    def agree(self, *people: str) -> None:
        """Write the customers' table anew: these agree to marketing."""
        table = pd.DataFrame({"customer_id": sorted(PLANTED)})
        table["name"] = "=HYPERLINK(" + table["customer_id"] + ")"
        if self.consent:
            table["marketing_consent"] = table["customer_id"].isin(people)
        else:
            table["region"] = "north"
        table.to_parquet(self.root / "data/customers.parquet", index=False)

    def write_params(self, contacts: Sequence[str] = (), **prepare: object) -> None:
        values = {
            "project": "shop",
            "period": "2026Q3",
            "previous": "2026Q2",
            "data": {
                "currency": "EUR",
                "orders": {"path": "data/orders.parquet"},
                "customers": {"path": "data/customers.parquet", "contacts": list(contacts)},
            },
            "prepare": {"features": ["frequency"], "lookback_days": 30, "new_days": 20, **prepare},
        }
        text = yaml.safe_dump({"params": values}, sort_keys=False)
        (self.root / "params/shop/2026Q3.yaml").write_text(text, encoding="utf-8")

    def govern(self, **rules: object) -> None:
        """Write the house rules of the project."""
        values = {
            "data_owner": "Data office",
            "segmentation_owner": "Insights",
            "approvers": ["Head of marketing"],
            "approval": "not required",
            "purpose": "Offers.",
            "consent_basis": "Sign-up.",
            "retention_days": 700,
            "access": [{"role": "CRM", "reads": ["exports"], "why": "Loads them."}],
            **rules,
        }
        path = self.root / "params/shop/governance.yaml"
        path.write_text(yaml.safe_dump({"governance": values}), encoding="utf-8")

    def decide(self, approver: str) -> None:
        """Log that somebody adopted the model of 2026Q2."""
        line = {
            "decision": "adopt",
            "period": "2026Q2",
            "approver": approver,
            "on": "2026-07-02",
            "model": self.base.hash("proposed_model"),
            "verdict": "GO",
        }
        path = self.root / "params/shop/decisions.jsonl"
        path.write_text(json.dumps(line) + "\n", encoding="utf-8")

    def _publish(self) -> None:
        file = self.root / "params/shop/2026Q3.yaml"
        params = load_params(file, "params/shop/2026Q3.yaml")
        with Engine.open(self.root, params.data) as engine:
            early = params.model_copy(update={"partial": True})
            cleaned = clean(load_tables(engine, early), early)
            chosen = [one for one in select_features(cleaned, params) if one.role == "segmenting"]
            seen = Window(OPEN, date.max).lookback(30)
            grains = grains_at(engine, cleaned, AsOf(OPEN, seen), new_days=20)
            features = features_at(engine, grains, chosen)
        dictionary = data_dictionary(chosen, {}, features, pd.DataFrame(), params)
        model = one_number_model(dictionary_hash(dictionary))
        values = model.to_json()
        people = pd.read_parquet(self.root / "data/customers.parquet")
        if self.consent:
            self.base.write("consent", people)
        assigned = score(model, features)
        self.base.write("assignments_close", assigned)
        tags = assigned.rename(columns={"customer_id": "external_id"})
        agreed = tags[tags["external_id"] != "never"] if self.consent else tags
        self.base.write("membership_events", membership_events(None, agreed, at=EVE))
        self.base.write("proposed_model", values)
        self.base.write("scorecard", {"verdict": "GO"})
        cards = [{"id": "S01", "name": "Rare", "value_index": 50.0},
                 {"id": "S02", "name": "Frequent", "value_index": 150.0}]  # fmt: skip
        self.base.write("segments", {"segments": cards})
        self.base.record("implement", {"status": "done"})
        self.adopted.write_text(json.dumps(values), encoding="utf-8")

    def score(self, day: date | str) -> int:
        """Run the command for a day, and return its exit code."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SEGMENT_ROOT", str(self.root))
            patch.chdir(self.root)
            return cli.main(["score", "params/shop/2026Q3.yaml", "--as-of", str(day)])

    def events(self, day: date) -> list[tuple[str, ...]]:
        """Customer, segment, event, reason and origin of a day's events."""
        table = pd.read_csv(self.days / str(day) / "membership_events.csv", dtype="str")
        assert (table["at"] == str(day)).all()
        columns = ["external_id", "segment_id", "event", "reason", "from_id"]
        return [tuple(row) for row in table[columns].fillna("?").to_numpy()]

    def delta(self, day: date) -> pd.DataFrame:
        path = self.days / str(day) / "exports/crm_delta.csv"
        return pd.read_csv(path, dtype="str", keep_default_na=False)

    def report(self, day: date) -> dict[str, object]:
        path = self.days / str(day) / "score.json"
        return json.loads(path.read_text(encoding="utf-8"))

    def files(self) -> dict[str, bytes]:
        """Return all files of the scored days."""
        return {
            path.relative_to(self.days).as_posix(): path.read_bytes()
            for path in sorted(self.days.rglob("*"))
            if path.is_file()
        }


def one_number_model(dictionary: str) -> Model:
    """Two segments on the number of purchase days: S01 around 2, S02 around 10."""
    frequency = FeatureTransform(
        name="frequency",
        kind="number",
        transform="none",
        missing="refuse",
        weight=1.0,
        columns=(Column(name="frequency", centre=0.0, scale=1.0),),
    )
    return Model(
        algorithm="kmeans",
        k=2,
        as_of=date(2026, 4, 1),
        seed=1,
        customers=7,
        dictionary_hash=dictionary,
        variance=2.0,
        features=(frequency,),
        segments=(
            Segment(id="S01", share=0.5, centre=(2.0,)),
            Segment(id="S02", share=0.5, centre=(10.0,)),
        ),
    )


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A clone that is only copied."""
    return Clone(tmp_path_factory.mktemp("published") / "clone").root


@pytest.fixture
def clone(published: pathlib.Path, tmp_path: pathlib.Path) -> Clone:
    """A clone in which nothing was scored yet."""
    return Clone(shutil.copytree(published, tmp_path / "clone"))


@pytest.fixture(scope="session")
def told(published: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone in which all nights were scored; one customer withdrew consent. Only to be read."""
    clone = Clone(shutil.copytree(published, tmp_path_factory.mktemp("told") / "clone"))
    for day in NIGHTS:
        if day == NIGHTS[1]:
            clone.agree(*(set(PLANTED) - {"never", "quit"}))
        assert clone.score(day) == 0
    return clone
