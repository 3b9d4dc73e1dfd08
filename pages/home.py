"""The start page (工作台): one search box, what waits for me, what is due, what I registered, what is on its way, every register.

What is quick to look up is drawn every other second, what takes longer less often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.navigation.page import Page

from logic.desk import NotRead
from logic.office import desk_of
from logic.register import Register
from pages import search
from pages.parts import banner, listing, markup, outcome, tasks, waiting

REFRESH_SECONDS, REGISTERS_SECONDS = 2, 6


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


@st.fragment(run_every=REFRESH_SECONDS)
def _live(registers: Mapping[str, Register], attention: Page) -> None:
    """What the person must not miss, and how fresh the data is."""
    count = waiting.count(registers)
    if count:
        markup.put(markup.box("warn", f"有 {count} 件事需要您处理"))
        st.page_link(attention, label="去处理")
    for desk in waiting.desks(registers):
        if desk.mirror.snapshot is not None:
            banner.freshness(desk.view())


@st.fragment(run_every=REGISTERS_SECONDS)
def _registers(registers: Mapping[str, Register], pages: Mapping[str, Page]) -> None:
    """Every register with its records and open problems."""
    st.subheader("登记表", anchor=False)
    held: set[str] = set()  # a workbook of several registers says it once
    for key, register in registers.items():
        with st.container(border=True):
            st.page_link(pages[key], label=f"**{markup.plain_label(register.title)}**")
            try:
                view = desk_of(register).view()
            except NotRead as trouble:
                outcome.refuse("还没有读到表格", str(trouble))
                continue
            index = listing.index_of(view.judgement, register)
            chips = [markup.chip(f"{len(index.items)} 条记录")]
            chips.append(
                markup.chip(f"{index.troubled} 条有问题", "warn") if index.troubled else markup.chip("没有问题", "good")
            )
            markup.put("".join(chips), markup.quiet(register.doc))
            banner.troubles(view, register)
            if desk_of(register).workbook not in held:
                held.add(desk_of(register).workbook)
                banner.hold(view, desk_of(register), register)
