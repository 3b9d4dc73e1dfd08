"""What a button writes into other records (连带修改): found through the record it was pressed on, in one step with it.

A record of the same workbook is changed by the same Change; one of another workbook by a Change that follows from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from logic.access import Actor
from logic.changes import Edit
from logic.elsewhere import Elsewhere
from logic.judgement import Judgement
from logic.records import Record
from logic.register import Register
from logic.typed import Given, Refused, by_field, canonical, initial, lacking, readable, texts, writable
from logic.violations import Violation
from logic.workflow import NEW_ID, Copy, Effect, Transition, stamped
from sheets.ids import new_id
from sheets.table import ID_FIELD


@dataclass(slots=True)
class Understood:
    """The Edit that an Ask comes to, those its button's effects come to, what could not be read in them, and what the
    transition needs filled before."""

    edit: Edit
    violations: list[Violation] = field(default_factory=list[Violation])
    missing: list[Violation] = field(default_factory=list[Violation])
    effects: list[Edit] = field(default_factory=list[Edit])
    following: list[tuple[str, Edit]] = field(default_factory=list[tuple[str, Edit]])  # by the id of their workbook

    @property
    def edits(self) -> tuple[Edit, ...]:
        return self.edit, *self.effects


def split(
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


def take_effect(
    understood: Understood,
    effect: Effect,
    transition: Transition,
    record: Record,
    others: Mapping[str, Mapping[str, Given]],
    seen: Mapping[str, Mapping[str, Given]],
    judgement: Judgement,
    elsewhere: Elsewhere,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Add what a button writes into another record, and the id of a record it makes to the one it was pressed on."""
    register, edit = elsewhere.registers[effect.register], understood.edit
    workbook = elsewhere.workbook(effect.register)
    standing_here = record.texts() | dict(edit.values) | {ID_FIELD: record.key}
    linked = standing_here.get(effect.link, "")
    if not effect.creates and not linked:
        return
    find = judgement.record if workbook is None else elsewhere.record
    other = None if effect.creates else find(effect.register, linked)
    if workbook is None:
        writable(register, judgement)
    if other is None and not effect.creates:
        header = elsewhere.registers[record.register].fields[effect.link].header
        remedy = f"被删除的请主管在“需要您处理”里恢复到表格;确实没有了的,请主管清空“{header}”再做"
        raise Refused(f"“{register.title}”里没有编号为 {linked} 的记录,不能做“{transition.label}”。{remedy}。")
    key = other.key if other is not None else new_id(register.prefix, now.date())
    typed = texts(others.get(effect.register, {}), register, other, judgement, understood.violations, key)
    values = initial(register, actor, now) if other is None else {}
    for name, value in effect.values.items():
        text = standing_here.get(value.field, "") if isinstance(value, Copy) else key if value == NEW_ID else value
        standing = typed.get(name) or (other.text(name) if other is not None else "")
        if not isinstance(value, Copy):
            text = stamped(text, standing, actor.name, now) or standing
        values[name] = canonical(register.fields[name], text)
    values |= typed
    base: dict[str, str] = {}
    if other is not None:
        given = by_field(seen.get(effect.register, {}), register, judgement)
        base = {name: other.text(name) for name in values}
        base |= {name: readable(register.fields[name], text) for name, text in given.items() if name in values}
    made = Edit(register=register.key, record=key, new=other is None, values=values, base=base, effect=True)
    if workbook is None:
        understood.effects.append(made)
    else:
        understood.following.append((workbook, made))
    understood.missing.extend(lacking(effect.needs, transition, register, other, values, judgement, key))
    if effect.creates:
        own = {
            "values": {**edit.values, effect.link: key},
            "base": {**edit.base, effect.link: record.text(effect.link)},
        }
        understood.edit = edit.model_copy(update=own)
