"""The parameter file: what people decided for one project and quarter."""

from segmentation_lib.params.load import build_params, load_params, read_values
from segmentation_lib.params.models import (
    ClusterParams,
    CustomFeature,
    Exclusion,
    Gates,
    ImplementParams,
    Params,
    PrepareParams,
    ProfileParams,
    ValidateParams,
)
from segmentation_lib.params.sources import TABLES, CustomerSource, DataParams, TableSource

__all__ = [
    "TABLES",
    "ClusterParams",
    "CustomFeature",
    "CustomerSource",
    "DataParams",
    "Exclusion",
    "Gates",
    "ImplementParams",
    "Params",
    "PrepareParams",
    "ProfileParams",
    "TableSource",
    "ValidateParams",
    "build_params",
    "load_params",
    "read_values",
]
