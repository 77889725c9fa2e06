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
    ProfileParams,
)
from segmentation_lib.params.sources import TABLES, CustomerSource, DataParams, TableSource
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
    "CustomFeature",
    "CustomerSource",
    "DataParams",
    "Exclusion",
    "Expectation",
    "Gates",
    "ImplementParams",
    "KnockOut",
    "Override",
    "Params",
    "PrepareParams",
    "ProfileParams",
    "TableSource",
    "ValidateParams",
    "build_params",
    "declarations",
    "load_params",
    "read_values",
]
