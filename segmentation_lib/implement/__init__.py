"""From segments to operations: the customer file, migration, baseline, actions, proposal."""

from __future__ import annotations

from segmentation_lib.implement.actions import list_actions
from segmentation_lib.implement.channels import (
    channel_plan,
    channel_reach,
    channel_sentences,
    shown_channel_plan,
)
from segmentation_lib.implement.content import (
    content_assets,
    content_coverage,
    content_gaps,
    content_sentences,
    published_coverage,
)
from segmentation_lib.implement.decisions import (
    decision_lines,
    extend_log,
    read_decisions,
)
from segmentation_lib.implement.hypotheses import (
    judge_hypotheses,
    with_scores,
)
from segmentation_lib.implement.hypothesis_words import (
    hypotheses_sentence,
    published_hypotheses,
)
from segmentation_lib.implement.kpi_progress import (
    kpi_progress,
    kpi_progress_sentences,
    published_progress,
)
from segmentation_lib.implement.kpis import kpi_baseline, kpi_unit
from segmentation_lib.implement.migration import (
    ARRIVED,
    LEFT,
    is_segment,
    migration_matrix,
    migration_sentence,
    net_flows,
    refit_sentence,
)
from segmentation_lib.implement.migration_value import (
    value_moved,
    value_moved_sentences,
    with_value,
)
from segmentation_lib.implement.mistakes import (
    mistakes_sentence,
    what_we_got_wrong,
)
from segmentation_lib.implement.playbook import (
    playbook_sentences,
    playbook_table,
    published_playbook,
)
from segmentation_lib.implement.priorities import (
    priority_sentences,
    rank_priorities,
)
from segmentation_lib.implement.proposal import proposal_sentences, propose_segments
from segmentation_lib.implement.publishable import (
    crm_sentence,
    published_baseline,
)
from segmentation_lib.implement.responsible import names_of, next_close, responsible
from segmentation_lib.implement.roadmap import (
    roadmap,
)
from segmentation_lib.implement.summary import summarise
from segmentation_lib.implement.tags.crm import NO_SEGMENT, crm_table, value_tier

__all__ = [
    "ARRIVED",
    "LEFT",
    "NO_SEGMENT",
    "channel_plan",
    "channel_reach",
    "channel_sentences",
    "content_assets",
    "content_coverage",
    "content_gaps",
    "content_sentences",
    "crm_sentence",
    "crm_table",
    "decision_lines",
    "extend_log",
    "hypotheses_sentence",
    "is_segment",
    "judge_hypotheses",
    "kpi_baseline",
    "kpi_progress",
    "kpi_progress_sentences",
    "kpi_unit",
    "list_actions",
    "migration_matrix",
    "migration_sentence",
    "mistakes_sentence",
    "names_of",
    "net_flows",
    "next_close",
    "playbook_sentences",
    "playbook_table",
    "priority_sentences",
    "proposal_sentences",
    "propose_segments",
    "published_baseline",
    "published_coverage",
    "published_hypotheses",
    "published_playbook",
    "published_progress",
    "rank_priorities",
    "read_decisions",
    "refit_sentence",
    "responsible",
    "roadmap",
    "shown_channel_plan",
    "summarise",
    "value_moved",
    "value_moved_sentences",
    "value_tier",
    "what_we_got_wrong",
    "with_scores",
    "with_value",
]
