"""The ten steps in words: what shall be so, where it shows, and what would make it so."""

from __future__ import annotations

__all__ = ["CHECKLIST", "DECIDED", "FIXES", "PLACES"]

CHECKLIST = (
    "Segments hold together and stand apart",
    "They predict what matters",
    "They last",
    "They are profiled",
    "They have names, cards and stories with their evidence",
    "Permanent IDs and tags are in the customer file",
    "Content and actions exist for the segments worth most",
    "KPIs, baselines and targets are set for each segment",
    "Experiments are planned or running for each segment",
    "The quarterly rhythm is set",
)
PLACES = {
    1: "validate.html#finding-structure",
    2: "validate.html#finding-external",
    3: "validate.html#finding-stability",
    4: "profile.html#The-segments,-one-by-one",
    5: "profile.html#The-same,-told-by-reader",
    6: "implement.html#The-customer-file",
    7: "implement.html#Playbook-and-content",
    8: "implement.html#KPIs-and-targets",
    9: "implement.html#Investments-and-their-results",
    10: "council.html",
}
_PLAYBOOK = "Do what the playbook says of the check that failed; until then, use simple tiers."
FIXES = {
    1: _PLAYBOOK,
    2: _PLAYBOOK,
    3: _PLAYBOOK,
    4: "Run the profile stage to its end; journeys need a table of events (data.events).",
    5: "Run the profile stage to its end; what people tell of a segment goes into stories.yaml.",
    6: "The first page says why customer files are withheld; a segment without anybody in the "
    "file lacks consent.",
    7: "Enter a live piece in content.yaml, and a play in playbook.yaml, for each of them.",
    8: "Enter a target of its own for each of them in kpis.yaml, under targets.",
    9: "Enter an experiment in experiments.yaml, or an investment with step: experiment.",
    10: "Owners go into governance.yaml (segment_owners), what teams report into feedback.yaml.",
}
DECIDED = {
    "first": "the first model is made",
    "keep": "the model is kept",
    "refit": "the model is fitted anew",
    "resegment": "the segments are made anew",
}
