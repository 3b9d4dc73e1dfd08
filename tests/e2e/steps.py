"""What a person does at the console, and what a colleague sees in the file: the words browser tests are written in."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import openpyxl
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.e2e.conftest import Console, wait_idle

SHEET = "银行转账明细表"
SALES, SERVICE_HEAD, FINANCE, HEAD = "程小桃", "穆清越", "钱慧敏", "林佩文"
SAVED_WITHIN = 20_000  # milliseconds; a busy machine, not the budget


def come_in(page: Page, console: Console, who: str, register: str = "bank_transfers", query: str = "") -> None:
    """Open the page of a register as somebody."""
    enter(page, console, who, f"/{register}{f'?{query[1:]}' if query else ''}")
    expect(page.locator("[data-record]").first).to_be_attached(timeout=30_000)
    wait_idle(page)


def enter(page: Page, console: Console, who: str, path: str = "/") -> None:
    """Sign in as a demo account, whoever was signed in before, and go on to a page."""
    page.context.clear_cookies()
    page.goto(f"{console.url}/sign-in?next={quote(quote(path, safe='/?&=#'), safe='')}")
    button = page.get_by_role("button", name=who)
    for _ in range(40):  # the demo accounts are offered once the roster was read
        if button.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    button.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)  # whoever goes elsewhere before that is not signed in yet


def search(page: Page, words: str) -> None:
    field = page.get_by_role("textbox", name="搜索")
    field.fill(words)
    field.press("Enter")
    wait_idle(page)


def rows(page: Page) -> Locator:
    """The records shown, as rows on a desk and as cards on a phone."""
    return page.locator("[data-record]:visible")


def numbered(page: Page) -> Locator:
    """Those of them that have an id already; a row typed in the sheet gets one after some seconds."""
    return page.locator("[data-record]:not([data-record^='#']):visible")


def open_first(page: Page, wanted: str = "") -> str:
    """Open the first record, or the one of this id; its id."""
    if wanted:
        search(page, wanted)
    # By its id: another one is the first as soon as a row of the manager's has got its own, or the search has begun.
    record = wanted or numbered(page).first.get_attribute("data-record") or ""
    page.locator(f"[data-record='{record}']:visible").click()
    expect(drawer(page)).to_be_visible()
    wait_idle(page)
    return record


def drawer(page: Page) -> Locator:
    return page.get_by_role("dialog")


def tab(page: Page, name: str) -> None:
    drawer(page).get_by_role("tab", name=name).click()
    wait_idle(page)


def fill(page: Page, label: str, text: str) -> None:
    """Type into a field and leave it."""
    field = drawer(page).get_by_role("textbox", name=label, exact=True).first
    field.fill(text)
    field.press("Tab")
    wait_idle(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose from the list of this name."""
    choose_in(page, drawer(page).get_by_role("combobox", name=label, exact=True).first, option)


def choose_in(page: Page, box: Locator, option: str) -> None:
    """Choose from a list. One that is opened while what it hangs on still scrolls closes again, as every list of a
    browser does; on a busy machine the scrolling comes late, and a person would open it again."""
    box.scroll_into_view_if_needed()
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(5):
        box.fill("")
        box.fill(option)  # opens the list and leaves what fits
        with contextlib.suppress(TimeoutError):
            wanted.click(timeout=4_000)
            break
    wait_idle(page)
    expect(box).to_have_value(option)


def press(page: Page, name: str) -> None:
    drawer(page).get_by_role("button", name=name, exact=True).click()
    wait_idle(page)


def expect_saved(page: Page) -> None:
    """The drawer says that it stands in the sheet."""
    expect(drawer(page).locator(".st-key-drawer-said")).to_contain_text("已写入表格", timeout=SAVED_WITHIN)
    wait_idle(page)


class File:
    """The workbook as a program shows it that reads the file."""

    def __init__(self, path: Path, sheet: str = SHEET) -> None:
        self.path, self.sheet = path, sheet

    def read(self) -> tuple[dict[str, int], Sequence[tuple[object, ...]]]:
        """Columns by header, from 1, and all rows."""
        book = openpyxl.load_workbook(self.path)
        found = [tuple(row) for row in book[self.sheet].iter_rows(values_only=True)]
        header = next(row for row in found if "记录编号" in row)
        return {str(name): number for number, name in enumerate(header, start=1) if name}, found

    def place(self, record: str, header: str) -> tuple[int, int]:
        """Row and column of a cell."""
        columns, found = self.read()
        ids = [row[columns["记录编号"] - 1] for row in found]
        return ids.index(record) + 1, columns[header]

    def value(self, record: str, header: str) -> object:
        columns, found = self.read()
        row = next(row for row in found if row[columns["记录编号"] - 1] == record)
        return row[columns[header] - 1]


@contextlib.contextmanager
def no_console_errors(page: Page) -> Iterator[None]:
    """Nothing goes wrong in the browser meanwhile. A deep link makes Streamlit look for its server one level too deep
    first; those two answers are no errors of ours."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield
    assert [line for line in said if "404" not in line] == []


ENGLISH = re.compile(r"[A-Za-z]{3,}")


def visible_english(page: Page) -> set[str]:
    """English words on screen that are neither what people typed nor codes like YH261122-7K3QD."""
    texts: list[str] = page.evaluate(
        """() => {
            const links = '[data-testid="stMain"] [data-testid="stPageLink"]';  // named by what they lead to
            const copied = '[data-testid="stCode"]';  // what goes into a file or a field elsewhere, letter by letter
            const own = `[data-testid="stHtml"], .stBidiComponent, [data-testid="stIconMaterial"], ${links}, ${copied}, style,
                script`;
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const found = [];
            while (walker.nextNode()) {
                const parent = walker.currentNode.parentElement;
                if (!parent || parent.closest(own) || !parent.checkVisibility({visibilityProperty: true})) continue;
                found.push(walker.currentNode.nodeValue);
            }
            return found;
        }"""
    )
    return {word for text in texts for word in ENGLISH.findall(text)}
