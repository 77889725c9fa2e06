"""One page per functional area: what changed, what to do by whom and when, one risk."""

from __future__ import annotations

from segmentation_lib.implement.areas.pages import AREAS, area_actions, area_pages
from segmentation_lib.implement.areas.sources import AreaSources, Candidate

__all__ = ["AREAS", "AreaSources", "Candidate", "area_actions", "area_pages"]
