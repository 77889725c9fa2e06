"""A clone to run quarters in: the project's notebooks and parameters, and data of its own."""

from __future__ import annotations

import hashlib
import pathlib
import shutil
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from segmentation_lib import cli

# Small numbers where a test is about the machinery and not about the statistics.
QUICK: Mapping[str, Any] = {
    "cluster": {"k_max": 4, "starts": 3, "algorithms": ["kmeans"], "compare": ["ward"]},
    "validate": {"bootstraps": 20, "null_draws": 19, "permutations": 199, "sample_size": 300},
}


class Workspace:
    """A folder that looks like a clone of the project.

    Args:
        root: Where it is.
        project_root: The project whose notebooks and parameters it gets.
    """

    def __init__(self, root: pathlib.Path, project_root: pathlib.Path) -> None:
        self.root = root
        for name in ("notebooks", "params"):
            if not (root / name).exists():
                shutil.copytree(
                    project_root / name,
                    root / name,
                    ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
                )
        (root / "data").mkdir(exist_ok=True)

    def segment(self, *words: str) -> int:
        """Run the command in this clone, and return its exit code."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SEGMENT_ROOT", str(self.root))
            patch.chdir(self.root)
            return cli.main(words)

    def write_params(self, project: str, period: str, **sections: Any) -> str:
        """Write a parameter file of the quick kind, and return its name."""
        values = {"project": project, "period": period, "seed": 5, **QUICK, **sections}
        path = self.root / "params" / project / f"{period}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({"params": values}, sort_keys=False), encoding="utf-8")
        return f"params/{project}/{period}.yaml"

    def files(self, folder: str) -> dict[str, str]:
        """Return the hash of every file in a folder that must be the same in every run.

        Executed notebooks, ``run.json``, the log and the lock hold times, so they are left out.
        """
        base = self.root / folder
        return {
            path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(base.rglob("*"))
            if path.is_file()
            and path.name not in ("run.json", "run.log")
            and path.suffix != ".lock"
            and path.parent.name != "notebooks"
        }


def two_kinds_of_shoppers(customers: int = 500, *, seed: int = 1) -> pd.DataFrame:
    """Orders from January 2025 to September 2025 of two planted kinds of customers.

    The first half buys often and little, the second rarely and much; both go on doing so.
    """
    rng = np.random.default_rng(seed)
    often = np.arange(customers) < customers // 2
    count = rng.poisson(np.where(often, 30, 5)) + 2
    who = np.repeat(np.arange(customers), count)
    days = rng.uniform(0, 273, len(who))
    amount = np.exp(rng.normal(np.where(often[who], 2.5, 4.5), 0.4))
    return pd.DataFrame(
        {
            "order_id": [f"O{i:06d}" for i in range(len(who))],
            "customer_id": [f"{i:05d}" for i in who],
            "ordered_at": pd.Timestamp("2025-01-01") + pd.to_timedelta(np.floor(days), unit="D"),
            "amount": amount.round(2),
        }
    ).sort_values(["ordered_at", "order_id"], ignore_index=True)


def one_crowd(customers: int = 500, *, seed: int = 1) -> pd.DataFrame:
    """Orders of customers who are all alike, so that nothing they do tells the next quarter."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), rng.poisson(9, customers) + 2)
    return pd.DataFrame(
        {
            "order_id": [f"O{i:06d}" for i in range(len(who))],
            "customer_id": [f"{i:05d}" for i in who],
            "ordered_at": pd.Timestamp("2025-01-01")
            + pd.to_timedelta(rng.integers(0, 273, len(who)), unit="D"),
            "amount": np.exp(rng.normal(3, 0.5, len(who))).round(2),
        }
    ).sort_values(["ordered_at", "order_id"], ignore_index=True)
