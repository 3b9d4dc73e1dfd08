"""工作台: what waits for somebody, what is due, what they registered today.

What a record waits for follows from its workflow and is found once for a Judgement, whoever asks; a record that stands
unchanged is not looked at again. What one person sees of that is kept for as long as the Judgement is the same.
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from logic.access import Actor, acts_as, permit
from logic.clock import date_of
from logic.judgement import Judgement
from logic.records import Record
from logic.register import Register
from logic.rules import Level
from logic.typed import possible
from logic.violations import Violation
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NOW, NOW_IF_BLANK, Transition

SHOWN = 5  # records named of each group
DUE_AGAIN = dt.timedelta(minutes=1)  # what is due is judged afresh for all records, at most this often
T = TypeVar("T")
_STAMPS = (NOW, NOW_IF_BLANK, ACTOR, ACTOR_IF_BLANK)
_LEVELS = {Level.BLOCK: 0, Level.WARN: 1, Level.REMIND: 2}


@dataclass(frozen=True, slots=True)
class Task:
    """How many records wait for one button which the person may press, how many of them are their own, and the first:
    their own, then in the order of the sheet."""

    register: Register
    step: Transition
    count: int
    own: int
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Due:
    """How often one rule says, at one level, that something is due or late, how often of the person's own records, and
    the first of it: their own, then in the order of the sheet."""

    register: Register
    rule: str
    level: Level
    count: int
    own: int
    violations: Sequence[Violation]


@dataclass(frozen=True, slots=True)
class Mine:
    """What the board says to one person about the registers of one workbook."""

    tasks: Sequence[Task]
    due: Sequence[Due]
    registered: Sequence[Record]


@dataclass(slots=True)
class _Shelf:
    """What the records of a register wait for: keys by button, and of the last days by who registered them."""

    records: Mapping[str, Record]
    known: Mapping[str, tuple[object, tuple[Transition, ...]]]
    waiting: Mapping[str, Sequence[str]]
    registered: Mapping[tuple[str, dt.date], Sequence[str]]


@dataclass(slots=True)
class _Late:
    """What was due when that was last looked at, each finding with the cells of its record."""

    at: dt.datetime
    found: Sequence[tuple[Violation, object]]


@dataclass(slots=True)
class _Answers:
    """What was said to whom about a Judgement."""

    judgement: Judgement
    late: _Late | None
    by_person: dict[tuple[Actor, dt.date], Mine] = field(default_factory=dict[tuple[Actor, dt.date], Mine])


class Board:
    """The board of one workbook; safe to ask from many threads."""

    def __init__(self) -> None:
        self._making, self._judging = threading.Lock(), threading.Lock()
        self._shelves: dict[str, _Shelf] = {}
        self._late: _Late | None = None
        self._answers: _Answers | None = None

    def of(self, judgement: Judgement, actor: Actor, now: dt.datetime) -> Mine:
        """What waits for this person now."""
        late = self._due(judgement, now)
        answers = self._answers
        if answers is None or answers.judgement is not judgement or answers.late is not late:
            answers = self._answers = _Answers(judgement, late)
        asked = actor, now.date()
        if asked not in answers.by_person:
            answers.by_person[asked] = self._mine(judgement, late, actor, now)
        return answers.by_person[asked]

    def _mine(self, judgement: Judgement, late: _Late | None, actor: Actor, now: dt.datetime) -> Mine:
        with self._making:
            shelves = {
                key: self._shelf(judgement, register)
                for key, register in judgement.registers.items()
                if judgement.tables.get(key) is not None
            }
        is_own = _ownership(judgement, actor)
        tasks: list[Task] = []
        registered: list[Record] = []
        for key, shelf in shelves.items():
            register = judgement.registers[key]
            for step in register.workflow.transitions if register.workflow is not None else ():
                keys = shelf.waiting.get(step.key, ())
                if keys and _may_press(actor, register, step, now.date()):
                    records = [shelf.records[one] for one in keys]
                    own = [one for one in records if is_own(one)]
                    tasks.append(Task(register, step, len(keys), len(own), _first(own, records)))
            registered += [shelf.records[one] for one in shelf.registered.get((actor.name, now.date()), ())]
        return Mine(tasks, _grouped(judgement, late, is_own), registered)

    def _shelf(self, judgement: Judgement, register: Register) -> _Shelf:
        """What the records of a register wait for; only those that read otherwise than before are looked at."""
        records = judgement.records(register.key)
        found = self._shelves.get(register.key)
        if found is None or found.records is not records:
            since = judgement.now.date() - dt.timedelta(days=1)
            before = found.known if found is not None else {}
            found = self._shelves[register.key] = _made(register, records, before, since)
        return found

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
                cells = [(one, record.cells) for one, record in found if record is not None]
                self._late = _Late(now, cells)
            return self._late
        finally:
            self._judging.release()


def waits_for(register: Register, record: Record) -> tuple[Transition, ...]:
    """The buttons that a record waits for: the first that moves it on, and those that leave it where it is, as long as
    what they write is not there yet."""
    if record.id is None or record.id != record.key:
        return ()
    steps = [one for one in possible(register, record) if not one.aside and not one.reason_required]
    moving = [one for one in steps if one.target is not None][:1]
    return (*moving, *(one for one in steps if one.target is None and not _is_done(one, record)))


def _is_done(step: Transition, record: Record) -> bool:
    """Stands everything there that the button needs and writes?"""
    texts = {name: record.text(name) for name in (*step.needs, *step.stamps)}
    written = all(texts[name] == stamp for name, stamp in step.stamps.items() if stamp not in _STAMPS)
    return written and all(texts.values())


def _may_press(actor: Actor, register: Register, step: Transition, on: dt.date) -> bool:
    return any(acts_as(actor, role, on) for role in step.roles) and bool(permit(actor, register, step.key, on=on))


def _made(
    register: Register,
    records: Mapping[str, Record],
    before: Mapping[str, tuple[object, tuple[Transition, ...]]],
    since: dt.date,
) -> _Shelf:
    known: dict[str, tuple[object, tuple[Transition, ...]]] = {}
    waiting: dict[str, list[str]] = {}
    registered: dict[tuple[str, dt.date], list[str]] = {}
    for key, record in records.items():
        entry = before.get(key)
        if entry is None or entry[0] is not record.cells:
            entry = (record.cells, waits_for(register, record))
        known[key] = entry
        for step in entry[1]:
            waiting.setdefault(step.key, []).append(key)
        at = record.typed.created_at
        if at is not None and date_of(at) >= since and record.typed.created_by is not None:
            registered.setdefault((record.typed.created_by, date_of(at)), []).append(key)
    return _Shelf(records, known, waiting, registered)


def _grouped(judgement: Judgement, late: _Late | None, is_own: Callable[[Record], bool]) -> list[Due]:
    """By register, rule and level, late before due. A record that was changed since is left out until it is looked at
    again: what was asked for may be done."""
    groups: dict[tuple[str, str, Level], list[tuple[Violation, Record]]] = {}
    for violation, cells in late.found if late is not None else ():
        record = judgement.record(violation.register, violation.record)
        if record is not None and record.cells is cells:
            groups.setdefault((violation.register, violation.rule, violation.level), []).append((violation, record))
    found: list[Due] = []
    for (key, rule, level), members in groups.items():
        own = [violation for violation, record in members if is_own(record)]
        first = _first(own, [violation for violation, _ in members])
        found.append(Due(judgement.registers[key], rule, level, len(members), len(own), first))
    return sorted(found, key=lambda one: (not one.own, _LEVELS[one.level]))


def _first(own: Sequence[T], every: Iterable[T]) -> Sequence[T]:
    """The first to be shown, own ones before others."""
    chosen = {id(one) for one in own}
    others = (one for one in every if id(one) not in chosen)
    return tuple(itertools.islice((*own[:SHOWN], *itertools.islice(others, SHOWN)), SHOWN))


def _ownership(judgement: Judgement, actor: Actor) -> Callable[[Record], bool]:
    """Whether a record names the person, by whatever name the roster knows, in any of its columns of people."""
    columns: dict[str, Sequence[str]] = {
        key: [name for name, one in register.fields.items() if one.kind.name == "staff" and name != "updated_by"]
        for key, register in judgement.registers.items()
    }
    same: dict[str, bool] = {}

    def is_own(record: Record) -> bool:
        for name in columns[record.register]:
            value = getattr(record.typed, name)
            for person in (value if isinstance(value, tuple) else (value,)) if value else ():
                if person not in same:
                    same[person] = judgement.people.same(person, actor.name)
                if same[person]:
                    return True
        return False

    return is_own


_boards: dict[str, Board] = {}


def board_of(workbook: str) -> Board:
    """The board of a workbook, by its id."""
    return _boards.setdefault(workbook, Board())
