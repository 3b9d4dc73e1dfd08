"""Mends stale saves: what a file of an older generation took away is put back, or its author gets to choose (DESIGN 7).

A cell that differs from the Baseline is held against what the journal knows was written to it after the file's
generation:

- nothing was, or the last of it was a direct edit that came in a file of this very generation: an ordinary direct edit,
  because its author may have gone on in the same sitting; listed for the head where an older value came back;
- the file shows a value it had in that generation: ours is put back and listed (it may have been on purpose);
- the file shows a third value: it stands, and whoever made the lost edit gets a conflict.

What is put back goes under the name of whoever made it, so that it is theirs to settle if it fails once more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logic.changes import Change, Conflict, Edit, Outcome, Source, new_change_id
from logic.register import Register
from sheets.journal import SHEET_ACTOR, CellChange, LoggedCell, NewEntry
from sheets.ledger import Texts

Where = tuple[str, str]  # register, record
Cell = tuple[str, str, str]  # register, record, field
Body = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Lost:
    """A cell that the file shows as `sheet` where `ours` was written last, by `author`, who saw `base`."""

    field: str
    sheet: str
    ours: str
    base: str


@dataclass(slots=True)
class Mending:
    """Collects what is lost while the records of a workbook are compared; `entries()` mends it."""

    workbook: str
    registers: Mapping[str, Register]
    now: dt.datetime
    returning: Mapping[Cell, str]  # what is on its way back from an earlier stale save
    notices: list[tuple[str, Body]] = field(default_factory=list[tuple[str, Body]])
    _back: dict[tuple[Where, str], list[_Lost]] = field(default_factory=dict[tuple[Where, str], list[_Lost]])
    _overtaken: dict[tuple[Where, str], list[_Lost]] = field(default_factory=dict[tuple[Where, str], list[_Lost]])
    _gone: dict[Where, tuple[str, Texts]] = field(default_factory=dict[Where, tuple[str, Texts]])

    def is_direct(self, cell: CellChange, written: Sequence[LoggedCell], generation: int) -> bool:
        """Is this difference a direct edit? `written`: all that was written to the cell after the file's generation."""
        if self.returning.get((cell.register, cell.record, cell.field)) == cell.after:
            return False  # a newer file came back before we could write
        if not written:
            return True
        first, last = written[0], written[-1]
        # A record that had stood in the sheet before it got its id showed then what it was first journaled with.
        older = {first.after if first.fresh and first.origin is not None else first.before}
        older |= {one.after for one in written if one.origin == generation}
        if last.origin == generation:
            if cell.after in older:
                body = {"register": cell.register, "record": cell.record, "field": cell.field}
                self.notices.append(("taken_back", body | {"was": cell.before, "now": cell.after}))
            return True
        if cell.after == last.after:
            return False
        lost = _Lost(cell.field, cell.after, last.after, last.before)
        where = (cell.register, cell.record), last.actor
        if cell.after in older:
            self._back.setdefault(where, []).append(lost)
            return False
        if cell.before == last.after:  # else it was lost before, and is on its way back or in conflict already
            self._overtaken.setdefault(where, []).append(lost)
        return True

    def has_returned(self, where: Where, texts: Texts, written: Sequence[LoggedCell], generation: int) -> bool:
        """A record that is not in the file: does it return because it, or a change of it, came after the file?"""
        ours = [one for one in written if one.origin != generation]
        if ours:
            last = {one.field: one.after for one in written}
            self._gone[where] = ours[-1].actor, {**texts, **last}
            self.notices.append(("returned", {"register": where[0], "record": where[1]}))
        return bool(ours)

    def entries(self) -> list[NewEntry]:
        """What is put back (pending) and what its authors have to choose about (overtaken)."""
        entries: list[NewEntry] = []
        for (where, author), cells in self._overtaken.items():
            if author == SHEET_ACTOR:  # nobody in particular: the head looks at it
                self.notices.extend(
                    ("overwritten", overwritten(where, one.field, one.ours, one.sheet)) for one in cells
                )
            else:
                entries.append(self._conflict(where, author, cells))
        for where, (author, texts) in self._gone.items():
            values = {name: text for name, text in texts.items() if text}
            entries.append(self._put_back(author, Edit(register=where[0], record=where[1], new=True, values=values)))
        listed: dict[Where, list[_Lost]] = {}
        for (where, author), cells in self._back.items():
            listed.setdefault(where, []).extend(cells)
            # Each cell by itself: what becomes of one must not keep the others from coming back.
            entries.extend(self._put_back(author, _edit(where, [one], {one.field: one.sheet})) for one in cells)
        for (register, record), cells in listed.items():
            shown = [{"field": one.field, "sheet": one.sheet, "ours": one.ours} for one in cells]
            self.notices.append(("put_back", {"register": register, "record": record, "cells": shown}))
        return entries

    def _put_back(self, author: str, edit: Edit) -> NewEntry:
        return self._entry(self._change(author, edit, "文件被旧版本覆盖,控制台把之后的修改写回"), "pending")

    def _conflict(self, where: Where, author: str, cells: Sequence[_Lost]) -> NewEntry:
        register, record = where
        change = self._change(author, _edit(where, cells, {one.field: one.base for one in cells}))
        fields = self.registers[register].fields
        outcome = Outcome(
            state="overtaken",
            change=change.id,
            records=(record,),
            conflicts=tuple(
                Conflict(
                    register=register,
                    record=record,
                    field=one.field,
                    column=fields[one.field].header,
                    mine=one.ours,
                    theirs=one.sheet,
                    base=one.base,
                )
                for one in cells
            ),
            reason="有人用旧版本的文件覆盖了表格,并改成了另一个值,请选择以哪个为准。",
        )
        return self._entry(change, "overtaken", outcome.model_dump_json())

    def _change(self, author: str, edit: Edit, reason: str = "") -> Change:
        return Change(
            id=new_change_id(),
            workbook=self.workbook,
            actor=author,
            source=Source.ENGINE,
            at=self.now,
            edits=(edit,),
            reason=reason,
        )

    def _entry(self, change: Change, state: str, outcome: str = "") -> NewEntry:
        return NewEntry(
            change.id,
            change.workbook,
            change.actor,
            Source.ENGINE,
            self.now.isoformat(timespec="seconds"),
            state,
            change.model_dump_json(),
            change.touches,
            outcome=outcome,
        )


def overwritten(where: Where, field: str, was: str, now: str) -> Body:
    """What the head is told of a direct edit that was lost to a third value."""
    return {"register": where[0], "record": where[1], "field": field, "was": was, "now": now}


def _edit(where: Where, cells: Sequence[_Lost], base: Mapping[str, str]) -> Edit:
    values = {one.field: one.ours for one in cells}
    return Edit(register=where[0], record=where[1], values=values, base=base)
