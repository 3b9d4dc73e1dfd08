"""What rules look at beside their own row: other records with the same values, the roster, other registers.

Look-ups are layered: a change among 50,000 records adds a few entries on top of maps that are shared and never copied.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from logic.access import Actor, acts_as
from logic.fields import Row
from logic.normalise import half_width, without_blanks
from logic.records import Record
from logic.register import Register

ROSTER = "staff"
ROSTER_NAMES = ("name", "alias", "sub_account")
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
        return key in self.over or key in self.base

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

    def differing(self, other: Layered[K, V]) -> set[K]:
        """Keys under which the two may hold different things."""
        if self.base is other.base:
            return {*self.over, *other.over}
        return {key for key in {*self, *other} if self.get(key) is not other.get(key)}


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
    """Which records carry which value. `members` are shared lists: never change one."""

    __slots__ = ("_keys", "_members")

    def __init__(self, keys: KeysOf, members: Layered[Hashable, Sequence[str]]) -> None:
        self._keys = keys
        self._members = members

    @classmethod
    def of(cls, keys: KeysOf, records: Mapping[str, Record]) -> Index:
        members: dict[Hashable, list[str]] = {}
        for key, record in records.items():
            for value in keys(record.typed):
                found = members.get(value)
                if found is None:
                    members[value] = [key]
                else:
                    found.append(key)
        return cls(keys, Layered(members))

    def members(self, value: Hashable) -> Sequence[str]:
        return self._members.get(value, ())

    def is_alone(self, row: Row) -> bool:
        """Shares this row its values with no other?"""
        get = self._members.get
        return all(len(get(value, ())) <= 1 for value in self._keys(row))

    def beside(self, row: Row) -> Iterator[str]:
        """Keys of all records that share a value with this row, its own included."""
        for value in self._keys(row):
            yield from self.members(value)

    def patched(self, changed: Mapping[str, tuple[Record | None, Record | None]]) -> Index:
        """The index after some records became others (None: did not exist, exists no longer)."""
        members: dict[Hashable, Sequence[str]] = {}
        for key, (old, new) in changed.items():
            before = set(self._keys(old.typed)) if old is not None else set[Hashable]()
            after = set(self._keys(new.typed)) if new is not None else set[Hashable]()
            for value in before - after:
                members[value] = [other for other in members.get(value, self.members(value)) if other != key]
            for value in after - before:
                members[value] = [*members.get(value, self.members(value)), key]
        return Index(self._keys, self._members.patched(members))


class People:
    """The roster as rules ask it: who is known by which name, and what they act as (SOD-05)."""

    def __init__(self, records: Mapping[str, Record] | None = None) -> None:
        self._known: dict[str, Actor] = {}
        self._folded: dict[str, str] = {}
        rows: list[Any] = [record.typed for record in (records or {}).values() if record.typed.status != "作废"]
        actors = [(row, _actor(row)) for row in rows if row.name]
        for names in ROSTER_NAMES:
            for row, actor in actors:
                known = getattr(row, names)
                if known and known not in self._known:
                    self._known[known] = actor
                    self._folded.setdefault(folded(known), known)

    @property
    def roster_empty(self) -> bool:
        return not self._known

    def known(self, name: str) -> bool:
        return name in self._known

    def knows_all(self, values: Iterable[Any]) -> bool:
        """Are these names, or blanks, all known? Says no where it is not sure."""
        known = self._known
        return all(value is None or value in known for value in values)

    def find(self, name: str) -> Actor | None:
        """A person by 姓名, 花名 or 旺旺子账号."""
        return self._known.get(name)

    def actor(self, name: str) -> Actor | None:
        """Who acts under this name: somebody on the roster; while the roster is empty every name is taken."""
        return Actor(name) if self.roster_empty else self.find(name)

    def same(self, one: str, other: str) -> bool:
        """Do two names mean one person?"""
        if one == other:
            return True
        first, second = self._known.get(one), self._known.get(other)
        return first is not None and second is not None and first.record == second.record and first.name == second.name

    def acts_as(self, name: str, role: str) -> bool:
        actor = self._known.get(name)
        return actor is not None and acts_as(actor, role)

    def spelt(self, name: str) -> str | None:
        """The known name that differs from this one only in blanks, width or capitals."""
        return self._folded.get(folded(name))

    def differing(self, other: People) -> set[str]:
        """Names, folded, that mean somebody else, or nobody, in the other roster."""
        names = {*self._known, *other._known}
        return {folded(name) for name in names if self._known.get(name) != other._known.get(name)}


def _actor(row: Any) -> Actor:
    positions = frozenset(filter(None, (row.position, *(row.extra_positions or ()))))
    return Actor(row.name, row.record_id, positions, row.staff_status or "")


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name without what two spellings of it may differ in: blanks, width, capitals."""
    return without_blanks(half_width(name)).casefold()


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
    record. `met` are records with formulas or other marks that the rule has seen beside its own."""

    def __init__(
        self, parts: Mapping[str, Indexed], people: People, now: dt.datetime, actor: Actor | None = None
    ) -> None:
        self.people = people
        self.now = now
        self.actor = actor
        self.met: list[Record] = []
        self._parts = parts
        self._part: Indexed | None = None
        self._record: Record | None = None
        self._key = ""
        self._groups: dict[tuple[str, str, str], tuple[Any, ...]] = {}
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
        if index.is_alone(row):
            return []
        return [self._seen(key) for key in sorted({*index.beside(row)} - {self._key})]

    def linked(self, row: R, field: str) -> tuple[R, ...]:
        """This row and all that hang together with it through common values of `field` (declared as `linked`), also by
        way of others; the search ends beyond GROUP_LIMIT records."""
        assert self._part is not None
        if self._part.indexes[field,].is_alone(row):
            return (row,)
        place = self._register, field, self._key
        if place in self._groups:
            return self._groups[place]
        keys = reached(self._part, (field,), {self._key: row}, GROUP_LIMIT)
        group = tuple(row if key == self._key else self._seen(key) for key in sorted(keys))
        if len(keys) <= GROUP_LIMIT and not self.met:
            self._groups.update(dict.fromkeys(((self._register, field, key) for key in keys), group))
        return group

    def rows(self, register: str) -> Iterator[Row]:
        """All records of a register (declared as `looks_at`)."""
        part = self._parts.get(register)
        return (record.typed for record in part.records.values()) if part is not None else iter(())

    def record(self, register: str, id: str) -> Row | None:
        """A record of a register by its id (declared as `looks_at`)."""
        part = self._parts.get(register)
        found = part.records.get(id) if part is not None else None
        return found.typed if found is not None else None

    def text(self, field: str) -> str:
        """The text of a cell of the record that is judged, also where it cannot be read (for rules with `texts`)."""
        assert self._record is not None
        return self._record.text(field)

    @staticmethod
    def label(row: Row) -> str:
        """How a message names another record."""
        return row.record_id or "一条还没有编号的记录"

    def _seen(self, key: str) -> Any:
        assert self._part is not None
        record = self._part.records[key]
        if record.marks:
            self.met.append(record)
        return record.typed
