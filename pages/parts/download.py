"""下载: the rows that the filters show, all pages of them, as .xlsx or CSV. The file is made when somebody asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import streamlit as st

from logic.desk import Desk
from logic.exporting import as_csv, as_xlsx, file_name
from logic.register import Register
from pages.parts import listing, markup, viewing
from pages.parts.listing import Query

_WORDS = (
    "下载的是按上面的搜索和筛选找到的全部记录,不只这一页。",
    "要在 Excel 或 WPS 里打开,请用 .xlsx:CSV 里的订单号、电话会被它们当成数字,丢掉开头的 0 和后几位。",
    "CSV 里以 = + - @ 开头的文字前面加了一个撇号,防止被当成公式;再导入控制台时会自动去掉。",
)


def draw(desk: Desk, register: Register, query: Query) -> None:
    """The button, with a choice of two files."""

    def records() -> list[listing.Record]:
        found = listing.index_of(desk.view().judgement, register).find(query, viewing.viewer_of(desk, register))
        return [item.record for item in found]

    choose(
        register.key,
        register.title,
        desk.clock().date(),
        lambda: as_xlsx(register, records()),
        lambda: as_csv(register, records()),
        _WORDS,
    )


def choose(
    key: str,
    title: str,
    day: dt.date,
    xlsx: Callable[[], bytes],
    csv: Callable[[], bytes],
    words: Iterable[str] = _WORDS[:2],
) -> None:
    """The button for a table of this title; the files are made by `xlsx` and `csv`."""
    with st.popover("下载", key=f"download-{key}"):
        st.download_button(
            "Excel 工作簿(.xlsx)",
            data=xlsx,
            file_name=file_name(title, day, "xlsx"),
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"xlsx-{key}",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "CSV(.csv)",
            data=csv,
            file_name=file_name(title, day, "csv"),
            mime="text/csv",
            key=f"csv-{key}",
            on_click="ignore",
            width="stretch",
        )
        markup.put(*map(markup.quiet, words))
