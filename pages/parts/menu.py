"""Ways from one page to another: the pages that this run knows, and links that open a record on the page of its register."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import Page

from logic.register import Register
from pages.parts import drawer, markup

_PAGES = "pages"
RECORD, BEGIN = "record", "do"  # what the address names when a page is to open a record, and the button to press there


def remember(pages: Mapping[str, Page]) -> None:
    """Keep the pages of the registers by key, for this run of this visitor."""
    st.session_state[_PAGES] = pages


def link(register: str, record: str, *, label: str = "", begin: str = "") -> None:
    """A link to the page of the register with this record open, at this button if one is named. `label` is a text."""
    page = st.session_state.get(_PAGES, {}).get(register)
    if page is not None:
        query = {RECORD: record, BEGIN: begin} if begin else {RECORD: record}
        st.page_link(page, label=f"{markup.plain_label(label) or f'打开 {record}'} ›", query_params=query)


def open_named(register: Register) -> None:
    """Open the record that the address names, once: a reload shows the list."""
    record, begin = st.query_params.get(RECORD), st.query_params.get(BEGIN, "")
    st.query_params.pop(BEGIN, None)
    if record:
        del st.query_params[RECORD]
        drawer.open_record(register, record, begin)
