"""粘贴/导入 and 下载 in a real browser: rows from the clipboard and from a file into the workbook, and out again."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
from playwright.sync_api import Browser, Page, expect

from logic.clock import now
from sheets.tabular import unprotected
from tests.e2e import steps
from tests.e2e.conftest import Console, context_on, wait_idle
from tests.e2e.sound import expect_sound
from tests.e2e.steps import File, no_console_errors
from tests.e2e.test_incidents import until
from tests.staged import as_clipboard

HEADERS = [
    "店铺",
    "客户ID(旺旺)",
    "订单号",
    "应付金额(所列订单合计)",
    "转账金额",
    "转账日期时间",
    "商品及数量",
    "经办备注",
]
LONG = "2611220000000012345"
UGLY = [
    "00123",
    "8085807e40000000",
    "75E1234",
    "=1+1",
    "@SUM(A1)",
    "１２３",
    "nan",
    "1-2",
    "<b>粗</b>😀",
    "第一行\n第二行",
]


def row(number: int, **more: str) -> list[str]:
    """A good row as somebody has it in a sheet of their own: paid today, later it would be registered late (BNK-01)."""
    today = now()
    texts = {
        "shop": "晴禾家居旗舰店",
        "customer": f"tb_粘贴{number}",
        "order": f"{LONG[:-2]}{number:02d}",
        "due": "1,280",
        "paid": "￥1280",
        "paid_at": f"{today.year}年{today.month}月{today.day}日",
        "goods": f"保温杯 {number} 个",
        "own": "x",
    }
    return list((texts | more).values())


def open_stage(page: Page, console: Console, who: str = steps.SALES) -> None:
    steps.come_in(page, console, who)
    page.get_by_role("button", name="粘贴/导入").click()
    expect(page.get_by_role("heading", name="银行转账明细表 · 粘贴/导入")).to_be_visible()
    wait_idle(page)


def paste(page: Page, table: list[list[str]]) -> None:
    """Copy the rows in another program, paste them here."""
    page.evaluate("text => navigator.clipboard.writeText(text)", as_clipboard(table))
    page.get_by_role("textbox", name="粘贴到这里").click()
    page.keyboard.press("Control+V")
    page.get_by_role("button", name="检查粘贴的内容").click()
    wait_idle(page)


def test_three_rows_of_which_one_is_bad(page: Page, console: Console) -> None:
    with no_console_errors(page):
        open_stage(page, console)
        paste(page, [HEADERS, row(1), row(2, paid="一百块"), row(3)])
        expect(steps.rows(page)).to_have_count(3)
        expect(page.locator(".console-box").first).to_contain_text("没有导入的列:“经办备注”(不认识的列")
        bad = steps.rows(page).nth(1)
        expect(bad).to_contain_text("不能登记")
        expect(bad).to_contain_text("转账金额:“一百块”不是金额")
        page.get_by_role("button", name="登记 2 行").click()
        expect(page.get_by_role("radio", name="已登记 2")).to_be_visible(timeout=steps.SAVED_WITHIN)
        wait_idle(page)
        page.reload()  # nothing of it is lost
        expect(steps.rows(page)).to_have_count(3, timeout=30_000)
        wait_idle(page)
        steps.rows(page).nth(1).click()
        expect(steps.drawer(page).locator(".console-under")).to_contain_text("“一百块”不是金额")
        steps.fill(page, "转账金额", "1280")
        expect(steps.drawer(page).locator(".console-under")).to_have_count(0)
        steps.press(page, "完成")
        page.get_by_role("button", name="登记 1 行").click()
        expect(page.get_by_role("radio", name="已登记 3")).to_be_visible(timeout=steps.SAVED_WITHIN)
        file = File(console.workbook)
        until(lambda: len(ours(file)) == 3)
        expect(steps.rows(page).nth(2)).to_contain_text("已写入", timeout=steps.SAVED_WITHIN)
        page.get_by_role("button", name="完成", exact=True).click()
        wait_idle(page)
        page.get_by_role("button", name="返回列表").click()
        wait_idle(page)
    found = ours(file)
    assert found["tb_粘贴2"]["转账金额"] == 1280
    assert found["tb_粘贴2"]["订单号"] == f"{LONG[:-2]}02"
    assert found["tb_粘贴2"]["登记人"] == steps.SALES
    steps.search(page, "tb_粘贴")
    expect(steps.rows(page)).to_have_count(3)


def ours(file: File) -> dict[str, dict[str, object]]:
    """The rows that were pasted here, by customer."""
    columns, found = file.read()
    rows = [{name: line[at - 1] for name, at in columns.items()} for line in found]
    return {str(one["客户ID(旺旺)"]): one for one in rows if str(one["客户ID(旺旺)"]).startswith("tb_粘贴")}


def test_ugly_values_from_the_clipboard_to_the_file_and_out_again(page: Page, console: Console) -> None:
    open_stage(page, console)
    paste(page, [HEADERS, *(row(number, goods=text) for number, text in enumerate(UGLY))])
    page.get_by_role("button", name=f"登记 {len(UGLY)} 行").click()
    file = File(console.workbook)
    until(lambda: len(ours(file)) == len(UGLY))
    assert [ours(file)[f"tb_粘贴{number}"]["商品及数量"] for number in range(len(UGLY))] == UGLY
    wait_idle(page)
    page.get_by_role("button", name="返回列表").click()
    wait_idle(page)
    steps.search(page, "tb_粘贴")
    page.get_by_role("button", name="下载").click()
    for button, read in {"Excel 工作簿(.xlsx)": as_workbook, "CSV(.csv)": as_csv}.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename.startswith("银行转账明细表-20")
        found = {one["客户ID(旺旺)"]: one for one in read(Path(download.value.path()))}
        assert [found[f"tb_粘贴{number}"]["商品及数量"] for number in range(len(UGLY))] == UGLY
        assert found["tb_粘贴3"]["订单号"] == f"{LONG[:-2]}03"


def as_workbook(path: Path) -> list[dict[str, object]]:
    copy = path.with_suffix(".xlsx")
    copy.write_bytes(path.read_bytes())
    sheet = openpyxl.load_workbook(copy).active
    assert sheet is not None
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in rows]


def as_csv(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [{name: unprotected(text) for name, text in line.items()} for line in csv.DictReader(lines)]


def test_a_file_on_a_phone(browser: Browser, console: Console, tmp_path: Path) -> None:
    """GB18030 as Chinese Windows writes it; then something that is no table at all."""
    chosen, broken = tmp_path / "转账.csv", tmp_path / "坏的.xlsx"
    chosen.write_bytes(
        "\n".join(",".join(line) for line in [HEADERS, row(1, due="1280"), row(2, due="x")]).encode("gb18030")
    )
    broken.write_bytes(b"PK\x03\x04" + b"x" * 100)
    context = context_on(browser, "phone")
    page = context.new_page()
    open_stage(page, console)
    expect_sound(page, "stage")
    page.locator("input[type=file]").set_input_files(broken)
    expect(page.get_by_role("alert")).to_contain_text("这个文件不是 .xlsx 或 CSV")
    wait_idle(page)
    expect_sound(page, "stage")
    page.locator("input[type=file]").set_input_files(chosen)
    expect(steps.rows(page)).to_have_count(2)
    expect(steps.rows(page).nth(1)).to_contain_text("不能登记")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    steps.rows(page).nth(1).click()
    steps.fill(page, "应付金额(所列订单合计)", "1280")
    steps.press(page, "删掉这一行")
    expect(steps.rows(page)).to_have_count(1)
    page.get_by_role("button", name="清空", exact=True).click()
    page.get_by_role("button", name="确定清空没有登记的 1 行").click()
    expect(page.get_by_role("textbox", name="粘贴到这里")).to_be_visible()
    context.close()


def test_a_missing_column_is_added_and_a_mapping_chosen_by_hand(page: Page, console: Console) -> None:
    open_stage(page, console)
    without_shop = [line[1:] for line in [HEADERS, row(1), row(2)]]
    without_shop[0][4] = "付款时间"
    paste(page, without_shop)
    expect(steps.rows(page).first).to_contain_text("缺少店铺")
    page.locator("label", has_text="调整列的对应").click()
    wait_idle(page)
    page.get_by_role("button", name="补上", exact=True).click()
    expect(page.get_by_role("alert").or_(page.get_by_role("status"))).to_contain_text(["请先选择要补上的列"])
    wait_idle(page)
    field = page.get_by_role("textbox", name="每一行都填")
    with console.halted():  # what is chosen and typed before the answer comes stays
        page.get_by_role("combobox", name="付款时间").fill("转账日期时间")
        page.get_by_role("option", name="转账日期时间", exact=True).click()
        page.get_by_role("combobox", name="补上缺的一列").fill("店铺")
        page.get_by_role("option", name="店铺", exact=True).click()
        field.fill("晴禾家居旗舰店")
    expect(page.locator(".frame th", has_text="转账日期时间")).to_have_count(1)
    wait_idle(page)
    expect(page.get_by_role("combobox", name="补上缺的一列")).to_have_value("店铺")
    expect(field).to_have_value("晴禾家居旗舰店")
    page.get_by_role("button", name="补上", exact=True).click()
    expect(page.get_by_role("button", name="登记 2 行")).to_be_enabled()
    expect(field).to_have_value("")
