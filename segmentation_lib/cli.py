"""The ``segment`` command: run, check, next, adopt, score, verify, status."""

from __future__ import annotations

import argparse
import pathlib
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime

from segmentation_lib import adoption, edition, pipeline, succession
from segmentation_lib.artefacts import STAGES
from segmentation_lib.checking import check_quarter
from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags import verify_handed_on
from segmentation_lib.params import load_params, read_values
from segmentation_lib.quarter import find_root, open_quarter
from segmentation_lib.run import BusyError
from segmentation_lib.scoring import score_customers
from segmentation_lib.status import status_table

__all__ = ["main"]

_ABOUT = """\
Customer segments, quarter by quarter, from one parameter file each.

A quarter goes like this:
  segment next params/acme/2026Q3.yaml      write the next quarter's parameter file
  segment check params/acme/2026Q4.yaml     look for faults in parameters and data
  segment run params/acme/2026Q4.yaml       run what changed and publish the report
  segment adopt params/acme/2026Q4.yaml --approver "Name" --reason "Why"
                                            make the proposed segments the official ones
  segment score params/acme/2027Q1.yaml --as-of 2027-01-15
                                            score everybody between two quarters, no new fit
  segment verify runs/acme/2026Q4/exports   check files for other systems before loading them
  segment status                            show every project and quarter

Exit codes: 0 done; 1 something failed; 2 the parameters or the data break the contract and
nothing was written; 3 done, but the scorecard says no or nobody has approved the segments:
the report is published, customer exports are withheld.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: Words after ``segment``; taken from the command line when None.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code: int = options.command(options)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 2
    except (BusyError, pipeline.StageError) as error:
        print(error, file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="segment", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = _command(commands, "run", _run, "run one quarter and publish its report")
    run.add_argument("file", type=pathlib.Path, help="parameter file of the quarter")
    run.add_argument(
        "--from",
        dest="start_from",
        choices=STAGES,
        help="run this stage and the later ones even when nothing changed",
    )
    check = _command(commands, "check", _check, "look for faults without running anything")
    check.add_argument("file", type=pathlib.Path, help="parameter file of the quarter")
    following = _command(commands, "next", _next, "write the next quarter's parameter file")
    following.add_argument("file", type=pathlib.Path, help="parameter file of this quarter")
    adopt = _command(commands, "adopt", _adopt, "make a quarter's proposed segments official")
    adopt.add_argument("file", type=pathlib.Path, help="parameter file of the quarter")
    adopt.add_argument("--approver", required=True, help="who approves")
    adopt.add_argument("--reason", required=True, help="why, in a sentence")
    score = _command(commands, "score", _score, "score every customer by the adopted model")
    score.add_argument("file", type=pathlib.Path, help="parameter file of the quarter under way")
    score.add_argument(
        "--as-of",
        required=True,
        type=_day,
        metavar="DAY",
        help="score from rows before this day, such as 2026-11-22; `today` is the day in UTC",
    )
    verify = _command(commands, "verify", _verify, "check files for other systems")
    verify.add_argument(
        "path", type=pathlib.Path, help="a file with its manifest beside it, or a folder of both"
    )
    status = _command(commands, "status", _status, "show every project and quarter")
    status.add_argument("project", nargs="?", help="only this project")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    function: object,
    about: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about.capitalize() + ".")
    parser.set_defaults(command=function)
    return parser


def _named(path: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path, str]:
    """Return the root, the file's full path, and its name as seen from the root."""
    root = find_root()
    full = path if path.is_absolute() else pathlib.Path.cwd() / path
    if not full.is_file() and (root / path).is_file():
        full = root / path
    full = full.resolve()
    return root, full, full.relative_to(root).as_posix() if full.is_relative_to(root) else str(path)


def _run(options: argparse.Namespace) -> int:
    root, path, name = _named(options.file)
    load_params(path, name)
    outcome = pipeline.run_quarter(read_values(path, name), start_from=options.start_from)
    print(f"{outcome.verdict}{edition.HINTS[outcome.verdict]}")
    if outcome.withheld and outcome.verdict != "NO-GO":  # its hint says it already
        print(outcome.withheld[0])
    print(outcome.page.relative_to(root).as_posix())
    return 3 if outcome.verdict == "NO-GO" or outcome.withheld else 0


def _check(options: argparse.Namespace) -> int:
    root, path, name = _named(options.file)
    for line in check_quarter(root, path, name):
        print(line)
    return 0


def _next(options: argparse.Namespace) -> int:
    root, path, name = _named(options.file)
    created = succession.write_next(path, name)
    print(f"Wrote {created.relative_to(root).as_posix()}; check its data paths, then run it.")
    return 0


def _adopt(options: argparse.Namespace) -> int:
    _, path, name = _named(options.file)
    quarter = open_quarter(load_params(path, name))
    for line in adoption.adopt(quarter, approver=options.approver, reason=options.reason):
        print(line)
    return 0


def _day(word: str) -> date:
    try:
        return datetime.now(UTC).date() if word == "today" else date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{word!r} is no day; write it as 2026-11-22, or write today"
        ) from None


def _score(options: argparse.Namespace) -> int:
    root, path, name = _named(options.file)
    scored = score_customers(open_quarter(load_params(path, name)), options.as_of)
    print(scored.sentence)
    if scored.changed:
        print(scored.folder.relative_to(root).as_posix())
    return 0


def _verify(options: argparse.Namespace) -> int:
    checked = verify_handed_on(options.path)
    for line in (line for one in checked for line in one.lines):
        print(line)
    return 1 if any(one.faults for one in checked) else 0


def _status(options: argparse.Namespace) -> int:
    print(status_table(find_root(), options.project))
    return 0


if __name__ == "__main__":
    sys.exit(main())
