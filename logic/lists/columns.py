"""Which columns of a register matter to whom, as its declaration tells: what a list shows, what it can be filtered by.

Nobody lists columns for a role. What a person works with follows from the buttons they may press in open states, from
the deadlines that run there, and from who answers for a record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from logic.access import Actor, acts_as, permit
from logic.awaited import VOID
from logic.fields import Field
from logic.register import Register
from logic.workflow import STATUS, Transition

MOST, LEAST = 16, 10  # columns shown to somebody who works in a register, and to somebody who looks at it
CREATED_BY, CREATED_AT = "created_by", "created_at"
ENGINE = (CREATED_BY, CREATED_AT, "updated_by", "updated_at", "record_id")
_ANSWERS = ("choice", "choices", "yes_no", "staff")
_DATES = ("date", "datetime", "moment")
_BULKY = ("long_text", "photo", "link")


@cache
def listed(register: Register) -> Sequence[Field]:
    """Every column a list can show, in its order: 状态 and what names a record first, then as in the sheet, the
    console's own last; 检查结果 is drawn apart."""
    own = [one for one in register.fields.values() if not one.engine and one.name != STATUS]
    own.sort(key=lambda one: not one.naming)
    return (register.fields[STATUS], *own, *(register.fields[name] for name in ENGINE))


def fitting(register: Register, actor: Actor | None, on: dt.date) -> tuple[str, ...]:
    """The columns this person works with that day, in the order of the list."""
    steps = list(_pressed(register, actor, on))
    wanted = [STATUS, *register.naming, main_date(register), *_watched(register, steps), *register.answerable]
    wanted += [name for step in steps for name in step.needs]
    wanted += [one.name for one in listed(register) if one.kind.name == "money"][:2]
    wanted += [name for step in steps for name in (*step.stamps, *step.asks)]
    if len(set(wanted)) < MOST:
        works = bool(steps) or actor is None or any(permit(actor, register, one, on=on) for one in ("create", "edit"))
        handy = [one.name for one in listed(register) if not (one.engine or one.sensitive or one.kind.name in _BULKY)]
        handy.sort(key=lambda name: not register.fields[name].required)
        wanted += handy[: max(0, (MOST if works else LEAST) - len(set(wanted)))]
    chosen = set(list(dict.fromkeys(wanted))[:MOST])
    return tuple(one.name for one in listed(register) if one.name in chosen)


def _pressed(register: Register, actor: Actor | None, on: dt.date) -> Iterator[Transition]:
    """The buttons of open states that are this person's daily work."""
    workflow = register.workflow
    for step in workflow.transitions if workflow is not None else ():
        is_open = any(state not in workflow.closed_states for state in step.source_states) if workflow else False
        is_daily = is_open and step.key != VOID and not step.reason_required
        if is_daily and actor is not None and any(acts_as(actor, role, on) for role in step.roles):
            yield step


def _watched(register: Register, steps: Iterable[Transition]) -> Iterator[str]:
    """The dates that the deadlines of these buttons rest on."""
    rules = {step.deadline.rule for step in steps if step.deadline is not None}
    for rule in register.rules:
        if rule.id in rules:
            yield from (name for name in rule.fields if register.fields[name].kind.name in _DATES)


@cache
def main_date(register: Register) -> str:
    """The column that dates a record: filled by itself when it is registered, else the first date, else 登记时间."""
    dates = [one for one in register.fields.values() if one.kind.name in _DATES and not one.engine]
    return next((one.name for one in dates if one.initial == "now"), dates[0].name if dates else CREATED_AT)


@cache
def dates(register: Register) -> Sequence[Field]:
    """The columns a span of days can be asked of, the one that dates a record first."""
    names = dict.fromkeys((main_date(register), *(one.name for one in listed(register))))
    return [register.fields[name] for name in names if register.fields[name].kind.name in _DATES]


@cache
def answers(register: Register) -> Sequence[Field]:
    """The columns with a list of answers, that records can be filtered by; 状态 has a filter of its own."""
    return [one for one in listed(register) if one.kind.name in _ANSWERS and one.name != STATUS and not one.sensitive]


@cache
def people(register: Register) -> Sequence[str]:
    """The columns that say whose a record is: who registered it, who answers for it, who did something with it."""
    named = [one.name for one in register.fields.values() if one.kind.name == "staff" and one.name != "updated_by"]
    return tuple(dict.fromkeys((*register.answerable, *named)))
