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
