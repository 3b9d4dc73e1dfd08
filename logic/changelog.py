"""修改记录: the journal as staff read it, direct edits and what was refused included; never a name for a direct edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from logic import wording
from logic.access import Actor
from logic.changes import Source
from logic.desk import Desk, NotRead
from logic.exporting import ViewRow
from logic.fields import STANDARD_FIELDS
from logic.history import SOURCES
from logic.judgement import Judgement
from logic.register import Register
from logic.seeing import hidden, sees
from sheets.ids import is_id
from sheets.journal import FAILED, PENDING, SHEET_ACTOR
from sheets.logged import Cursor, Filter, LoggedLine, LogReader
from sheets.port import CellFormat
from sheets.store import Store

PAGE_LINES = 100
EXPORTED = 50_000  # lines of one download
STATES: Mapping[str, tuple[str, ...]] = {"已保存": ("saved",), "没有保存": FAILED, "待写入": (PENDING,)}
_OUTCOMES = {"pending": "Queued"}
_HIDDEN = tuple(name for name in STANDARD_FIELDS if name not in ("status", "note"))


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for; what is empty does not matter. `outcome` is a key of STATES."""

    person: str = ""
    register: str = ""
    record: str = ""
    source: str = ""
    outcome: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of one change, in words; for 说明 the rule stands in place of a column. `number`: of the change. `rules`:
    what it was refused for. `said`: its reason, or why it failed."""

    number: int
    at: dt.datetime
    actor: str
    source: str
    register: str
    title: str
    record: str
    field: str
    column: str
    before: str
    after: str
    state: str
    outcome: str
    rules: str
    said: str


class ChangeLog:
    """The journal of the installation as one person may read it."""

    def __init__(self, store: Store, registers: Mapping[str, Register], desks: Mapping[str, Desk], viewer: str) -> None:
        """`desks`: by register. `viewer`: who reads, "" while nobody has said who they are."""
        self._reader, self._registers, self._desks = LogReader(store), registers, desks
        self._viewer = viewer
        self._judgements: dict[str, Judgement | None] = {}
        self._seen: dict[tuple[str, str, str], bool] = {}

    def people(self) -> list[str]:
        """Whoever made changes, 表格直接修改 aside: that is a source, not a person."""
        return [name for name in self._reader.actors() if name and name != SHEET_ACTOR]

    def page(self, query: Query, start: Cursor | None, count: int = PAGE_LINES) -> tuple[list[Line], Cursor | None]:
        wanted = self._filter(query)
        if wanted is None:
            return [], None
        lines, following = self._reader.page(wanted, start, count)
        return [self._line(one) for one in lines], following

    def lines(self, query: Query, limit: int = EXPORTED) -> Iterator[Line]:
        """All lines, the newest first, at most `limit`."""
        start: Cursor | None = None
        while limit > 0:
            found, start = self.page(query, start, min(limit, 1000))
            yield from found
            limit -= len(found)
            if start is None:
                return

    def _filter(self, query: Query) -> Filter | None:
        """The query in the words of the journal; None where nothing can match."""
        record, register = query.record.strip().upper(), query.register
        if record:
            prefixed = [one.key for one in self._registers.values() if record.startswith(one.prefix)]
            if not is_id(record) or not prefixed or register not in ("", prefixed[0]):
                return None
            register = prefixed[0]
        return Filter(
            actor=query.person,
            source=query.source,
            states=STATES.get(query.outcome, ()),
            workbook=self._desks[register].workbook if register else "",
            register=register,
            record=record,
            first=query.first.isoformat() if query.first is not None else "",
            last=query.last.isoformat() if query.last is not None else "",
            hidden=_HIDDEN,
        )

    def _line(self, one: LoggedLine) -> Line:
        register = self._registers.get(one.register)
        declared = register.fields.get(one.field) if register is not None else None
        is_seen = not one.field or self._sees(register, one.record, one.field)
        explained = f"{'说明' if one.reason else '撤回说明'} {'、'.join(one.explains)}" if one.explains else ""
        return Line(
            number=one.seq,
            at=dt.datetime.fromisoformat(one.at),
            actor=SHEET_ACTOR if one.source == Source.SHEET else one.actor,
            source=SOURCES[Source(one.source)],
            register=one.register,
            title=register.title if register is not None else one.register,
            record=one.record,
            field=one.field,
            column=explained or (declared.header if declared is not None else one.field),
            before=one.before if is_seen else hidden(one.before),
            after=one.reason if explained else one.after if is_seen else hidden(one.after),
            state=one.state,
            outcome=wording.outcome_label(_OUTCOMES.get(one.state, one.state.capitalize())),
            rules="、".join(dict.fromkeys((*one.rules, *one.explains))),
            said=one.why or ("" if explained else one.reason),
        )

    def _sees(self, register: Register | None, record: str, name: str) -> bool:
        if register is None:
            return False
        place = (register.key, record if register.fields.get(name) else "", name)
        if place not in self._seen:
            judgement = self._judgement(register.key)
            person: Actor | None = None
            if judgement is not None and self._viewer:
                person = judgement.people.actor(self._viewer)
            standing = judgement.record(register.key, record) if judgement is not None else None
            today = self._desks[register.key].clock().date()
            self._seen[place] = sees(person, register, name, standing, today)
        return self._seen[place]

    def _judgement(self, register: str) -> Judgement | None:
        if register not in self._judgements:
            try:
                self._judgements[register] = self._desks[register].view().judgement
            except NotRead:
                self._judgements[register] = None
        return self._judgements[register]


COLUMNS = {
    "时间": CellFormat.DATETIME,
    **dict.fromkeys(
        ("操作者", "来源", "登记表", "行编号", "字段", "旧值", "新值", "结果", "问题编号", "说明"), CellFormat.TEXT
    ),
}


def cells(line: Line) -> ViewRow:
    """A line as a row of COLUMNS."""
    return (
        line.at, line.actor, line.source, line.title, line.record, line.column, line.before, line.after, line.outcome,
        line.rules, line.said,
    )  # fmt: skip
