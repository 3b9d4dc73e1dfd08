"""修改记录: who changed what, when and from where; direct edits in the sheet and what was refused included."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from logic import changelog, exporting
from logic.changelog import COLUMNS, ChangeLog, Line, Query
from logic.office import desk_of
from logic.register import Register
from pages.parts import actor, change_filters, download, markup, menu, pulse, table
from pages.parts.turns import in_turn
from sheets.logged import Cursor

TITLE = "修改记录"
_OPENED = "change-opened"
SHOWN = 120  # characters of a cell
Registers = Mapping[str, Register]
_TONES = {"saved": "good", "pending": "wait", "overtaken": "warn"}
_HEADERS = [header for header in COLUMNS if header != "结果"]  # that is the chip before the row
_NAMING = [_HEADERS.index(name) for name in ("登记表", "行编号")]


def page_for(registers: Registers) -> Callable[[], None]:
    """The page over these registers."""

    def page() -> None:
        draw(registers)

    return page


def draw(registers: Registers) -> None:
    log = _log(registers)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(TITLE, anchor=False)
        downloading = st.container(width="content")
    query = change_filters.draw(registers, log.people())
    if query is None:
        return
    with downloading:
        _download(registers, query)
    _live(registers, query)
    _draw_opened()


def _log(registers: Registers) -> ChangeLog:
    desks = {key: desk_of(one) for key, one in registers.items()}
    store = next(iter(desks.values())).journal.store
    return ChangeLog(store, registers, desks, actor.current())


@st.fragment
@in_turn
def _live(registers: Registers, query: Query) -> None:
    pulse.watch("changes", registers.values())
    starts: list[Cursor | None] = st.session_state.setdefault(change_filters.PAGES, [None])
    lines, following = _log(registers).page(query, starts[-1])
    clicked = table.draw("list-changes", _rows(lines))
    _pager(starts, len(lines), following)
    if clicked:
        st.session_state[_OPENED] = next((line for line in lines if _name_of(line) == clicked), None)
        st.rerun()


def _draw_opened() -> None:
    """One line whole, and the way to its record."""
    line: Line | None = st.session_state.get(_OPENED)
    if line is not None:
        st.dialog(TITLE, width="medium", position="right", on_dismiss=_close)(in_turn(_content))(line)


def _content(line: Line) -> None:
    rows = [(name, str(cell)) for name, cell in zip(COLUMNS, changelog.cells(line), strict=True)]
    markup.put(markup.table(("项目", "内容"), rows))
    menu.link(line.register, line.record, label="打开这条记录" if line.record else "", tab="历史")


def _close() -> None:
    st.session_state.pop(_OPENED, None)


def _name_of(line: Line) -> str:
    """By what a line is known in the browser."""
    return f"{line.number}/{line.record}/{line.field}"


def _rows(lines: list[Line]) -> dict[str, object]:
    rows: list[dict[str, object]] = []
    for line in lines:
        texts = [str(cell) for name, cell in zip(COLUMNS, changelog.cells(line), strict=True) if name in _HEADERS]
        rows.append(
            {
                "k": _name_of(line),
                "c": [text if len(text) <= SHOWN else text[:SHOWN] + "…" for text in texts],
                "m": [[_TONES.get(line.state, "bad"), line.outcome]],
            }
        )
    return {
        "first": "结果",
        "columns": [{"h": header} for header in _HEADERS],
        "naming": _NAMING,
        "rows": rows,
        "empty": "没有符合条件的修改记录。",
    }


def _pager(starts: list[Cursor | None], count: int, following: Cursor | None) -> None:
    def turn(to: list[Cursor | None]) -> None:
        st.session_state[change_filters.PAGES] = to

    if not count:
        return
    said = f"第 {len(starts)} 页,这一页 {count} 条,新的在前"
    with st.container(horizontal=True, vertical_alignment="center"):
        markup.put(markup.quiet(said))
        if len(starts) > 1 or following is not None:
            first = len(starts) == 1
            st.button("上一页", key="back-changes", on_click=turn, args=(starts[:-1],), disabled=first)
            after = [*starts, following]
            st.button("下一页", key="next-changes", on_click=turn, args=(after,), disabled=following is None)


def _download(registers: Registers, query: Query) -> None:
    who = _log(registers)  # as the person who asks may see it

    def rows() -> list[exporting.ViewRow]:
        return [changelog.cells(line) for line in who.lines(query)]

    day = next(desk_of(one).clock() for one in registers.values()).date()
    download.choose(
        "changes",
        TITLE,
        day,
        lambda: exporting.view_as_xlsx(TITLE, COLUMNS, rows()),
        lambda: exporting.view_as_csv(COLUMNS, rows()),
        (
            f"下载的是按上面的筛选找到的全部修改,最多 {changelog.EXPORTED:,} 条;更早的请缩小日期范围后再下载。",
            "要在 Excel 或 WPS 里打开,请用 .xlsx:CSV 里的订单号、电话会被它们当成数字,丢掉开头的 0 和后几位。",
        ),
    )
