"""Looks at published pages in Chromium, and says everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

LARGEST = 1_500_000
PHONE, DESK = 390, 1440
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
NO_ALT_TEXT = "No description has been provided"


def check_page(page_path: Path, browser_path: Path) -> None:
    """Fail with all problems of one page."""
    check_pages([page_path], browser_path)


def check_pages(page_paths: Iterable[Path], browser_path: Path) -> None:
    """Fail with all problems of all pages; the browser is started once."""
    found = problems(page_paths, browser_path)
    assert not found, "\n".join(found)


def problems(page_paths: Iterable[Path], browser_path: Path) -> list[str]:
    """Return every problem as a line that starts with the page's name."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(browser_path), args=["--no-sandbox"]
        )
        try:
            return [
                f"{path.parent.name}/{path.name}: {problem}"
                for path in page_paths
                for problem in _problems_of(path, browser)
            ]
        finally:
            browser.close()


def _problems_of(path: Path, browser: Browser) -> list[str]:
    address = path.resolve().as_uri()
    found = []
    size = path.stat().st_size
    if size > LARGEST:
        found.append(f"size is {size:,} bytes, at most {LARGEST:,} are allowed")
    if NO_ALT_TEXT in path.read_text(encoding="utf-8"):
        found.append("a figure has no alt text")
    page = browser.new_page(viewport={"width": DESK, "height": 900})
    page.on("request", lambda request: found.extend(_request(request.url, address)))
    page.on(
        "console",
        lambda message: (
            found.append(f"console {message.type}: {message.text}")
            if message.type in ("error", "warning")
            else None
        ),
    )
    page.on("pageerror", lambda error: found.append(f"script error: {error}"))
    page.goto(address, wait_until="load")
    if (count := page.locator("h1").count()) != 1:
        found.append(f"has {count} h1 headings, one is the rule")
    if page.locator("script").count():
        found.append("has a script")
    found += _pictures(page) + _links(page, path)
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"scrolls sideways: {wide} px wide at {width} px")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"scrolls sideways when unfolded: {wide} px wide at {width} px")
        found += _axe(page, width)
    page.close()
    return found


def _request(url: str, address: str) -> list[str]:
    own = url.split("#")[0] == address or url.startswith("data:")
    return [] if own else [f"asks for {url}"]


def _pictures(page: Page) -> list[str]:
    seen = page.eval_on_selector_all(
        "img", "all => all.map(i => [i.alt.trim(), i.complete && i.naturalWidth > 0])"
    )
    return [
        f"picture {number} {what}"
        for number, (alt, drawn) in enumerate(seen, start=1)
        for what, bad in (("has no alt text", not alt), ("cannot be drawn", not drawn))
        if bad
    ]


def _links(page: Page, path: Path) -> list[str]:
    found = []
    for href in page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href') || '')"):
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            found.append(f"links to elsewhere: {href}")
        elif parts.path and not (path.parent / unquote(parts.path)).is_file():
            found.append(f"links to {href}, which is not there")
        elif parts.path and parts.fragment and not _holds(path.parent / unquote(parts.path), parts):
            found.append(f"links to {href}, a place which that page does not have")
        elif not parts.path and page.locator(f'[id="{unquote(parts.fragment)}"]').count() != 1:
            found.append(f"links to {href or 'nothing'}, which is not on the page")
    return found


def _holds(path: Path, parts: SplitResult) -> bool:
    return f'id="{unquote(parts.fragment)}"' in path.read_text(encoding="utf-8")


def _axe(page: Page, width: int) -> list[str]:
    results = Axe().run(page, options=RULES | {"resultTypes": ["violations"]})
    return [
        f"at {width} px, {rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:160]}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]
