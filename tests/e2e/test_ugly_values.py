"""What spreadsheets like to damage, typed and pasted into the form: bit by bit the same in the file, read by another library."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import File, drawer, fill, open_first, press
from tests.e2e.test_incidents import until

OPEN = "&bank_transfers_state=已登记"
UGLY = (
    "00123",
    "6225881234567890123",
    "8085807e40000000",
    "75E1234",
    "=1+1",
    "@SUM(A1)",
    "１２３",
    "nan",
    "1-2",
    "<b>粗</b>😀",
)


@pytest.mark.parametrize("way", ["typed", "pasted"])
def test_ugly_values_arrive_bit_by_bit(page: Page, context: BrowserContext, console: Console, way: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    steps.come_in(page, console, steps.SALES, query=OPEN)
    record = open_first(page)
    file = File(console.workbook)
    for text in UGLY:
        if way == "typed":
            fill(page, "商品及数量", text)
        else:
            field = drawer(page).get_by_role("textbox", name="商品及数量", exact=True).first
            page.evaluate("text => navigator.clipboard.writeText(text)", text)
            field.click()
            field.press("Control+A")
            field.press("Control+V")
            field.press("Tab")
            wait_idle(page)
        press(page, "保存")
        until(lambda text=text: file.value(record, "商品及数量") == text)
