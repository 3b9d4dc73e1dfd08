"""工作台 on a page: what waits for the person at the console, what is due, what they registered, what is on its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from logic import board
from logic.access import Actor
from logic.board import SHOWN, Due, Mine, Task
from logic.changes import Change
from logic.desk import Desk, NotRead, View
from logic.edits import outcome_of
from logic.records import Record
from logic.register import registers
from logic.rules import Level
from pages.parts import actor, books, listing, markup, menu, pulse, waiting
from pages.parts.turns import in_turn
from sheets.journal import Entry

_GROUPS = 6  # of what is due, before the rest is folded away


@st.fragment
@in_turn
def draw(registers: waiting.Registers) -> None:
    """The board of the person at the console. Everything on it was worked out once for everybody."""
    pulse.watch("tasks", registers.values(), minutely=True)
    desks = waiting.desks(registers)
    mine = of(desks)
    left, right = st.columns(2, gap="large")
    with left:
        draw_waiting(mine.tasks, desks)
    with right:
        draw_due(mine.due)
        draw_registered(mine.registered)
        draw_pending(desks)


def of(desks: Iterable[Desk]) -> Mine:
    """The board of the person at the console, of all workbooks together."""
    tasks: list[Task] = []
    due: list[Due] = []
    registered: list[Record] = []
    for desk in desks:
        try:
            judgement = desk.view().judgement
        except NotRead:
            continue
        person = judgement.people.actor(actor.current()) if actor.current() else None
        mine = board.board_of(desk.workbook).of(judgement, person or Actor(actor.current()), desk.clock())
        tasks += mine.tasks
        due += mine.due
        registered += mine.registered
    return Mine(tasks, due, registered)


def draw_waiting(tasks: Sequence[Task], desks: Iterable[Desk]) -> None:
    """等我处理."""
    _title("等我处理", sum(task.share.count for task in tasks))
    if not actor.current():
        markup.put(markup.box("wait", "请先选择您是谁", ["这里会列出等您处理的记录。"]))
    elif not tasks:
        markup.put(markup.box("good", "现在没有等您处理的记录", _why_nothing(desks)))
    for number, task in enumerate(tasks):
        with st.container(border=True, gap="xxsmall", key=f"task-{number}"):
            own = f",其中 {task.share.own} 条是您经手的" if 0 < task.share.own < task.share.count else ""
            markup.put(_head(task.step.label), markup.quiet(f"{task.register.title} · {task.share.count} 条{own}"))
            for record in task.share.first:
                menu.link(task.register.key, record.key, label=_label(record), begin=task.step.key)
            _more(task.share.count)


def _why_nothing(desks: Iterable[Desk]) -> list[str]:
    """What to do where somebody would expect something."""
    people = [desk.view().judgement.people for desk in desks if desk.mirror.snapshot is not None]
    person = next((found for one in people if (found := one.actor(actor.current())) is not None), None)
    if person is None or not person.positions:
        return ["员工名册里没有填您的岗位,控制台不知道哪些事由您来做。请主管在员工名册填写岗位。"]
    return [f"您的岗位:{'、'.join(sorted(person.positions))}。有新的记录等您处理时,会自动出现在这里。"]


def draw_due(due: Sequence[Due]) -> None:
    """快到期/已逾期."""
    _title("快到期、已逾期", sum(one.share.count for one in due))
    if not due:
        markup.put(markup.box("good", "没有快到期或已逾期的事", ["时限按各登记表的规定计算,几分钟检查一次。"]))
    for number, one in enumerate(due[:_GROUPS]):
        _draw_due(one, f"due-{number}")
    if len(due) > _GROUPS:
        with st.expander(f"还有 {len(due) - _GROUPS} 项"):
            for number, one in enumerate(due[_GROUPS:], start=_GROUPS):
                _draw_due(one, f"due-{number}")


def _draw_due(one: Due, key: str) -> None:
    with st.container(border=True, gap="xxsmall", key=key):
        own = f",其中 {one.share.own} 条是您经手的" if 0 < one.share.own < one.share.count else ""
        tone: markup.Tone = "plain" if one.level is Level.REMIND else "warn"
        doc = next((rule.doc for rule in one.register.rules if rule.id == one.rule), "")
        markup.put(
            _head(one.register.title, markup.chip(one.level.label, tone)),
            markup.quiet(f"{one.share.count} 条{own}。{doc}"),
        )
        for violation in one.share.first:
            record = books.record_of(violation.register, violation.record)
            named = _label(record) if record is not None else violation.record
            menu.link(violation.register, violation.record, label=f"{named}:{violation.message}")
        _more(one.share.count)


def draw_registered(records: Sequence[Record]) -> None:
    """我今天登记的, newest first."""
    _title("我今天登记的", len(records))
    if not records:
        markup.put(markup.quiet("今天还没有登记。要登记:在左边的菜单打开一张登记表,点“新增”。"))
    for record in records[: -SHOWN - 1 : -1]:
        menu.link(record.register, record.key, label=f"{record.reader.register.title} {_label(record)}")
    _more(len(records))


def draw_pending(desks: Iterable[Desk]) -> None:
    """待写入 and why: the person's own changes one by one, the others counted."""
    pending = [entry for view in _views(desks) for entry in view.pending.values()]
    own = [entry for entry in pending if entry.actor == actor.current()]
    _title("待写入", len(pending))
    if not pending:
        markup.put(markup.quiet("没有等着写入的修改,登记过的都已写入表格。"))
        return
    for entry in own[:SHOWN]:
        markup.put(markup.box("wait", _what(entry), _why([entry])))
    rest = [entry for entry in pending if entry not in own[:SHOWN]]
    if rest:
        markup.put(markup.box("wait", f"{'另有' if own else '有'} {len(rest)} 处修改等着写入", _why(rest)))


def _what(entry: Entry) -> str:
    known = registers()
    edits = [edit for edit in Change.model_validate_json(entry.body).edits if edit.register in known]
    named = dict.fromkeys(f"{known[edit.register].title} {edit.record}" for edit in edits if not edit.effect)
    return f"您的修改:{'、'.join(named)}"


def _why(entries: Sequence[Entry]) -> list[str]:
    """Each reason once, with the earliest time since when it holds."""
    reasons: dict[str, str] = {}
    for entry in entries:
        outcome = outcome_of(entry)
        since = f"(自 {outcome.since:%H:%M:%S} 起)" if outcome.since is not None else ""
        reasons.setdefault(outcome.reason or "正在写入,几秒后完成。", since)
    return [f"{reason}{since}" for reason, since in reasons.items()]


def _views(desks: Iterable[Desk]) -> list[View]:
    return [desk.view() for desk in desks if desk.mirror.snapshot is not None]


def _head(text: str, chip: str = "") -> str:
    return f'<div class="console-head">{chip}{markup.escaped(text)}</div>'


def _title(text: str, count: int) -> None:
    st.header(f"{text}({count})" if count else text, anchor=False)


def _more(count: int) -> None:
    if count > SHOWN:
        markup.put(markup.quiet(f"一共 {count} 条,先列出 {SHOWN} 条;处理完会接着列出后面的。"))


def _label(record: Record) -> str:
    return listing.label_of(record, record.reader.register)
