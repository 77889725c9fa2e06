"""What happens afterwards: KPIs, predictions, simpler rivals and contexts, true and untrue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.cluster import KMeans
from segmentation_lib.faults import ContractError
from segmentation_lib.params import Expectation
from segmentation_lib.stats import permuted_welch
from segmentation_lib.validate.baselines import baseline_verdict, compare_baselines
from segmentation_lib.validate.contexts import OTHER_SEGMENTS, context_agreement
from segmentation_lib.validate.expectations import expectation_hits
from segmentation_lib.validate.external import kpi_effects, kpi_names
from segmentation_lib.validate.predictive import prediction_verdicts, predictive_power
from tests.calibration.framework import Claim, Experiment
from tests.calibration.worlds import ONE_CROWD, equal_groups, unequal_groups

__all__ = ["EXPERIMENTS"]

SHARES = (0.60, 0.25, 0.10, 0.05)
# The gates' usual thresholds.
P, EFFECT, GAIN = 0.05, 0.01, 0.005


@dataclass(frozen=True)
class Afterwards:
    """Customers in segments, and what they did next.

    Attributes:
        features: ``customer_id`` and features in their own units.
        points: The same in the space of the segments.
        labels: Segment of each customer.
        outcomes: ``customer_id`` and KPIs.
    """

    features: pd.DataFrame
    points: np.ndarray
    labels: np.ndarray
    outcomes: pd.DataFrame

    @property
    def ids(self) -> pd.Series:
        """Customer IDs."""
        return self.features["customer_id"]

    @property
    def assignments(self) -> pd.DataFrame:
        """Customers with the ID of their segment."""
        segment = pd.Series(self.labels).map(lambda g: f"S{g + 1:02d}").astype("str")
        return pd.DataFrame({"customer_id": self.ids, "segment_id": segment})


def _afterwards(points: np.ndarray, labels: np.ndarray, **outcomes: np.ndarray) -> Afterwards:
    ids = pd.Series([f"C{i:05d}" for i in range(len(labels))], dtype="str")
    features = pd.DataFrame(points, columns=[f"feature_{i + 1}" for i in range(points.shape[1])])
    return Afterwards(
        features.assign(customer_id=ids), points, labels,
        pd.DataFrame({"customer_id": ids, **outcomes}),
    )  # fmt: skip


def _crowd(kind: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """One crowd, in logarithms where its features have none below zero, and standardised."""
    raw = ONE_CROWD[kind](rng, n, 6)
    shaped = np.log1p(raw) if raw.min() >= 0 else raw
    return (shaped - shaped.mean(axis=0)) / shaped.std(axis=0)


def _segments(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    seed = np.random.SeedSequence(int(rng.integers(2**31)))
    return KMeans().fit(points, k, seed=seed, starts=3).labels


def _seed(seed: np.random.SeedSequence) -> int:
    return int(seed.generate_state(1)[0] >> 1)


# KPI differences

REVENUE: Mapping[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "log-normal, s = 1": lambda rng, n: np.exp(rng.normal(size=n)),
    "log-normal, s = 1.5": lambda rng, n: np.exp(1.5 * rng.normal(size=n)),
    "80 % zeros": lambda rng, n: np.exp(rng.normal(size=n)) * (rng.random(n) < 0.2),
}


def _unequal(revenue: str, n: int) -> Callable[[np.random.Generator], Afterwards]:
    """Segments of 60, 25, 10 and 5 % and a KPI that has nothing to do with them."""

    def make(rng: np.random.Generator) -> Afterwards:
        labels = rng.choice(4, size=n, p=SHARES)
        return _afterwards(rng.normal(size=(n, 2)), labels, revenue=REVENUE[revenue](rng, n))

    return make


def _test_kpi(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    found = kpi_effects(
        world.outcomes, world.assignments, ["revenue"], seed=_seed(seed), permutations=199
    ).iloc[0]
    low_p = found["p_corrected"] <= P
    passes = low_p and found["effect"] >= EFFECT and found["effect_low"] > 0
    return {"p at most .05": low_p, "gate passes": passes}


def _different(n: int) -> Callable[[np.random.Generator], Afterwards]:
    """Each segment spends half as much again as the one before; 40 % spend nothing."""

    def make(rng: np.random.Generator) -> Afterwards:
        labels = rng.choice(4, size=n, p=SHARES)
        spent = np.exp(rng.normal(size=n)) * 1.5**labels * (rng.random(n) < 0.6)
        return _afterwards(rng.normal(size=(n, 2)), labels, revenue=spent)

    return make


def _chosen_by_kpi(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    """Choose the number of segments by its smallest KPI p-value, then test it."""
    draw, *branches = seed.spawn(9)
    chooses = np.random.default_rng(draw).random(len(world.ids)) < 0.5
    revenue = world.outcomes["revenue"].to_numpy()
    tried = {}
    for k, branch in zip(range(2, 9), branches, strict=False):
        labels = KMeans().fit(world.points, k, seed=branch, starts=2).labels
        test = permuted_welch(revenue[chooses], labels[chooses], seed=k, permutations=99)
        tried[k] = (test.p_value, -test.statistic, k, labels)
    labels = min(tried.values(), key=lambda entry: entry[:3])[3]
    chosen = Afterwards(world.features, world.points, labels, world.outcomes)
    held_out = {"judges": world.ids[~chooses]}
    result = {}
    for measure, judges in (("the other half judges", held_out), ("the same half judges", {})):
        ids = judges or {"judges": world.ids[chooses]}
        found = kpi_effects(
            chosen.outcomes, chosen.assignments, ["revenue"], seed=_seed(branches[-1]),
            permutations=99, **ids,
        )  # fmt: skip
        result[measure] = float(found["p_value"].iloc[0] <= P)
    return result


def _noise_kpi(n: int) -> Callable[[np.random.Generator], Afterwards]:
    def make(rng: np.random.Generator) -> Afterwards:
        points = rng.normal(size=(n, 4))
        return _afterwards(points, np.zeros(n, int), revenue=np.exp(rng.normal(size=n)))

    return make


def _circular(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    """Every door to a test of a feature across the segments it made."""
    feature = "feature_1"
    with_feature = world.outcomes.assign(**{feature: world.features[feature]})
    dictionary = pd.DataFrame({"name": [feature], "role": ["segmenting"]})
    expected = Expectation(feature="feature_2", kpi=feature, direction="positive")
    doors: tuple[Callable[[], object], ...] = (
        lambda: kpi_names(with_feature, dictionary, (feature,)),
        lambda: kpi_effects(
            with_feature, world.assignments, [feature], seed=_seed(seed), segmenting=(feature,)
        ),
        lambda: expectation_hits(
            [expected], world.features, with_feature, world.assignments, segmenting=(feature,)
        ),
    )
    return {"refused": float(all(_refused(door) for door in doors))}


def _refused(door: Callable[[], object]) -> bool:
    try:
        door()
    except ContractError as error:
        return [fault.code for fault in error.faults] == ["circular"]
    return False


# Predictions

TRUTHS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "nothing": lambda x: np.zeros(len(x)),
    "a line": lambda x: 0.7 * x[:, 0] - 0.5 * x[:, 1],
    "a curve": lambda x: 0.6 * (x[:, 0] ** 2 - 1) + 0.5 * x[:, 1],
    "a kink": lambda x: 1.2 * np.abs(x[:, 0]) - 0.8 * np.abs(x[:, 1]),
    "two features together": lambda x: 0.6 * x[:, 0] * x[:, 1] + 0.4 * x[:, 2],
}


def _no_help(
    truth: str, kind: str, n: int, leaving: float
) -> Callable[[np.random.Generator], Afterwards]:
    """Churn and revenue follow the features smoothly; segments are cuts of one crowd.

    Such segments have nothing to add, yet may stand in for the features, and then rightly. On
    development seeds they did so in 1 % of 200 crowds without any relation, and in 1 of 200 round
    crowds of six features whose outcome is a line. Finer cuts keep more of a line: eight segments
    in two features stood in in 23 % of 60 crowds; cuts along the one long axis of a crowd that
    the outcome follows, in 9 of 10 (four or six segments, 120 crowds).
    """

    def make(rng: np.random.Generator) -> Afterwards:
        points = _crowd(kind, n, rng)
        return _behaviour(points, _segments(points, 4, rng), TRUTHS[truth](points), leaving, rng)

    return make


def _help(size: float, n: int) -> Callable[[np.random.Generator], Afterwards]:
    """Besides the features, the segment itself makes a difference."""

    def make(rng: np.random.Generator) -> Afterwards:
        points = _crowd("gauss", n, rng)
        labels = _segments(points, 4, rng)
        signs = np.array([1.0, -1.0, 1.0, -1.0])[labels]
        return _behaviour(points, labels, TRUTHS["a line"](points) + size * signs, 0.3, rng)

    return make


def _clear(shares: str, apart: float) -> Callable[[np.random.Generator], Afterwards]:
    """Groups with gaps between them, each with its own rate of leaving."""
    planted = {"balanced": equal_groups, "unbalanced": unequal_groups}[shares]

    def make(rng: np.random.Generator) -> Afterwards:
        world = planted(4, apart)(rng)
        pull = np.array([-1.2, -0.3, 0.6, 1.2])[world.truth]
        return _behaviour(world.points, world.truth, pull, 0.35, rng)

    return make


def _behaviour(
    points: np.ndarray,
    labels: np.ndarray,
    pull: np.ndarray,
    leaving: float,
    rng: np.random.Generator,
) -> Afterwards:
    """Who is pulled leaves more often, and who stays spends less."""
    n = len(points)
    left = rng.random(n) < 1 / (1 + np.exp(-(np.log(leaving / (1 - leaving)) + pull)))
    spent = np.exp(3 - 0.5 * pull + rng.normal(size=n)).round(2)
    return _afterwards(points, labels, active=1.0 - left, revenue=np.where(left, 0.0, spent))


def _predict(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    found = prediction_verdicts(
        predictive_power(
            world.ids, world.points, world.labels, world.outcomes, seed=_seed(seed), repeats=1
        ),
        p=P,
        gain=GAIN,
    ).set_index("outcome")
    return {
        "adds to churn": found["p_value"]["churn"] <= P,
        "adds to revenue": found["p_value"]["revenue"] <= P,
        "adds to either": found["adds"].any(),
        "adds or leads": (found["adds"] | found["leads"]).any(),
        "stands in": found["stands_in"].any(),
        "passes the gate": (found["adds"] | found["leads"] | found["stands_in"]).any(),
        "called useful": found["useful"].any(),
    }


# Simpler rivals

EFFECTS = np.array([-0.5, 0.5, 0.2, -0.2])


def _rivals(segments: float, rfm: float, n: int) -> Callable[[np.random.Generator], Afterwards]:
    """A KPI that follows the segments and the RFM tiers, each as strongly as told."""

    def make(rng: np.random.Generator) -> Afterwards:
        scores = rng.normal(size=(n, 3))
        labels = rng.permutation(np.arange(n) % 4)
        worth = scores[:, 1:].sum(axis=1)
        cells = (scores[:, 0] < 0) * 2 + (worth > 0)
        level = segments * EFFECTS[labels] + rfm * EFFECTS[cells]
        world = _afterwards(
            scores, labels, active=(rng.random(n) < 1 / (1 + np.exp(-level))) * 1.0,
            revenue=np.exp(level + rng.normal(size=n)),
        )  # fmt: skip
        names = {f"feature_{i + 1}": n for i, n in enumerate(("recency", "frequency", "monetary"))}
        return Afterwards(
            np.exp(world.features.set_index("customer_id").rename(columns=names)).reset_index(),
            scores, labels, world.outcomes,
        )  # fmt: skip

    return make


def _against_rivals(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    found = baseline_verdict(
        compare_baselines(
            world.features, world.labels, world.outcomes, ["active", "revenue"],
            segmenting=["recency", "frequency", "monetary"], seed=_seed(seed), repeats=2,
            draws=499,
        )
    )  # fmt: skip
    return {"better": found == "better", "worse": found == "worse"}


# Contexts


def _regions(structure_in: tuple[str, ...]) -> Callable[[np.random.Generator], Afterwards]:
    """Four groups in some regions, one crowd about their middle in the others."""

    def make(rng: np.random.Generator) -> Afterwards:
        points = equal_groups(4, 5.0, n=1500, d=5)(rng).points
        region = rng.choice(["east", "north", "south"], size=len(points), p=[0.4, 0.35, 0.25])
        crowd = ~np.isin(region, structure_in)
        points[crowd] = rng.normal(size=(int(crowd.sum()), points.shape[1]))
        labels = _segments(points, 4, rng)
        spent = np.exp(rng.normal(size=len(points))) * 1.4**labels
        world = _afterwards(points, labels, revenue=spent)
        return Afterwards(world.features.assign(region=region), points, labels, world.outcomes)

    return make


def _in_context(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    found = context_agreement(
        world.features, world.points, world.labels, world.outcomes, ["revenue"], KMeans(),
        ["region"], seed=_seed(seed), references=39, starts=2, sample_size=500,
    ).set_index("level")["finding"]  # fmt: skip
    other = found.str.contains(OTHER_SEGMENTS)
    return {"any level flagged": (found != "").any(), "south flagged": other["south"]}


AA_KPI = "a KPI that has nothing to do with the segments"
NO_HELP_CASES = {
    f"{truth}, {kind}, n = {n}{', 12 % leave' if leaving < 0.2 else ''}": (truth, kind, n, leaving)
    for truth, kind, n, leaving in (
        *((truth, "gauss", n, 0.3) for truth in TRUTHS for n in (500, 2000)),
        ("a curve", "rfm", 2000, 0.3),
        ("a curve", "lognorm", 2000, 0.3),
        ("a curve", "gauss", 2000, 0.12),
    )
}
UNRELATED_CASES = tuple(name for name, case in NO_HELP_CASES.items() if case[0] == "nothing")

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name=AA_KPI,
        cases={
            f"{revenue}, n = {n}": _unequal(revenue, n) for revenue in REVENUE for n in (300, 1000)
        },
        trial=_test_kpi,
        runs=150,
        slice_runs=3,
        claims=(
            Claim("p at most .05", "the test keeps its error rate", most=0.08, most_each=0.1),
            Claim("gate passes", "the gate is passed by luck rarely", most=0.08),
        ),
    ),
    Experiment(
        name="a KPI that does differ",
        cases={f"n = {n}": _different(n) for n in (1000, 3000)},
        trial=_test_kpi,
        runs=40,
        slice_runs=3,
        claims=(Claim("gate passes", "the difference is found", least=0.6),),
    ),
    Experiment(
        name="a number of segments chosen by a KPI that is noise",
        cases={"n = 600": _noise_kpi(600)},
        trial=_chosen_by_kpi,
        runs=150,
        slice_runs=5,
        claims=(Claim("the other half judges", "held-out customers are not fooled", most=0.08),),
    ),
    Experiment(
        name="a feature tested across the segments that it made",
        cases={"n = 300": _unequal("normal", 300)},
        trial=_circular,
        runs=20,
        slice_runs=2,
        claims=(Claim("refused", "the circular test is refused", least=1.0),),
    ),
    Experiment(
        name="predictions that the segments cannot help",
        cases={name: _no_help(*case) for name, case in NO_HELP_CASES.items()},
        trial=_predict,
        runs=70,
        slice_runs=2,
        claims=(
            Claim("adds to churn", "the test of churn keeps its error rate", most=0.08),
            Claim("adds to revenue", "the test of value keeps its error rate", most=0.08),
            Claim("adds to either", "the segments add by luck rarely", most=0.08),
            Claim("adds or leads", "what the segments know is rarely luck", most=0.08),
            Claim("stands in", "segments stand in for features by luck rarely", most=0.08,
                  cases=UNRELATED_CASES),
            Claim("passes the gate", "the whole gate is passed by luck rarely", most=0.08,
                  cases=UNRELATED_CASES),
            Claim("called useful", "a useless label is called useful rarely", most=0.03),
        ),
    ),
    Experiment(
        name="predictions that the segments do help",
        cases={f"effect {size:g}, n = 2000": _help(size, 2000) for size in (0.4, 0.8)},
        trial=_predict,
        runs=40,
        slice_runs=3,
        claims=(
            Claim("adds to either", "a strong effect is found", least=0.8,
                  cases=("effect 0.8, n = 2000",)),
        ),
    ),
    Experiment(
        name="predictions from segments with gaps between them",
        cases={
            f"{shares}, {apart:g} SD apart": _clear(shares, apart)
            for shares in ("balanced", "unbalanced")
            for apart in (4.0, 6.0)
        },
        trial=_predict,
        runs=25,
        slice_runs=2,
        claims=(
            Claim("stands in", "they do as well as all features", least=0.9),
            Claim("passes the gate", "what they know is found", least=0.95),
        ),
    ),
    Experiment(
        name="segments as good as RFM tiers",
        cases={"neither explains a KPI": _rivals(0, 0, 1000), "both do": _rivals(1, 1, 1000)},
        trial=_against_rivals,
        runs=100,
        slice_runs=4,
        claims=(Claim("better", "the segments are called better rarely", most=0.05),),
    ),
    Experiment(
        name="segments unlike RFM tiers",
        cases={"segments are better": _rivals(1, 0, 1000), "tiers are better": _rivals(0, 1, 1000)},
        trial=_against_rivals,
        runs=30,
        slice_runs=3,
        claims=(
            Claim("better", "better segments are recognised", least=0.9,
                  cases=("segments are better",)),
            Claim("worse", "better tiers are recognised", least=0.9, cases=("tiers are better",)),
        ),
    ),
    Experiment(
        name="segments in several regions",
        cases={
            "everywhere": _regions(("east", "north", "south")),
            "not in the south": _regions(("east", "north")),
        },
        trial=_in_context,
        runs=25,
        slice_runs=2,
        claims=(
            Claim("any level flagged", "no region is blamed for its size", most=0.08,
                  cases=("everywhere",)),
            Claim("south flagged", "the region without them is named", least=0.9,
                  cases=("not in the south",)),
        ),
    ),
)  # fmt: skip
