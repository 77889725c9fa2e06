"""The artefacts of a run: their names, who writes them, and what their tables must hold.

The names are the interface between stages. A table's schema is checked when it is written and
again when it is read, so a stage fails at the door and not three cells later.
"""

from segmentation_lib.artefacts.artefact import Artefact
from segmentation_lib.artefacts.register import ARTEFACTS, STAGES
from segmentation_lib.artefacts.schema import check_table

__all__ = ["ARTEFACTS", "STAGES", "Artefact", "check_table"]
