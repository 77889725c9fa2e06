"""Run the case studies and write ``docs/case_studies.md``: ``python -m tests.case_studies``.

Every number and every conclusion on the page comes from the artefacts of the runs. What is typed
is what the data are, and how to read the page.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import yaml

from segmentation_lib.cluster.tables import METHODS
from segmentation_lib.run import Run, write_atomically
from segmentation_lib.words import p_words
from tests.case_studies.data import SOURCES
from tests.spine.workspace import Workspace

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LABELS = {
    "natural": "natural groups",
    "overlapping": "overlapping groups",
    "slices": "tiers",
    "constructive": "none",
}


def run_quarters(clone: Workspace, project: str) -> list[dict[str, Any]]:
    """Run all quarters of a project, in order, and return what the page says about each."""
    quarters = []
    for path in sorted((clone.root / "params" / project).glob("*.yaml")):
        code = clone.segment("run", path.relative_to(clone.root).as_posix())
        if code not in (0, 3):
            raise RuntimeError(f"{path.name} ended with exit code {code}")
        values = yaml.safe_load(path.read_text(encoding="utf-8"))["params"]
        quarters.append(facts(Run(clone.root / "runs" / project / path.stem), values))
    return quarters


def facts(run: Run, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page says about one quarter, from its artefacts."""
    scorecard, existence, choice = (run.read(name) for name in ("scorecard", "existence", "choice"))
    quality, noise = run.read("quality"), run.read("noise_floor")
    stability = run.read("segment_stability")
    return {
        "period": params["period"],
        "title": params["title"],
        "customers": quality["states"]["open"]["ACTIVE"],
        "choice": choice,
        "existence": existence,
        "label": LABELS[existence["label"]],
        "verdict": scorecard["verdict"],
        "sentence": scorecard["sentence"],
        "gates": scorecard["gates"],
        "jaccard": stability["jaccard"].min(),
        "noise": noise.set_index("segment_id").loc["all"].to_dict() if len(noise) else None,
        "temporal": run.read("temporal"),
    }


def page(studies: Sequence[Mapping[str, Any]]) -> str:
    """Return the page as Markdown.

    Args:
        studies: For each data set its ``project``, ``title`` and ``quarters``.
    """
    loader = jinja2.FileSystemLoader(pathlib.Path(__file__).parent)
    environment = jinja2.Environment(
        loader=loader, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {
        "method": METHODS.__getitem__,
        "p_value": lambda p_value: p_words(p_value).removeprefix("p = ").removeprefix("p "),
    }
    return environment.get_template("case_studies.md.j2").render(studies=studies)


def main(words: Sequence[str] | None = None) -> None:
    """Run the studies in a folder of their own and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.case_studies", description=__doc__)
    parser.add_argument("--only", choices=sorted(SOURCES), help="one data set, printed")
    only = parser.parse_args(words).only
    shared = pathlib.Path(os.environ.get("SEGMENT_SHARED") or ROOT.parent / "shared")
    studies = []
    with tempfile.TemporaryDirectory() as folder:
        clone = Workspace(pathlib.Path(folder), ROOT)
        for project in [only] if only else SOURCES:
            SOURCES[project](shared / "data", clone.root / "data")
            quarters = run_quarters(clone, project)
            studies.append(
                {"project": project, "title": quarters[0]["title"], "quarters": quarters}
            )
    text = page(studies)
    if only:
        print(text)
    else:
        write_atomically(ROOT / "docs/case_studies.md", text.encode("utf-8"))


if __name__ == "__main__":
    main()
