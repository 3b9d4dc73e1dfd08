"""A shipped parcel called back, through the page: register, courier, slip on paper, signature, parcel, refund, closed."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import File, drawer, expect_saved, press, tab

CASES, SLIPS = "售后登记表", "快件退回单"
AGENT, CLERK = "闵思源", "翟大勇"  # 售后客服, 打单员


def become(page: Page, console: Console, who: str, path: str) -> None:
    """Come in as somebody; the address may open a record."""
    steps.enter(page, console, who, f"/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    wait_idle(page)


def open_case(page: Page, console: Console, who: str, case: str) -> None:
    become(page, console, who, f"after_sales_register?record={case}")
    expect(drawer(page)).to_be_visible()
    expect(drawer(page)).to_contain_text(case)
    wait_idle(page)


def field(page: Page, label: str) -> Locator:
    """The field of this name on the tab that is shown, with its star or without."""
    return (
        drawer(page)
        .get_by_label(re.compile(f"^{re.escape(label)}( \\*)?$"))
        .and_(page.locator("input:visible, textarea:visible"))
    )


def write(page: Page, label: str, text: str) -> None:
    found = field(page, label)
    found.fill(text)
    found.press("Tab")
    wait_idle(page)


def pick(page: Page, label: str, option: str) -> None:
    steps.choose_in(page, field(page, label), option)


def unfold(page: Page) -> None:
    """Show the columns that this step does not need."""
    drawer(page).locator("summary", has_text=re.compile("其余 [0-9]+ 列")).click()
    wait_idle(page)


def begin(page: Page, step: str) -> None:
    """Choose an operation, which shows its form."""
    tab(page, "操作")
    drawer(page).get_by_role("radio", name=step, exact=True).click()
    wait_idle(page)


def refused(page: Page) -> Locator:
    """What stands under the fields on the tab that is shown."""
    return drawer(page).locator(".console-under:visible")


def register_case(page: Page, console: Console, waybill: str) -> str:
    """A recall as an agent registers it; its id."""
    become(page, console, AGENT, "after_sales_register")
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    pick(page, "售后类型", "撤回包裹")
    pick(page, "责任客服(售后客服)", AGENT)
    write(page, "客户ID(旺旺)", "tb_<b>改主意</b>")
    write(page, "订单号", "2611200000000012345")
    press(page, "保存")
    expect(refused(page).first).to_contain_text("依据:「")
    expect(refused(page).filter(has_text="AFS-01").first).to_be_visible()
    pick(page, "快递公司", "中通快递")
    write(page, "原快递单号", waybill)
    write(page, "情况说明", "客户下单后又不想要了,要求撤回")
    press(page, "保存")
    expect_saved(page)
    return drawer(page).locator(".console-chip", has_text="SH").inner_text()


def test_the_whole_recall(page: Page, console: Console) -> None:
    case = register_case(page, console, "75123456789012")
    file = File(console.workbook, CASES)
    assert file.value(case, "登记人") == AGENT
    assert file.value(case, "客户ID(旺旺)") == "tb_<b>改主意</b>"

    begin(page, "已联系快递")
    expect(drawer(page).get_by_role("radio", name="请客户拍照")).to_have_count(0)  # that is for claims about quality
    press(page, "已联系快递")
    expect_saved(page)
    assert file.value(case, "联系快递时间")

    begin(page, "打印快件退回单(两联)")
    expect(drawer(page)).to_contain_text("同时写入:快件退回单")
    write(page, "单子信息(寄件/收件/退回地址)", "寄件:晴禾家居 收件:<script>alert(1)</script>")
    press(page, "打印快件退回单(两联)")
    expect_saved(page)
    slip = str(file.value(case, "退回单编号"))
    slips = File(console.workbook, SLIPS)
    assert (slips.value(slip, "售后编号"), slips.value(slip, "原快递单号")) == (case, "75123456789012")
    with page.context.expect_page() as opened:
        drawer(page).get_by_role("link", name="打印快件退回单").click()
    paper = opened.value
    expect(paper.locator(".part")).to_have_count(2)
    expect(paper.locator(".cut")).to_have_count(1)
    expect(paper.locator(".part").first).to_contain_text("收件:<script>alert(1)</script>")
    paper.close()

    # the slip stands inside its case, and the case in its slip
    tab(page, "关联")
    expect(drawer(page)).to_contain_text("单子信息")
    drawer(page).get_by_role("link", name=slip).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SLIPS)
    expect(drawer(page)).to_contain_text(slip)
    wait_idle(page)
    tab(page, "关联")
    expect(drawer(page)).to_contain_text("客户下单后又不想要了")

    open_case(page, console, CLERK, case)
    begin(page, "快递已签字")
    press(page, "快递已签字")
    expect(refused(page)).to_contain_text("快递签字人")
    assert file.value(case, "状态") == "退回单已打印"
    write(page, "快递签字人", "周师傅")
    press(page, "快递已签字")
    expect_saved(page)
    assert (slips.value(slip, "快递签字人"), slips.value(slip, "签字联保管人(打单员)")) == ("周师傅", CLERK)

    # nobody refunds before the parcel is signed for
    open_case(page, console, AGENT, case)
    unfold(page)
    pick(page, "退款发起方式", "客服同意")
    pick(page, "退款处理人", AGENT)
    press(page, "保存")
    expect(refused(page).filter(has_text="AFS-07").first).to_be_visible()
    open_case(page, console, AGENT, case)
    press(page, "放弃草稿")

    open_case(page, console, CLERK, case)
    begin(page, "签收原包裹")
    pick(page, "包裹状况", "完好")
    press(page, "签收原包裹")
    expect_saved(page)
    assert (file.value(case, "收件签注"), file.value(case, "签收人")) == ("原包裹已收到", CLERK)
    assert slips.value(slip, "签字联已交还快递") == "是"

    open_case(page, console, AGENT, case)
    begin(page, "处理退款")
    press(page, "处理退款")
    expect_saved(page)
    begin(page, "登记退款")
    pick(page, "退款发起方式", "客服同意")
    write(page, "退款金额", "１２８元")
    write(page, "平台退款编号", "88001122334455")
    press(page, "登记退款")
    expect_saved(page)
    begin(page, "结案")
    press(page, "结案")
    expect(refused(page)).to_contain_text("处理结果")
    write(page, "处理结果", "包裹已退回,平台已退款")
    press(page, "结案")
    expect_saved(page)
    assert (file.value(case, "状态"), file.value(case, "退款处理人")) == ("已结案", AGENT)
