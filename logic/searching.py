"""一键查: which records hold a number or a name, over all registers, whatever the width, blanks, hyphens and capitals.

A Book is what the records of one register are found by. It is made once for a Judgement; a record that stands unchanged
is not read again, so that after an edit one of 50,000 is. A number is found by a part of it from four characters on, a
name from two.
"""

from __future__ import annotations

import bisect
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from logic.fields import Field
from logic.judgement import Judgement
from logic.kinds import Identifier, Phone, Ref
from logic.lookups import Layered
from logic.normalise import half_width, split_parts, without_blanks
from logic.records import Record
from logic.register import Register

PART, NAME_PART = 4, 2  # characters from which on a part of a number or of a name is looked for
WHOLE = 8  # a text this long that stands somewhere whole is not looked for inside of others
LIMIT = 100  # records found at most
_HYPHENS = dict.fromkeys(map(ord, "-‐‑‒–—―−﹘﹣"))
_VALUE, _COLUMN = "\x1f", "\x1e"  # on both sides of each value of a line, and behind each column
EXACT, END, BEGINNING, INSIDE = range(4)

MayRead = Callable[[Record], bool]  # may the person read what is sensitive in this record?


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, the columns and values, folded, that hold what was looked for, and how well they fit."""

    record: Record
    columns: tuple[Field, ...]
    values: frozenset[str]
    rank: int


def folded(text: str) -> str:
    """A number or name without what two spellings of it may differ in: width, blanks, hyphens, capitals."""
    if text.isascii():
        return "".join(text.split()).replace("-", "").lower()
    return without_blanks(half_width(text)).translate(_HYPHENS).casefold()


def is_number(one: Field) -> bool:
    """Does this column hold numbers that are names: of orders, parcels, customers, telephones, records?"""
    return isinstance(one.kind, (Identifier, Ref))


@cache
def searched(register: Register) -> tuple[Field, ...]:
    """The columns by which records of a register are found: all numbers, and the names of people."""
    return tuple(one for one in register.fields.values() if is_number(one) or _is_name(one))


def _is_name(one: Field) -> bool:
    return not one.engine and (one.naming or one.sensitive) and one.kind.name in ("text", "staff")


def values(record: Record, one: Field) -> list[str]:
    """What stands in a column to be found by, each part of several numbers for itself."""
    text = record.text(one.name)
    if not text:
        return []
    return [part for each in (split_parts(text) if one.kind.many else (text,)) if (part := folded(each))]


@dataclass(slots=True)
class Book:
    """What the records of a register are found by. `lines` hold for each its cells and its values in one text, `holders`
    the records by value; `text` are all lines, one after the other, for what stands inside of a value."""

    register: Register
    records: Mapping[str, Record]
    lines: Mapping[str, tuple[object, str]]
    holders: Layered[str, Sequence[str]]
    text: str | None = None
    starts: Sequence[int] = field(default_factory=list[int])
    keys: Sequence[str] = field(default_factory=list[str])

    def containing(self, wanted: str, limit: int) -> Iterator[str]:
        """Records with a value that contains this text, newest first."""
        if self.text is None:
            self._join()
        assert self.text is not None
        end = len(self.text)
        for _ in range(limit):
            found = self.text.rfind(wanted, 0, end)
            if found < 0:
                return
            number = bisect.bisect_right(self.starts, found) - 1
            end = self.starts[number]
            yield self.keys[number]

    def _join(self) -> None:
        """Made by whoever looks first for a part of a value; `text` comes last, because others may be looking too."""
        lines = [line for _, line in self.lines.values()]
        self.starts = list(itertools.accumulate(map(len, lines), initial=0))
        self.keys = list(self.lines)
        self.text = "".join(lines)

    def columns_of(self, key: str) -> Iterator[tuple[Field, list[str]]]:
        """The columns of a record that hold something to be found by, and what."""
        columns = self.lines[key][1].split(_COLUMN)
        for one, column in zip(searched(self.register), columns, strict=False):  # behind the last stands a separator
            if column:
                yield one, column[1:-1].split(_VALUE)


class Library:
    """The Books of all registers that were read."""

    def __init__(self, books: Iterable[Book]) -> None:
        self.books = {book.register.key: book for book in books}

    def record(self, register: str, key: str) -> Record | None:
        book = self.books.get(register)
        return book.records.get(key) if book is not None else None

    def holding(self, value: str) -> Iterator[Record]:
        """The records that hold exactly this value, folded, in any column."""
        for book in self.books.values():
            yield from (book.records[key] for key in book.holders.get(value, ()))

    def find(self, query: str, may_read: MayRead) -> list[Hit]:
        """The records that hold what is looked for, best first, then newest first. What a person may not read is found
        whole, and a telephone by its last four: the part that stays hidden cannot be guessed digit by digit."""
        wanted = folded(query)
        if not wanted:
            return []
        found: dict[tuple[str, str], Hit] = {}
        for book in self.books.values():
            for key in book.holders.get(wanted, ())[: -LIMIT - 1 : -1]:
                self._add(found, book, key, wanted, may_read)
        if len(wanted) >= (PART if wanted.isascii() else NAME_PART) and not (found and len(wanted) >= WHOLE):
            for pattern in (wanted + _VALUE, _VALUE + wanted, wanted):
                for book in self.books.values():
                    for key in book.containing(pattern, LIMIT):
                        self._add(found, book, key, wanted, may_read)
        ranked = sorted(found.values(), key=lambda hit: made_on(hit.record), reverse=True)
        return sorted(ranked, key=lambda hit: hit.rank)[:LIMIT]

    def _add(self, found: dict[tuple[str, str], Hit], book: Book, key: str, wanted: str, may_read: MayRead) -> None:
        if (book.register.key, key) in found:
            return
        record = book.records[key]
        fitting: list[tuple[int, Field, str]] = []
        for one, values in book.columns_of(key):
            for value in values:
                rank = _rank(one, value, wanted)
                if rank is not None and (not one.sensitive or _is_given(one, rank, wanted, record, may_read)):
                    fitting.append((rank, one, value))
        if fitting:
            best = min(rank for rank, _, _ in fitting)
            columns = dict.fromkeys(one for rank, one, _ in fitting if rank == best)
            matched = frozenset(value for rank, _, value in fitting if rank == best)
            found[book.register.key, key] = Hit(record, tuple(columns), matched, best)


def _rank(one: Field, value: str, wanted: str) -> int | None:
    """How well a value fits, None where it does not."""
    if value == wanted:
        return EXACT
    if len(wanted) < (PART if is_number(one) else NAME_PART) or wanted not in value:
        return None
    return END if value.endswith(wanted) else BEGINNING if value.startswith(wanted) else INSIDE


def _is_given(one: Field, rank: int, wanted: str, record: Record, may_read: MayRead) -> bool:
    """May the person be told that something sensitive fits?"""
    is_last_four = isinstance(one.kind, Phone) and rank == END and len(wanted) == PART
    return rank == EXACT or is_last_four or may_read(record)


def made_on(record: Record) -> str:
    """The day in the id of a record, so that what was registered last comes first."""
    return record.key.partition("-")[0][-6:] if record.id == record.key else ""


_lock = threading.Lock()
_books: dict[str, Book] = {}


def library_of(judgements: Iterable[Judgement]) -> Library:
    """Everything that can be found now, one Judgement for each workbook."""
    return Library(
        book_of(judgement, register)
        for judgement in judgements
        for key, register in judgement.registers.items()
        if judgement.tables.get(key) is not None
    )


def book_of(judgement: Judgement, register: Register) -> Book:
    """The Book of a register on this Judgement; made by whoever asks first."""
    records = judgement.records(register.key)
    found = _books.get(register.key)
    if found is None or found.records is not records or found.register is not register:
        with _lock:
            found = _books.get(register.key)
            if found is None or found.register is not register:
                found = _books[register.key] = _made(register, records)
            elif found.records is not records:
                found = _books[register.key] = _made_again(found, records)
    return found


def _made(register: Register, records: Mapping[str, Record]) -> Book:
    lines = {key: (record.cells, _line(register, record)) for key, record in records.items()}
    first: dict[str, Sequence[str]] = {}
    others: dict[str, list[str]] = {}  # few values stand in several records
    for key, (_, line) in lines.items():
        for value in _values_in(line):
            if value not in first:
                first[value] = (key,)
            elif first[value][0] != key:  # one record may hold a value in two columns
                held = others.setdefault(value, [first[value][0]])
                if held[-1] != key:
                    held.append(key)
    return Book(register, records, lines, Layered(first | others))


def _made_again(old: Book, records: Mapping[str, Record]) -> Book:
    """The Book of newer records; only those that read otherwise are looked at."""
    lines: dict[str, tuple[object, str]] = {}
    changed: list[tuple[str, str, str]] = []  # key, the line before and after
    for key, record in records.items():
        known = old.lines.get(key)
        if known is not None and known[0] is record.cells:
            lines[key] = known
            continue
        lines[key] = (record.cells, _line(old.register, record))
        changed.append((key, known[1] if known is not None else "", lines[key][1]))
    changed.extend((key, line, "") for key, (_, line) in old.lines.items() if key not in lines)
    holders: dict[str, Sequence[str]] = {}
    for key, was, now in changed:
        before, after = set(_values_in(was)), set(_values_in(now))
        for value in before ^ after:
            known_by = holders[value] if value in holders else old.holders.get(value, ())
            others = [one for one in known_by if one != key]
            holders[value] = [*others, key] if value in after else others
    return Book(old.register, records, lines, old.holders.patched(holders))


def _line(register: Register, record: Record) -> str:
    """The values of a record in one text, column by column."""
    columns: list[str] = []
    for one in searched(register):
        found = values(record, one)
        columns.append(f"{_VALUE}{_VALUE.join(found)}{_VALUE}" if found else "")
    return _COLUMN.join((*columns, ""))


def _values_in(line: str) -> Iterator[str]:
    for column in line.split(_COLUMN):
        if column:
            yield from column[1:-1].split(_VALUE)
