"""Findings, sentences and reading notes."""

from __future__ import annotations

import pytest
from markupsafe import escape

from segmentation_lib import report


@pytest.mark.parametrize(
    ("kind", "word"),
    [("good", "Good"), ("warn", "Take care"), ("bad", "Problem"), ("info", "Note")],
)
def test_a_finding_says_its_kind_in_words(kind, word):
    assert report.finding("5 < 6 & more.", kind)._repr_html_() == (
        f'<p class="finding {kind}"><strong>{word}.</strong> 5 &lt; 6 &amp; more.</p>'
    )


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="'worse' is not one of good, warn, bad, info"):
        report.finding("x", "worse")


def test_sentences_are_a_paragraph_or_a_list():
    lines = ["One & two.", "  ", "Three."]
    assert report.sentences(lines)._repr_html_() == "<p>One &amp; two. Three.</p>"
    bullets = report.sentences(lines, bullets=True)._repr_html_()
    assert bullets == "<ul><li>One &amp; two.</li><li>Three.</li></ul>"


def test_a_definition_is_a_box_that_prints():
    html = report.definition("<x>")._repr_html_()
    assert html == (
        '<div class="definition"><p><strong>How to read this.</strong> &lt;x&gt;</p></div>'
    )


def test_a_finding_links_to_its_entry_in_the_playbook():
    html = report.finding("S05 is weak.", "warn", about="stability")._repr_html_()
    assert html.endswith(
        'S05 is weak. <a class="advice" href="playbook.html#stability">What to do about it</a></p>'
    )
    good = report.finding("All come back.", "good", about="stability")._repr_html_()
    assert '<a class="advice" href="playbook.html#stability">What this means</a>' in good
    with pytest.raises(ValueError, match="about 'weather': the playbook has no such entry"):
        report.finding("Rain.", about="weather")


def test_snippets_are_not_escaped_twice():
    snippet = report.sentences(["A & B."])
    assert escape(snippet) == "<p>A &amp; B.</p>"


def test_details_fold_pieces_and_text_under_their_summary():
    html = report.details("More & more", report.finding("Found."), "Plain < text.")._repr_html_()
    assert html == (
        '<details class="more"><summary>More &amp; more</summary>\n'
        '<p class="finding info"><strong>Note.</strong> Found.</p>\n'
        "<p>Plain &lt; text.</p>\n</details>"
    )


def test_details_without_a_summary_or_a_piece_are_refused():
    for summary, pieces in ((" ", ["x"]), ("x", [])):
        with pytest.raises(ValueError, match="need a summary and at least one piece"):
            report.details(summary, *pieces)
