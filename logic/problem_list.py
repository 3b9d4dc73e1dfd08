"""Makes the list of 数据体检 from the judgement, the store and the journal of a workbook.

Made once for everybody whenever the workbook, its journal or the minute is another.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

from logic.desk import Desk, View
from logic.explaining import Explanations
from logic.judgement import Judgement, Record, Violation
from logic.problems import PUT_RIGHT_DAYS, Problem, Status
from logic.register import Register
from logic.rules import Level
from sheets.findings import Remembered

COUNTED_AGAIN = dt.timedelta(seconds=10)
Place = tuple[str, ...]


def problems_of(desk: Desk) -> Sequence[Problem]:
    """Everything that is or was wrong in a workbook; raises NotRead while it was never read."""
    return _maker(desk).problems(desk)


def open_count(desk: Desk) -> int:
    """How many problems of a workbook nobody has settled, as of a few seconds ago: every page shows it, at every click."""
    return _maker(desk).open_count(desk)


def of_record(desk: Desk, register: str, record: str) -> list[Problem]:
    """What is wrong with one record now, judged afresh."""
    view, now = desk.view(), desk.clock()
    found = [*view.judgement.violations(register, record), *view.judgement.due(now, register, record)]
    known = by_place(one for one in desk.found.standing_of(register, record))
    explained = Explanations(desk.journal.explanations(desk.workbook)) if found else Explanations()
    return [problem(desk.registers[register], view.judgement, one, explained, known) for one in found]


class _Maker:
    """Makes the problems of one workbook; while it does, others get those of before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[tuple[object, ...], Sequence[Problem]] | None = None
        self._count, self._made_at = 0, dt.datetime.min
        self._due: tuple[tuple[object, ...], Sequence[Violation]] = ((), ())
        self._explained: tuple[int, Explanations] = (-1, Explanations())

    def problems(self, desk: Desk) -> Sequence[Problem]:
        view, version, now = desk.view(), desk.journal.version(), desk.clock()
        minute = now.replace(second=0, microsecond=0)
        key = (view.judgement, version, desk.found.version(), minute)
        made = self._made
        if made is not None and made[0] == key:
            return made[1]
        if not self._lock.acquire(blocking=made is None):
            assert made is not None
            return made[1]
        try:
            found = list(self._make(desk, view, version, minute, now))
            self._made, self._made_at = (key, found), now
            self._count = sum(one.status is Status.OPEN for one in found)
            return found
        finally:
            self._lock.release()

    def open_count(self, desk: Desk) -> int:
        if desk.clock() - self._made_at >= COUNTED_AGAIN:
            self.problems(desk)
        return self._count

    def _make(self, desk: Desk, view: View, version: int, minute: dt.datetime, now: dt.datetime) -> Iterator[Problem]:
        judgement = view.judgement
        if self._due[0] != (judgement, minute):
            self._due = (judgement, minute), judgement.due(now)
        if self._explained[0] != version:
            self._explained = version, Explanations(desk.journal.explanations(desk.workbook))
        known = by_place(desk.found.standing())
        for one in (*judgement.violations(), *self._due[1]):
            yield problem(desk.registers[one.register], judgement, one, self._explained[1], known)
        since = now - dt.timedelta(days=PUT_RIGHT_DAYS)
        for one in desk.found.gone(since.isoformat(timespec="seconds")):
            if one.register in desk.registers:
                yield _gone(desk.registers[one.register], judgement, one)


_making = threading.Lock()
_makers: WeakKeyDictionary[Desk, _Maker] = WeakKeyDictionary()


def _maker(desk: Desk) -> _Maker:
    with _making:
        return _makers.setdefault(desk, _Maker())


def problem(
    register: Register,
    judgement: Judgement,
    found: Violation,
    explanations: Explanations,
    known: Mapping[Place, Remembered],
) -> Problem:
    record = judgement.record(found.register, found.record) if found.record else None
    place = (found.register, found.record, found.rule, found.field)
    # In other words it is still the same one: the store learns them within the minute.
    seen = known.get((*place, found.message)) or known.get(place)
    status, by, said = _settled(register, judgement, found, record, explanations)
    return Problem(
        register=register,
        violation=found,
        status=status,
        seen_at=dt.datetime.fromisoformat(seen.seen_at) if seen is not None else None,
        source=seen.source if seen is not None else "",
        person=answerable(register, record),
        by=by,
        said=said,
        record=record,
    )


def _settled(
    register: Register, judgement: Judgement, found: Violation, record: Record | None, explanations: Explanations
) -> tuple[Status, str, str]:
    """How far it is settled, by whom, and why."""
    if record is None:
        return Status.OPEN, "", ""
    if found.released:
        release = judgement.releases.find(found.register, found.record, found.rule, record.texts())
        if release is not None:
            return Status.RELEASED, release.by, release.reason
        facts = [f"{register.fields[name].header}:{record.text(name)}" for name in register.released_when]
        return Status.RELEASED, "", ";".join(facts)
    if explanations.concern(found):
        explained = explanations.find(found, record.texts())
        if explained is not None:
            return Status.EXPLAINED, explained.by, explained.reason
    return Status.OPEN, "", ""


def _gone(register: Register, judgement: Judgement, one: Remembered) -> Problem:
    """What was put right, as it was last."""
    declared = register.fields.get(one.field)
    record = judgement.record(one.register, one.record) if one.record else None
    found = Violation(
        register=one.register,
        record=one.record,
        sheet=register.title,
        row=None,
        cell="",
        column=declared.header if declared is not None else "",
        field=one.field,
        rule=one.rule,
        level=Level(one.level),
        value=one.value,
        message=one.message,
        remedy="",
        source="",
    )
    return Problem(
        register=register,
        violation=found,
        status=Status.GONE,
        seen_at=dt.datetime.fromisoformat(one.seen_at),
        source=one.source,
        person=answerable(register, record),
        gone_at=dt.datetime.fromisoformat(one.gone_at) if one.gone_at is not None else None,
        record=record,
    )


def answerable(register: Register, record: Record | None) -> str:
    """Who answers for a record: what it says itself, never who may have typed it straight into the sheet."""
    if record is None:
        return ""
    return next((text for name in register.answerable if (text := record.text(name).strip())), "")


def by_place(remembered: Iterable[Remembered]) -> Mapping[Place, Remembered]:
    """By place and words, and by place alone."""
    found: dict[Place, Remembered] = {}
    for one in remembered:
        place = (one.register, one.record, one.rule, one.field)
        found[*place, one.message] = one
        found.setdefault(place, one)
    return found
