"""A problem as a whole, with 说明 where it needs one: in the drawer of its record, and beside the list of 数据体检."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from logic import explaining
from logic.changes import Outcome
from logic.judgement import Record
from logic.office import desk_of
from logic.problem_list import of_record as problems_of_record
from logic.problems import Problem, Status, shown_to
from pages.parts import actor, markup, menu, outcome, problem_rows, unsent
from pages.parts.opened import Opened
from pages.parts.turns import in_turn

_OPENED, _SAID, _HEARD = "problem-opened", "problem-said", "problem-heard"
_NUMBER = "opened"  # of this opening, as drawer.js knows it: there is never another one
_TAKE_BACK = True
Say = Callable[[Outcome], None]


# -- in the drawer of a record -----------------------------------------------------------------------------------------


def of_record(one: Opened, record: Record) -> list[Problem]:
    """What is wrong with it now, what is due included."""
    return problems_of_record(one.desk, one.register.key, record.key)


def draw(one: Opened, problems: Sequence[Problem]) -> None:
    def say(sent: Outcome) -> None:
        one.outcome, one.message = (None, sent.reason) if sent.state == "saved" else (sent, "")

    if not problems:
        markup.put(markup.box("good", "没有发现问题。"))
    for problem in problems:
        _draw_one(problem, one.number, one.heard, say)


# -- beside the list ---------------------------------------------------------------------------------------------------


def open_one(name: str) -> None:
    """Open this line of the list at the next drawing."""
    _close()
    st.session_state[_OPENED] = name


def draw_opened(problems: Sequence[Problem]) -> None:
    """What was opened, while it is there."""
    name: str | None = st.session_state.get(_OPENED)
    if name is not None:
        st.dialog("问题", width="medium", position="right", on_dismiss=_close)(in_turn(_content))(name, problems)


def _content(name: str, problems: Sequence[Problem]) -> None:
    said: Outcome | None = st.session_state.get(_SAID)
    problem = next((one for one in problems if problem_rows.name_of(one) == name), None)
    if said is not None:
        markup.put(markup.box("good", said.reason)) if said.state == "saved" else outcome.show(said)
    if problem is None:
        markup.put(markup.box("good", "这个问题已经不在了。"))
        return
    if problem.record is not None and problem.gone_at is None:
        # As it is at this moment: an explanation just given counts.
        now = problems_of_record(desk_of(problem.register), problem.register.key, problem.violation.record)
        problem = next((one for one in now if problem_rows.name_of(one) == name), problem)
    found = problem.violation
    record = found.record if problem.record is not None else ""
    where = f"{problem.register.title} · {found.record or '整张表'}"
    markup.put(f'<div style="font-size:1.1rem;font-weight:600">{markup.escaped(where)}</div>')
    menu.link(found.register, record, label="打开这条记录" if record else "", tab="问题")
    heard: dict[str, str] = st.session_state.setdefault(_HEARD, {})
    _draw_one(problem, _NUMBER, heard, lambda sent: st.session_state.update({_SAID: sent}))
    unsent.put_mark(place=f"problem {name}", number=_NUMBER, heard=heard)


def _close() -> None:
    for key in (_OPENED, _SAID, _HEARD):
        st.session_state.pop(key, None)


# -- one problem -------------------------------------------------------------------------------------------------------


def _draw_one(problem: Problem, number: str, heard: dict[str, str], say: Say) -> None:
    """`number` is of the opening it stands in, `heard` what has reached the server there (see pages.parts.unsent)."""
    desk = desk_of(problem.register)
    judgement, now = desk.view().judgement, desk.clock()
    person = judgement.people.actor(actor.current()) if actor.current() else None
    shown = shown_to(person, problem, now.date())
    seen = {"value": shown.value, "message": shown.message, "remedy": shown.remedy}
    if problem.gone_at is None:
        markup.put(outcome.found(problem.violation.model_copy(update=seen), with_column=True))
    else:
        lines = [shown.message, f"改正前的值:{shown.value or '(空)'}", f"改正时间:{problem.gone_at:%Y-%m-%d %H:%M}"]
        markup.put(markup.box("good", str(problem.status), lines, quiet=[f"规则 {problem.violation.rule}"]))
    at = f"发现时间:{problem.seen_at:%Y-%m-%d %H:%M}" if problem.seen_at is not None else "刚刚发现"
    who = f"责任人:{problem.person}" if problem.person else ""
    markup.put(markup.quiet(" · ".join(filter(None, (at, who)))))
    if problem.status in (Status.EXPLAINED, Status.RELEASED):
        markup.put(markup.box("good", str(problem.status), [problem.said], quiet=[problem.by]))
    if problem.gone_at is None and explaining.can_be_explained(problem.violation):
        allowed = explaining.may_explain(judgement, person, problem.register, now.date())
        if allowed:
            _form(problem, number, heard, say)
        else:
            markup.put(markup.quiet(f"确有原因的可以说明。{allowed.reason}"))


def _form(problem: Problem, number: str, heard: dict[str, str], say: Say) -> None:
    is_explained = problem.status is Status.EXPLAINED
    key = f"explain-{number}-{zlib.crc32(problem_rows.name_of(problem).encode()):08x}"
    send = partial(_send, problem, key, partial(heard.__setitem__, key.replace(number, "")), say)
    with st.expander("改写或撤回说明" if is_explained else "说明原因", key=f"{key}-box"):
        st.text_area(
            "说明 *", key=key, placeholder="请写明为什么可以这样,例如:客户改约下周付款,已和财务确认", height=80
        )
        markup.put(markup.quiet("说明会记入历史。这条规则看到的内容以后有改动时,说明自动失效,需要重新说明。"))
        with st.container(horizontal=True):
            st.button("保存说明", key=f"{key}-save", type="primary", on_click=send)
            if is_explained:
                st.button("撤回说明", key=f"{key}-back", on_click=send, args=(_TAKE_BACK,))


def _send(problem: Problem, key: str, hear: Callable[[str], None], say: Say, take_back: bool = False) -> None:
    """What was typed goes through the door; what became of it is said."""
    desk, found = desk_of(problem.register), problem.violation
    reason = st.session_state.get(key) or ""
    sent = explaining.explain(
        desk, actor.current(), found.register, found.record, found.rule, found.field, reason, take_back=take_back
    )
    if sent.state == "denied":  # whoever sent it is looking at the answer
        desk.journal.handle(sent.change, desk.clock().isoformat(timespec="seconds"))
    if sent.state == "saved":
        hear(reason)
    say(sent)
