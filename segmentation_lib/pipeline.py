"""Five notebooks through papermill: in order, each only when it must, then the report.

One process drives all notebooks; each has its own kernel.
"""

from __future__ import annotations

import logging
import os
import pathlib
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import papermill
from jupyter_client.manager import AsyncKernelManager
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets import CaselessStrEnum

from segmentation_lib.artefacts import STAGES
from segmentation_lib.edition import publish_quarter
from segmentation_lib.faults import ContractError
from segmentation_lib.fingerprint import NOTEBOOKS
from segmentation_lib.quarter import Quarter, open_quarter

__all__ = ["Outcome", "StageError", "run_quarter"]

_KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class _LocalKernelManager(AsyncKernelManager):
    """Starts kernels that talk through a local socket, not over TCP."""

    transport = CaselessStrEnum(["tcp", "ipc"], default_value="ipc")


class _LocalEngine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine, with local kernels."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run the notebook with a kernel of its own."""
        return super().execute_managed_notebook(
            nb_man,
            kernel_name,
            kernel_manager_class=_LocalKernelManager,
            # At its end a kernel is interrupted, and would call that an error on the screen.
            extra_arguments=["--log-level=50"],
            **options,
        )


papermill_engines.register("segment", _LocalEngine)


class StageError(RuntimeError):
    """A stage failed; the message names the stage, the cell and the log."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        verdict: ``GO``, ``GO WITH LIMITS`` or ``NO-GO``.
        page: The report's first page.
        ran: Stages that ran; empty when nothing had changed.
        withheld: Why there are no customer exports; empty when there are.
    """

    verdict: str
    page: pathlib.Path
    ran: tuple[str, ...]
    withheld: tuple[str, ...] = ()


def run_quarter(
    values: dict[str, Any],
    *,
    start_from: str | None = None,
    say: Callable[[str], None] = print,
) -> Outcome:
    """Run one quarter: every stage whose inputs changed, then the report.

    Args:
        values: The values under ``params`` of a parameter file.
        start_from: Run this stage and all later ones even when nothing changed.
        say: Receives one line per stage.

    Returns:
        The verdict, the report's first page and the stages that ran.

    Raises:
        ContractError: The parameters or the data break the contract; nothing was written.
        BusyError: Another process is running this quarter.
        StageError: A stage failed for another reason.
    """
    quarter = open_quarter(values)
    with quarter.run.lock():
        is_new = not (quarter.run.folder / "run.json").is_file()
        ran = []
        for stage in STAGES:
            forced = start_from is not None and STAGES.index(stage) >= STAGES.index(start_from)
            if not forced and _executed(quarter, stage).is_file() and quarter.fresh(stage):
                say(f"{stage:<10} unchanged")
                continue
            try:
                seconds = _execute(quarter, stage, values)
            except ContractError:
                if is_new and stage == STAGES[0]:
                    _remove_new_run(quarter.run.folder)
                raise
            say(f"{stage:<10} done in {seconds:.1f} s")
            ran.append(stage)
        notebooks = {stage: _executed(quarter, stage) for stage in STAGES}
        page, published = publish_quarter(quarter, notebooks)
        say(f"{'report':<10} {'published' if published else 'unchanged'}")
        verdict = quarter.run.read("scorecard")["verdict"]
        withheld = tuple(quarter.run.read("summary")["withheld"])
        return Outcome(verdict, page, tuple(ran), withheld)


def _executed(quarter: Quarter, stage: str) -> pathlib.Path:
    return quarter.run.folder / "notebooks" / NOTEBOOKS[stage]


def _execute(quarter: Quarter, stage: str, values: dict[str, Any]) -> float:
    """Run one notebook in its own kernel and return the seconds it took."""
    target = _executed(quarter, stage)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}")
    log = quarter.run.folder / "run.log"
    started = time.monotonic()
    os.environ.update(_KERNEL_ENVIRONMENT)
    os.environ["SEGMENT_ROOT"] = str(quarter.root)
    try:
        with _Logged(log):
            papermill.execute_notebook(
                quarter.root / "notebooks" / NOTEBOOKS[stage],
                temporary,
                parameters={"params": values},
                engine_name="segment",
                kernel_name="python3",
                progress_bar={"desc": f"{stage:<10}", "leave": False}
                if sys.stderr.isatty()
                else False,
                cwd=quarter.root,
            )
    except PapermillExecutionError as error:
        _explain(error, stage, target, temporary, log)
    if not quarter.run.done(stage):
        raise StageError(f"{stage} ran but did not record itself; end the notebook with done()")
    temporary.replace(target)
    _failed(target).unlink(missing_ok=True)
    return time.monotonic() - started


def _failed(target: pathlib.Path) -> pathlib.Path:
    return target.with_name(f"failed_{target.name}")


def _explain(
    error: PapermillExecutionError,
    stage: str,
    target: pathlib.Path,
    temporary: pathlib.Path,
    log: pathlib.Path,
) -> None:
    if error.ename in ("ContractError", "ParameterError"):
        temporary.unlink(missing_ok=True)
        raise ContractError.from_text(error.evalue) from None
    failed = _failed(target)
    temporary.replace(failed)
    with log.open("a", encoding="utf-8") as stream:
        stream.write("\n".join(error.traceback) + "\n")
    raise StageError(
        f"{stage} failed in cell {error.exec_count} with {error.ename}: {error.evalue} "
        f"(the notebook as it stopped: notebooks/{failed.name}; the log: {log.name}; both in "
        f"runs/{log.parent.parent.name}/{log.parent.name})"
    ) from None


def _remove_new_run(folder: pathlib.Path) -> None:
    """Remove the folder of a run that never was: bad input leaves nothing behind."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.joinpath(f".{folder.name}.lock").unlink(missing_ok=True)
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()


class _Logged:
    """Send the log lines and warnings of papermill to the run's log while a stage runs."""

    def __init__(self, path: pathlib.Path) -> None:
        self._handler = logging.FileHandler(path, encoding="utf-8", delay=True)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
        self._loggers = [
            logging.getLogger(name) for name in ("papermill", "traitlets", "py.warnings")
        ]

    def __enter__(self) -> None:
        logging.captureWarnings(True)
        for logger in self._loggers:
            logger.addHandler(self._handler)
            logger.propagate = False

    def __exit__(self, *_: object) -> None:
        for logger in self._loggers:
            logger.removeHandler(self._handler)
            logger.propagate = True
        logging.captureWarnings(False)
        self._handler.close()
