"""Turns what somebody asks (a form, a paste, a line of the command line) into a Change, or says why it is none.

Two ways to fail: `Refused` when the request itself makes no sense (unknown column, impossible transition): nothing is
journaled; violations when a text cannot be read as a value of its column: journaled as rejected, so that nothing typed is
lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logic.access import Actor
from logic.changes import Edit
from logic.judgement import Judgement
from logic.kinds import Misread
from logic.records import Record
from logic.register import Field, Register
from logic.violations import Violation
from logic.workflow import NEW_ID, STATUS, Copy, Effect, Transition, stamped
from sheets.ids import new_id
from sheets.table import ID_FIELD

Given = str | Sequence[str] | None  # a text, several texts for a column of several values, None to empty the cell


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted for one record. `values` and `base` may name columns by field or header; `record` None is a new one."""

    register: str
    record: str | None
    values: Mapping[str, Given] = field(default_factory=dict[str, Given])
    base: Mapping[str, Given] = field(default_factory=dict[str, Given])
    transition: str | None = None


class Refused(Exception):
    """The request cannot be meant; the text is a Chinese sentence saying why and what is possible."""


@dataclass(slots=True)
class Understood:
    """The Edit that an Ask comes to, those its button's effects come to, what could not be read in them, and what the
    transition needs filled before."""

    edit: Edit
    violations: list[Violation] = field(default_factory=list[Violation])
    missing: list[Violation] = field(default_factory=list[Violation])
    effects: list[Edit] = field(default_factory=list[Edit])

    @property
    def edits(self) -> tuple[Edit, ...]:
        return self.edit, *self.effects


def understand(
    ask: Ask, judgement: Judgement, registers: Mapping[str, Register], actor: Actor, now: dt.datetime, reason: str
) -> Understood:
    """Read an Ask against what everybody sees now; raises Refused."""
    register = _register(ask, judgement, registers)
    record = _record(ask, register, judgement, registers)
    if not ask.values and ask.transition is None:
        raise Refused("没有要修改的内容:请给出要改的列,或者要做的操作。")
    key = record.key if record is not None else new_id(register.prefix, now.date())
    transition = _transition(ask, register, record, reason)
    violations: list[Violation] = []
    own, others = _split(ask.values, register, transition, registers)
    values = _texts(own, register, record, judgement, violations, key)
    seen = {
        name: _readable(register.fields[name], given)
        for name, given in _by_field(ask.base, register, judgement).items()
    }
    stamped = _stamps(transition, register, record, values, actor, now)
    if record is None:
        stamped = _initial(register, actor, now) | stamped
    wanted = values | {name: text for name, text in stamped.items() if name not in values}
    needs = transition.needs if transition is not None else ()
    missing = _lacking(needs, transition, register, record, wanted, judgement, key) if transition is not None else []
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
            _take_effect(understood, effect, transition, record, others, judgement, registers, actor, now)
    return understood


def _register(ask: Ask, judgement: Judgement, registers: Mapping[str, Register]) -> Register:
    register = registers.get(ask.register)
    if register is None:
        known = "、".join(f"{one.key}({one.title})" for one in registers.values())
        raise Refused(f"没有名为“{ask.register}”的登记表。现有:{known}。")
    table = judgement.tables.get(register.key)
    if table is None:
        raise Refused(f"工作簿里没有“{register.title}”这个工作表,请先用 python -m logic init 建表。")
    if table.faults:
        problems = "、".join(
            f"“{fault.header}”{'缺失' if fault.kind == 'missing' else '重复(' + '、'.join(fault.cells) + ')'}"
            for fault in table.faults
        )
        raise Refused(f"“{register.title}”目前只读:表头{problems}。请在表格里改正表头后再试。")
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


def _by_field(given: Mapping[str, Given], register: Register, judgement: Judgement) -> dict[str, Given]:
    """The same by field name, each column once."""
    found: dict[str, Given] = {}
    for name, value in given.items():
        declared = register.field(name)
        if declared is None:
            raise Refused(_unknown_column(name, register, judgement))
        if declared.name in found and found[declared.name] != value:
            raise Refused(f"“{declared.header}”同时用列名和字段名给了两个不同的值,请只保留一个。")
        found[declared.name] = value
    return found


def _unknown_column(name: str, register: Register, judgement: Judgement) -> str:
    table = judgement.tables.get(register.key)
    hint = f"最接近的列是{'、'.join(f'“{header}”' for header in register.nearest(name))}。"
    if table is not None and name in table.others:
        return f"“{name}”是表格里自己加的列,控制台不修改它,请直接在表格里改。{hint}"
    return f"“{register.title}”没有“{name}”这一列。{hint}"


def _texts(
    given: Mapping[str, Given],
    register: Register,
    record: Record | None,
    judgement: Judgement,
    violations: list[Violation],
    key: str,
) -> dict[str, str]:
    """Canonical texts of the values; what cannot be read stays as typed and is added to `violations`."""
    texts: dict[str, str] = {}
    for name, value in _by_field(given, register, judgement).items():
        declared = register.fields[name]
        if declared.engine:
            raise Refused(f"“{declared.header}”由控制台自动填写,不能修改。")
        if name == STATUS:
            possible = _possible_text(register, record)
            raise Refused(f"“状态”不能直接填写,请使用操作(transition)。现在可以做的操作:{possible}。")
        text = _joined(value, declared)
        try:
            texts[name] = declared.kind.show(declared.kind.parse(text))
        except Misread as problem:
            texts[name] = text
            violations.append(judgement.misread(register.key, key, name, text, problem))
    return texts


def _joined(value: Given, declared: Field) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not declared.kind.many:
        raise Refused(f"“{declared.header}”只能填一个值,不能给一列值。")
    return "、".join(value)


def _readable(declared: Field, value: Given) -> str:
    """A base as its canonical text, or as it stands: a broken cell was seen broken."""
    text = _joined(value, declared)
    try:
        return declared.kind.show(declared.kind.parse(text))
    except Misread:
        return text


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
            f"状态是“{state}”的记录不能做“{transition.label}”。现在可以做的操作:{_possible_text(register, record)}。"
        )
    if transition.reason_required and not reason.strip():
        raise Refused(f"“{transition.label}”需要写明原因。")
    return transition


def possible(register: Register, record: Record | None) -> Sequence[Transition]:
    """The transitions a record's state admits; the same list draws the buttons and guards the save."""
    if register.workflow is None or record is None:
        return ()
    return register.workflow.possible(record.text(STATUS), record.texts())


def _possible_text(register: Register, record: Record | None) -> str:
    return "、".join(f"{one.key}({one.label})" for one in possible(register, record)) or "没有"


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


def canonical(declared: Field, text: str) -> str:
    """A text as its column shows it: a stamp of the minute in a column of dates is the day."""
    reading = declared.kind.read(text or None)
    return reading.text


def _split(
    given: Mapping[str, Given], register: Register, transition: Transition | None, registers: Mapping[str, Register]
) -> tuple[dict[str, Given], dict[str, dict[str, Given]]]:
    """What is meant for the record itself, and by register what a button's form asks for the records it writes to."""
    own: dict[str, Given] = {}
    others: dict[str, dict[str, Given]] = {}
    effects = transition.effects if transition is not None else ()
    for name, value in given.items():
        place = next((one for one in effects if _asks(one, name, registers)), None)
        if register.field(name) is not None or place is None:
            own[name] = value
        else:
            others.setdefault(place.register, {})[name] = value
    return own, others


def _asks(effect: Effect, name: str, registers: Mapping[str, Register]) -> bool:
    declared = registers[effect.register].field(name)
    return declared is not None and declared.name in effect.asks


def _take_effect(
    understood: Understood,
    effect: Effect,
    transition: Transition,
    record: Record,
    others: Mapping[str, Mapping[str, Given]],
    judgement: Judgement,
    registers: Mapping[str, Register],
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Add what a button writes into another record, and the id of a record it makes to the one it was pressed on."""
    register, edit = registers[effect.register], understood.edit
    texts = record.texts() | dict(edit.values) | {ID_FIELD: record.key}
    linked = texts.get(effect.link, "")
    if not effect.creates and not linked:
        return
    other = None if effect.creates else judgement.record(effect.register, linked)
    if judgement.tables.get(effect.register) is None:
        raise Refused(
            f"“{transition.label}”要写“{register.title}”,但工作簿里没有这个工作表,请先用 python -m logic init 建表。"
        )
    if other is None and not effect.creates:
        raise Refused(f"“{register.title}”里没有编号为 {linked} 的记录,不能做“{transition.label}”。请核对后再试。")
    key = other.key if other is not None else new_id(register.prefix, now.date())
    typed = _texts(others.get(effect.register, {}), register, other, judgement, understood.violations, key)
    values = _initial(register, actor, now) if other is None else {}
    for name, value in effect.values.items():
        text = texts.get(value.field, "") if isinstance(value, Copy) else key if value == NEW_ID else value
        standing = typed.get(name) or (other.text(name) if other is not None else "")
        if not isinstance(value, Copy):
            text = stamped(text, standing, actor.name, now) or standing
        values[name] = canonical(register.fields[name], text)
    values |= typed
    base = {name: other.text(name) for name in values} if other is not None else {}
    understood.effects.append(
        Edit(register=register.key, record=key, new=other is None, values=values, base=base, effect=True)
    )
    understood.missing.extend(_lacking(effect.needs, transition, register, other, values, judgement, key))
    if effect.creates:
        own = {
            "values": {**edit.values, effect.link: key},
            "base": {**edit.base, effect.link: record.text(effect.link)},
        }
        understood.edit = edit.model_copy(update=own)


def _initial(register: Register, actor: Actor, now: dt.datetime) -> dict[str, str]:
    """What a new record starts with: who registered it when, the first state, declared initial values."""
    stamp = f"{now:%Y-%m-%d %H:%M}"
    texts = {
        name: stamp if declared.initial == "now" else declared.initial
        for name, declared in register.fields.items()
        if declared.initial is not None
    }
    if register.workflow is not None and register.workflow.initial:
        texts[STATUS] = register.workflow.initial
    return texts | {"created_by": actor.name, "created_at": stamp}


def _lacking(
    needs: Sequence[str],
    transition: Transition,
    register: Register,
    record: Record | None,
    wanted: Mapping[str, str],
    judgement: Judgement,
    key: str,
) -> list[Violation]:
    """What a button needs filled, in its own record or in one it writes to, and is not."""
    missing = [name for name in needs if not wanted.get(name, record.text(name) if record is not None else "").strip()]
    return [
        judgement.misread(
            register.key,
            key,
            name,
            "",
            Misread(f"做“{transition.label}”之前要填写“{register.fields[name].header}”", "请先填写再保存"),
        )
        for name in missing
    ]
