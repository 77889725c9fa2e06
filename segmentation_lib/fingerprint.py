"""One hash of all that decides a stage's result, so that an unchanged stage is skipped."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import pathlib
import platform

from segmentation_lib.artefacts import STAGES
from segmentation_lib.params import Params
from segmentation_lib.run import file_hash
from segmentation_lib.stage_params import stage_settings

__all__ = ["NOTEBOOKS", "fingerprint", "hash_if_there", "library_hash", "source_hashes", "versions"]

NOTEBOOKS = {stage: f"{number:02d}_{stage}.ipynb" for number, stage in enumerate(STAGES, 1)}
_PACKAGES = ("duckdb", "ibis-framework", "matplotlib", "numpy", "pandas", "papermill", "pyarrow",
             "scikit-learn", "scipy", "seaborn")  # fmt: skip


def fingerprint(root: pathlib.Path, params: Params, stage: str) -> str:
    """Return one hash of all that decides a stage's result but for its inputs.

    It covers the parameters the stage may read, its notebook, the library and the versions of
    Python and the packages that compute.
    """
    digest = hashlib.sha256()
    notebook = root / "notebooks" / NOTEBOOKS[stage]
    for part in (
        repr(stage_settings(params, stage)),
        repr(versions()),
        file_hash(notebook) if notebook.is_file() else "",
        library_hash(),
    ):
        digest.update(part.encode("utf-8") + b"\0")
    return digest.hexdigest()


def library_hash() -> str:
    """Return the hash of all files of the library that can change a result or a page."""
    folder = pathlib.Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".j2", ".css", ".md"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that compute."""
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), **packages}


def source_hashes(root: pathlib.Path, params: Params) -> dict[str, str | None]:
    """Return the hash of every source file that is there, by ``source:`` and its path."""
    paths = sorted({source.path for source in params.data.tables.values()})
    return {f"source:{path}": hash_if_there(root / os.path.expandvars(path)) for path in paths}


def hash_if_there(path: pathlib.Path) -> str | None:
    """Return the hash of a file, or None where there is none."""
    return file_hash(path) if path.is_file() else None
