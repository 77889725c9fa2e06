"""A run's folder: artefacts by name, written whole or not at all, with a manifest of hashes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import math
import os
import pathlib
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.artefacts import ARTEFACTS, check_table
from segmentation_lib.engine import write_parquet
from segmentation_lib.faults import ContractError, Fault

__all__ = [
    "BusyError",
    "Run",
    "file_hash",
    "folder_hash",
    "to_json",
    "write_atomically",
    "write_folder",
]


class BusyError(RuntimeError):
    """Another process is running the same quarter."""


def file_hash(path: pathlib.Path) -> str:
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_atomically(path: pathlib.Path, content: bytes) -> None:
    """Write a file under a temporary name and rename it, so that it is never half there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def write_folder(path: pathlib.Path, files: Mapping[str, str]) -> None:
    """Write a folder of text files beside its place and swap it in, so that no old file stays.

    Args:
        path: The folder.
        files: Text by path inside it.
    """
    aside, old = path.with_name(f".{path.name}.tmp"), path.with_name(f".{path.name}.old")
    for leftover in (aside, old):
        shutil.rmtree(leftover, ignore_errors=True)
    aside.mkdir(parents=True)
    for name, text in files.items():
        write_atomically(aside / name, text.encode("utf-8"))
    if path.is_dir():
        path.replace(old)
    aside.replace(path)
    shutil.rmtree(old, ignore_errors=True)


def folder_hash(path: pathlib.Path) -> str:
    """Return one SHA-256 of the names and bytes of all files in a folder."""
    lines = [f"{name} {file_hash(path / name)}" for name in _files(path)]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _files(path: pathlib.Path) -> list[str]:
    return sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())


def to_json(value: Any) -> str:
    r"""Return JSON text whose floats carry 10 significant digits, so that reruns agree.

    Numbers that are not finite become ``null``; keys keep the order in which they were given.

    >>> to_json({"share": 1 / 3, "lost": float("nan")})
    '{\n "share": 0.3333333333,\n "lost": null\n}\n'
    """
    return json.dumps(_plain(value), indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.10g}") if math.isfinite(value) else None
    if value is pd.NA or value is pd.NaT:
        return None
    return value


class Run:
    """The folder of one project and period, and what is known of its stages.

    Args:
        folder: ``runs/<project>/<period>``; made when something is first written.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        """Keep the folder; nothing is read or written yet."""
        self.folder = folder

    def path(self, name: str) -> pathlib.Path:
        """Return the file of the artefact ``name``.

        Raises:
            KeyError: There is no such artefact.
        """
        return self.folder / ARTEFACTS[name].file

    def has(self, name: str) -> bool:
        """Tell whether the artefact ``name`` is there."""
        path = self.path(name)
        return path.is_dir() if ARTEFACTS[name].is_folder else path.is_file()

    def hash(self, name: str) -> str | None:
        """Return the hash of an artefact's bytes, or None when it is not there."""
        if not self.has(name):
            return None
        path = self.path(name)
        return folder_hash(path) if ARTEFACTS[name].is_folder else file_hash(path)

    def remove(self, name: str) -> None:
        """Remove an artefact, if it is there."""
        if self.has(name) and ARTEFACTS[name].is_folder:
            shutil.rmtree(self.path(name))
        else:
            self.path(name).unlink(missing_ok=True)

    def write(self, name: str, value: Any) -> None:
        """Write one artefact whole or not at all.

        Args:
            name: Name of the artefact; its file's ending decides the format.
            value: A frame for tables, or a table of the engine, sorted, which never passes through
                memory whole; anything JSON can hold for ``.json``; for a folder its files' text
                by name; text for the rest.

        Raises:
            ContractError: A table breaks its schema; nothing is written then.
        """
        path = self.path(name)
        if ARTEFACTS[name].is_folder:
            write_folder(path, value)
            return
        if isinstance(value, pd.DataFrame):
            check_table(name, value)
        if isinstance(value, ir.Table):
            check_table(name, value.limit(0).to_pandas())
            write_parquet(value, path)
            return
        if path.suffix == ".parquet":
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.tmp")
            value.to_parquet(temporary, index=False, compression="zstd")
            temporary.replace(path)
            return
        if isinstance(value, pd.DataFrame):
            text = value.to_csv(index=False, float_format="%.10g", lineterminator="\n")
        elif path.suffix == ".json" and not isinstance(value, str):
            text = to_json(value)
        else:
            text = value
        write_atomically(path, text.encode("utf-8"))

    def read(self, name: str) -> Any:
        """Read one artefact: a frame, the value of a JSON file, text, or a folder's text by name.

        Raises:
            ContractError: The artefact is missing, or a table breaks its schema.
        """
        path = self.path(name)
        if not self.has(name):
            raise ContractError(
                [
                    Fault(
                        f"{self.folder.parent.name}/{self.folder.name}",
                        f"{ARTEFACTS[name].file} is missing",
                        f"the stage {ARTEFACTS[name].stage} writes it first",
                        f"Run the quarter from {ARTEFACTS[name].stage} on.",
                        "missing_artefact",
                    )
                ]
            )
        if ARTEFACTS[name].is_folder:
            return {file: (path / file).read_text(encoding="utf-8") for file in _files(path)}
        if path.suffix == ".json":
            return json.loads(path.read_text(encoding="utf-8"))
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
        elif path.suffix == ".csv":
            table = _read_csv(name, path)
        else:
            return path.read_text(encoding="utf-8")
        check_table(name, table)
        return table

    @property
    def manifest(self) -> dict[str, Any]:
        """What ``run.json`` says; empty stages when there is none."""
        path = self.folder / "run.json"
        if not path.is_file():
            return {"stages": {}}
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return manifest

    def record(self, stage: str, entry: Mapping[str, Any]) -> None:
        """Put a stage's record into ``run.json``, leaving the other stages as they are."""
        manifest = self.manifest
        manifest["stages"][stage] = dict(entry)
        write_atomically(self.folder / "run.json", to_json(manifest).encode("utf-8"))

    def done(self, stage: str) -> bool:
        """Tell whether ``run.json`` says that a stage was finished."""
        return bool(self.manifest["stages"].get(stage, {}).get("status") == "done")

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run for this process; the system frees it when the process dies.

        Raises:
            BusyError: Another process holds it; the message names it and when it started.
        """
        path = self.folder.parent / f".{self.folder.name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                stream.seek(0)
                owner = stream.read().strip() or "an unknown process"
                name = f"{self.folder.parent.name} {self.folder.name}"
                raise BusyError(
                    f"{name} is already being run by {owner}; wait for it or end it first"
                ) from error
            stream.seek(0)
            stream.truncate()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            stream.write(f"process {os.getpid()}, started {now}")
            stream.flush()
            yield


def _read_csv(name: str, path: pathlib.Path) -> pd.DataFrame:
    columns = ARTEFACTS[name].columns or {}
    text = {column: "str" for column, kind in columns.items() if kind == "text"}
    flags = {column: "bool" for column, kind in columns.items() if kind == "flag"}
    return pd.read_csv(
        path, dtype={**text, **flags}, keep_default_na=False, na_values=[""], encoding="utf-8"
    )
