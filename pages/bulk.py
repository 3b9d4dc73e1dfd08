"""批量操作: one button, or one value of one column, for many selected records; a verdict on each before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from logic.desk import Desk, NotRead
from logic.office import desk_of, keeper_of
from logic.register import Register
from logic.staging.batch import Batch, made, take_back
from logic.staging.sending import resumed, send
from logic.staging.together import Verdicts
from pages.parts import actor, batch_form, batched, listed, markup, menu, outcome, pager, shipping, table, unread
from pages.parts.turns import in_turn

_ADDRESS = "bulk"
_ROW = "bulk-row"
_PAGE = "bulk-page"
_SAID = "bulk-said"


def is_open(register: Register) -> bool:
    """Does the address ask for this page? It survives a reload."""
    return st.query_params.get(_ADDRESS) == register.key


def begin(register: Register, records: Sequence[str]) -> None:
    """Open the page with these records as they stand now. One that was sent in part is finished first."""
    desk = desk_of(register)
    before = batched.current(desk, register)
    if before is not None and before.sent and before.waiting:
        st.session_state[_SAID] = "上一次批量操作还没有做完:请先做完或放弃它,再选新的记录。"
    else:
        batched.shelf(desk).keep(actor.current(), made(desk.view().judgement, register.key, records))
    st.session_state.pop(_PAGE, None)
    st.query_params[_ADDRESS] = register.key


def label(desk: Desk, register: Register) -> str:
    """The words on the button that leads back to what was begun, "" where nothing was."""
    batch = batched.current(desk, register)
    return f"继续批量操作({len(batch.rows)} 条)" if batch is not None and batch.rows else ""


def resume(register: Register) -> None:
    st.query_params[_ADDRESS] = register.key


def draw(register: Register) -> None:
    desk = desk_of(register)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(f"{register.title} · 批量操作", anchor=False)
        st.button("返回列表", key="bulk-back", on_click=_leave, args=(register,))
    if not actor.current():
        markup.put(markup.box("wait", "您的登录已结束,请重新登录。已经发送的都有记录,重新登录后接着做剩下的。"))
        return
    try:
        desk.view()
    except NotRead as trouble:
        unread.draw(desk, str(trouble))
        return
    said = st.session_state.pop(_SAID, None)
    if said:
        markup.put(markup.box("warn", said))
    batch = batched.current(desk, register)
    if batch is not None and batch.sending:
        batch = resumed(desk, batched.shelf(desk), actor.current(), batch)
        if batch is not None and batch.waiting:
            lines = [f"已发送 {len(batch.sent)} 条,还有 {len(batch.waiting)} 条没有发送。请核对后继续。"]
            markup.put(markup.box("warn", "上一次发送中途断开了", lines))
    if batch is None or not batch.rows:
        markup.put(markup.box("wait", "没有选中的记录。请返回列表,勾选记录以后再点“批量操作”。"))
        return
    _batch(desk, register, batch)


def _leave(register: Register) -> None:
    """Back to the list. What was not begun is forgotten; what was sent in part stays to be finished."""
    desk = desk_of(register)
    batch = batched.current(desk, register)
    if batch is not None and not (batch.sent and batch.waiting):
        batched.shelf(desk).drop(actor.current(), register.key)
    st.query_params.pop(_ADDRESS, None)
    st.session_state.pop(_ROW, None)


def _finish(register: Register) -> None:
    """Done, or given up: what is not sent stays as it is, and nothing is selected any more."""
    batched.shelf(desk_of(register)).drop(actor.current(), register.key)
    listed.forget_selection(register)
    st.query_params.pop(_ADDRESS, None)


def _batch(desk: Desk, register: Register, batch: Batch) -> None:
    batch_form.draw(desk, register, batch)
    if not batch.is_settled:
        found = Verdicts()
    else:
        with st.spinner(f"正在检查 {len(batch.waiting)} 条…"):
            found = batched.verdicts(desk, batch)
    if found.refusal:
        outcome.refuse("现在不能做", found.refusal)
    progress = st.container()
    _actions(desk, register, batch, found)
    rows = shipping.chosen_rows(batch, lambda row: batched.group_of(row, found), batched.LABELS)
    place, shown = pager.paged(rows, _PAGE)
    drawn = batched.table_of(batch, register, shown, found, desk.view().judgement)
    with place:
        clicked = table.draw(f"bulk-{register.key}", drawn)
    if clicked:
        st.session_state[_ROW] = int(clicked)
        st.rerun()
    if _ROW in st.session_state:
        st.dialog(f"{register.title} · 一条记录", width="medium", on_dismiss=_close)(in_turn(_row))(
            register, batch, found
        )
    if any(row.state == "queued" for row in batch.sent):
        with progress:  # drawn last: it may run the page anew, and the click above must have been seen by then
            shipping.follow(register, batched.shelf(desk), "已办理", "条")


# -- one record --------------------------------------------------------------------------------------------------------


def _close() -> None:
    st.session_state.pop(_ROW, None)


def _row(register: Register, batch: Batch, found: Verdicts) -> None:
    """What is said of one record in full, and the way to it."""
    row = batch.row(st.session_state.get(_ROW, 0))
    if row is None:
        markup.put(markup.box("plain", "这条记录已经不在这里了,请关闭后看列表。"))
        return
    verdict = found.rows.get(row.number)
    label = batched.LABELS[batched.group_of(row, found) or batched.DONE] if verdict or row.is_sent else ""
    markup.put(markup.chip(row.record), markup.chip(label) if label else "")
    said = [*(verdict.said if verdict is not None else row.said)]
    if said:
        markup.put(markup.box("warn", "", [f"{text.rstrip('。')}。" for text in said]))
    for one in verdict.violations if verdict is not None else ():
        markup.put(outcome.found(one, with_column=True, foreign=one.register != register.key))
    with st.container(horizontal=True, vertical_alignment="center"):
        menu.link(register.key, row.record, label="打开这条记录")
        if not row.is_sent and st.button("不选这一条", key="bulk-drop"):
            number = row.number
            batched.shelf(desk_of(register)).change(actor.current(), batch, lambda known: known.without(number))
            _close()
            st.rerun()


# -- sending -----------------------------------------------------------------------------------------------------------


def _actions(desk: Desk, register: Register, batch: Batch, found: Verdicts) -> None:
    good, explain = found.having("good"), found.having("explain")
    written = [row for row in batch.sent if row.state == "saved" and not row.undone]
    with st.container(horizontal=True, vertical_alignment="center"):
        also = bool(explain) and st.checkbox(f"“需说明”的 {len(explain)} 条也办理", key=f"bulk-also-{batch.id}")
        numbers = sorted([*good, *explain] if also else good)
        trouble = keeper_of(register).trouble
        sending = False
        if batch.waiting:
            sending = st.button(
                f"确认办理 {len(numbers)} 条",
                key="bulk-send",
                type="primary",
                disabled=not numbers or trouble is not None,
                help=str(trouble) if trouble is not None else None,
            )
        if found.having("refused"):
            st.button("按现在的内容重新检查", key="bulk-look", on_click=_look_again, args=(register, batch))
        undoing = bool(written) and st.button(f"撤销已写入的 {len(written)} 条", key="bulk-undo")
        label = "完成" if not batch.waiting or batch.sent else "放弃"
        st.button(label, key="bulk-finish", on_click=_finish, args=(register,))
    if batch.waiting and found.rows and len(numbers) < len(batch.waiting):
        markup.put(
            markup.quiet(f"另外 {len(batch.waiting) - len(numbers)} 条不会动,原因写在下面;点一行看全部内容和依据。")
        )
    if sending:
        steps = send(desk, batched.shelf(desk), actor.current(), batch, numbers)
        shipping.go_through(register, "正在办理", len(numbers), "条", steps)
    if undoing:
        steps = take_back(desk, batched.shelf(desk), actor.current(), batch)
        shipping.go_through(register, "正在撤销", len(written), "条", steps)


def _look_again(register: Register, batch: Batch) -> None:
    desk = desk_of(register)
    judgement = desk.view().judgement
    batched.shelf(desk).change(actor.current(), batch, lambda known: known.looked_at(judgement))
