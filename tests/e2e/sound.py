"""What holds for every page in every state: it fits the screen, speaks Chinese, and a screen reader can use it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import no_console_errors, visible_english

_PROGRAMS = {"xlsx", "CSV", "Excel", "WPS", "XLSX", "TXT"}  # what they are called in Chinese as well

# The levels A and AA of WCAG 2.0 to 2.2 and what axe recommends besides.
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_axe = Axe()


@contextlib.contextmanager
def sound_road(page: Page, console: Console) -> Iterator[None]:
    """Nothing goes wrong in the browser meanwhile, and nothing is asked of any other host."""
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    with no_console_errors(page):
        yield
    assert [url for url in elsewhere if not url.startswith((console.url, "blob:", "data:"))] == []


def expect_sound(page: Page, where: str) -> None:
    """Nothing runs out of the page, no English word stands on it, and axe finds nothing, contrast included."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{where}: wider than the screen"
    english = visible_english(page) - _PROGRAMS
    assert not english, f"{where}: {english}"
    found = _found_by_axe(page)
    if found:  # what Streamlit is drawing again fades meanwhile and is too pale: looked at once more
        wait_idle(page)
        found = _found_by_axe(page)
    assert not found, "\n".join([where, *found])


def _found_by_axe(page: Page) -> list[str]:
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:120]}"
        for violation in _axe.run(page, options=_RULES).response["violations"]
        for node in violation["nodes"]
    ]
