"""The start page: every register with its records and open problems, what waits for me, how fresh the data is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.navigation.page import Page

from logic.desk import NotRead
from logic.office import desk_of
from logic.register import Register
from pages.parts import banner, listing, markup, outcome, waiting

REFRESH_SECONDS = 2


def page_for(registers: Mapping[str, Register], pages: Mapping[str, Page], attention: Page) -> Callable[[], None]:
    """The start page, given the pages it leads to."""

    def page() -> None:
        st.title("首页", anchor=False)
        _live(registers, pages, attention)

    return page


@st.fragment(run_every=REFRESH_SECONDS)
def _live(registers: Mapping[str, Register], pages: Mapping[str, Page], attention: Page) -> None:
    count = waiting.count(registers)
    if count:
        markup.put(markup.box("warn", f"有 {count} 件事需要您处理"))
        st.page_link(attention, label="去处理")
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
            banner.freshness(view)
            banner.troubles(view, register)
            if desk_of(register).workbook not in held:
                held.add(desk_of(register).workbook)
                banner.hold(view, desk_of(register), register)
