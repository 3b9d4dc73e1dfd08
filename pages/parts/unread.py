"""What a page shows that has nothing to show yet: the workbook was not read since the console was started."""

from __future__ import annotations

import contextlib

import streamlit as st

from logic.desk import Desk, NotRead
from pages.parts import outcome
from pages.parts.turns import in_turn

REFRESH_SECONDS = 2


@st.fragment(run_every=REFRESH_SECONDS)
@in_turn
def draw(desk: Desk, why: str) -> None:
    """Until the workbook was read for the first time; the page goes on by itself then."""
    with contextlib.suppress(NotRead):
        desk.view()
        st.rerun()
    outcome.refuse("还没有读到表格", why)
    st.button("再试一次", key="try-again")
