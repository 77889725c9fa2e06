"""Keep, refit or re-segment: every trigger, the contest, and what a person's word does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import fit_transforms, match_segments, score
from segmentation_lib.cluster.champion import Champion, find_champion
from segmentation_lib.cluster.contest import Contest, why_not
from segmentation_lib.cluster.incumbent import Admission, held_choice
from segmentation_lib.cluster.refresh import called_for, refresh_model
from segmentation_lib.cluster.refresh_words import held_sentence
from segmentation_lib.cluster.registry import Registry
from segmentation_lib.cluster.today import Today
from segmentation_lib.cluster.triggers import Request, Trigger, returns_trigger, trigger_table
from segmentation_lib.faults import ContractError
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.intervals import Interval

Q1, Q2 = date(2026, 1, 1), date(2026, 4, 1)
SETTINGS = ClusterParams(
    algorithms=("kmeans",), k_min=2, k_max=4, starts=3, winsorise=(0, 1), min_share=0.02
)
CENTRES = np.array([[0.0, 0.0, 0.0], [8.0, 0.0, 0.0], [0.0, 8.0, 0.0]])


def table(group, seed, *, centres=CENTRES, shift=0.0, first=0):
    rng = np.random.default_rng(seed)
    points = centres[group] + rng.normal(size=(len(group), 3)) + shift
    frame = pd.DataFrame(points, columns=["x", "y", "z"])
    frame.insert(0, "state", "ACTIVE")
    frame.insert(0, "customer_id", [f"{first + number:05d}" for number in range(len(group))])
    return frame.astype({"customer_id": "str", "state": "str"})


def dictionary(names=("x", "y", "z")):
    facts = {"role": "segmenting", "kind": "number", "transform": "none", "missing": "refuse"}
    return pd.DataFrame({"name": list(names), **facts, "window": "lookback"})


def today(features, *, opens=Q2, settings=SETTINGS, facts=None, kpis=None):
    facts = dictionary() if facts is None else facts
    transforms = fit_transforms(features, facts, settings)
    kpis = pd.DataFrame(index=range(len(features))) if kpis is None else kpis
    return Today(features, facts, transforms, settings, kpis, opens, "acme", "2026Q2", 1)


GROUP = np.arange(600) % 3
BEFORE = table(GROUP, 1)
SAME = table(GROUP, 2)


@pytest.fixture(scope="module")
def champion():
    first = refresh_model(today(BEFORE, opens=Q1), None)
    return Champion(first.model, first.matching.registry, judged=True)


@pytest.fixture(scope="module")
def kept(champion):
    return refresh_model(today(SAME), champion, before=BEFORE)


def fired(refresh):
    return [one.code for one in refresh.triggers if one.fired]


def test_the_first_quarter_has_no_past():
    first = refresh_model(today(BEFORE, opens=Q1), None)
    assert first.decision == "first"
    assert first.model.segment_ids == ("S01", "S02", "S03")
    assert first.to_json()["champion"] is None
    assert trigger_table(first.triggers).empty
    assert first.choice.k == 3


def test_no_trigger_keeps_the_very_same_model(champion, kept):
    assert (kept.decision, fired(kept), kept.reasons) == ("keep", [], ())
    assert kept.model.hash == champion.model.hash
    assert kept.model.as_of == Q1
    assert kept.choice.k == 3
    assert not kept.choice.kpis_used
    assert kept.choice.table.query("chosen")["k"].tolist() == [3]
    assert "override" not in kept.choice.flags
    assert kept.tone == "good"
    assert kept.sentence.startswith("We keep last quarter's segments: nothing calls for new ones.")


def test_what_is_kept_is_registered_as_kept(champion, kept):
    changes = kept.matching.changes
    assert changes["change"].tolist() == ["kept"] * 3
    assert changes["overlap"].tolist() == [1.0] * 3
    register = kept.matching.registry
    assert (register.period, register.as_of, register.next_number) == ("2026Q2", Q1, 4)
    assert [segment.first_period for segment in register.segments] == ["2026Q2"] * 3


def test_the_challenger_stands_beside_the_champion(kept):
    told = json.loads(json.dumps(kept.to_json()))
    assert told["model"] == told["champion"] != told["challenger"]
    assert told["challenger"]["as_of"] == "2026-04-01"
    assert told["contest"]["ids_kept"] == 3
    assert told["contest"]["agreement"] > 0.99
    assert [one["code"] for one in told["triggers"]] == [
        "asked", "features", "event", "drift", "agreement", "returns", "kpi", "age"
    ]  # fmt: skip


def test_same_seed_same_digits(champion, kept):
    again = refresh_model(today(SAME), champion, before=BEFORE)
    assert again.to_json() == kept.to_json()


def test_a_drift_is_a_refit_that_keeps_number_and_ids(champion):
    moved = table(GROUP, 2, shift=np.array([0.6, 0.6, 0.0]))
    done = refresh_model(today(moved), champion, before=BEFORE)
    assert done.decision == "refit"
    assert "drift" in fired(done)
    assert done.model.segment_ids == champion.model.segment_ids
    assert done.model.hash != champion.model.hash
    assert done.model.as_of == Q2
    assert done.contest.gain.low > 0
    assert "All 3 segments keep their IDs." in done.sentence
    assert any("moved together" in reason for reason in done.reasons)


def test_newcomers_in_a_place_of_their_own_are_a_new_segment(champion):
    group = np.append(GROUP, np.full(110, 3))
    centres = np.vstack([CENTRES, [0.0, 0.0, 9.0]])
    done = refresh_model(today(table(group, 2, centres=centres)), champion, before=BEFORE)
    assert done.decision == "resegment"
    assert "event" in fired(done)
    assert done.model.segment_ids == ("S01", "S02", "S03", "S04")
    changes = done.matching.changes.set_index("segment_id")["change"]
    assert changes["S04"] in ("new", "split")
    assert "3 of 4 segments keep their IDs." in done.sentence


def test_a_segment_that_ended_is_retired_and_its_id_stays_taken(champion):
    there = np.flatnonzero(GROUP < 2)
    gone = SAME.iloc[there].reset_index(drop=True)
    done = refresh_model(today(gone), champion, before=BEFORE)
    assert "event" in fired(done)
    assert done.model.k == 2
    assert len(set(done.model.segment_ids) & set(champion.model.segment_ids)) == 2
    assert done.matching.registry.next_number == 4


def test_an_old_model_that_nothing_beats_is_kept(champion):
    made = champion.model.model_copy(update={"as_of": date(2025, 1, 1)})
    done = refresh_model(today(SAME), replace(champion, model=made), before=BEFORE)
    assert fired(done) == ["age"]
    assert done.decision == "keep"
    assert done.model.hash == made.hash
    assert done.tone == "warn"
    assert "not clearly better: they explain" in done.sentence
    assert done.reasons == ("The model is 15 months old; after 12 months it is looked at anew.",)


def test_a_person_is_obeyed(champion):
    made = refresh_model(today(SAME), champion, before=BEFORE, request=Request("refit", "Ann"))
    assert (made.decision, made.model.as_of) == ("refit", Q2)
    assert made.reasons[0] == "A person asked for segments made anew: Ann."
    moved = table(GROUP, 2, shift=np.array([0.6, 0.6, 0.0]))
    kept = refresh_model(today(moved), champion, before=BEFORE, request=Request("keep", "Ann."))
    assert kept.model.hash == champion.model.hash
    assert kept.reasons[0] == "A person asked to keep them: Ann."


def test_a_number_that_a_person_sets_is_a_change_that_is_asked_for(champion):
    settings = SETTINGS.model_copy(update={"k": 2, "k_reason": "Ann wants two"})
    done = refresh_model(today(SAME, settings=settings), champion, before=BEFORE)
    assert (done.decision, done.model.k) == ("resegment", 2)
    assert "override" in done.choice.flags
    assert done.reasons[0] == "A person set the number of segments to 2: Ann wants two."


def test_the_number_a_person_set_already_is_no_change(champion):
    settings = SETTINGS.model_copy(update={"k": 3, "k_reason": "Ann wants three"})
    done = refresh_model(today(SAME, settings=settings), champion, before=BEFORE)
    assert (done.decision, done.model.hash) == ("keep", champion.model.hash)


def test_features_that_are_gone_cannot_be_kept(champion):
    features, facts = SAME.drop(columns="z"), dictionary(("x", "y"))
    placed = score(champion.model, SAME)
    done = refresh_model(
        today(features, facts=facts), replace(champion, assignments=placed), before=BEFORE
    )
    assert (done.decision, fired(done)) == ("refit", ["features"])
    assert done.model.segment_ids == ("S01", "S02", "S03")
    assert done.contest.gain is None
    assert "features that have changed: z" in done.reasons[0]
    with pytest.raises(ContractError, match="refresh_keep"):
        refresh_model(
            today(features, facts=facts), champion, before=BEFORE, request=Request("keep", "Ann")
        )


def test_a_feature_read_in_another_way_is_a_change(champion):
    facts = dictionary().assign(transform=["rank", "none", "none"])
    transforms = fit_transforms(SAME, facts, SETTINGS)
    assert champion.redefined(transforms) == ("x",)
    same = fit_transforms(SAME, dictionary(), SETTINGS)
    assert champion.redefined(same) == ()
    added = dictionary().assign(window="365 days")
    assert champion.redefined(fit_transforms(SAME, added, SETTINGS)) == ("x", "y", "z")


@pytest.mark.parametrize(("judged", "codes"), [(True, ["kpi"]), (False, [])])
def test_a_failed_exam_counts_for_the_model_that_failed(champion, judged, codes):
    scorecard = {"gates": [{"code": "external", "verdict": "no-go"}]}
    done = refresh_model(
        today(SAME), replace(champion, judged=judged), before=BEFORE, scorecard=scorecard
    )
    assert fired(done) == codes
    assert done.decision == "keep"


def test_too_few_customers_are_not_assessed(champion):
    done = refresh_model(today(SAME), champion, before=BEFORE.head(40))
    measured = {one.code: one.measured for one in done.triggers}
    assert [measured[code] for code in ("event", "drift", "agreement")] == ["not assessed"] * 3
    assert done.decision == "keep"


@pytest.mark.parametrize(
    ("strength", "jaccard", "says"),
    [
        (0.85, float("nan"), "they come back (prediction strength 0.85; at least 0.80 is asked"),
        (0.72, 0.81, "they come back (prediction strength 0.72, a little under 0.80, but a Jaccard "
         "of 0.81 or more in refits)."),
        (0.72, float("nan"), "they come back less surely than is asked for (prediction strength"),
    ],
)  # fmt: skip
def test_what_the_bootstrap_admits_comes_back(strength, jaccard, says):
    assert says in held_sentence(5, strength, 0.8, jaccard)


def trigger(code, action, fires=True):
    return Trigger(code, "", "", "", fires, action)


@pytest.mark.parametrize(
    ("triggers", "action"),
    [
        ([], "keep"),
        ([trigger("event", "resegment", False)], "keep"),
        ([trigger("drift", "refit")], "refit"),
        ([trigger("drift", "refit"), trigger("event", "resegment")], "resegment"),
        ([trigger("asked", "refit"), trigger("event", "resegment")], "refit"),
    ],
)
def test_the_strongest_trigger_speaks_and_a_person_before_all(triggers, action):
    assert called_for(triggers) == action


BETTER = Contest(0.9, Interval(0.04, 0.03, 0.05, 0.95), 4, 4, 4, True, False)
TIE = replace(BETTER, gain=Interval(0.01, -0.01, 0.03, 0.95))


def surer(strength, before, *, admissible=True):
    admissions = Admission(strength, admissible), Admission(before, admissible=False)
    return replace(TIE, admission=admissions[0], admission_before=admissions[1])


@pytest.mark.parametrize(
    ("code", "action", "found", "says"),
    [
        ("drift", "refit", BETTER, ""),
        ("drift", "refit", TIE, "not clearly better"),
        ("drift", "refit", replace(BETTER, ids_kept=3), "only 3 of 4 segments"),
        ("event", "resegment", replace(BETTER, ids_kept=3), ""),
        ("event", "resegment", replace(BETTER, k=5), ""),
        ("kpi", "resegment", replace(BETTER, k=5), "more segments always explain more"),
        ("agreement", "resegment", replace(BETTER, k=5), "more segments always explain more"),
        ("agreement", "resegment", replace(BETTER, k=3, ids_kept=3), ""),
        ("event", "resegment", replace(BETTER, comes_back=False), "come back less surely"),
        ("kpi", "resegment", replace(TIE, kpis_differ=True), ""),
        ("kpi", "resegment", TIE, "not clearly better"),
        ("returns", "resegment", surer(0.85, 0.6), ""),
        ("returns", "resegment", surer(0.82, 0.69), "clearly more surely"),
        ("returns", "resegment", surer(0.95, 0.6, admissible=False), "clearly more surely"),
        ("returns", "resegment", BETTER, "clearly more surely"),
        ("event", "resegment", surer(0.85, 0.6), "not clearly better"),
        ("asked", "refit", TIE, ""),
        ("features", "resegment", replace(TIE, gain=None), ""),
    ],
)
def test_the_title_has_to_be_won(code, action, found, says):
    reason = why_not(action, [trigger(code, action)], found)
    assert says in reason
    assert bool(says) == bool(reason)


def test_another_reason_may_still_be_answered_by_what_explains_more():
    fired = [trigger("returns", "resegment"), trigger("drift", "refit")]
    assert why_not("resegment", fired, BETTER) == ""
    assert "not clearly better" in why_not("resegment", fired, TIE)


ADMITTED, NOT = (lambda strength, flag=flag: Admission(strength, flag) for flag in (True, False))


@pytest.mark.parametrize(
    ("then", "now", "measured", "limit", "fires"),
    [
        (ADMITTED(0.86), NOT(0.71), "0.71, 0.86 last quarter", "at least 0.70", False),
        (ADMITTED(0.86), NOT(0.69), "0.69, 0.86 last quarter", "at least 0.70", True),
        (ADMITTED(0.80), NOT(0.67), "0.67, 0.80 last quarter", "at least 0.66", False),
        # Admitted by bootstrap: from there on down, and not what varies from quarter to quarter.
        (ADMITTED(0.72), NOT(0.59), "0.59, 0.72 last quarter", "at least 0.58", False),
        (ADMITTED(0.72), NOT(0.57), "0.57, 0.72 last quarter", "at least 0.58", True),
        # What never was admissible is challenged each quarter.
        (NOT(0.72), NOT(0.69), "0.69, 0.72 last quarter", "at least 0.70", True),
        (None, NOT(0.69), "0.69", "at least 0.70", True),
        (None, NOT(0.71), "0.71", "at least 0.70", False),
        (None, None, "not assessed", "at least 0.70", False),
        (NOT(0.95), NOT(0.95), "0.95, 0.95 last quarter", "at least 0.70", False),
        (ADMITTED(0.86), NOT(float("nan")), "not assessed", "at least 0.70", False),
    ],
)
def test_segments_that_clearly_do_not_come_back_are_challenged(then, now, measured, limit, fires):
    found = returns_trigger(then, now, 0.8)
    assert (found.measured, found.limit) == (measured, limit)
    assert (found.fired, found.action) == (fires, "resegment")
    assert bool(found.reason) == fires
    assert not returns_trigger(then, now, 0.8, by_hand=True).fired


def test_a_fall_and_a_lasting_lack_are_told_apart():
    fell = returns_trigger(ADMITTED(0.81), NOT(0.5), 0.8).reason
    lasting = returns_trigger(NOT(0.5), NOT(0.5), 0.8).reason
    assert "hardly come back any more (prediction strength 0.50, 0.81 last quarter; " in fell
    assert "as many segments hardly come back (prediction strength 0.50, 0.50 last" in lasting


@pytest.fixture(scope="module")
def four_of_three():
    """A model of four segments where there are three: other halves cut the third one elsewhere."""
    settings = SETTINGS.model_copy(update={"k": 4, "k_reason": "Ann wanted four"})
    first = refresh_model(today(BEFORE, opens=Q1, settings=settings), None)
    return Champion(first.model, first.matching.registry, judged=True)


def test_what_never_came_back_gives_way_to_what_does(four_of_three):
    done = refresh_model(today(SAME), four_of_three, before=BEFORE)
    assert fired(done) == ["returns"]
    assert (done.decision, done.model.k, done.contest.ids_kept) == ("resegment", 3, 3)
    assert done.contest.gain.low <= 0
    assert "3 segments come back (prediction strength " in done.reasons[1]
    told = json.loads(json.dumps(done.to_json()))["contest"]
    assert told["admissible"]
    assert told["strength"] >= 0.9 > 0.7 > told["strength_before"]


def test_a_number_that_a_person_set_is_not_challenged_for_not_coming_back(four_of_three):
    settings = SETTINGS.model_copy(update={"k": 4, "k_reason": "Ann wants four"})
    done = refresh_model(today(SAME, settings=settings), four_of_three, before=BEFORE)
    assert (done.decision, fired(done)) == ("keep", [])


def test_in_one_crowd_the_cut_in_use_is_challenged_and_kept():
    rng = np.random.default_rng(3)
    crowd = [table(np.zeros(600, dtype=int), int(seed)) for seed in rng.integers(0, 99, 2)]
    settings = SETTINGS.model_copy(update={"k_min": 3})
    first = refresh_model(today(crowd[0], opens=Q1, settings=settings), None)
    champion = Champion(first.model, first.matching.registry, judged=True)
    assert "none_admissible" in first.choice.flags
    done = refresh_model(today(crowd[1], settings=settings), champion, before=crowd[0])
    assert "returns" in fired(done)
    assert (done.decision, done.model.hash) == ("keep", champion.model.hash)
    assert "do not come back as surely as is asked for" in done.sentence


def test_admission_is_what_the_choice_says(four_of_three):
    choice = held_choice(today(SAME), four_of_three.model, today(SAME).transforms)
    row = choice.table.query("chosen").iloc[0]
    assert Admission.of(choice) == Admission(row["prediction_strength"], bool(row["admissible"]))
    assert not row["admissible"]


class TestChampion:
    """Who defends the title."""

    def previous(self, champion):
        return (champion.model.to_json(), champion.registry.model_dump(mode="json"))

    def adopted(self, champion, registry=None):
        text = (registry or champion.registry).dump()
        return (json.dumps(champion.model.to_json()), text)

    def test_nobody_defends_in_the_first_quarter(self, champion):
        assert find_champion(opens=Q2, adopted=(None, None), previous=(None, None)) is None

    def test_without_an_adoption_it_is_last_quarters(self, champion):
        found = find_champion(opens=Q2, adopted=(None, None), previous=self.previous(champion))
        assert (found.model.hash, found.judged) == (champion.model.hash, True)

    def test_the_adopted_one_goes_first_and_no_proposed_id_is_used_again(self, champion):
        ids = ("S05", "S06", "S07")
        other = champion.model.with_segment_ids(ids)
        proposed = champion.registry.advance(
            ids, period="2026Q1", as_of=Q1, next_number=8, successors={}
        )
        previous = (other.to_json(), proposed.model_dump(mode="json"))
        found = find_champion(opens=Q2, adopted=self.adopted(champion), previous=previous)
        assert found.model.segment_ids == ("S01", "S02", "S03")
        assert found.registry.next_number == 8
        assert not found.judged

    def test_what_was_adopted_from_this_quarter_does_not_defend_in_it(self, champion):
        later = replace(champion, model=champion.model.model_copy(update={"as_of": Q2}))
        found = find_champion(
            opens=Q2, adopted=self.adopted(later), previous=self.previous(champion)
        )
        assert found.model.as_of == Q1

    def test_a_run_is_the_same_after_its_own_adoption(self, champion):
        ids = champion.model.segment_ids
        kept = champion.registry.advance(
            ids, period="2026Q3", as_of=Q1, next_number=4, successors={}
        )
        found = find_champion(
            opens=Q2,
            period="2026Q3",
            adopted=self.adopted(champion, kept),
            previous=self.previous(champion),
        )
        assert found.registry == champion.registry
        assert found.model == champion.model

    def test_a_register_of_another_adoption_is_refused(self, champion):
        empty = Registry(project="acme")
        with pytest.raises(ContractError, match="S01, S02 and S03"):
            find_champion(
                opens=Q2,
                adopted=self.adopted(champion, empty),
                previous=self.previous(champion),
            )

    @pytest.mark.parametrize(
        ("opens", "months"),
        [(Q1, 0), (Q2, 3), (date(2027, 1, 1), 12), (date(2026, 12, 31), 11)],
    )
    def test_age_is_in_whole_months(self, champion, opens, months):
        assert champion.age_in_months(opens) == months

    def test_a_challenger_is_matched_on_the_same_day(self, champion):
        other = refresh_model(today(SAME), None).model.with_segment_ids(["S09", "S08", "S07"])
        matching = champion.match(other, SAME, period="2026Q2")
        same = match_segments(
            other,
            SAME,
            registry=champion.registry,
            period="2026Q2",
            previous_assignments=score(champion.model, SAME),
        )
        assert sorted(matching.segment_ids) == ["S01", "S02", "S03"]
        assert matching.segment_ids == same.segment_ids


def test_as_many_as_before_only_while_they_come_back(champion):
    # The third segment is drawn into the second one: three no longer come back.
    centres = np.array([[0.0, 0.0, 0.0], [8.0, 0.0, 0.0], [7.0, 1.0, 0.0]])
    moved = table(GROUP, 2, centres=centres, shift=np.array([0.0, 0.0, 1.0]))
    made = champion.model.model_copy(update={"as_of": date(2025, 1, 1)})
    done = refresh_model(today(moved), replace(champion, model=made))
    assert fired(done) == ["age"]
    assert (done.decision, done.model.k) == ("resegment", 2)
    assert "As many as before, 3, no longer come back" in done.reasons[1]
