"""Every page at a desk's and at a phone's width: nothing runs out of the page, nothing is English, nothing fails."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from logic.register import registers
from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.sound import expect_sound, sound_road
from tests.e2e.steps import drawer, tab
from tests.e2e.test_incidents import until
from tests.e2e.test_paste import HEADERS, open_stage, paste, row

MENU = ("", "search", "attention", "handbook", "problems", "changes", *registers(), "account", "accounts", "connect")


def test_every_page_is_sound(console: Console, screen: Page) -> None:
    with sound_road(screen, console):
        screen.goto(f"{console.url}/sign-in")
        expect_sound(screen, "sign-in")
        steps.enter(screen, console, steps.HEAD)
        for path in (*MENU, "search?q=18800000", "handbook?register=after_sales_register"):
            screen.goto(f"{console.url}/{path}")
            expect(screen.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
            wait_idle(screen)
            expect_sound(screen, path)
        assert screen.get_by_test_id("stSidebarNavLink").count() == len(MENU)


def test_the_drawer_is_sound(console: Console, screen: Page) -> None:
    with sound_road(screen, console):
        steps.come_in(screen, console, steps.HEAD)
        steps.open_first(screen)
        for name in ("修改", "操作", "历史", "问题"):
            tab(screen, name)
            expect_sound(screen, name)
        tab(screen, "修改")
        field = drawer(screen).get_by_role("textbox", name="付款银行", exact=True)
        field.press_sequentially("输入中")
        expect_sound(screen, "typing")
        steps.fill(screen, "转账金额", "一百块")
        steps.press(screen, "保存")
        expect(drawer(screen).locator(".console-under").first).to_be_visible()
        expect_sound(screen, "refused")
        screen.keyboard.press("Escape")
        wait_idle(screen)
        steps.enter(screen, console, "闵思源", "/after_sales_register")
        screen.get_by_role("button", name="新增").click()
        wait_idle(screen)
        expect_sound(screen, "new")


def test_the_stage_is_sound(console: Console, screen: Page) -> None:
    with sound_road(screen, console):
        open_stage(screen, console)
        expect_sound(screen, "empty stage")
        paste(screen, [HEADERS, row(1), row(2, paid="一百块")])
        expect_sound(screen, "verdicts")


def test_the_picture_of_a_workflow_speaks_chinese(page: Page, console: Console) -> None:
    """Its buttons too, which come into sight when it is pointed at."""
    steps.enter(page, console, steps.SALES, "/handbook?register=after_sales_register")
    page.get_by_role("tab", name="流程").click()
    chart = page.get_by_test_id("stMermaidChart")
    expect(chart.get_by_role("img")).to_be_visible(timeout=30_000)
    wait_idle(page)  # a picture that is still moved is not pointed at any more
    chart.hover()
    for name in ("下载图片", "复制", "全屏"):
        expect(page.get_by_role("button", name=f"{name}: ")).to_be_visible()
    expect_sound(page, "流程")
    page.get_by_role("button", name="全屏: ").click()
    expect(page.get_by_role("button", name="退出全屏: ")).to_be_visible()
    expect_sound(page, "流程")


def test_a_new_case_asks_for_what_its_sort_needs(page: Page, console: Console) -> None:
    """The rest is folded; another sort unfolds and folds without losing a word; Tab goes from field to field."""
    steps.enter(page, console, "闵思源", "/after_sales_register")
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    rest = drawer(page).locator("summary", has_text=re.compile("其余 [0-9]+ 列"))
    courier = drawer(page).get_by_role("combobox", name="快递公司", exact=True)
    pictures = drawer(page).get_by_label("质量照片")
    expect(rest).to_have_count(1)
    expect(courier).to_have_count(0)
    expect(drawer(page).get_by_role("textbox", name="原快递单号")).to_be_visible()  # it names the record
    steps.choose(page, "售后类型 *", "撤回包裹")
    expect(courier).to_be_visible()
    expect(pictures).to_have_count(0)
    steps.choose(page, "快递公司", "中通快递")
    steps.choose(page, "售后类型 *", "质量问题")
    expect(pictures.first).to_be_visible()
    expect(courier).to_have_value("中通快递")  # typed: it is not folded again
    drawer(page).get_by_role("textbox", name="客户ID(旺旺)").focus()
    page.keyboard.press("Tab")
    expect(drawer(page).get_by_role("textbox", name="订单号", exact=True)).to_be_focused()
    # what is typed into the rest stays where it is while somebody types, and is sent, folded again or not
    expect(rest).to_have_count(1)  # the fold of the sort before goes when all is drawn
    rest.click()
    wait_idle(page)
    steps.fill(page, "退款金额", "一点点")
    rest.click()
    wait_idle(page)
    steps.press(page, "保存")
    expect(drawer(page).locator(".console-under:visible").filter(has_text="一点点")).to_be_visible()
    expect(drawer(page).get_by_role("textbox", name="退款金额")).to_be_focused()


def test_a_new_name_is_typed_into_the_roster(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.HEAD, "staff")
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    steps.fill(page, "姓名 *", "新来的")
    steps.choose(page, "直接上级", steps.HEAD)
    steps.press(page, "保存")
    steps.expect_saved(page)
    page.keyboard.press("Escape")
    wait_idle(page)
    expect(steps.rows(page).first).to_contain_text("新来的")


def test_the_start_page_leads_to_what_is_wrong(page: Page, console: Console) -> None:
    steps.enter(page, console, steps.SALES)
    link = page.get_by_role("link", name="条有问题").first
    expect(link).to_be_visible(timeout=30_000)
    wait_idle(page)
    count = link.inner_text().split()[0]
    link.click()
    expect(page.get_by_role("combobox", name="检查")).to_have_value("有问题")
    wait_idle(page)
    expect(page.get_by_text(f"共 {count} 条(全部")).to_be_visible()


def test_who_may_not_is_told_before_filling_in(page: Page, console: Console) -> None:
    """Finance neither registers nor changes a case; the clerk may not change it, but signs for its parcel."""
    steps.enter(page, console, steps.FINANCE, "/after_sales_register?after_sales_register_state=退回单已打印")
    expect(page.get_by_role("button", name="新增")).to_be_disabled(timeout=30_000)
    wait_idle(page)
    steps.open_first(page)
    expect(drawer(page)).to_contain_text("您的岗位是财务")
    expect(drawer(page).get_by_role("button", name="保存")).to_be_disabled()
    steps.enter(page, console, "翟大勇", "/after_sales_register?after_sales_register_state=退回单已打印")
    expect(steps.rows(page).first).to_be_visible(timeout=30_000)
    steps.open_first(page)
    tab(page, "操作")
    first = drawer(page).get_by_role("radio").first
    expect(first).to_have_accessible_name("快递已签字")
    expect(drawer(page).get_by_role("button", name="快递已签字", exact=True)).to_be_enabled()


def test_a_link_shows_the_same_rows(page: Page, console: Console) -> None:
    """Search and filters live in the address."""
    steps.come_in(page, console, steps.SALES)
    steps.search(page, "tb")
    steps.choose_in(page, page.get_by_role("combobox", name="检查"), "有问题")
    expect(page).to_have_url(re.compile("bank_transfers_check="))
    again = page.context.new_page()
    again.goto(page.url)
    expect(steps.rows(again).first).to_be_visible(timeout=30_000)
    wait_idle(again)

    def shown(on: Page) -> list[str | None]:
        return [row.get_attribute("data-record") for row in steps.rows(on).all()]

    assert shown(page)
    until(lambda: shown(again) == shown(page))  # a row typed in the sheet gets its number in one of them a moment later


def test_what_people_typed_is_shown_as_text(page: Page, console: Console) -> None:
    """No Markdown, no HTML, no formula: in the list, in the form, in the history."""
    nasty = "<b>粗</b> **星** :smile: $x$ -- =1+1"
    steps.come_in(page, console, steps.SALES, query="&bank_transfers_state=已登记&bank_transfers_columns=付款银行")
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
