"""工作台: what waits for somebody, what is due, what they registered today.

What a record waits for follows from its workflow and is found once for a Judgement, whoever asks; a record that stands
unchanged is not looked at again. What one person sees of that is kept for as long as the Judgement is the same.
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, TypeVar

from logic.access import Actor, acts_as, permit
from logic.awaited import awaited
from logic.clock import date_of
from logic.judgement import Judgement
from logic.records import Record
from logic.register import Register
from logic.rules import Level
from logic.violations import Violation
from logic.workflow import Transition

SHOWN = 5  # records named of each group
DUE_AGAIN = dt.timedelta(minutes=3)  # what is due is judged afresh for all records, at most this often
_LEVELS = {Level.BLOCK: 0, Level.WARN: 1, Level.REMIND: 2}

T = TypeVar("T", Record, Violation)
IsMe = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Share(Generic[T]):
    """What one person sees of a group: how many there are, how many of them are their own, and the first few: their own
    before others."""

    count: int
    own: int
    first: Sequence[T]


@dataclass(frozen=True, slots=True)
class Task:
    """Records that wait for one button which the person may press."""

    register: Register
    step: Transition
    share: Share[Record]


@dataclass(frozen=True, slots=True)
class Due:
    """What one rule says, at one level, is due or late."""

    register: Register
    rule: str
    level: Level
    share: Share[Violation]


@dataclass(frozen=True, slots=True)
class Mine:
    """What the board says to one person about the registers of one workbook."""

    tasks: Sequence[Task]
    due: Sequence[Due]
    registered: Sequence[Record]


@dataclass(slots=True)
class _Group(Generic[T]):
    """Members in the order of the sheet, and those that name somebody, by name."""

    members: list[T] = field(default_factory=list[T])
    naming: dict[str, list[T]] = field(default_factory=dict[str, list[T]])

    def add(self, member: T, names: Set[str]) -> None:
        self.members.append(member)
        for name in names:
            self.naming.setdefault(name, []).append(member)

    def seen_by(self, is_me: IsMe) -> Share[T]:
        own = {id(one): one for name, named in self.naming.items() if is_me(name) for one in named}
        others = itertools.islice((one for one in self.members if id(one) not in own), SHOWN)
        first = tuple(itertools.islice((*own.values(), *others), SHOWN))
        return Share(len(self.members), len(own), first)


_Known = Mapping[
    str, tuple[object, tuple[Transition, ...], Set[str]]
]  # by key: cells, what it waits for, whom it names


@dataclass(slots=True)
class _Shelf:
    """What the records of a register wait for, by button, and those of the last days by who registered them."""

    records: Mapping[str, Record]
    known: _Known
    waiting: Mapping[str, _Group[Record]]
    registered: Mapping[tuple[str, dt.date], Sequence[Record]]


@dataclass(slots=True)
class _Late:
    """What was due when that was last looked at, each finding with the cells of its record and whom that names."""

    at: dt.datetime
    found: Sequence[tuple[Violation, object, Set[str]]]


@dataclass(slots=True)
class _Sight:
    """A Judgement with what waits and what is due on it, and what was told to whom."""

    judgement: Judgement
    late: _Late | None
    shelves: Mapping[str, _Shelf]
    due: Mapping[tuple[str, str, Level], _Group[Violation]]
    told: dict[tuple[Actor, dt.date], Mine] = field(default_factory=dict[tuple[Actor, dt.date], Mine])


class Board:
    """The board of one workbook; safe to ask from many threads."""

    def __init__(self) -> None:
        self._making, self._judging = threading.Lock(), threading.Lock()
        self._late: _Late | None = None
        self._sight: _Sight | None = None

    def of(self, judgement: Judgement, actor: Actor, now: dt.datetime) -> Mine:
        """What waits for this person now."""
        sight = self._sighted(judgement, self._due(judgement, now))
        asked = actor, now.date()
        if asked not in sight.told:
            sight.told[asked] = _mine(sight, actor, now.date())
        return sight.told[asked]

    def awaiting(self, judgement: Judgement, actor: Actor, register: str, on: dt.date) -> frozenset[str]:
        """The keys of all records of a register that wait for this person."""
        sight, declared = self._sighted(judgement, self._late), judgement.registers[register]
        shelf, workflow = sight.shelves[register], declared.workflow
        steps = [one for one in workflow.transitions if one.key in shelf.waiting] if workflow is not None else []
        mine = [step for step in steps if _may_press(actor, declared, step, on)]
        return frozenset(record.key for step in mine for record in shelf.waiting[step.key].members)

    def _sighted(self, judgement: Judgement, late: _Late | None) -> _Sight:
        sight = self._sight
        if sight is None or sight.judgement is not judgement or sight.late is not late:
            with self._making:
                sight = self._sight
                if sight is None or sight.judgement is not judgement or sight.late is not late:
                    sight = self._sight = _seen(judgement, late, sight.shelves if sight is not None else {})
        return sight

    def _due(self, judgement: Judgement, now: dt.datetime) -> _Late | None:
        """What is due, as last looked at; nobody waits while another thread looks again."""
        late = self._late
        if late is not None and now - late.at < DUE_AGAIN:
            return late
        if not self._judging.acquire(blocking=late is None):
            return late
        try:
            if self._late is late:
                found = [(one, judgement.record(one.register, one.record)) for one in judgement.due(now) if one.record]
                told = [(one, record.cells, _people_in(record)) for one, record in found if record is not None]
                self._late = _Late(now, told)
            return self._late
        finally:
            self._judging.release()


_boards: dict[str, Board] = {}


def board_of(workbook: str) -> Board:
    """The board of a workbook, by its id."""
    return _boards.setdefault(workbook, Board())


# -- for everybody -----------------------------------------------------------------------------------------------------


def _seen(judgement: Judgement, late: _Late | None, before: Mapping[str, _Shelf]) -> _Sight:
    shelves: dict[str, _Shelf] = {}
    for key, register in judgement.registers.items():
        records, old = judgement.records(key), before.get(key)
        if old is not None and old.records is records:
            shelves[key] = old
        else:
            since = judgement.now.date() - dt.timedelta(days=1)
            shelves[key] = _shelf(register, records, old.known if old is not None else {}, since)
    return _Sight(judgement, late, shelves, _still_due(judgement, late))


def _shelf(register: Register, records: Mapping[str, Record], before: _Known, since: dt.date) -> _Shelf:
    """What the records of a register wait for; only those that read otherwise than before are looked at."""
    known: dict[str, tuple[object, tuple[Transition, ...], Set[str]]] = {}
    waiting: dict[str, _Group[Record]] = {}
    registered: dict[tuple[str, dt.date], list[Record]] = {}
    for key, record in records.items():
        entry = before.get(key)
        if entry is None or entry[0] is not record.cells:
            steps = awaited(register, record)
            entry = (record.cells, steps, _people_in(record) if steps else frozenset[str]())
        known[key] = entry
        for step in entry[1]:
            waiting.setdefault(step.key, _Group[Record]()).add(record, entry[2])
        at, by = record.typed.created_at, record.typed.created_by
        if at is not None and by is not None and date_of(at) >= since:
            registered.setdefault((by, date_of(at)), []).append(record)
    return _Shelf(records, known, waiting, registered)


def _still_due(judgement: Judgement, late: _Late | None) -> Mapping[tuple[str, str, Level], _Group[Violation]]:
    """By register, rule and level. A record that was changed since is left out until it is looked at again: what was
    asked for may be done."""
    groups: dict[tuple[str, str, Level], _Group[Violation]] = {}
    for violation, cells, names in late.found if late is not None else ():
        record = judgement.record(violation.register, violation.record)
        if record is not None and record.cells is cells:
            place = violation.register, violation.rule, violation.level
            groups.setdefault(place, _Group[Violation]()).add(violation, names)
    return groups


def _people_in(record: Record) -> Set[str]:
    """Whom a record names in its columns of people."""
    found: set[str] = set()
    for name in _columns_of_people(record.reader.register):
        value = getattr(record.typed, name)
        if value is not None:
            found.update(value if isinstance(value, tuple) else (value,))
    return found


@cache
def _columns_of_people(register: Register) -> Sequence[str]:
    return tuple(name for name, one in register.fields.items() if one.kind.name == "staff" and name != "updated_by")


# -- for one person ----------------------------------------------------------------------------------------------------


def _mine(sight: _Sight, actor: Actor, today: dt.date) -> Mine:
    registers, people = sight.judgement.registers, sight.judgement.people

    def is_me(name: str) -> bool:
        return people.same(name, actor.name)

    tasks: list[Task] = []
    registered: list[Record] = []
    for key, shelf in sight.shelves.items():
        workflow = registers[key].workflow
        for step in workflow.transitions if workflow is not None else ():
            if step.key in shelf.waiting and _may_press(actor, registers[key], step, today):
                tasks.append(Task(registers[key], step, shelf.waiting[step.key].seen_by(is_me)))
        registered += shelf.registered.get((actor.name, today), ())
    due = [Due(registers[key], rule, level, one.seen_by(is_me)) for (key, rule, level), one in sight.due.items()]
    return Mine(tasks, sorted(due, key=lambda one: (not one.share.own, _LEVELS[one.level])), registered)


def _may_press(actor: Actor, register: Register, step: Transition, on: dt.date) -> bool:
    return any(acts_as(actor, role, on) for role in step.roles) and bool(permit(actor, register, step.key, on=on))
