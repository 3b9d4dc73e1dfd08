"""Search and filters of a list. They live in the address, so that a link or a reload shows the same rows."""

from __future__ import annotations

import streamlit as st

from logic import wording
from logic.register import Register
from logic.rules import Level
from pages.parts.listing import ANY, Index, Query

TROUBLED = "有问题"
CHECKS = {TROUBLED: ANY, wording.level_label("BLOCK"): Level.BLOCK, wording.level_label("WARN"): Level.WARN}
NEWEST, OLDEST = "新的在前", "旧的在前"
NO_STATE = "(空)"


def page_key(register: Register) -> str:
    """Under which key the session keeps the number of the page shown."""
    return f"page-{register.key}"


def draw(register: Register, index: Index) -> Query:
    """The widgets, and what is asked for with them."""

    def back_to_first() -> None:
        st.session_state[page_key(register)] = 0

    known = register.workflow.states if register.workflow is not None else ()
    found = dict.fromkeys((*known, *index.states))
    states = [state or NO_STATE for state in found if index.states.get(state)]
    # A row that wraps: on a phone the search has the first line for itself.
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        typed = st.text_input(
            "搜索",
            key=f"{register.key}_q",
            bind="query-params",
            placeholder=f"{'、'.join(register.fields[name].header for name in register.naming[-3:])}…",
            on_change=back_to_first,
            width=330,
        )
        chosen = st.multiselect(
            "状态",
            states,
            key=f"{register.key}_state",
            bind="query-params",
            placeholder="全部状态",
            on_change=back_to_first,
            width=250,
        )
        checked = st.selectbox(
            "检查",
            list(CHECKS),
            index=None,
            key=f"{register.key}_check",
            bind="query-params",
            placeholder="全部记录",
            on_change=back_to_first,
            width=150,
        )
        sorted_by = st.selectbox(
            "顺序",
            [NEWEST, OLDEST],
            key=f"{register.key}_order",
            bind="query-params",
            on_change=back_to_first,
            width=150,
        )
    return Query(
        search=(typed or "").strip(),
        states=tuple("" if one == NO_STATE else one for one in chosen),
        check=CHECKS[checked] if checked else "",
        oldest_first=sorted_by == OLDEST,
    )
