"""Colours: the same for a segment everywhere, readable, and apart for every kind of sight."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from segmentation_lib.report.charts.heat import DIVERGING, SEQUENTIAL
from segmentation_lib.report.theme import (
    ACCENT,
    INK,
    MUTED,
    NEUTRAL,
    PALETTE,
    contrast,
    segment_colours,
    segment_hatches,
    segment_number,
    style_sheet,
    text_on,
)

# Machado, Oliveira and Fernandes (2009), severity 1, for linear light.
SIGHT = {
    "ordinary": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}  # fmt: skip


def lab(colour, sight):
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    light = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(SIGHT[sight]) @ light, 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
              [0.0193339, 0.1191920, 0.9503041]]  # fmt: skip
    x, y, z = np.cbrt(np.array(to_xyz) @ seen / [0.95047, 1, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_segment_colours_can_be_told_apart(sight):
    for first, second in itertools.combinations(PALETTE, 2):
        distance = np.linalg.norm(lab(first, sight) - lab(second, sight))
        assert distance >= 18, (first, second)


def test_there_are_ten_colours_that_show_on_white():
    assert len(set(PALETTE)) == 10
    assert all(contrast(colour, "#ffffff") >= 3 for colour in (*PALETTE, NEUTRAL))


def test_words_can_be_read_on_white_and_on_the_wash():
    assert all(contrast(c, g) >= 4.5 for c in (INK, MUTED, ACCENT) for g in ("#ffffff", "#f5f7f9"))


def test_words_can_be_read_on_every_cell_of_a_heat_map():
    for scale in (DIVERGING, SEQUENTIAL):
        for share in np.linspace(0, 1, 201):
            red, green, blue, _ = (round(255 * channel) for channel in scale(share))
            cell = f"#{red:02x}{green:02x}{blue:02x}"
            assert contrast(text_on(cell), cell) >= 4.5


def test_words_can_be_read_on_every_tag():
    assert all(contrast(text_on(colour), colour) >= 4.5 for colour in PALETTE)
    assert text_on("#ffffff") == "#000000"
    assert text_on("#114c87") == "#ffffff"


def test_contrast_has_the_published_reference_values():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == 1


def test_a_segment_keeps_its_colour_whoever_is_beside_it():
    alone = segment_colours(["S03"])
    assert alone["S03"] == PALETTE[2]
    assert segment_colours(["S09", "S03", "S01"])["S03"] == alone["S03"]


def test_the_eleventh_segment_repeats_a_colour_with_a_pattern():
    colours = segment_colours(["S01", "S11", "S21"])
    hatches = segment_hatches(["S01", "S11", "S21", "(new)"])
    assert len(set(colours.values())) == 1
    assert hatches == {"S01": "", "S11": "///", "S21": "...", "(new)": ""}


@pytest.mark.parametrize("name", ["(new)", "LAPSED", "NEW", "S", "S1a"])
def test_what_is_no_segment_is_grey(name):
    assert segment_number(name) is None
    assert segment_colours([name]) == {name: NEUTRAL}


def test_the_style_sheet_asks_for_nothing_from_elsewhere():
    text = style_sheet()
    assert "@media print" in text
    assert "url(" not in text
    assert "@import" not in text
    assert "http" not in text
