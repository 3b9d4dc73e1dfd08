"""The ASGI entry: `streamlit run streamlit_app.py`. The engine starts with the server, not with the first visitor.

The script itself is pages/main.py: a main script beside the folder pages/ would let a deep link run a page without it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from logic import office
from pages import entry, photos, printing
from pages.parts import entrance, outcome, pulse
from pages.parts.chinese import ChineseWords
from pages.parts.gate import Gate


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Open the workbooks when the server starts, let go of them when it stops."""
    office.start()
    try:
        entrance.prepare()
        yield
    finally:
        office.stop()


app = st.App(
    "pages/main.py",
    lifespan=lifespan,
    routes=(*entry.ROUTES, *printing.ROUTES, *photos.ROUTES, *pulse.ROUTES),
    middleware=[Middleware(Gate), Middleware(ChineseWords)],
    on_script_error=outcome.crashed,
)
