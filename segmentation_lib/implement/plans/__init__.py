"""What people plan for each segment: plays, content, channels, priorities, targets, roadmap."""

from __future__ import annotations

from segmentation_lib.implement.plans import sheets
from segmentation_lib.implement.plans.channels import (
    channel_plan,
    channel_reach,
    channel_sentences,
    shown_channel_plan,
)
from segmentation_lib.implement.plans.content import (
    content_assets,
    content_coverage,
    content_gaps,
    content_sentences,
    published_coverage,
)
from segmentation_lib.implement.plans.kpi_progress import (
    kpi_progress,
    kpi_progress_sentences,
    published_progress,
)
from segmentation_lib.implement.plans.playbook import (
    playbook_sentences,
    playbook_table,
    published_playbook,
)
from segmentation_lib.implement.plans.priorities import (
    priority_sentences,
    rank_priorities,
)
from segmentation_lib.implement.plans.roadmap import (
    roadmap,
)

__all__ = [
    "channel_plan",
    "channel_reach",
    "channel_sentences",
    "content_assets",
    "content_coverage",
    "content_gaps",
    "content_sentences",
    "kpi_progress",
    "kpi_progress_sentences",
    "playbook_sentences",
    "playbook_table",
    "priority_sentences",
    "published_coverage",
    "published_playbook",
    "published_progress",
    "rank_priorities",
    "roadmap",
    "sheets",
    "shown_channel_plan",
]
