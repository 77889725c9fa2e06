"""The reference pages of ``docs/``, written from the code by ``make docs``."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Mapping

from segmentation_lib.params.reference import parameter_reference
from segmentation_lib.params.registers.register_page import register_reference
from segmentation_lib.prepare.contract_page import data_contract
from segmentation_lib.run import write_atomically

__all__ = ["reference_pages", "write_reference"]


def reference_pages() -> Mapping[str, str]:
    """Return the text of every generated page, by file name."""
    return {
        "parameters.md": parameter_reference(),
        "registers.md": register_reference(),
        "data_contract.md": data_contract(),
    }


def write_reference(folder: pathlib.Path) -> None:
    """Write the generated pages into a folder."""
    for name, text in reference_pages().items():
        write_atomically(folder / name, text.encode("utf-8"))


if __name__ == "__main__":
    write_reference(pathlib.Path(sys.argv[1]))
