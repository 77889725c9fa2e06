"""What pages are made of: plain values that the pipeline fills from a run's artefacts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from segmentation_lib.report.figures import Chart

__all__ = [
    "OVERVIEW",
    "PAGES",
    "PLAYBOOK",
    "ActionView",
    "GateView",
    "Grade",
    "HomeEntry",
    "KeyFigure",
    "OverviewView",
    "PageContext",
    "SegmentView",
    "Verdict",
]

Verdict = Literal["GO", "GO WITH LIMITS", "NO-GO"]
GateVerdict = Literal["go", "limits", "no-go", "not assessed"]
Grade = Literal["experiment", "quasi-experiment", "association", "assumption", "open"]

OVERVIEW = "index"
PAGES = {
    OVERVIEW: "Overview",
    "prepare": "Prepare",
    "cluster": "Cluster",
    "validate": "Validate",
    "profile": "Profile",
    "implement": "Implement",
}
PLAYBOOK = "playbook"


@dataclass(frozen=True)
class PageContext:
    """What every page of one quarter's report says about itself.

    Attributes:
        project: Title of the project.
        period: The quarter, such as ``2026Q3``.
        opens: First day of the quarter.
        last_day: Last day of the quarter.
        lookback_from: First day that features look back to.
        parameters_hash: Hash of the parameters.
        model_hash: Hash of the model; empty where there is none.
        version: Version of the library.
        currency: Three-letter code for amounts.
        partial: Whether the data end before the quarter does.
        data_until: Last day in the data; shown where the quarter is partial.
        undated: Whether features carry no date, so that nobody knows what days they describe.
        page: The page at hand: ``index``, a stage's name or ``playbook``.
        home: Address of the list of all reports, from this page.
    """

    project: str
    period: str
    opens: date
    last_day: date
    lookback_from: date
    parameters_hash: str
    model_hash: str = ""
    version: str = ""
    currency: str = "EUR"
    partial: bool = False
    data_until: date | None = None
    undated: bool = False
    page: str = OVERVIEW
    home: str = "../../index.html"

    def __post_init__(self) -> None:
        """Refuse a page that the report does not have."""
        if self.page not in (*PAGES, PLAYBOOK):
            raise ValueError(f"page {self.page!r} is not one of {', '.join(PAGES)}")

    def at(self, page: str) -> PageContext:
        """Return the context of another page of the same report."""
        return replace(self, page=page)


@dataclass(frozen=True)
class KeyFigure:
    """One large number at the top of the overview: label, value and change, as shown."""

    label: str
    value: str
    change: str = ""


@dataclass(frozen=True)
class SegmentView:
    """One segment at a glance.

    Attributes:
        id: Permanent ID, such as ``S01``.
        name: Name given by people, or suggested.
        customers: Customers in it at the close.
        customer_share: Share of all segmented customers when the quarter opened, 0 to 1.
        value: Value of the segment in the quarter; None where it is not known.
        value_share: Share of the value of all segmented customers, 0 to 1.
        value_per_customer: Value per customer.
        value_index: Value per customer with the average of all as 100.
        traits: Two or three phrases.
        change: What changed against the last quarter, as shown; empty in the first quarter.
        customers_before: Customers at the last close, if there was one.
        note: A warning that belongs to this segment, such as a weak stability.
    """

    id: str
    name: str
    customers: int
    customer_share: float
    value: float | None = None
    value_share: float | None = None
    value_per_customer: float | None = None
    value_index: float | None = None
    traits: tuple[str, ...] = ()
    change: str = ""
    customers_before: int | None = None
    note: str = ""


@dataclass(frozen=True)
class GateView:
    """One gate of the scorecard.

    Attributes:
        code: Short stable code, such as ``stability``.
        title: The question that the gate asks, in plain words.
        verdict: ``go``, ``limits``, ``no-go`` or ``not assessed``.
        measure: Name of the measure.
        value: The measured value, as shown.
        threshold: The threshold, as shown.
        sentence: The answer in one sentence.
    """

    code: str
    title: str
    verdict: GateVerdict
    measure: str = ""
    value: str = ""
    threshold: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class ActionView:
    """One thing to do next.

    Attributes:
        segment_id: The segment it is for; empty for all.
        action: What to do, as an imperative.
        why: The evidence, with its numbers.
        grade: How strong the evidence is.
    """

    segment_id: str
    action: str
    why: str
    grade: Grade


@dataclass(frozen=True)
class OverviewView:
    """All that the overview of one quarter shows.

    Attributes:
        verdict: ``GO``, ``GO WITH LIMITS`` or ``NO-GO``.
        verdict_sentence: The answer to "should we use these segments?".
        reasons: Why, one sentence each.
        withheld: What is withheld, and why, one sentence each.
        sheets: Pages for one team each, and for leadership: name of the file and title.
        overrides: Decisions of people that override a gate or a choice, one sentence each.
        key_figures: Up to four large numbers.
        changes: What changed this quarter, three to five sentences.
        segments: The segments, in the order to be shown.
        not_segmented: Labels and counts of customers outside of the segments.
        value_label: What value means, such as ``revenue in the quarter``.
        value_is_money: Whether value is an amount; if not, it is shown without a currency.
        has_value: Whether value is known; if not, customers are only counted.
        migration: Chart of the moves since the last quarter.
        migration_sentence: The same in one sentence, or why there is none.
        assumptions: How many of the answers about the segments are assumed; empty if unknown.
        actions: What to do next.
        gates: The scorecard.
        previous: The last quarter; empty in the first.
    """

    verdict: Verdict
    verdict_sentence: str
    reasons: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    sheets: tuple[tuple[str, str], ...] = ()
    overrides: tuple[str, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    changes: tuple[str, ...] = ()
    segments: tuple[SegmentView, ...] = ()
    not_segmented: tuple[tuple[str, int], ...] = ()
    value_label: str = "value"
    value_is_money: bool = True
    has_value: bool = True
    migration: Chart | None = None
    migration_sentence: str = ""
    assumptions: str = ""
    actions: tuple[ActionView, ...] = ()
    gates: tuple[GateView, ...] = ()
    previous: str = ""


@dataclass(frozen=True)
class HomeEntry:
    """One report in the list of all reports.

    Attributes:
        project: Title of the project.
        period: The quarter.
        verdict: ``GO``, ``GO WITH LIMITS`` or ``NO-GO``.
        href: Address of its overview, from the list.
        sentence: The verdict in one sentence.
        segments: Count of segments.
        customers: Count of segmented customers.
        partial: Whether the quarter was partial.
    """

    project: str
    period: str
    verdict: Verdict
    href: str
    sentence: str = ""
    segments: int | None = None
    customers: int | None = None
    partial: bool = False
