"""Finds a declared table inside a tab: the header row by its names, the columns wherever they stand, the rows that are records.

Columns are found by header (also by former names), never by position; a header that is missing or stands twice is a
HeaderFault. Everything above the header row and every column nobody declared is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from sheets.port import ColumnSpec, Mark, Sheet, SheetSpec, Value

ID_FIELD = "record_id"
HEADER_SEARCH_ROWS = 30
SUMMARY_WORDS = frozenset({"合计", "小计", "总计", "备注", "说明"})
_NO_MARKS: Mapping[int, Mark] = {}


@dataclass(frozen=True, slots=True)
class HeaderFault:
    """A declared header that is missing from the sheet, or stands in several cells."""

    kind: Literal["missing", "doubled"]
    header: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is a record. `cells` and `marks` follow the order of the spec's columns, not of the sheet's."""

    number: int
    id: str | None
    cells: tuple[Value, ...]
    marks: Mapping[int, Mark] = field(default_factory=dict[int, Mark])
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """A declared table as it stands in a tab. `columns` gives the sheet column of each field that was found once."""

    spec: SheetSpec
    header_row: int | None
    columns: Mapping[str, int]
    faults: tuple[HeaderFault, ...]
    rows: tuple[Row, ...]
    others: Mapping[str, int]
    sheet: Sheet

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of each field in `Row.cells`."""
        return {column.field: position for position, column in enumerate(self.spec.columns)}

    @property
    def writable(self) -> bool:
        return self.header_row is not None and not self.faults

    def address(self, row: int, field_name: str) -> str:
        """The cell as people name it, e.g. D12; only the row where the column was not found."""
        column = self.columns.get(field_name)
        return f"{column_letters(column)}{row}" if column else f"第{row}行"

    @property
    def last_row(self) -> int:
        """Row number of the last record, or of the header while there is none."""
        return self.rows[-1].number if self.rows else (self.header_row or 0)


def column_letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def header_key(value: Value) -> str:
    """A header without what people add to it unknowingly: blanks, line breaks, invisible characters, a required-star."""
    return re.sub(r"[\s\u200b-\u200d\u2060\ufeff*＊]+", "", value) if isinstance(value, str) else ""


def find_table(sheet: Sheet, spec: SheetSpec, known: Table | None = None) -> Table:
    """Look for `spec` in `sheet`; a tab without any of its headers gives a table in which all of them are missing. Rows
    that are the very same as in `known`, the table of an earlier Snapshot, are taken from there."""
    names = {header_key(name): column for column in spec.columns for name in (*column.formerly, column.header)}
    header_row = _header_row(sheet, names)
    found: dict[str, list[int]] = {}
    others: dict[str, int] = {}
    if header_row is not None:
        for position, value in enumerate(sheet.rows[header_row - 1], start=1):
            key = header_key(value)
            if key in names:
                found.setdefault(names[key].field, []).append(position)
            elif value is not None and str(value).strip():
                others.setdefault(str(value).strip(), position)
    faults, columns = _columns(spec, found, header_row)
    if known is not None and (known.header_row, known.columns) != (header_row, columns):
        known = None
    rows = _records(sheet, spec, columns, header_row, known) if header_row is not None else ()
    return Table(spec, header_row, columns, faults, rows, others, sheet)


def _header_row(sheet: Sheet, names: Mapping[str, ColumnSpec]) -> int | None:
    """The row near the top with most declared headers, at least two (one, where only one is declared)."""
    best, best_count = None, 0
    for number, cells in enumerate(sheet.rows[:HEADER_SEARCH_ROWS], start=1):
        count = len({names[key].field for key in map(header_key, cells) if key in names})
        if count > best_count:
            best, best_count = number, count
    return best if best_count >= min(2, len(names)) else None


def _columns(
    spec: SheetSpec, found: Mapping[str, Sequence[int]], header_row: int | None
) -> tuple[tuple[HeaderFault, ...], dict[str, int]]:
    faults: list[HeaderFault] = []
    columns: dict[str, int] = {}
    for column in spec.columns:
        positions = found.get(column.field, ())
        if len(positions) == 1:
            columns[column.field] = positions[0]
        elif not positions:
            faults.append(HeaderFault("missing", column.header))
        else:
            cells = tuple(f"{column_letters(position)}{header_row}" for position in positions)
            faults.append(HeaderFault("doubled", column.header, cells))
    return tuple(faults), columns


def _records(
    sheet: Sheet, spec: SheetSpec, columns: Mapping[str, int], header_row: int, known: Table | None
) -> tuple[Row, ...]:
    positions = [columns.get(column.field, 0) - 1 for column in spec.columns]
    naming = [
        position for position, column in zip(positions, spec.columns, strict=True) if column.naming and position >= 0
    ]
    id_position = columns.get(ID_FIELD, 0) - 1
    marked = _marks_by_row(sheet, columns, spec)
    old_rows = known.sheet.rows if known is not None else ()
    old = {row.number: row for row in known.rows} if known is not None else {}
    rows: list[Row] = []
    for number, cells in enumerate(sheet.rows[header_row:], start=header_row + 1):
        if number <= len(old_rows) and old_rows[number - 1] is cells:
            row = old.get(number)
            if row is None:
                continue
            if row.marks == marked.get(number, _NO_MARKS) and row.hidden == (number in sheet.hidden):
                rows.append(row)
                continue
        width = len(cells)
        identity = cells[id_position] if 0 <= id_position < width else None
        record_id = identity.strip() if isinstance(identity, str) and identity.strip() else None
        if record_id is None and (not _is_named(cells, naming) or _is_summary(cells)):
            continue
        picked = tuple([cells[p] if 0 <= p < width else None for p in positions])
        rows.append(Row(number, record_id, picked, marked.get(number, _NO_MARKS), number in sheet.hidden))
    return tuple(rows)


def _is_named(cells: Sequence[Value], naming: Sequence[int]) -> bool:
    for position in naming:
        if position < len(cells):
            value = cells[position]
            if value is not None and not (isinstance(value, str) and not value.strip()):
                return True
    return False


def _is_summary(cells: Sequence[Value]) -> bool:
    for value in cells:
        if isinstance(value, str) and value.strip():
            return value.strip().rstrip(":：") in SUMMARY_WORDS
    return False


def _marks_by_row(sheet: Sheet, columns: Mapping[str, int], spec: SheetSpec) -> dict[int, dict[int, Mark]]:
    position_of = {columns[c.field]: i for i, c in enumerate(spec.columns) if c.field in columns}
    marked: dict[int, dict[int, Mark]] = {}
    for (row, column), mark in sheet.marks.items():
        if column in position_of:
            marked.setdefault(row, {})[position_of[column]] = mark
    return marked
