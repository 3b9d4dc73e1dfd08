"""What rules look at beside their own row: other records with the same values, the roster, other registers.

Look-ups are layered: a change among 50,000 records adds a few entries on top of maps that are shared and never copied.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Hashable, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from logic.access import Actor
from logic.clock import Calendar
from logic.fields import Row
from logic.people import People, folded
from logic.records import Record
from logic.register import Register
from logic.rules import Across
from logic.settings import Settings

GROUP_LIMIT = 200  # more records than this hang together only by a text that is no real number, such as 无
_FLATTEN = 1000

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R", bound=Row)
KeysOf = Callable[[Row], Iterable[Hashable]]
Group = tuple[str, ...]


class Layered(Mapping[K, V], Generic[K, V]):
    """A map that shares its base with the one it was made from; entries are replaced or added on top, never removed."""

    __slots__ = ("base", "over")

    def __init__(self, base: Mapping[K, V], over: Mapping[K, V] | None = None) -> None:
        self.base = base
        self.over: Mapping[K, V] = over or {}

    def __getitem__(self, key: K) -> V:
        return self.over[key] if key in self.over else self.base[key]

    def get(self, key: K, default: Any = None) -> Any:
        if self.over and key in self.over:
            return self.over[key]
        return self.base.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self.base or key in self.over

    def __iter__(self) -> Iterator[K]:
        yield from self.base
        yield from (key for key in self.over if key not in self.base)

    def __len__(self) -> int:
        return len(self.base) + sum(key not in self.base for key in self.over)

    def patched(self, changes: Mapping[K, V]) -> Layered[K, V]:
        """The same with these entries replaced or added; flattened once the layer on top has grown."""
        if not changes:
            return self
        over = {**self.over, **changes}
        return Layered({**self.base, **over}) if len(over) > _FLATTEN else Layered(self.base, over)

    def items(self) -> ItemsView[K, V]:
        return flattened(self).items()

    def values(self) -> ValuesView[V]:
        return flattened(self).values()

    def differing(self, other: Layered[K, V]) -> set[K]:
        """Keys under which the two hold different objects."""
        if self.base is other.base:
            return {key for key in {*self.over, *other.over} if self.get(key) is not other.get(key)}
        one, two = flattened(self), flattened(other)
        came = {key for key, value in one.items() if two.get(key) is not value}
        return came | (two.keys() - one.keys())


def flattened(found: Mapping[K, V]) -> Mapping[K, V]:
    """The same entries in the same order as a dict where there are layers: all of them are looked at much faster so."""
    if not isinstance(found, Layered):
        return found
    return {**found.base, **found.over} if found.over else found.base


def keys_of(register: Register, group: Group) -> KeysOf:
    """How to tell under which values a record shares `group` with others: none where one of the columns is blank, and
    each part of a column of several values for itself."""
    several = [register.fields[name].kind.many for name in group]
    value_of = attrgetter(*group)

    def one(row: Row) -> Iterable[Hashable]:
        value = value_of(row)
        return () if value is None else (value,)

    def parts(row: Row) -> Iterable[Hashable]:
        return value_of(row) or ()

    def together(row: Row) -> Iterable[Hashable]:
        values = value_of(row)
        return () if None in values else (values,)

    def every_combination(row: Row) -> Iterable[Hashable]:
        values = value_of(row)
        if None in values:
            return ()
        return itertools.product(*(value if many else (value,) for value, many in zip(values, several, strict=True)))

    if len(group) == 1:
        return parts if several[0] else one
    return every_combination if any(several) else together


def names_in(fields: Sequence[str]) -> KeysOf:
    """The people a record mentions in these columns, however their names are spelt."""

    def keys(row: Row) -> Iterable[Hashable]:
        found: list[str] = []
        for name in fields:
            value = getattr(row, name)
            if type(value) is str:
                found.append(folded(value))
            elif value is not None:
                found.extend(map(folded, value))
        return found

    return keys


class Index:
    """Which records carry which value. `members` are shared lists: never change one.

    Nearly all records share nothing with anybody; `_crowded` holds those that may, so that most questions end at once.
    """

    __slots__ = ("_crowded", "_keys", "_members")

    def __init__(self, keys: KeysOf, members: Layered[Hashable, Sequence[str]], crowded: Layered[str, bool]) -> None:
        self._keys = keys
        self._members = members
        self._crowded = crowded

    @classmethod
    def of(cls, keys: KeysOf, records: Mapping[str, Record]) -> Index:
        members: dict[Hashable, list[str]] = {}
        crowded: dict[str, bool] = {}
        for key, record in records.items():
            for value in keys(record.typed):
                found = members.get(value)
                if found is None:
                    members[value] = [key]
                else:
                    found.append(key)
                    crowded[key] = crowded[found[0]] = True
        return cls(keys, Layered(members), Layered(crowded))

    def members(self, value: Hashable) -> Sequence[str]:
        return self._members.get(value, ())

    def values(self, row: Row) -> Iterable[Hashable]:
        """Under which values a record stands here."""
        return self._keys(row)

    def is_alone(self, key: str) -> bool:
        """Does this record certainly share no value with another?"""
        return key not in self._crowded

    def beside(self, row: Row) -> Iterator[str]:
        """Keys of all records that share a value with this row, its own included."""
        for value in self._keys(row):
            yield from self.members(value)

    def patched(self, changed: Mapping[str, tuple[Record | None, Record | None]]) -> Index:
        """The index after some records became others (None: did not exist, exists no longer)."""
        members: dict[Hashable, Sequence[str]] = {}
        crowded: dict[str, bool] = {}
        for key, (old, new) in changed.items():
            before = set(self._keys(old.typed)) if old is not None else set[Hashable]()
            after = set(self._keys(new.typed)) if new is not None else set[Hashable]()
            for value in before - after:
                members[value] = [other for other in members.get(value, self.members(value)) if other != key]
            for value in after - before:
                members[value] = [*members.get(value, self.members(value)), key]
                if len(members[value]) > 1:
                    crowded.update(dict.fromkeys(members[value], True))
        return Index(self._keys, self._members.patched(members), self._crowded.patched(crowded))

    def sharing(self, other: Index, row: Row) -> Iterator[str]:
        """Keys of the records here that hold a value under which `row` stands in the other index."""
        for value in other.values(row):
            yield from self.members(value)


class Indexed(Protocol):
    """What a Look needs of a judged register."""

    @property
    def records(self) -> Mapping[str, Record]: ...

    @property
    def indexes(self) -> Mapping[Group, Index]: ...


def reached(part: Indexed, group: Group, start: Mapping[str, Row], limit: int | None = None) -> Mapping[str, Row]:
    """The records at the start and all that hang together with them, also by way of others."""
    found = dict(start)
    waiting = list(start.values())
    index = part.indexes[group]
    while waiting:
        for key in index.beside(waiting.pop()):
            if key not in found:
                found[key] = part.records[key].typed
                waiting.append(found[key])
                if limit is not None and len(found) > limit:
                    return found
    return found


class Look:
    """What a rule may ask beside the row it is given. One Look serves a whole run; the engine moves it from record to
    record. `met` are records with formulas or other marks that the rule has seen beside its own; emptied before each."""

    def __init__(
        self,
        parts: Mapping[str, Indexed],
        people: People,
        settings: Settings,
        now: dt.datetime,
        actor: Actor | None = None,
    ) -> None:
        self.people = people
        self.settings = settings
        self.now = now
        self.actor = actor
        self.met: list[Record] = []
        self._parts = parts
        self._part: Indexed | None = None
        self._record: Record | None = None
        self._key = ""
        self._groups: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        self._unnamed: dict[int, int] = {}  # rows of the sheet, by the identity of typed rows without an id
        self._register = ""

    def enter(self, register: str) -> None:
        self._register, self._part = register, self._parts[register]

    def on(self, record: Record) -> None:
        self._record, self._key = record, record.key
        if self.met:
            self.met = []

    def sharing(self, row: R, *fields: str) -> list[R]:
        """Other records of the register with the same values in all of `fields` (declared as `shares`), in the order of
        their ids."""
        assert self._part is not None
        index = self._part.indexes[fields]
        if index.is_alone(self._key):
            return []
        return [self._seen(key) for key in sorted({*index.beside(row)} - {self._key})]

    def linked(self, row: R, field: str) -> tuple[R, ...]:
        """This row and all that hang together with it through common values of `field` (declared as `linked`), also by
        way of others; the search ends beyond GROUP_LIMIT records."""
        assert self._part is not None
        if self._part.indexes[field,].is_alone(self._key):
            return (row,)
        place = self._register, field, self._key
        if place in self._groups:
            return self._groups[place]
        keys = reached(self._part, (field,), {self._key: row}, GROUP_LIMIT)
        group = tuple(row if key == self._key else self._seen(key) for key in sorted(keys))
        if len(keys) <= GROUP_LIMIT and not self.met:
            self._groups.update(dict.fromkeys(((self._register, field, key) for key in keys), group))
        return group

    def across(self, row: Row, link: Across) -> list[Any]:
        """The records of another register that `link` (declared as `across`) leads to, in the order of their ids."""
        other = self._parts.get(link.register)
        if other is None:
            return []
        assert self._part is not None
        keys = set(other.indexes[link.there,].sharing(self._part.indexes[link.here,], row))
        return [self._met(other, key) for key in sorted(keys)]

    def has(self, register: str) -> bool:
        """Has this register a tab in the workbook?"""
        return register in self._parts

    def uses(self, register: str) -> bool:
        """Is this register kept here: is there at least one record in it?"""
        part = self._parts.get(register)
        return part is not None and bool(part.records)

    def setting(self, key: str, on: dt.date | dt.datetime | None = None) -> Any:
        """The 制度参数 (declared as `settings`) in effect on that day: the record's own date, so that a later change of
        the setting does not reach back (DAT-09); without one, today's."""
        return self.settings.value(key, on or self.now)

    def calendar(self, on: dt.date | dt.datetime | None = None) -> Calendar:
        """The days the company works (declared as the settings `work_profile` and `holidays`), as of that day."""
        return self.settings.calendar(on or self.now)

    def text(self, field: str) -> str:
        """The text of a cell of the record that is judged, also where it cannot be read (for rules with `texts`)."""
        assert self._record is not None
        return self._record.text(field)

    def label(self, row: Row) -> str:
        """How a message names another record. One without an id is called by its row: when it moves it gets another key,
        and everything that named it is judged again."""
        if row.record_id:
            return row.record_id
        number = self._unnamed.get(id(row))
        return f"第 {number} 行(还没有编号)" if number else "一条还没有编号的记录"

    def _seen(self, key: str) -> Any:
        assert self._part is not None
        return self._met(self._part, key)

    def _met(self, part: Indexed, key: str) -> Any:
        record = part.records[key]
        if record.marks:
            self.met.append(record)
        if record.id is None and record.row_number is not None:
            self._unnamed[id(record.typed)] = record.row_number
        return record.typed
