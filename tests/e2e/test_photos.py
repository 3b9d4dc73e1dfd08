"""Photos as staff put them into records: chosen, taken, pasted, dropped; kept through reload, restart and conflict."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

from logic.kinds.texts import photo_names
from tests.e2e import steps
from tests.e2e.conftest import Console, context_on, wait_idle
from tests.e2e.sound import expect_sound
from tests.e2e.steps import File, drawer, expect_saved, no_console_errors, press, tab
from tests.pictures import picture

AGENT, CASES, PROOF = "闵思源", "售后登记表", "凭证(截图)"
ARRIVED = 15_000  # milliseconds; a busy machine
PASTE = """(target, {type, data, text}) => {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], "image.png", {type}));
    if (text) carried.setData("text/plain", text);
    const how = {clipboardData: carried, bubbles: true, cancelable: true, composed: true};
    target.dispatchEvent(new ClipboardEvent("paste", how));
}"""
DROP = """(target, data) => {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], "聊天.png", {type: "image/png"}));
    const event = (kind) => new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true, composed: true});
    target.dispatchEvent(event("dragover"));
    target.dispatchEvent(event("drop"));
}"""


def file(color: str, size: tuple[int, int] = (640, 480)) -> FilePayload:
    return {"name": f"{color}.jpg", "mimeType": "image/jpeg", "buffer": picture(color, size)}


def place(page: Page, label: str = PROOF) -> Locator:
    return drawer(page).get_by_role("group", name=f"{label}:照片").locator("visible=true")


def whole(page: Page, label: str = PROOF) -> Locator:
    """The photos that are there."""
    return place(page, label).get_by_role("button", name=re.compile("^放大"))


def choose(page: Page, *files: FilePayload, label: str = PROOF) -> None:
    """Choose files, and wait until all of them are there."""
    before = whole(page, label).count()
    place(page, label).locator("input[multiple]").set_input_files(files)
    expect(whole(page, label)).to_have_count(before + len(files), timeout=ARRIVED)
    wait_idle(page)


def come_to_cases(page: Page, console: Console, who: str = AGENT) -> None:
    steps.come_in(page, console, who, "after_sales_register")


def new_case(page: Page) -> None:
    page.get_by_role("button", name="新增").click()
    expect(place(page)).to_be_visible(timeout=ARRIVED)  # what is pasted before it is there goes nowhere
    wait_idle(page)


def save(page: Page) -> str:
    """Save the form; the id of its record."""
    press(page, "保存")
    expect_saved(page)
    found = re.search(r"SH\d{6}-\w{5}", drawer(page).locator(".st-key-drawer-head").inner_text())
    assert found is not None
    return found[0]


def reopen(page: Page, console: Console, record: str, who: str = AGENT) -> None:
    steps.enter(page, console, who, f"/after_sales_register?record={record}")
    expect(place(page).first).to_be_visible(timeout=30_000)
    wait_idle(page)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone that is touched: its camera button shows."""
    context = context_on(browser, "phone", has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_photos_come_into_a_record_and_onto_paper(page: Page, console: Console) -> None:
    """Several at once, one taken out and put back; then in the sheet, the history, on paper, not in the search."""
    come_to_cases(page, console)
    new_case(page)
    steps.choose(page, "售后类型 *", "质量问题")
    steps.choose(page, "责任客服(售后客服)", AGENT)
    steps.fill(page, "客户ID(旺旺)", "tb_photo")
    choose(page, file("red"), file("blue"))
    place(page).get_by_role("button", name=f"移除{PROOF}第 1 张").click()
    expect(whole(page)).to_have_count(1)
    place(page).get_by_role("button", name="放回").click()
    expect(whole(page)).to_have_count(2)
    wait_idle(page)
    record = save(page)
    expect(whole(page)).to_have_count(2)
    text = str(File(console.workbook, CASES).value(record, PROOF))
    names = photo_names(text)
    assert len(names) == 2 and text == "、".join(f"照片:{name}" for name in names)
    assert all((console.data / "photos" / name).is_file() for name in names)
    # one is taken out, one comes in: the history shows both
    place(page).get_by_role("button", name=f"移除{PROOF}第 1 张").click()
    wait_idle(page)
    choose(page, file("green"))
    press(page, "保存")
    expect_saved(page)
    tab(page, "历史")
    newest = drawer(page).locator("tr", has_text=PROOF).first
    expect(newest.locator("img")).to_have_count(4)
    expect_sound(page, "history with photos")
    newest.locator("img").evaluate_all("all => Promise.all(all.map((one) => one.decode()))")  # each is a picture
    with page.context.expect_page() as opened:
        drawer(page).get_by_role("link", name="打印…").click()
    paper = opened.value
    with no_console_errors(paper):
        pictures = paper.locator(".photos img")
        expect(pictures).to_have_count(2)
        paper.wait_for_function(
            "[...document.querySelectorAll('.photos img')].every((one) => one.naturalWidth === 640)"
        )
    page.keyboard.press("Escape")
    wait_idle(page)
    steps.search(page, "tb_photo")
    expect(steps.rows(page)).to_have_count(1)
    steps.search(page, names[1].removesuffix(".jpg"))
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()


def test_a_screenshot_is_pasted_or_dropped(page: Page, console: Console) -> None:
    """Anywhere on the form; cells copied in Excel, which bring a picture along, stay text in a field."""
    come_to_cases(page, console)
    new_case(page)
    data = base64.b64encode(picture("red", format="PNG")).decode()
    goods = drawer(page).get_by_role("textbox", name="商品及规格")
    goods.evaluate(PASTE, {"type": "image/png", "data": data, "text": "保温杯\t1"})
    goods.evaluate(PASTE, {"type": "image/png", "data": data, "text": ""})
    expect(whole(page)).to_have_count(1, timeout=ARRIVED)
    wait_idle(page)
    place(page).evaluate(PASTE, {"type": "image/png", "data": data, "text": ""})
    expect(place(page)).to_contain_text("已经在这里了", timeout=ARRIVED)
    expect(whole(page)).to_have_count(1)
    place(page).evaluate(DROP, base64.b64encode(picture("blue", format="PNG")).decode())
    expect(whole(page)).to_have_count(2, timeout=ARRIVED)


def test_the_clipboard_itself_is_pasted(page: Page, console: Console) -> None:
    """A picture copied in the browser, and Ctrl+V, as a person does it."""
    come_to_cases(page, console)
    new_case(page)
    data = base64.b64encode(picture("red", format="PNG")).decode()
    page.evaluate(
        """async (data) => {
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            const item = new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})});
            await navigator.clipboard.write([item]);
        }""",
        data,
    )
    place(page).focus()
    page.keyboard.press("Control+V")
    expect(whole(page)).to_have_count(1, timeout=ARRIVED)
    wait_idle(page)


def test_a_photo_survives_reload_and_restart(page: Page, console: Console) -> None:
    """It was sent and nothing else was typed: the draft has it."""
    come_to_cases(page, console)
    record = steps.open_first(page)
    choose(page, file("red"))
    page.reload()
    reopen(page, console, record)
    expect(drawer(page)).to_contain_text("已恢复您的草稿")
    expect(whole(page)).to_have_count(1)
    console.stop()
    console.start()
    reopen(page, console, record)
    expect(whole(page)).to_have_count(1)
    image = whole(page).locator("img")
    assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") == 320
    press(page, "保存")
    expect_saved(page)
    assert len(photo_names(str(File(console.workbook, CASES).value(record, PROOF)))) == 1


def test_two_people_add_photos_and_choose(page: Page, console: Console, browser: Browser) -> None:
    """The conflict shows both as pictures; whoever is overtaken has lost nothing."""
    come_to_cases(page, console)
    record = steps.open_first(page)
    choose(page, file("red"))
    context = context_on(browser)
    colleague = context.new_page()
    reopen(colleague, console, record, "穆清越")
    choose(colleague, file("blue"))
    press(colleague, "保存")
    expect_saved(colleague)
    context.close()
    press(page, "保存")
    expect(drawer(page).locator("td img").first).to_be_visible(timeout=ARRIVED)
    expect(drawer(page).locator("td img")).to_have_count(2)
    drawer(page).get_by_text("用我的", exact=True).click()
    wait_idle(page)
    press(page, "按选择保存")
    expect_saved(page)
    names = photo_names(str(File(console.workbook, CASES).value(record, PROOF)))
    assert len(names) == 1
    tab(page, "历史")
    expect(drawer(page).locator("tr", has_text=PROOF).first.locator("img")).to_have_count(2)


def test_links_and_names_of_files_stay_beside_photos(page: Page, console: Console) -> None:
    """What stood there before is text, is changed as text, and is not lost when a photo comes."""
    come_to_cases(page, console)
    new_case(page)
    steps.fill(page, "客户ID(旺旺)", "tb_links")
    steps.choose(page, "售后类型 *", "质量问题")
    steps.choose(page, "责任客服(售后客服)", AGENT)
    drawer(page).get_by_role("button", name="填链接或文件名").first.click()
    links = page.get_by_role("textbox", name=f"{PROOF}:链接或文件名")
    links.fill("https://a.cn/1,2.png\n聊天 记录.png")
    links.press("Tab")
    wait_idle(page)
    choose(page, file("red"))
    record = save(page)
    text = str(File(console.workbook, CASES).value(record, PROOF))
    assert text == f"照片:{photo_names(text)[0]}、https://a.cn/1,2.png、聊天 记录.png"
    expect(links).to_have_value("https://a.cn/1,2.png\n聊天 记录.png")
    links.fill("聊天 记录.png")
    links.press("Tab")
    wait_idle(page)
    press(page, "保存")
    expect_saved(page)
    assert str(File(console.workbook, CASES).value(record, PROOF)) == f"照片:{photo_names(text)[0]}、聊天 记录.png"


def test_what_fails_says_why_and_is_tried_again(page: Page, console: Console) -> None:
    """No photo at all, then a connection that breaks; nothing is saved while a photo is on its way."""
    come_to_cases(page, console)
    new_case(page)
    broken: FilePayload = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"nonsense"}
    page.route("**/photo?*", lambda route: route.abort())
    place(page).locator("input[multiple]").set_input_files([file("red")])
    expect(place(page).get_by_role("alert")).to_contain_text("连接断开了")
    page.unroute("**/photo?*")
    place(page).get_by_role("button", name="再试一次").click()
    expect(whole(page)).to_have_count(1, timeout=ARRIVED)
    place(page).locator("input[multiple]").set_input_files([broken])
    expect(place(page).get_by_role("alert")).to_contain_text("这个文件不是照片", timeout=ARRIVED)
    place(page).get_by_role("button", name="不传了").click()
    expect(place(page).get_by_role("alert")).to_have_count(0)
    waiting: list[Route] = []
    page.route("**/photo?*", lambda route: waiting.append(route))
    with page.expect_request("**/photo?*"):
        place(page).locator("input[multiple]").set_input_files([file("blue")])
    expect(place(page).get_by_role("progressbar")).to_be_visible()
    drawer(page).get_by_role("button", name="保存", exact=True).click()
    expect(place(page)).to_contain_text("照片还在上传")
    page.keyboard.press("Escape")
    expect(place(page).get_by_role("progressbar")).to_be_visible()
    waiting[0].continue_()
    expect(whole(page)).to_have_count(2, timeout=ARRIVED)
    wait_idle(page)
    place(page).get_by_role("button", name="移除").first.click()
    wait_idle(page)
    expect_sound(page, "photos")


def test_the_whole_photo_opens_over_the_drawer(page: Page, console: Console) -> None:
    come_to_cases(page, console)
    new_case(page)
    choose(page, file("red"), file("blue"))
    whole(page).first.click()
    shown = page.get_by_role("dialog", name=f"{PROOF}的照片")
    expect(shown.get_by_role("img")).to_be_visible()
    expect(shown).to_contain_text(f"{PROOF} 1/2")
    page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text(f"{PROOF} 2/2")
    expect(shown.get_by_role("button", name="下一张")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(shown).not_to_be_visible()
    expect(place(page)).to_be_visible()


def test_on_a_phone_a_photo_is_taken_with_its_camera(phone: Page, console: Console) -> None:
    steps.enter(phone, console, AGENT, "/after_sales_register")
    expect(steps.rows(phone).first).to_be_visible(timeout=30_000)
    wait_idle(phone)
    new_case(phone)
    place(phone).scroll_into_view_if_needed()
    expect(place(phone).get_by_role("button", name="拍照")).to_be_visible()
    expect(place(phone)).not_to_contain_text("Ctrl", use_inner_text=True)
    with phone.expect_file_chooser() as chooser:
        place(phone).get_by_role("button", name="拍照").tap()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files([file("red", (3000, 4000))])
    expect(whole(phone)).to_have_count(1, timeout=ARRIVED)
    wait_idle(phone)
    expect_sound(phone, "photos on a phone")
    box = place(phone).bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    cross = place(phone).get_by_role("button", name="移除").bounding_box()
    assert cross is not None and min(cross["width"], cross["height"]) >= 34


def test_a_photo_that_is_not_there_is_missed(page: Page, console: Console) -> None:
    """Somebody wrote a name into the sheet, or a file is gone: said in its place, and no finding."""
    come_to_cases(page, console)
    record = steps.open_first(page)
    choose(page, file("red"))
    press(page, "保存")
    expect_saved(page)
    for kept in (console.data / "photos").rglob("*.*"):
        kept.unlink()
    reopen(page, console, record)
    expect(place(page)).to_contain_text("找不到照片")
    tab(page, "历史")
    expect(drawer(page).locator("tr", has_text=PROOF).first).to_contain_text("找不到照片")
