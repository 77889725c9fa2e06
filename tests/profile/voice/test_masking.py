"""Masking: what names or reaches a person goes, ordinary words and numbers stay."""

from __future__ import annotations

import pytest

from segmentation_lib.profile.voice.masking import mask_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to jo.smith+x@example.co.uk please.", "Write to [e-mail] please."),
        ("jo (at) example (dot) com", "[e-mail]"),
        ("jo[at]example.com!", "[e-mail]!"),
        ("See https://shop.example/a?b=1 or www.shop.example.", "See [link] or [link]."),
        ("my site is smith-family.co.uk/us", "my site is [link]"),
        ("I am @jo_smith on there", "I am [handle] on there"),
        ("Refund to GB29 NWBK 6016 1331 9268 19 please", "Refund to [account] please"),
        ("card 4111 1111 1111 1111 was charged", "card [number] was charged"),
        ("card 4111-1111-1111-1111", "card [number]"),
        ("call 020 7946 0018", "call [number]"),
        ("call +44 (0)20 7946-0018.", "call [number]."),
        ("(020) 79460018 is me", "[number] is me"),
        ("order 1234567 and ORD-77123 never came", "order [number] and [number] never came"),
        ("born 03/12/1984, or 1984-12-03", "born [date], or [date]"),
        ("I live in SW1A 1AA", "I live in [postcode]"),
        ("Mrs Smith was kind, so was Mr. John Major", "Mrs [name] was kind, so was Mr. [name]"),
        ("My name is Ada Lovelace", "My name is [name]"),
    ],
)
def test_personal_data_are_masked(text: str, masked: str):
    assert mask_personal([text]) == [masked]


@pytest.mark.parametrize(
    "text",
    [
        "I paid 1,250.50 for 3 chairs at 9.30 on 2 occasions.",
        "Open 24/7, 10 out of 10, size 42-44, 100 % wool.",
        "Delivery between 8 and 12 would be 5 times better.",
        "Dear shop, please bring back the points.",
        "It came in 2024 and again in 2025.",
        "Two of my three orders, at best.",
    ],
)
def test_ordinary_words_and_numbers_stay(text: str):
    assert mask_personal([text]) == [text]


def test_ids_and_names_that_are_known_are_masked():
    masked = mask_personal(
        ["I am C-0042, jane Doe; Jane's order of 12 is late. Customer 0042x."],
        ids={"C-0042", "12"},
        names=["Jane Doe"],
    )
    assert masked == ["I am [customer], [name] [name]; [name] order of 12 is late. Customer 0042x."]


def test_all_texts_come_back_in_order():
    assert mask_personal(["b", "", "a@example.com"]) == ["b", "", "[e-mail]"]


def test_short_names_need_their_capital():
    assert mask_personal(["Jo saw an old ad."], names=["Jo An"]) == ["[name] saw an old ad."]
