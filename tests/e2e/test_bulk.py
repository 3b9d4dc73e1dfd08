"""批量操作 in a real browser: select over pages, a verdict for each, sent once, told to the end, taken back."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.sound import expect_sound
from tests.e2e.steps import File, no_console_errors
from tests.e2e.test_lists import choose, press

BAR = ".bar"


def tick(page: Page, *places: int) -> list[str]:
    """Select the records at these places; their ids."""
    # Read at once: a row of the manager's that gets its id gets a box, and all others have another place.
    shown: list[str] = page.locator("[data-tick]:visible").evaluate_all("(all) => all.map((one) => one.dataset.tick)")
    chosen = [shown[place] for place in places]
    for record in chosen:
        page.locator(f"[data-tick='{record}']:visible").click()
    return chosen


def begin(page: Page) -> None:
    press(page, "批量操作")
    expect(page.get_by_role("heading", name="银行转账明细表 · 批量操作")).to_be_visible()
    wait_idle(page)


def test_what_is_selected_stays_selected(console: Console, screen: Page) -> None:
    """Over pages, refreshes and a reload."""
    with no_console_errors(screen):
        steps.come_in(screen, console, steps.SALES)
        here = tick(screen, 3, 4)
        expect(screen.locator(BAR)).to_contain_text("已选 2 条")
        expect_sound(screen, "selected")
        screen.get_by_role("button", name="第 2 页", exact=True).click()
        wait_idle(screen)
        expect(screen.locator(BAR)).to_contain_text("其中 2 条不在这一页")
        tick(screen, 3)
        refreshed = screen.get_by_text("数据时间").first
        before = refreshed.inner_text()
        expect(refreshed).not_to_have_text(before, timeout=steps.SAVED_WITHIN)
        expect(screen.locator(BAR)).to_contain_text("已选 3 条")
        screen.reload()
        expect(screen.locator(BAR)).to_contain_text("已选 3 条", timeout=30_000)
        screen.get_by_role("button", name="第 1 页", exact=True).click()
        wait_idle(screen)
        for record in here:
            expect(screen.locator(f"[data-tick='{record}']:visible")).to_be_checked()
        press(screen, "取消选择")
        expect(screen.locator(BAR)).to_be_hidden()


def test_one_button_for_several_of_which_one_may_not(console: Console, screen: Page) -> None:
    """The one that may not is named and stays out; the others are written, then taken back."""
    with no_console_errors(screen):
        steps.come_in(screen, console, steps.SALES, query="&bank_transfers_state=已登记&bank_transfers_state=已完成")
        file = File(console.workbook)
        # Read at once: rows of the manager's get their ids meanwhile.
        shown: list[str] = steps.numbered(screen).evaluate_all("(all) => all.map((one) => one.dataset.record)")
        states = {one: file.value(one, "状态") for one in shown}
        fit = [one for one in shown if states[one] == "已登记" and file.value(one, "订单号")][:2]
        other = next(one for one in shown if states[one] == "已完成")
        for record in (*fit, other):
            screen.locator(f"[data-tick='{record}']:visible").click()
        begin(screen)
        expect_sound(screen, "chosen")
        screen.get_by_text("标记超时未到账(2 条)").click()
        wait_idle(screen)
        expect(steps.rows(screen)).to_have_count(3)
        refused = steps.rows(screen).filter(has_text="不能").first
        expect(refused).to_contain_text("状态是“已完成”的记录不能做“标记超时未到账”")
        note = screen.get_by_role("textbox", name="跟踪记录")
        note.fill("<b>催</b>过了")
        note.press("Tab")
        wait_idle(screen)
        expect_sound(screen, "verdicts")
        refused.click()
        expect(steps.drawer(screen)).to_contain_text(other)
        expect(steps.drawer(screen).get_by_role("link", name="打开这条记录")).to_be_visible()
        wait_idle(screen)
        screen.keyboard.press("Escape")
        wait_idle(screen)
        screen.reload()  # nothing of it is lost
        expect(steps.rows(screen)).to_have_count(3, timeout=30_000)
        wait_idle(screen)
        expect(screen.get_by_role("textbox", name="跟踪记录")).to_have_value("<b>催</b>过了")
        press(screen, "确认办理 2 条")
        expect(screen.get_by_role("button", name="撤销已写入的 2 条")).to_be_visible(timeout=steps.SAVED_WITHIN)
        wait_idle(screen)
        expect_sound(screen, "done")
        assert [file.value(one, "状态") for one in fit] == ["超时未到账"] * 2
        assert [file.value(one, "跟踪记录") for one in fit] == ["<b>催</b>过了"] * 2
        assert file.value(other, "状态") == "已完成"
        press(screen, "撤销已写入的 2 条")
        expect(steps.rows(screen).filter(has_text="已撤销")).to_have_count(2, timeout=steps.SAVED_WITHIN)
        wait_idle(screen)
        press(screen, "完成")
        expect(screen.get_by_role("heading", name="银行转账明细表", exact=True)).to_be_visible()
        expect(screen.locator(BAR)).to_be_hidden()
        expect(steps.rows(screen).first).to_be_visible()


def store(console: Console) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(console.data / "console.sqlite", timeout=30))


@contextlib.contextmanager
def slow_store(console: Console) -> Iterator[None]:
    """Whatever is sent takes a tenth of a second longer to keep: else all of it is sent in less than half a second, and
    on a busy machine nobody comes in between."""
    with store(console) as connection, connection:
        connection.execute("CREATE TABLE slow (n INTEGER)")
        connection.executemany("INSERT INTO slow VALUES (?)", [(n,) for n in range(2000)])
        each = "SELECT count(*) FROM slow AS one, slow AS other"
        connection.execute(f"CREATE TRIGGER slowly AFTER INSERT ON changes BEGIN {each}; END")
    yield
    with store(console) as connection, connection:
        connection.execute("DROP TRIGGER slowly")
        connection.execute("DROP TABLE slow")


def in_the_middle(console: Console) -> None:
    """Some are sent."""
    ends = time.monotonic() + 30
    with store(console) as connection:
        while connection.execute("SELECT count(*) FROM changes WHERE key LIKE 'batch-%'").fetchone()[0] < 3:
            assert time.monotonic() < ends


def test_one_value_for_all_that_match_and_a_restart_in_the_middle(page: Page, console: Console) -> None:
    """The server dies while it sends: what was sent is told, the rest is sent, nothing twice."""
    steps.come_in(page, console, steps.SALES)
    tick(page, 0)
    page.get_by_role("button", name="选择符合条件的").click()
    expect(page.locator(BAR)).to_contain_text("已选 3", timeout=10_000)
    wait_idle(page)
    begin(page)
    page.get_by_role("radio", name="改一列的值").click()
    wait_idle(page)
    choose(page, "要改的列", "付款银行")
    field = page.get_by_role("textbox", name="付款银行")
    field.fill("批量银行")
    field.press("Tab")
    wait_idle(page, timeout=60_000)
    sending = page.get_by_role("button", name="确认办理")
    expect(sending).to_be_enabled(timeout=60_000)  # once each has its verdict
    count = int(sending.inner_text().split()[1])
    assert count > 30
    with slow_store(console):
        sending.click()
        in_the_middle(console)
        console.kill()
    page.goto("about:blank")  # it would find the console again by itself, and what is told once be told there
    console.start()
    page.goto(f"{console.url}/bank_transfers?bulk=bank_transfers")
    expect(page.get_by_text("上一次发送中途断开了")).to_be_visible(timeout=60_000)
    wait_idle(page, timeout=60_000)
    sending.click()
    expect(page.get_by_role("button", name=f"撤销已写入的 {count} 条")).to_be_visible(timeout=180_000)
    columns, found = File(console.workbook).read()
    banks = [row[columns["付款银行"] - 1] for row in found if row[columns["记录编号"] - 1]]
    assert banks.count("批量银行") == count


def test_what_was_begun_waits_to_be_finished(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query="&bank_transfers_state=已登记")
    tick(page, 3, 4)
    begin(page)
    page.goto(f"{console.url}/bank_transfers")
    expect(page.get_by_role("button", name="继续批量操作(2 条)")).to_be_visible(timeout=30_000)
    wait_idle(page)
    press(page, "继续批量操作(2 条)")
    expect(steps.rows(page)).to_have_count(2)
    press(page, "放弃")
    expect(page.get_by_role("heading", name="银行转账明细表", exact=True)).to_be_visible()
    wait_idle(page)
    expect(page.get_by_role("button", name="继续批量操作")).to_have_count(0)
