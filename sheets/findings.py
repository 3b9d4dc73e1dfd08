"""Since when something is found wrong, and until when it was (发现时间, 已改正): findings as the store remembers them.

Whoever holds the lock of the workbook keeps them, and writes only what changed. A finding whose wording changed, because
the value or the day did, is the same one; so is that of a row which got its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, text

from sheets.store import Store

REMEMBERED_DAYS = 400  # what was put right is kept for a year and the month in which that year is reviewed
_ONE_BY_ONE = 100  # beyond so many records a whole register is read at once
Identity = tuple[str, str, str, str]  # record, rule, field, message


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding that stands now. `fields`: the columns whose last change brought it about; they tell its source."""

    record: str
    rule: str
    field: str
    message: str
    level: str
    value: str
    fields: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        return self.record, self.rule, self.field, self.message


@dataclass(frozen=True, slots=True)
class Remembered:
    """A finding on record. `source`: where the change was made that brought it about, "" where the journal does not
    know. `gone_at`: None while it stands. `due`: found by the clock."""

    n: int
    register: str
    record: str
    rule: str
    field: str
    message: str
    level: str
    value: str
    due: bool
    source: str
    seen_at: str
    gone_at: str | None

    @property
    def identity(self) -> Identity:
        return self.record, self.rule, self.field, self.message


@dataclass(frozen=True, slots=True)
class Scope:
    """What was looked at: of a register all records, or these ("" are findings on no record), and all that stands there."""

    register: str
    due: bool
    records: frozenset[str] | None
    found: Sequence[Standing]


@dataclass(slots=True)
class _Difference:
    came: list[tuple[Scope, Standing]] = field(default_factory=list[tuple[Scope, Standing]])
    went: list[Remembered] = field(default_factory=list[Remembered])
    reworded: list[tuple[Remembered, Standing]] = field(default_factory=list[tuple[Remembered, Standing]])

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.reworded)


_COLUMNS = "n, register, record, rule, field, message, level, value, due, source, seen_at, gone_at"
_OF_REGISTER = "workbook=:w AND register=:g AND due=:d AND gone_at IS NULL"
_SOURCE = text(
    "SELECT changes.source FROM cells JOIN changes ON changes.seq=cells.seq WHERE cells.workbook=:w AND register=:g"
    " AND record=:r AND field IN :fields ORDER BY cells.n DESC LIMIT 1"
).bindparams(bindparam("fields", expanding=True))


class FindingLog:
    """The findings of one workbook."""

    def __init__(self, store: Store, workbook: str) -> None:
        self.store, self.workbook = store, workbook
        self._key = f"findings {workbook}"

    def version(self) -> str:
        """Differs whenever anything here changed; begins with the name of whoever kept it last."""
        return self.store.meta(self._key) or ""

    def kept_by(self, holder: str) -> bool:
        """Was it this one who kept it last? Otherwise everything must be compared anew."""
        return self.version().partition(" ")[0] == holder

    def standing(self) -> list[Remembered]:
        with self.store.reading() as connection:
            return _rows(connection, "workbook=:w AND gone_at IS NULL", w=self.workbook)

    def standing_of(self, register: str, record: str) -> list[Remembered]:
        """Those of one record."""
        with self.store.reading() as connection:
            where = "workbook=:w AND register=:g AND record=:r AND gone_at IS NULL"
            return _rows(connection, where, w=self.workbook, g=register, r=record)

    def gone(self, since: str) -> list[Remembered]:
        """What was put right since then, the latest first."""
        with self.store.reading() as connection:
            where = "workbook=:w AND gone_at>=:s ORDER BY gone_at DESC, n DESC"
            return _rows(connection, where, w=self.workbook, s=since)

    def keep(self, holder: str, scopes: Sequence[Scope], at: str, forget: str) -> None:
        """From now on exactly this stands in these scopes; what was put right before `forget` is forgotten."""
        with self.store.reading() as connection:
            found = _Difference()
            for scope in scopes:
                self._compare(connection, scope, found)
        if not found and self.kept_by(holder):
            return
        with self.store.transaction() as connection:
            self._write(connection, found, at)
            connection.execute(
                text("DELETE FROM findings WHERE workbook=:w AND gone_at<:f"), {"w": self.workbook, "f": forget}
            )
            count = int(self._version(connection).partition(" ")[2] or 0)
            connection.execute(
                text("INSERT OR REPLACE INTO meta VALUES (:k, :v)"), {"k": self._key, "v": f"{holder} {count + 1}"}
            )

    def _version(self, connection: Connection) -> str:
        return connection.execute(text("SELECT value FROM meta WHERE key=:k"), {"k": self._key}).scalar() or ""

    def _compare(self, connection: Connection, scope: Scope, found: _Difference) -> None:
        known = {one.identity: one for one in self._known(connection, scope)}
        wanted = {one.identity: one for one in scope.found}
        for identity in known.keys() & wanted.keys():
            old, new = known[identity], wanted[identity]
            if (old.level, old.value) != (new.level, new.value):
                found.reworded.append((old, new))
        went = [one for identity, one in known.items() if identity not in wanted]
        came = [one for identity, one in wanted.items() if identity not in known]
        pairs, went, came = _paired(went, came)
        found.reworded.extend(pairs)
        found.went.extend(went)
        found.came.extend((scope, one) for one in came)

    def _known(self, connection: Connection, scope: Scope) -> Iterable[Remembered]:
        values = {"w": self.workbook, "g": scope.register, "d": scope.due}
        if scope.records is not None and len(scope.records) <= _ONE_BY_ONE:
            for record in scope.records:
                yield from _rows(connection, f"{_OF_REGISTER} AND record=:r", **values, r=record)
            return
        for one in _rows(connection, _OF_REGISTER, **values):
            if scope.records is None or one.record in scope.records:
                yield one

    def _write(self, connection: Connection, found: _Difference, at: str) -> None:
        new = [self._row(connection, scope, one, at) for scope, one in found.came]
        gone = [{"n": one.n, "at": at} for one in found.went if not _is_unnumbered(one.record)]
        dropped = [{"n": one.n} for one in found.went if _is_unnumbered(one.record)]
        changed = [
            {"n": old.n, "r": new.record, "m": new.message, "l": new.level, "v": new.value}
            for old, new in found.reworded
        ]
        for statement, rows in (
            (
                "INSERT INTO findings (workbook, register, record, rule, field, message, level, value, due, source,"
                " seen_at) VALUES (:w, :g, :record, :rule, :field, :message, :level, :value, :d, :s, :at)",
                new,
            ),
            ("UPDATE findings SET gone_at=:at WHERE n=:n", gone),
            # A row without an id is known by its number alone: who would say later which one was put right?
            ("DELETE FROM findings WHERE n=:n", dropped),
            ("UPDATE findings SET record=:r, message=:m, level=:l, value=:v WHERE n=:n", changed),
        ):
            if rows:
                connection.execute(text(statement), rows)

    def _row(self, connection: Connection, scope: Scope, one: Standing, at: str) -> Mapping[str, Any]:
        where = {"w": self.workbook, "g": scope.register, "r": one.record, "fields": list(one.fields)}
        source = connection.execute(_SOURCE, where).scalar() if one.fields and one.record else None
        values = {name: value for name, value in asdict(one).items() if name != "fields"}
        return values | {"w": self.workbook, "g": scope.register, "d": scope.due, "s": source or "", "at": at}


def _paired(
    went: Sequence[Remembered], came: Sequence[Standing]
) -> tuple[list[tuple[Remembered, Standing]], list[Remembered], list[Standing]]:
    """Which of those that came are ones that went in other words, or under another key; and what is left of both."""
    pairs: list[tuple[Remembered, Standing]] = []
    by_place: dict[tuple[str, ...], list[Remembered]] = {}
    for one in went:
        by_place.setdefault((one.record, one.rule, one.field), []).append(one)
    waiting: list[Standing] = []
    for one in came:
        same = by_place.get((one.record, one.rule, one.field))
        if same:
            pairs.append((same.pop(0), one))
        else:
            waiting.append(one)
    by_words: dict[tuple[str, ...], list[Remembered]] = {}
    for one in (one for group in by_place.values() for one in group):
        by_words.setdefault((one.rule, one.field, one.message, one.value), []).append(one)
    left: list[Standing] = []
    for one in waiting:
        same = by_words.get((one.rule, one.field, one.message, one.value), [])
        moved = next((old for old in same if _is_unnumbered(old.record) != _is_unnumbered(one.record)), None)
        if moved is None:
            left.append(one)
        else:
            same.remove(moved)
            pairs.append((moved, one))
    return pairs, [one for group in by_words.values() for one in group], left


def _is_unnumbered(record: str) -> bool:
    return record.startswith("#")


def _rows(connection: Connection, where: str, **values: object) -> list[Remembered]:
    rows = connection.execute(text(f"SELECT {_COLUMNS} FROM findings WHERE {where}"), values).mappings()
    return [Remembered(**{**row, "due": bool(row["due"])}) for row in rows]
