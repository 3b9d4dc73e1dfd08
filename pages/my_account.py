"""我的账号: who I am to the console, and my password."""

from __future__ import annotations

import streamlit as st

from logic.door import passwords
from logic.door.door import Refused, Visit
from logic.office import door
from pages.parts import actor, markup, outcome

_SAID = "my-account-said"
_NUMBER = "my-account-number"  # new fields after each success: nothing typed stays


def page() -> None:
    visit = actor.require()
    st.title("我的账号", anchor=False)
    roster = door().roster()
    person = roster.by_record(visit.record) if roster is not None else None
    facts = [
        ("姓名", visit.name),
        ("岗位", person.position if person is not None else "(不在员工名册里)"),
        ("登录邮箱", person.email if person is not None else ""),
        ("账号", "演示账号" if visit.demo else "管理员" if visit.admin else "普通账号"),
        ("登录时间", visit.begun_at.replace("T", " ")),
    ]
    markup.put(markup.table(("项目", "内容"), facts))
    st.header("修改密码", anchor=False)
    if visit.demo:
        markup.put(markup.quiet("演示账号不用密码登录,没有密码可改。"))
        return
    said = st.session_state.pop(_SAID, None)
    if said == "":
        markup.put(markup.box("good", "密码已修改。", ["您在其他地方的登录都已结束,这里不受影响。"]))
    elif said is not None:
        outcome.refuse("密码没有修改", said)
    _form(visit)


def _form(visit: Visit) -> None:
    number = st.session_state.setdefault(_NUMBER, 0)
    # A form: what is typed goes to the server with the button and not before; leaving a password field sends nothing.
    with st.form("password", width=420):
        st.text_input("现在的密码", type="password", key=f"old-{number}", autocomplete="current-password")
        st.text_input(
            "新密码",
            type="password",
            key=f"new-{number}",
            autocomplete="new-password",
            help=f"至少 {passwords.SHORTEST} 个字符,不要和别处的密码一样。",
        )
        st.text_input("再输入一次新密码", type="password", key=f"again-{number}", autocomplete="new-password")
        address = st.context.ip_address or ""
        st.form_submit_button("修改密码", type="primary", on_click=_change, args=(visit, address))


def _change(visit: Visit, address: str) -> None:
    number = st.session_state[_NUMBER]
    old, new, again = (st.session_state[f"{name}-{number}"] for name in ("old", "new", "again"))
    try:
        door().change_password(visit, old, new, again, address)
    except Refused as why:
        st.session_state[_SAID] = str(why)
    else:
        st.session_state[_SAID] = ""
        st.session_state[_NUMBER] = number + 1
