"""The parameter file: what people decided for one project and quarter."""

from segmentation_lib.params.declared import declarations
from segmentation_lib.params.load import build_params, load_params, read_values
from segmentation_lib.params.models import (
    ClusterParams,
    Criteria,
    CustomFeature,
    Exclusion,
    Expectation,
    Gates,
    ImplementParams,
    KnockOut,
    Override,
    Params,
    PrepareParams,
    ProfileParams,
    ValidateParams,
)
from segmentation_lib.params.sources import TABLES, CustomerSource, DataParams, TableSource

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
