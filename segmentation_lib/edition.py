"""A quarter's published edition: artefacts become views, views become pages, pages a report."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import pathlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import nbformat
import pandas as pd

from segmentation_lib.artefacts import STAGES
from segmentation_lib.fingerprint import library_hash
from segmentation_lib.implement.areas import AREAS
from segmentation_lib.implement.council.checklist import checklist_sentence
from segmentation_lib.implement.governance import check_pages
from segmentation_lib.implement.migration import is_segment
from segmentation_lib.profile.story import assumption_sentence
from segmentation_lib.profile.value import HEADCOUNT
from segmentation_lib.quarter import Quarter
from segmentation_lib.report import (
    SHEETS,
    ActionView,
    Chart,
    GateView,
    HomeEntry,
    KeyFigure,
    OverviewView,
    PageContext,
    SegmentView,
    checklist_page,
    checklist_views,
    council_page,
    council_view,
    dashboard_page,
    dashboard_view,
    home_page,
    migration_flow,
    one_pager_page,
    one_pager_view,
    overview_page,
    playbook_page,
    publish,
    publish_page,
    recover,
    stage_page,
)
from segmentation_lib.report.format import formatter
from segmentation_lib.run import file_hash, to_json
from segmentation_lib.small_cells import suppress_flows

__all__ = ["HINTS", "overview_view", "page_context", "publish_quarter"]

HINTS = {
    "GO": "",
    "GO WITH LIMITS": ": read the limits on the first page",
    "NO-GO": ": the report says why; customer exports are withheld",
}
_EDITION = "edition.json"
_OUTSIDE = {
    "NEW": "new customers",
    "LAPSED": "lapsed customers",
    "INACTIVE": "who never bought or visited",
    "UNSCORED": "with values missing",
}


def publish_quarter(
    quarter: Quarter, notebooks: Mapping[str, pathlib.Path]
) -> tuple[pathlib.Path, bool]:
    """Publish a finished run, and the list of all reports, if anything changed.

    Args:
        quarter: The quarter, all of whose stages are done.
        notebooks: The executed notebook of each stage.

    Returns:
        The report's first page, and whether it was written anew.
    """
    reports = quarter.root / "reports"
    folder = reports / quarter.all_params.project / quarter.all_params.period
    recover(folder)
    made_from = _made_from(quarter, notebooks)
    if not _is_current(quarter, folder, made_from):
        pages = _pages(quarter, notebooks)
        check_pages(pages, _customers(quarter), harmless={str(quarter.all_params.seed)})
        publish(pages, folder)
        quarter.run.record("report", {"status": "done", "made_from": made_from, "pages": {
            name: _text_hash(text) for name, text in pages.items()}})  # fmt: skip
        written = True
    else:
        written = False
    _publish_home(reports)
    return folder / "index.html", written


def _pages(quarter: Quarter, notebooks: Mapping[str, pathlib.Path]) -> dict[str, str]:
    context = page_context(quarter)
    view = overview_view(quarter)
    pages = {
        "index.html": overview_page(view, context),
        "playbook.html": playbook_page(context.at("playbook")),
        **_sheets(quarter, context),
    }
    for stage in STAGES:
        node = nbformat.read(notebooks[stage], as_version=4)  # type: ignore[no-untyped-call]
        pages[f"{stage}.html"] = stage_page(node, context.at(stage))
    entry = {
        "project": context.project,
        "period": context.period,
        "verdict": view.verdict,
        "sentence": view.verdict_sentence,
        "segments": len(view.segments),
        "customers": sum(segment.customers for segment in view.segments),
        "partial": context.partial,
    }
    return {**pages, _EDITION: to_json(entry)}


def _sheets(quarter: Quarter, context: PageContext) -> dict[str, str]:
    """Draw the pages for one team each, the dashboard, the council's pack and the checklist."""
    run, names = quarter.run, _sheet_names(quarter)
    steps = run.read("checklist")
    pages = {
        page["area"]: one_pager_page(one_pager_view(page), context, sheets=names)
        for page in run.read("areas")["pages"]
    }
    pages["dashboard"] = dashboard_page(
        dashboard_view(run.read("dashboard")), context, sheets=names
    )
    pages["council"] = council_page(council_view(run.read("council")), context, sheets=names)
    pages["checklist"] = checklist_page(
        checklist_views(steps.to_dict("records")),
        context,
        sentence=checklist_sentence(steps),
        sheets=names,
    )
    return {f"{name}.html": text for name, text in pages.items()}


def _sheet_names(quarter: Quarter) -> tuple[str, ...]:
    """Names of the sheets that are published, in the order in which pages list them."""
    areas = {page["area"] for page in quarter.run.read("areas")["pages"]}
    return tuple(name for name in SHEETS if name in areas or name not in AREAS)


def _customers(quarter: Quarter) -> set[str]:
    """All IDs that must not stand on a page."""
    close = quarter.run.read("assignments_close")["customer_id"].astype("str")
    linked = quarter.run.read("identities")["customer_id"].astype("str")
    return {*close, *linked}


def page_context(quarter: Quarter) -> PageContext:
    """Return what every page of the quarter says about itself.

    Args:
        quarter: The quarter, with its prepare and cluster stages done.
    """
    params = quarter.all_params
    quality = quarter.run.read("quality")
    last, found = quality["coverage"]["last_day"], {check["code"] for check in quality["checks"]}
    return PageContext(
        project=params.name,
        period=params.period,
        opens=quarter.window.start,
        last_day=quarter.window.last_day,
        lookback_from=quarter.window.lookback(params.prepare.lookback_days).start,
        parameters_hash=_text_hash(params.model_dump_json())[:12],
        model_hash=str(quarter.run.hash("model"))[:12],
        version=importlib.metadata.version("segmentation-template"),
        currency=params.data.currency,
        partial="partial_quarter" in found,
        undated="undated_features" in found,
        data_until=date.fromisoformat(last) if last else None,
    )


def overview_view(quarter: Quarter) -> OverviewView:
    """Return what the first page shows, from the run's artefacts.

    Args:
        quarter: The quarter, with all stages done.
    """
    run = quarter.run
    cards, scorecard, summary = run.read("segments"), run.read("scorecard"), run.read("summary")
    actions = run.read("actions")
    small = quarter.all_params.small_cell
    return OverviewView(
        verdict=scorecard["verdict"],
        verdict_sentence=summary["verdict_sentence"],
        reasons=tuple(summary["reasons"]),
        withheld=tuple(summary["withheld"]),
        sheets=tuple((name, SHEETS[name]) for name in _sheet_names(quarter)),
        overrides=tuple(scorecard["overrides"]),
        key_figures=_key_figures(cards, run.read("kpi_baseline"), quarter.all_params.data.currency),
        changes=tuple(summary["changes"]),
        segments=tuple(_segment_view(card) for card in cards["segments"]),
        not_segmented=tuple(
            (_OUTSIDE[state], count)
            for state, count in cards["not_segmented"].items()
            if count >= small
        ),
        value_label=cards["value_measure"] or "value",
        value_is_money=cards["value_unit"] == "money",
        has_value=cards["value_unit"] not in (None, HEADCOUNT.unit),
        migration=migration_chart(run.read("migration"), cards, quarter),
        migration_sentence=summary["migration_sentence"],
        actions=tuple(
            ActionView(
                segment_id=row.segment_id if is_segment(row.segment_id) else "",
                action=row.action,
                why=row.why,
                grade=row.grade,
            )
            for row in actions.itertuples()
        ),
        gates=tuple(GateView(**gate) for gate in scorecard["gates"]),
        previous=quarter.all_params.previous or "",
        assumptions=_assumptions(quarter),
    )


def migration_chart(
    matrix: pd.DataFrame, cards: Mapping[str, Any], quarter: Quarter
) -> Chart | None:
    """Draw the moves since last quarter, small cells left out; None when there are none to show."""
    if matrix.empty:
        return None
    small = quarter.all_params.small_cell
    moves = int((matrix["customers"] > 0).sum())
    shown = suppress_flows(
        matrix, "customers", rows="from_segment_id", columns="to_segment_id", limit=small,
        derived=["share"],
    )  # fmt: skip
    shown = shown[shown["customers"].fillna(0) > 0]
    if shown.empty:
        return None
    names = {card["id"]: card["name"] for card in cards["segments"]}
    hidden = f"Flows of fewer than {small} customers, and what would give them away, are not shown."
    withheld = "" if len(shown) == moves else hidden
    sentence = quarter.run.read("summary")["migration_sentence"]
    previous, period = quarter.all_params.previous, quarter.all_params.period
    return migration_flow(
        shown,
        alt=f"Customers by segment at the close of {previous} and of {period}. {sentence}",
        caption=f"Who moved between the close of {previous} and the close of {period}",
        before=f"close of {previous}",
        after=f"close of {period}",
        names=names,
        note=withheld,
    )


def _segment_view(card: Mapping[str, Any]) -> SegmentView:
    return SegmentView(
        id=card["id"],
        name=card["name"],
        customers=card["customers"],
        customer_share=card["customer_share_at_open"],
        value=card["value"],
        value_share=card["value_share"],
        value_per_customer=card["value_per_customer"],
        value_index=card["value_index"],
        traits=tuple(trait["phrase"] for trait in card["traits"]),
        change=_change(card),
        customers_before=card["customers_before"],
    )


def _assumptions(quarter: Quarter) -> str:
    """Say how many answers are assumed; runs of older versions hold no answers."""
    run = quarter.run
    return assumption_sentence(run.read("answers")) if run.has("answers") else ""


def _change(card: Mapping[str, Any]) -> str:
    """Say what became of a segment since last quarter, at a glance."""
    before, share = card["customer_share_before"], card["customer_share"]
    if before is None:
        return "" if card["change"] in (None, "", "kept") else f"{card['change']} this quarter"
    points = formatter("points1")(share - before)
    return f"{points} of customers since last quarter"


def _key_figures(
    cards: Mapping[str, Any], baseline: pd.DataFrame, currency: str
) -> tuple[KeyFigure, ...]:
    count, money, share = (
        formatter(kind, currency=currency) for kind in ("integer", "money0", "percent0")
    )
    figures = [
        KeyFigure("segments", count(len(cards["segments"]))),
        KeyFigure("customers in a segment", count(cards["base"]["customers"])),
    ]
    base = cards["base"]
    if base["value"] is not None and cards["value_measure"] != HEADCOUNT.words:
        shown = money(base["value"]) if cards["value_unit"] == "money" else count(base["value"])
        figures.append(KeyFigure(cards["value_measure"], shown))
    active = baseline[(baseline["kpi"] == "active") & ~baseline["segment_id"].map(is_segment)]
    if len(active):
        did = "bought" if "revenue" in set(baseline["kpi"]) else "active"
        figures.append(KeyFigure(f"{did} in the quarter", share(float(active["value"].iloc[0]))))
    return tuple(figures)


def _publish_home(reports: pathlib.Path) -> None:
    entries = []
    for file in sorted(reports.glob(f"*/*/{_EDITION}")):
        if file.parent.name.startswith("."):
            continue
        values = json.loads(file.read_text(encoding="utf-8"))
        href = f"{file.parent.parent.name}/{file.parent.name}/index.html"
        entries.append(HomeEntry(**values, href=href))
    text = home_page(entries)
    page = reports / "index.html"
    if not page.is_file() or page.read_text(encoding="utf-8") != text:
        publish_page(text, page)


def _made_from(quarter: Quarter, notebooks: Mapping[str, pathlib.Path]) -> str:
    parts = [
        quarter.all_params.model_dump_json(),
        library_hash(),
        importlib.metadata.version("nbconvert"),
        *(file_hash(notebooks[stage]) for stage in STAGES),
        *(str(quarter.run.hash(name)) for name in _READ),
    ]
    return _text_hash("\n".join(parts))


_READ = ("quality", "model", "scorecard", "segments", "summary", "actions", "migration",
         "kpi_baseline", "answers", "areas", "dashboard", "council", "checklist")  # fmt: skip


def _is_current(quarter: Quarter, folder: pathlib.Path, made_from: str) -> bool:
    entry = quarter.run.manifest["stages"].get("report", {})
    if entry.get("made_from") != made_from:
        return False
    pages = entry["pages"]
    return all(
        (folder / name).is_file() and file_hash(folder / name) == value
        for name, value in pages.items()
    )


def _text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
