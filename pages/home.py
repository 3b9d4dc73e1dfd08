"""The start page (工作台): one search box, what waits for me, what is due, what I registered, what is on its way, every register."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.navigation.page import Page

from logic.desk import Desk, NotRead
from logic.handbook.entries import about
from logic.lists.query import TROUBLED
from logic.office import desk_of
from logic.register import Register
from pages import search
from pages.parts import banner, listing, markup, outcome, pulse, tasks, waiting
from pages.parts.turns import in_turn


def page_for(
    registers: Mapping[str, Register], pages: Mapping[str, Page], attention: Page, find: Page
) -> Callable[[], None]:
    """The start page, given the pages it leads to."""

    def page() -> None:
        st.title("首页", anchor=False)
        search.box(find)
        _live(registers, attention)
        tasks.draw(registers)
        _registers(registers, pages)

    return page


@st.fragment
@in_turn
def _live(registers: Mapping[str, Register], attention: Page) -> None:
    """What the person must not miss, and how fresh the data is."""
    pulse.freshness("home", registers.values())
    count = waiting.count(registers)
    if count:
        markup.put(markup.box("warn", f"有 {count} 件事需要您处理"))
        st.page_link(attention, label="去处理")
    for desk in waiting.desks(registers):  # a workbook of several registers says it once
        _workbook(desk)


@st.fragment
@in_turn
def _registers(registers: Mapping[str, Register], pages: Mapping[str, Page]) -> None:
    """Every register with its records and open problems."""
    pulse.watch("registers", registers.values())
    st.header("登记表", anchor=False)
    several = list(registers.values())
    for pair in (several[at : at + 2] for at in range(0, len(several), 2)):
        for place, register in zip(st.columns(2), pair, strict=False):
            with place.container(border=True, height="stretch"):
                _register(register, pages[register.key])


def _workbook(desk: Desk) -> None:
    """What concerns it as a whole."""
    try:
        view = desk.view()
    except NotRead:
        return  # each of its registers says so
    first = next(iter(desk.registers.values()))
    banner.storage(view, first)
    banner.hold(view, desk, first)


def _register(register: Register, page: Page) -> None:
    """Its name, how many records, and the way to those with problems."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(page, label=f"**{markup.plain_label(register.title)}**")
        try:
            view = desk_of(register).view()
        except NotRead as trouble:
            outcome.refuse("还没有读到表格", str(trouble))
            return
        index = listing.index_of(view.judgement, register)
        if view.judgement.tables.get(register.key) is not None:
            good = "" if index.troubled else markup.chip("没有问题", "good")
            markup.put(markup.chip(f"{len(index.items)} 条记录"), good)
        if index.troubled:
            query = {f"{register.key}_check": TROUBLED}
            st.page_link(page, label=f"{index.troubled} 条有问题 ›", query_params=query)
    markup.put(markup.quiet(about(register)))
    banner.layout(view, register)
