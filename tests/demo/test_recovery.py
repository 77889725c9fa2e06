"""The planted segments can be found from behaviour alone, neither trivially nor in vain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score


def behaviour(tables, as_of):
    """A few plain features of everybody with an order in the 365 days before `as_of`."""
    since = as_of - pd.Timedelta(days=365)
    orders = tables["orders"].drop_duplicates()
    orders = orders.loc[
        (orders["ordered_at"] < as_of)
        & (orders["ordered_at"] >= since)
        & (orders["amount"].abs() < 10_000)
    ]
    sold = orders.loc[orders["amount"] > 0]
    by_customer = sold.groupby("customer_id")
    events = tables["events"].query("occurred_at < @as_of and occurred_at >= @since")
    paid = by_customer["amount"].sum()
    order_count = by_customer["order_id"].nunique()
    discount = by_customer["discount"].sum()
    sessions = events.groupby("customer_id")["session_id"].nunique()
    frame = pd.DataFrame(
        {
            "frequency": np.log1p(order_count),
            "average_order_value": np.log1p(paid / order_count),
            "category_breadth": by_customer["category"].nunique(),
            "app_share": (sold["channel"] == "app").groupby(sold["customer_id"]).mean(),
            "discount_share": discount / (discount + paid),
            "sessions": np.log1p(sessions.reindex(paid.index).fillna(0)),
        }
    )
    customers = tables["customers"].query("account_type == 'customer'")
    signed_up = customers.set_index("customer_id")["signed_up_at"]
    frame = frame.loc[frame.index.map(signed_up) < as_of - pd.Timedelta(days=30)]
    frame = frame.clip(frame.quantile(0.005), frame.quantile(0.995), axis=1)
    return (frame - frame.mean()) / frame.std()


@pytest.mark.parametrize(("as_of", "quarter"), [("2025-04-01", "2025Q1"), ("2025-07-01", "2025Q2")])
def test_k_means_finds_the_six_planted_segments(demo_tables, demo_truth, as_of, quarter):
    features = behaviour(demo_tables, pd.Timestamp(as_of))
    planted = demo_truth.segment_at(quarter).reindex(features.index).to_numpy()
    found = KMeans(6, n_init=10, random_state=0).fit(features).labels_
    agreement = adjusted_rand_score(planted, found)
    # Below 1: the segments overlap, as segments of customers do.
    assert 0.80 <= agreement <= 0.98
    assert np.bincount(found).min() / len(found) >= 0.04
