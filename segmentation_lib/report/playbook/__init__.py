"""The playbook's entries: a Markdown file beside this one for each gate and each finding."""

from __future__ import annotations

from importlib import resources

__all__ = ["FINDINGS", "GATES", "entry", "is_entry"]

GATES = (
    "data",
    "structure",
    "internal",
    "stability",
    "external",
    "time",
    "baseline",
    "usable",
    "privacy",
    "fidelity",
)
FINDINGS = (
    "none_admissible",
    "edge_of_range",
    "seed_dependent",
    "override",
    "two_modes",
    "merge_candidates",
    "borderline",
    "no_kpi_differs",
    "circular",
    "expectations",
    "contexts",
    "drift",
    "event",
    "noise",
)


def is_entry(code: str) -> bool:
    """Tell whether the playbook has an entry for the code of a gate or a finding.

    >>> is_entry("stability"), is_entry("weather")
    (True, False)
    """
    return code in GATES or code in FINDINGS


def entry(code: str) -> str:
    """Return the Markdown of one entry: a title, then what it means, why, and what to do.

    Args:
        code: Code of a gate or a finding.

    Raises:
        ValueError: The playbook has no such entry.
    """
    if not is_entry(code):
        known = ", ".join((*GATES, *FINDINGS))
        raise ValueError(f"playbook entry {code!r} is not known; the playbook holds {known}")
    return resources.files(__package__).joinpath(f"{code}.md").read_text(encoding="utf-8")
