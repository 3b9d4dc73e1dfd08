"""Tells what people did in the sheet itself from the Baseline, also while nothing was running, and mends stale saves.

Three cases, told apart by the generation in the file (DESIGN 7):

- first contact: the content becomes the Baseline, without findings;
- the file knows our last commit: what differs from the Baseline are direct edits;
- the file is older (saved over ours, copied away and back, restored): what the journal knows was changed after that
  generation is put back where the file still shows the old value, and becomes a conflict where it shows a third one.
  A direct edit that came in a file of the very same generation is not put back: its own author may have changed it
  again in the same sitting. It is journaled like any direct edit and listed for the head.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logic.changes import Change, Conflict, Edit, Outcome, Source, new_change_id
from logic.judgement import Judgement
from logic.records import Record
from logic.register import Register
from sheets.ids import is_id, new_id
from sheets.journal import SHEET_ACTOR, CellChange, LoggedCell, NewEntry
from sheets.ledger import BaselineRow, Observed, Standing, Texts

STABLE_FOR = dt.timedelta(seconds=10)
ENGINE_ACTOR = "控制台"
Cell = tuple[str, str, str]  # register, record, field


@dataclass(frozen=True, slots=True)
class IdWrite:
    """An id to write into a row that has none, lost its own, or carries another row's. `origin`: the row it is a copy of."""

    register: str
    key: str
    id: str
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """The outcome of looking at a Snapshot: what to journal, and which rows get an id with the next commit."""

    observed: Observed | None
    id_writes: tuple[IdWrite, ...] = ()


@dataclass(slots=True)
class _Finding:
    """What is collected while the records are compared, by register and record."""

    entries: list[NewEntry] = field(default_factory=list[NewEntry])
    baseline: list[BaselineRow] = field(default_factory=list[BaselineRow])
    notices: list[tuple[str, Mapping[str, object]]] = field(default_factory=list[tuple[str, Mapping[str, object]]])
    direct: list[CellChange] = field(default_factory=list[CellChange])


class Observer:
    """Compares one Judgement of the sheet with the Baseline. Build one, ask `sight()` once."""

    def __init__(
        self,
        registers: Mapping[str, Register],
        judgement: Judgement,
        baseline: Mapping[str, Mapping[str, BaselineRow]],
        log: Sequence[LoggedCell],
        standing: Standing,
        generation: int,
        now: dt.datetime,
        last: Judgement | None = None,
    ) -> None:
        """`last`: the Judgement that was compared before, so that rows that read the same need no comparing."""
        self.registers, self.judgement, self.baseline, self.last = registers, judgement, baseline, last
        self.standing, self.generation, self.now = standing, generation, now
        self.at = now.isoformat(timespec="seconds")
        self.log = [cell for cell in log if cell.origin is None or cell.origin != generation]
        self.lineage = [cell for cell in log if cell.origin is not None and cell.origin == generation]
        self.found = _Finding()

    def sight(self, sightings: Mapping[tuple[str, str], str]) -> Sight:
        if not self.standing.contacted:
            return self._first_contact()
        for key in self._readable():
            self._compare(key)
        put_back = self._mend()
        entries = list(self.found.entries)
        if self.found.direct:
            entries.append(self._direct_entry())
        entries.extend(put_back)
        id_writes, seen = self._ids(sightings)
        if not (entries or self.found.baseline or self.found.notices or seen != dict(sightings)):
            return Sight(None, id_writes)
        observed = Observed(
            tuple(entries),
            tuple(self.found.baseline),
            tuple(self.found.notices),
            seen,
            self.standing.generation + 1 if self.found.direct else None,
        )
        return Sight(observed, id_writes)

    def _readable(self) -> list[str]:
        """Registers whose tab and headers are all there: a lost column must not look like a thousand deleted cells."""
        return [key for key, table in self.judgement.tables.items() if table is not None and table.writable]

    def _first_contact(self) -> Sight:
        rows = [
            BaselineRow(key, record.id, record.texts())
            for key in self._readable()
            for record in self.judgement.records(key).values()
            if record.id is not None and record.key == record.id
        ]
        return Sight(Observed(baseline=tuple(rows)))

    def _compare(self, key: str) -> None:
        known = self.baseline.get(key, {})
        compared = compared_fields(self.registers[key])
        present: set[str] = set()
        for record in self.judgement.records(key).values():
            if record.id is None or record.key != record.id:
                continue
            present.add(record.id)
            before = self.last.record(key, record.key) if self.last is not None else None
            if before is None or before.cells != record.cells or before.id != record.id:
                self._compare_record(key, record, known.get(record.id), compared)
        for record_id, row in known.items():
            if record_id not in present and row.vanished_at is None:
                self._vanished(key, record_id, row)

    def _compare_record(self, key: str, record: Record, row: BaselineRow | None, compared: Sequence[str]) -> None:
        before: Texts = row.texts or {} if row is not None else {}
        texts = record.texts()
        cells = [
            CellChange(key, record.key, name, before.get(name, ""), texts.get(name, ""), fresh=row is None)
            for name in compared
            if before.get(name, "") != texts.get(name, "")
        ]
        reappeared = row is not None and row.vanished_at is not None
        if cells or row is None or reappeared:
            self.found.direct.extend(cells)
            self.found.baseline.append(BaselineRow(key, record.key, texts))

    def _vanished(self, key: str, record: str, row: BaselineRow) -> None:
        self.found.baseline.append(BaselineRow(key, record, row.texts, vanished_at=self.at))
        self.found.notices.append(("vanished", {"register": key, "record": record}))

    def _direct_entry(self) -> NewEntry:
        cells = tuple(self.found.direct)
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
            cells=cells,
            generation=self.standing.generation + 1,
            origin=self.generation,
        )

    # -- stale saves ---------------------------------------------------------------------------------------------------

    def _mend(self) -> list[NewEntry]:
        """Entries that put back what a stale save took away; takes those cells out of the direct edits."""
        self._list_taken_back()
        if not self.log:
            return []
        lost = self._lost_cells()
        back: list[CellChange] = []
        for cell in list(self.found.direct):
            entry = lost.get((cell.register, cell.record, cell.field))
            if entry is None or cell.fresh:
                continue
            if cell.after == entry.before:
                self.found.direct.remove(cell)
                back.append(CellChange(cell.register, cell.record, cell.field, cell.after, cell.before))
            else:
                self.found.entries.append(self._overtaken(cell, entry))
        self._keep_baseline(back)
        entries = [self._put_back(edits_of(back))] if back else []
        returned = self._returned_records(lost)
        if returned:
            entries.append(self._put_back(tuple(returned)))
        return entries

    def _lost_cells(self) -> dict[Cell, LoggedCell]:
        """The first change of each cell after the file's generation: its `before` is what the file's owner saw."""
        first: dict[Cell, LoggedCell] = {}
        for cell in self.log:
            first.setdefault((cell.register, cell.record, cell.field), cell)
        return first

    def _keep_baseline(self, back: Sequence[CellChange]) -> None:
        """The Baseline says what stands in the file, so the put-back finds base and current equal."""
        records = {(cell.register, cell.record) for cell in back}
        for register, record in records:
            self.found.notices.append(
                (
                    "put_back",
                    {
                        "register": register,
                        "record": record,
                        "cells": [
                            {"field": c.field, "sheet": c.before, "ours": c.after}
                            for c in back
                            if (c.register, c.record) == (register, record)
                        ],
                    },
                )
            )

    def _put_back(self, edits: tuple[Edit, ...]) -> NewEntry:
        change = Change(
            id=new_change_id(),
            workbook=self.standing.id,
            actor=ENGINE_ACTOR,
            source=Source.ENGINE,
            at=self.now,
            edits=edits,
            reason="文件被旧版本覆盖,控制台把之后的修改写回",
        )
        return NewEntry(
            change.id,
            self.standing.id,
            ENGINE_ACTOR,
            Source.ENGINE,
            self.at,
            "pending",
            change.model_dump_json(),
            change.touches,
        )

    def _overtaken(self, cell: CellChange, entry: LoggedCell) -> NewEntry:
        """Whoever made the edit that a stale file replaced by a third value gets to choose."""
        register = self.registers[cell.register]
        edit = Edit(
            register=cell.register,
            record=cell.record,
            values={cell.field: cell.before},
            base={cell.field: entry.before},
        )
        author = self._last_author(cell)
        change = Change(
            id=new_change_id(),
            workbook=self.standing.id,
            actor=author,
            source=Source.ENGINE,
            at=self.now,
            edits=(edit,),
        )
        conflict = Conflict(
            register=cell.register,
            record=cell.record,
            field=cell.field,
            column=register.fields[cell.field].header,
            mine=cell.before,
            theirs=cell.after,
            base=entry.before,
        )
        outcome = Outcome(
            state="overtaken",
            change=change.id,
            records=(cell.record,),
            conflicts=(conflict,),
            reason="有人用旧版本的文件覆盖了表格,并改成了另一个值,请选择以哪个为准。",
        )
        return NewEntry(
            change.id,
            self.standing.id,
            author,
            Source.ENGINE,
            self.at,
            "overtaken",
            change.model_dump_json(),
            change.touches,
            outcome=outcome.model_dump_json(),
        )

    def _last_author(self, cell: CellChange) -> str:
        where = (cell.register, cell.record, cell.field)
        return [c.actor for c in self.log if (c.register, c.record, c.field) == where][-1]

    def _returned_records(self, lost: Mapping[Cell, LoggedCell]) -> list[Edit]:
        """Records that the stale file lacks because they, or their last change, came after it."""
        touched = {(register, record) for register, record, _ in lost}
        edits: list[Edit] = []
        for row in list(self.found.baseline):
            if row.vanished_at == self.at and (row.register, row.record) in touched:
                self.found.baseline.remove(row)
                self.found.notices.remove(("vanished", {"register": row.register, "record": row.record}))
                self.found.baseline.append(BaselineRow(row.register, row.record, row.texts, vanished_at=self.at))
                self.found.notices.append(("returned", {"register": row.register, "record": row.record}))
                values = {name: text for name, text in (row.texts or {}).items() if text}
                edits.append(Edit(register=row.register, record=row.record, new=True, values=values))
        return edits

    def _list_taken_back(self) -> None:
        """A direct edit taken back in a file of its own generation: journaled as any, and listed for the head."""
        first: dict[Cell, LoggedCell] = {}
        for cell in self.lineage:
            first.setdefault((cell.register, cell.record, cell.field), cell)
        for cell in self.found.direct:
            entry = first.get((cell.register, cell.record, cell.field))
            if entry is not None and cell.after == entry.before:
                body = {"register": cell.register, "record": cell.record, "field": cell.field}
                self.found.notices.append(("taken_back", body | {"was": cell.before, "now": cell.after}))

    # -- ids -----------------------------------------------------------------------------------------------------------

    def _ids(self, sightings: Mapping[tuple[str, str], str]) -> tuple[tuple[IdWrite, ...], dict[tuple[str, str], str]]:
        """Ids for rows that stood unchanged long enough, and since when the others were seen."""
        writes: list[IdWrite] = []
        seen: dict[tuple[str, str], str] = {}
        for key in self._readable():
            register = self.registers[key]
            compared = compared_fields(register)
            vanished = self._vanished_by_content(key, compared)
            counter: Counter[str] = Counter()
            for record in self.judgement.unidentified(key):
                content = _content(record.texts(), compared)
                counter[content] += 1
                fingerprint = f"{content}:{counter[content]}"
                since = sightings.get((key, fingerprint))
                seen[key, fingerprint] = since or self.at
                if since is not None and self.now - dt.datetime.fromisoformat(since) >= STABLE_FOR:
                    lost_id = vanished.pop(content, None)
                    origin = record.id if is_id(record.id) else None
                    fresh = lost_id or new_id(register.prefix, self.now.date())
                    writes.append(IdWrite(key, record.key, fresh, None if lost_id else origin))
        return tuple(writes), seen

    def _vanished_by_content(self, key: str, compared: Sequence[str]) -> dict[str, str]:
        gone = {row.record for row in self.found.baseline if row.register == key and row.vanished_at is not None}
        found: dict[str, str] = {}
        for record, row in self.baseline.get(key, {}).items():
            if row.texts is not None and (row.vanished_at is not None or record in gone):
                found[_content(row.texts, compared)] = record
        return found


def compared_fields(register: Register) -> list[str]:
    """The columns that count for base, merge and fingerprint: all but the engine's."""
    return [name for name, declared in register.fields.items() if not declared.engine]


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


def _content(texts: Texts, compared: Sequence[str]) -> str:
    shown = json.dumps([texts.get(name, "") for name in compared], ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()[:24]
