"""A realistic quarter for the tests of the report: views, tables and a small executed notebook."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd

from segmentation_lib import report

ROOT = Path(__file__).parents[2]
NAMES = {
    "S01": "Frequent, high-spending regulars",
    "S02": "Occasional bargain hunters",
    "S03": "App-first newcomers",
    "S04": "Big baskets, long gaps",
    "S05": "Single-category browsers",
    "S07": "Fading loyal customers",
}
CUSTOMERS = [412, 1103, 688, 295, 731, 350]
VALUE = [412_330.5, 120_991.0, 98_412.25, 171_050.0, 61_733.0, 39_100.75]


def context(**changes):
    values = {
        "project": "Willow & Finch",
        "period": "2025Q3",
        "opens": date(2025, 7, 1),
        "last_day": date(2025, 9, 30),
        "lookback_from": date(2024, 7, 1),
        "parameters_hash": "3f9a2c17d0be",
        "model_hash": "81d4e6b0a9c2",
        "version": "0.1.0",
        "currency": "GBP",
    }
    return report.PageContext(**(values | changes))


def segment_values() -> pd.DataFrame:
    frame = pd.DataFrame(
        {"segment_id": list(NAMES), "name": list(NAMES.values()), "customers": CUSTOMERS}
    )
    frame["value"] = VALUE
    return frame.assign(
        customer_share=frame["customers"] / frame["customers"].sum(),
        value_share=frame["value"] / frame["value"].sum(),
        value_per_customer=frame["value"] / frame["customers"],
    )


def migration() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    ids = list(NAMES)
    rows = []
    for source in [*ids, "(new)"]:
        for target in [*ids, "(left)"]:
            if source == "(new)":
                count = 0 if target == "(left)" else int(rng.integers(5, 60))
            elif source == target:
                count = int(rng.integers(180, 600))
            else:
                count = int(rng.integers(0, 55))
            rows.append((source, target, count))
    frame = pd.DataFrame(rows, columns=["from_segment_id", "to_segment_id", "customers"])
    frame = frame[frame["customers"] > 0].reset_index(drop=True)
    totals = frame.groupby("from_segment_id")["customers"].transform("sum")
    return frame.assign(share=frame["customers"] / totals)


def flow_chart():
    return report.migration_flow(
        migration(),
        alt="Ribbons from last quarter's segments to this quarter's; most customers stay.",
        caption="Most customers stayed where they were; S07 lost most to the departed.",
        before="2025Q2",
        after="2025Q3",
        names=NAMES,
    )


def overview(**changes):
    traits = {
        "S01": ("buys every 12 days", "£84 a basket", "nine in ten orders at full price"),
        "S02": ("82% of orders on discount", "buys every 58 days"),
        "S03": ("74% of sessions in the app", "joined 5 months ago", "small first baskets"),
        "S04": ("£212 a basket", "two orders a year"),
        "S05": ("1.2 categories", "many visits, few orders"),
        "S07": ("tenure of 4 years", "last order 71 days ago"),
    }
    moves = {
        "S01": "+18 customers (+4.6%)",
        "S02": "−41 customers (−3.6%)",
        "S03": "+212 customers (+44.5%), new last quarter",
        "S04": "No change",
        "S05": "+9 customers (+1.2%)",
        "S07": "−96 customers (−21.5%)",
    }
    frame = segment_values()
    base = frame["value"].sum() / frame["customers"].sum()
    segments = tuple(
        report.SegmentView(
            id=row.segment_id,
            name=row.name,
            customers=row.customers,
            customer_share=row.customer_share,
            value=row.value,
            value_share=row.value_share,
            value_per_customer=row.value_per_customer,
            value_index=100 * row.value_per_customer / base,
            traits=traits[row.segment_id],
            change=moves[row.segment_id],
            customers_before=None,
            note="Its border with S02 is blurred: 31% of its customers could be in either."
            if row.segment_id == "S05"
            else "",
        )
        for row in frame.rename(columns={"name": "name_"})
        .assign(name=frame["name"])
        .itertuples(index=False)
    )
    values = {
        "verdict": "GO WITH LIMITS",
        "verdict_sentence": "The segments are real and differ in what customers do next, but one "
        "of the six is not stable enough to be addressed on its own.",
        "reasons": (
            "Groups this tight appear in fewer than 1 of 100 sets of data without segments.",
            "Revenue in the next quarter differs between segments (effect 0.21, 95% interval "
            "0.17 to 0.25).",
            "S05 is found again in only 58% of repeated samples; 75% is needed.",
        ),
        "withheld": ("The audience of S05 is not in the customer export.",),
        "overrides": (
            "The number of segments was set to 6 by M. Okafor on 3 October 2025: “keep the "
            "app segment apart”.",
        ),
        "key_figures": (
            report.KeyFigure("Customers in segments", "3,579", "+102 on last quarter"),
            report.KeyFigure("Revenue in the quarter", "£904k", "+3.1% on last quarter"),
            report.KeyFigure("Revenue per customer", "£252", "−0.4% on last quarter"),
            report.KeyFigure("Stayed in their segment", "84.2%", "86.0% last quarter"),
        ),
        "changes": (
            "App-first newcomers (S03) grew by 212 customers to 688, the largest move this "
            "quarter; 6 in 10 of them are new customers.",
            "Fading loyal customers (S07) lost 96 customers: 61 have not bought for a year, and "
            "22 came back to S01.",
            "No segment was split, merged or retired; all six keep their IDs.",
            "Revenue in the quarter was £904k, 3.1% above last quarter.",
        ),
        "segments": segments,
        "not_segmented": (("new customers with one order", 402), ("lapsed customers", 977)),
        "value_label": "revenue in the quarter",
        "migration": flow_chart(),
        "migration_sentence": "84.2% of customers stayed in their segment; 7.8% moved, and 8.0% "
        "left.",
        "actions": (
            report.ActionView(
                "S01",
                "Protect the regulars: reserve service capacity before the holiday season",
                "12% of customers bring 46% of revenue, 3.96 times the average per customer.",
                "association",
            ),
            report.ActionView(
                "S07",
                "Send the win-back letter to all, as last quarter's test advises",
                "The letter brought 4.1 points more buyers (95% interval 1.2 to 7.0).",
                "experiment",
            ),
            report.ActionView(
                "S03",
                "Test an app-only welcome offer against none",
                "74% of their sessions are in the app; no offer has been tested on them.",
                "assumption",
            ),
            report.ActionView(
                "",
                "Ask S05 what they look for before you address them",
                "The segment is found again in only 58% of repeated samples.",
                "quasi-experiment",
            ),
        ),
        "gates": (
            report.GateView(
                "structure", "Are there groups at all?", "go", "p-value against no groups",
                "0.010", "at most 0.05",
                "Groups this tight are rare in data without segments.",
            ),
            report.GateView(
                "stability", "Are the same groups found again?", "limits",
                "weakest segment", "0.58", "at least 0.75",
                "Five of six segments are stable; S05 is not.",
            ),
            report.GateView(
                "external", "Do they differ in what customers do next?", "go",
                "effect on revenue", "0.21", "at least 0.05",
                "Revenue in the quarter after the fit differs clearly.",
            ),
            report.GateView(
                "usable", "Is each large enough to act on?", "no-go", "smallest share", "4.1%",
                "at least 5%", "S04 holds 4.1% of customers.",
            ),
            report.GateView(
                "experiment", "Has acting on them paid off?", "not assessed", "", "", "",
                "No experiment has ended yet.",
            ),
        ),
        "previous": "2025Q2",
    }  # fmt: skip
    return report.OverviewView(**(values | changes))


def trait_matrix() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    rows = [
        "Recency (days)", "Frequency (orders)", "Monetary value", "Average order value",
        "Days between orders", "Category breadth", "Discount share", "Return rate",
        "App share of sessions",
    ]  # fmt: skip
    return pd.DataFrame(rng.normal(0, 1.1, (len(rows), 6)), index=rows, columns=list(NAMES))


def k_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "k": range(2, 9),
            "prediction_strength": [0.97, 0.91, 0.88, 0.86, 0.84, 0.62, 0.55],
            "silhouette": [0.31, 0.29, 0.30, 0.31, 0.32, 0.28, 0.26],
        }
    )


def k_table_by_algorithm() -> pd.DataFrame:
    shares = {"kmeans": 1.0, "mixture": 0.93, "ward": 0.88}
    table = pd.concat([k_table().assign(algorithm=name) for name in shares], ignore_index=True)
    table["prediction_strength"] *= table["algorithm"].map(shares)
    return table.assign(
        low=table["prediction_strength"] - 0.06, high=table["prediction_strength"] + 0.04
    )


def cluster_tree() -> pd.DataFrame:
    """Three groups that are cut in two by chance where more than three are asked for."""
    rows = [
        (2, "1", 3, "1", 600), (2, "2", 3, "2", 300), (2, "2", 3, "3", 100),
        (3, "1", 4, "1", 330), (3, "1", 4, "4", 270), (3, "2", 4, "2", 300),
        (3, "3", 4, "3", 100),
        (4, "1", 5, "1", 180), (4, "1", 5, "4", 150), (4, "4", 5, "4", 140),
        (4, "4", 5, "5", 130), (4, "2", 5, "2", 300), (4, "3", 5, "3", 100),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["k", "segment", "next_k", "next_segment", "customers"])
    of_segment = frame.groupby(["k", "segment"])["customers"].transform("sum")
    of_next = frame.groupby(["next_k", "next_segment"])["customers"].transform("sum")
    return frame.assign(
        share_of_segment=frame["customers"] / of_segment, share_of_next=frame["customers"] / of_next
    )


def separation() -> dict[str, pd.DataFrame]:
    """Four segments on a map: two that touch, two apart."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    spots = {"S01": (0.0, 0.0), "S02": (2.2, 0.4), "S03": (-4.0, 3.0), "S04": (5.5, -3.0)}
    corners = [
        (name, outline, corner, x + reach * np.cos(angle), y + reach * np.sin(angle))
        for name, (x, y) in spots.items()
        for outline, reach in (("inner", 0.9), ("outer", 1.7))
        for corner, angle in enumerate(angles)
    ]
    return {
        "centres": pd.DataFrame(
            [(name, x, y) for name, (x, y) in spots.items()], columns=["segment_id", "x", "y"]
        ),
        "outlines": pd.DataFrame(corners, columns=["segment_id", "outline", "corner", "x", "y"]),
        "neighbours": pd.DataFrame(
            [("S01", "S02", 0.6), ("S01", "S03", 0.2), ("S02", "S04", 0.04)],
            columns=["segment_id", "neighbour_id", "similarity"],
        ),
        "arrows": pd.DataFrame(
            [("recency_days", 0.8, 0.5), ("orders", 0.75, 0.52), ("discount_share", -0.7, -0.2)],
            columns=["feature", "x", "y"],
        ),
    }


def gorge_bins() -> pd.DataFrame:
    """S01 stands apart; S02 is cut out of a crowd."""
    low = np.linspace(-3, 2.7, 20)
    hills = {
        "S01": (np.exp(-((low - 1.5) ** 2)), np.exp(-((low + 2) ** 2))),
        "S02": (np.where(low >= 0, np.exp(-low), 0), np.where(low < 0, np.exp(-low / 9), 0)),
    }
    return pd.concat(
        [
            pd.DataFrame({"segment_id": name, "low": low, "high": low + 0.3, "members": members / 9,
                          "others": others / 9})
            for name, (members, others) in hills.items()
        ],
        ignore_index=True,
    )  # fmt: skip


def gorge_segments() -> pd.DataFrame:
    return pd.DataFrame({"segment_id": ["S01", "S02"], "gorge": [True, False]})


def indices() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "index": ["silhouette", "davies_bouldin", "explained_share"],
            "value": [0.318, 1.12, 0.61],
            "null_mean": [0.21, 1.44, 0.52],
            "null_low": [0.19, 1.38, 0.50],
            "null_high": [0.23, 1.51, 0.55],
            "p_value": [0.01, 0.01, 0.01],
            "better": ["higher", "lower", "higher"],
        }
    )


@cache
def outputs() -> list[tuple[str, list[object]]]:
    """The cells of a sample page: prose, and what its code shows."""
    values = segment_values()
    rng = np.random.default_rng(3)
    per_customer = values.assign(
        low=values["value_per_customer"] * 0.86, high=values["value_per_customer"] * 1.17
    )
    points = pd.DataFrame({"segment_id": rng.choice(list(NAMES), 3000)})
    shift = points["segment_id"].str[1:].astype(int)
    points["recency"] = rng.gamma(2, 10 + 6 * shift)
    points["monetary"] = rng.lognormal(7 - shift / 3, 0.5)
    wide = pd.DataFrame(
        rng.normal(50, 9, (6, 9)).round(1),
        columns=[f"long_column_name_{n}" for n in range(9)],
    )
    wide.insert(0, "segment_id", list(NAMES))
    return [
        (
            "# Six groups of customers, found the same way in 84 of 100 samples\n\nWe looked for "
            "groups of customers who **buy alike**, and asked whether chance would give the same.",
            [],
        ),
        (
            "## How many segments\n\nThe largest number that is still found again was taken.",
            [
                report.finding("Six segments are found again; seven are not.", "good"),
                report.line_by_k(
                    k_table(),
                    criterion="prediction_strength",
                    label="Prediction strength (1 = the same groups in both halves)",
                    chosen=6,
                    threshold=0.8,
                    threshold_label="needed:",
                    alt="Prediction strength falls from 0.97 at two segments to 0.84 at six, "
                    "then to 0.62 at seven; 0.80 is needed.",
                    caption="Six is the largest number of segments that is found again.",
                ),
                report.definition("Both halves of the data are grouped, and compared."),
                report.line_by_k(
                    k_table_by_algorithm(),
                    criterion="prediction_strength",
                    group="algorithm",
                    chosen_group="mixture",
                    group_names={"kmeans": "k-means", "mixture": "Gaussian mixture"},
                    chosen=5,
                    low="low",
                    high="high",
                    alt="Prediction strength of three algorithms; all fall after six segments.",
                    caption="The mixture is found again up to six segments.",
                ),
                report.cluster_tree(
                    cluster_tree(),
                    chosen=3,
                    segment_ids={"1": "S01", "2": "S02", "3": "S03"},
                    alt="Three segments run on whole; the fourth and fifth are mixed.",
                    caption="Beyond three segments, groups are cut at random.",
                ),
            ],
        ),
        (
            "## Beside chance",
            [
                report.value_beside_null(
                    indices(),
                    names={
                        "silhouette": "Silhouette (higher is better)",
                        "davies_bouldin": "Davies-Bouldin (lower is better)",
                        "explained_share": "Explained share (higher is better)",
                    },
                    alt="All three indices lie outside of the band that chance gives.",
                    caption="All three indices are better than chance would give.",
                ),
                report.distribution(
                    rng.normal(0.21, 0.012, 99),
                    label="Silhouette in 99 sets of data without segments",
                    marker=0.318,
                    marker_label="ours:",
                    band=(0.19, 0.23),
                    band_label="95% of them",
                    bins=14,
                    alt="99 silhouettes between 0.18 and 0.24; ours is 0.318.",
                    caption="No set of data without segments comes near our silhouette.",
                ),
                report.separation_map(
                    **separation(),
                    explained=0.61,
                    names=NAMES,
                    alt="S01 and S02 touch; S03 and S04 lie apart.",
                    caption="Two segments touch, two stand apart.",
                ),
                report.gorge(
                    gorge_bins(),
                    segments=gorge_segments(),
                    names=NAMES,
                    alt="A gorge around S01, none around S02.",
                    caption="S01 stands apart behind a gorge; S02 runs into its neighbours.",
                ),
                report.finding("S05 is not stable.", "warn", about="stability"),
                report.finding("Nothing was exported.", "bad"),
                report.finding("99 draws were made."),
            ],
        ),
        (
            "## Traits",
            [
                report.heat_map(
                    trait_matrix(),
                    labels=list(NAMES.values()),
                    limit=2.5,
                    alt="Nine traits by six segments, as distances from the average.",
                    caption="What sets each segment apart from the average customer.",
                    note="Standard deviations from the average; blue is above, brown below.",
                )
            ],
        ),
        (
            "## Value",
            [
                report.size_and_value(
                    values,
                    name="name",
                    value_label="of revenue",
                    alt="S01 holds 12% of customers and 46% of revenue.",
                    caption="One customer in nine brings almost half of the revenue.",
                ),
                report.bars_with_intervals(
                    per_customer,
                    label="segment_id",
                    name="name",
                    value="value_per_customer",
                    low="low",
                    high="high",
                    format="money0",
                    currency="GBP",
                    reference=252.5,
                    reference_label="average",
                    alt="Revenue per customer from £84 in S05 to £1,001 in S01.",
                    caption="A regular brings ten times as much as a browser.",
                ),
                report.table(
                    values[["segment_id", "name", "customers", "value"]],
                    caption="Size and revenue of each segment",
                    formats={"segment_id": "segment", "value": "money0"},
                    headers={"segment_id": "ID", "value": "Revenue"},
                    row_header="segment_id",
                    currency="GBP",
                    note="Revenue of the quarter, returns taken off.",
                ),
                report.table(wide, caption="A table that is wider than a phone"),
                report.migration_matrix(
                    migration(),
                    alt="Most of each segment stays in it.",
                    caption="Where each segment's customers went.",
                ),
            ],
        ),
    ]


def notebook(cells=None) -> nbformat.NotebookNode:
    """An executed notebook, as papermill leaves it: code, prose, outputs and noise."""
    node = nbformat.v4.new_notebook()
    for prose, shown in outputs() if cells is None else cells:
        node.cells.append(nbformat.v4.new_markdown_cell(prose))
        code = nbformat.v4.new_code_cell("secret_call()", execution_count=3)
        code.outputs = [nbformat.v4.new_output("stream", name="stderr", text="a warning\n")]
        code.outputs += [
            nbformat.v4.new_output(
                "display_data",
                data={"text/html": item._repr_html_(), "text/plain": "<Chart>"},
            )
            for item in shown
        ]
        node.cells.append(code)
    for number, cell in enumerate(node.cells):
        cell["id"] = f"cell-{number}"
    return node


def entries():
    return [
        report.HomeEntry(
            "Willow & Finch", "2025Q2", "GO", "demo/2025Q2/index.html",
            "All six segments can be used.", 6, 3477,
        ),
        report.HomeEntry(
            "Willow & Finch", "2025Q3", "GO WITH LIMITS", "demo/2025Q3/index.html",
            "The segments can be used, but one is not stable.", 6, 3579, True,
        ),
        report.HomeEntry(
            "Online retail", "2011Q3", "NO-GO", "online_retail/2011Q3/index.html",
            "The groups are not found again; use tiers by value instead.", 4, 1904,
        ),
    ]  # fmt: skip


def pages() -> dict[str, str]:
    """A whole report, as it is published."""
    here = context()
    stages = {f"{s}.html": report.stage_page(notebook(), here.at(s)) for s in _STAGES}
    return {
        "index.html": report.overview_page(overview(), here),
        **stages,
        "playbook.html": report.playbook_page(here),
    }


_STAGES = ("prepare", "cluster", "validate", "profile", "implement")
