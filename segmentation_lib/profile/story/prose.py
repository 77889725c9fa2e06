"""Texts with placeholders: every number comes from a cell, or the text is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.stories import Belief, DayText, GivenAnswer, Passage, StoryFile
from segmentation_lib.profile.story.evidence import EvidenceBook
from segmentation_lib.profile.story.lint import causal_faults, template_faults
from segmentation_lib.profile.story.placeholders import Figure, Level, segment_values
from segmentation_lib.profile.wording import titled

__all__ = ["check_stories", "day_prose", "earns_causes", "own_values", "tell"]


def tell(
    template: str, values: Level, *, where: str, earned: Iterable[str] = (), causes: bool = False
) -> str:
    """Fill the placeholders of a text.

    Args:
        template: A Jinja text; numbers only as placeholders.
        values: What placeholders reach, such as `segment_values` returns.
        where: Name of the template, used in faults.
        earned: Sentences of experiments, which may say that one thing causes another.
        causes: Whether the whole text rests on experiments, and may say "causes".

    Returns:
        The text, its white space folded.

    Raises:
        ContractError: A placeholder without a source, a typed number, or a word that claims a
            cause.
    """
    if faults := template_faults(template, where):
        raise ContractError(faults)
    try:
        told = _ENGINE.from_string(template).render({name: values[name] for name in values})
    except _MissingError as error:
        raise ContractError([_no_source(error, values, where)]) from None
    except (UndefinedError, TemplateSyntaxError, SecurityError, TypeError) as error:
        rule = "placeholders name cells, such as segment_value.customers"
        raise ContractError(
            [Fault(where, str(error), rule, "Correct the placeholder.", "placeholder")]
        ) from None
    text = " ".join(told.split())
    if not causes and (faults := causal_faults(text, where, earned=earned)):
        raise ContractError(faults)
    return text


def day_prose(
    stories: StoryFile,
    segment_ids: Iterable[str],
    book: EvidenceBook,
    *,
    names: Mapping[str, str],
    currency: str = "",
) -> dict[str, str]:
    """Return what people wrote beside a segment's day, placeholders filled.

    Args:
        stories: What `read_stories` returned.
        segment_ids: The segments; prose of others, such as retired ones, is left out.
        book: The evidence.
        names: Names of the segments.
        currency: Three-letter code of the amounts.

    Raises:
        ContractError: See `tell`; the fault names file and line.
    """
    texts: dict[str, str] = {}
    ids = set(segment_ids)
    for place, day in enumerate(stories.stories.days):
        if day.segment not in ids:
            continue
        values = own_values(book, day.segment, names=names, currency=currency)
        told = tell(day.text, values, where=stories.where("days", place))
        texts[day.segment] = f"{texts.get(day.segment, '')} {told}".strip()
    return texts


def own_values(
    book: EvidenceBook,
    segment_id: str,
    *,
    names: Mapping[str, str],
    currency: str = "",
    more: Mapping[str, Any] | None = None,
) -> Level:
    """Return what a text about one segment reaches: its cells, its names and ``all``.

    Names are ``id``, ``name`` and ``title`` (both together).

    Args:
        book: The evidence.
        segment_id: The segment.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
        more: Further words, such as sentences made elsewhere from cells.
    """
    own = segment_values(book, segment_id, currency=currency)
    everyone = segment_values(book, "(all)", currency=currency, path="all")
    entries = {name: own[name] for name in own}
    return Level(
        {
            **entries,
            "id": segment_id,
            "name": names.get(segment_id, segment_id),
            "title": titled(segment_id, names),
            "all": everyone,
            **(more or {}),
        }
    )


def check_stories(
    stories: StoryFile,
    segment_ids: Iterable[str],
    book: EvidenceBook,
    *,
    retired: Iterable[str] = (),
) -> None:
    """Refuse stories that break a rule, all faults at once.

    Args:
        stories: What `read_stories` returned.
        segment_ids: Segments that exist.
        book: The evidence.
        retired: Segments that existed; they may be named, and nothing is told of them.

    Raises:
        ContractError: An unknown segment or evidence, a typed number, or a word that claims a
            cause without an experiment; each with its line.
    """
    gone = set(retired) - set(segment_ids)
    ids = sorted({*segment_ids, *gone})
    faults = [
        *_unknown_segments(stories, ids),
        *(fault for where, text, earns in _texts(stories, book)
          for fault in [*template_faults(text, where), *([] if earns else
                                                         causal_faults(text, where))]),
        *(book.fault(name, stories.where("answers", place, "evidence"))
          for place, answer in enumerate(stories.stories.answers)
          for name in answer.evidence if name not in book and answer.segment not in gone),
    ]  # fmt: skip
    faults += [
        fault
        for place, belief in enumerate(stories.stories.beliefs)
        for fault in causal_faults(belief.because, stories.where("beliefs", place, "because"))
    ]
    if faults:
        raise ContractError(faults)


def earns_causes(evidence: Iterable[str], book: EvidenceBook) -> bool:
    """Tell whether a text rests on experiments only, and so may say "causes".

    Args:
        evidence: IDs of its evidence.
        book: The evidence.
    """
    known = [book.get(name) for name in evidence if name in book]
    return bool(known) and all(record.grade.earns_causes for record in known)


def _texts(stories: StoryFile, book: EvidenceBook) -> Iterator[tuple[str, str, bool]]:
    for place, day in enumerate(stories.stories.days):
        yield stories.where("days", place, "text"), day.text, False
    for place, answer in enumerate(stories.stories.answers):
        earns = earns_causes(answer.evidence, book)
        yield stories.where("answers", place, "text"), answer.text, earns
    for place, passage in enumerate(stories.stories.narratives):
        yield stories.where("narratives", place, "text"), passage.text, False


def _unknown_segments(stories: StoryFile, ids: list[str]) -> Iterator[Fault]:
    lists: Mapping[str, Sequence[DayText | GivenAnswer | Belief | Passage]] = {
        "days": stories.stories.days,
        "answers": stories.stories.answers,
        "beliefs": stories.stories.beliefs,
        "narratives": stories.stories.narratives,
    }
    for name, entries in lists.items():
        for place, entry in enumerate(entries):
            if entry.segment not in (*ids, "(all)"):
                yield Fault(
                    stories.where(name, place, "segment"),
                    f"segment {entry.segment} does not exist",
                    "stories are told of segments by their permanent ID",
                    f"There are: {', '.join(ids)}.",
                    "unknown_segment",
                )


class _MissingError(UndefinedError):
    """A placeholder that reaches nothing."""

    def __init__(self, name: str, level: object) -> None:
        super().__init__(name)
        self.name = name
        self.level = level


class _Unsourced(StrictUndefined):
    """What stands in for a missing value; any use of it is an error that names it."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[Exception] = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name)
        self._undefined_exception: Any = lambda message: _MissingError(str(name), obj)


def _written(value: Any) -> Any:
    """Let only words and cells through: a number that was reckoned in a text has no source."""
    if isinstance(value, (str, Figure)):
        return str(value)
    if isinstance(value, _Unsourced):
        return value
    raise TypeError(f"a placeholder gives {type(value).__name__}, not the value of a cell")


_ENGINE = SandboxedEnvironment(
    undefined=_Unsourced, finalize=_written, autoescape=False, trim_blocks=True, lstrip_blocks=True
)


def _no_source(error: _MissingError, values: Level, where: str) -> Fault:
    level = error.level if isinstance(error.level, Level) else values
    path = f"{level._path}.{error.name}" if level._path else error.name
    known = list(level)
    close = get_close_matches(error.name, known, n=1)
    there = f"There are: {', '.join(known)}."
    return Fault(
        where,
        f"the placeholder {path} has no source",
        "every placeholder is the value of a cell of this quarter",
        f"Did you mean {close[0]}? {there}" if close else there,
        "no_source",
    )
