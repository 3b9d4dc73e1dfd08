"""Between Google's answers and our Sheets: values, marks, ranges in A1 notation.

Two kinds of answer are read. `values:batchGet` gives bare values of whole tabs, cheaply; it cannot tell a date from a
number nor a formula from a constant. `spreadsheets.get` with grid data tells everything of a few rows.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets.cells import plain
from sheets.port import MAX_COLUMNS, MAX_ROWS, Mark, Serial, TooLarge, Value
from sheets.tab import trimmed
from sheets.table import column_letters

Json = Mapping[str, Any]
Rows = Sequence[tuple[Value, ...]]
Span = tuple[int, int]  # first and last row

VALUES = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER", "majorDimension": "ROWS"}
PROPERTIES = "properties(sheetId,title,index,hidden,sheetType,gridProperties(rowCount,columnCount,frozenRowCount))"
GRID = (
    "data(startRow,startColumn,rowMetadata(hiddenByUser,hiddenByFilter),rowData(values("
    "userEnteredValue(formulaValue),effectiveValue,userEnteredFormat(numberFormat(type)),effectiveFormat(numberFormat(type)))))"
)
NAMED = "namedRanges(namedRangeId,name,range)"
DETAILS = f"{NAMED},sheets({PROPERTIES},merges,{GRID})"
_DATES = frozenset({"DATE", "TIME", "DATE_TIME"})


@dataclass(frozen=True, slots=True)
class Place:
    """A tab as Google knows it: its number and the size of its grid."""

    id: int
    title: str
    rows: int
    columns: int
    frozen: int = 0


@dataclass(frozen=True, slots=True)
class RowDetail:
    """One row, told in full. `formats`: the number format's type by column, where a cell has one."""

    values: tuple[Value, ...]
    marks: Mapping[int, Mark]
    formats: Mapping[int, str] = field(default_factory=dict[int, str])
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """Some rows of a tab, by number, and all its covered cells."""

    rows: Mapping[int, RowDetail]
    covered: frozenset[tuple[int, int]]


def places(answer: Json) -> dict[str, Place]:
    """The tabs with cells (no chart tabs), in their order."""
    found: dict[str, Place] = {}
    for one in answer.get("sheets", ()):
        properties = one["properties"]
        if properties.get("sheetType", "GRID") == "GRID":
            grid = properties.get("gridProperties", {})
            sizes = (grid.get("rowCount", 0), grid.get("columnCount", 0), grid.get("frozenRowCount", 0))
            found[properties["title"]] = Place(properties.get("sheetId", 0), properties["title"], *sizes)
    return found


def quoted(title: str) -> str:
    """A tab's name in A1 notation."""
    return "'" + title.replace("'", "''") + "'"


def rows_range(title: str, span: Span) -> str:
    return f"{quoted(title)}!{span[0]}:{span[1]}"


def value_rows(title: str, answer: Json) -> Rows:
    """The rows of one ValueRange of a whole tab; raises TooLarge."""
    rows = [trimmed([plain(cell) for cell in row]) for row in answer.get("values", ())]
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > MAX_ROWS:
        raise TooLarge(title, f"A{len(rows)}")
    for number, row in enumerate(rows, start=1):
        if len(row) > MAX_COLUMNS:
            raise TooLarge(title, f"{column_letters(len(row))}{number}")
    return tuple(rows)


def whole_rows(detail: Detail) -> Rows:
    """The rows of a tab of which every one is told."""
    last = max((number for number, row in detail.rows.items() if row.values), default=0)
    return tuple(detail.rows[number].values if number in detail.rows else () for number in range(1, last + 1))


def details(answer: Json) -> dict[str, Detail]:
    """What `spreadsheets.get`, or the answer of a batch, tells of its ranges, by tab."""
    found: dict[str, Detail] = {}
    for one in answer.get("sheets", ()):
        rows: dict[int, RowDetail] = {}
        for data in one.get("data", ()):
            left = data.get("startColumn", 0)
            hidden = [bool(meta) for meta in data.get("rowMetadata", ())]
            for at, row in enumerate(data.get("rowData", ())):
                number = data.get("startRow", 0) + at + 1
                rows[number] = _row(row.get("values", ()), left, hidden=at < len(hidden) and hidden[at])
        covered = frozenset(cell for merge in one.get("merges", ()) for cell in _covered(merge))
        found[one["properties"]["title"]] = Detail(rows, covered)
    return found


def _row(cells: Sequence[Json], left: int, *, hidden: bool) -> RowDetail:
    values: list[Value] = [None] * left
    marks: dict[int, Mark] = {}
    formats: dict[int, str] = {}
    for column, cell in enumerate(cells, start=left + 1):
        kind = _format(cell)
        values.append(_value(cell, kind))
        if kind:
            formats[column] = kind
        if "formulaValue" in cell.get("userEnteredValue", {}):
            marks[column] = Mark.FORMULA
        elif "errorValue" in cell.get("effectiveValue", {}):
            marks[column] = Mark.ERROR
    return RowDetail(trimmed(values), marks, formats, hidden)


def _format(cell: Json) -> str:
    for name in ("userEnteredFormat", "effectiveFormat"):
        kind = cell.get(name, {}).get("numberFormat", {}).get("type", "")
        if kind and kind != "NUMBER_FORMAT_TYPE_UNSPECIFIED":
            return kind
    return ""


def _value(cell: Json, kind: str) -> Value:
    """Text bit for bit, numbers as floats, dates as Serials, an error as Google writes it."""
    extended = cell.get("effectiveValue") or cell.get("userEnteredValue") or {}
    if "numberValue" in extended:
        number = float(extended["numberValue"])
        return Serial(number) if kind in _DATES else number
    if "boolValue" in extended:
        return bool(extended["boolValue"])
    if "errorValue" in extended:
        return error_text(extended["errorValue"])
    return plain(extended.get("stringValue"))


def error_text(error: Json) -> str:
    """As `values:batchGet` gives an error cell."""
    kind = error.get("type", "ERROR")
    texts = {"N_A": "#N/A", "DIVIDE_BY_ZERO": "#DIV/0!", "VALUE": "#VALUE!", "REF": "#REF!", "NAME": "#NAME?"}
    return texts.get(kind) or {"NUM": "#NUM!", "NULL_VALUE": "#NULL!"}.get(kind, "#ERROR!")


def _covered(merge: Json) -> Iterator[tuple[int, int]]:
    top, left = merge.get("startRowIndex", 0), merge.get("startColumnIndex", 0)
    for row in range(top, merge["endRowIndex"]):
        for column in range(left, merge["endColumnIndex"]):
            if (row, column) != (top, left):
                yield row + 1, column + 1


def spans(numbers: Iterable[int], *, most: int = 20) -> list[Span]:
    """The fewest spans that hold these rows, at most so many: an address has its limits, and rows in between do no harm."""
    ordered = sorted(set(numbers))
    if not ordered:
        return []
    gaps = sorted((after - before for before, after in itertools.pairwise(ordered)), reverse=True)
    widest = max(gaps[most - 1] if len(gaps) >= most else 1, 1)
    found = [[ordered[0], ordered[0]]]
    for number in ordered[1:]:
        if number - found[-1][1] <= widest:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [(first, last) for first, last in found]


def changed_span(old: Rows, new: Rows) -> tuple[Span, Span] | None:
    """The rows that differ, as (first, last) in the old and in the new; None when nothing does. Empty spans end before
    they begin."""
    start, shorter = 0, min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    if start == len(old) == len(new):
        return None
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return (start + 1, len(old) - end), (start + 1, len(new) - end)
