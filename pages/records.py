"""The page of any register: search and filters, the list, the drawer of what is opened."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from logic.desk import Desk, NotRead, View
from logic.office import desk_of
from logic.register import Register
from pages.parts import actor, banner, drawer, drawer_view, filters, listing, markup, outcome, table
from pages.parts.listing import Query

REFRESH_SECONDS = 2


def page_for(register: Register) -> Callable[[], None]:
    """The page of one register, as a function without arguments for st.Page."""

    def page() -> None:
        draw(register)

    return page


def draw(register: Register) -> None:
    desk = desk_of(register)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(register.title, help=markup.plain_label(register.doc) or None, anchor=False)
        st.button(
            "新增",
            key=f"new-{register.key}",
            type="primary",
            on_click=drawer.open_record,
            args=(register, None),
            disabled=not actor.current(),
            help=None if actor.current() else "请先在“我是…”里选择您的姓名",
        )
    try:
        view = desk.view()
    except NotRead as trouble:
        _wait(str(trouble))
        return
    banner.hold(view, desk, register)
    banner.left_over(register)
    query = filters.draw(register, listing.index_of(view.judgement, register))
    _live(desk, register, query, view.hold)
    drawer_view.draw(register)


@st.fragment(run_every=REFRESH_SECONDS)
def _wait(why: str) -> None:
    """Until the workbook was read for the first time."""
    outcome.refuse("还没有读到表格", why)
    st.button("再试一次", key="try-again")


@st.fragment(run_every=REFRESH_SECONDS)
def _live(desk: Desk, register: Register, query: Query, hold: str) -> None:
    """What changes by itself: data time, troubles, the rows. Redrawn every other second, so it holds no editor."""
    view = desk.view()
    if view.hold != hold:
        st.rerun()  # what to choose between stands above the list
    banner.freshness(view)
    banner.troubles(view, register)
    found = listing.index_of(view.judgement, register).find(query)
    key = filters.page_key(register)
    last = max(0, (len(found) - 1) // listing.PAGE_ROWS)
    number = min(st.session_state.setdefault(key, 0), last)
    shown = found[number * listing.PAGE_ROWS : (number + 1) * listing.PAGE_ROWS]
    clicked = table.draw(f"list-{register.key}", table.rows_of(view, register, shown))
    _pager(register, view, len(found), number, last)
    if clicked:
        drawer.open_record(register, clicked)
        st.rerun()


def _pager(register: Register, view: View, count: int, number: int, last: int) -> None:
    def turn(to: int) -> None:
        st.session_state[filters.page_key(register)] = to

    total = len(view.judgement.records(register.key))
    said = f"共 {count} 条"
    if count != total:
        said += f"(全部 {total} 条)"
    if last:
        said += f",第 {number + 1}/{last + 1} 页"
    with st.container(horizontal=True, vertical_alignment="center"):
        markup.put(markup.quiet(said))
        if last:
            st.button("上一页", key=f"back-{register.key}", on_click=turn, args=(number - 1,), disabled=number == 0)
            st.button("下一页", key=f"next-{register.key}", on_click=turn, args=(number + 1,), disabled=number == last)
