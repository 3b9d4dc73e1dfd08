"""The pictures under docs/screenshots, taken of the demo as a desk and a phone show it.

    python -m tests.e2e.screenshots [folder]

To be looked at, not compared: whoever changes a page takes them again and looks.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect, sync_playwright

from sheets.gsheets_address import spreadsheet_url
from tests.e2e import steps
from tests.e2e.conftest import BROWSER_FLAGS, SCREENS, Console, context_on, wait_idle
from tests.e2e.steps import File, drawer, press, tab
from tests.e2e.test_google import examine
from tests.e2e.test_paste import HEADERS, open_stage, paste, row
from tests.e2e.test_photos import PROOF, choose, file, new_case
from tests.fake_sheets import Manager, running
from tests.google_account import secrets_text
from tests.google_demo import TITLE
from tests.hands import Hands
from tools import console as console_process
from tools.browser import find_browser

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = {"sales": steps.SALES, "agent": "闵思源", "head": steps.HEAD, "clerk": "翟大勇"}


@dataclass
class Camera:
    """Somebody at a screen, and where what they see is kept."""

    page: Page
    console: Console
    device: str
    folder: Path

    def go(self, path: str, who: str) -> Page:
        steps.enter(self.page, self.console, PEOPLE[who], f"/{path}")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
        wait_idle(self.page)
        return self.page

    def take(self, name: str, page: Page | None = None, *, whole: bool = False) -> None:
        page = page or self.page
        page.mouse.move(SCREENS[self.device][0] // 2, 3)
        page.wait_for_timeout(700)  # what slides in or fades has arrived
        path = self.folder / f"{name}-{SCREENS[self.device][0]}.png"
        page.screenshot(path=path, full_page=whole)
        with Image.open(path) as taken:
            small = taken.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        print(path.name, flush=True)

    def close_drawer(self) -> None:
        """Close it, and leave no draft behind for the next screen."""
        discard = drawer(self.page).get_by_role("button", name="放弃草稿", exact=True)
        if discard.count():
            discard.click()
            wait_idle(self.page)
        self.page.keyboard.press("Escape")
        wait_idle(self.page)

    def nth(self, place: int) -> str:
        """The id of a record of the list; another one on each screen."""
        at = place + (0 if self.device == "desk" else 1)
        return steps.numbered(self.page).nth(at).get_attribute("data-record") or ""


def plain_pages(camera: Camera) -> None:
    camera.page.goto(f"{camera.console.url}/sign-in")
    camera.page.get_by_role("button", name=steps.SALES).wait_for()
    camera.take("sign-in")
    camera.go("", "agent")
    camera.take("home")
    for path, who in (
        ("after_sales_register", "agent"),
        ("bank_transfers", "sales"),
        ("orders", "clerk"),
        ("recall_slips", "clerk"),
        ("settings", "head"),
        ("staff", "head"),
        ("attention", "head"),
        ("problems", "head"),
        ("changes", "head"),
        ("account", "agent"),
        ("accounts", "head"),
    ):
        camera.go(path, who)
        camera.take(path)
    page = camera.go("handbook?register=after_sales_register", "agent")
    page.get_by_role("tab", name="检查什么").click()
    wait_idle(page)
    camera.take("handbook")


def found_by_number(camera: Camera) -> None:
    page = camera.go("after_sales_register?after_sales_register_state=退回单已打印", "agent")
    order = str(File(camera.console.workbook, "售后登记表").value(camera.nth(0), "订单号"))
    camera.go(f"search?q={order}", "agent")
    expect(page.locator(".console-event").first).to_be_visible(timeout=30_000)
    camera.take("search")


def a_new_case(camera: Camera) -> None:
    page = camera.go("after_sales_register", "agent")
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    steps.choose(page, "售后类型 *", "撤回包裹")
    steps.fill(page, "客户ID(旺旺)", "tb_80961234")
    steps.fill(page, "订单号", "2611200686543165320")
    camera.take("new")
    camera.close_drawer()


def photos(camera: Camera) -> None:
    page = camera.go("after_sales_register", "agent")
    new_case(page)
    choose(page, file("steelblue"), file("tan", (480, 640)), file("seagreen"))
    drawer(page).get_by_role("group", name=f"{PROOF}:照片").locator("visible=true").scroll_into_view_if_needed()
    camera.take("photos")
    camera.close_drawer()


def a_recall(camera: Camera) -> None:
    page = camera.go("after_sales_register?after_sales_register_state=已联系快递", "agent")
    steps.open_first(page)
    tab(page, "操作")
    drawer(page).get_by_role("radio", name="打印快件退回单(两联)").click()
    wait_idle(page)
    camera.take("operate")
    camera.close_drawer()
    camera.go("recall_slips", "clerk")
    steps.open_first(page)
    tab(page, "关联")
    camera.take("linked")
    with page.context.expect_page() as opened:
        drawer(page).get_by_role("link", name="打印").first.click()
    paper = opened.value
    paper.wait_for_load_state()
    camera.take("print", paper, whole=True)
    paper.close()
    camera.close_drawer()


def many_at_once(camera: Camera) -> None:
    page = camera.page
    page.context.clear_cookies()
    open_stage(page, camera.console, steps.SALES)
    bad = [row(2, paid="一百块"), row(5, customer="", order="12")]
    paste(page, [HEADERS, row(1), bad[0], row(3), row(4, due="3000"), bad[1]])
    camera.take("paste")
    for name in ("清空", "确定清空"):
        page.get_by_role("button", name=name).click()
        wait_idle(page)
    camera.go("bank_transfers?bank_transfers_state=已登记", "sales")
    for place in (3, 4, 5):
        page.locator("[data-tick]:visible").nth(place).click()
    camera.take("selected")
    page.get_by_role("button", name="批量操作").click()
    wait_idle(page)
    page.get_by_text("标记超时未到账").first.click()
    wait_idle(page)
    camera.take("bulk")
    page.get_by_role("button", name="放弃", exact=True).click()
    wait_idle(page)


def a_setting(camera: Camera) -> None:
    page = camera.go("settings", "head")
    page.get_by_role("button", name="新增").click()
    wait_idle(page)
    steps.choose(page, "参数名 *", "撤回包裹要打快件退回单")
    steps.fill(page, "值", "否")
    steps.fill(page, "生效日期", "2026-10-01")
    press(page, "预览影响")
    camera.take("preview")
    camera.close_drawer()


def one_record(camera: Camera) -> None:
    page = camera.go("bank_transfers?bank_transfers_state=已到账", "sales")
    steps.open_first(page, camera.nth(0))
    steps.fill(page, "付款银行", "招商银行")
    press(page, "保存")
    steps.expect_saved(page)
    tab(page, "历史")
    camera.take("history")
    camera.close_drawer()
    camera.go("bank_transfers?bank_transfers_state=已登记", "sales")
    steps.open_first(page, camera.nth(3))
    steps.fill(page, "转账金额", "一百块")
    press(page, "保存")
    drawer(page).locator(".console-under").first.scroll_into_view_if_needed()
    camera.take("edit")
    camera.close_drawer()


def while_the_file_is_open(camera: Camera) -> None:
    manager = Hands(camera.console.workbook)
    page = camera.go("bank_transfers?bank_transfers_state=已通知打单", "sales")
    manager.hold("王经理")
    steps.open_first(page, camera.nth(0))
    steps.fill(page, "付款银行", "邮储银行")
    press(page, "保存")
    expect(drawer(page).get_by_text("王经理").first).to_be_visible(timeout=30_000)
    camera.take("queued")
    manager.release()
    steps.expect_saved(page)
    camera.close_drawer()


def a_conflict(camera: Camera) -> None:
    page = camera.go("bank_transfers?bank_transfers_state=已登记", "sales")
    record = camera.nth(5)
    steps.open_first(page, record)
    steps.fill(page, "付款银行", "工商银行")
    file = File(camera.console.workbook)
    Hands(camera.console.workbook).type(steps.SHEET, *file.place(record, "付款银行"), "招商银行")
    expect(drawer(page).get_by_text("又被别人改过")).to_be_visible(timeout=30_000)
    press(page, "保存")
    expect(page.get_by_text("同时有人改了同一格").first).to_be_visible(timeout=30_000)
    camera.take("conflict")
    camera.close_drawer()


# The folder of this run is nobody's business: the usual one stands in the pictures.
ELSEWHERE = """folder => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode;
        if (text.nodeValue.includes(folder)) text.nodeValue = text.nodeValue.replaceAll(folder, '/srv/console');
    }
}"""


def the_way_to_a_spreadsheet(camera: Camera) -> None:
    """Nothing configured, not shared, what would be made, made. The console reads the secrets anew for this page."""
    page = camera.go("connect", "head")

    def take(name: str, at: Locator | None = None) -> None:
        page.evaluate(ELSEWHERE, str(camera.console.data.parent))
        if at is not None:
            at.evaluate("one => one.scrollIntoView()")
        camera.take(name)

    take("connect")
    secrets = Path(os.environ["CONSOLE_SECRETS"])
    with running() as server:
        manager = Manager(server.cloud, server.cloud.new_book(TITLE, share=""))
        secrets.write_text(secrets_text(server), encoding="utf-8")
        camera.go("connect", "head")
        examine(page, spreadsheet_url(manager.book.id))
        take("connect-not-shared", page.get_by_role("heading", name="② 表格网址"))
        manager.share()
        examine(page, spreadsheet_url(manager.book.id))
        expect(page.get_by_role("button", name="执行")).to_be_visible(timeout=60_000)
        page.locator(".console-made summary").nth(1).click()
        take("connect-planned", page.get_by_role("heading", name="③ 建表"))
        page.get_by_role("button", name="执行").click()
        expect(page.get_by_text("建表完成")).to_be_visible(timeout=60_000)
        wait_idle(page)
        take("connect-done", page.get_by_text("建表完成"))
    secrets.unlink()


SCENES: tuple[Callable[[Camera], None], ...] = (
    plain_pages,
    found_by_number,
    a_new_case,
    photos,
    a_recall,
    many_at_once,
    a_setting,
    one_record,
    while_the_file_is_open,
    a_conflict,
    the_way_to_a_spreadsheet,
)


def cameras(folder: Path) -> Iterator[Camera]:
    with tempfile.TemporaryDirectory() as data, socket.socket() as probe, sync_playwright() as playwright:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        os.environ |= {"CONSOLE_DATA": f"{data}/data", "CONSOLE_SECRETS": f"{data}/none.toml"}
        console_process.prepare_workbook(Path(sys.executable))
        console = Console(Path(data) / "data", port)
        console.start()
        browser = playwright.chromium.launch(executable_path=find_browser(), args=[*BROWSER_FLAGS])
        try:
            for device in SCREENS:
                context = context_on(browser, device)
                yield Camera(context.new_page(), console, device, folder)
                context.close()
        finally:
            browser.close()
            console.stop()


def main(folder: Path = ROOT / "docs" / "screenshots") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for camera in cameras(folder):
        for scene in SCENES:
            scene(camera)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
