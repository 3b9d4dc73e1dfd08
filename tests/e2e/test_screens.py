"""Every page at a desk's and at a phone's width: nothing runs out of the page, nothing is English, nothing fails."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import drawer, no_console_errors, tab, visible_english

WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("device", WIDTHS)
def test_every_page_fits_and_speaks_chinese(console: Console, browser: Browser, device: str) -> None:
    width, height = WIDTHS[device]
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": height}
    )
    page = context.new_page()
    with no_console_errors(page):
        for path in ("", "search", "attention", "staff", "bank_transfers"):
            page.goto(f"{console.url}/{path}?who={steps.SALES}")
            expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
            wait_idle(page)
            assert fits(page), path
            assert visible_english(page) == set(), path
        expect(steps.rows(page).first).to_be_visible()
        steps.open_first(page)
        for name in ("修改", "操作", "历史", "问题"):
            tab(page, name)
            assert fits(page), name
            assert visible_english(page) == set(), name
        tab(page, "修改")
        field = drawer(page).get_by_role("textbox", name="付款银行", exact=True)
        field.press_sequentially("输入中")
        assert visible_english(page) == set()
    context.close()


def test_a_link_shows_the_same_rows(page: Page, console: Console) -> None:
    """Search and filters live in the address; the person too."""
    steps.come_in(page, console, steps.SALES)
    steps.search(page, "tb")
    page.get_by_role("combobox", name="检查").click()
    page.get_by_role("option", name="有问题").click()
    wait_idle(page)
    shown = [row.get_attribute("data-record") for row in steps.rows(page).all()]
    again = page.context.new_page()
    again.goto(page.url)
    expect(steps.rows(again).first).to_be_visible(timeout=30_000)
    wait_idle(again)
    assert [row.get_attribute("data-record") for row in steps.rows(again).all()] == shown
    expect(again.get_by_role("combobox", name="我是…")).to_have_value(steps.SALES)


def test_what_people_typed_is_shown_as_text(page: Page, console: Console) -> None:
    """No Markdown, no HTML, no formula: in the list, in the form, in the history."""
    nasty = "<b>粗</b> **星** :smile: $x$ -- =1+1"
    steps.come_in(page, console, steps.SALES, query="&bank_transfers_state=已登记")
    record = steps.open_first(page)
    steps.fill(page, "付款银行", nasty)
    steps.press(page, "保存")
    steps.expect_saved(page)
    expect(drawer(page).get_by_role("textbox", name="付款银行", exact=True)).to_have_value(nasty)
    tab(page, "历史")
    expect(drawer(page).locator("td", has_text=nasty).first).to_be_visible()
    page.keyboard.press("Escape")
    wait_idle(page)
    steps.search(page, record)
    expect(steps.rows(page).first).to_contain_text(nasty)
    assert steps.File(console.workbook).value(record, "付款银行") == nasty
