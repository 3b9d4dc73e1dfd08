"""Declarations in sentences for staff: what a button writes, who may do what, what a column takes, what is printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from logic import wording
from logic.fields import STANDARD_FIELDS, Field
from logic.handbook.entries import Entry
from logic.handbook.examples import headers
from logic.handbook.mermaid import NO_STATE
from logic.register import Printout, Register
from logic.rules import Rule, Timing
from logic.trade.parameters import PARAMETERS
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NEW_ID, NOW, NOW_IF_BLANK, Copy, Effect, Transition

Registers = Mapping[str, Register]
_STAMPS = {
    NOW: "当时的时间",
    NOW_IF_BLANK: "当时的时间(已填的不改)",
    ACTOR: "操作人",
    ACTOR_IF_BLANK: "操作人(已填的不改)",
    NEW_ID: "新记录的编号",
}
_GRANTS = {
    "C": "新增",
    "e": "修改自己登记的",
    "E": "修改",
    "S": "办理点名由本岗位办理的操作",
    "A": "审核",
    "V": "查看",
}
_FEW = 20
_TIMINGS = {Timing.TIMED: "到期检查", Timing.DIFF: "修改时对照前后检查"}


@dataclass(frozen=True, slots=True)
class Step:
    """A button in words: from which states to which, who, what must be filled, what it writes, and what else."""

    label: str
    begins: str
    ends: str
    who: str
    needs: str
    writes: str
    more: tuple[str, ...]


def step_words(register: Register, step: Transition, registers: Registers) -> Step:
    return Step(
        label=step.label,
        begins="、".join(state or NO_STATE for state in step.source_states),
        ends="状态不变" if step.target is None else step.target or NO_STATE,
        who="、".join(step.roles),
        needs=_filled(register, step.needs, step.asks),
        writes=";".join(f"{_header(register, name)}:{_value(register, stamp)}" for name, stamp in step.stamps.items()),
        more=tuple(_more(register, step, registers)),
    )


def _filled(register: Register | None, needs: Sequence[str], asks: Sequence[str]) -> str:
    """What must be filled in for a button, and what may be."""
    needed = "、".join(_header(register, name) for name in needs)
    offered = "、".join(_header(register, name) for name in asks if name not in needs)
    return ";".join(one for one in (needed, f"可以填 {offered}" if offered else "") if one)


def _more(register: Register, step: Transition, registers: Registers) -> Iterator[str]:
    for name, texts in step.only.items():
        yield f"只用于“{_header(register, name)}”是{'、'.join(text or '空' for text in texts)}的记录"
    if step.reason_required:
        yield "要写明原因"
    if step.guard:
        yield step.guard
    if step.deadline is not None:
        watched = f"(见 {step.deadline.rule})" if step.deadline.rule else ""
        yield f"期限:{step.deadline.text}{watched}"
    for effect in step.effects:
        yield _effect(register, effect, registers)
    if step.prints is not None:
        yield f"可以打印“{_printout_title(*step.prints, registers)}”"


def _effect(register: Register, effect: Effect, registers: Registers) -> str:
    """What is written into the other record, as one sentence."""
    other = registers.get(effect.register)
    title, link = (other.title if other is not None else effect.register), _header(register, effect.link)
    said = f"同时在“{title}”新建一条,编号写入“{link}”" if effect.creates else f"同时修改“{link}”所指的“{title}”"
    written = [f"{_header(other, name)}:{_value(register, value)}" for name, value in effect.values.items()]
    parts = [f"写入 {';'.join(written)}"] if written else []
    filled = _filled(other, effect.needs, effect.asks)
    parts += [filled if filled.startswith("可以填") else f"要填 {filled}"] if filled else []
    return ",".join([said, *parts])


def _value(register: Register, value: str | Copy) -> str:
    if isinstance(value, Copy):
        return f"和本记录的“{_header(register, value.field)}”相同"
    return _STAMPS.get(value, value) or "清空"


def _header(register: Register | None, name: str) -> str:
    return headers(register, [name])[0] if register is not None else name


def _printout_title(key: str, print_key: str, registers: Registers) -> str:
    prints = registers[key].prints if key in registers else ()
    return next((one.title for one in prints if one.key == print_key), print_key)


def own_columns(register: Register) -> tuple[Field, ...]:
    """The columns people fill in, 状态 and 备注 included; the console's own are the same everywhere."""
    return tuple(one for one in register.fields.values() if not one.engine)


def engine_columns(register: Register) -> tuple[Field, ...]:
    """The columns the console writes in every register."""
    return tuple(register.fields[name] for name in STANDARD_FIELDS if register.fields[name].engine)


def options(column: Field) -> str:
    """What a column offers to choose from; of a long list the beginning, as its drop-down shows it all."""
    several = column.kind.options
    listed = wording.listed(several) if len(several) > _FEW else "、".join(several)
    if column.options_from:
        setting = PARAMETERS.get(column.options_from)
        named = f"制度参数“{setting.title if setting is not None else column.options_from}”里的内容"
        listed = f"{listed};{named}" if listed else named
    return f"{listed}(也可以填别的)" if listed and not column.kind.closed else listed


def grants(register: Register) -> tuple[tuple[str, str], ...]:
    """Each role and what it may do; none where everybody may do everything."""
    return tuple(
        (role, "、".join(_GRANTS.get(letter, letter) for letter in letters.replace(" ", "")))
        for role, letters in register.grants.items()
    )


def steps_by_role(register: Register) -> tuple[tuple[str, str], ...]:
    """Each role that is named by buttons, and the buttons."""
    found: dict[str, list[str]] = {}
    for step in register.workflow.transitions if register.workflow is not None else ():
        for role in step.roles:
            found.setdefault(role, []).append(step.label)
    return tuple((role, "、".join(labels)) for role, labels in found.items())


def released_when(register: Register) -> str:
    """What lets a record pass by itself, as a sentence; empty where nothing does."""
    cases = [f"“{_header(register, name)}”是{'、'.join(texts)}" for name, texts in register.released_when.items()]
    return f"{'或'.join(cases)}的记录,可以放行的“不能保存”自动改为“需说明”。" if cases else ""


def printout(register: Register, one: Printout) -> tuple[str, ...]:
    """A printout in sentences."""
    copies = [copy for copy in one.copies if copy]
    return (
        *((f"一式 {len(copies)} 联:{'、'.join(copies)}",) if copies else ()),
        f"内容:{'、'.join(headers(register, one.fields))}",
        *((f"签字:{'、'.join(one.signatures)}",) if one.signatures else ()),
        *((one.note,) if one.note else ()),
    )


def looks(entry: Entry, registers: Registers) -> tuple[str, ...]:
    """What a rule looks at beside its own record."""
    register, found = entry.register, []
    if register is None:
        return ()
    for rule in entry.rules:
        found += _looks(rule, register, registers)
    return tuple(dict.fromkeys(found))


def _looks(rule: Rule, register: Register, registers: Registers) -> Iterator[str]:
    for group in rule.shares:
        yield f"本表“{'、'.join(headers(register, group))}”相同的记录"
    for name in rule.linked:
        yield f"本表“{_header(register, name)}”有相同内容的记录"
    for one in rule.across:
        other = registers.get(one.register)
        there = f"“{_header(other, one.there)}”" if other is not None else ""
        title = other.title if other is not None else one.register
        yield f"“{title}”里{there}和这里的“{_header(register, one.here)}”相同的记录"
    if "staff" in rule.looks_at:
        yield "员工名册里的岗位"


def moments(entry: Entry) -> str:
    """When a rule is judged, where that is not simply at every look."""
    return "、".join(said for timing, said in _TIMINGS.items() if timing in entry.timings)


def red(entry: Entry) -> str:
    """The columns that a formula in a Google spreadsheet turns red by itself, for this rule."""
    names = [name for one in entry.rules for name in one.formulas]
    return "、".join(headers(entry.register, names)) if entry.register is not None else ""


def setting_titles(entry: Entry) -> tuple[str, ...]:
    return tuple(PARAMETERS[key].title if key in PARAMETERS else key for key in entry.settings)
