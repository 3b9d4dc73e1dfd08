"""一键查 and 工作台 as people use them, at a desk and with a thumb: a number in, the whole story out, and on to the next step."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from logic.clock import now
from tests.e2e import steps
from tests.e2e.conftest import Console, context_on, wait_idle
from tests.e2e.sound import expect_sound
from tests.e2e.steps import File, drawer, no_console_errors

CLERK, HEAD = "翟大勇", "林佩文"  # 打单员, 部门主管


def signed_case(console: Console) -> dict[str, str]:
    """A recall of the demo whose slip the courier has signed, as the file tells it."""
    columns, rows = File(console.workbook, "售后登记表").read()
    places = {header: number - 1 for header, number in columns.items()}
    found = [
        row for row in rows if row[places["状态"]] == "快递已签字" and str(row[places["记录编号"]]).startswith("SH")
    ]
    return {header: str(found[-1][place]) for header, place in places.items()}


def open_page(page: Page, console: Console, path: str, who: str) -> None:
    steps.enter(page, console, who, f"/{path}")
    # The page to sign in has a heading too.
    expect(page.get_by_test_id("stApp").get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    wait_idle(page)


def register_transfer(page: Page, console: Console, case: dict[str, str]) -> None:
    steps.come_in(page, console, steps.SALES)
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    steps.choose(page, "店铺", case["店铺"])
    steps.fill(page, "客户ID(旺旺)", case["客户ID(旺旺)"])
    steps.fill(page, "订单号", case["订单号"])
    steps.fill(page, "联系电话", "13800138765")
    steps.fill(page, "应付金额(所列订单合计)", "128")
    steps.fill(page, "转账金额", "128")
    steps.fill(page, "转账日期时间", f"{now().date():%Y-%m-%d}")
    steps.fill(page, "付款人户名", "王小明")
    steps.press(page, "保存")
    steps.expect_saved(page)


def test_a_number_in_the_whole_story_out(console: Console, screen: Page, browser: Browser) -> None:
    page = screen
    desk = context_on(browser).new_page()
    case = signed_case(console)
    register_transfer(desk, console, case)
    desk.close()
    with no_console_errors(page):
        open_page(page, console, "", CLERK)
        box = page.get_by_role("searchbox", name="一键查").or_(page.get_by_role("textbox", name="一键查"))
        box.fill(f" {case['订单号'][:6]}-{case['订单号'][6:]} ")
        box.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("一键查", timeout=30_000)
        events = page.locator(".console-event")
        expect(events.first).to_be_visible()
        wait_idle(page)
        story = page.locator("[class*=st-key-event-]:not([class*=event-beside]) .console-event").all_inner_texts()
        for what, title in (
            ("下单时间", "订单打单状态表"),
            ("发货", "订单打单状态表"),
            ("登记", "售后登记表"),
            ("打印快件退回单(两联)", "快件退回单"),
            ("快递已签字", "快件退回单"),
            ("转账日期时间", "银行转账明细表"),
        ):
            assert any(what in line and title in line for line in story), (what, story)
        days = [line[:10] for line in story]
        assert days == sorted(days)
        expect_sound(page, "story")
        page.get_by_role("link", name=case["记录编号"]).first.click()
        expect(drawer(page)).to_contain_text(case["记录编号"], timeout=30_000)
    page.close()


def test_some_digits_offer_what_there_is_and_a_phone_stays_masked(page: Page, console: Console) -> None:
    orders = File(console.workbook, "订单打单状态表")
    columns, rows = orders.read()
    phones = [str(row[columns["电话"] - 1]) for row in rows if re.fullmatch(r"1\d{10}", str(row[columns["电话"] - 1]))]
    phone = phones[-1]
    open_page(page, console, f"search?q={phone[-4:]}", steps.SALES)
    chip = page.locator(".console-chip", has_text=f"电话 {phone[:3]}****{phone[-4:]}")
    expect(chip.first).to_be_visible()
    expect(page.locator(".console-chip", has_text=re.compile(rf"^电话 {phone}$"))).to_have_count(0)
    page.get_by_role("button", name="查看").first.click()
    expect(page.locator(".console-event").first).to_be_visible()
    assert phone not in page.url
    open_page(page, console, f"search?q={phone[-4:]}", HEAD)
    expect(page.locator(".console-chip", has_text=re.compile(rf"^电话 {phone}$")).first).to_be_visible()
    open_page(page, console, "search?q=没有这个号码", CLERK)
    expect(page.locator(".console-box", has_text="没有找到“没有这个号码”")).to_be_visible()


def test_what_waits_for_the_clerk_leads_to_its_button(console: Console, screen: Page, browser: Browser) -> None:
    page = screen
    with no_console_errors(page):
        open_page(page, console, "", CLERK)
        waiting = page.locator("[class*=st-key-task-]", has=page.get_by_text("签收原包裹", exact=True))
        expect(waiting).to_contain_text("售后登记表")
        expect(page.get_by_role("heading", name=re.compile("^快到期、已逾期"))).to_be_visible()
        expect(page.get_by_role("heading", name=re.compile("^我今天登记的"))).to_be_visible()
        expect(page.get_by_role("heading", name=re.compile("^待写入"))).to_be_visible()
        waiting.get_by_role("link").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("售后登记表", timeout=30_000)
        radio = drawer(page).get_by_role("radio", name="签收原包裹", exact=True)
        expect(radio).to_be_checked(timeout=30_000)
        expect(drawer(page).get_by_role("button", name="签收原包裹", exact=True)).to_be_visible()
    page.close()


def test_what_somebody_just_registered_stands_on_their_start_page(page: Page, console: Console) -> None:
    register_transfer(page, console, signed_case(console))
    steps.enter(page, console, steps.SALES)
    expect(page.get_by_role("heading", name=re.compile(r"^我今天登记的\(\d+\)"))).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name=re.compile("^银行转账明细表 .*›")).first).to_be_visible()
