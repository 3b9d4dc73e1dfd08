"""What somebody typed, as texts of columns: by field or header, canonical where it can be read, refused where it makes no sense."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from logic.access import Actor
from logic.judgement import Judgement
from logic.kinds import Misread
from logic.records import Record
from logic.register import Field, Register
from logic.violations import Violation
from logic.workflow import STATUS, Transition

Given = str | Sequence[str] | None  # a text, several texts for a column of several values, None to empty the cell


class Refused(Exception):
    """The request cannot be meant; the text is a Chinese sentence saying why and what is possible."""


def writable(register: Register, judgement: Judgement) -> None:
    """Raise Refused where this register cannot be written: no tab, or headers that cannot be trusted."""
    table = judgement.tables.get(register.key)
    if table is None:
        raise Refused(f"工作簿里没有“{register.title}”这个工作表,请先用 python -m logic init 建表。")
    if table.faults:
        problems = "、".join(
            f"“{fault.header}”{'缺失' if fault.kind == 'missing' else '重复(' + '、'.join(fault.cells) + ')'}"
            for fault in table.faults
        )
        raise Refused(f"“{register.title}”目前只读:表头{problems}。请在表格里改正表头后再试。")


def by_field(given: Mapping[str, Given], register: Register, judgement: Judgement) -> dict[str, Given]:
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


def texts(
    given: Mapping[str, Given],
    register: Register,
    record: Record | None,
    judgement: Judgement,
    violations: list[Violation],
    key: str,
) -> dict[str, str]:
    """Canonical texts of the values; what cannot be read stays as typed and is added to `violations`."""
    texts: dict[str, str] = {}
    for name, value in by_field(given, register, judgement).items():
        declared = register.fields[name]
        if declared.engine:
            raise Refused(f"“{declared.header}”由控制台自动填写,不能修改。")
        if name == STATUS:
            possible = possible_text(register, record)
            raise Refused(f"“状态”不能直接填写,请使用操作(transition)。现在可以做的操作:{possible}。")
        text = _joined(value, declared)
        try:
            texts[name] = declared.kind.show(declared.kind.parse(text))
        except Misread as problem:
            texts[name] = text
            violations.append(judgement.misread(register, key, name, text, problem))
    return texts


def _joined(value: Given, declared: Field) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not declared.kind.many:
        raise Refused(f"“{declared.header}”只能填一个值,不能给一列值。")
    return "、".join(value)


def readable(declared: Field, value: Given) -> str:
    """A base as its canonical text, or as it stands: a broken cell was seen broken."""
    text = _joined(value, declared)
    try:
        return declared.kind.show(declared.kind.parse(text))
    except Misread:
        return text


def canonical(declared: Field, text: str) -> str:
    """A text as its column shows it: a stamp of the minute in a column of dates is the day."""
    reading = declared.kind.read(text or None)
    return reading.text


def initial(register: Register, actor: Actor, now: dt.datetime) -> dict[str, str]:
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


def lacking(
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
            register,
            key,
            name,
            "",
            Misread(f"做“{transition.label}”之前要填写“{register.fields[name].header}”", "请先填写再保存"),
        )
        for name in missing
    ]


def possible(register: Register, record: Record | None) -> Sequence[Transition]:
    """The transitions a record's state admits; the same list draws the buttons and guards the save."""
    if register.workflow is None or record is None:
        return ()
    steps = register.workflow.possible(record.text(STATUS))
    return tuple(step for step in steps if step.concerns({name: record.text(name) for name in step.only}))


def possible_text(register: Register, record: Record | None) -> str:
    return "、".join(f"{one.key}({one.label})" for one in possible(register, record)) or "没有"
