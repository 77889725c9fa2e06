"""The embedded demo: a synthetic online retailer with an app.

What is planted in it is in `segmentation_lib.demo.truth`, which is for tests only: importing this
package does not load it, and no stage of the pipeline may.
"""

from __future__ import annotations

from segmentation_lib.demo.world import DEFAULT_CUSTOMERS, DEFAULT_SEED, QUARTERS
from segmentation_lib.demo.writing import ensure_demo, generator_hash, write_demo

__all__ = [
    "DEFAULT_CUSTOMERS",
    "DEFAULT_SEED",
    "QUARTERS",
    "ensure_demo",
    "generator_hash",
    "write_demo",
]
