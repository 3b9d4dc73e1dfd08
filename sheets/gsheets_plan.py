"""What one batch is to do to which rows, worked out before anything is asked: pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheets.cells import is_same
from sheets.gsheets_cells import Detail, rows_range, spans
from sheets.gsheets_proof import alike, cell_of
from sheets.port import CellEdit, RowInsert, Sheet, Stamp
from sheets.tab import Tab


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: `before` as it stood, `after` as it is meant to stand. `token` is what it leaves behind."""

    edits: tuple[CellEdit, ...]
    inserts: tuple[RowInsert, ...]
    stamp: Stamp
    token: str
    before: Mapping[str, Sheet]
    after: Mapping[str, Sheet]

    @property
    def ranges(self) -> list[str]:
        titles = dict.fromkeys(edit.sheet for edit in self.edits)
        rows = {title: {edit.row for edit in self.edits if edit.sheet == title} for title in titles}
        return [rows_range(title, span) for title, numbers in rows.items() for span in spans(numbers)]

    @property
    def new_rows(self) -> set[tuple[str, int]]:
        """The rows of edits, by tab and final number, that this very batch inserts, so that nothing can come between."""
        return {(edit.sheet, edit.row) for edit in self.edits if _old_row(edit.sheet, edit.row, self.inserts) is None}


def id_writes(edits: Sequence[CellEdit]) -> dict[CellEdit, None]:
    """Those that give an id to a row that stands in the sheet already, and write nothing else there."""
    cells = Counter((edit.sheet, edit.row) for edit in edits)
    return {
        edit: None
        for edit in edits
        if edit.record is None and edit.id_column == edit.column and cells[edit.sheet, edit.row] == 1
    }


def applied(sheets: Mapping[str, Sheet], inserts: Sequence[RowInsert], edits: Sequence[CellEdit]) -> dict[str, Sheet]:
    """The tabs as they stand after that; untouched ones are the same objects."""
    after = dict(sheets)
    for title in {one.sheet for one in (*inserts, *edits)}:
        tab = Tab.of(sheets[title])
        tab.carry_out([one for one in inserts if one.sheet == title], [one for one in edits if one.sheet == title])
        after[title] = tab.sheet(title, live=True)
    return after


def old_rows(edits: Sequence[CellEdit], inserts: Sequence[RowInsert]) -> dict[str, set[int]]:
    """Where the rows concerned stood before the inserts, with the row above each inserted one."""
    found: dict[str, set[int]] = {}
    for edit in edits:
        row = _old_row(edit.sheet, edit.row, inserts)
        found.setdefault(edit.sheet, set()).add(row if row is not None else edit.row)
    for number, insert in enumerate(inserts):
        above = _old_row(insert.sheet, max(1, insert.row - 1), inserts[:number])
        if above is not None:
            found.setdefault(insert.sheet, set()).add(above)
    return found


def _old_row(title: str, row: int, inserts: Sequence[RowInsert]) -> int | None:
    """Where a final row stood before the inserts; None for an inserted one."""
    for insert in reversed([one for one in inserts if one.sheet == title]):
        if row >= insert.row + insert.count:
            row -= insert.count
        elif row >= insert.row:
            return None
    return row


def stands(edit: CellEdit, batch: Batch, found: Mapping[str, Detail]) -> bool:
    """Does the row of this edit still say what it said: the cell itself, and who it is?"""
    row = _old_row(edit.sheet, edit.row, batch.inserts)
    if row is None:
        return True
    detail = found.get(edit.sheet)
    told = detail.rows[row].values if detail is not None and row in detail.rows else ()
    known = batch.before[edit.sheet].rows[row - 1] if row <= len(batch.before[edit.sheet].rows) else ()
    columns = {edit.column} if edit.record is not None else set(range(1, max(len(told), len(known)) + 1))
    columns |= {edit.id_column} if edit.id_column is not None else set()
    return all(is_same(cell_of(told, column), cell_of(known, column)) for column in columns)


def is_row_as_meant(edit: CellEdit, meant: Mapping[str, Sheet], now: Mapping[str, Sheet]) -> bool:
    """Is the row of an edit, to the last cell, the row it is meant for?"""
    rows = [one[edit.sheet].rows if edit.sheet in one else () for one in (meant, now)]
    return all(edit.row <= len(some) for some in rows) and alike(rows[0][edit.row - 1], rows[1][edit.row - 1])


def above_stands(batch: Batch, found: Mapping[str, Detail]) -> bool:
    """Is the row above each new one still the row that it was? Else the new one would stand somewhere else than meant."""
    id_columns = {edit.sheet: edit.id_column for edit in batch.edits}
    for number, insert in enumerate(batch.inserts):
        above = _old_row(insert.sheet, insert.row - 1, batch.inserts[:number])
        detail, known = found.get(insert.sheet), batch.before[insert.sheet].rows
        if above is None or detail is None or not 1 <= above <= len(known):
            continue
        told = detail.rows[above].values if above in detail.rows else ()
        column = id_columns.get(insert.sheet)
        if not is_same(cell_of(told, column), cell_of(known[above - 1], column)):
            return False
    return True


def formats(found: Mapping[str, Detail], inserts: Sequence[RowInsert]) -> dict[tuple[str, int], Mapping[int, str]]:
    """The number formats of final rows; an inserted row has those of the row above it."""
    formats: dict[tuple[str, int], Mapping[int, str]] = {}
    for title, detail in found.items():
        mine = [one for one in inserts if one.sheet == title]
        rows = {number: row.formats for number, row in detail.rows.items()}
        for insert in mine:
            above = rows.get(insert.row - 1, {})
            rows = {number + insert.count if number >= insert.row else number: one for number, one in rows.items()}
            rows |= {insert.row + at: above for at in range(insert.count)}
        formats |= {(title, number): one for number, one in rows.items()}
    return formats
