"""The parameter file: what people decided for one project and quarter."""

from segmentation_lib.params.declared import declarations
from segmentation_lib.params.load import build_params, load_params, read_values
from segmentation_lib.params.models import (
    ClusterParams,
    CustomFeature,
    Exclusion,
    ImplementParams,
    Params,
    PrepareParams,
)
from segmentation_lib.params.profiling import Funnel, Journeys, Nudge, ProfileParams, Voice, Worth
from segmentation_lib.params.qualitative import CuratedQuote, Qualitative, read_qualitative
from segmentation_lib.params.sources import TABLES, CustomerSource, DataParams, TableSource
from segmentation_lib.params.stories import StoryFile, read_stories
from segmentation_lib.params.validation import (
    Criteria,
    Expectation,
    Gates,
    KnockOut,
    Override,
    ValidateParams,
)

__all__ = [
    "TABLES",
    "ClusterParams",
    "Criteria",
    "CuratedQuote",
    "CustomFeature",
    "CustomerSource",
    "DataParams",
    "Exclusion",
    "Expectation",
    "Funnel",
    "Gates",
    "ImplementParams",
    "Journeys",
    "KnockOut",
    "Nudge",
    "Override",
    "Params",
    "PrepareParams",
    "ProfileParams",
    "Qualitative",
    "StoryFile",
    "TableSource",
    "ValidateParams",
    "Voice",
    "Worth",
    "build_params",
    "declarations",
    "load_params",
    "read_qualitative",
    "read_stories",
    "read_values",
]
