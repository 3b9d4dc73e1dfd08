"""The page of any register: search and filters, the list, the drawer of what is opened."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from logic.desk import NotRead
from logic.office import desk_of
from logic.register import Register
from pages import bulk, paste
from pages.parts import (
    actor,
    banner,
    books,
    column_choice,
    download,
    drawer,
    drawer_view,
    filters,
    listed,
    listing,
    markup,
    menu,
    opened,
    pulse,
    rights,
    unread,
    view_choice,
    viewing,
)
from pages.parts.turns import in_turn


def page_for(register: Register) -> Callable[[], None]:
    """The page of one register, as a function without arguments for st.Page."""

    def page() -> None:
        draw(register)

    return page


def draw(register: Register) -> None:
    if paste.is_open(register):
        paste.draw(register)
        return
    chosen = listed.take_selected(register)
    if chosen:
        bulk.begin(register, chosen)
    if bulk.is_open(register):
        bulk.draw(register)
        return
    desk = desk_of(register)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(register.title, help=markup.plain_label(register.doc) or None, anchor=False)
        beside = st.container(horizontal=True, width="content")
    can_add = bool(actor.current()) and _has_tab(register)
    refusal = "" if actor.current() else "您的登录已结束,请重新登录"
    if can_add and not (allowed := rights.may(desk, register, "create")):
        can_add, refusal = False, allowed.reason
    with beside:
        downloading = st.container(width="content")
        if unfinished := bulk.label(desk, register):
            st.button(unfinished, key=f"bulk-{register.key}", on_click=bulk.resume, args=(register,))
        st.button(
            paste.label(desk, register),
            key=f"import-{register.key}",
            on_click=paste.open_page,
            args=(register,),
            disabled=not can_add,
            help=refusal or None,
        )
        st.button(
            "新增",
            key=f"new-{register.key}",
            type="primary",
            on_click=drawer.open_record,
            args=(register, None),
            disabled=not can_add,
            help=refusal or None,
        )
    try:
        view = desk.view()
    except NotRead as trouble:
        unread.draw(desk, str(trouble))
        return
    if not _has_tab(register):
        _no_tab(register)
        return
    menu.open_named(register)
    banner.hold(view, desk, register)
    banner.left_over(register)
    viewing.take_columns(register)
    listed.take_sort(register)
    # A row that wraps: on a phone view and search have the first lines for themselves.
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-filters"):
        view_choice.draw(desk, register)
        query, lost = filters.draw(register, listing.index_of(view.judgement, register))
        for which, label in _DIALOGS.items():
            st.button(label, key=f"{which}-{register.key}", on_click=viewing.open_dialog, args=(register, which))
    view_choice.say(lost)
    layout = viewing.layout_of(desk, register)
    with downloading:
        download.draw(desk, register, query)
    listed.draw(desk, register, query, layout, view.hold)
    _dialog(register)
    drawer_view.draw(register)


_DIALOGS = {"columns": "列", "save-view": "保存视图", "views": "管理视图"}


def _dialog(register: Register) -> None:
    """The one dialog of the list that is open; an open record goes before."""
    which = viewing.opened_dialog(register)
    if not which or opened.opened(register) is not None:
        return
    content = {"columns": column_choice.draw, "save-view": view_choice.draw_saving, "views": view_choice.draw_managing}
    st.dialog(f"{register.title} · {_DIALOGS[which]}", width="medium", on_dismiss=viewing.close)(
        in_turn(content[which])
    )(register)


def _has_tab(register: Register) -> bool:
    """May there be a tab to add to? While nothing was read yet, there may."""
    judgement = books.judgement_of(register.key)
    return judgement is None or judgement.tables.get(register.key) is not None


@st.fragment
@in_turn
def _no_tab(register: Register) -> None:
    """A register that is declared, while the workbook has no tab for it yet."""
    pulse.freshness(register.key, [register])
    if _has_tab(register):
        st.rerun()
    lines = [
        register.doc,
        "管理员:在“连接与建表”页面点“看看缺什么”,再点“执行”,缺的工作表会补上,已有的内容不会动。",
        "也可以在工作簿里自己新建一个同名的工作表,第一行按“填报手册”里的列名写表头,存盘后这里几秒内就会出现。",
    ]
    markup.put(markup.box("wait", f"工作簿里还没有“{register.title}”工作表", lines))
