"""Lists in a real browser, at a desk and on a phone: columns, filters in the address, saved views, keyboard."""

from __future__ import annotations

import contextlib
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, context_on, wait_idle
from tests.e2e.sound import expect_sound
from tests.e2e.steps import no_console_errors

BANK = "银行转账明细表"


def choose(page: Page, label: str, *options: str) -> None:
    """Choose in a box of the page; a list that is scrolled into sight while it opens closes again, so it is asked again."""
    box = page.get_by_role("combobox", name=label, exact=True)
    for option in options:
        box.scroll_into_view_if_needed()
        for _ in range(5):
            box.fill("")
            box.fill(option)  # opens the list again, though it says so already
            with contextlib.suppress(TimeoutError):
                page.get_by_role("option", name=option, exact=True).click(timeout=3_000)
                break
        wait_idle(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    wait_idle(page)


def asked(page: Page, name: str) -> list[str]:
    """What stands in the address."""
    return parse_qs(urlsplit(page.url).query).get(f"bank_transfers_{name}", [])


def keys(page: Page) -> list[str]:
    return [row.get_attribute("data-record") or "" for row in steps.rows(page).all()]


def numbered(several: list[str]) -> list[str]:
    """Those with an id: rows typed in the sheet get one meanwhile."""
    return [key for key in several if not key.startswith("#")]


def same(now: list[str], before: list[str]) -> bool:
    """The same rows in the same order, but for those that got their id meanwhile."""
    return len(now) == len(before) and numbered([key for key in now if key in before]) == numbered(before)


def headers(page: Page) -> list[str]:
    """The columns of the table, also on a phone, where cards are drawn of the same."""
    return page.locator(".frame th").all_text_contents()


def column(page: Page, header: str) -> Locator:
    return page.locator(".frame th", has_text=header)


def said(page: Page, text: str) -> Locator:
    return page.get_by_text(text)


def test_columns_fit_the_role_and_can_be_chosen(console: Console, screen: Page) -> None:
    with no_console_errors(screen):
        steps.come_in(screen, console, steps.FINANCE)
        assert {"状态", "转账金额", "到账时间", "确认人"} <= set(headers(screen))
        assert "最近跟踪时间" not in headers(screen)
        steps.come_in(screen, console, steps.SALES)
        assert "最近跟踪时间" in headers(screen)

        press(screen, "列")
        dialog = screen.get_by_role("dialog")
        expect(dialog).to_contain_text("只影响您自己看到的列表")
        expect_sound(screen, "columns")
        dialog.get_by_role("button", name="订单号", exact=True).click()
        dialog.get_by_role("button", name="记录编号", exact=True).click()
        wait_idle(screen)
        press(screen, "保存")
        expect(dialog).to_have_count(0)
        expect(column(screen, "记录编号")).to_have_count(1)
        expect(column(screen, "订单号")).to_have_count(0)
        screen.reload()
        expect(steps.rows(screen).first).to_be_visible(timeout=30_000)
        wait_idle(screen)
        expect(column(screen, "记录编号")).to_have_count(1)
        press(screen, "列")
        press(screen, "恢复默认列")
        expect(dialog).to_have_count(0)
        expect(column(screen, "订单号")).to_have_count(1)


def test_a_link_shows_the_same_rows_whatever_was_filtered(console: Console, screen: Page, browser: Browser) -> None:
    with no_console_errors(screen):
        steps.come_in(screen, console, steps.SALES)
        press(screen, "更多筛选")
        choose(screen, "按哪些列筛选", "到账确认")
        screen.keyboard.press("Escape")
        choose(screen, "到账确认", "否")
        screen.keyboard.press("Escape")
        wait_idle(screen)
        expect(screen.get_by_role("button", name="更多筛选(1)", exact=True)).to_be_visible()
        choose(screen, "日期", "自选日期")
        field = screen.get_by_role("textbox", name="从哪天")
        field.fill("2026年1月1日")
        field.press("Enter")
        wait_idle(screen)
        choose(screen, "顺序", "转账金额 从大到小")
        assert asked(screen, "c_arrived") == ["否"]
        assert asked(screen, "from") == ["2026年1月1日"]
        assert asked(screen, "order") == ["转账金额 从大到小"]
        shown = keys(screen)
        assert len(shown) > 3
        expect_sound(screen, "filtered")
        again = context_on(browser).new_page()
        steps.enter(again, console, steps.FINANCE)
        again.goto(screen.url)
        expect(steps.rows(again).first).to_be_visible(timeout=30_000)
        wait_idle(again)
        assert same(keys(again), shown)
        again.context.close()
        press(screen, "清除筛选")
        assert asked(screen, "c_arrived") == asked(screen, "from") == []
        assert asked(screen, "order") == ["转账金额 从大到小"], "it hides nothing"
        assert keys(screen) != shown


def test_pages_turn_in_the_address_and_a_filter_begins_anew(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES)
    first = keys(page)
    page.get_by_role("button", name="第 2 页", exact=True).click()
    wait_idle(page)
    assert asked(page, "page") == ["2"]
    second = keys(page)
    assert not set(first) & set(second)
    page.reload()
    expect(steps.rows(page).first).to_be_visible(timeout=30_000)
    wait_idle(page)
    assert set(numbered(second)) <= set(keys(page))
    choose(page, "谁的", "我的")
    assert asked(page, "page") == []
    mine = keys(page)
    assert mine
    expect(said(page, "(全部")).to_be_visible()
    steps.search(page, "没有这样的内容")
    expect(page.locator(".empty")).to_contain_text("请点上面的“清除筛选”")
    press(page, "清除筛选")
    expect(said(page, "第 1/")).to_be_visible()


def test_a_click_on_a_header_sorts(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES)
    header = page.locator(".frame th", has_text="转账金额")

    def amounts() -> list[float]:
        # Which columns stand before it depends on what the rows shown hold; an arrow beside its name says the order.
        place = next(at for at, text in enumerate(headers(page), start=1) if text.startswith("转账金额"))
        cells = page.locator(f".frame tbody tr td:nth-child({place})").all_text_contents()
        return [float(text) for text in cells if text.replace(".", "").isdigit()]

    header.get_by_role("button").click()
    wait_idle(page)
    expect(header).to_have_attribute("aria-sort", "ascending")
    assert asked(page, "order") == ["转账金额 从小到大"]
    assert amounts() == sorted(amounts())
    header.get_by_role("button").click()
    wait_idle(page)
    expect(header).to_have_attribute("aria-sort", "descending")
    assert amounts() == sorted(amounts(), reverse=True)
    header.get_by_role("button").click()
    wait_idle(page)
    expect(header).to_have_attribute("aria-sort", "none")


def test_views_are_saved_renamed_published_and_deleted(console: Console, screen: Page, browser: Browser) -> None:
    with no_console_errors(screen):
        steps.come_in(screen, console, steps.HEAD)
        choose(screen, "视图", "进行中")
        open_now = keys(screen)
        assert "已登记" in asked(screen, "state")
        choose(screen, "检查", "有问题")
        expect(screen.get_by_role("combobox", name="视图")).to_have_value("")
        wanted = keys(screen)
        assert wanted != open_now
        press(screen, "保存视图")
        screen.get_by_role("textbox", name="名字").fill("要跟的")
        expect_sound(screen, "save a view")
        press(screen, "保存")
        expect(screen.get_by_role("combobox", name="视图")).to_have_value("要跟的")
        press(screen, "管理视图")
        dialog = screen.get_by_role("dialog")
        dialog.get_by_role("textbox", name="新的名字").fill("要跟的转账")
        press(screen, "改名")
        press(screen, "设为公用视图")
        expect(dialog).to_contain_text("公用,林佩文")
        link = dialog.locator("code").first.inner_text()

        other = context_on(browser).new_page()
        steps.come_in(other, console, steps.SALES)
        choose(other, "视图", "要跟的转账(公用,林佩文)")
        assert same(keys(other), wanted)
        press(other, "管理视图")
        expect(other.get_by_role("dialog")).to_contain_text("要跟的转账")
        wait_idle(other)  # its buttons come after its name
        expect(other.get_by_role("button", name="删除")).to_have_count(0)
        expect(other.get_by_role("button", name="不再公用")).to_have_count(0)
        other.goto(link)
        expect(steps.rows(other).first).to_be_visible(timeout=30_000)
        wait_idle(other)
        assert same(keys(other), wanted)

        press(screen, "删除")
        expect(dialog).to_contain_text("还没有保存过视图")
        screen.keyboard.press("Escape")
        wait_idle(screen)
        expect(screen.get_by_role("combobox", name="视图")).to_have_value("")
        assert same(keys(screen), wanted), "what is shown does not change with it"
        other.context.close()


def test_a_link_to_a_column_that_is_gone_says_so(page: Page, console: Console) -> None:
    query = (
        "&bank_transfers_by=早就没了&bank_transfers_c_gone=是&bank_transfers_state=已登记&bank_transfers_columns=店铺"
    )
    steps.come_in(page, console, steps.SALES, query=query)
    expect(said(page, "这个链接里的“早就没了”现在没有了")).to_be_visible()
    assert headers(page) == ["检查", "店铺"]
    expect(page.get_by_role("combobox", name="状态")).to_be_visible()
    assert asked(page, "state") == ["已登记"]
    assert steps.rows(page).count() > 0


def test_the_list_by_keyboard(page: Page, console: Console) -> None:
    """Arrows go from row to row, the space bar selects, Enter opens, Escape closes."""
    steps.come_in(page, console, steps.SALES, query="&bank_transfers_state=已完成")
    lines = page.locator(".frame tbody tr")
    lines.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(lines.nth(2)).to_be_focused()
    assert lines.nth(2).evaluate("line => getComputedStyle(line).outlineStyle") == "solid"
    page.keyboard.press("Space")
    expect(page.locator(".bar")).to_contain_text("已选 1 条")
    expect(lines.nth(2).locator("input")).to_be_checked()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+Space")
    expect(page.locator(".bar")).to_contain_text("已选 2 条")
    record = lines.nth(1).get_attribute("data-record") or ""
    page.keyboard.press("Enter")
    expect(steps.drawer(page)).to_be_visible()
    wait_idle(page)
    expect(steps.drawer(page)).to_contain_text(record)
    page.keyboard.press("Escape")
    expect(steps.drawer(page)).to_have_count(0)
    expect(page.locator(".bar")).to_contain_text("已选 2 条")
