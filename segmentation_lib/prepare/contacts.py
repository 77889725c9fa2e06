"""Contact columns: handed on to the customer file, and read by nothing else."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.params import Params
from segmentation_lib.params.sources import CustomerSource
from segmentation_lib.prepare.names import slug
from segmentation_lib.prepare.tables import Cleaned

__all__ = ["contact_table"]


def contact_table(cleaned: Cleaned, params: Params) -> pd.DataFrame | None:
    """Return the contact columns of the customers, or None where the parameters name none.

    Args:
        cleaned: The cleaned tables.
        params: All parameters; ``data.customers.contacts`` names the columns.

    Returns:
        ``customer_id`` and the columns as text, missing where empty, by customer.
    """
    source = params.data.customers
    if not isinstance(source, CustomerSource) or not source.contacts or "customers" not in cleaned:
        return None
    columns = [slug(column) for column in source.contacts]
    table = cleaned["customers"].select("customer_id", *columns)
    return cleaned.engine.frame(table.order_by("customer_id"))
