"""The road of one edit in a real browser: add, change, move on, refuse, collide, take back, wait for the file."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from logic.clock import now
from tests.e2e import steps
from tests.e2e.conftest import Console, context_on, wait_idle
from tests.e2e.steps import File, drawer, expect_saved, fill, no_console_errors, open_first, press, tab
from tests.hands import Hands

LONG_NUMBER = "2611220000000012345"
NEEDED = ("订单号", "客户姓名", "联系电话", "收货地址", "登记人", "转账金额")  # so that BNK-06 alone stands in the way
OPEN = "&bank_transfers_state=已登记"


def test_add_a_record(page: Page, console: Console) -> None:
    """Typed as Chinese users type; in the file a text stays a text to the last digit."""
    with no_console_errors(page):
        steps.come_in(page, console, steps.SALES)
        page.get_by_role("button", name="新增").click()
        wait_idle(page)
        steps.choose(page, "店铺", "晴禾家居旗舰店")
        fill(page, "客户ID(旺旺)", "tb_新客户")
        fill(page, "订单号", LONG_NUMBER)
        fill(page, "应付金额(所列订单合计)", "￥1,280")
        fill(page, "转账金额", "１２８０元")
        fill(page, "转账日期时间", f"{now().date():%Y年%m月%d日}")
        fill(page, "付款人户名", "王小明")
        press(page, "保存")
        expect_saved(page)
    record = drawer(page).locator(".console-chip", has_text="YH").inner_text()
    file = File(console.workbook)
    assert file.value(record, "订单号") == LONG_NUMBER
    assert file.value(record, "转账金额") == 1280
    assert file.value(record, "登记人") == steps.SALES
    page.keyboard.press("Escape")
    wait_idle(page)
    expect(steps.rows(page).first).to_contain_text("tb_新客户")


def test_edit_and_take_back(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    file = File(console.workbook)
    before = file.value(record, "付款银行")
    fill(page, "付款银行", "汇丰银行")
    press(page, "保存")
    expect_saved(page)
    assert file.value(record, "付款银行") == "汇丰银行"
    tab(page, "历史")
    drawer(page).get_by_role("button", name="撤销这次修改").first.click()
    wait_idle(page)
    press(page, "确定撤销")
    expect_saved(page)
    expect(drawer(page).locator("b", has_text="· 撤销")).to_have_count(1)
    assert file.value(record, "付款银行") == before


def test_a_transition_writes_time_and_name(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    tab(page, "操作")
    drawer(page).get_by_role("radio", name="跟踪", exact=True).click()
    wait_idle(page)
    note = drawer(page).get_by_role("textbox", name="跟踪记录").last
    note.fill("客户说明天转")  # and straight to the button, without leaving the field first
    press(page, "跟踪")
    expect_saved(page)
    file = File(console.workbook)
    assert file.value(record, "跟踪人") == steps.SALES
    assert file.value(record, "跟踪记录") == "客户说明天转"


def test_a_refused_edit_says_why_under_its_field_and_survives_a_reload(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    before = File(console.workbook).value(record, "转账金额")
    fill(page, "转账金额", "一百块")
    press(page, "保存")
    wrong = drawer(page).locator(".console-under")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("“一百块”不是金额")
    expect(wrong).to_contain_text("现在的值:一百块")
    expect(wrong).to_contain_text("怎么办:请只填数字")
    expect(wrong).to_contain_text("依据:「")
    assert File(console.workbook).value(record, "转账金额") == before
    page.reload()
    expect(steps.rows(page).first).to_be_visible(timeout=30_000)
    wait_idle(page)
    open_first(page, record)
    expect(drawer(page)).to_contain_text("已恢复您的草稿")
    expect(drawer(page).get_by_role("textbox", name="转账金额", exact=True)).to_have_value("一百块")
    press(page, "放弃草稿")
    expect(drawer(page).get_by_role("textbox", name="转账金额", exact=True)).not_to_have_value("一百块")


def test_a_conflict_with_the_file_is_settled_cell_by_cell(page: Page, console: Console) -> None:
    """Opened, then changed in the file, then saved: nobody's text is lost, the author chooses."""
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    file = File(console.workbook)
    fill(page, "付款银行", "我的银行")
    row, column = file.place(record, "付款银行")
    Hands(console.workbook).type(steps.SHEET, row, column, "经理的银行")
    expect(drawer(page)).to_contain_text("您打开以后,这条记录又被别人改过", timeout=steps.SAVED_WITHIN)
    expect(drawer(page).get_by_role("textbox", name="付款银行", exact=True)).to_have_value("我的银行")
    press(page, "保存")
    expect(drawer(page)).to_contain_text("同时有人改了同一格")
    expect(drawer(page)).to_contain_text("经理的银行")
    drawer(page).get_by_text("用我的", exact=True).click()
    wait_idle(page)
    press(page, "按选择保存")
    expect_saved(page)
    assert file.value(record, "付款银行") == "我的银行"


def test_while_the_file_is_open_elsewhere_a_change_waits(page: Page, console: Console, browser: Browser) -> None:
    """Who holds the file is said; everybody sees the change at once; it is written when the file is free."""
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    file, manager = File(console.workbook), Hands(console.workbook)
    manager.hold("王经理")
    fill(page, "付款银行", "排队银行")
    press(page, "保存")
    expect(drawer(page)).to_contain_text("王经理", timeout=steps.SAVED_WITHIN)
    expect(drawer(page)).to_contain_text("已登记,正在写入…")
    other = context_on(browser).new_page()
    steps.come_in(other, console, steps.SERVICE_HEAD, query="&bank_transfers_columns=付款银行")
    steps.search(other, record)
    expect(steps.rows(other).first).to_contain_text("待写入")
    expect(steps.rows(other).first).to_contain_text("排队银行")
    other.context.close()
    assert file.value(record, "付款银行") != "排队银行"
    manager.release()
    expect_saved(page)
    assert file.value(record, "付款银行") == "排队银行"


def test_a_wrong_cell_typed_in_the_file_is_marked_within_seconds(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = steps.numbered(page).first.get_attribute("data-record") or ""
    steps.search(page, record)
    row, column = File(console.workbook).place(record, "转账金额")
    Hands(console.workbook).type(steps.SHEET, row, column, "壹佰元整?")
    wrong = page.locator("td.bad", has_text="壹佰元整?")
    expect(wrong).to_be_visible(timeout=steps.SAVED_WITHIN)
    expect(steps.rows(page).first).to_contain_text("不能保存")
    steps.rows(page).first.click()
    wait_idle(page)
    tab(page, "问题")
    expect(drawer(page)).to_contain_text("“壹佰元整?”不是金额")


def test_finance_confirms_arrival(page: Page, console: Console) -> None:
    """The state moves, and with it what the button writes."""
    steps.come_in(page, console, steps.FINANCE, query=OPEN)
    file = File(console.workbook)
    # By their ids: rows typed in the sheet get theirs meanwhile, and the list moves.
    shown = [one.get_attribute("data-record") or "" for one in steps.numbered(page).all()]
    record = next(one for one in shown if file.value(one, "转账金额") and file.value(one, "登记人"))
    page.locator(f'[data-record="{record}"]:visible').click()
    expect(drawer(page)).to_be_visible()
    wait_idle(page)
    tab(page, "操作")
    press(page, "确认到账")
    expect_saved(page)
    assert file.value(record, "状态") == "已到账"
    assert file.value(record, "确认人") == steps.FINANCE


def test_what_fails_after_its_author_left_waits_for_them(page: Page, console: Console) -> None:
    """Queued behind a manager who changes the very cell: the author finds both texts under 需要您处理."""
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    file, manager = File(console.workbook), Hands(console.workbook)
    manager.hold("王经理")
    fill(page, "付款银行", "我的银行")
    press(page, "保存")
    page.goto("about:blank")
    manager.type(steps.SHEET, *file.place(record, "付款银行"), "经理的银行")
    manager.release()
    page.goto(f"{console.url}/attention")
    settle = page.get_by_role("button", name="按选择保存")
    expect(settle).to_be_visible(timeout=steps.SAVED_WITHIN)
    expect(page.get_by_role("main")).to_contain_text("同时有人改了同一格")
    expect(page.get_by_role("main")).to_contain_text("我的银行")
    page.get_by_text("用表格现在的", exact=True).click()
    wait_idle(page)
    settle.click()
    expect(page.get_by_text("没有需要您处理的事。")).to_be_visible()
    assert file.value(record, "付款银行") == "经理的银行"


def _complete(file: File, record: str) -> bool:
    """It has what printing needs, and the sheet has not damaged its order number."""
    return str(file.value(record, "订单号")).isdigit() and all(file.value(record, header) for header in NEEDED)


def test_a_head_releases_what_only_a_head_may(page: Page, console: Console) -> None:
    """通知打单 before the money arrived is refused; the head, who did not register it, lets it pass with a reason."""
    steps.come_in(page, console, steps.HEAD, query=OPEN)
    file = File(console.workbook)
    # By their ids: rows typed in the sheet get theirs meanwhile, and the list moves.
    shown = [one.get_attribute("data-record") or "" for one in steps.numbered(page).all()]
    record = next(one for one in shown if _complete(file, one))
    page.locator(f'[data-record="{record}"]:visible').first.click()
    expect(drawer(page)).to_be_visible()
    wait_idle(page)
    tab(page, "操作")
    drawer(page).get_by_role("radio", name="通知打单", exact=True).click()
    wait_idle(page)
    press(page, "通知打单")
    expect(drawer(page)).to_contain_text("BNK-06")
    drawer(page).locator("summary", has_text="主管放行").click()
    wait_idle(page)
    drawer(page).get_by_role("textbox", name="放行理由").fill("老客户,财务已口头确认")
    press(page, "放行并保存")
    expect_saved(page)
    assert file.value(record, "状态") == "已通知打单"
    tab(page, "问题")
    expect(drawer(page)).to_contain_text("已放行")
