"""What holds for every page in every state: it fits the screen, speaks Chinese, and a screen reader can use it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.steps import visible_english

_PROGRAMS = {"xlsx", "CSV", "Excel", "WPS", "XLSX", "TXT"}  # what they are called in Chinese as well

# The levels A and AA of WCAG 2.0 to 2.2 and what axe recommends besides.
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_axe = Axe()


def expect_sound(page: Page, where: str) -> None:
    """Nothing runs out of the page, no English word stands on it, and axe finds nothing, contrast included."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{where}: wider than the screen"
    english = visible_english(page) - _PROGRAMS
    assert not english, f"{where}: {english}"
    found = [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:120]}"
        for violation in _axe.run(page, options=_RULES).response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n".join([where, *found])
