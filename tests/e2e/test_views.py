"""数据体检 and 修改记录 in a real browser, at a desk and on a phone: from the number in the menu to the cell that is wrong."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.sound import expect_sound
from tests.e2e.steps import File, drawer, no_console_errors
from tests.e2e.test_incidents import until
from tests.hands import Hands

BANK = "银行转账明细表"
REASON = "<b>客户</b> **改约** 下周付款"


@pytest.fixture
def page(screen: Page) -> Page:
    return screen


def come_in(page: Page, console: Console, path: str, who: str = steps.HEAD, query: str = "") -> None:
    steps.enter(page, console, who, f"/{path}{f'?{query}' if query else ''}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    expect(page.locator("[data-record]").first).to_be_attached(timeout=30_000)
    wait_idle(page)


def line_of(page: Page, name: str) -> Locator:
    """The row of this name, as a row or as a card, wherever it stands by now."""
    return page.locator(f'[data-record="{name}"]:visible')


def in_address(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


def count_on(button: Locator) -> int:
    return int(button.inner_text().split()[-1])


def test_from_the_number_to_the_cell_and_explained(page: Page, console: Console) -> None:
    with no_console_errors(page):
        come_in(page, console, "problems")
        expect(page.get_by_role("heading", name="数据体检", level=1)).to_be_visible()
        menu = page.get_by_test_id("stSidebarNavLink").filter(has_text="数据体检(")
        expect(menu).to_be_attached()
        counted = page.locator(".st-key-count-bank_transfers-WARN button")
        counted.click()
        wait_idle(page)
        assert in_address(page, "problems_register") == [BANK]
        assert in_address(page, "problems_level") == ["需说明"]
        until(lambda: steps.rows(page).count() == count_on(counted))  # while both change: something may come due
        expect_sound(page, "list")

        explained = steps.rows(page).first.get_attribute("data-record") or ""
        line_of(page, explained).click()
        expect(drawer(page)).to_contain_text("依据:「")
        wait_idle(page)
        expect_sound(page, "drawer")
        drawer(page).get_by_text("说明原因", exact=True).click()
        wait_idle(page)
        drawer(page).get_by_role("button", name="保存说明").click()
        wait_idle(page)
        expect(drawer(page)).to_contain_text("请写明原因再保存说明")
        drawer(page).get_by_role("textbox", name="说明 *").fill(REASON)
        drawer(page).get_by_role("button", name="保存说明").click()
        wait_idle(page)
        expect(drawer(page)).to_contain_text("说明已记录")
        expect(drawer(page)).to_contain_text(REASON)

        drawer(page).get_by_role("link", name="打开").click()
        expect(drawer(page).get_by_role("tab", name="问题")).to_have_attribute("aria-selected", "true", timeout=20_000)
        expect(drawer(page)).to_contain_text(REASON)
        steps.tab(page, "历史")
        expect(drawer(page)).to_contain_text("说明 BNK-")

        come_in(page, console, "problems", query=f"problems_register={BANK}&problems_status=已说明")
        expect(steps.rows(page)).to_have_count(1)
        expect(line_of(page, explained)).to_contain_text("已说明")

        come_in(page, console, "problems", who=steps.FINANCE, query=f"problems_register={BANK}&problems_level=需说明")
        until(lambda: steps.rows(page).count() == count_on(counted))  # what is explained is neither counted nor listed
        expect(line_of(page, explained)).to_have_count(0)
        steps.rows(page).first.click()
        expect(drawer(page)).to_contain_text("由部门主管、客服主管来说明")
        expect(drawer(page).get_by_role("button", name="保存说明")).to_have_count(0)


def test_an_explanation_half_written_stays_while_the_list_behind_it_changes(page: Page, console: Console) -> None:
    come_in(page, console, "problems", query=f"problems_register={BANK}")
    needs_it = line_of(page, steps.rows(page).filter(has_text="需说明").first.get_attribute("data-record") or "")
    needs_it.click()
    wait_idle(page)
    drawer(page).get_by_text("说明原因", exact=True).click()
    reason = drawer(page).get_by_role("textbox", name="说明 *")
    reason.press_sequentially("客户改约")

    counted = page.locator(".st-key-count-bank_transfers-BLOCK button")
    before = counted.inner_text()
    file = File(console.workbook)
    columns, found = file.read()
    sound = [row[columns["记录编号"] - 1] for row in found if isinstance(row[columns["转账金额"] - 1], (int, float))]
    other = next(str(key) for key in sound if key and str(key) not in drawer(page).inner_text())
    Hands(console.workbook).type(BANK, *file.place(other, "转账金额"), "一百")
    expect(counted).not_to_have_text(before, timeout=steps.SAVED_WITHIN)
    new = steps.rows(page).filter(has_text=other).filter(has_text="一百")
    expect(new).not_to_have_count(0, timeout=steps.SAVED_WITHIN)  # the number may have moved for another reason
    wait_idle(page)
    expect(reason).to_be_focused()
    page.keyboard.type("下周付款")
    expect(reason).to_have_value("客户改约下周付款")

    page.reload()
    needs_it.click()
    wait_idle(page)
    drawer(page).get_by_text("说明原因", exact=True).click()
    expect(reason).to_have_value("客户改约下周付款")
    wait_idle(page)
    with console.halted():
        drawer(page).get_by_role("button", name="保存说明").click()
        reason.press_sequentially(",已和财务确认")  # before the answer comes
    expect(drawer(page)).to_contain_text("说明已记录")
    wait_idle(page)
    expect(reason).to_have_value("客户改约下周付款,已和财务确认")


def test_a_direct_edit_is_found_dated_listed_in_the_log_and_put_right(page: Page, console: Console) -> None:
    come_in(page, console, "bank_transfers", query="bank_transfers_state=已登记")
    record = steps.numbered(page).first.get_attribute("data-record") or ""
    file, manager = File(console.workbook), Hands(console.workbook)
    amount = file.value(record, "转账金额")
    manager.type(BANK, *file.place(record, "转账金额"), "一百")

    come_in(page, console, "problems", query=f"problems_register={BANK}&problems_rule=DAT-01")
    line = steps.rows(page).filter(has_text=record)
    expect(line).to_contain_text("一百", timeout=steps.SAVED_WITHIN)
    expect(line).not_to_contain_text("刚刚", timeout=steps.SAVED_WITHIN)
    line.click()
    wait_idle(page)
    expect(drawer(page)).to_contain_text("转账金额")

    come_in(page, console, "changes", query=f"changes_record={record}&changes_source=表格直接修改")
    expect(steps.rows(page)).to_have_count(1)
    expect(steps.rows(page).first).to_contain_text("一百")
    expect_sound(page, "list")
    steps.rows(page).first.click()
    wait_idle(page)
    expect(drawer(page).locator("td", has_text="表格直接修改").first).to_be_visible()
    drawer(page).get_by_role("link", name="打开").click()
    expect(drawer(page).get_by_role("tab", name="历史")).to_have_attribute("aria-selected", "true", timeout=20_000)

    manager.type(BANK, *file.place(record, "转账金额"), float(str(amount)))
    come_in(page, console, "problems", query=f"problems_register={BANK}&problems_status=已改正&problems_rule=DAT-01")
    expect(steps.rows(page).filter(has_text=record)).to_contain_text("已改正", timeout=steps.SAVED_WITHIN)


def test_the_log_is_filtered_turned_and_taken_along(page: Page, console: Console) -> None:
    come_in(page, console, "changes")
    columns, found = File(console.workbook).read()
    top = next(n for n, row in enumerate(found, start=1) if "记录编号" in row) + 1
    notes = [f"批量备注{number}" for number in range(120)]
    Hands(console.workbook).type_down(BANK, top, columns["备注"], notes)
    noted = steps.rows(page).filter(has_text="批量备注").first  # what the console writes meanwhile may stand above it
    expect(noted).to_be_visible(timeout=steps.SAVED_WITHIN)
    expect(steps.rows(page)).to_have_count(100)
    first = line_of(page, noted.get_attribute("data-record") or "")
    page.get_by_role("button", name="下一页").click()
    expect(first).to_have_count(0)
    page.get_by_role("button", name="上一页").click()
    expect(first).to_have_count(1)
    wait_idle(page)
    number = page.get_by_role("textbox", name="行编号")
    number.fill("没有这个编号")
    number.press("Enter")
    wait_idle(page)
    expect(page.get_by_text("没有符合条件的修改记录。").locator("visible=true")).to_be_visible()
    expect(page.get_by_text("这个页面出了问题")).to_have_count(0)
    number.fill("")
    number.press("Enter")
    steps.choose_in(page, page.get_by_role("combobox", name="登记表", exact=True), "员工名册")
    assert in_address(page, "changes_register") == ["员工名册"]
    day = page.get_by_role("textbox", name="从哪天")
    day.fill("13 月")
    day.press("Enter")
    wait_idle(page)
    expect(page.get_by_text("从哪天:")).to_be_visible()
    day.fill("2021年3月1日")
    day.press("Enter")
    wait_idle(page)
    page.get_by_role("button", name="下载").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Excel 工作簿(.xlsx)").click()
    sheet = openpyxl.load_workbook(io.BytesIO(taken.value.path().read_bytes())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("时间", "操作者", "来源", "登记表")
    assert {str(row[3]) for row in rows[1:]} <= {"员工名册"}
