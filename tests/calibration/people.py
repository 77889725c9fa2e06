"""Who the segments are: traits, markers, descriptors, words and scores, planted and not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.profile.differentiators import bold_traits
from segmentation_lib.profile.markers import attribute_markers
from segmentation_lib.profile.membership import membership_model
from segmentation_lib.profile.names import suggest_names
from segmentation_lib.profile.story.contact import ways_of
from segmentation_lib.profile.traits import trait_table
from segmentation_lib.profile.voice.distinctive import distinctive_words
from segmentation_lib.stats.net_promoter import net_promoter_interval

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

SHARES = np.array([0.4, 0.3, 0.2, 0.1])
NOISE = 8


@dataclass(frozen=True)
class People:
    """Customers in four segments, and what is known of them.

    Attributes:
        features: ``customer_id`` and the columns of the dictionary.
        assignments: ``customer_id`` and ``segment_id``.
        dictionary: ``name, role, table, kind, unit, transform``.
    """

    features: pd.DataFrame
    assignments: pd.DataFrame
    dictionary: pd.DataFrame


def _people(columns: dict[str, np.ndarray], role: str, segment: np.ndarray) -> People:
    ids = [f"{i:06}" for i in range(len(segment))]
    entries = [
        (name, role, "customers", "", "log" if name.endswith("skewed") else "none")
        for name in columns
    ]
    return People(
        pd.DataFrame({"customer_id": ids, **columns}),
        pd.DataFrame({"customer_id": ids, "segment_id": [f"S{g + 1:02}" for g in segment]}),
        pd.DataFrame(entries, columns=["name", "role", "table", "unit", "transform"]),
    )


def traits(n: int, shift: float) -> Callable[[np.random.Generator], People]:
    """Eight columns of noise, half of them skewed, and one shifted in the third segment."""

    def make(rng: np.random.Generator) -> People:
        segment = rng.choice(4, n, p=SHARES)
        noise = rng.normal(size=(NOISE, n))
        columns = {f"noise_{i}": noise[i] for i in range(0, NOISE, 2)}
        columns |= {f"noise_{i}_skewed": np.exp(noise[i]) for i in range(1, NOISE, 2)}
        columns["planted"] = rng.normal(size=n) + shift * (segment == 2)
        return _people(columns, "segmenting", segment)

    return make


def look_for_bold(world: People, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether noise is bold anywhere, and the planted column where it was planted."""
    table = bold_traits(
        trait_table(world.features, world.assignments, world.dictionary),
        world.features, world.assignments, world.dictionary,
        seed=int(seed.generate_state(1)[0]), draws=100,
    )  # fmt: skip
    bold = table[table["bold"]]
    planted = bold[(bold["feature"] == "planted") & (bold["segment_id"] == "S03")]
    return {
        "noise": float(bold["feature"].str.startswith("noise").any()),
        "planted": float(len(planted) == 1),
    }


DEVICES = np.array([0.5, 0.3, 0.15, 0.05])


def visits(n: int, extra: float) -> Callable[[np.random.Generator], People]:
    """Customers with a leaning of their own to four devices; the third segment has another one.

    ``extra`` of its events move from the first device to the third; the first stays common.
    """

    def make(rng: np.random.Generator) -> People:
        segment = rng.choice(4, n, p=SHARES)
        lean = rng.dirichlet(4 * DEVICES, n)
        moved = np.minimum(extra * (segment == 2), lean[:, 0])
        lean[:, 0] -= moved
        lean[:, 2] += moved
        events = 1 + rng.poisson(rng.gamma(0.7, 15, n))
        counts = rng.multinomial(events, lean / lean.sum(axis=1, keepdims=True))
        names = ("phone", "desktop", "tablet", "tv")
        columns = {f"device_share_{d}": counts[:, i] / events for i, d in enumerate(names)}
        return _people(columns, "descriptor", segment)

    return make


def look_for_ways(world: People, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether any segment is said to prefer a way, and the third one the planted way only."""
    table = bold_traits(
        trait_table(world.features, world.assignments, world.dictionary),
        world.features, world.assignments, world.dictionary,
        seed=int(seed.generate_state(1)[0]), draws=60,
    )  # fmt: skip
    found = {name: ways_of(name, {"traits": table}) for name in ("S01", "S02", "S03", "S04")}
    third = found["S03"]
    return {
        "any": float(any(ways.stands_out for ways in found.values())),
        "planted": float(third.stands_out and "on tablet" in third.claims[0]),
        "other": float(third.stands_out and "on tablet" not in third.claims[0]),
    }


@dataclass(frozen=True)
class TwoQuarters:
    """The same segments in two quarters."""

    first: People
    second: People


def quarters(n: int, shift: float, later: float) -> Callable[[np.random.Generator], TwoQuarters]:
    """The third segment is apart in one column, by ``shift`` and then by ``later``."""

    def make(rng: np.random.Generator) -> TwoQuarters:
        return TwoQuarters(traits(n, shift)(rng), traits(n, later)(rng))

    return make


def look_at_names(world: TwoQuarters, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether the name of the first quarter is the third segment's in the second quarter too."""
    names: dict[str, str] = {}
    first: dict[str, str] = {}
    for people in (world.first, world.second):
        table = bold_traits(
            trait_table(people.features, people.assignments, people.dictionary),
            people.features, people.assignments, people.dictionary,
            seed=int(seed.generate_state(1)[0]), draws=60,
        )  # fmt: skip
        first, names = names, suggest_names(table, ["S01", "S02", "S03", "S04"], previous=names)
    if "planted" not in first["S03"]:
        return {}
    return {"kept": float(names["S03"] == first["S03"])}


def attributes(n: int, pull: float) -> Callable[[np.random.Generator], People]:
    """Three attributes of five levels and an age; the first one leans towards its segment."""

    def make(rng: np.random.Generator) -> People:
        segment = rng.choice(4, n, p=SHARES)
        levels = np.array(list("ABCDE"))
        own = np.where(rng.random(n) < pull, segment, rng.choice(5, n))
        plain = rng.choice(5, (2, n), p=[0.5, 0.3, 0.1, 0.07, 0.03])
        age = np.where(rng.random(n) < 0.1, np.nan, rng.normal(40, 12, n))
        columns = {"leaning": levels[own], "region": levels[plain[0]], "plan": levels[plain[1]]}
        return _people({**columns, "age": age}, "descriptor", segment)

    return make


def look_for_markers(world: People, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether any level is called a marker, and whether each segment's own level is."""
    table = attribute_markers(world.features, world.assignments, world.dictionary)
    marked = table[table["marker"]]
    own = {("S01", "A"), ("S02", "B"), ("S03", "C"), ("S04", "D")}
    found = set(zip(marked["segment_id"], marked["level"], strict=True))
    return {
        "any": float(len(marked) > 0),
        "of noise": float((marked["feature"] != "leaning").any()),
        "own": len(own & found) / 4,
    }


def tell(world: People, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether descriptors are said to tell the segments, or any one of them."""
    found = membership_model(
        world.features, world.assignments, world.dictionary, seed=int(seed.generate_state(1)[0])
    )
    used = found.descriptors
    return {
        "told": float(bool(found.told)),
        "any segment": float(found.segments["told"].any()),
        "of noise": float(used.loc[used["descriptor"] != "leaning", "told"].any()),
    }


def answers(
    n: int, say: float, *, phrases: bool = False
) -> Callable[[np.random.Generator], pd.DataFrame]:
    """Answers of ten words from a vocabulary with Zipf's law, or of one of sixty fixed phrases.

    Customers of the third segment use a word of their own with the given chance.
    """

    def make(rng: np.random.Generator) -> pd.DataFrame:
        letters = np.array(list("bcdfghjklmnprstvw"))
        words = np.unique(["".join(row) for row in rng.choice(letters, (500, 6))])
        rng.shuffle(words)
        weights = 1 / np.arange(1, len(words) + 1)
        weights /= weights.sum()
        drawn = rng.choice(words, (60 if phrases else n, 10), p=weights)
        rows = drawn[rng.integers(0, 60, n)] if phrases else drawn
        segment = rng.choice(4, n, p=SHARES)
        says = (segment == 2) & (rng.random(n) < say)
        comments = [
            " ".join(row) + (". Xylophone." if own else "")
            for row, own in zip(rows, says, strict=True)
        ]
        return pd.DataFrame(
            {
                "customer_id": [f"{i:06}" for i in range(n)],
                "segment_id": [f"S{g + 1:02}" for g in segment],
                "answered_at": "2025-01-15",
                "comment": comments,
            }
        )

    return make


def more_writing(
    n: int, *, times: int = 1, longer: int = 1, common: bool = False, say: float = 0.0
) -> Callable[[np.random.Generator], pd.DataFrame]:
    """Answers of eight words that do not depend on the segment, only more of them in the third.

    Its customers answer so many times, and their answers are so many times as long. The words
    follow Zipf's law; or forty words are equally common, as in answers about few things. With the
    given chance an answer from the third segment has one more word, its own.
    """

    def make(rng: np.random.Generator) -> pd.DataFrame:
        letters = np.array(list("bcdfghjklmnprstvw"))
        words = np.unique(["".join(row) for row in rng.choice(letters, (500, 6))])
        rng.shuffle(words)
        words = words[:40] if common else words
        weights = np.ones(len(words)) if common else 1 / np.arange(1, len(words) + 1)
        weights /= weights.sum()
        segment = rng.choice(4, n, p=SHARES)
        rows = [
            (f"{i:06}", f"S{g + 1:02}", f"2025-0{1 + time}-15",
             " ".join(rng.choice(words, 8 * (longer if g == 2 else 1), p=weights))
             + (". Xylophone." if g == 2 and rng.random() < say else ""))
            for i, g in enumerate(segment)
            for time in range(times if g == 2 else 1)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["customer_id", "segment_id", "answered_at", "comment"])

    return make


def look_for_words(world: pd.DataFrame, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether any word is called distinctive, and whether the planted one is."""
    found = distinctive_words(world, language="none")
    planted = (found["word"] == "xylophone") & (found["segment_id"] == "S03")
    return {
        "any": float(len(found) > 0),
        "planted": float((planted & found["shown"]).any()),
        "other": float((found["word"] != "xylophone").any()),
    }


def scores(
    n: int, promoters: float, detractors: float
) -> Callable[[np.random.Generator], tuple[np.ndarray, float]]:
    """Counts of promoters, passives and detractors, and the true score."""

    def make(rng: np.random.Generator) -> tuple[np.ndarray, float]:
        shares = [promoters, 1 - promoters - detractors, detractors]
        return rng.multinomial(n, shares), 100 * (promoters - detractors)

    return make


def score(world: tuple[np.ndarray, float], seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether the interval holds the true score."""
    counts, truth = world
    found = net_promoter_interval(*(int(count) for count in counts))
    return {"covers": float(found.low <= truth <= found.high)}


_WORDLESS = {
    "250 answers": answers(250, 0.0),
    "1500 answers": answers(1500, 0.0),
    "1500 answers of fixed phrases": answers(1500, 0.0, phrases=True),
}

_MORE_WRITING = {
    "600 customers, three answers each": more_writing(600, times=3),
    "600 customers, answers three times as long": more_writing(600, longer=3),
    "1500 customers, answers twice as long": more_writing(1500, longer=2),
    "600 customers, long answers of few words": more_writing(600, longer=3, common=True),
    "600 customers, many long answers": more_writing(600, times=2, longer=2),
}

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="bold traits",
        cases={f"{n} customers": traits(n, 1.0) for n in (250, 1000, 4000)},
        trial=look_for_bold,
        runs=50,
        slice_runs=2,
        claims=(
            Claim("noise", "any of eight columns of noise is bold", most=0.02),
            Claim("planted", "a trait one standard deviation apart is bold", least_each=0.95,
                  cases=("1000 customers", "4000 customers")),
        ),
    ),
    Experiment(
        name="markers among attributes that do not depend on the segment",
        cases={f"{n} customers": attributes(n, 0.0) for n in (250, 1000, 4000)},
        trial=look_for_markers,
        runs=60,
        slice_runs=2,
        claims=(Claim("any", "calls any level a marker", most=0.05, most_each=0.08),),
    ),
    Experiment(
        name="markers where one attribute leans by a quarter towards the segment",
        cases={f"{n} customers": attributes(n, 0.25) for n in (1000, 4000)},
        trial=look_for_markers,
        runs=30,
        slice_runs=2,
        claims=(
            Claim("own", "calls each segment's own level a marker", least_each=0.9,
                  cases=("4000 customers",)),
            Claim("of noise", "calls a level of another attribute a marker", most=0.05),
        ),
    ),
    Experiment(
        name="segments that descriptors do not tell",
        cases={f"{n} customers": attributes(n, 0.0) for n in (120, 400, 1200)},
        trial=tell,
        runs=25,
        slice_runs=1,
        claims=(
            Claim("told", "says that descriptors tell them", most=0.05),
            Claim("any segment", "says so of any segment", most=0.05),
        ),
    ),
    Experiment(
        name="segments that one of four descriptors tells in part",
        cases={f"{n} customers": attributes(n, 0.4) for n in (400, 1200)},
        trial=tell,
        runs=15,
        slice_runs=1,
        claims=(
            Claim("told", "says that descriptors tell them", least_each=0.95),
            Claim("of noise", "credits a descriptor that says nothing", most=0.08),
        ),
    ),
    Experiment(
        name="ways of contact that do not depend on the segment",
        cases={f"{n} customers": visits(n, 0.0) for n in (150, 800, 3000)},
        trial=look_for_ways,
        runs=30,
        slice_runs=2,
        claims=(Claim("any", "says that a segment prefers a way", most=0.03, most_each=0.05),),
    ),
    Experiment(
        name="ways of contact where one segment leans to a way that is not its commonest",
        cases={
            "800 customers, a quarter of events": visits(800, 0.25),
            "3000 customers, a sixth of events": visits(3000, 0.16),
        },
        trial=look_for_ways,
        runs=15,
        slice_runs=2,
        claims=(
            Claim("planted", "names the way that is used more than by all", least_each=0.95),
            Claim("other", "names another way", most=0.03),
        ),
    ),
    Experiment(
        name="suggested names, a quarter later",
        cases={
            "nothing changed, 600 customers": quarters(600, 0.8, 0.8),
            "nothing changed, 2000 customers": quarters(2000, 0.8, 0.8),
            "the trait is gone, 600 customers": quarters(600, 0.8, 0.0),
            "the trait is gone, 2000 customers": quarters(2000, 0.8, 0.0),
        },
        trial=look_at_names,
        runs=12,
        slice_runs=2,
        claims=(
            Claim("kept", "keeps a name that is still true", least_each=0.95,
                  cases=tuple(f"nothing changed, {n} customers" for n in (600, 2000))),
            Claim("kept", "keeps a name that is true no more", most_each=0.05,
                  cases=tuple(f"the trait is gone, {n} customers" for n in (600, 2000))),
        ),
    ),
    Experiment(
        name="words of answers that do not depend on the segment",
        cases=_WORDLESS,
        trial=look_for_words,
        runs=50,
        slice_runs=3,
        claims=(Claim("any", "calls any word distinctive", most=0.05, most_each=0.08),),
    ),
    Experiment(
        name="words of answers where one segment only writes more",
        cases=_MORE_WRITING,
        trial=look_for_words,
        runs=40,
        slice_runs=2,
        claims=(Claim("any", "calls any word distinctive", most=0.05, most_each=0.08),),
    ),
    Experiment(
        name="words of answers with one planted word",
        cases={
            "250 answers, a third says it": answers(250, 0.33),
            "1500 answers, a tenth says it": answers(1500, 0.1),
            "600 customers, long answers, a third says it": more_writing(600, longer=3, say=0.33),
        },
        trial=look_for_words,
        runs=30,
        slice_runs=3,
        claims=(
            Claim("planted", "finds the planted word", least_each=0.95),
            Claim("other", "calls another word distinctive", most=0.05),
        ),
    ),
    Experiment(
        name="intervals of the Net Promoter Score",
        cases={
            f"{n} answers, score {100 * (up - down):.0f}": scores(n, up, down)
            for n in (10, 30, 200)
            for up, down in ((0.5, 0.2), (0.8, 0.05), (0.2, 0.5))
        },
        trial=score,
        runs=400,
        slice_runs=40,
        claims=(Claim("covers", "the 95% interval holds the true score", least=0.94,
                      least_each=0.92),),
    ),
)  # fmt: skip
