"""预览影响: how many records a setting would make wrong or right, before it takes effect (DESIGN §4).

The setting is tried on a Judgement as if it had been approved; nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from logic.judgement import Amendment, Judgement
from logic.people import ROSTER
from logic.register import Register
from logic.rules import Level
from logic.settings import SETTINGS, Parameter
from logic.trade.parameters import PARAMETERS
from logic.violations import Violation
from sheets.ids import new_id

Rule = tuple[str, str]  # register and id of a rule
Group = tuple[str, str, Level]
_Found = dict[Group, dict[str, Violation]]  # by rule and level, then by record
_LEVELS = (Level.BLOCK, Level.WARN, Level.REMIND)


class Unclear(Exception):
    """What was typed does not say which setting is to be what; the text is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Impact:
    """One rule at one level: how many records it finds fault with now and then, and those that are new among them."""

    register: str
    rule: str
    level: Level
    before: int
    after: int
    broken: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a setting comes to. `before` and `after` count records, each once, whichever rules find fault with it."""

    parameter: Parameter
    value: str
    since: dt.date
    before: int
    after: int
    impacts: tuple[Impact, ...]

    @property
    def broken(self) -> tuple[Violation, ...]:
        return tuple(one for impact in self.impacts for one in impact.broken)


def preview(
    judgements: Sequence[Judgement], record: str | None, values: Mapping[str, str], now: dt.datetime
) -> Preview:
    """Try a row of 制度参数, one that is there with these texts typed into it or a new one, on the judgements of all
    workbooks, of which one holds the tab; raises Unclear."""
    home = next(one for one in judgements if one.tables.get(SETTINGS) is not None)
    register = home.registers[SETTINGS]
    standing = home.record(SETTINGS, record) if record is not None else None
    texts = (standing.texts() if standing is not None else {}) | dict(values)
    parameter = _parameter(register.fields["key"].kind.read(texts.get("key") or None).text)
    reading = parameter.kind.read(texts.get("value") or None)
    if reading.problem is not None:
        raise Unclear(f"“{parameter.title}”的值看不懂:{reading.problem}")
    if reading.value is None and parameter.default:
        raise Unclear(f"请先填写“{parameter.title}”的值,再预览影响。")
    day = register.fields["effective_from"].kind.read(texts.get("effective_from") or now.date().isoformat())
    if day.problem is not None:
        raise Unclear(f"生效日期看不懂:{day.problem}")
    key = standing.key if standing is not None else new_id(register.prefix, now.date())
    as_approved = {"effective_from": day.text, "approver": texts.get("approver") or register.title}
    tried = Amendment(SETTINGS, key, {**values, **as_approved}, new=standing is None)
    after = home.amended([tried], now=now)
    was, will, impacts = _Found(), _Found(), list[Impact]()
    for one in judgements:
        asked = set(_asking(one, parameter.key))
        if asked:
            before, then = (home, after) if one is home else _elsewhere(one, judgements, after, now)
            was_here, will_here = _found(before, asked, now), _found(then, asked, now)
            impacts.extend(_impacts(one.registers, asked, was_here, will_here))
            was.update(was_here)
            will.update(will_here)
    return Preview(parameter, reading.text, day.value, _records(was), _records(will), tuple(impacts))


def _elsewhere(
    one: Judgement, judgements: Sequence[Judgement], after: Judgement, now: dt.datetime
) -> tuple[Judgement, Judgement]:
    """A workbook without the tab, resting on the settings as they are and as they would be."""
    roster = next((other.records(ROSTER) for other in judgements if other.tables.get(ROSTER) is not None), {})
    home = next(other for other in judgements if other.tables.get(SETTINGS) is not None)
    before, then = (
        one.advanced(one.tables, now=now, kept={ROSTER: roster, SETTINGS: other.records(SETTINGS)})
        for other in (home, after)
    )
    return before, then


def _parameter(title: str) -> Parameter:
    found = next((one for one in PARAMETERS.values() if one.title == title), None)
    if found is None:
        raise Unclear("请先选择参数名,再预览影响。")
    return found


def _asking(judgement: Judgement, parameter: str) -> Iterable[Rule]:
    """The rules that ask this setting, where their register has a tab."""
    for key, register in judgement.registers.items():
        if key != SETTINGS and judgement.tables.get(key) is not None:
            yield from ((key, one.id) for one in register.rules if parameter in one.settings)


def _found(judgement: Judgement, asked: set[Rule], now: dt.datetime) -> _Found:
    """What these rules find."""
    found: _Found = defaultdict(dict)
    standing = [
        one for register in sorted({register for register, _ in asked}) for one in judgement.violations(register)
    ]
    for one in (*standing, *(judgement.due(now) if asked else ())):
        if one.record and (one.register, one.rule) in asked:
            found[one.register, one.rule, one.level].setdefault(one.record, one)
    return found


def _records(found: _Found) -> int:
    return len({(group[0], record) for group, members in found.items() for record in members})


def _impacts(
    registers: Mapping[str, Register],
    asked: set[Rule],
    was: _Found,
    will: _Found,
) -> Iterable[Impact]:
    """Every rule that asks the setting, at each level at which it finds something; once with nothing where it does not."""
    order = list(registers)
    for register, rule in sorted(asked, key=lambda one: (order.index(one[0]), one[1])):
        groups = [(register, rule, level) for level in _LEVELS if (register, rule, level) in {*was, *will}]
        declared = next(one.level for one in registers[register].rules if one.id == rule)
        for group in groups or [(register, rule, declared)]:
            before, after = was.get(group, {}), will.get(group, {})
            broken = tuple(one for record, one in after.items() if record not in before)
            yield Impact(register, rule, group[2], len(before), len(after), broken)
