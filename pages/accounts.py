"""账号管理: who may sign in. For administrators; each button asks the server again whether it is one who presses it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from logic.door import administration
from logic.door.administration import Listed
from logic.door.door import INVITED_FOR, Refused, Visit
from logic.office import door
from pages.parts import actor, markup, outcome

_SAID, _LINK = "accounts-said", "accounts-link"
_TONES: dict[str, markup.Tone] = {"可以登录": "good", "还没有设密码": "wait", "演示账号": "plain"}


def page() -> None:
    visit = actor.require()
    st.title("账号管理", anchor=False)
    try:
        listed = administration.listed(door(), visit)
        candidates = administration.without_account(door(), visit)
    except Refused as why:
        outcome.refuse("不能打开这个页面", str(why))
        return
    _draw_said()
    with st.container(border=True):
        _new(visit, {one.record: f"{one.name} · {one.position}" for one in candidates})
    markup.put(markup.quiet(f"共 {len(listed)} 个账号。员工离职后不用停用:名册里写了离职,马上就不能登录。"))
    for one in listed:
        with st.container(border=True):
            _account(visit, one)


def _draw_said() -> None:
    """What the last button did; a link is shown once, and not again."""
    head, tone = st.session_state.pop(_SAID, ("", "good"))
    if head and tone == "bad":
        outcome.refuse("没有做成", head)
    elif head:
        markup.put(markup.box("good", head))
    link = st.session_state.pop(_LINK, "")
    if link:
        days = INVITED_FOR.days
        markup.put(
            markup.quiet(f"请把下面的链接发给本人。{days} 天内有效,只能用一次;离开这个页面后不再显示,可以再做新的。")
        )
        st.code(link, language=None, wrap_lines=True)


def _new(visit: Visit, candidates: dict[str, str]) -> None:
    st.header("新建账号", anchor=False)
    if not candidates:
        markup.put(markup.quiet("员工名册里在职的人都有账号了。新同事请先在员工名册里登记。"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        record = st.selectbox(
            "员工名册里的人", list(candidates), index=None, key="new-account", format_func=candidates.__getitem__,
            placeholder="请选择", width=320,
        )  # fmt: skip
        admin = st.checkbox("同时做管理员", key="new-admin")
        st.button(
            "新建并生成链接", key="create-account", type="primary", disabled=record is None,
            on_click=_create, args=(visit, record, admin),
        )  # fmt: skip


def _account(visit: Visit, one: Listed) -> None:
    account, person = one.account, one.person
    chips = [markup.chip(one.state, _TONES.get(one.state, "warn"))]
    chips += [markup.chip("管理员", "wait")] if account.admin else []
    chips += [markup.chip(f"{one.sessions} 处登录中")] if one.sessions else []
    signed_in = account.signed_in_at.replace("T", " ")[:16] or "从未"
    known = " · ".join(filter(None, (person.position, person.email))) if person is not None else "不在员工名册里"
    markup.put(
        f"<p><b>{markup.escaped(account.name)}</b> {''.join(chips)}</p>",
        markup.quiet(f"{known} · 上次登录:{signed_in}"),
    )
    own = account.id == visit.account
    with st.container(horizontal=True):
        if one.sessions:
            label = "结束其他登录" if own else "结束登录"
            _button(label, "end", visit, account.id, administration.end_sessions, f"已结束 {account.name} 的登录。")
        if account.demo:
            return
        if not account.disabled_at:
            label = "新链接" if account.password else "重新生成链接"
            st.button(label, key=f"link-{account.id}", on_click=_new_link, args=(visit, account.id, account.name))
        if account.disabled_at:
            _button("恢复", "enable", visit, account.id, administration.enable, f"已恢复 {account.name} 的账号。")
        elif not own:
            said = f"已停用 {account.name} 的账号,所有登录都已结束。"
            _button("停用", "disable", visit, account.id, administration.disable, said)
        if account.admin and not own:
            said = f"{account.name} 不再是管理员。"
            _button(
                "取消管理员", "demote", visit, account.id, partial(administration.set_administrator, admin=False), said
            )
        elif not account.admin and not account.disabled_at:
            said = f"{account.name} 现在是管理员。"
            _button(
                "设为管理员", "promote", visit, account.id, partial(administration.set_administrator, admin=True), said
            )


def _button(label: str, what: str, visit: Visit, id: str, do: Callable[..., None], said: str) -> None:
    st.button(label, key=f"{what}-{id}", on_click=_do, args=(lambda: do(door(), visit, id), said))


def _do(act: Callable[[], None], said: str) -> None:
    """Do what a button says; what cannot be done is told."""
    try:
        act()
    except Refused as why:
        st.session_state[_SAID] = str(why), "bad"
    else:
        st.session_state[_SAID] = said, "good"


def _create(visit: Visit, record: str, admin: bool) -> None:
    _do(lambda: _show(administration.create(door(), visit, record, admin=admin)), "账号已建好。")


def _new_link(visit: Visit, id: str, name: str) -> None:
    _do(lambda: _show(administration.new_link(door(), visit, id)), f"{name} 的新链接已生成,以前的链接作废。")


def _show(token: str) -> None:
    at = urlsplit(st.context.url or "")
    st.session_state[_LINK] = f"{at.scheme}://{at.netloc}/invite/{token}"
