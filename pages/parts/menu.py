"""Ways from one page to another: the pages that this run knows, and links that open a record on the page of its register."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import Page

from logic.register import Register
from pages.parts import drawer, markup
from pages.parts.opened import opened

_PAGES = "pages"
# What the address names when a page is to open a record: the record, the button to press there, what to look at first.
RECORD, BEGIN, TAB = "record", "do", "tab"
NEW_RECORD = "new"  # stands for a record that has no id yet


def remember(pages: Mapping[str, Page]) -> None:
    """Keep the pages of the registers by key, for this run of this visitor."""
    st.session_state[_PAGES] = pages


def link(register: str, record: str, *, label: str = "", begin: str = "", tab: str = "") -> None:
    """A link to the page of the register with this record open, at this button or tab if one is named; without a record, to
    its list. `label` is a text."""
    page = st.session_state.get(_PAGES, {}).get(register)
    if page is not None:
        query = {RECORD: record, BEGIN: begin, TAB: tab} if record else {}
        said = markup.plain_label(label) or f"打开 {record or page.title}"
        st.page_link(page, label=f"{said} ›", query_params={name: text for name, text in query.items() if text})


def open_named(register: Register) -> None:
    """Open the record that the address names, once: a reload shows the list. What was open when the connection broke is
    named there too (drawer.js): where it still is, it stays as it is."""
    record, begin, tab = (st.query_params.get(name, "") for name in (RECORD, BEGIN, TAB))
    for name in (BEGIN, TAB):
        st.query_params.pop(name, None)
    if record:
        del st.query_params[RECORD]
        wanted = None if record == NEW_RECORD else record
        one = opened(register)
        if one is None or one.record != wanted or begin or tab:
            drawer.open_record(register, wanted, begin, tab)
