"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.listing import PAGE_ROWS

R = TypeVar("R")


def paged(rows: Sequence[R], key: str, size: int = PAGE_ROWS) -> tuple[DeltaGenerator, Sequence[R]]:
    """Where to draw the rows of the page that is open, and which these are; below stands what other pages there are. The
    number of the page, from 1, is kept under `key`."""
    place = st.container()
    last = max(1, -(-len(rows) // size))
    number = min(st.session_state.get(key, 1), last)
    if last > 1:
        st.session_state[key] = number
        number = st.pagination(last, key=key)
    return place, rows[(number - 1) * size : number * size]
