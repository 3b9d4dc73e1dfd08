"""What happens to a file between two clicks: a row deleted, a forgotten lock, another file in its place, an old one back."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import File, drawer, expect_saved, fill, open_first, press
from tests.hands import Hands

OPEN = "&bank_transfers_state=已登记"
HALF_A_DAY = 12 * 3600


def test_a_row_deleted_in_the_file_comes_back(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = steps.numbered(page).first.get_attribute("data-record") or ""
    file, manager = File(console.workbook), Hands(console.workbook)
    before = file.value(record, "转账金额")
    manager.delete_row(steps.SHEET, file.place(record, "转账金额")[0])
    steps.search(page, record)
    expect(page.locator(f"[data-record='{record}']")).to_have_count(0, timeout=steps.SAVED_WITHIN)
    page.get_by_role("link", name="需要您处理").click()
    wait_idle(page)
    expect(page.get_by_text(f"记录 {record} 从表格里消失了")).to_be_visible(timeout=steps.SAVED_WITHIN)
    page.get_by_role("button", name="恢复到表格").first.click()
    wait_idle(page)
    until(lambda: record in ids(file))
    assert file.value(record, "转账金额") == before


def test_a_lock_that_a_crashed_program_left_can_be_ignored(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    lock = console.workbook.with_name(f".~lock.{console.workbook.name}#")
    lock.write_text(",经理,办公室电脑,昨天,;", encoding="utf-8")
    long_ago = time.time() - HALF_A_DAY - 3600
    os.utime(lock, (long_ago, long_ago))
    record = open_first(page)
    fill(page, "付款银行", "等着的银行")
    press(page, "保存")
    expect(drawer(page)).to_contain_text("办公室电脑", timeout=steps.SAVED_WITHIN)
    page.keyboard.press("Escape")
    wait_idle(page)
    page.reload()
    page.get_by_role("button", name="没有人开着,继续写入").click()
    wait_idle(page)
    until(lambda: File(console.workbook).value(record, "付款银行") == "等着的银行")
    assert lock.exists()


def test_another_file_in_its_place_is_not_written_until_somebody_chooses(
    page: Page, console: Console, tmp_path: Path
) -> None:
    other = tmp_path / "别的.xlsx"
    shutil.copy(console.workbook, other)  # as it was before our first commit: without our stamp
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    fill(page, "付款银行", "第一次")
    press(page, "保存")
    expect_saved(page)
    page.keyboard.press("Escape")
    shutil.copy(other, console.workbook)
    page.reload()
    expect(page.get_by_text("已暂停写入").first).to_be_visible(timeout=steps.SAVED_WITHIN)
    wait_idle(page)  # it stands above the list, which moves down while somebody types into its search
    untouched = console.workbook.read_bytes()
    open_first(page, record)
    fill(page, "商品及数量", "换文件以后填的")
    press(page, "保存")
    expect(drawer(page)).to_contain_text("不是原来的工作簿", timeout=steps.SAVED_WITHIN)
    assert console.workbook.read_bytes() == untouched
    page.keyboard.press("Escape")
    wait_idle(page)
    page.get_by_role("button", name="以这个文件为准").first.click()
    wait_idle(page)
    until(lambda: File(console.workbook).value(record, "商品及数量") == "换文件以后填的")


def test_an_old_file_saved_over_the_new_one_takes_nothing_away(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    fill(page, "付款银行", "第一次")
    press(page, "保存")
    expect_saved(page)
    old = Hands(console.workbook).save_copy()
    fill(page, "付款银行", "第二次")
    press(page, "保存")
    file = File(console.workbook)
    until(lambda: file.value(record, "付款银行") == "第二次")
    Hands(console.workbook).restore(old)
    assert file.value(record, "付款银行") == "第一次"
    until(lambda: file.value(record, "付款银行") == "第二次")
    page.goto(f"{console.url}/attention")
    expect(page.get_by_text("控制台已把登记过的内容写回").first).to_be_visible(timeout=steps.SAVED_WITHIN)


def ids(file: File) -> list[object]:
    columns, found = file.read()
    return [row[columns["记录编号"] - 1] for row in found]


def until(holds: object, seconds: float = 30.0) -> None:
    """Wait for something in the file; the console writes it in a process of its own, so nothing on the page tells."""
    assert callable(holds)
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.2)
