"""The drawer beyond one edit: one record after the other, a copy, who else is there, back to a version."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from logic.clock import now
from tests.e2e import steps
from tests.e2e.conftest import Console, context_on, wait_idle
from tests.e2e.steps import File, drawer, fill, open_first, press, tab
from tests.e2e.test_drafts import OPEN, textbox
from tests.e2e.test_incidents import until


def test_one_record_after_the_other(page: Page, console: Console) -> None:
    """保存并新增 leaves an empty form of the same shop; what was typed last is in the file, not in the next record."""
    steps.come_in(page, console, steps.SALES)
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    shop = drawer(page).get_by_role("combobox", name="店铺", exact=True)
    steps.choose(page, "店铺", "晴禾家居旗舰店")
    fill(page, "客户ID(旺旺)", "tb_第一位")
    fill(page, "转账金额", "128")
    fill(page, "转账日期时间", f"{now():%Y-%m-%d}")
    textbox(page, "付款人户名").fill("王小明")  # and straight to the button
    press(page, "保存并新增")
    expect(drawer(page)).to_contain_text("上一条已经登记")
    expect(textbox(page, "付款人户名")).to_have_value("")
    expect(textbox(page, "客户ID(旺旺)")).to_have_value("")
    expect(shop).to_have_value("晴禾家居旗舰店")
    expect(drawer(page).get_by_role("button", name="放弃草稿")).to_have_count(0)
    steps.expect_saved(page)
    expect(textbox(page, "付款人户名")).to_have_value("")
    press(page, "保存")
    expect(drawer(page)).to_contain_text("还没有填写内容。")
    fill(page, "客户ID(旺旺)", "tb_第二位")
    fill(page, "转账金额", "129")
    fill(page, "转账日期时间", f"{now():%Y-%m-%d}")
    fill(page, "付款人户名", "王大明")
    press(page, "保存")
    steps.expect_saved(page)
    columns, found = File(console.workbook).read()
    last = [{name: row[columns[name] - 1] for name in ("店铺", "客户ID(旺旺)", "付款人户名")} for row in found]
    assert {"店铺": "晴禾家居旗舰店", "客户ID(旺旺)": "tb_第一位", "付款人户名": "王小明"} in last
    assert {"店铺": "晴禾家居旗舰店", "客户ID(旺旺)": "tb_第二位", "付款人户名": "王大明"} in last


def test_a_copy_is_a_draft_without_what_tells_records_apart(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    # Not one of the manager's rows, which are the first once they have their ids: they lack both.
    filled = steps.numbered(page).filter(has_text=re.compile(r"\d{19}")).first
    open_first(page, filled.get_attribute("data-record") or "")
    customer, order = textbox(page, "客户姓名").input_value(), textbox(page, "订单号").input_value()
    assert customer and order
    press(page, "复制新增")
    expect(drawer(page)).to_contain_text("请核对后保存")
    expect(textbox(page, "客户姓名")).to_have_value(customer)
    expect(textbox(page, "订单号")).to_have_value("")
    expect(drawer(page).get_by_role("button", name="放弃草稿")).to_be_visible()
    page.keyboard.press("Escape")
    wait_idle(page)
    open_first(page)
    press(page, "复制新增")
    expect(drawer(page)).to_contain_text("您还有一条没有保存的新记录")


def test_who_else_has_it_open_is_seen_and_stops_nobody(page: Page, console: Console, browser: Browser) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    other = context_on(browser, "phone").new_page()
    steps.come_in(other, console, steps.SERVICE_HEAD)
    open_first(other, record)
    expect(drawer(page)).to_contain_text(f"{steps.SERVICE_HEAD} ", timeout=10_000)
    expect(drawer(other)).to_contain_text(f"{steps.SALES} ", timeout=10_000)
    fill(other, "付款银行", "正在写的")
    expect(drawer(page)).to_contain_text(f"{steps.SERVICE_HEAD}正在编辑这条记录", timeout=10_000)
    fill(page, "商品及数量", "照样能改")
    press(page, "保存")
    steps.expect_saved(page)
    other.keyboard.press("Escape")
    expect(drawer(page)).not_to_contain_text(steps.SERVICE_HEAD, timeout=10_000)
    open_first(other, record)
    expect(drawer(page)).to_contain_text(steps.SERVICE_HEAD, timeout=10_000)
    other.context.close()  # vanished without a word
    expect(drawer(page)).not_to_contain_text(steps.SERVICE_HEAD, timeout=20_000)


def test_back_to_a_version(page: Page, console: Console) -> None:
    """What would change is shown first; then it stands as it stood, and the history says so."""
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    file = File(console.workbook)
    for bank, goods in (("银行一", "商品一"), ("银行二", "商品二"), ("银行三", "商品二")):
        fill(page, "付款银行", bank)
        fill(page, "商品及数量", goods)
        press(page, "保存")
        until(lambda bank=bank: file.value(record, "付款银行") == bank)
        steps.expect_saved(page)
    tab(page, "历史")
    expect(drawer(page).get_by_role("button", name="回到此版本").first).to_be_visible()
    drawer(page).get_by_role("button", name="回到此版本").nth(1).click()
    wait_idle(page)
    way = drawer(page).locator("table", has_text="改回")
    expect(way.locator("tr").nth(1).locator("td")).to_have_text(["商品及数量", "商品二", "商品一"])
    expect(way.locator("tr").nth(2).locator("td")).to_have_text(["付款银行", "银行三", "银行一"])
    press(page, "确定回到此版本")
    until(lambda: (file.value(record, "付款银行"), file.value(record, "商品及数量")) == ("银行一", "商品一"))
    steps.expect_saved(page)
    tab(page, "历史")
    expect(drawer(page).locator("b", has_text="· 回到版本")).to_have_count(1)
