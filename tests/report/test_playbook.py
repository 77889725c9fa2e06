"""The playbook: an entry per gate and finding, each complete, every link with a target."""

from __future__ import annotations

import re

import pytest

from segmentation_lib import report
from segmentation_lib.params import ClusterParams, PrepareParams, ValidateParams
from segmentation_lib.report.playbook import FINDINGS, GATES, entry
from segmentation_lib.validate import gates
from tests.report import sample

CODES = (*GATES, *FINDINGS)
PARTS = [
    "What it means",
    "Why it happens",
    "What the analyst does",
    "What the stakeholder does",
    "What not to do",
]


@pytest.fixture(scope="module")
def page():
    return report.playbook_page(sample.context())


@pytest.mark.parametrize("code", CODES)
def test_every_entry_has_its_five_parts_and_three_steps(code):
    text = entry(code)
    assert re.findall(r"^# .+$", text, re.MULTILINE) == [text.splitlines()[0]]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    parts = [part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]]
    assert re.findall(r"^(\d)\.", parts[2], re.MULTILINE) == ["1", "2", "3"]
    assert all(len(part) > 40 for part in parts)
    assert max(len(line) for line in text.splitlines()) <= 100


def test_every_entry_is_a_section_of_the_page(page):
    assert re.findall(r'<h3 id="(\w+)">', page) == list(CODES)
    assert len(set(CODES)) == 24
    assert page.count("<h4>") == 5 * 24
    assert page.count("<ol>") == 24


def test_every_link_has_a_target(page):
    places = set(re.findall(r'id="([^"]+)"', page))
    links = re.findall(r'<a (?:class="\w+" )?href="([^"]+)"', page)
    pages = {*sample.pages(), "../../index.html"}
    assert {link[1:] for link in links if link.startswith("#")} <= places
    assert {link for link in links if not link.startswith("#")} <= pages


def test_every_gate_of_the_scorecard_has_an_entry():
    functions = [name for name in gates.__all__ if name.endswith("_gate")]
    assert {name.removesuffix("_gate") for name in functions} == set(GATES)


def test_no_entry_lacks_its_file_and_no_file_its_entry(project_root):
    files = (project_root / "segmentation_lib" / "report" / "playbook").glob("*.md")
    assert {file.stem for file in files} == set(CODES)


def test_parameters_that_entries_name_exist():
    named = {
        found
        for code in CODES
        for found in re.findall(r"`(cluster|prepare|validate)\.(\w+)`", entry(code))
    }
    assert named
    sections = {"cluster": ClusterParams, "prepare": PrepareParams, "validate": ValidateParams}
    unknown = [(where, name) for where, name in named if name not in sections[where].model_fields]
    assert unknown == []


def test_markup_in_an_entry_is_shown_and_not_obeyed():
    from segmentation_lib.report.guide import _to_html

    assert "<script" not in str(_to_html("Text <script>alert(1)</script>"))


def test_an_unknown_entry_is_refused():
    with pytest.raises(ValueError, match="'weather' is not known; the playbook holds data, "):
        entry("weather")


def test_the_page_says_nothing_of_a_quarters_results(page):
    other = report.playbook_page(sample.context(project="Elsewhere"))
    body = slice(page.index("<main"), page.index("</main>"))
    assert other[other.index("<main") : other.index("</main>")] == page[body]
