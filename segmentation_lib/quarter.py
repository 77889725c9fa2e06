"""One quarter of one project, as a notebook sees it: parameters, window, artefacts, the past."""

from __future__ import annotations

import os
import pathlib
import time
from collections.abc import Iterable, Mapping
from typing import Any

import ibis.expr.types as ir
import threadpoolctl

from segmentation_lib.artefacts import ARTEFACTS, STAGES
from segmentation_lib.calendar import Window
from segmentation_lib.demo import ensure_demo
from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.fingerprint import (
    NOTEBOOKS,
    fingerprint,
    hash_if_there,
    source_hashes,
    versions,
)
from segmentation_lib.params import Params, build_params, declarations, load_params
from segmentation_lib.params.registers import PLAN_FILES, read_plans
from segmentation_lib.run import Run, folder_hash
from segmentation_lib.stage_params import StageParams, stage_settings

__all__ = ["Quarter", "find_root", "open_quarter"]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def find_root(start: pathlib.Path | None = None) -> pathlib.Path:
    """Return the project's root: the folder that holds ``notebooks/01_prepare.ipynb``.

    Args:
        start: Where to start looking upwards. Without it: ``SEGMENT_ROOT`` from the environment,
            then the working directory, then the folder this library lies in.

    Raises:
        ContractError: No folder on the way up holds the notebooks.
    """
    named = os.environ.get("SEGMENT_ROOT")
    library = pathlib.Path(__file__).resolve().parent
    starts = [start] if start else [pathlib.Path(named)] if named else [pathlib.Path.cwd(), library]
    for begin in starts:
        for folder in (begin.resolve(), *begin.resolve().parents):
            if (folder / "notebooks" / NOTEBOOKS["prepare"]).is_file():
                return folder
    raise ContractError(
        [
            Fault(
                "project root",
                "no notebooks/01_prepare.ipynb in this folder or above it",
                "the project's root holds it",
                "Work inside your clone of the template.",
                "no_root",
            )
        ]
    )


def open_quarter(
    params: Mapping[str, Any] | str | pathlib.Path | Params, stage: str | None = None
) -> Quarter:
    """Open one quarter for a stage's notebook.

    Args:
        params: The values of a parameter file (as papermill passes them), the path of one from
            the project's root, or an empty mapping for the newest quarter of the demo.
        stage: The stage that is about to run; None only looks.

    Returns:
        The quarter. For a stage, reads and writes are noted until ``done()``.

    Raises:
        ParameterError: The parameters break the contract.
        ContractError: The previous quarter is named but was not run.
    """
    root = find_root()
    if isinstance(params, Params):
        checked = params
    elif isinstance(params, Mapping) and params:
        checked = build_params(params)
    else:
        path = root / (str(params) if params else newest_demo(root))
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        checked = load_params(path, name)
    if checked.project == "demo":
        ensure_demo(root)
    threadpoolctl.threadpool_limits(1)
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    return Quarter(root, checked, stage)


def newest_demo(root: pathlib.Path) -> str:
    """Return the parameter file of the demo's newest quarter, from the root."""
    return max(
        path.relative_to(root).as_posix() for path in (root / "params/demo").glob("*Q?.yaml")
    )


class Quarter:
    """One quarter of one project.

    Args:
        root: The project's root.
        params: The checked parameters.
        stage: The stage that runs, or None to look only.

    Attributes:
        root: The project's root.
        params: The parameters this stage may read (all of them without a stage).
        window: The quarter, from open to close.
        run: The run's folder.
        previous: The previous quarter's run, or None in the first quarter.
    """

    def __init__(self, root: pathlib.Path, params: Params, stage: str | None) -> None:
        """Open the quarter and, for a stage, start noting what it reads and writes."""
        if stage is not None and stage not in STAGES:
            raise ValueError(f"{stage!r} is not one of {', '.join(STAGES)}")
        self.root = root
        self.stage = stage
        self.all_params = params
        self.params: Any = StageParams(params, stage) if stage else params
        self.window: Window = params.window
        self.run = Run(root / "runs" / params.project / params.period)
        self.previous = self._previous_run(params)
        self._inputs: dict[str, str | None] = {}
        self._outputs: dict[str, str] = {}
        self._started = time.monotonic()
        if stage:
            self._note_sources()

    def _previous_run(self, params: Params) -> Run | None:
        if params.previous is None:
            return None
        run = Run(self.root / "runs" / params.project / params.previous)
        if not run.done("implement"):
            raise ContractError(
                [
                    Fault(
                        f"runs/{params.project}/{params.previous}",
                        f"the previous quarter {params.previous} was not run to its end",
                        "segments keep their IDs from the quarter before",
                        f"Run `segment run params/{params.project}/{params.previous}.yaml` first, "
                        "or leave `previous` empty in the first quarter.",
                        "no_previous",
                    )
                ]
            )
        return run

    def _note_sources(self) -> None:
        if self.stage == "prepare":
            self._inputs.update(source_hashes(self.root, self.all_params))

    def read(self, name: str) -> Any:
        """Read an artefact of this run and note it as an input of the stage.

        Raises:
            ContractError: It is missing or breaks its schema.
        """
        value = self.run.read(name)
        if ARTEFACTS[name].stage != self.stage:
            self._inputs[name] = self.run.hash(name)
        return value

    def find(self, name: str) -> Any | None:
        """Read an artefact of this run that need not be there; None when it is not."""
        if self.run.has(name):
            return self.read(name)
        self._inputs[name] = None
        return None

    def scan(self, name: str, engine: Engine) -> ir.Table | None:
        """Open a Parquet artefact of this run in the engine; None when it is not there.

        Its rows stay on disk until an expression asks for them.
        """
        self._inputs[name] = self.run.hash(name)
        return engine.parquet(self.run.path(name)) if self.run.has(name) else None

    def read_previous(self, name: str) -> Any | None:
        """Read an artefact of the previous quarter's run; None in the first quarter."""
        if self.previous is None:
            return None
        self._inputs[f"previous:{name}"] = self.previous.hash(name)
        return self.previous.read(name) if self.previous.has(name) else None

    def read_register(self, name: str) -> str | None:
        """Read a register of the project, such as ``segments.yaml``, as text; None if absent."""
        self._inputs[f"register:{name}"] = hash_if_there(self._register(name))
        return self._text(name)

    def read_registers(self, names: Iterable[str]) -> dict[str, str | None]:
        """Read several registers of the project as text by name; None for each that is absent."""
        return {name: self.read_register(name) for name in names}

    def peek_registers(self, names: Iterable[str]) -> dict[str, str | None]:
        """Read several registers for a check that lets them pass or stops the stage.

        They are not noted as inputs: what passes changes nothing, and a stage that uses a
        register reads and checks it again.
        """
        return {name: self._text(name) for name in names}

    def _register(self, name: str) -> pathlib.Path:
        return self.root / "params" / self.all_params.project / name

    def _text(self, name: str) -> str | None:
        path = self._register(name)
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def present(self) -> set[str]:
        """Names of the artefacts of earlier stages that this run holds; not noted as inputs."""
        before = STAGES[: STAGES.index(self.stage)] if self.stage else STAGES
        return {
            name for name, one in ARTEFACTS.items() if one.stage in before and self.run.has(name)
        }

    def watch(self, folder: str) -> pathlib.Path:
        """Return a folder beside the runs of the project, and note all its files as an input."""
        path = self.root / "runs" / self.all_params.project / folder
        self._inputs[f"folder:{folder}"] = _folder_if_there(path)
        return path

    def write(self, name: str, value: Any) -> None:
        """Write an artefact of this stage, whole or not at all.

        Raises:
            ValueError: The artefact belongs to another stage.
            ContractError: A table breaks its schema.
        """
        if ARTEFACTS[name].stage != self.stage:
            raise ValueError(f"{name} is written by {ARTEFACTS[name].stage}, not by {self.stage}")
        self.run.write(name, value)
        self._outputs[name] = str(self.run.hash(name))

    def done(self) -> None:
        """Record the stage in ``run.json`` and remove what an earlier run of it left behind."""
        if self.stage is None:
            raise ValueError("only a quarter opened for a stage can be done")
        for name, artefact in ARTEFACTS.items():
            if artefact.stage == self.stage and name not in self._outputs:
                self.run.remove(name)
        self.run.record(
            self.stage,
            {
                **self._declared(),
                "status": "done",
                "fingerprint": fingerprint(self.root, self.all_params, self.stage),
                "parameters": stage_settings(self.all_params, self.stage),
                "packages": versions(),
                "inputs": self._inputs,
                "outputs": self._outputs,
                "seconds": round(time.monotonic() - self._started, 2),
            },
        )

    @property
    def second_thoughts(self) -> tuple[str, ...]:
        """What the parameters declare now, but not when the segments were first made.

        It may have been chosen because of the segments, so no page calls it a test.
        """
        return self.declared_late(declarations(self.all_params))

    def declared_late(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Return those declarations that were not there when the segments were first made.

        Args:
            lines: Declarations as they stand now, such as those of the registers of plans.
        """
        first = self._first_declared
        return () if first is None else tuple(line for line in lines if line not in first)

    @property
    def _first_declared(self) -> list[str] | None:
        declared: list[str] | None = (
            self.run.manifest["stages"].get("cluster", {}).get("declared")
        )  # fmt: skip
        return declared

    def _declared(self) -> dict[str, list[str]]:
        """What was declared when the segments were first made; a later run does not change it."""
        if self.stage != "cluster":
            return {}
        if (before := self._first_declared) is not None:
            return {"declared": before}
        plans = read_plans(self.peek_registers(PLAN_FILES), f"params/{self.all_params.project}")
        return {"declared": [*declarations(self.all_params), *plans.declarations]}

    def fresh(self, stage: str) -> bool:
        """Tell whether a stage was done with the same code, parameters and inputs as now."""
        entry = self.run.manifest["stages"].get(stage, {})
        if entry.get("status") != "done":
            return False
        if entry["fingerprint"] != fingerprint(self.root, self.all_params, stage):
            return False
        outputs = entry["outputs"]
        if any(self.run.hash(name) != value for name, value in outputs.items()):
            return False
        return all(self._current(name) == value for name, value in entry["inputs"].items())

    def _current(self, name: str) -> str | None:
        kind, separator, rest = name.partition(":")
        if not separator:
            return self.run.hash(name)
        if kind == "previous":
            return self.previous.hash(rest) if self.previous else None
        if kind == "register":
            return hash_if_there(self._register(rest))
        if kind == "folder":
            return _folder_if_there(self.root / "runs" / self.all_params.project / rest)
        if kind == "source":
            return hash_if_there(self.root / os.path.expandvars(rest))
        return self.run.hash(name)


def _folder_if_there(path: pathlib.Path) -> str | None:
    return folder_hash(path) if path.is_dir() else None
