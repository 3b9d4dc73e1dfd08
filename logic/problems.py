"""数据体检 (待整改清单): everything that is wrong now, with since when, who answers for it and how far it is settled.

Made once for everybody whenever the workbook, its journal or the minute is another; what a person looks for is found in
that.
"""

from __future__ import annotations

import datetime as dt
import enum
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from logic.access import Actor
from logic.changes import Source
from logic.desk import Desk, View
from logic.explaining import Explanations
from logic.exporting import ViewRow
from logic.history import SOURCES
from logic.judgement import Judgement, Record, Violation
from logic.seeing import hidden, sees, without
from logic.people import People
from logic.register import Register
from logic.rules import Level
from sheets.findings import Remembered
from sheets.port import CellFormat

PUT_RIGHT_DAYS = 30  # how far back 已改正 is listed
Place = tuple[str, ...]
_ORDER = {Level.BLOCK: 0, Level.WARN: 1, Level.REMIND: 2}


class Status(enum.StrEnum):
    """How far a problem is settled, in the words staff see."""

    OPEN = "未处理"
    EXPLAINED = "已说明"
    RELEASED = "已放行"
    GONE = "已改正"


@dataclass(frozen=True, slots=True)
class Problem:
    """A violation with what the store and the register know beside it. `seen_at`: None while it is just being found.

    `person`: who answers for the record (责任人), as it says itself; "" where it says nothing. `by` and `said`: who
    explained or released it, and why. `gone_at`: since when it is put right.
    """

    register: Register
    violation: Violation
    status: Status
    seen_at: dt.datetime | None
    source: str
    person: str
    by: str = ""
    said: str = ""
    gone_at: dt.datetime | None = None
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for; what is empty does not matter. `people`: names of which one answers for the record.
    `days`: found at least so long ago."""

    register: str = ""
    rule: str = ""
    level: str = ""
    people: frozenset[str] = frozenset()
    days: int = 0
    status: str = ""


def find(problems: Iterable[Problem], query: Query, now: dt.datetime) -> list[Problem]:
    """Those that match: what cannot be saved first, then the oldest; what was put right, the latest first."""
    latest = now - dt.timedelta(days=query.days)
    found = [
        one
        for one in problems
        if query.register in ("", one.register.key)
        and query.rule in ("", one.violation.rule)
        and query.level in ("", one.violation.level)
        and query.status in ("", one.status)
        and (not query.people or one.person in query.people)
        and (not query.days or (one.seen_at is not None and one.seen_at <= latest))
    ]
    return sorted(found, key=_turn)


def counts(problems: Iterable[Problem]) -> Mapping[str, Counter[Level]]:
    """How many are open, by register and level; registers without any are left out."""
    found: dict[str, Counter[Level]] = {}
    for one in problems:
        if one.status is Status.OPEN:
            found.setdefault(one.register.key, Counter())[one.violation.level] += 1
    return found


def settled(problems: Iterable[Problem]) -> Counter[Status]:
    """How many there are of each status."""
    return Counter(one.status for one in problems)


def names_of(people: People, name: str, problems: Iterable[Problem]) -> frozenset[str]:
    """The names under which this person answers for something: 姓名, 花名 or 旺旺子账号."""
    return frozenset({name, *(one.person for one in problems if one.person and people.same(one.person, name))})


def problems_of(desk: Desk) -> Sequence[Problem]:
    """Everything that is or was wrong in a workbook; raises NotRead while it was never read."""
    with _making:
        maker = _makers.setdefault(desk, _Maker())
    return maker.problems(desk)


def of_record(desk: Desk, register: str, record: str) -> list[Problem]:
    """What is wrong with one record now, judged afresh."""
    view, now = desk.view(), desk.clock()
    found = [*view.judgement.violations(register, record), *view.judgement.due(now, register, record)]
    known = _by_place(one for one in desk.found.standing_of(register, record))
    explained = Explanations(desk.journal.explanations(desk.workbook)) if found else Explanations()
    return [_problem(desk.registers[register], view.judgement, one, explained, known) for one in found]


class _Maker:
    """Makes the problems of one workbook; while it does, others get those of before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[tuple[object, ...], Sequence[Problem]] | None = None
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
            self._made = (key, found)
            return found
        finally:
            self._lock.release()

    def _make(self, desk: Desk, view: View, version: int, minute: dt.datetime, now: dt.datetime) -> Iterator[Problem]:
        judgement = view.judgement
        if self._due[0] != (judgement, minute):
            self._due = (judgement, minute), judgement.due(now)
        if self._explained[0] != version:
            self._explained = version, Explanations(desk.journal.explanations(desk.workbook))
        known = _by_place(desk.found.standing())
        for one in (*judgement.violations(), *self._due[1]):
            yield _problem(desk.registers[one.register], judgement, one, self._explained[1], known)
        since = now - dt.timedelta(days=PUT_RIGHT_DAYS)
        for one in desk.found.gone(since.isoformat(timespec="seconds")):
            if one.register in desk.registers:
                yield _gone(desk.registers[one.register], judgement, one)


_making = threading.Lock()
_makers: WeakKeyDictionary[Desk, _Maker] = WeakKeyDictionary()


def _problem(
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


@dataclass(frozen=True, slots=True)
class Shown:
    """The texts of a violation as one person may see them: without what a sensitive column holds, for others."""

    value: str
    message: str
    remedy: str


def shown_to(actor: Actor | None, one: Problem, on: dt.date) -> Shown:
    found = one.violation
    if sees(actor, one.register, found.field, one.record, on):
        return Shown(found.value, found.message, found.remedy)
    hidden = (without(text, found.value) for text in (found.message, found.remedy))
    return Shown(hidden(found.value), *hidden)


COLUMNS = {
    **dict.fromkeys(("状态", "级别", "登记表", "行编号", "字段", "单元格"), CellFormat.TEXT),
    **dict.fromkeys(("当前值", "提示", "怎么改", "责任人"), CellFormat.TEXT),
    "发现时间": CellFormat.DATETIME,
    **dict.fromkeys(("来源", "问题编号", "说明人", "说明"), CellFormat.TEXT),
    "改正时间": CellFormat.DATETIME,
}


def cells(one: Problem, shown: Shown) -> ViewRow:
    """A problem as a row of COLUMNS."""
    found = one.violation
    return (
        one.status, found.level.label, one.register.title, found.record, found.column, found.cell,
        shown.value, shown.message, shown.remedy, one.person, one.seen_at, source_label(one), found.rule,
        one.by, one.said, one.gone_at,
    )  # fmt: skip


def source_label(one: Problem) -> str:
    """Where the change was made that brought it about, "" where the journal does not know."""
    return SOURCES[Source(one.source)] if one.source else ""


def _by_place(remembered: Iterable[Remembered]) -> Mapping[Place, Remembered]:
    """By place and words, and by place alone."""
    found: dict[Place, Remembered] = {}
    for one in remembered:
        place = (one.register, one.record, one.rule, one.field)
        found[*place, one.message] = one
        found.setdefault(place, one)
    return found


def _turn(one: Problem) -> tuple[bool, float, float, int]:
    if one.gone_at is not None:
        return True, -one.gone_at.timestamp(), 0.0, 0
    seen = one.seen_at.timestamp() if one.seen_at is not None else float("inf")
    return False, _ORDER[one.violation.level], seen, one.violation.row or 0
