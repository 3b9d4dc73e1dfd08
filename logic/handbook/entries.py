"""What the declarations say, as data: `python -m logic handbook --json` prints it, the handbook is written from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from logic.engine_rules import ENGINE_RULES
from logic.handbook import examples
from logic.handbook.uncheckable import UNCHECKABLE
from logic.register import Register
from logic.rules import Case, Level, Rule, Timing
from logic.settings import Parameter
from logic.trade.parameters import PARAMETERS
from logic.workflow import Transition

ALL_REGISTERS = "*"
Registers = Mapping[str, Register]


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a rule in the words of the sheet, what the console finds in it, and whether a head may let all of
    that pass."""

    told: tuple[str, ...]
    says: tuple[tuple[Level, str], ...] = ()
    releasable: bool = False

    @property
    def levels(self) -> frozenset[Level]:
        return frozenset(level for level, _ in self.says)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A rule as the handbook shows it, judged at whatever times; `register` is None for those of every register."""

    id: str
    also: tuple[str, ...]
    register: Register | None
    levels: tuple[Level, ...]
    timings: frozenset[Timing]
    docs: tuple[str, ...]
    grounds: tuple[str, ...]
    columns: tuple[str, ...]
    settings: tuple[str, ...]
    rules: tuple[Rule, ...]
    good: tuple[Example, ...]
    bad: tuple[Example, ...]
    active: bool
    why: str

    @property
    def key(self) -> str:
        return self.register.key if self.register is not None else ALL_REGISTERS

    @property
    def release(self) -> str:
        """May a head let it pass, as staff read it; empty where nothing needs to be let pass."""
        if Level.BLOCK not in self.levels or self.register is None or not self.active:
            return ""
        blocking = {one.releasable for one in self.bad if Level.BLOCK in one.levels} or {
            one.releasable for one in self.rules if one.level is Level.BLOCK
        }
        if blocking == {True}:
            return "可以由主管写明理由放行"
        return "部分情况可以由主管写明理由放行,见例子" if True in blocking else "不能放行"


def entries(registers: Registers, key: str | None = None) -> tuple[Entry, ...]:
    """The rules of one register, in the order of its declaration; without a key those of every register."""
    if key is None:
        return tuple(_entry(None, group, registers) for group in _grouped(ENGINE_RULES))
    register = registers[key]
    return tuple(_entry(register, group, registers) for group in _grouped(register.rules))


def all_entries(registers: Registers) -> tuple[Entry, ...]:
    return (*entries(registers), *(one for key in registers for one in entries(registers, key)))


def about(register: Register) -> str:
    """What a register is for, without its title, which stands above."""
    return register.doc.removeprefix(f"{register.title}:")


def asked_by(parameter: Parameter, registers: Registers) -> tuple[str, ...]:
    """Ids of the rules that ask a setting: as the rules say themselves, then those foreseen for it."""
    rules = (one for register in registers.values() for one in register.rules)
    return tuple(dict.fromkeys((*(one.id for one in rules if parameter.key in one.settings), *parameter.used_by)))


def registers_data(registers: Registers) -> dict[str, Any]:
    """Registers with their columns, workflows, every rule with what it waits for, settings, what no rule can judge;
    lists and texts only.

    A rule judged at several times (as it stands, and when it is changed) is listed once; one that answers further
    numbers of the catalogue is listed under each of them.
    """
    return {
        "registers": [_register(register) for register in registers.values()],
        "workflows": [_workflow(register) for register in registers.values() if register.workflow is not None],
        "rules": [rule for register in (None, *registers.values()) for rule in _rules(register, registers)],
        "settings": [_setting(one, registers) for one in PARAMETERS.values()],
        "uncheckable": [
            {"sentences": [str(source) for source in one.sources], "why": one.why, "instead": one.instead}
            for one in UNCHECKABLE
        ],
    }


def _entry(register: Register | None, group: list[Rule], known: Registers) -> Entry:
    good, bad = (
        tuple(
            _example(register, one, case, known)
            for one in group
            if register is not None
            for case in (one.good if is_good else one.bad)
        )
        for is_good in (True, False)
    )
    shown = [level for example in bad for level in sorted(example.levels, key=list(Level).index)]
    return Entry(
        id=group[0].id,
        also=_each(id for one in group for id in one.also),
        register=register,
        levels=tuple(dict.fromkeys((*(one.level for one in group), *shown))),
        timings=frozenset(one.timing for one in group),
        docs=_each(one.doc for one in group),
        grounds=_each(str(source) for one in group for source in one.source),
        columns=examples.headers(register, [name for one in group for name in one.fields]) if register else (),
        settings=_each(key for one in group for key in one.settings),
        rules=tuple(group),
        good=good,
        bad=bad,
        active=any(one.active(known) for one in group),
        why=_why(group, known),
    )


def _example(register: Register, rule: Rule, case: Case, known: Registers) -> Example:
    """An example told and judged; one that speaks of registers which do not exist yet is only told."""
    told = examples.told(register, case, known)
    if not rule.active(known) or not case.rows.keys() <= known.keys():
        return Example(told)
    found = examples.verdict(register, rule, case, known)
    says = {(one.level, f"{one.message}。{one.remedy}"): None for one in found}
    blocking = [one.releasable for one in found if one.level is Level.BLOCK]
    return Example(told, tuple(says), bool(blocking) and all(blocking))


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _grouped(rules: Iterable[Rule]) -> list[list[Rule]]:
    groups: dict[str, list[Rule]] = {}
    for one in rules:
        groups.setdefault(one.id, []).append(one)
    return list(groups.values())


def _why(group: list[Rule], known: Registers) -> str:
    return ";".join(_each(why for one in group if (why := one.why_waiting(known))))


def _register(register: Register) -> dict[str, Any]:
    columns = [
        {
            "field": one.name,
            "header": one.header,
            "kind": one.kind.name,
            "options": list(one.kind.options),
            "required": one.required,
        }
        for one in register.fields.values()
    ]
    return {"key": register.key, "title": register.title, "columns": columns}


def _workflow(register: Register) -> dict[str, Any]:
    flow = register.workflow
    assert flow is not None
    return {
        "register": register.key,
        "states": list(flow.states),
        "transitions": [_transition(one) for one in flow.transitions],
    }


def _transition(one: Transition) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "from": list(one.source_states),
        "to": one.target,
        "roles": list(one.roles),
        "needs": list(one.needs),
        "stamps": dict(one.stamps),
    }


def _rules(register: Register | None, known: Registers) -> Iterable[dict[str, Any]]:
    for group in _grouped(register.rules if register is not None else ENGINE_RULES):
        active = any(one.active(known) for one in group)
        for id in _each((group[0].id, *(also for one in group for also in one.also))):
            yield {
                "id": id,
                "register": register.key if register is not None else ALL_REGISTERS,
                "level": str(group[0].level),
                "state": "active" if active else "waiting",
                "why": _why(group, known),
            }


def _setting(one: Parameter, registers: Registers) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "kind": one.kind.name,
        "default": one.default,
        "rules": list(asked_by(one, registers)),
        "source": str(one.source) if one.source is not None else "",
    }
