"""Leaks are found wherever a page can hold them, and ordinary numbers are none."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.governance import check_pages, find_leaks, leaks_in

IDS = [
    "004711",
    "C-1001",
    "user_88",
    "7f3a9c",
    "17",
    "anna",
    "jane@shop.example",
    "S01",
    "ÄB12",
    "12346",
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<p>Order of 004711 came late</p>", "customer id"),
        ("<p>customer #004711</p>", "customer id"),
        ("<p>ids: 004711,004712</p>", "customer id"),
        ('<img alt="path of C-1001">', "customer id"),
        ("<svg><title>user_88</title></svg>", "customer id"),
        ('{"note": "see\\n7f3a9c"}', "customer id"),
        ('{"note": "\\u00c4B12"}', "customer id"),
        ("<p>jane&#64;shop.example</p>", "customer id"),
        ('<a href="?id=C%2D1001">x</a>', "customer id"),
        ("<!-- C-1001 -->", "customer id"),
        ("<p>Customer 12346 called</p>", "customer id"),
        ('{"customer_id": "12346"}', "customer id"),
        ("<td><script>alert(1)</script></td>", "active content"),
        ('<img src="x" onerror="alert(1)">', "active content"),
        ('<a href="javascript:alert(1)">x</a>', "active content"),
        ("<p>secret plan</p>", "forbidden text"),
    ],
)
def test_found(text, kind):
    leaks = leaks_in({"a.html": f"<html>\n{text}\n"}, IDS, forbidden=["secret plan"])
    assert [(leak.page, leak.line, leak.kind) for leak in leaks] == [("a.html", 2, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "<p>12346 customers; customer 12346.5, customer 12346 %</p>",
        "<th>customers</th><td>12346</td>",
        "<p>17 customers, anna and S01 (Regulars)</p>",
        "<p>1,004,711 customers, 12.004711 points, 004711.5</p>",
        '<path d="M 004711 2 L 3 4" fill="#004711"/>',
        "<style>p { color: #004711 }</style>",
        '<img src="data:image/png;base64,004711+7f3a9c/C-1001=">',
        "<p>&lt;script&gt; is a word here, on = off</p>",
        "<p>x004711 and 7f3a9cd</p>",
    ],
)
def test_no_leak(text):
    assert leaks_in({"a.html": text}, IDS) == []


def test_pages_with_a_leak_are_refused_and_the_id_is_not_repeated():
    with pytest.raises(ContractError) as caught:
        check_pages({"a.html": "one\n<p>004711</p>", "b.html": "fine"}, IDS)
    assert "a.html:2: customer id 00…" in str(caught.value)
    assert "004711" not in str(caught.value)
    check_pages({"a.html": "<p>004711</p>"}, IDS, harmless=["004711"])


def test_every_file_of_a_folder_is_read(tmp_path):
    (tmp_path / "shop/2025Q3").mkdir(parents=True)
    (tmp_path / "shop/2025Q3/edition.json").write_text('{"customer": "C-1001"}')
    (tmp_path / "index.html").write_text("<p>fine</p>")
    (leak,) = find_leaks(tmp_path, IDS)
    assert (leak.page, leak.found) == ("shop/2025Q3/edition.json", "C-…")


def test_many_customers_take_seconds():
    ids = [f"{number:08d}" for number in range(300_000)]
    page = "<p>some words of a page</p>\n" * 20_000 + "<p>00123456</p>"
    start = time.perf_counter()
    assert len(leaks_in({"a.html": page}, ids)) == 1
    assert time.perf_counter() - start < 15


def test_the_paths_of_a_drawing_in_an_address_are_no_ids_but_its_words_are():
    svg = "<svg><path d='M105 20L88.5 12C3 4'/><text>{}</text></svg>"
    pages = [
        {"a.html": f'<img src="data:image/svg+xml,{quote(svg.format(words))}">'}
        for words in ("Orders", "Orders of M106")
    ]
    ids = ["M105", "M106", "20L88", "12C3"]
    assert [[leak.found for leak in leaks_in(page, ids)] for page in pages] == [[], ["M1…"]]
