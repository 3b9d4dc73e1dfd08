"""An account from its link to its end, through the pages: made, used, its password changed, disabled."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Console, context_on, wait_idle
from tests.e2e.sound import expect_sound
from tests.e2e.steps import no_console_errors

NAME, SECRET, OTHER = "伍晓棠", "蓝色的大象在散步", "另一个很长的密码"


def arrived(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)
    wait_idle(page)


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("姓名或登录邮箱").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    wait_idle(page)


def test_an_account_from_its_link_to_its_end(page: Page, console: Console, browser: Browser) -> None:
    steps.enter(page, console, steps.HEAD, "/accounts")
    arrived(page, "账号管理")
    page.get_by_role("combobox", name="员工名册里的人").fill(NAME)
    page.get_by_role("option", name=re.compile(NAME)).click()
    wait_idle(page)
    press(page, "新建并生成链接")
    link = page.locator("code").inner_text()
    assert link.startswith(f"{console.url}/invite/")
    card = page.locator("[data-testid=stVerticalBlock]", has_text=NAME).last
    expect(card).to_contain_text("还没有设密码")

    # on her phone
    context = context_on(browser, "phone")
    hers = context.new_page()
    with no_console_errors(hers):
        hers.goto(link)
        expect(hers.get_by_text(f"{NAME},请设置您的登录密码。")).to_be_visible()
        expect_sound(hers, "invitation")
        hers.get_by_label("新密码").fill(SECRET)
        hers.get_by_label("再输入一次").fill(SECRET)
        hers.get_by_role("button", name="保存密码并进入").click()
        arrived(hers, "首页")
    hers.goto(link)
    expect(hers.get_by_role("alert")).to_contain_text("这个链接已经用过")

    # at a desk, to the page she asked for
    desk = context_on(browser).new_page()
    desk.goto(f"{console.url}/staff")
    sign_in(desk, NAME, "猜一个密码")
    expect(desk.get_by_role("alert")).to_have_text("登录名或密码不正确。")
    sign_in(desk, NAME, SECRET)
    arrived(desk, "员工名册")
    expect(desk.get_by_role("link", name="账号管理")).to_have_count(0)
    expect(desk.locator(".console-who")).to_contain_text(NAME)

    # another password: the phone is out, the desk is not
    desk.goto(f"{console.url}/account")
    arrived(desk, "我的账号")
    hers.goto(f"{console.url}/bank_transfers")
    arrived(hers, "银行转账明细表")
    for label, text in (("现在的密码", SECRET), ("新密码", OTHER), ("再输入一次新密码", OTHER)):
        desk.get_by_label(label, exact=True).fill(text)
    expect_sound(desk, "accounts")
    press(desk, "修改密码")
    expect(desk.get_by_text("密码已修改。")).to_be_visible()
    expect(desk.get_by_label("现在的密码", exact=True)).to_have_value("")
    expect(hers.get_by_text("您的登录已结束,请重新登录。")).to_be_visible(timeout=30_000)
    assert hers.url.startswith(f"{console.url}/sign-in")
    sign_in(hers, NAME, OTHER)
    arrived(hers, "银行转账明细表")

    # out by her own hand, and by the administrator's
    desk.get_by_role("link", name="退出登录").click()
    expect(desk.get_by_text("您已退出登录。")).to_be_visible()
    desk.go_back()  # leads out by itself; before it has, it would break off the way to the next address
    expect(desk.get_by_label("姓名或登录邮箱")).to_be_visible(timeout=30_000)
    desk.goto(f"{console.url}/account")
    expect(desk.get_by_label("姓名或登录邮箱")).to_be_visible()
    page.reload()
    arrived(page, "账号管理")
    press(page, "停用")
    expect(page.get_by_text(f"已停用 {NAME} 的账号,所有登录都已结束。")).to_be_visible()
    expect(hers.get_by_text("您的登录已结束,请重新登录。")).to_be_visible(timeout=30_000)
    sign_in(hers, NAME, OTHER)
    expect(hers.get_by_role("alert")).to_have_text("这个账号已停用,请找管理员。")
    context.close()
    desk.context.close()
