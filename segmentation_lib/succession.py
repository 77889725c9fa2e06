"""The next quarter's parameter file, written from this quarter's with its comments kept."""

from __future__ import annotations

import pathlib
import re

from segmentation_lib.calendar import next_period
from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params import load_params
from segmentation_lib.run import write_atomically

__all__ = ["next_text", "write_next"]


def next_text(text: str, period: str) -> str:
    r"""Return the text of the next quarter's file: period and previous moved on by one.

    Args:
        text: This quarter's file.
        period: This quarter, such as ``2026Q3``.

    >>> next_text("params:\n  project: acme\n  period: 2026Q3\n", "2026Q3")
    'params:\n  project: acme\n  period: 2026Q4\n  previous: 2026Q3\n'
    """
    following = next_period(period)
    lines = [
        line
        for line in text.splitlines()
        if not re.match(r"  (previous|partial):", line) and not re.match(r"  open:|  close:", line)
    ]
    at = next(i for i, line in enumerate(lines) if re.match(r"  period:", line))
    tail = re.sub(r"  period:\s*\S+", "", lines[at], count=1)
    lines[at] = f"  period: {following}{tail}"
    lines.insert(at + 1, f"  previous: {period}")
    return "\n".join(lines) + "\n"


def write_next(path: pathlib.Path, name: str) -> pathlib.Path:
    """Write the next quarter's file beside ``path`` and return it.

    Raises:
        ParameterError: This quarter's file has faults or a period of its own, or the next file
            is there already.
    """
    params = load_params(path, name)
    if params.open is not None:
        raise _refusal(
            name, f"period {params.period} has dates of its own",
            "only calendar quarters have a next one",
            "Copy the file and set period, previous, open and close by hand.",
        )  # fmt: skip
    target = path.with_name(f"{next_period(params.period)}{path.suffix}")
    if target.exists():
        raise _refusal(
            name, f"{target.name} is there already",
            "a file that people edited is never overwritten", "Edit it, or remove it first.",
        )  # fmt: skip
    text = next_text(path.read_text(encoding="utf-8"), params.period)
    write_atomically(target, text.encode("utf-8"))
    load_params(target, target.name)
    return target


def _refusal(where: str, found: str, rule: str, fix: str) -> ParameterError:
    return ParameterError([Fault(where, found, rule, fix)])
