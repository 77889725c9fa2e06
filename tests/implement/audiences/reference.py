"""What the SQL has to agree with: the segment of each customer by the rules, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.implement.audiences import Audience, matches
from segmentation_lib.implement.audiences.priority import by_priority


def active_segments(audiences: Sequence[Audience], table: pd.DataFrame) -> pd.DataFrame:
    """Return the segment of each customer by the rules.

    Where several rules match, the smallest priority wins; missing where none does.
    """
    chosen = np.full(len(table), None, dtype=object)
    for audience in reversed(by_priority(audiences)):
        chosen[matches(audience, table)] = audience.segment_id
    found = pd.DataFrame({"customer_id": table["customer_id"].astype("str").to_numpy()})
    found["segment_id"] = pd.Series(chosen, dtype="str")
    return found.sort_values("customer_id", ignore_index=True)
