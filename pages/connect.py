"""连接与建表: the workbooks in use and what they lack, and the way to a Google spreadsheet. For administrators; whatever a
button does asks the server again whether it is one who presses it.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from logic import connecting, wording
from logic.connecting import Book, Name
from logic.door.door import Refused, Visit
from logic.office import door
from logic.register import registers
from pages.parts import actor, diagnosed, markup, outcome, pulse, shaped
from pages.parts.turns import in_turn
from sheets.gsheets_account import Account
from sheets.gsheets_address import spreadsheet_id
from sheets.gsheets_diagnosis import Finding
from sheets.gsheets_errors import NotConfigured

TITLE = "连接与建表"
_ADDRESS, _ASKED, _FOUND, _MOVED = "connect-address", "connect-asked", "connect-found", "connect-moved"
_HOW = (
    "建服务账号的步骤(一次,约十分钟)写在项目文件夹的 docs/google.md 第一节。建好以后,把下载的 .json 文件里的内容照下面的样子填进 "
    ".streamlit/secrets.toml,刷新这个页面。密钥等于密码:不要发给别人,也不要粘贴到网页上。"
)
_TEMPLATE = """[gcp_service_account]
type = "service_account"
project_id = "……"
private_key_id = "……"
private_key = "-----BEGIN PRIVATE KEY-----\\n……\\n-----END PRIVATE KEY-----\\n"
client_email = "……"
token_uri = "https://oauth2.googleapis.com/token"
"""


def page() -> None:
    visit = actor.require()
    st.title(TITLE, anchor=False)
    try:
        connecting.require(door(), visit)
    except Refused as why:
        outcome.refuse("不能打开这个页面", str(why))
        return
    _in_use(visit)
    st.header("连接谷歌表格", anchor=False)
    fault = connecting.fault_of_secrets(door(), visit)
    if fault:
        outcome.refuse("读不懂配置文件", fault)
        return
    if connecting.must_restart(door(), visit):
        markup.put(markup.box("wait", "配置文件里的工作簿有改动", ["重新启动控制台以后生效。"]))
    with st.container(border=True):
        _account(connecting.account(door(), visit))
    with st.container(border=True):
        address, findings = _address(visit)
    id = spreadsheet_id(address)
    if id is None or not diagnosed.is_fine(findings):
        markup.put(markup.quiet("第 2 步全部通过以后,这里接着显示:③ 会建什么、执行,④ 怎样让控制台使用这个表格。"))
        return
    with st.container(border=True):
        chosen = _tables(visit, id)
    if chosen:
        with st.container(border=True):
            _configuration(visit, id, chosen)


# -- the workbooks in use ------------------------------------------------------------------------------------------------


@st.fragment
@in_turn
def _in_use(visit: Visit) -> None:
    pulse.watch("connect", registers().values(), minutely=True)
    st.header("正在使用的工作簿", anchor=False)
    try:
        books = connecting.books(door(), visit)
    except Refused as why:  # no administrator any more, while the page was open
        outcome.refuse("不能打开这个页面", str(why))
        return
    for one in books:
        with st.container(border=True):
            _book(visit, one)
    if st.session_state.pop(_MOVED, False):
        st.rerun()  # what is examined is drawn outside of this fragment


def _book(visit: Visit, one: Book) -> None:
    chips = [markup.chip("谷歌表格" if one.url else ".xlsx 文件")]
    chips.append(markup.chip("有问题", "bad") if one.trouble else markup.chip("读写正常", "good"))
    place = markup.link(one.url, one.url) if one.url else markup.escaped(one.address)
    read = f"{one.read_at:%Y-%m-%d %H:%M:%S}" if one.read_at else "还没有读到"
    markup.put(
        f'<p class="console-head">{markup.escaped(one.name)} {"".join(chips)}</p>',
        f'<div class="console-quiet">{place}</div>',
        markup.quiet(f"最后读取:{read} · 登记表:{'、'.join(one.registers)}"),
    )
    if one.trouble is not None:
        outcome.refuse(wording.storage_label(type(one.trouble)), str(one.trouble))
    if one.lacking:
        markup.put(markup.box("warn", "缺少登记表需要的内容", one.lacking))
    if one.trouble is not None and one.url:
        st.button("检查这个表格的连接", key=f"examine-{one.name}", on_click=_ask_again, args=(one.url,))
    shaped.draw(f"book-{one.name}", lambda dry: connecting.shape_running(door(), visit, one.name, dry_run=dry))


def _ask_again(address: str) -> None:
    st.session_state[_ADDRESS] = st.session_state[_ASKED] = address
    st.session_state[_MOVED] = True


# -- another spreadsheet -------------------------------------------------------------------------------------------------


def _account(account: Account) -> None:
    st.subheader("① 服务账号", anchor=False)
    try:
        account.signer()
    except NotConfigured as lacking:
        if account.info:
            outcome.refuse("服务账号还不能用", lacking.found)
        else:
            markup.put(markup.box("wait", "还没有配置服务账号", ["登记表放在 .xlsx 文件里的,不需要服务账号。"]))
        markup.put(markup.quiet(_HOW))
        st.code(_TEMPLATE, language=None, wrap_lines=True)
        return
    markup.put(markup.quiet("已配置。表格要共享给这个电子邮件,权限选“编辑者”:"))
    st.code(account.email, language=None, wrap_lines=True)


def _address(visit: Visit) -> tuple[str, Sequence[Finding]]:
    """Asks for the address and examines it; what was examined last, and what was found."""
    st.subheader("② 表格网址", anchor=False)
    with st.form("connect", border=False):
        st.text_input("从浏览器地址栏复制的网址", key=_ADDRESS, placeholder="粘贴谷歌表格的网址", max_chars=2000)
        st.form_submit_button("检查", type="primary", on_click=_ask)
    place = st.empty()
    asked = st.session_state.get(_ASKED)
    if asked is not None:
        found: list[Finding] = []
        with st.spinner("正在逐项检查,请稍等……"):
            for one in connecting.examine(door(), visit, asked):
                found.append(one)
                place.html(diagnosed.listed(found, ended=False))
            st.session_state[_FOUND] = asked, tuple(found)
            del st.session_state[_ASKED]
        _forget_tables()
    address, findings = _found()
    if findings:
        place.html(diagnosed.listed(findings, ended=True))
        diagnosed.remedies(findings)
    return address, findings


def _found() -> tuple[str, Sequence[Finding]]:
    return st.session_state.get(_FOUND, ("", []))


def _ask() -> None:
    st.session_state[_ASKED] = st.session_state[_ADDRESS] or ""


def _forget_tables() -> None:
    """What was shown of a spreadsheet before it was examined anew."""
    for key in [key for key in st.session_state if str(key).startswith("shaped-new-")]:
        del st.session_state[key]


def _tables(visit: Visit, id: str) -> str:
    """What would be made, and the button; the name chosen, "" while tables are lacking or the console uses it already."""
    st.subheader("③ 建表", anchor=False)
    running = connecting.running_as(id)
    if running:
        markup.put(markup.box("good", f"控制台正在使用这个表格,名字是“{running}”", ["缺少的内容在上面它那一栏里补。"]))
        return ""
    offered = {one.name: one for one in connecting.names(door(), visit)}
    name = st.selectbox(
        "这个表格用来放什么", list(offered), key="connect-name", format_func=lambda one: _said(offered[one]), width=520
    )
    if offered[name].instead_of:
        _replaces(offered[name])
    complete = shaped.draw(
        f"new-{name}-{id}",
        lambda dry: connecting.shape_spreadsheet(door(), visit, id, name, dry_run=dry),
        at_once=True,
    )
    if not complete:
        markup.put(markup.quiet("执行完成以后,下面显示第 4 步:怎样让控制台使用这个表格。"))
    return name if complete else ""


def _said(one: Name) -> str:
    return f"{one.name}({len(one.registers)} 张登记表)"


def _replaces(one: Name) -> None:
    head = f"现在的“{one.name}”是 {one.instead_of}"
    lines = ["换成这个表格以后,那里的记录不会自动搬过来。"]
    if spreadsheet_id(one.instead_of) is None:
        lines.append(
            "要带上原有的记录:先停下控制台,把那个文件上传到云端硬盘,用谷歌表格打开,选“文件”→“另存为谷歌表格”,"
            "共享给控制台,再粘贴新表格的网址。"
        )
    markup.put(markup.box("warn", head, lines))


def _configuration(visit: Visit, id: str, name: str) -> None:
    st.subheader("④ 让控制台使用它", anchor=False)
    markup.put(
        markup.quiet(
            "打开项目文件夹里的 .streamlit/secrets.toml,把 [workbooks] 一节换成下面的内容,保存,再重新启动控制台:"
        )
    )
    st.code(connecting.snippet(door(), visit, id, name), language=None, wrap_lines=True)
    if visit.demo:
        markup.put(
            markup.box(
                "warn",
                "演示模式会结束",
                ["换成自己的表格以后,演示账号不能再用;启动时会给出一个一次性链接,用它设置第一位管理员。"],
            )
        )
