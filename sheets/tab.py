"""A tab while it lives: rows that may be changed one by one, marks and hidden rows that move with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sheets.cells import plain
from sheets.port import CellEdit, Mark, ProofFailed, RowInsert, Sheet, Value

Grid = list[list[Value]]


@dataclass
class Tab:
    """`Tab.of(sheet)` … `put`, `move` … `sheet(title)`."""

    rows: Grid
    marks: dict[tuple[int, int], Mark] = field(default_factory=dict[tuple[int, int], Mark])
    hidden: set[int] = field(default_factory=set[int])
    notes: dict[int, str] = field(default_factory=dict[int, str])

    @classmethod
    def of(cls, sheet: Sheet) -> Tab:
        return cls([list(row) for row in sheet.rows], dict(sheet.marks), set(sheet.hidden))

    def copy(self) -> Tab:
        return Tab([list(row) for row in self.rows], dict(self.marks), set(self.hidden), dict(self.notes))

    def sheet(self, title: str, *, live: bool = False) -> Sheet:
        return Sheet(title, trimmed_rows(self.rows), dict(self.marks), frozenset(self.hidden), live)

    def value(self, row: int, column: int) -> Value:
        inside = 1 <= row <= len(self.rows) and 1 <= column <= len(self.rows[row - 1])
        return self.rows[row - 1][column - 1] if inside else None

    def put(self, row: int, column: int, value: Value) -> None:
        while len(self.rows) < row:
            self.rows.append([])
        cells = self.rows[row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = plain(value)

    def move(self, row: int, count: int) -> None:
        """Rows from `row` on go down by `count`, or up where it is negative (the rows that vanish are gone)."""
        if count > 0:
            self.rows[row - 1 : row - 1] = [[] for _ in range(count)] if row <= len(self.rows) else []
        else:
            del self.rows[row - 1 : row - 1 - count]
        gone = range(row, row - count)
        self.marks = {(r + count if r >= row else r, c): mark for (r, c), mark in self.marks.items() if r not in gone}
        self.hidden = {r + count if r >= row else r for r in self.hidden if r not in gone}

    def carry_out(self, inserts: Iterable[RowInsert], edits: Iterable[CellEdit]) -> None:
        """What a Commit does to this tab."""
        for insert in inserts:
            if insert.row < 1 or insert.count < 1:
                raise ProofFailed(f"insert {insert}")
            self.move(insert.row, insert.count)
        for edit in edits:
            self.put(edit.row, edit.column, edit.value)
            self.marks.pop((edit.row, edit.column), None)


def trimmed_rows(rows: Sequence[Sequence[Value]]) -> tuple[tuple[Value, ...], ...]:
    """Rows without the empty cells at their right end and without the empty rows at the bottom."""
    found = [trimmed(row) for row in rows]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def trimmed(row: Sequence[Value]) -> tuple[Value, ...]:
    width = len(row)
    while width and row[width - 1] is None:
        width -= 1
    return tuple(row[:width])
