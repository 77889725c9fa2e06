"""The page beside the audiences: what each file is for, how it is loaded, and what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segmentation_lib.implement.audiences.rule import Audience, Source
from segmentation_lib.profile.wording import listing, percent, plural, titled

__all__ = ["Loading", "read_me"]


@dataclass(frozen=True)
class Loading:
    """How the rules come into one system.

    Attributes:
        title: Name of the system.
        steps: What to do, in order; ``{values}`` stands for the file of values.
        cannot: What the system cannot express.
        refused: Why it cannot run a rule, by the rule's segment.
    """

    title: str
    steps: Sequence[str]
    cannot: Sequence[str]
    refused: Mapping[str, str]


def read_me(
    audiences: Sequence[Audience],
    systems: Sequence[Loading],
    *,
    period: str,
    source: Source,
    names: Mapping[str, str],
    picked: Mapping[str, int],
    values: Sequence[str],
    scripts: Sequence[str],
) -> str:
    """Return the page, in Markdown.

    Args:
        audiences: The audiences that may be used, by priority.
        systems: How they come into each system.
        period: The period of the audiences.
        source: What they are made from.
        names: Name of each segment, by its ID.
        picked: Customers of the file of values whom each rule picks, by segment.
        values: Names of the files of values; none where no rule needs them.
        scripts: Names of the SQL files.
    """
    parts = [
        f"# Audiences of {period}\n\n{_TAGS}",
        _days(source),
        "## The files\n\n" + _files(audiences, values, scripts),
        "## The audiences\n\n" + _audiences(audiences, names, picked),
    ]
    if audiences:
        parts += [_system(one, values) for one in systems]
    return "\n\n".join(parts) + "\n"


_TAGS = (
    "The plain way to address a segment is its tag: everybody whose `segment_id` is that of the "
    "segment, from the customer file one folder up. The tag is the segment itself, and nightly "
    "scoring renews it. Use what is here where a rule has to be readable, or has to run in "
    "another system."
)


def _days(source: Source) -> str:
    return (
        "## From which day\n\n"
        f"All values are those of {source.as_of}, this day included, and of the "
        f"{source.window_days} days up to it. It is the day on which the tags of the customer file "
        "were assigned.\n\n"
        "They go stale: nightly scoring renews the tags, not these values and not these rules. Who "
        "buys today still counts here as last seen on that day. Do not use them after "
        "`valid_until` of the customer file. The properties of the next period have names of "
        "their own: load them, point campaigns to the new lists, then delete the old ones.\n\n"
        "Who withdraws consent after that day is known to the system that sends, not to these "
        "lists: let that system's own consent decide, always."
    )


def _files(audiences: Sequence[Audience], values: Sequence[str], scripts: Sequence[str]) -> str:
    rows = [
        (_code(scripts), "The exact segments and the short rules as two views for your own "
         "database; the comment on top names the table they read."),
    ]  # fmt: skip
    if audiences:
        rules = [f"{one.segment_id}.json" for one in audiences]
        rows += [
            (_code(rules), "The short rule of each segment, of which all other forms are made; "
             "`audience.schema.json` is the form's JSON Schema."),
            ("`hubspot/`, `klaviyo/`", "The same rules as filters, and the properties that they "
             "ask for: type, unit, and column of the file of values."),
            (_code(values), "The values of these properties, of customers who may be written to; "
             "`external_id` is that of the customer file. Import every text as text."),
        ]  # fmt: skip
    return _table(("file", "what for"), [row for row in rows if row[0]])


def _audiences(
    audiences: Sequence[Audience], names: Mapping[str, str], picked: Mapping[str, int]
) -> str:
    if not audiences:
        return (
            "No short rule is true enough in this period, so there are no filters for HubSpot and "
            "Klaviyo. Use the tags, or the exact SQL."
        )
    rows = [
        (
            titled(one.segment_id, names),
            str(one.priority),
            f"{picked[one.segment_id]:,}",
            *(_share(one.fidelity.recall if one.fidelity else None),
              _share(one.fidelity.precision if one.fidelity else None)),
        )
        for one in audiences
    ]  # fmt: skip
    heads = ("audience", "priority (1 wins)", "customers in the file", "finds of its segment",
             "of those found, in it")  # fmt: skip
    return (
        "A short rule gives nearly the customers of its segment, not exactly them. How nearly was "
        "measured on customers that it was not made from.\n\n" + _table(heads, rows)
    )


def _system(system: Loading, values: Sequence[str]) -> str:
    steps = [
        f"{number}. {step.replace('{values}', _code(values))}"
        for number, step in enumerate(system.steps, start=1)
    ]
    cannot = [f"- {one}" for one in system.cannot]
    cannot += [f"- {segment}: {reason}" for segment, reason in system.refused.items()]
    return (
        f"## {system.title}\n\n"
        + "\n".join(steps)
        + f"\n\nWhat {system.title} cannot express:\n\n"
        + "\n".join(cannot)
    )


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _code(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names]
    if len(shown) > 4:
        return f"{shown[0]} to {shown[-1]} ({plural(len(shown), 'file')})"
    return listing(shown)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
