"""Turns what somebody asks (a form, a paste, a line of the command line) into a Change, or says why it is none.

Two ways to fail: `Refused` when the request itself makes no sense (unknown column, impossible transition): nothing is
journaled; violations when a text cannot be read as a value of its column: journaled as rejected, so that nothing typed is
lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from logic.access import Actor
from logic.changes import Edit
from logic.effects import Understood, split, take_effect
from logic.elsewhere import Elsewhere
from logic.judgement import Judgement
from logic.records import Record
from logic.register import Register
from logic.typed import (
    Given,
    Refused,
    by_field,
    canonical,
    initial,
    lacking,
    possible,
    possible_text,
    readable,
    texts,
    writable,
)
from logic.violations import Violation
from logic.workflow import ACTOR, STATUS, Transition
from sheets.ids import new_id

__all__ = ["Ask", "Given", "Refused", "Understood", "possible", "understand"]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted for one record. `values` and `base` may name columns by field or header; `record` None is a new one."""

    register: str
    record: str | None
    values: Mapping[str, Given] = field(default_factory=dict[str, Given])
    base: Mapping[str, Given] = field(default_factory=dict[str, Given])
    transition: str | None = None


def understand(
    ask: Ask,
    judgement: Judgement,
    registers: Mapping[str, Register],
    actor: Actor,
    now: dt.datetime,
    reason: str,
    elsewhere: Elsewhere,
) -> Understood:
    """Read an Ask against what everybody sees now; raises Refused. `elsewhere`: where buttons may write beside."""
    register = _register(ask, judgement, registers)
    record = _record(ask, register, judgement, registers)
    if not ask.values and ask.transition is None:
        raise Refused("没有要修改的内容:请给出要改的列,或者要做的操作。")
    key = record.key if record is not None else _unused_id(register, judgement, now)
    transition = _transition(ask, register, record, reason)
    violations: list[Violation] = []
    own, others = split(ask.values, register, transition, elsewhere.registers)
    values = texts(own, register, record, judgement, violations, key)
    own_base, seen_elsewhere = split(ask.base, register, transition, elsewhere.registers)
    seen = {
        name: readable(register.fields[name], given) for name, given in by_field(own_base, register, judgement).items()
    }
    stamped = _stamps(transition, register, record, values, actor, now)
    _not_typed_over(transition, register, values, stamped)
    if record is None:
        stamped = initial(register, actor, now) | stamped
    wanted = values | {name: text for name, text in stamped.items() if name not in values}
    needs = transition.needs if transition is not None else ()
    missing = lacking(needs, transition, register, record, wanted, judgement, key) if transition is not None else []
    base = {name: seen.get(name, record.text(name)) for name in wanted} if record is not None else {}
    edit = Edit(
        register=register.key,
        record=key,
        new=record is None,
        values=wanted,
        base=base,
        transition=transition.key if transition is not None else None,
    )
    understood = Understood(edit, violations, missing)
    if transition is not None and record is not None:
        for effect in transition.effects:
            take_effect(
                understood, effect, transition, record, others, seen_elsewhere, judgement, elsewhere, actor, now
            )
    return understood


def _unused_id(register: Register, judgement: Judgement, now: dt.datetime) -> str:
    """A new id that no record has: among thousands made in one day two may be alike by chance."""
    while judgement.record(register.key, id := new_id(register.prefix, now.date())) is not None:
        pass
    return id


def _register(ask: Ask, judgement: Judgement, registers: Mapping[str, Register]) -> Register:
    register = registers.get(ask.register)
    if register is None:
        known = "、".join(f"{one.key}({one.title})" for one in registers.values())
        raise Refused(f"没有名为“{ask.register}”的登记表。现有:{known}。")
    writable(register, judgement)
    return register


def _record(ask: Ask, register: Register, judgement: Judgement, registers: Mapping[str, Register]) -> Record | None:
    if ask.record is None:
        return None
    if not ask.record:
        raise Refused("记录编号是空的:要登记新记录,请写 null。")
    record = judgement.record(register.key, ask.record)
    if record is not None and not record.key.startswith("#"):
        return record
    for other in registers.values():
        if other.key != register.key and judgement.record(other.key, ask.record) is not None:
            raise Refused(f"记录 {ask.record} 属于“{other.title}”,不在“{register.title}”里。")
    raise Refused(f"“{register.title}”里没有记录编号为 {ask.record} 的记录,它可能已被删除,请刷新后再试。")


def _transition(ask: Ask, register: Register, record: Record | None, reason: str) -> Transition | None:
    if ask.transition is None:
        return None
    transition = register.workflow.transition(ask.transition) if register.workflow is not None else None
    if transition is None:
        every = register.workflow.transitions if register.workflow is not None else ()
        names = "、".join(f"{one.key}({one.label})" for one in every) or "没有"
        raise Refused(f"“{register.title}”没有“{ask.transition}”这个操作。全部操作:{names}。")
    if record is None:
        raise Refused("新记录要先登记,保存以后才能做这个操作。")
    if transition not in possible(register, record):
        state = record.text(STATUS) or "(空)"
        raise Refused(
            f"状态是“{state}”的记录不能做“{transition.label}”。现在可以做的操作:{possible_text(register, record)}。"
        )
    if transition.reason_required and not reason.strip():
        raise Refused(f"“{transition.label}”需要写明原因。")
    return transition


def _not_typed_over(
    transition: Transition | None, register: Register, values: Mapping[str, str], stamped: Mapping[str, str]
) -> None:
    """Nobody signs for somebody else: the name of who presses a button cannot be given otherwise. What else it stamps can
    be corrected, and is judged by the rules."""
    if transition is None:
        return
    for name, stamp in transition.stamps.items():
        if stamp == ACTOR and name in values and values[name] != stamped[name]:
            header = register.fields[name].header
            raise Refused(f"“{header}”由“{transition.label}”自动填写操作人的姓名,不能改成别人。")


def _stamps(
    transition: Transition | None,
    register: Register,
    record: Record | None,
    values: Mapping[str, str],
    actor: Actor,
    now: dt.datetime,
) -> dict[str, str]:
    """What a button writes by itself: the new state, time, name and fixed values; what was typed with it stays."""
    if transition is None or record is None:
        return {}
    written = transition.writes(record.texts() | dict(values), actor.name, now)
    return {name: canonical(register.fields[name], text) for name, text in written.items()}
