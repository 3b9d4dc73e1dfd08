"""Beside the forms: any record on paper, a setting tried before it counts, a record opened by its address."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import drawer, no_console_errors, open_first, press
from tests.e2e.test_recall import become, pick, write


def test_a_print_link_opens_once_and_the_button_always(page: Page, console: Console) -> None:
    """A register that declares no printout prints what is filled; nothing from another host, nothing English."""
    steps.come_in(page, console, steps.SALES)
    record = open_first(page)
    button = drawer(page).get_by_role("link", name="打印…")
    address = f"{console.url}/{button.get_attribute('href')}"
    with page.context.expect_page() as opened:
        button.click()
    paper = opened.value
    with no_console_errors(paper):
        expect(paper.locator(".part")).to_have_count(1)
        expect(paper.locator("footer")).to_contain_text(record)
        expect(paper.locator("footer")).to_contain_text(f"打印人 {steps.SALES}")
        expect(paper.get_by_role("button", name="打印")).to_be_visible()
        assert paper.locator("th", has_text=steps.ENGLISH).count() == 0
    for again in (address, f"{console.url}/print/unknown"):
        refused = page.context.request.get(again)
        assert refused.status == 404
        assert "打印链接" in refused.text()
    expect(button).not_to_have_attribute("href", address.removeprefix(f"{console.url}/"))
    with page.context.expect_page() as opened:
        button.click()
    expect(opened.value.locator(".part")).to_have_count(1)


def test_a_setting_is_tried_before_it_counts(page: Page, console: Console) -> None:
    """Nothing is saved, the rows it would break are named and lead to their record."""
    become(page, console, "沈维周", "settings")
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    press(page, "预览影响")
    expect(drawer(page)).to_contain_text("请先选择参数名")
    pick(page, "参数名", "撤回包裹要打快件退回单")
    write(page, "值", "一点点")
    press(page, "预览影响")
    expect(drawer(page)).to_contain_text("看不懂")
    write(page, "值", "否")
    write(page, "生效日期", "2020-01-01")
    press(page, "预览影响")
    shown = drawer(page).locator(".st-key-impact")
    expect(shown).to_contain_text("行不符合规定(现在", timeout=steps.SAVED_WITHIN)  # every record was judged anew
    expect(shown).to_contain_text("AFS-02")
    write(page, "值", "是")
    expect(shown).to_have_count(0)  # what was typed since is not what was tried
    write(page, "值", "否")
    press(page, "预览影响")
    lead = shown.get_by_role("link").first
    record = lead.inner_text().split()[1]
    lead.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("售后登记表")
    expect(drawer(page)).to_contain_text(record)
