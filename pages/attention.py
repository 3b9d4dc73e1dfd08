"""需要您处理: what failed after its author left, with what they typed; drafts never sent; what the engine put right."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.navigation.page import Page

from logic.changes import Change, Outcome
from logic.desk import Desk
from logic.edits import outcome_of
from logic.history import bring_back
from logic.office import desk_of, keeper_of
from logic.register import Register
from pages.parts import actor, conflict, drawer, form, markup, outcome, pulse, waiting
from pages.parts.listing import label_of
from pages.parts.turns import in_turn
from sheets.drafts import NEW, Draft, Drafts
from sheets.journal import Entry, Notice

_TO_OPEN = "record-to-open"
_SAID = "attention-said"


def page_for(registers: Mapping[str, Register], pages: Mapping[str, Page]) -> Callable[[], None]:
    """The page of what waits for the person at the console."""

    def page() -> None:
        draw(registers, pages)

    return page


def draw(registers: Mapping[str, Register], pages: Mapping[str, Page]) -> None:
    st.title("需要您处理", anchor=False)
    key = st.session_state.pop(_TO_OPEN, None)
    if key is not None:
        st.switch_page(pages[key])
    if not actor.current():
        markup.put(markup.box("wait", "您的登录已结束,请重新登录。"))
        return
    _watch(registers, _matters(registers))
    said: Outcome | None = st.session_state.pop(_SAID, None)
    if said is not None:
        outcome.show(said)
    failed, unsent, notices = waiting.failed(registers), waiting.unsent(registers), waiting.notices(registers)
    staged, unfinished = waiting.staged(registers), waiting.unfinished(registers)
    if not (failed or unsent or staged or unfinished or notices):
        markup.put(markup.box("good", "没有需要您处理的事。"))
    for desk, entry in failed:
        with st.container(border=True):
            _draw_failed(desk, entry, registers)
    for draft in unsent:
        with st.container(border=True):
            _draw_draft(draft, registers)
    for register, count in staged:
        with st.container(border=True):
            head = f"您在“{register.title}”粘贴或导入的内容还有 {count} 行没有登记"
            markup.put(f"<b>{markup.escaped(head)}</b>")
            st.page_link(pages[register.key], label="继续登记", query_params={"import": register.key})
    for register, count in unfinished:
        with st.container(border=True):
            markup.put(f"<b>{markup.escaped(f'您在“{register.title}”的批量操作还有 {count} 条没有办理')}</b>")
            st.page_link(pages[register.key], label="继续办理", query_params={"bulk": register.key})
    for desk, notice in notices:
        text, cells = waiting.sentence(notice, registers)
        with st.container(border=True):
            markup.put(f"<p>{markup.escaped(text)}</p>", markup.quiet(notice.at.replace("T", " ")))
            if cells:
                markup.put(markup.table(("列", "表格里", "控制台登记的"), cells))
            with st.container(horizontal=True):
                if notice.kind == "vanished":
                    key = f"back-{desk.workbook}-{notice.n}"
                    st.button("恢复到表格", key=key, type="primary", on_click=_bring_back, args=(desk, notice))
                st.button("知道了", key=f"seen-{desk.workbook}-{notice.n}", on_click=_dismiss, args=(desk, notice.n))


@st.fragment
@in_turn
def _watch(registers: Mapping[str, Register], drawn: object) -> None:
    """Draw the page again once something else needs the person; what they chose on it meanwhile stays."""
    pulse.watch("attention", registers.values())
    if _matters(registers) != drawn:
        st.rerun()


def _matters(registers: Mapping[str, Register]) -> object:
    """All that the page lists, to be compared."""
    return (
        [entry.id for _, entry in waiting.failed(registers)],
        [(one.register, one.record, one.updated_at) for one in waiting.unsent(registers)],
        [(register.key, count) for register, count in waiting.staged(registers) + waiting.unfinished(registers)],
        [(desk.workbook, notice.n) for desk, notice in waiting.notices(registers)],
    )


def _draw_failed(desk: Desk, entry: Entry, registers: Mapping[str, Register]) -> None:
    """One change that did not come into the sheet: what happened, what was typed, what can be done."""
    change, failed = Change.model_validate_json(entry.body), outcome_of(entry)
    outcome.show(failed)
    for edit in change.edits:
        register = registers.get(edit.register)
        if register is None:
            continue
        clashing = {one.field for one in failed.conflicts if (one.register, one.record) == (edit.register, edit.record)}
        shown = [name for name in edit.values if name not in clashing and not register.fields[name].engine]
        rows = [(register.fields[name].header, edit.base.get(name, ""), edit.values[name]) for name in shown]
        record = desk.view().judgement.record(edit.register, edit.record)
        label = label_of(record, register) if record is not None else "新记录" if edit.new else edit.record
        head = f"{change.at:%Y-%m-%d %H:%M} 您在“{register.title}”填写的 {label}"
        markup.put(f"<b>{markup.escaped(head)}</b>", markup.table(("列", "打开时", "您填的"), rows) if rows else "")
    choices = None
    if failed.state == "overtaken" and failed.conflicts:
        choices = conflict.choose(desk, failed.conflicts, f"conflict-{entry.id}")
    with st.container(horizontal=True):
        if failed.state == "overtaken" and failed.conflicts:
            st.button(
                "按选择保存",
                key=f"settle-{entry.id}",
                type="primary",
                on_click=_settle,
                args=(desk, change, failed, choices),
                disabled=choices is None,
            )
        own = [edit for edit in change.edits if not edit.effect]
        if len(own) == 1 and own[0].register in registers:
            st.button("打开修改", key=f"open-{entry.id}", on_click=_reopen, args=(desk, change, registers))
        st.button("已处理,不再提示", key=f"done-{entry.id}", on_click=_handle, args=(desk, entry.id))


def _draw_draft(draft: Draft, registers: Mapping[str, Register]) -> None:
    register = registers[draft.register]
    record = desk_of(register).view().judgement.record(register.key, draft.record) if draft.record else None
    label = label_of(record, register) if record is not None else "新记录" if draft.record == NEW else draft.record
    head = f"{draft.updated_at.replace('T', ' ')} 您在“{register.title}”填写、还没有保存的草稿:{label}"
    values, base = draft.body["values"], draft.body["base"]
    known = [name for name in values if name in register.fields]
    rows = [(register.fields[name].header, base.get(name, ""), values[name]) for name in known]
    markup.put(f"<b>{markup.escaped(head)}</b>", markup.table(("列", "打开时", "您填的"), rows))
    with st.container(horizontal=True):
        record_key = draft.record or None
        st.button("继续填写", key=f"go-{draft.register}-{draft.record}", on_click=_open, args=(register, record_key))
        st.button(
            "放弃草稿", key=f"drop-{draft.register}-{draft.record}", on_click=_drop, args=(register, draft.record)
        )


def _settle(desk: Desk, change: Change, failed: Outcome, choices: conflict.Choices) -> None:
    settled = conflict.settle(desk, actor.current(), change, failed.conflicts, choices)
    if settled is not None:
        st.session_state[_SAID] = settled
        keeper_of(desk.registers[change.edits[0].register]).nudge()


def _reopen(desk: Desk, change: Change, registers: Mapping[str, Register]) -> None:
    """Open the record with what was typed, unless a later draft of it stands already."""
    edit = change.edits[0]
    register = registers[edit.register]
    record = None if edit.new else edit.record
    names = {one.name for one in form.editable(register)}
    values = {name: text for name, text in edit.values.items() if name in names}
    kept = Drafts(desk.journal.store)
    if values and kept.get(actor.current(), register.key, record or NEW) is None:
        base = {name: edit.base.get(name, "") for name in values}
        body = {"values": values, "base": base, "key": uuid.uuid4().hex}
        kept.keep(actor.current(), register.key, record or NEW, body, desk.clock().isoformat(timespec="seconds"))
    _handle(desk, change.id)
    _open(register, record)


def _open(register: Register, record: str | None) -> None:
    drawer.open_record(register, record)
    st.session_state[_TO_OPEN] = register.key


def _drop(register: Register, record: str) -> None:
    Drafts(desk_of(register).journal.store).drop(actor.current(), register.key, record)


def _handle(desk: Desk, change: str) -> None:
    desk.journal.handle(change, desk.clock().isoformat(timespec="seconds"))


def _bring_back(desk: Desk, notice: Notice) -> None:
    """The row returns to the sheet as it was last seen."""
    register, record = notice.body["register"], notice.body["record"]
    brought = st.session_state[_SAID] = bring_back(desk, actor.current(), register, record)
    if brought.state == "queued":
        _dismiss(desk, notice.n)
        keeper_of(desk.registers[register]).nudge()


def _dismiss(desk: Desk, number: int) -> None:
    desk.journal.dismiss(number, actor.current(), desk.clock().isoformat(timespec="seconds"))
