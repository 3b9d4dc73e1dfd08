"""The records of a list that match a Query, in the order asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from logic.clock import date_of
from logic.fields import Field
from logic.lists.columns import people
from logic.lists.query import ANY, AWAITED, MINE, Query, days_of
from logic.normalise import half_width
from logic.records import Record
from logic.rules import Level

_NUMBERS = ("money", "integer", "percent")


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A record in the list: what it is searched by, its state, how many findings of which level. The same object as long
    as the record reads the same and `found`, what the judgement knows of it, is the same."""

    key: str
    record: Record
    text: str
    state: str
    blocks: int
    warns: int
    found: object


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and on which day. `is_me` says whether a name means this person, `awaited` which records wait for them."""

    name: str
    today: dt.date
    is_me: Callable[[str], bool]
    awaited: Callable[[], Collection[str]]


def folded(text: str) -> str:
    """What search compares: width and capitals do not matter."""
    return half_width(text).casefold()


def matching(items: Sequence[Item], query: Query, viewer: Viewer | None) -> Sequence[Item]:
    """`items` are in the order of the sheet; without a viewer nothing is theirs and no day is today."""
    if not items:
        return items
    found = _asked(items, query)
    if query.whose == MINE:
        found = _mine(found, viewer)
    elif query.whose == AWAITED:
        keys = viewer.awaited() if viewer is not None else ()
        found = [item for item in found if item.key in keys]
    span = days_of(query, viewer.today) if viewer is not None else None
    if span is not None:
        found = _within(found, query.day, *span)
    if query.order:
        return _sorted(found, query)
    return found if query.oldest_first else found[::-1]


def value_of(record: Record, one: Field) -> tuple[str, ...]:
    """The texts a record is filtered by: of a column of several values each, of a broken cell the text as it stands."""
    typed: Any = getattr(record.typed, one.name)
    if isinstance(typed, str):
        return (typed,)
    if one.kind.many and isinstance(typed, tuple):
        return cast(tuple[str, ...], typed)
    return (record.text(one.name),)


def _asked(items: Sequence[Item], query: Query) -> Sequence[Item]:
    for word in folded(query.search).split():
        items = [item for item in items if word in item.text]
    if query.states:
        items = [item for item in items if item.state in query.states]
    if query.check == ANY:
        items = [item for item in items if item.blocks or item.warns]
    elif query.check:
        is_block = query.check == Level.BLOCK
        items = [item for item in items if (item.blocks if is_block else item.warns)]
    for name, wanted in query.chosen:
        if items:
            one, texts = items[0].record.reader.register.fields[name], frozenset(wanted)
            items = [item for item in items if not texts.isdisjoint(value_of(item.record, one))]
    return items


def _mine(items: Sequence[Item], viewer: Viewer | None) -> Sequence[Item]:
    """Those that name the viewer; every name is looked at once."""
    if viewer is None or not items:
        return ()
    columns = people(items[0].record.reader.register)
    known: dict[str, bool] = {}

    def names_me(record: Record) -> bool:
        for column in columns:
            value: Any = getattr(record.typed, column)
            for name in value if isinstance(value, tuple) else (value,) if value else ():
                if name not in known:
                    known[name] = viewer.is_me(name)
                if known[name]:
                    return True
        return False

    return [item for item in items if names_me(item.record)]


def _within(items: Iterable[Item], column: str, first: dt.date, last: dt.date) -> Sequence[Item]:
    """Those dated so; a cell without a readable date is on no day."""

    def on_one_of(record: Record) -> bool:
        value: Any = getattr(record.typed, column)
        return value is not None and first <= date_of(value) <= last

    return [item for item in items if on_one_of(item.record)]


def _sorted(items: Sequence[Item], query: Query) -> Sequence[Item]:
    """By one column, what is empty or cannot be compared last; Chinese words in the order of a dictionary."""
    if not items:
        return items
    name = query.order
    is_number = items[0].record.reader.register.fields[name].kind.name in _NUMBERS
    keyed: list[tuple[Any, Item]] = []
    rest: list[Item] = []
    for item in items:
        key: Any = (
            getattr(item.record.typed, name) if is_number else item.record.text(name).encode("gb18030", "replace")
        )
        if key is None or key == b"":
            rest.append(item)
        else:
            keyed.append((key, item))
    keyed.sort(key=lambda pair: pair[0], reverse=query.descending)
    return [*(item for _, item in keyed), *rest]
