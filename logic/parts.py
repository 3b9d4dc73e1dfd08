"""One register's share of a Judgement: its records, look-ups and findings, and how each record is judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from logic import engine_rules
from logic.lookups import Group, Index, Layered, Look, flattened, keys_of, names_in, reached
from logic.people import ROSTER, ROSTER_NAMES
from logic.records import Reader, Record
from logic.register import Register
from logic.rules import Fault, Level, Rule, Timing
from logic.violations import Finding
from sheets.ids import is_id
from sheets.table import Row, Table

PEOPLE_INDEX: Group = ("@people",)
NameOf = tuple[str, str]  # field and header
Changed = Mapping[str, tuple[Record | None, Record | None]]


class Rulebook:
    """What is looked at in the records of one register, prepared once. `asked`: columns by which other registers' rules
    find its records."""

    def __init__(self, register: Register, asked: frozenset[str] = frozenset()) -> None:
        self.register = register
        self.reader = Reader(register)
        active = [one for one in register.rules if one.check is not None]
        self.standing = tuple(one for one in active if one.timing is Timing.STANDING)
        self.timed = tuple(one for one in active if one.timing is Timing.TIMED)
        self.diff = tuple(one for one in active if one.timing is Timing.DIFF)
        self.required = tuple((one.name, one.header) for one in register.fields.values() if one.required)
        own_names = ROSTER_NAMES if register.key == ROSTER else ()
        people = [one for name, one in register.fields.items() if one.kind.name == "staff" and name not in own_names]
        self.people = tuple((one.name, one.header) for one in people if not one.engine)
        self.linked = tuple((name,) for name in {name for one in active for name in one.linked})
        self.shared = tuple({group for one in active for group in one.shares} - set(self.linked))
        judged = {name for one in active if ROSTER in one.looks_at for name in one.fields}
        mentioning = tuple(one.name for one in people if not one.engine or one.name in judged)
        self.across = tuple({link for one in active for link in one.across})
        links = {(name,) for name in (*asked, *(link.here for link in self.across)) if name in register.fields}
        self.indexes = {group: keys_of(register, group) for group in {*self.linked, *self.shared, *links}}
        if mentioning:
            self.indexes[PEOPLE_INDEX] = names_in(mentioning)
        self.others = {link.register for link in self.across} | {name for one in active for name in one.needs}
        self.settings = {key for one in active for key in one.settings}
        workflow = register.workflow
        self.closed = workflow.closed_states if workflow is not None else frozenset({"作废"})


@cache
def rulebook(register: Register, asked: frozenset[str]) -> Rulebook:
    return Rulebook(register, asked)


def asked_of(registers: Mapping[str, Register]) -> Mapping[str, frozenset[str]]:
    """By which columns the rules of all registers look for records of each."""
    asked: dict[str, set[str]] = {key: set() for key in registers}
    for register in registers.values():
        for link in (link for one in register.rules for link in one.across):
            if link.register in asked:
                asked[link.register].add(link.there)
    return {key: frozenset(names) for key, names in asked.items()}


class Keys(NamedTuple):
    """Under which key each row of a table is known, and which ids stand more than once."""

    of_rows: tuple[str, ...]
    doubled: frozenset[str]


def assign_keys(
    rows: Iterable[Row], prefix: str, owners: Mapping[str, int], known: Container[str] = frozenset()
) -> Keys:
    """The id is the key where it is one of ours; of several rows with one id the owner's, else the first, keeps it.
    `known` are keys that were given before."""
    keys: list[str] = []
    holder: dict[str, int] = {}  # id → position in keys
    numbers: list[int] = []
    doubled: set[str] = set()
    for position, row in enumerate(rows):
        key = row.id
        numbers.append(row.number)
        if key is None or key[:1] == "#" or (key not in known and not (key.startswith(prefix) and is_id(key))):
            key = f"#{row.number}"
        elif key in holder:
            doubled.add(key)
            first = holder[key]
            if owners.get(key) == row.number:
                keys[first] = f"#{numbers[first]}"
                holder[key] = position
            else:
                key = f"#{row.number}"
        else:
            holder[key] = position
        keys.append(key)
    return Keys(tuple(keys), frozenset(doubled))


@dataclass(frozen=True, slots=True)
class Part:
    """A judged register. `missing` are columns whose header is not in the sheet (once); rules that read them rest."""

    book: Rulebook
    table: Table
    records: Mapping[str, Record]
    indexes: Mapping[Group, Index]
    findings: Layered[str, tuple[Finding, ...]]
    doubled: frozenset[str]
    missing: frozenset[str]

    @classmethod
    def read(cls, register: Register, table: Table, owners: Mapping[str, int], asked: frozenset[str]) -> Part:
        """The records of a table, not judged yet."""
        book = rulebook(register, asked)
        keys = assign_keys(table.rows, register.prefix, owners)
        records = _records(book.reader, keys.of_rows, table.rows, {})
        indexes = {group: Index.of(function, records) for group, function in book.indexes.items()}
        return cls(book, table, Layered(records), indexes, Layered({}), keys.doubled, _missing(register, table))

    def again(self, table: Table, owners: Mapping[str, int]) -> tuple[Part, Changed]:
        """The records of a newer table, and which of them changed; those that did not are not read again."""
        book = self.book
        known = flattened(self.records)
        keys = assign_keys(table.rows, book.register.prefix, owners, known)
        records = _records(book.reader, keys.of_rows, table.rows, known)
        changed = _changed(known, records)
        part = replace(self, table=table, doubled=keys.doubled, missing=_missing(book.register, table))
        return part.with_records(changed, Layered(records)), changed

    def with_records(self, changed: Changed, records: Mapping[str, Record]) -> Part:
        """The same register after `changed`; findings are still the old ones."""
        indexes = {group: index.patched(changed) for group, index in self.indexes.items()}
        return replace(self, records=records, indexes=indexes)

    def around(self, changed: Changed, *, after: bool) -> set[str]:
        """Records whose rules look at the changed ones, as they were or as they are now."""
        rows = {key: record.typed for key, pair in changed.items() if (record := pair[after]) is not None}
        found: set[str] = set()
        for group in self.book.shared:
            for row in rows.values():
                found.update(self.indexes[group].beside(row))
        for group in self.book.linked:
            found.update(reached(self, group, rows))
        return found

    def judged(self, keys: Iterable[str], look: Look) -> dict[str, tuple[Finding, ...]]:
        """The findings of these records; an empty tuple where there is nothing to find any more."""
        look.enter(self.book.register.key)
        standing = self._possible(self.book.standing, look)
        required = self._present(self.book.required)
        people = self._present(self.book.people) if not look.people.roster_empty else ()
        names_of = [attrgetter(name) for name, _ in people]
        known = self.findings
        found: dict[str, tuple[Finding, ...]] = {}
        for key in keys:
            record = self.records[key]
            findings: list[Finding] = []
            look.on(record)
            if record.problems or required:
                findings.extend(_findings(record, look, engine_rules.problems(record, required)))
            if key[0] == "#" or record.id in self.doubled:
                findings.extend(_findings(record, look, engine_rules.identity(record, record.id in self.doubled)))
            if people and not look.people.knows_all([name_of(record.typed) for name_of in names_of]):
                findings.extend(_findings(record, look, engine_rules.names(record, people, look.people)))
            typed = record.typed
            for one in standing:
                if look.met:
                    look.met = []
                try:
                    for fault in one.check(typed, look):  # type: ignore[misc]  # standing rules have a check
                        findings.append(_finding(one, fault, record, look))
                except Exception as error:
                    findings.append(crash(one, error))
            if findings:
                found[key] = _settled(findings, record)
            elif key in known:
                found[key] = ()
        return found

    def expired(self, now: dt.datetime) -> set[str]:
        """Records with a finding that no longer holds at this time."""
        return {
            key for key, findings in self.findings.items() if any(one.until and one.until <= now for one in findings)
        }

    def due(self, look: Look, key: str | None = None) -> Iterator[tuple[Record, Finding]]:
        """What the timed rules find in the records that are still open, or in one of them."""
        look.enter(self.book.register.key)
        timed = self._possible(self.book.timed, look)
        if not timed:
            return
        closed = self.book.closed
        records = self.records.values() if key is None else [self.records[key]] if key in self.records else []
        for record in records:
            if record.typed.status in closed:
                continue
            look.on(record)
            for one in timed:
                yield from ((record, finding) for finding in run(one, record, look, record.typed))

    def differences(self, before: Record | None, after: Record, look: Look) -> Iterator[Finding]:
        """What the diff rules say to this change."""
        look.enter(self.book.register.key)
        look.on(after)
        for one in self._possible(self.book.diff, look):
            yield from run(one, after, look, before.typed if before is not None else None, after.typed)

    def on_texts(self, record: Record, look: Look) -> Iterator[Finding]:
        """What the rules say that look at the very text of a cell; `record` need not stand anywhere."""
        look.enter(self.book.register.key)
        look.on(record)
        for one in self.book.standing:
            if one.texts:
                yield from run(one, record, look, record.typed)

    def looking_at(self, register: str, part: Part, changed: Changed) -> set[str]:
        """Records here whose rules look at the changed records of another register, as they were or as they are."""
        found: set[str] = set()
        for link in self.book.across:
            if link.register != register:
                continue
            here, there = self.indexes[link.here,], part.indexes[link.there,]
            for record in (one for pair in changed.values() for one in pair if one is not None):
                found.update(here.sharing(there, record.typed))
        for group in self.book.linked if found else ():
            found.update(reached(self, group, {key: self.records[key].typed for key in found}))
        return found

    def _possible(self, rules: tuple[Rule, ...], look: Look) -> list[Rule]:
        """Rules whose columns are in the sheet and whose registers have a tab."""
        return [
            one for one in rules if self.missing.isdisjoint(one.fields) and all(look.has(other) for other in one.needs)
        ]

    def _present(self, names: tuple[NameOf, ...]) -> tuple[NameOf, ...]:
        return tuple(one for one in names if one[0] not in self.missing)


def _missing(register: Register, table: Table) -> frozenset[str]:
    return frozenset(register.fields.keys() - table.columns.keys())


def _records(
    reader: Reader, keys: Iterable[str], rows: Iterable[Row], known: Mapping[str, Record]
) -> dict[str, Record]:
    """Records in the order of the sheet; what stands unchanged in `known`, if elsewhere, is not read again."""
    records: dict[str, Record] = {}
    for key, row in zip(keys, rows, strict=True):
        old = known.get(key)
        if old is None or not _same(old, row):
            records[key] = reader.record(key, row.id, row.number, row.cells, row.marks)
        else:
            records[key] = old if old.row_number == row.number else old.moved(row.number)
    return records


def _changed(old: Mapping[str, Record], new: Mapping[str, Record]) -> Changed:
    """Records that read otherwise than before, came, or went."""
    changed: dict[str, tuple[Record | None, Record | None]] = {}
    for key, record in new.items():
        before = old.get(key)
        if before is None or before.typed is not record.typed:
            changed[key] = (before, record)
    changed.update({key: (record, None) for key, record in old.items() if key not in new})
    return changed


def _same(record: Record, row: Row) -> bool:
    """Unchanged to the type: 1, TRUE and the date 1900-01-01 are equal in Python."""
    if record.id != row.id or record.marks != row.marks:
        return False
    if record.cells is row.cells:
        return True
    return record.cells == row.cells and [*map(type, record.cells)] == [*map(type, row.cells)]


def run(one: Rule, record: Record, look: Look, *rows: object) -> list[Finding]:
    """One rule on one record; if the rule fails, that is the finding."""
    assert one.check is not None
    look.met = []
    try:
        found = [_finding(one, fault, record, look) for fault in one.check(*rows, look)]
    except Exception as error:
        return [crash(one, error)]
    return list(_settled(found, record))


def crash(one: Rule, error: Exception) -> Finding:
    """A rule that fails must not stop the others, nor anybody's work; it is listed for whoever keeps the console."""
    return Finding(one, None, Level.WARN, f"{type(error).__name__}: {error}", "", False, crashed=True)


def _settled(findings: list[Finding], record: Record) -> tuple[Finding, ...]:
    """An unreadable cell is said to be so once: that it counts as blank is no news, and a rule on its very text knows
    better than DAT-01 what is wrong."""
    if not record.problems:
        return tuple(findings)
    known_better = {one.field for one in findings if one.rule.texts}
    return tuple(
        one
        for one in findings
        if one.field not in record.problems
        or one.rule.texts
        or (one.rule.timing is Timing.ENGINE and not (one.rule is engine_rules.DAT_01 and one.field in known_better))
    )


def _findings(record: Record, look: Look, faults: Iterable[tuple[Rule, Fault]]) -> Iterator[Finding]:
    for one, fault in faults:
        yield _finding(one, fault, record, look)


def _finding(one: Rule, fault: Fault, record: Record, look: Look) -> Finding:
    level = fault.level or one.level
    releasable = one.releasable if fault.releasable is None else fault.releasable
    if level is Level.BLOCK and _rests_on_formula(one, fault, record, look):
        level = Level.WARN
    released = level is Level.BLOCK and releasable and _is_fact(record)
    if released:
        level = Level.WARN
    return Finding(one, fault.field, level, fault.message, fault.remedy, releasable, fault.until, released=released)


def _is_fact(record: Record) -> bool:
    """Does the record say that it tells what others did, the platform for one, so that nobody can be refused it (DAT-07)?"""
    when = record.reader.register.released_when
    return any(getattr(record.typed, name) in texts for name, texts in when.items())


def _rests_on_formula(one: Rule, fault: Fault, record: Record, look: Look) -> bool:
    """A formula's value is only what was last calculated: it may be shown, and asked about, but never refused. Which
    columns of another register a rule reads is not declared, so any formula in a record it met there counts."""
    fields = one.fields or ((fault.field,) if fault.field else ())
    return (bool(record.marks) and record.is_formula(fields)) or any(
        other.is_formula(fields if other.register == record.register else other.reader.names) for other in look.met
    )
