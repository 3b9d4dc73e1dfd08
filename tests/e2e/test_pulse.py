"""A page left open: it asks whether anything changed, shows what did, and keeps nobody signed in."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from logic.clock import now
from tests.e2e import steps
from tests.e2e.attacker import Client
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.steps import File
from tests.e2e.test_incidents import until
from tests.hands import Hands


def seen_at(console: Console, at: str | None = None) -> str:
    """When the person last did something, as the session remembers; or another time is put there."""
    with closing(sqlite3.connect(console.data / "console.sqlite", timeout=30)) as connection, connection:
        if at is not None:
            connection.execute("UPDATE sessions SET seen_at=?", (at,))
        return str(connection.execute("SELECT max(seen_at) FROM sessions").fetchone()[0])


def nothing_is_drawn(page: Page, runs: list[str]) -> bool:
    """Between two questions with the same answer the page asks for nothing else."""
    before, answers = len(runs), set[str]()
    for _ in range(2):
        with page.expect_response("**/pulse*") as asked:
            pass
        answers.add(asked.value.json()["version"])
    return len(answers) == 1 and len(runs) == before


def test_what_changes_is_shown_to_a_page_left_alone(page: Page, console: Console) -> None:
    steps.come_in(page, console, steps.SALES)
    runs: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: runs.append("sent")))
    page.reload()
    expect(steps.rows(page).first).to_be_visible(timeout=30_000)
    wait_idle(page)
    record = steps.numbered(page).first.get_attribute("data-record") or ""
    hour_ago = seen_at(console, (now() - dt.timedelta(hours=1)).isoformat())
    file = File(console.workbook)
    Hands(console.workbook).type(steps.SHEET, *file.place(record, "付款人户名"), "经理改的户名")
    changed = page.locator(f'[data-record="{record}"]:visible')
    expect(changed).to_contain_text("经理改的户名", timeout=steps.SAVED_WITHIN)
    assert seen_at(console) == hour_ago  # nobody was there
    until(lambda: nothing_is_drawn(page, runs))
    steps.search(page, record)
    until(lambda: seen_at(console) > hour_ago)


def test_only_who_is_signed_in_may_ask(console: Console) -> None:
    assert Client(console.port).get("/pulse?of=bank_transfers", headers={"Accept": "application/json"}).status == 401


MOVE = """() => {
    const part = [...document.querySelectorAll("*")].find((one) => one.shadowRoot?.querySelector("#pulse"));
    const root = part.shadowRoot.querySelector("#pulse");
    root.moving = "something else";
    root.move();
}"""
BOTH_AT_ONCE = f"(button) => {{ ({MOVE})(); button.click(); }}"


def test_a_click_in_the_moment_of_a_refresh_is_answered(page: Page, console: Console) -> None:
    """Streamlit sends both in one message, which names the part of the page that the first of them stands in."""
    steps.come_in(page, console, steps.SALES)
    steps.open_first(page)
    steps.fill(page, "转账金额", "一百块")
    steps.drawer(page).get_by_role("button", name="保存", exact=True).evaluate(BOTH_AT_ONCE)
    expect(steps.drawer(page)).to_contain_text("没有保存")


def test_a_page_left_in_the_moment_of_a_refresh_does_not_come_back(page: Page, console: Console) -> None:
    """The part that is to be drawn stands in the page that was left: Streamlit would run that one after the new one."""
    steps.come_in(page, console, steps.SALES)
    wait_idle(page)
    with console.halted():
        page.get_by_test_id("stSidebarNavLink").filter(has_text="售后登记表").click()
        page.wait_for_timeout(100)  # the browser sends one after the other
        page.evaluate(MOVE)
        page.wait_for_timeout(100)
    wait_idle(page)
    expect(page.get_by_role("heading", name="售后登记表", level=1)).to_be_visible()
    expect(steps.rows(page).first).to_be_visible()
    steps.open_first(page)
    expect(steps.drawer(page)).to_contain_text("售后登记表")
    with page.expect_response("**/pulse*"):
        pass  # the page that stands there now goes on asking


def test_a_search_in_the_moment_of_a_refresh_leads_to_its_page(page: Page, console: Console) -> None:
    """The console, not the browser, leads to the other page: the browser asks for parts of the one it still shows."""
    steps.enter(page, console, steps.SALES)
    box = page.get_by_role("searchbox", name="一键查").or_(page.get_by_role("textbox", name="一键查"))
    expect(box).to_be_visible(timeout=30_000)
    wait_idle(page)
    box.fill("18800000")
    with console.halted():
        box.press("Enter")
        page.wait_for_timeout(100)
        page.evaluate(MOVE)
        page.wait_for_timeout(100)
    wait_idle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("一键查")
    expect(page.get_by_role("main")).to_contain_text("找到")


LIST = """() => {
    const part = [...document.querySelectorAll("*")].find((one) => one.shadowRoot?.querySelector("#records"));
    return part.shadowRoot.querySelector("#records");
}"""


def test_a_row_that_is_pressed_while_the_list_is_refreshed_opens(page: Page, console: Console) -> None:
    """Drawn under the finger, the list would have another element there when it comes up, and nothing would be clicked."""
    steps.come_in(page, console, steps.SALES)
    wait_idle(page)
    record = steps.numbered(page).first.get_attribute("data-record") or ""
    steps.search(page, record)  # one row: what else changes draws nothing
    row = page.locator(f'[data-record="{record}"]:visible')
    expect(steps.rows(page)).to_have_count(1)
    wait_idle(page)
    row.hover()
    page.mouse.down()
    place = page.evaluate_handle(LIST)
    before = place.evaluate_handle("(root) => root.late")
    file = File(console.workbook)
    Hands(console.workbook).type(steps.SHEET, *file.place(record, "付款人户名"), "按住时改的户名")
    until(lambda: bool(place.evaluate("(root, before) => root.late !== before", before)))
    expect(row).not_to_contain_text("按住时改的户名")
    page.mouse.up()
    expect(steps.drawer(page)).to_contain_text(record)
    expect(row).to_contain_text("按住时改的户名")
