"""Publishing a report: built aside, swapped in whole, never half there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

__all__ = ["publish", "publish_page", "recover"]


def publish(pages: Mapping[str, str], folder: Path) -> None:
    """Replace a report by a new one, all at once.

    The pages are written to a sibling folder. Then the old report is renamed away, the new one
    renamed in, and the old one deleted. If the machine stops in between, the next call, or
    `recover`, puts things right.

    Args:
        pages: Text by file name relative to the folder; a name may have folders in it.
        folder: The report's folder; its parents are made if need be.

    Raises:
        ValueError: There are no pages, or a name leads out of the folder.
    """
    if not pages:
        raise ValueError(f"there are no pages to publish in {folder.name}")
    for name in pages:
        inside = PurePosixPath(name)
        if inside.is_absolute() or not inside.parts or ".." in inside.parts or "\\" in name:
            raise ValueError(f"page {name!r} must be a path inside of the report's folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    new, old = _aside(folder)
    for name in sorted(pages):
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, pages[name])
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def publish_page(text: str, path: Path) -> None:
    """Replace one page at once, such as the list of all reports."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    _write(new, text)
    new.replace(path)


def recover(folder: Path) -> bool:
    """Put a report right whose publishing was interrupted.

    A report that had been renamed away comes back; what was being built is deleted.

    Args:
        folder: The report's folder.

    Returns:
        Whether something had to be put right.
    """
    new, old = _aside(folder)
    found = new.exists() or old.exists()
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (new, old):
        if leftover.exists():
            shutil.rmtree(leftover)
    return found


def _aside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
