"""Stories and quotes, read and held against the segments there are, all faults in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.qualitative import read_qualitative
from segmentation_lib.params.registers.references import KnownSegment, segment_faults
from segmentation_lib.params.registers.register import Reference
from segmentation_lib.params.stories import StoryFile, read_stories
from segmentation_lib.params.strict_yaml import read_yaml

__all__ = ["TOLD_FILES", "told_faults", "told_stories"]

TOLD_FILES = ("stories.yaml", "qualitative.yaml")
_STORIES, _QUOTES = TOLD_FILES
_ID = re.compile(r"S\d{2,}")


def told_faults(
    texts: Mapping[str, str | None], known: Mapping[str, KnownSegment] | None, *, folder: str = ""
) -> list[Fault]:
    """Return what is wrong with stories and quotes, by themselves and against the segments.

    What was said of a segment stays when it is retired, so a retired one may be named.

    Args:
        texts: Text by file name; None or no key where there is no file.
        known: All segments of the project, by ID; None before the first were made.
        folder: The folder as people write it, such as ``params/demo``, used in faults.
    """
    faults: list[Fault] = []
    for file in TOLD_FILES:
        text, name = texts.get(file) or "", _name(folder, file)
        mentions: list[Reference] = []
        try:
            mentions = list(_mentions(text, name))
            if file == _STORIES:
                read_stories(text, name)
            else:
                read_qualitative(text, name=name, segments=[one.name for one in mentions])
        except ParameterError as error:
            faults += error.faults
        faults += segment_faults(mentions, known, retired_too=True)
    return faults


def told_stories(texts: Mapping[str, str | None], folder: str = "") -> StoryFile:
    """Return the stories, none where the file cannot be read.

    Args:
        texts: Text by file name.
        folder: The folder as people write it.
    """
    name = _name(folder, _STORIES)
    try:
        return read_stories(texts.get(_STORIES), name)
    except ParameterError:
        return StoryFile(name=name)


def _mentions(text: str, name: str) -> Iterator[Reference]:
    """Find the segments that entries name; an ID that is not written as one is another fault.

    Raises:
        ParameterError: The text is not YAML.
    """
    document = read_yaml(text, name)
    values = document.values
    inside = values.get("stories") if isinstance(values, dict) and "stories" in values else values
    start: tuple[str, ...] = ("stories",) if inside is not values else ()
    for part, entries in inside.items() if isinstance(inside, dict) else ():
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            segment: Any = entry.get("segment") if isinstance(entry, dict) else None
            if isinstance(segment, str) and _ID.fullmatch(segment):
                path = (*start, part, place, "segment")
                spot = f"{part}.{place}.segment"
                yield Reference(segment, f"{name}:{document.line(path)}", spot)


def _name(folder: str, file: str) -> str:
    return f"{folder}/{file}" if folder else file
