"""Ways from one page to another: the pages that this run knows, and links that open a record on the page of its register."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import Page

from logic.register import Register
from pages.parts import drawer

_PAGES = "pages"
RECORD = "record"  # what the address names when a page is to open a record


def remember(pages: Mapping[str, Page]) -> None:
    """Keep the pages of the registers by key, for this run of this visitor."""
    st.session_state[_PAGES] = pages


def link(register: str, record: str) -> None:
    """A link to the page of the register with this record open."""
    page = st.session_state.get(_PAGES, {}).get(register)
    if page is not None:
        st.page_link(page, label=f"打开 {record} ›", query_params={RECORD: record})


def open_named(register: Register) -> None:
    """Open the record that the address names, once: a reload shows the list."""
    record = st.query_params.get(RECORD)
    if record:
        del st.query_params[RECORD]
        drawer.open_record(register, record)
