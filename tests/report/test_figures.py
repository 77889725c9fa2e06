"""A chart as a figure: two pictures, alt text, caption, and the numbers."""

from __future__ import annotations

import struct
from urllib.parse import unquote
from xml.etree import ElementTree

import matplotlib as mpl
import pandas as pd
import pytest

from segmentation_lib.report.figures import Canvas, draw_chart
from segmentation_lib.report.tables import table
from tests.report.svg import texts


def draw(canvas: Canvas) -> None:
    axes = canvas.axes()
    axes.plot([1, 2], [3, 4.123456])
    axes.set_xlabel("phone" if canvas.narrow else 'desk & "1.23456" <b>\'s $x$')
    axes.set_yticks([3, 4], ["one\ntwo words", "short"])


def chart(**changes):
    values = {"alt": "A line.", "caption": "It rises.", "heights": (200, 150.2)}
    return draw_chart(draw, **(values | changes))


def test_the_wide_and_the_narrow_picture_differ():
    made = chart()
    assert (made.wide.width, made.wide.height) == (920, 200)
    assert (made.narrow.width, made.narrow.height) == (358, 151)
    assert "phone" in texts(made.narrow)
    assert "phone" not in texts(made.wide)


def test_words_are_kept_to_the_letter():
    assert 'desk & "1.23456" <b>\'s $x$' in texts(chart().wide)


def test_lines_of_a_label_are_set_one_by_one():
    words = texts(chart().wide)
    assert "one" in words
    assert "two words" in words


def test_pictures_carry_no_date_no_foreign_address_and_no_typeface_of_their_own():
    text = chart().wide.content.decode()
    assert text.startswith("<svg")
    for unwanted in ("<metadata", "DejaVu", "<!--", "dc:", "@font-face"):
        assert unwanted not in text
    assert "text{font-family:-apple-system," in text


def test_the_data_address_gives_the_picture_back():
    address = chart().wide.address
    assert address.startswith("data:image/svg+xml,")
    assert not set(address) & set(' "<>&#\n')
    root = ElementTree.fromstring(unquote(address.partition(",")[2]))
    assert root.get("viewBox") == "0 0 920 200"


def test_a_cloud_is_a_png_of_two_dots_per_pixel():
    made = chart(raster=True)
    assert made.wide.content.startswith(b"\x89PNG")
    assert struct.unpack(">II", made.wide.content[16:24]) == (1840, 400)
    assert made.wide.address.startswith("data:image/png;base64,iVBOR")


def test_settings_of_the_kernel_change_nothing():
    plain = chart()
    with mpl.rc_context({"font.size": 30, "figure.dpi": 200, "axes.facecolor": "red"}):
        assert chart() == plain
        assert mpl.rcParams["font.size"] == 30


def test_the_html_is_a_figure_with_alt_text_and_caption():
    html = chart(alt='5 < 6 & "so"', caption="<i>rises</i>", note="A & B")._repr_html_()
    assert html.startswith('<figure class="chart"><figcaption>&lt;i&gt;rises&lt;/i&gt;')
    assert 'alt="5 &lt; 6 &amp; &#34;so&#34;"' in html
    assert '<source media="(max-width: 640px)"' in html
    assert 'width="358" height="151"' in html
    assert '<p class="note">A &amp; B</p>' in html
    assert "<details" not in html


def test_the_numbers_can_be_unfolded():
    frame = pd.DataFrame({"k": [2], "value": [0.5]})
    made = chart(numbers=table(frame, caption="Numbers"))
    assert made.data.equals(frame)
    assert '<details class="numbers"><summary>The numbers' in made._repr_html_()
    assert '<td class="number">0.50</td>' in made._repr_html_()
    assert chart().data.empty


@pytest.mark.parametrize("unsaid", ["alt", "caption"])
def test_a_chart_without_words_is_refused(unsaid):
    with pytest.raises(ValueError, match="needs alt text and a caption"):
        chart(**{unsaid: "  "})
