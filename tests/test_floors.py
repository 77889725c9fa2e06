"""The house keeps its floors: a room imports only rooms under it."""

from __future__ import annotations

import ast
import pathlib

import pytest

# From the ground floor up; rooms in one row do not see each other.
FLOORS = (
    ("stats", "demo", "faults", "calendar", "words", "small_cells"),
    ("params",),
    ("artefacts", "engine"),
    ("run", "stage_params"),
    ("fingerprint",),
    ("quarter",),
    ("prepare",),
    ("cluster",),
    ("validate",),
    ("profile",),
    ("implement",),
    ("report",),
    ("edition",),
    ("pipeline", "adoption", "succession", "status", "reference", "scoring", "register_checks"),
    ("checking",),
    ("cli",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def _rooms(path: pathlib.Path) -> set[str]:
    """Rooms that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("segmentation_lib"):
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found


def _files(project_root: pathlib.Path) -> list[tuple[str, pathlib.Path]]:
    library = project_root / "segmentation_lib"
    files = [path for path in library.rglob("*.py") if path != library / "__init__.py"]
    return [(path.relative_to(library).parts[0].removesuffix(".py"), path) for path in files]


def test_every_room_has_a_floor(project_root: pathlib.Path) -> None:
    assert {room for room, _ in _files(project_root)} == set(FLOOR)


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_a_room_imports_only_rooms_under_it(project_root: pathlib.Path, room: str) -> None:
    for own, path in _files(project_root):
        if own == room:
            above = {
                seen for seen in _rooms(path) - {room, "open_quarter"} if FLOOR[seen] >= FLOOR[room]
            }
            assert not above, f"{path.name} imports {above}"


def test_the_report_computes_nothing_from_the_stages(project_root: pathlib.Path) -> None:
    stages = {"prepare", "cluster", "validate", "profile", "implement", "stats", "engine", "run"}
    for own, path in _files(project_root):
        if own == "report":
            assert not _rooms(path) & stages, path.name
