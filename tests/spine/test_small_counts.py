"""No published page of a whole run tells of a few people."""

from __future__ import annotations

import pytest

from tests.privacy.page_audit import few_people_on
from tests.spine.workspace import Workspace


@pytest.mark.xdist_group("demo")
def test_pages_of_the_demo_tell_of_no_few_people(demo: Workspace) -> None:
    _check(demo, "demo")


@pytest.mark.xdist_group("shop")
def test_pages_of_a_small_shop_tell_of_no_few_people(shop: Workspace) -> None:
    _check(shop, "shop")


def _check(clone: Workspace, project: str) -> None:
    pages = sorted((clone.root / "reports" / project).rglob("*.html"))
    assert pages
    found = {page.name: few_people_on(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: told for name, told in found.items() if told} == {}
