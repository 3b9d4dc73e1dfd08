"""填报手册 in a browser: links into it, every picture drawn without asking any other host, at both widths."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from logic.handbook import mermaid
from logic.register import registers
from tests.e2e import steps
from tests.e2e.conftest import Console, wait_idle
from tests.e2e.sound import expect_sound, sound_road

DRAWN = "(image) => image.complete && image.naturalWidth > 0"


def show(page: Page, console: Console, address: str) -> None:
    steps.enter(page, console, steps.SALES, f"/handbook{f'?{address[1:]}' if address else ''}")
    expect(page.get_by_role("heading", name="填报手册")).to_be_visible(timeout=30_000)
    wait_idle(page)


def turn_to(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    wait_idle(page)


def expect_rules(page: Page, *wanted: str) -> None:
    """These are shown, and no others."""
    shown = page.locator("[data-rule]:visible")
    expect(shown).to_have_count(len(wanted))
    for at, rule in enumerate(wanted):
        expect(shown.nth(at)).to_have_attribute("data-rule", rule)


def test_every_register_has_its_chapter_and_picture(console: Console, screen: Page) -> None:
    page = screen
    with sound_road(page, console):
        for key, register in registers().items():
            show(page, console, f"&register={key}")
            for tab in ("填什么", "检查什么", "流程", "谁能做什么", *(["打印"] if register.prints else [])):
                turn_to(page, tab)
                expect_sound(page, f"{key} {tab}")
                if tab == "流程" and mermaid.drawn(register):
                    picture = page.get_by_role("img", name=f"{register.title}的流程图")
                    expect(picture).to_be_visible(timeout=30_000)
                    page.wait_for_function(DRAWN, arg=picture.element_handle())
            expect(page.locator("[data-testid=stAlert]")).to_have_count(0)


def test_a_rule_can_be_linked_to_and_left(page: Page, console: Console) -> None:
    show(page, console, "&rule=BNK-07")
    expect_rules(page, "BNK-07")
    expect(page.get_by_text("不符合的例子")).to_be_visible()
    page.get_by_role("button", name="看整个手册").click()
    wait_idle(page)
    expect(page).not_to_have_url(re.compile("rule="))
    for tab in ("通用规则", "制度参数", "还在等的规则", "查不出的规定"):
        turn_to(page, tab)
    expect(page.get_by_text("招聘条件")).to_be_visible()


def test_search_is_in_the_address(page: Page, console: Console) -> None:
    show(page, console, "")
    field = page.get_by_role("textbox", name="搜索规则和列")
    field.fill("付款账号 机密")
    field.press("Enter")
    wait_idle(page)
    expect_rules(page, "BNK-11")
    expect(page).to_have_url(re.compile("search="))
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("[data-rule=BNK-11]")).to_be_visible(timeout=30_000)
    wait_idle(again)
    again.get_by_role("combobox", name="登记表").click()
    again.get_by_role("option", name="员工名册").click()
    expect(again).to_have_url(re.compile("register=staff"))
    wait_idle(again)
    expect_rules(again)
