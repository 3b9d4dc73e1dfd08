"""Tells what people did in the sheet itself from the Baseline, also while nothing was running.

First contact: the content of a register becomes the Baseline, without findings. From then on what differs from the
Baseline are direct edits, but for what a file of an older generation took away (see logic.mending). A register whose tab
or headers are not all there is not compared; it is remembered which generation stood there meanwhile, so that a stale
save is recognised once its headers can be read again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logic.changes import Change, Edit, Outcome, Source, new_change_id
from logic.judgement import Judgement
from logic.mending import Cell, Mending, Where
from logic.naming import IdWrite, Naming, compared_fields
from logic.records import Record
from logic.register import Register
from sheets.journal import SHEET_ACTOR, CellChange, LoggedCell, NewEntry
from sheets.ledger import BaselineRow, Observed, Standing, Texts

Known = Mapping[str, BaselineRow]
Written = Mapping[str, Sequence[LoggedCell]]  # what was written to the cells of a record, by field, oldest first


@dataclass(frozen=True, slots=True)
class Compared:
    """A Judgement and the Baseline it was compared with, as it was then: commits and other processes advance it.

    Registers that could not be read were not compared, and are not in `baseline`.
    """

    judgement: Judgement
    baseline: Mapping[str, Known]

    def has(self, record: Record, row: BaselineRow | None) -> bool:
        """Was this very content compared with this very row?"""
        before, known = self.judgement.record(record.register, record.key), self.baseline.get(record.register)
        same = before is not None and before.cells == record.cells and before.id == record.id
        return same and known is not None and known.get(record.key) is row


@dataclass(frozen=True, slots=True)
class Sight:
    """The outcome of looking at a Snapshot: what to journal, and which rows get an id with the next commit.

    `nameless`: records whose row stands in the sheet without their id; it comes back, and changes wait for that.
    """

    observed: Observed | None
    compared: Compared | None = None
    id_writes: tuple[IdWrite, ...] = ()
    nameless: frozenset[Where] = frozenset()


@dataclass(slots=True)
class _Finding:
    """What is collected while the records are compared. `direct` by the generation of the file it came in."""

    baseline: list[BaselineRow] = field(default_factory=list[BaselineRow])
    notices: list[tuple[str, Mapping[str, object]]] = field(default_factory=list[tuple[str, Mapping[str, object]]])
    direct: dict[int, list[CellChange]] = field(default_factory=dict[int, list[CellChange]])


class Observer:
    """Compares one Judgement of the sheet with the Baseline. Build one, ask `sight()` once."""

    def __init__(
        self,
        registers: Mapping[str, Register],
        judgement: Judgement,
        baseline: Mapping[str, Known],
        log: Sequence[LoggedCell],
        standing: Standing,
        generation: int,
        now: dt.datetime,
        last: Compared | None = None,
        returning: Mapping[Cell, str] | None = None,
    ) -> None:
        """`log`: what was written after `generation`, the one of the file, and after older ones that `standing` names.
        `last`: what was compared before, and need not be again. `returning`: what is being put back.
        """
        self.registers, self.judgement, self.baseline, self.last = registers, judgement, baseline, last
        self.standing, self.generation, self.now = standing, generation, now
        self.at = now.isoformat(timespec="seconds")
        self.written = _by_record(log)
        self.found = _Finding()
        self.mending = Mending(standing.id, registers, now, returning or {})
        self.naming = Naming(registers, judgement, now)

    def sight(self, sightings: Mapping[tuple[str, str], str]) -> Sight:
        readable = self._readable()
        for key in readable:
            if key in self.standing.registers or key in self.baseline:
                self._compare(key)
            else:
                self._first_contact(key)
        mended = self.mending.entries()
        self.found.notices.extend(self.mending.notices)
        entries = [self._direct_entry(cells, origin) for origin, cells in self.found.direct.items()]
        id_writes, seen = self.naming.id_writes(readable, sightings)
        states = self._states(readable)
        compared = Compared(self.judgement, {key: dict(self.baseline.get(key, {})) for key in readable})
        nameless = frozenset((register, record) for (register, _), record in self.naming.found.items())
        news = entries or mended or self.found.baseline or self.found.notices
        if not news and seen == dict(sightings) and states == self.standing.registers:
            return Sight(None, compared, id_writes, nameless)
        observed = Observed(
            (*entries, *mended),
            tuple(self.found.baseline),
            tuple(self.found.notices),
            seen,
            self.standing.generation + 1 if entries else None,
            states,
        )
        return Sight(observed, compared, id_writes, nameless)

    def _readable(self) -> list[str]:
        """Registers whose tab and headers are all there: a lost column must not look like a thousand deleted cells."""
        return [key for key, table in self.judgement.tables.items() if table is not None and table.writable]

    def _states(self, readable: Sequence[str]) -> dict[str, int | None]:
        """For each register met so far: None, or the oldest generation that stood there since it could be read."""
        states = dict(self.standing.registers)
        is_stale = self.generation < self.standing.generation
        for key in states:
            states[key] = min(self.generation, _or(states[key], self.generation)) if is_stale else states[key]
        return states | dict.fromkeys(readable)

    def _generation(self, key: str) -> int:
        """The generation that the content of a register is of."""
        return min(self.generation, _or(self.standing.registers.get(key), self.generation))

    def _first_contact(self, key: str) -> None:
        for record in self.judgement.records(key).values():
            if record.id is not None and record.key == record.id:
                self.found.baseline.append(BaselineRow(key, record.id, record.texts()))

    def _compare(self, key: str) -> None:
        known = self.baseline.get(key, {})
        records = self.judgement.records(key)
        compared = compared_fields(self.registers[key])
        missing = [record for record, row in known.items() if record not in records and row.texts is not None]
        self.naming.match(key, known, missing, lambda record: _born(self._written(key, record)))
        there = {record: records[row] for (register, row), record in self.naming.found.items() if register == key}
        for record in records.values():
            row = known.get(record.key)
            if record.key == record.id and not (self.last is not None and self.last.has(record, row)):
                self._compare_record(key, record.key, record, row, compared)
        for record in missing:
            if known[record].vanished_at is not None:
                continue  # it is known to be gone; where its row stands without it, it is back once it has its id
            if record in there:
                self._compare_record(key, record, there[record], known[record], compared)
            else:
                self._vanished(key, record, known[record])

    def _compare_record(
        self, key: str, id: str, record: Record, row: BaselineRow | None, compared: Sequence[str]
    ) -> None:
        before: Texts = row.texts or {} if row is not None else {}
        texts, generation = record.texts(), self._generation(key)
        written = self._written(key, id)
        cells = [
            CellChange(key, id, name, before.get(name, ""), texts.get(name, ""), fresh=row is None)
            for name in compared
            if before.get(name, "") != texts.get(name, "")
        ]
        direct = [
            cell
            for cell in cells
            if row is None
            # A formula's result follows from other cells, and the console would not write over it anyway.
            or record.mark(cell.field) is not None
            or self.mending.is_direct(cell, written.get(cell.field, ()), generation)
        ]
        if direct:
            self.found.direct.setdefault(generation, []).extend(direct)
        if cells or row is None or row.vanished_at is not None:
            # The Baseline says what stands in the file, so that what is put back finds base and current equal.
            self.found.baseline.append(BaselineRow(key, id, texts))

    def _vanished(self, key: str, record: str, row: BaselineRow) -> None:
        self.found.baseline.append(BaselineRow(key, record, row.texts, vanished_at=self.at))
        written = [cell for cells in self._written(key, record).values() for cell in cells]
        if not self.mending.has_returned((key, record), row.texts or {}, written, self._generation(key)):
            self.found.notices.append(("vanished", {"register": key, "record": record}))

    def _written(self, key: str, record: str) -> Written:
        generation = self._generation(key)
        found: dict[str, list[LoggedCell]] = {}
        for cell in self.written.get((key, record), ()):
            if cell.generation > generation:
                found.setdefault(cell.field, []).append(cell)
        return found

    def _direct_entry(self, cells: Sequence[CellChange], origin: int) -> NewEntry:
        edits = edits_of(cells)
        change = Change(
            id=new_change_id(),
            workbook=self.standing.id,
            actor=SHEET_ACTOR,
            source=Source.SHEET,
            at=self.now,
            edits=edits,
        )
        outcome = Outcome(state="saved", change=change.id, records=tuple(edit.record for edit in edits))
        return NewEntry(
            change.id,
            self.standing.id,
            SHEET_ACTOR,
            Source.SHEET,
            self.at,
            "saved",
            change.model_dump_json(),
            change.touches,
            outcome=outcome.model_dump_json(),
            cells=tuple(cells),
            generation=self.standing.generation + 1,
            origin=origin,
        )


def edits_of(cells: Sequence[CellChange]) -> tuple[Edit, ...]:
    """The Edits that make these cell changes."""
    grouped: dict[tuple[str, str, bool], list[CellChange]] = {}
    for cell in cells:
        grouped.setdefault((cell.register, cell.record, cell.fresh), []).append(cell)
    return tuple(
        Edit(
            register=register,
            record=record,
            new=fresh,
            values={cell.field: cell.after for cell in group},
            base={cell.field: cell.before for cell in group},
        )
        for (register, record, fresh), group in grouped.items()
    )


def _by_record(log: Sequence[LoggedCell]) -> Mapping[Where, Sequence[LoggedCell]]:
    found: dict[Where, list[LoggedCell]] = defaultdict(list)
    for cell in log:
        found[cell.register, cell.record].append(cell)
    return found


def _born(written: Written) -> Texts | None:
    """What a record showed when it got its id, if its row had stood in the sheet without one before."""
    firsts = [cells[0] for cells in written.values() if cells[0].fresh and cells[0].origin is not None]
    return {cell.field: cell.after for cell in firsts} if firsts else None


def _or(one: int | None, other: int) -> int:
    return other if one is None else one
