"""What there is: every project and quarter, how far it ran, and what was adopted."""

from __future__ import annotations

import json
import pathlib
import re

from segmentation_lib.artefacts import STAGES
from segmentation_lib.run import Run

__all__ = ["status_table"]


def status_table(root: pathlib.Path, project: str | None = None) -> str:
    """Return a table in plain text: project, period, last stage done, verdict, adopted.

    Args:
        root: The project's root.
        project: Show only this project.
    """
    rows = [("project", "period", "state", "verdict", "adopted")]
    for file in sorted((root / "params").glob("*/*.yaml")):
        name, period = file.parent.name, file.stem
        if (project and name != project) or not _is_quarter_file(file):
            continue
        run = Run(root / "runs" / name / period)
        rows.append((name, period, _state(run), _verdict(run), _adopted(file.parent, period)))
    if len(rows) == 1:
        return "No parameter files yet; copy params/demo to start a project."
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _is_quarter_file(file: pathlib.Path) -> bool:
    return re.search(r"^params:", file.read_text(encoding="utf-8"), re.MULTILINE) is not None


def _state(run: Run) -> str:
    done = [stage for stage in STAGES if run.done(stage)]
    if not done:
        return "not run"
    return "complete" if len(done) == len(STAGES) else f"stopped after {done[-1]}"


def _verdict(run: Run) -> str:
    if not run.done("implement"):
        return "-"
    return str(run.read("scorecard")["verdict"])


def _adopted(folder: pathlib.Path, period: str) -> str:
    log = folder / "decisions.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    decisions = [json.loads(line) for line in lines if line.strip()]
    by = [d["approver"] for d in decisions if d["decision"] == "adopt" and d["period"] == period]
    return f"by {by[-1]}" if by else "-"
