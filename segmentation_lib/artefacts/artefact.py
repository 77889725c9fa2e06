"""One named artefact of a run, and the kinds of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["NUMBER", "TEXT", "Artefact", "Kind"]

Kind = Literal["text", "number", "flag", "any"]
TEXT: Kind = "text"
NUMBER: Kind = "number"


@dataclass(frozen=True)
class Artefact:
    """One named artefact.

    Attributes:
        stage: The stage that writes it.
        file: Path inside the run's folder; its ending tells the format. With ``/`` at its end it
            is a folder of text files.
        columns: Columns a table must have, and their kind. More columns are allowed.
        key: Columns that identify a row; no two rows may share them.
    """

    stage: str
    file: str
    columns: Mapping[str, Kind] | None = None
    key: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of text files."""
        return self.file.endswith("/")
