"""The topics of the suite: every module of this package that has experiments."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

__all__ = ["topics"]

_FRAME = {"__main__", "afterwards", "crowds", "framework", "page", "topics", "worlds"}


def topics() -> dict[str, ModuleType]:
    """Return the topics by name, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    kept = [name for name in names if name not in _FRAME and not name.startswith("test_")]
    return {name: importlib.import_module(f"tests.calibration.{name}") for name in kept}
