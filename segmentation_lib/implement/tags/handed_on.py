"""A folder of files for other systems, checked before it is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segmentation_lib.faults import Fault
from segmentation_lib.implement.tags.manifest import FORMAT
from segmentation_lib.implement.tags.targets import TARGETS
from segmentation_lib.implement.tags.verify import verify, verify_dialect

__all__ = ["Verified", "verify_handed_on"]

_MANIFESTS = "*.manifest.json"
# A dialect's file lies two folders below the manifest.
_ABOVE = 3
_NEEDED = {"file", "rows", "sha256", "columns"}


@dataclass(frozen=True)
class Verified:
    """What the check of one file, or of one system's files, found.

    Attributes:
        name: The file, or the folder of the system's files, as seen from the manifest.
        rows: Rows that the manifest promises; None where it does not speak of the file.
        faults: What is wrong; none when it can be loaded.
    """

    name: str
    rows: int | None
    faults: tuple[Fault, ...]

    @property
    def lines(self) -> list[str]:
        """What to tell whoever loads the file, a line each."""
        if self.faults:
            return [str(fault) for fault in self.faults]
        if self.rows is None:
            return [f"{self.name}: not checked, its manifest does not speak of it."]
        return [f"{self.name}: as its manifest says, {self.rows:,} rows."]


def verify_handed_on(path: Path) -> list[Verified]:
    """Check files for other systems against the manifest beside them.

    Args:
        path: A file, the folder of exports, the folder of one system in it, or a folder that
            holds the folder ``exports``, such as a quarter's run. Of a system that got its data
            in parts, all parts are checked together.

    Returns:
        One entry for each file and system under the path; a single entry with the fault where
        there is nothing to check. Files that the manifest names and that are not there are left
        out: not every system is given every file. Of a whole folder, a table that the manifest
        does not name is said to be unchecked.
    """
    if not path.exists():
        return [_nothing(path, "there is no such file or folder", "Correct the path.")]
    asked = path.resolve()
    manifest = _manifest(asked)
    if manifest is None:
        fix = "Take the whole folder of exports: the manifest says what the files must be."
        return [_nothing(path, "there is no manifest for it", fix)]
    folder = manifest.parent
    everything = folder.is_relative_to(asked) or asked == manifest
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError:
        said = None
    if not _is_manifest(said):
        fix = "Take the whole folder of exports again."
        return [_nothing(manifest, f"it is no manifest of the format {FORMAT}", fix)]
    found = [
        checked
        for place, checked in _checked(folder, said)
        if everything or place.is_relative_to(asked) or place in (asked, asked.parent)
    ]
    if everything:
        found += _unnamed(folder, said)
    fix = "Give a file that the manifest names, or the folder that holds it."
    return found or [_nothing(path, f"{manifest.name} names no file there", fix)]


def _manifest(asked: Path) -> Path | None:
    """Return the manifest that speaks of a path: in it, in its ``exports``, or above it."""
    if asked.match(_MANIFESTS):
        return asked
    for folder in (asked / "exports", asked, *asked.parents[:_ABOVE]):
        for manifest in sorted(folder.glob(_MANIFESTS)):
            return manifest
    return None


def _is_manifest(said: Any) -> bool:
    """Tell whether it is a whole manifest, not one that was cut off or that somebody wrote."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        return False
    entries = [said, *said.get("also", ())]
    return all(isinstance(one, dict) and set(one) >= _NEEDED for one in entries)


def _checked(folder: Path, said: Mapping[str, Any]) -> Iterator[tuple[Path, Verified]]:
    """Check all that lies in a folder and that its manifest speaks of."""
    for entry in (said, *said.get("also", ())):
        place = folder / entry["file"]
        if place.is_file():
            faults = verify(place.read_bytes(), entry)
            yield place, Verified(entry["file"], entry["rows"], tuple(faults))
    for target in TARGETS.values():
        place = folder / "dialects" / target.name
        files = {path.name: path.read_bytes() for path in sorted(place.glob("*.csv"))}
        if files:
            faults = verify_dialect(files, target.name, said)
            yield place, Verified(f"dialects/{target.name}", said["rows"], tuple(faults))


def _unnamed(folder: Path, said: Mapping[str, Any]) -> list[Verified]:
    named = {entry["file"] for entry in (said, *said.get("also", ()))}
    others = sorted({path.name for path in folder.glob("*.csv")} - named)
    return [Verified(name, None, ()) for name in others]


def _nothing(path: Path, found: str, fix: str) -> Verified:
    rule = "files for other systems are checked against their manifest"
    return Verified(str(path), 0, (Fault(str(path), found, rule, fix, "no_manifest"),))
