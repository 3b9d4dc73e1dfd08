"""数据体检 (待整改清单): a problem with since when, who answers for it and how far it is settled; what somebody looks for."""

from __future__ import annotations

import datetime as dt
import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from logic.access import Actor
from logic.changes import Source
from logic.exporting import ViewRow
from logic.history import SOURCES
from logic.judgement import Record, Violation
from logic.people import People
from logic.register import Register
from logic.rules import Level
from logic.seeing import hidden, sees, without
from sheets.port import CellFormat

PUT_RIGHT_DAYS = 30  # how far back 已改正 is listed
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
    private = (without(text, found.value) for text in (found.message, found.remedy))
    return Shown(hidden(found.value), *private)


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


def _turn(one: Problem) -> tuple[bool, float, float, int]:
    if one.gone_at is not None:
        return True, -one.gone_at.timestamp(), 0.0, 0
    seen = one.seen_at.timestamp() if one.seen_at is not None else float("inf")
    return False, _ORDER[one.violation.level], seen, one.violation.row or 0
