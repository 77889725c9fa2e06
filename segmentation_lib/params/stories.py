"""The stories people tell of a project's segments: ``params/<project>/stories.yaml``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.section import Section
from segmentation_lib.params.segment_id import SegmentId
from segmentation_lib.params.strict_yaml import Document, Path, read_yaml

__all__ = [
    "AUDIENCES",
    "QUESTIONS",
    "Belief",
    "DayText",
    "GivenAnswer",
    "Passage",
    "Stories",
    "StoryFile",
    "read_stories",
]

Audience = Literal["leadership", "marketing", "product"]
Question = Literal["value", "reach", "lever"]
AUDIENCES: tuple[Audience, ...] = ("leadership", "marketing", "product")
QUESTIONS: tuple[Question, ...] = ("value", "reach", "lever")

SegmentOrAll = Annotated[str, Field(pattern=r"^(S\d{2,}|\(all\))$")]
Words = Annotated[str, Field(min_length=1)]


class DayText(Section):
    """Prose beside a segment's day; its numbers are placeholders."""

    segment: SegmentId = Field(description="Permanent ID of the segment, such as `S01`.")
    text: Words = Field(description="Prose; numbers only as placeholders in double braces.")


class GivenAnswer(Section):
    """An answer of a person to one of the three questions."""

    segment: SegmentId = Field(description="Permanent ID of the segment.")
    question: Question = Field(
        description="`value` (what do they value most), `reach` (how do they prefer to interact) "
        "or `lever` (what moves the needle)."
    )
    text: Words = Field(description="The answer; numbers only as placeholders.")
    evidence: tuple[Words, ...] = Field(
        default=(), description="IDs of evidence; without one the answer is an assumption."
    )


class Belief(Section):
    """What people believe about a trait and an outcome and nobody has measured."""

    trait: Words = Field(description="A feature, such as `discount_share`.")
    outcome: Words = Field(description="An outcome, such as `revenue`.")
    direction: Literal["positive", "negative"] = Field(
        description="Whether more of the trait is believed to bring more of the outcome."
    )
    segment: SegmentOrAll = Field(default="(all)", description="Whom it is believed of.")
    because: str = Field(default="", description="Why, in one sentence.")


class Passage(Section):
    """A paragraph of a person, printed after the generated narrative of its audience."""

    audience: Audience = Field(description="`leadership`, `marketing` or `product`.")
    segment: SegmentOrAll = Field(default="(all)", description="Whom it is about.")
    text: Words = Field(description="Prose; numbers only as placeholders.")


class Stories(Section):
    """What people wrote about the segments, by permanent ID."""

    days: tuple[DayText, ...] = Field(default=(), description="Prose beside a segment's day.")
    answers: tuple[GivenAnswer, ...] = Field(
        default=(), description="Answers to the three questions."
    )
    beliefs: tuple[Belief, ...] = Field(
        default=(), description="Beliefs for the map of traits and outcomes; all assumptions."
    )
    narratives: tuple[Passage, ...] = Field(default=(), description="Paragraphs by audience.")


@dataclass(frozen=True)
class StoryFile:
    """Stories, and where in their file each entry stands.

    Attributes:
        stories: What was written.
        name: Name of the file as people write it.
        lines: Line of each entry by its path, such as ``("answers", 0)``.
    """

    stories: Stories = field(default_factory=Stories)
    name: str = "stories"
    lines: Mapping[Path, int] = field(default_factory=dict)

    def where(self, *path: str | int) -> str:
        """Return the place of an entry, such as ``params/demo/stories.yaml:14``."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.name}:{self.lines[path[:length]]}"
        return self.name


def read_stories(text: str | None, name: str) -> StoryFile:
    """Read ``stories.yaml``: the single top key ``stories`` over the lists of `Stories`.

    Args:
        text: Text of the file; None or an empty one holds no stories.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    if not (text or "").strip():
        return StoryFile(name=name)
    document = read_yaml(text or "", name)
    values = document.values
    if not isinstance(values, dict) or list(values) != ["stories"]:
        found = ", ".join(values) if isinstance(values, dict) else type(values).__name__
        rule = "a file of stories has the single top key stories"
        fix = "Put everything under `stories:`, indented by two spaces."
        raise ParameterError([Fault(f"{name}:1", f"top level holds {found}", rule, fix)])
    try:
        stories = Stories.model_validate_json(json.dumps(values["stories"] or {}), strict=True)
    except ValidationError as error:
        raise ParameterError(_fault(item, document, name) for item in error.errors()) from None
    lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == ("stories",)}
    return StoryFile(stories, name, lines)


def _fault(details: ErrorDetails, document: Document, name: str) -> Fault:
    path: Path = details["loc"]
    dotted = ".".join(str(part) for part in path) or "stories"
    where = f"{name}:{document.line(('stories', *path)) or 1}"
    if details["type"] == "extra_forbidden":
        known = ", ".join(_known(path[:-1]))
        return Fault(where, f"{dotted} is given", "there is no such key", f"Known here: {known}.")
    if details["type"] == "missing":
        return Fault(where, f"{dotted} is missing", "it has no default", "Add it.")
    found: Any = details["input"]
    rule = details["msg"].removeprefix("Input ").replace("should", "must")
    return Fault(where, f"{dotted} = {json.dumps(found, default=str)[:60]}", rule, "Correct it.")


def _known(path: Path) -> list[str]:
    lists: dict[str, type[Section]] = {
        "days": DayText,
        "answers": GivenAnswer,
        "beliefs": Belief,
        "narratives": Passage,
    }
    return list((lists[str(path[0])] if path else Stories).model_fields)
