"""The page of any register: search and filters, the list, the drawer of what is opened."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from logic.desk import Desk, NotRead, View
from logic.office import desk_of
from logic.register import Register
from pages import paste
from pages.parts import (
    actor,
    banner,
    books,
    download,
    drawer,
    drawer_view,
    filters,
    listing,
    markup,
    menu,
    outcome,
    pulse,
    rights,
    table,
)
from pages.parts.listing import Query

REFRESH_SECONDS = 2


def page_for(register: Register) -> Callable[[], None]:
    """The page of one register, as a function without arguments for st.Page."""

    def page() -> None:
        draw(register)

    return page


def draw(register: Register) -> None:
    if paste.is_open(register):
        paste.draw(register)
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
        _wait(str(trouble))
        return
    if not _has_tab(register):
        _no_tab(register)
        return
    menu.open_named(register)
    banner.hold(view, desk, register)
    banner.left_over(register)
    query = filters.draw(register, listing.index_of(view.judgement, register))
    with downloading:
        download.draw(desk, register, query)
    _live(desk, register, query, view.hold)
    drawer_view.draw(register)


def _has_tab(register: Register) -> bool:
    """May there be a tab to add to? While nothing was read yet, there may."""
    judgement = books.judgement_of(register.key)
    return judgement is None or judgement.tables.get(register.key) is not None


@st.fragment(run_every=REFRESH_SECONDS)
def _wait(why: str) -> None:
    """Until the workbook was read for the first time."""
    outcome.refuse("还没有读到表格", why)
    st.button("再试一次", key="try-again")


@st.fragment
def _no_tab(register: Register) -> None:
    """A register that is declared, while the workbook has no tab for it yet."""
    pulse.freshness(register.key, [register])
    if _has_tab(register):
        st.rerun()
    lines = [
        register.doc,
        "管理员:先停止控制台,运行 python -m logic init 加上工作簿的文件名,缺的工作表会补上,已有的内容不会动;再启动控制台。",
        "也可以在工作簿里自己新建一个同名的工作表,第一行按“填报手册”里的列名写表头,存盘后这里几秒内就会出现。",
    ]
    markup.put(markup.box("wait", f"工作簿里还没有“{register.title}”工作表", lines))


@st.fragment
def _live(desk: Desk, register: Register, query: Query, hold: str) -> None:
    """What changes by itself: data time, troubles, the rows. Drawn again at any moment, so it holds no editor."""
    pulse.freshness(register.key, [register])
    view = desk.view()
    if view.hold != hold:
        st.rerun()  # what to choose between stands above the list
    banner.troubles(view, register)
    found = listing.index_of(view.judgement, register).find(query)
    key = filters.page_key(register)
    last = max(0, (len(found) - 1) // listing.PAGE_ROWS)
    number = min(st.session_state.setdefault(key, 0), last)
    shown = found[number * listing.PAGE_ROWS : (number + 1) * listing.PAGE_ROWS]
    drawn = table.rows_of(view, register, shown)
    clicked = table.draw(f"list-{register.key}", drawn)
    _pager(register, view, len(found), number, last, drawn["left_out"] if shown else 0)
    if clicked:
        drawer.open_record(register, clicked)
        st.rerun()


def _pager(register: Register, view: View, count: int, number: int, last: int, left_out: int) -> None:
    def turn(to: int) -> None:
        st.session_state[filters.page_key(register)] = to

    total = len(view.judgement.records(register.key))
    said = f"共 {count} 条"
    if count != total:
        said += f"(全部 {total} 条)"
    if last:
        said += f",第 {number + 1}/{last + 1} 页"
    if left_out:
        said += f";这些记录都没有填的 {left_out} 列没有列出"
    with st.container(horizontal=True, vertical_alignment="center"):
        markup.put(markup.quiet(said))
        if last:
            st.button("上一页", key=f"back-{register.key}", on_click=turn, args=(number - 1,), disabled=number == 0)
            st.button("下一页", key=f"next-{register.key}", on_click=turn, args=(number + 1,), disabled=number == last)
