"""体检: a Snapshot understood. Records, what is wrong with them, and what a change adds to that.

A Judgement never changes. `of` makes one from tables, `advanced` the next one from newer tables, `amended` one in which
some records read otherwise (the overlay, or a change somebody asks for); both only judge again what changed and what
looks at it, and their result equals that of judging everything anew.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace

from logic import engine_rules
from logic.access import Actor
from logic.kinds import Misread
from logic.lookups import Layered, Look, flattened
from logic.parts import PEOPLE_INDEX, Changed, Part, asked_of
from logic.people import ROSTER, People
from logic.records import CHECK_FIELD, Amendment, Record
from logic.register import Register
from logic.reporting import by_level, in_order, in_short, place, report, report_crashes, report_headers, unplaced
from logic.rules import Level
from logic.settings import SETTINGS, Settings
from logic.trade.parameters import PARAMETERS
from logic.violations import Finding, Release, Releases, Violation
from sheets.table import Table

__all__ = ["Amendment", "Judgement", "Record", "Release", "Releases", "Violation"]

Tables = Mapping[str, Table | None]
Where = tuple[str, str]  # register and record
Changes = Mapping[str, Changed]
Kept = Mapping[str, Mapping[str, Record]]  # by register and id
_NOTHING_KEPT: Kept = {}
DELEGATES = "delegates"  # the setting that says who stands in for whom
_NOWHERE: Mapping[str, Record] = {}


class Judgement:
    """Made by `of`, `advanced` and `amended`; everything else only asks."""

    def __init__(
        self,
        registers: Mapping[str, Register],
        tables: Tables,
        parts: Mapping[str, Part],
        people: People,
        now: dt.datetime,
        releases: Releases,
        settings: Settings,
        kept: Kept,
    ) -> None:
        self._kept = kept
        self.settings = settings
        self.registers = registers
        self.tables = tables
        self.people = people
        self.now = now
        self.releases = releases
        self._parts = parts
        self._listed: dict[str, list[Violation]] = {}
        self._said: dict[Where, tuple[Record, object, Releases, str]] = {}

    # -- making one ----------------------------------------------------------------------------------------------------

    @classmethod
    def of(
        cls,
        registers: Mapping[str, Register],
        tables: Tables,
        *,
        now: dt.datetime,
        releases: Releases | None = None,
        owners: Mapping[str, int] | None = None,
        kept: Kept = _NOTHING_KEPT,
    ) -> Judgement:
        """Judge everything. `owners`: the row that keeps an id which stands in several. `kept`: the records of the roster
        and the settings as last seen, where their tabs cannot be read themselves."""
        with _no_collection():
            asked = asked_of(registers)
            parts = {
                key: Part.read(registers[key], table, owners or {}, asked[key])
                for key, table in tables.items()
                if table is not None
            }
            settings = _settings(parts, kept)
            people = _people(parts, kept, settings)
            look = Look(parts, people, settings, now)
            judged = {
                key: replace(part, findings=Layered(part.judged(part.records, look))) for key, part in parts.items()
            }
        return cls(registers, tables, judged, people, now, Releases() if releases is None else releases, settings, kept)

    def advanced(
        self,
        tables: Tables,
        *,
        now: dt.datetime,
        releases: Releases | None = None,
        owners: Mapping[str, int] | None = None,
        kept: Kept = _NOTHING_KEPT,
    ) -> Judgement:
        """The judgement of newer tables; rows that stand unchanged, if elsewhere, are neither read nor judged again."""
        parts: dict[str, Part] = {}
        changes: dict[str, Changed] = {}
        asked = asked_of(self.registers)
        for key, table in tables.items():
            if table is None:
                continue
            old = self._parts.get(key)
            with _no_collection():
                if old is None:
                    parts[key] = Part.read(self.registers[key], table, owners or {}, asked[key])
                    changes[key] = {record: (None, now_is) for record, now_is in parts[key].records.items()}
                else:
                    parts[key], changes[key] = old.again(table, owners or {})
        expired = {key: part.expired(now) for key, part in parts.items()}
        wanted = self.releases if releases is None else releases
        return self._next(tables, parts, changes, now, wanted, expired, kept)

    def amended(self, amendments: Sequence[Amendment], *, now: dt.datetime) -> Judgement:
        """The judgement with these records reading otherwise; raises KeyError for a record that is not there."""
        changes: dict[str, dict[str, tuple[Record | None, Record | None]]] = {}
        parts = dict(self._parts)
        for one in amendments:
            part = parts[one.register]
            old = part.records.get(one.key)
            if old is None and not one.new:
                raise KeyError((one.register, one.key))
            record = part.book.reader.amended(old, one)
            changed = changes.setdefault(one.register, {})
            first = changed[one.key][0] if one.key in changed else old
            changed[one.key] = (first, record)
            assert isinstance(part.records, Layered)
            parts[one.register] = replace(part, records=part.records.patched({one.key: record}))
        for key, changed in changes.items():
            parts[key] = parts[key].with_records(changed, parts[key].records)
        return self._next(self.tables, parts, changes, now, self.releases, {}, self._kept)

    def releasing(self, releases: Releases) -> Judgement:
        """The same with other releases on record."""
        return Judgement(
            self.registers, self.tables, self._parts, self.people, self.now, releases, self.settings, self._kept
        )

    def _next(
        self,
        tables: Tables,
        parts: dict[str, Part],
        changes: Changes,
        now: dt.datetime,
        releases: Releases,
        also: Mapping[str, Set[str]],
        kept: Kept,
    ) -> Judgement:
        """Judge again what changed and what looks at it."""
        settings = _settings(parts, kept) if self._moved(SETTINGS, parts, changes, kept) else self.settings
        turned = settings.differing(self.settings) if settings is not self.settings else set[str]()
        is_other = self._moved(ROSTER, parts, changes, kept) or DELEGATES in turned
        people = _people(parts, kept, settings) if is_other else self.people
        strangers = people.differing(self.people) if people is not self.people else set[str]()
        roster_turned = people.roster_empty != self.people.roster_empty
        look = Look(parts, people, settings, now)
        came = {key for key in self.registers if _use(self._parts.get(key)) != _use(parts.get(key))}
        for key, part in parts.items():
            changed = changes.get(key, {})
            old = self._parts.get(key)
            is_anew = (
                roster_turned or not part.book.others.isdisjoint(came) or not part.book.settings.isdisjoint(turned)
            )
            if is_anew or _reshaped(old, part):
                again: Set[str] = part.records.keys()
            else:
                again = {*changed, *also.get(key, ())} | part.around(changed, after=True)
                for other in part.book.others & changes.keys():
                    again |= part.looking_at(other, parts[other], changes[other])
                if old is not None:
                    again |= old.around(changed, after=False)
                    again |= part.doubled ^ old.doubled
                if PEOPLE_INDEX in part.indexes:
                    again |= {other for name in strangers for other in part.indexes[PEOPLE_INDEX].members(name)}
            gone = {record: () for record, pair in changed.items() if pair[1] is None}
            found = part.judged([record for record in again if record in part.records], look)
            parts[key] = replace(part, findings=part.findings.patched({**gone, **found}))
        following = Judgement(self.registers, tables, parts, people, now, releases, settings, kept)
        following._said = self._said  # each entry tells what it rests on
        return following

    def _moved(self, register: str, parts: Mapping[str, Part], changes: Changes, kept: Kept) -> bool:
        """May the records of this register, on which all others rest, be others than before?"""
        came_or_went = (register in self._parts) != (register in parts)
        return bool(changes.get(register)) or came_or_went or kept.get(register) is not self._kept.get(register)

    # -- asking --------------------------------------------------------------------------------------------------------

    def records(self, register: str) -> Mapping[str, Record]:
        """The records of a register by key, in the order of the sheet, new ones last."""
        part = self._parts.get(register)
        return part.records if part is not None else _NOWHERE

    def record(self, register: str, key: str) -> Record | None:
        return self.records(register).get(key)

    def author(self, register: str, key: str) -> str:
        """Who registered a record, "" where that is not known."""
        record = self.record(register, key)
        return record.text("created_by") if record is not None else ""

    def heads(self, on: dt.date | dt.datetime) -> tuple[str, ...]:
        """The roles that may release, and correct what is closed or signed, that day (setting release_roles)."""
        return self.settings.value("release_roles", on) or ()

    def unidentified(self, register: str) -> list[Record]:
        """Rows of the sheet that have no id of their own yet."""
        return [record for key, record in self.records(register).items() if key.startswith("#")]

    def is_doubled(self, register: str, id: str) -> bool:
        """Does this id stand in several rows?"""
        part = self._parts.get(register)
        return part is not None and id in part.doubled

    def header_faults(self, register: str) -> list[Violation]:
        """What is wrong with the headers (DAT-04); while there is any, the register is read-only."""
        part = self._parts.get(register)
        return list(report_headers(part)) if part is not None else []

    def violations(self, register: str | None = None, key: str | None = None) -> list[Violation]:
        """What is wrong, of all registers, one, or one record: BLOCK first, then in the order of the sheet."""
        if register is None:
            found = [one for other in self._parts for one in self.violations(other)]
            return sorted(found, key=by_level)
        part = self._parts.get(register)
        if part is None:
            return []
        if key is not None:
            return in_order(self._of(part, key))
        if register not in self._listed:
            found = [one for other in part.findings for one in self._of(part, other)]
            self._listed[register] = [*report_headers(part), *in_order(found), *_crashes(part)]
        return list(self._listed[register])

    def found(self, register: str) -> Mapping[str, object]:
        """What was found on the records of a register, by key: another object where it may be something else."""
        part = self._parts.get(register)
        return part.findings if part is not None else _NOWHERE

    def at_large(self, register: str) -> list[Violation]:
        """What is wrong with a register as a whole and concerns no record: its headers, and rules that failed."""
        part = self._parts.get(register)
        return [*report_headers(part), *_crashes(part)] if part is not None else []

    def changed_since(self, register: str, before: Judgement) -> set[str]:
        """Records that may read or be judged otherwise, or stand in another row, than in `before`."""
        part, old = self._parts.get(register), before._parts.get(register)
        if part is None or old is None:
            return set(self.records(register))
        assert isinstance(part.records, Layered) and isinstance(old.records, Layered)
        return part.records.differing(old.records) | part.findings.differing(old.findings)

    def differing(self, register: str, before: Judgement) -> set[str]:
        """Records of a register whose findings may be others than in `before`."""
        part, old = self._parts.get(register), before._parts.get(register)
        if part is None:
            return set()
        return part.findings.differing(old.findings) if old is not None else set(part.findings)

    def due(self, now: dt.datetime, register: str | None = None, key: str | None = None) -> list[Violation]:
        """What is due or late at this time, judged afresh, of all registers, one, or one record."""
        look = Look(self._parts, self.people, self.settings, now)
        found: list[Violation] = []
        for part in self._parts.values():
            if register not in (None, part.book.register.key):
                continue
            judged = list(part.due(look, key))
            found.extend(report(part, record, one, self.releases) for record, one in judged if not one.crashed)
            found.extend(report_crashes(part, [(record.key, one) for record, one in judged]))
        return sorted(found, key=by_level)

    def finding(self, record: Record) -> str:
        """The text for 检查结果, "" when nothing is wrong."""
        return ";".join(in_short(one) for one in self.violations(record.register, record.key))

    def stale_findings(self, register: str) -> Iterator[tuple[str, str]]:
        """Records whose 检查结果 in the sheet does not say what it should, and what it should say."""
        part = self._parts.get(register)
        if part is None:
            return
        position = part.book.reader.position[CHECK_FIELD]
        findings = flattened(part.findings)
        for key, record in part.records.items():
            shown, found = record.cells[position], findings.get(key)
            if shown is None and not found:
                continue
            said = self._said_of(record, found)
            if said != (shown or ""):
                yield key, said

    def _said_of(self, record: Record, found: object) -> str:
        """`finding`, remembered while the record, what is found on it and the releases are the same."""
        where = record.register, record.key
        known = self._said.get(where)
        if known is None or not (known[0] is record and known[1] is found and known[2] is self.releases):
            known = self._said[where] = record, found, self.releases, self.finding(record)
        return known[3]

    def added(
        self, before: Judgement, edited: Mapping[Where, Set[str]], actor: Actor | None, now: dt.datetime
    ) -> list[Violation]:
        """What counts against a change that led from `before` to this judgement.

        That is every finding that is new or has become a BLOCK, on whatever record; every finding on an edited record
        whose rule reads an edited column; and what the diff rules say. Timed rules never count.
        """
        found: dict[tuple[object, ...], Violation] = {}
        for register, key in self._suspects(before, edited):
            known = {one.identity: one.level for one in before.violations(register, key)}
            touched = edited.get((register, key), frozenset[str]())
            for one in self.violations(register, key):
                was = known.get(one.identity)
                worse = was is None or (one.level is Level.BLOCK and was is not Level.BLOCK)
                if worse or not touched.isdisjoint((*one.fields, one.field)):
                    found[one.identity] = one
        for register, key in edited:
            for one in self._differences(before, register, key, actor, now):
                found[one.identity] = one
        return in_order(found.values())

    def misread(self, register: Register, key: str, field: str, text: str, problem: Misread) -> Violation:
        """A typed text that is no value of its column, as a violation, although nothing stands anywhere yet."""
        part, header = self._parts.get(register.key), register.fields[field].header
        one = engine_rules.BY_ID.get(problem.rule, engine_rules.DAT_01)
        finding = Finding(one, field, Level.BLOCK, problem.reason, problem.remedy, False)
        if part is None:  # it is written in another workbook
            return unplaced(register, key, finding, header, text)
        typed = part.book.reader.amended(part.records.get(key), Amendment(register.key, key, {field: text}))
        for better in part.on_texts(typed, Look(self._parts, self.people, self.settings, self.now)):
            finding = better if better.field == field else finding
        return place(part, key, part.records.get(key), finding, header, text)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _suspects(self, before: Judgement, edited: Mapping[Where, Set[str]]) -> list[Where]:
        places = dict.fromkeys(edited)
        for register in self._parts:
            places.update(dict.fromkeys((register, key) for key in sorted(self.differing(register, before))))
        return list(places)

    def _differences(
        self, before: Judgement, register: str, key: str, actor: Actor | None, now: dt.datetime
    ) -> Iterator[Violation]:
        part, after = self._parts.get(register), self.record(register, key)
        if part is None or after is None:
            return
        look = Look(self._parts, self.people, self.settings, now, actor)
        findings = list(part.differences(before.record(register, key), after, look))
        yield from (report(part, after, one, self.releases) for one in findings if not one.crashed)
        yield from report_crashes(part, ((key, one) for one in findings))

    def _of(self, part: Part, key: str) -> list[Violation]:
        record = part.records.get(key)
        if record is None:
            return []
        return [report(part, record, one, self.releases) for one in part.findings.get(key, ()) if not one.crashed]


def _crashes(part: Part) -> list[Violation]:
    return report_crashes(part, ((key, one) for key, group in part.findings.items() for one in group))


def _people(parts: Mapping[str, Part], kept: Kept, settings: Settings) -> People:
    return People(_rested_on(ROSTER, parts, kept), settings.steps(DELEGATES))


def _settings(parts: Mapping[str, Part], kept: Kept) -> Settings:
    return Settings(PARAMETERS, _rested_on(SETTINGS, parts, kept))


def _rested_on(register: str, parts: Mapping[str, Part], kept: Kept) -> Mapping[str, Record] | None:
    """The records of a register on which all others rest: as last seen where its tab cannot be read."""
    part = parts.get(register)
    return kept.get(register) or (part.records if part is not None else None)


def _use(part: Part | None) -> tuple[bool, bool]:
    """Has a register a tab, and any record?"""
    return part is not None, part is not None and bool(part.records)


def _reshaped(old: Part | None, new: Part) -> bool:
    """Have columns appeared or vanished, so that other rules can be judged than before?"""
    return old is not None and old.missing != new.missing


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the cyclic collector, which would walk through all the records again and again while they are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
