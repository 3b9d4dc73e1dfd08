"""The history of a record: every change with its cells before and after, 撤销 and 回到此版本 for what stands in the sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from logic.changes import Source
from logic.desk import Desk
from logic.history import Step, history
from logic.register import Register
from logic.versions import Version
from pages.parts import markup, outcome, photos

_STATES: Mapping[str, tuple[str, markup.Tone]] = {
    "saved": ("已写入表格", "good"),
    "pending": ("待写入", "wait"),
    "overtaken": ("与别人的修改冲突", "warn"),
    "rejected": ("没有保存", "bad"),
    "denied": ("没有权限", "bad"),
}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Ways:
    """What may be done from the history, each given the id of a change: take it back; look what going back to how the
    record stood after it would change (`version`, once looked at), and go there."""

    undo: Callable[[str], None]
    look_back: Callable[[str], None]
    go_back: Callable[[], None]
    version: Version | None


def draw(desk: Desk, register: str, record: str, key: str, ways: Ways | None) -> None:
    """The steps, newest first; `ways` None where nobody may do anything."""
    steps = history(desk, register, record)
    if not steps:
        markup.put(markup.quiet("还没有修改记录:这一行在控制台接管之前就在表格里了。"))
        return
    more = f"{key}-all"
    shown = steps if st.session_state.get(more) else steps[:SHOWN]
    declared = desk.registers[register]
    stood = _stood(desk, declared, record, steps)
    newest = next((step.entry.id for step in steps if step.entry.state == "saved"), "")
    for step in shown:
        rows = _cells(declared, record, step, stood)
        _draw_step(desk, register, step, rows, key, ways, is_newest=step.entry.id == newest)
    if len(steps) > len(shown):
        st.button(f"显示更早的 {len(steps) - len(shown)} 次修改", key=f"{key}-more", on_click=_set, args=(more, True))


def _draw_step(
    desk: Desk,
    register: str,
    step: Step,
    rows: Iterator[tuple[str, ...]],
    key: str,
    ways: Ways | None,
    *,
    is_newest: bool,
) -> None:
    label, tone = _STATES.get(step.entry.state, ("处理中", "wait"))
    heading = f"{markup.escaped(f'{step.change.at:%Y-%m-%d %H:%M} {step.change.actor} · {step.action}')}"
    who = markup.quiet(f"来源:{step.source}" + (f" · 说明:{step.change.reason}" if step.change.reason else ""))
    why = markup.quiet(f"原因:{step.outcome.reason}") if step.entry.state in ("overtaken", "rejected", "denied") else ""
    cells = markup.table_of(("列", "修改前", "修改后"), rows) if step.cells else ""
    chip = markup.chip(label, tone)
    with st.container(border=True):
        markup.put(f"<div>{chip}<b>{heading}</b></div>", who, why, cells)
        if not step.undoable or ways is None:
            return
        if ways.version is not None and ways.version.change == step.entry.id:
            _draw_version(desk, register, ways.version, key, ways)
            return
        with st.container(horizontal=True):
            is_asked = _draw_undo(step.entry.id, key, ways.undo)
            if not is_newest and not is_asked:  # after the newest change it stands as it stands
                args = (step.entry.id,)
                st.button("回到此版本", key=f"{key}-back-{args[0]}", on_click=ways.look_back, args=args)


def _stood(desk: Desk, register: Register, record: str, steps: Sequence[Step]) -> dict[str, str]:
    """All that is known to have stood in the columns of a record, by header: what a refused change asked for did not."""
    now = desk.view().judgement.record(register.key, record)
    found = {one.header: [now.text(one.name)] if now is not None else [] for one in register.fields.values()}
    for step in steps:
        for header, before, after in step.cells if step.entry.state in ("saved", "pending") else ():
            found[header] += [before, after] if step.change.source is Source.SHEET else [after]
    return {header: "、".join(texts) for header, texts in found.items()}


def _cells(register: Register, record: str, step: Step, stood: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The rows of the table as HTML."""
    for header, *texts in step.cells:
        yield markup.cell(header), *(photos.cell(register, record, header, text, stood[header]) for text in texts)


def _draw_undo(change: str, key: str, undo: Callable[[str], None]) -> bool:
    """The button; whether it is asked if that is meant."""
    asking = f"{key}-confirm"
    if st.session_state.get(asking) != change:
        st.button("撤销这次修改", key=f"{key}-undo-{change}", on_click=_set, args=(asking, change))
        return False
    markup.put(markup.box("warn", "确定撤销吗?", ["修改过的单元格会恢复成修改前的内容,撤销本身也会记在历史里。"]))
    st.button("确定撤销", key=f"{key}-yes-{change}", type="primary", on_click=undo, args=(change,))
    st.button("不撤销", key=f"{key}-no-{change}", on_click=_set, args=(asking, None))
    return True


def _draw_version(desk: Desk, register: str, version: Version, key: str, ways: Ways) -> None:
    """What going back would change, before it is done."""
    declared = desk.registers[register]
    fields = declared.fields
    left = [f"“{fields[name].header}”不变:{why}。" for name, why in version.kept.items()]
    if version.refusal:
        outcome.refuse("不能回到这个版本", version.refusal, *left)
    else:
        heads = {name: fields[name].header for name in version.then}
        rows = [
            (markup.cell(heads[name]), *(photos.cell(declared, version.record, heads[name], one, one) for one in texts))
            for name, text in version.then.items()
            if (texts := (version.now[name], text))
        ]
        markup.put(
            markup.box("warn", "回到这次修改之后的样子", ["下面的单元格会改回去,回到版本本身也会记在历史里。", *left]),
            markup.table_of(("列", "现在", "改回"), rows),
        )
    with st.container(horizontal=True):
        if not version.refusal:
            st.button("确定回到此版本", key=f"{key}-go", type="primary", on_click=ways.go_back)
        st.button("不回去" if not version.refusal else "知道了", key=f"{key}-stay", on_click=ways.look_back, args=("",))


def _set(key: str, value: object) -> None:
    st.session_state[key] = value
