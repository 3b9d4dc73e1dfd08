"""Who is at the console: the person behind the session cookie, looked up on the server whenever it is asked."""

from __future__ import annotations

import streamlit as st

from logic.door.door import Visit
from logic.judgement import Judgement
from logic.office import door
from logic.people import ROSTER
from pages.parts import gate, markup


def names(judgement: Judgement) -> list[str]:
    """The people of the roster who still work here, in the order of the sheet."""
    found: dict[str, None] = {}
    for record in judgement.records(ROSTER).values():
        if record.text("staff_status") != "离职" and record.text("status") != "作废" and record.text("name"):
            found.setdefault(record.text("name"))
    return list(found)


def visit() -> Visit | None:
    """Who is signed in at this browser at this moment; None once the session has ended."""
    cookie = st.context.cookies.get(gate.COOKIE)
    return door().visit(gate.token_of(cookie)) if cookie else None


def current() -> str:
    """The name of the person, "" when nobody is signed in (any more)."""
    found = visit()
    return found.name if found is not None else ""


def require() -> Visit:
    """The person, or the end of this run with a link to the sign-in page."""
    found = visit()
    if found is None:
        markup.put(markup.box("wait", "您的登录已结束,请重新登录。"), f'<a href="{gate.SIGN_IN}">去登录</a>')
        st.stop()
    return found


def draw(visit: Visit) -> None:
    """Who is signed in, and the way out, in the menu."""
    key = door().signature("sign-out", visit.session)
    mode = '<p class="console-quiet">演示模式:数据是演示用的,只能在这台电脑上打开。</p>' if visit.demo else ""
    with st.sidebar:
        markup.put(
            f'<div class="console-who"><b>{markup.escaped(visit.name)}</b>'
            f'<a href="/sign-out?key={key}">退出登录</a></div>{mode}'
        )
