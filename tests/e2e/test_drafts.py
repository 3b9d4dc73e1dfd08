"""What somebody typed is never lost: typed on while a save is on its way, a console that dies in the middle of a word."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import File, drawer, fill, open_first, press
from tests.e2e.test_incidents import until

OPEN = "&bank_transfers_state=已登记"


def textbox(page: Page, label: str) -> Locator:
    return drawer(page).get_by_role("textbox", name=label, exact=True).first


def cut_power(page: Page, console: Console) -> None:
    """The console dies and is started again; the page finds it by itself, and opens what was open anew."""
    app, drawn = page.get_by_test_id("stApp"), page.locator("[data-open]")
    console.kill()
    expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")
    before = drawn.get_attribute("data-open") or ""
    console.start()
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)
    expect(page.get_by_role("dialog")).to_have_count(1, timeout=60_000)  # what said that it was gone has gone
    # The drawer of before stands there for a while yet; what is pressed in it would reach nobody.
    expect(drawn).not_to_have_attribute("data-open", before, timeout=60_000)


def test_what_is_typed_while_a_save_is_on_its_way_stays(page: Page, console: Console) -> None:
    """A slow machine takes a second to draw the form again: whoever types on in the meantime goes on typing."""
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    for label, first, then in (("商品及数量", "先存的", "接着写的"), ("转账金额", "１２８元", "129")):
        fill(page, label, first)
        drawer(page).get_by_role("button", name="保存", exact=True).click()
        textbox(page, label).fill(then)
        textbox(page, label).press("Tab")
        wait_idle(page)
        steps.expect_saved(page)
        expect(textbox(page, label)).to_have_value(then)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    press(page, "保存")
    file = File(console.workbook)
    until(lambda: file.value(record, "转账金额") == 129)
    assert file.value(record, "商品及数量") == "接着写的"


def test_a_console_that_dies_in_the_middle_of_a_word_loses_nothing(page: Page, console: Console) -> None:
    """Killed and started again while somebody types: the drawer comes back with all of it, the last word included."""
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    fill(page, "付款银行", "汇丰银行")
    fill(page, "转账金额", "１２８元")
    textbox(page, "商品及数量").fill("")
    textbox(page, "商品及数量").press_sequentially("还没写完的")
    cut_power(page, console)
    expect(drawer(page)).to_contain_text("已恢复您的草稿", timeout=60_000)
    expect(textbox(page, "商品及数量")).to_have_value("还没写完的", timeout=steps.SAVED_WITHIN)
    expect(textbox(page, "付款银行")).to_have_value("汇丰银行")
    expect(textbox(page, "转账金额")).to_have_value("１２８元")
    wait_idle(page)
    press(page, "保存")
    steps.expect_saved(page)
    file = File(console.workbook)
    assert [file.value(record, header) for header in ("付款银行", "转账金额", "商品及数量")] == [
        "汇丰银行",
        128,
        "还没写完的",
    ]


def test_a_new_record_survives_a_reload_and_a_restart(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES)
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    fill(page, "客户ID(旺旺)", "tb_新客户")
    textbox(page, "客户姓名").press_sequentially("王小")
    page.reload()
    expect(steps.rows(page).first).to_be_visible(timeout=30_000)
    wait_idle(page)
    page.get_by_role("button", name="新增").click()
    expect(textbox(page, "客户ID(旺旺)")).to_have_value("tb_新客户")
    expect(textbox(page, "客户姓名")).to_have_value("王小")
    wait_idle(page)
    textbox(page, "付款人户名").press_sequentially("王大")
    cut_power(page, console)
    expect(textbox(page, "付款人户名")).to_have_value("王大", timeout=60_000)
    expect(textbox(page, "客户姓名")).to_have_value("王小")
    wait_idle(page)
    press(page, "放弃草稿")
    for label in ("客户ID(旺旺)", "客户姓名", "付款人户名"):
        expect(textbox(page, label)).to_have_value("")


def test_the_keyboard_goes_all_the_way(page: Page, console: Console) -> None:
    """Ctrl+Enter saves what is just being typed; a refusal leads to the first wrong field; Esc closes and keeps a draft."""
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    textbox(page, "付款银行").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("键盘银行")
    page.keyboard.press("Control+Enter")
    steps.expect_saved(page)
    assert File(console.workbook).value(record, "付款银行") == "键盘银行"
    textbox(page, "转账金额").fill("一百块")
    page.keyboard.press("Tab")
    wait_idle(page)
    page.keyboard.press("Control+Enter")
    expect(drawer(page).locator(".console-under")).to_have_count(1)
    expect(textbox(page, "转账金额")).to_be_focused()
    textbox(page, "商品及数量").fill("关掉之前写的")
    page.keyboard.press("Escape")
    expect(drawer(page)).to_have_count(0)
    expect(page.get_by_text("已存成草稿").first).to_be_visible()
    wait_idle(page)
    open_first(page, record)
    expect(textbox(page, "商品及数量")).to_have_value("关掉之前写的")
    expect(textbox(page, "转账金额")).to_have_value("一百块")


def test_a_choice_typed_in_full_is_chosen_by_leaving_the_list(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    box = drawer(page).get_by_role("combobox", name="店铺", exact=True)
    # Another one than stands there: rows of the manager's, first once they have their ids, are all of one shop.
    shop = "晴禾家居旗舰店" if box.input_value() == "晴禾家居1688店" else "晴禾家居1688店"
    box.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(shop)
    expect(page.get_by_role("option", name=shop, exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    wait_idle(page)
    expect(box).to_have_value(shop)
    press(page, "保存")
    steps.expect_saved(page)
    assert File(console.workbook).value(record, "店铺") == shop
