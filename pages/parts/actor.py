"""Who is at the console: a stand-in for sign-in, until sign-in comes (我是…)."""

from __future__ import annotations

import streamlit as st

from logic.judgement import Judgement
from logic.people import ROSTER
from pages.parts import markup

KEY = "who"


def names(judgement: Judgement) -> list[str]:
    """The people of the roster who still work here, in the order of the sheet."""
    found: dict[str, None] = {}
    for record in judgement.records(ROSTER).values():
        if record.text("staff_status") != "离职" and record.text("status") != "作废" and record.text("name"):
            found.setdefault(record.text("name"))
    return list(found)


def current() -> str:
    """The name chosen, "" while nobody has said who they are."""
    return (st.session_state.get(KEY) or "").strip()


def pick(judgement: Judgement | None) -> None:
    """Draw the picker; the choice lives in the session and in the address (?who=)."""
    known = names(judgement) if judgement is not None else []
    if KEY not in st.session_state:
        st.session_state[KEY] = st.query_params.get(KEY) or (None if known else "")
    # On a phone the sidebar is folded away: whoever has not chosen yet is asked on the page itself.
    place = st.sidebar if current() else st.container()
    wide = "stretch" if current() else 330
    with place:
        if known:
            if st.session_state[KEY] not in known:
                st.session_state[KEY] = None
            st.selectbox("我是…", known, index=None, key=KEY, placeholder="请选择您的姓名", width=wide)
        else:
            st.text_input("我是…", key=KEY, placeholder="请输入您的姓名(员工名册还是空的)", width=wide)
        markup.put(markup.quiet("演示用:正式登录启用前,在这里选择身份;本控制台只在这台电脑上可以打开。"))
    if not current():
        st.query_params.pop(KEY, None)
    elif st.query_params.get(KEY) != current():
        st.query_params[KEY] = current()
