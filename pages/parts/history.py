"""The history of a record: every change with its cells before and after, and 撤销 for what stands in the sheet."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from logic.desk import Desk
from logic.history import Step, history
from pages.parts import markup

_STATES = {
    "saved": ("已写入表格", "good"),
    "pending": ("待写入", "wait"),
    "overtaken": ("与别人的修改冲突", "warn"),
    "rejected": ("没有保存", "bad"),
    "denied": ("没有权限", "bad"),
}
SHOWN = 20


def draw(desk: Desk, register: str, record: str, key: str, undo: Callable[[str], None] | None) -> None:
    """The steps, newest first. `undo` takes a change back, given its id; None where nobody may."""
    steps = history(desk, register, record)
    if not steps:
        markup.put(markup.quiet("还没有修改记录:这一行在控制台接管之前就在表格里了。"))
        return
    more = f"{key}-all"
    shown = steps if st.session_state.get(more) else steps[:SHOWN]
    for step in shown:
        _draw_step(step, key, undo)
    if len(steps) > len(shown):
        st.button(f"显示更早的 {len(steps) - len(shown)} 次修改", key=f"{key}-more", on_click=_set, args=(more, True))


def _draw_step(step: Step, key: str, undo: Callable[[str], None] | None) -> None:
    label, tone = _STATES.get(step.entry.state, ("处理中", "wait"))
    heading = f"{markup.escaped(f'{step.change.at:%Y-%m-%d %H:%M} {step.change.actor} · {step.action}')}"
    who = markup.quiet(f"来源:{step.source}" + (f" · 说明:{step.change.reason}" if step.change.reason else ""))
    why = markup.quiet(f"原因:{step.outcome.reason}") if step.entry.state in ("overtaken", "rejected", "denied") else ""
    cells = markup.table(("列", "修改前", "修改后"), step.cells) if step.cells else ""
    chip = markup.chip(label, tone)  # type: ignore[arg-type]
    with st.container(border=True):
        markup.put(f"<div>{chip}<b>{heading}</b></div>", who, why, cells)
        if step.undoable and undo is not None:
            _draw_undo(step.entry.id, key, undo)


def _draw_undo(change: str, key: str, undo: Callable[[str], None]) -> None:
    asking = f"{key}-confirm"
    if st.session_state.get(asking) != change:
        st.button("撤销这次修改", key=f"{key}-undo-{change}", on_click=_set, args=(asking, change))
        return
    markup.put(markup.box("warn", "确定撤销吗?", ["修改过的单元格会恢复成修改前的内容,撤销本身也会记在历史里。"]))
    with st.container(horizontal=True):
        st.button("确定撤销", key=f"{key}-yes-{change}", type="primary", on_click=undo, args=(change,))
        st.button("不撤销", key=f"{key}-no-{change}", on_click=_set, args=(asking, None))


def _set(key: str, value: object) -> None:
    st.session_state[key] = value
