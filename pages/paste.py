"""粘贴/导入: many new records at once. Rows come in as texts, each gets its verdict, the good ones are sent."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from logic.desk import Desk, NotRead
from logic.office import desk_of, keeper_of
from logic.register import Register
from logic.staging.reading import MAX_ROWS, Unstageable, fillable, stage_rows, stage_sheets
from logic.staging.sending import resumed, send
from logic.staging.stage import Stage
from logic.staging.texts import pasted
from logic.staging.verdicts import Verdicts
from pages.parts import actor, markup, outcome, pager, shipping, staged, staged_columns, staged_row, table, unread
from sheets.port import StorageError
from sheets.tabular import read_upload

_ADDRESS = "import"
_SAID = "import-said"
_CONFIRM = "import-confirm"
_PAGE = "import-page"


def is_open(register: Register) -> bool:
    """Does the address ask for this page? It survives a reload."""
    return st.query_params.get(_ADDRESS) == register.key


def open_page(register: Register) -> None:
    st.query_params[_ADDRESS] = register.key


def label(desk: Desk, register: Register) -> str:
    """The word on the button, with what is still waiting here."""
    stage = staged.current(desk, register)
    count = len(stage.waiting) if stage is not None else 0
    return f"粘贴/导入({count} 行待登记)" if count else "粘贴/导入"


def draw(register: Register) -> None:
    desk = desk_of(register)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(f"{register.title} · 粘贴/导入", anchor=False)
        st.button("返回列表", key="import-back", on_click=_close)
    words = f"每一行登记成一条新记录,不会改动已有的记录;要改已有的记录,请在列表里打开它。一次最多 {MAX_ROWS} 行。"
    markup.put(markup.quiet(words))
    if not actor.current():
        markup.put(markup.box("wait", "您的登录已结束,请重新登录。"))
        return
    try:
        desk.view()
    except NotRead as trouble:
        unread.draw(desk, str(trouble))
        return
    stage = staged.current(desk, register)
    if stage is not None and stage.sending:
        stage = resumed(desk, staged.stages(desk), actor.current(), stage)
    if stage is None or not stage.rows:
        _entry(register)
    else:
        _stage(desk, register, stage)


def _close() -> None:
    st.query_params.pop(_ADDRESS, None)
    staged_row.close()


# -- how rows come in --------------------------------------------------------------------------------------------------


def _entry(register: Register) -> None:
    said = st.session_state.get(_SAID)
    if said:
        outcome.refuse("没有读进来", said)
    headers = "、".join(one.header for one in fillable(register)[:6])
    st.text_area(
        "从 Excel、WPS 或网页表格里复制,粘贴到这里",
        key=f"import-text-{register.key}",
        height=220,
        placeholder=f"最好连列名一起复制({headers}…);没有列名时按登记表里列的顺序对应。",
        on_change=_take_text,
        args=(register,),
    )
    st.button("检查粘贴的内容", key="import-check", type="primary")
    st.file_uploader(
        "或者选择文件(.xlsx,或者 CSV)",
        type=["xlsx", "csv", "txt"],
        key=f"import-file-{register.key}",
        on_change=_take_file,
        args=(register,),
    )


def _take_text(register: Register) -> None:
    """As soon as the text is left, it is a stage on disk; a button is there to be clicked."""
    text = st.session_state[f"import-text-{register.key}"]
    _take(register, lambda: stage_rows(register, pasted(text), "粘贴的内容"))


def _take_file(register: Register) -> None:
    file = st.session_state[f"import-file-{register.key}"]
    if file is not None:
        _take(register, lambda: stage_sheets(register, read_upload(file.name, file.getvalue()), file.name))


def _take(register: Register, make: Callable[[], Stage]) -> None:
    desk = desk_of(register)
    st.session_state.pop(_SAID, None)
    try:
        staged.stages(desk).keep(actor.current(), make())
    except (Unstageable, StorageError) as refusal:
        st.session_state[_SAID] = str(refusal)


# -- what stands there -------------------------------------------------------------------------------------------------


def _stage(desk: Desk, register: Register, stage: Stage) -> None:
    with st.spinner(f"正在检查 {len(stage.waiting)} 行…"):
        found = staged.verdicts(desk, stage)
    staged_columns.draw(register, stage)
    if found.refusal:
        outcome.refuse("现在不能登记", found.refusal)
    progress = st.container()
    _actions(desk, register, stage, found)
    rows = shipping.chosen_rows(stage, lambda row: staged.group_of(row, found), staged.LABELS)
    place, shown = pager.paged(rows, _PAGE)
    with place:
        clicked = table.draw(f"import-{register.key}", staged.table_of(stage, register, shown, found))
    if clicked:
        staged_row.open_row(int(clicked))
        st.rerun()
    staged_row.draw(register)
    if any(row.state == "queued" for row in stage.sent):
        with progress:  # drawn last: it may run the page anew, and the click above must have been seen by then
            shipping.follow(register, staged.stages(desk), "已登记", "行")


# -- sending -----------------------------------------------------------------------------------------------------------


def _actions(desk: Desk, register: Register, stage: Stage, found: Verdicts) -> None:
    good, explain = found.having("good"), found.having("explain")
    with st.container(horizontal=True, vertical_alignment="center"):
        also = bool(explain) and st.checkbox(f"“需说明”的 {len(explain)} 行也登记", key=f"import-also-{stage.id}")
        numbers = sorted([*good, *explain] if also else good)
        trouble = keeper_of(register).trouble
        sending = st.button(
            f"登记 {len(numbers)} 行",
            key="import-send",
            type="primary",
            disabled=not numbers or trouble is not None,
            help=str(trouble) if trouble is not None else None,
        )
        if stage.sent and stage.waiting:
            st.button("收起已登记的行", key="import-tidy", on_click=_tidy, args=(register, stage))
        is_done = not stage.waiting
        st.button("完成" if is_done else "清空", key="import-clear", on_click=_clear, args=(register, is_done))
        if st.session_state.get(_CONFIRM) == stage.id and not is_done:
            st.button(
                f"确定清空没有登记的 {len(stage.waiting)} 行", key="import-sure", on_click=_drop, args=(register,)
            )
    if sending:
        shelf = staged.stages(desk)
        steps = send(desk, shelf, actor.current(), stage, numbers)
        shipping.go_through(register, "正在登记", len(numbers), "行", steps)


def _clear(register: Register, at_once: bool) -> None:
    """Rows that are sent are safe; others go only when somebody says so twice."""
    stage = staged.current(desk_of(register), register)
    if at_once or stage is None:
        _drop(register)
    else:
        st.session_state[_CONFIRM] = stage.id


def _drop(register: Register) -> None:
    staged.stages(desk_of(register)).drop(actor.current(), register.key)


def _tidy(register: Register, stage: Stage) -> None:
    staged.stages(desk_of(register)).change(actor.current(), stage, Stage.without_sent)
