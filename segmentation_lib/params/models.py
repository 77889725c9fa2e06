"""The parameter file: one frozen model per section, refusing every key it does not know."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from segmentation_lib.calendar import Window, quarter_window
from segmentation_lib.params.destinations import Destination
from segmentation_lib.params.effects import EffectsParams
from segmentation_lib.params.profiling import Journeys, ProfileParams
from segmentation_lib.params.section import FolderName, Name, Period, Section, Share
from segmentation_lib.params.segment_id import SegmentId
from segmentation_lib.params.sources import DataParams
from segmentation_lib.params.validation import Criteria, ValidateParams

__all__ = [
    "ClusterParams",
    "CustomFeature",
    "Exclusion",
    "ImplementParams",
    "Params",
    "PrepareParams",
]

Role = Literal["segmenting", "descriptor"]
Transform = Literal["none", "log", "rank"]
Missing = Literal["refuse", "impute", "unknown"]
AlgorithmName = Literal["kmeans", "mixture", "ward", "fuzzy", "latent_class"]


class CustomFeature(Section):
    """A feature of your own, as a SQL expression that gives one value per customer."""

    table: Literal["orders", "events", "customers", "surveys", "costs"] = Field(
        description="Canonical table the expression reads. Rows outside the window are not seen."
    )
    sql: str = Field(
        min_length=1,
        description="Expression in DuckDB's SQL; an aggregate such as `avg(amount)`, "
        "or a plain expression for `customers`.",
    )
    unit: str = Field(default="", description="Unit as printed in tables, such as `days`.")
    description: str = Field(default="", description="What the feature says, in one sentence.")
    role: Role = Field(default="segmenting", description="What the feature is used for.")
    transform: Transform = Field(default="none", description="Transform before clustering.")
    missing: Missing = Field(default="impute", description="What to do with missing values.")
    tells: Literal["value", "reach"] | None = Field(
        default=None,
        description="What the feature tells of customers: what they `value`, or how to `reach` "
        "them. Guessed from its name if not given.",
    )


class Exclusion(Section):
    """A rule that takes rows away, with what it is for; the quality page shows what it took."""

    name: str = Field(min_length=1, description="Name shown on the quality page.")
    table: Literal["orders", "customers", "events", "outcomes", "surveys", "costs"] = Field(
        default="orders", description="Canonical table the rule works on."
    )
    where: str = Field(
        min_length=1, description="Condition over canonical columns; rows that meet it go."
    )
    reason: str = Field(default="", description="Why, in one sentence.")


class PrepareParams(Section):
    """What becomes a customer, a feature and an outcome."""

    lookback_days: int = Field(
        default=365, ge=28, description="Days before the open that features look at."
    )
    new_days: int = Field(
        default=30, ge=0, description="A customer first seen less than this long ago is NEW."
    )
    min_customers: int = Field(
        default=300, ge=50, description="Fewer active customers than this are refused."
    )
    features_from: Literal["behaviour", "customers"] = Field(
        default="behaviour",
        description="`customers` segments a table of attributes only (a survey, say).",
    )
    features: tuple[Name, ...] | None = Field(
        default=None,
        description="Segmenting features, by name from the catalogue or `custom_features`; "
        "empty for the catalogue's default.",
    )
    descriptors: tuple[Name, ...] | None = Field(
        default=None,
        description="Features for the profiles only; empty for all other available ones.",
    )
    custom_features: dict[Name, CustomFeature] = Field(
        default_factory=dict, description="Features of your own, by name."
    )
    exclude: tuple[Exclusion, ...] = Field(
        default=(), description="Rules that take rows away, applied in order."
    )
    duplicates: Literal["keep", "drop"] = Field(
        default="keep", description="What to do with exactly repeated rows of orders and events."
    )
    coverage_days: int = Field(
        default=7,
        ge=0,
        description="The data may stop this many days before the close and still cover it.",
    )


class ClusterParams(Section):
    """How customers are grouped."""

    algorithms: tuple[AlgorithmName, ...] = Field(
        default=("kmeans", "mixture"),
        min_length=1,
        description="Algorithms to choose from; the evidence picks one.",
    )
    compare: tuple[AlgorithmName, ...] = Field(
        default=("ward", "fuzzy"),
        description="Algorithms whose segments are shown beside the chosen ones; not candidates.",
    )
    k_min: int = Field(default=2, ge=2, le=20, description="Smallest number of segments tried.")
    k_max: int = Field(default=8, ge=2, le=20, description="Largest number of segments tried.")
    k: int | None = Field(
        default=None,
        ge=2,
        le=20,
        description="Number of segments, overriding the rule; needs `k_reason`.",
    )
    k_reason: str | None = Field(
        default=None, description="Who overrides the number of segments, and why."
    )
    refresh: Literal["auto", "keep", "refit", "resegment"] = Field(
        default="auto",
        description="From the second quarter on: `auto` keeps last quarter's model unless "
        "something calls for new segments and they are better; the others need `refresh_reason`.",
    )
    refresh_reason: str | None = Field(
        default=None, description="Who asks for the refresh, and why, such as a launch."
    )
    refresh_months: int = Field(
        default=12, ge=1, description="Age in months after which a model is looked at anew."
    )
    starts: int = Field(default=20, ge=1, description="Starts of every fit that is published.")
    sample_size: int = Field(
        default=5_000,
        ge=1000,
        description="Customers that the starts of a fit look at; the best is finished on all.",
    )
    winsorise: tuple[Share, Share] = Field(
        default=(0.005, 0.995), description="Quantiles at which features are cut off."
    )
    transforms: dict[Name, Transform] = Field(
        default_factory=dict, description="Transform per feature, instead of the catalogue's."
    )
    weights: dict[Name, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="Weight per feature after scaling; 1 when absent."
    )
    missing: dict[Name, Missing] = Field(
        default_factory=dict, description="Missing-value policy per feature."
    )
    one_vote: Share = Field(
        default=0.9,
        description="Features correlated at least this strongly share the weight of one; "
        "1 turns it off.",
    )
    prediction_strength: Share = Field(
        default=0.8, description="Prediction strength that a number of segments must reach."
    )
    parsimony_p: Share = Field(
        default=0.05,
        description="Corrected p-value at which more segments explain a KPI better than fewer.",
    )
    min_share: Share = Field(default=0.04, description="Smallest segment, as a share of customers.")
    min_size: int = Field(default=40, ge=2, description="Smallest segment, in customers.")

    @model_validator(mode="after")
    def _range_of_k(self) -> ClusterParams:
        if self.k_max < self.k_min:
            raise ValueError(
                f"k_max = {self.k_max} is smaller than k_min = {self.k_min}; "
                "set k_max to k_min or more"
            )
        if self.k is not None and not self.k_reason:
            raise ValueError("k overrides the rule and needs k_reason: say who decided it and why")
        if self.refresh != "auto" and not (self.refresh_reason or "").strip():
            raise ValueError(
                f"refresh = {self.refresh} overrides the evidence and needs refresh_reason: say "
                "who decided it and why"
            )
        if self.winsorise[0] >= self.winsorise[1]:
            raise ValueError(
                "winsorise must be a lower and a higher quantile, such as [0.005, 0.995]"
            )
        return self


class AudienceParams(Section):
    """Short rules for the segments, and how truly they must give them to be used as audiences."""

    depth: int = Field(default=4, ge=1, le=4, description="Questions that lead to an answer.")
    least_kappa: Share = Field(
        default=0.9, description="Agreement of all rules with the segments, beyond chance."
    )
    least_recall: Share = Field(
        default=0.8,
        description="Share of a segment that its rule finds, and of those found who are in it.",
    )
    priority: tuple[SegmentId, ...] = Field(
        default=(),
        description="Segments that win where two rules match, first to last; the "
        "others follow by their ID.",
    )
    runs: int = Field(
        default=2, ge=1, description="Nightly runs in a row that a change of segment takes."
    )
    nearer: Share = Field(
        default=0.8,
        description="A customer moves only to a segment that is nearer than this "
        "share of the distance to the present one.",
    )


class ImplementParams(Section):
    """What is handed to operations."""

    valid_days: int = Field(
        default=92, ge=1, description="Days a segment tag stays valid after the close."
    )
    dialects: tuple[Literal["hubspot", "braze", "salesforce", "klaviyo"], ...] = Field(
        default=(), description="Systems for which the customer file is also written."
    )
    destination: Destination | None = Field(
        default=None, description="A database that receives the tags too; none if empty."
    )
    audiences: AudienceParams = Field(
        default_factory=AudienceParams, description="Rules that other systems can run."
    )
    effects: EffectsParams = Field(
        default_factory=EffectsParams, description="Natural experiments, and whom to treat."
    )
    areas: tuple[Literal["marketing", "sales", "product", "success", "finance"], ...] = Field(
        default=("marketing", "sales", "product", "success", "finance"),
        description="Functional areas that get a page of their own.",
    )


class Params(Section):
    """All parameters of one project and quarter."""

    project: FolderName = Field(description="Name of the project; names its folders.")
    title: str = Field(default="", description="Title printed on the pages; the project if empty.")
    period: Period = Field(
        description="The quarter, such as `2026Q3`; a label of your own needs `open` and `close`."
    )
    open: date | None = Field(default=None, description="First day, for a period of your own.")
    close: date | None = Field(
        default=None, description="First day after the period, for a period of your own."
    )
    previous: Period | None = Field(
        default=None, description="The period before, empty in the first quarter."
    )
    partial: bool = Field(
        default=False, description="Accept a quarter that the data do not reach to its end."
    )
    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="Seed of every random choice.")
    small_cell: int = Field(
        default=10, ge=2, description="Counts of fewer people are not shown in reports."
    )
    kpis: tuple[Name, ...] | None = Field(
        default=None,
        description="Outcomes of the quarter that segments must differ in, declared before "
        "clustering; empty for all.",
    )
    criteria: Criteria = Field(
        default_factory=Criteria, description="What makes a segment worth serving."
    )
    data: DataParams = Field(description="Where the tables come from.")
    prepare: PrepareParams = Field(default_factory=PrepareParams, description="Stage 1.")
    cluster: ClusterParams = Field(default_factory=ClusterParams, description="Stage 2.")
    validation: ValidateParams = Field(
        default_factory=ValidateParams, alias="validate", description="Stage 3."
    )
    profile: ProfileParams = Field(default_factory=ProfileParams, description="Stage 4.")
    implement: ImplementParams = Field(default_factory=ImplementParams, description="Stage 5.")

    @model_validator(mode="after")
    def _window_is_known(self) -> Params:
        if (self.open is None) != (self.close is None):
            raise ValueError("open and close go together; give both or neither")
        if self.previous == self.period:
            raise ValueError(f"previous = {self.previous} is this period itself")
        _ = self.window
        return self

    @property
    def window(self) -> Window:
        """The quarter, from its open to its close."""
        if self.open is not None and self.close is not None:
            return Window(self.open, self.close)
        return quarter_window(self.period)

    @property
    def name(self) -> str:
        """The title, or the project's name made readable."""
        return self.title or self.project.replace("_", " ").replace("-", " ").capitalize()

    @property
    def journeys(self) -> Journeys:
        """Events that the parameters name: funnels, nudges, what counts as success."""
        return self.profile.journeys

    def stage(self, name: str) -> Any:
        """Return the section of one stage: ``prepare``, ``cluster``, ... ``implement``."""
        return getattr(self, "validation" if name == "validate" else name)
