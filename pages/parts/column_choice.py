"""列: which columns the list shows, chosen by the person and kept for them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from logic.lists.columns import listed
from logic.office import desk_of
from logic.register import Register
from pages.parts import actor, markup, viewing
from pages.parts.listing import own_columns

_NAMES, _OTHERS, _ENGINE, _OWN = "状态和名称", "其他", "控制台填写的列", "表格里自己加的列"


def draw(register: Register) -> None:
    """The content of the dialog; True in the session closes it."""
    layout = viewing.layout_of(desk_of(register), register)
    shown = [register.fields[name].header for name in layout.names]
    shown += layout.own if layout.chosen else own_columns(desk_of(register).view().judgement, register)
    markup.put(markup.quiet("点一下选上,再点一下去掉;只影响您自己看到的列表,表格里的列不会动。"))
    chosen: list[str] = []
    for title, headers in _groups(register).items():
        here = [header for header in shown if header in headers]
        # Headers are texts of people where they are a manager's own.
        chosen += st.pills(
            title,
            headers,
            selection_mode="multi",
            default=here,
            format_func=markup.plain_label,
            key=f"columns-{register.key}-{title}",
        )
    if not chosen:
        markup.put(markup.box("wait", "请至少选一列。"))
    with st.container(horizontal=True):
        if st.button("保存", key="columns-save", type="primary", disabled=not chosen):
            keep(register, chosen)
            st.rerun()
        if st.button("恢复默认列", key="columns-default", help="按您的岗位自动挑选"):
            keep(register, None)
            st.rerun()


def keep(register: Register, headers: Sequence[str] | None) -> None:
    """Remember the choice, and close."""
    desk = desk_of(register)
    if actor.current():
        at = desk.clock().isoformat(timespec="seconds")
        viewing.views_of(desk).choose(actor.current(), register.key, headers, at)
    viewing.show_columns(register, None)
    viewing.close()


def _groups(register: Register) -> dict[str, list[str]]:
    """Headers by the group they are declared in."""
    found: dict[str, list[str]] = {_NAMES: []}
    for one in listed(register):
        title = _NAMES if one.naming or one.name == "status" else _ENGINE if one.engine else one.group or _OTHERS
        found.setdefault(title, []).append(one.header)
    own = list(own_columns(desk_of(register).view().judgement, register))
    engine = found.pop(_ENGINE, [])
    return {title: headers for title, headers in {**found, _ENGINE: engine, _OWN: own}.items() if headers}
