"""The folder of scored days: one folder a day, whole or not at all, and never changed later."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.tags import LEDGER_COLUMNS, read_csv_text
from segmentation_lib.implement.tags.among import among
from segmentation_lib.run import Run, file_hash, to_json, write_atomically

__all__ = [
    "DELTA",
    "EVENTS",
    "MANIFEST",
    "STATE",
    "Night",
    "ScoredDays",
    "scoring_events",
    "tags_held",
]

EVENTS, STATE = "membership_events.csv", "state.parquet"
# Only what lies in exports is handed on, as in a quarter's run.
DELTA, MANIFEST = "exports/crm_delta.csv", "exports/crm_delta.manifest.json"
_REPORT = "score.json"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Night:
    """One scored day.

    Attributes:
        day: The day, as of which everybody was scored.
        folder: Its folder.
        report: What its ``score.json`` says.
    """

    day: date
    folder: pathlib.Path
    report: Mapping[str, Any]

    def events(self) -> pd.DataFrame:
        """Return the events of the day, in their order; columns of the membership ledger.

        Raises:
            ContractError: The file is missing or was changed after it was written.
        """
        return self._table(EVENTS)[list(LEDGER_COLUMNS)]

    def delta(self) -> pd.DataFrame:
        """Return what the CRM was told of the day: ``action`` and columns of the customer file.

        Raises:
            ContractError: The file is missing or was changed after it was written.
        """
        return self._table(DELTA)

    def state(self) -> pathlib.Path:
        """Return the file with everybody's segment and candidate after the day.

        Raises:
            ContractError: The file is missing or was changed after it was written.
        """
        return self._sound(STATE)

    def _table(self, name: str) -> pd.DataFrame:
        return read_csv_text(self._sound(name).read_bytes().decode("utf-8"))

    def _sound(self, name: str) -> pathlib.Path:
        path = self.folder / name
        if path.is_file() and file_hash(path) == self.report["files"][name]:
            return path
        found = "was changed after it was written" if path.is_file() else "is missing"
        raise ContractError(
            [
                Fault(
                    f"scoring/{self.day}/{name}",
                    f"the file {found}",
                    "a scored day is never changed, because later days go on from it",
                    "Put the file back as it was.",
                    "scoring_changed",
                )
            ]
        )


class ScoredDays:
    """The scored days of one project, ``runs/<project>/scoring``.

    Args:
        root: The project's root.
        project: Name of the project.
    """

    def __init__(self, root: pathlib.Path, project: str) -> None:
        """Keep the folder; nothing is read or written yet."""
        self._run = Run(root / "runs" / project / "scoring")
        self.folder = self._run.folder
        # One process at a time scores a project, whatever the day.
        self.lock = self._run.lock

    def nights(self, after: date = date.min, until: date = date.max) -> list[Night]:
        """Return the days that were scored, in order.

        Args:
            after: Only days later than this one.
            until: Only days up to and with this one.
        """
        if not self.folder.is_dir():
            return []
        named = [path for path in self.folder.iterdir() if _DAY.fullmatch(path.name)]
        days = {date.fromisoformat(path.name): path for path in named if path.is_dir()}
        return [
            Night(day, days[day], json.loads((days[day] / _REPORT).read_text(encoding="utf-8")))
            for day in sorted(days)
            if after < day <= until
        ]

    def write(
        self,
        day: date,
        report: Mapping[str, Any],
        files: Mapping[str, Callable[[pathlib.Path], None]],
    ) -> Night:
        """Write one scored day, whole or not at all.

        The files are written aside and the folder is renamed at the end: a process that is killed
        on the way leaves no day behind. Call it while the lock is held.

        Args:
            day: The day; it must not be there yet.
            report: What ``score.json`` is to say; the hashes of the files are added.
            files: By name, what writes each file to a path.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob(".aside-*"):
            shutil.rmtree(leftover)
        aside = self.folder / f".aside-{day}"
        aside.mkdir()
        for name, write in files.items():
            (aside / name).parent.mkdir(exist_ok=True)
            write(aside / name)
            _flush(aside / name)
        told = {**report, "files": {name: file_hash(aside / name) for name in sorted(files)}}
        write_atomically(aside / _REPORT, to_json(told).encode("utf-8"))
        aside.rename(self.folder / day.isoformat())
        _flush(self.folder)
        return Night(day, self.folder / day.isoformat(), told)


def scoring_events(
    root: pathlib.Path, project: str, after: date, until: date
) -> list[pd.DataFrame]:
    """Return the events of the days scored between two quarters' last days.

    Args:
        root: The project's root.
        project: Name of the project.
        after: Last day of the quarter before; days up to and with it are left out.
        until: Last day of the quarter; days up to and with it are in.

    Returns:
        One frame per scored day, in order, with the columns of the membership ledger; the
        ``nights`` of `segmentation_lib.implement.tags.quarter_ledger`.

    Raises:
        ContractError: A file is missing or was changed after it was written.
    """
    return [night.events() for night in ScoredDays(root, project).nights(after, until)]


def tags_held(
    root: pathlib.Path, project: str, previous: Run | None, after: date, until: date
) -> pd.DataFrame | None:
    """Return the customer file as a CRM holds it after the days scored since.

    A quarter's delta starts from it: a tag that a night moved, and the close moved back, must be
    sent again, though two customer files in a row are the same.

    Args:
        root: The project's root.
        project: Name of the project.
        previous: The run of the quarter before; None where there was none.
        after: Its day; days up to and with it are left out.
        until: Last day of the quarter; days up to and with it are in.

    Returns:
        The rows of its customer file, each as the last day that named its customer wrote it, to
        the letter. A column that a day did not know is empty there. None where there is no file.
    """
    if previous is None or not previous.has("crm"):
        return None
    # Not as a table of numbers and flags: a telephone number keeps its zeros, and true stays true.
    held = read_csv_text(previous.path("crm").read_bytes().decode("utf-8"))
    for night in ScoredDays(root, project).nights(after, until):
        told = night.delta().reindex(columns=held.columns, fill_value="")
        kept = held[~among(held["external_id"], told["external_id"])]
        held = pd.concat([kept, told])
    return held.sort_values("external_id", ignore_index=True)


def _flush(path: pathlib.Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
