"""What every section of the parameter file is made of: its base, and kinds of names."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from segmentation_lib.calendar import quarter_window

__all__ = ["FolderName", "Name", "Period", "Section", "Share"]

Share = Annotated[float, Field(ge=0, le=1)]

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def _plain_name(value: str) -> str:
    if not _NAME.match(value):
        raise ValueError("must be lower-case letters, digits and _ and start with a letter")
    return value


def _folder_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", value):
        raise ValueError("must be letters, digits, - and _ (it names a folder)")
    return value


def _period(value: str) -> str:
    if re.match(r"\d{4}Q", value):
        quarter_window(value)
    return _folder_name(value)


Name = Annotated[str, AfterValidator(_plain_name)]
Period = Annotated[str, AfterValidator(_period)]
FolderName = Annotated[str, AfterValidator(_folder_name)]


class Section(BaseModel):
    """Base of all sections: frozen, and refusing unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
