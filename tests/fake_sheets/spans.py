"""Rows and columns that appear, vanish or move, and what has to follow them: ranges of every kind, and formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from tests.fake_sheets import formulas
from tests.fake_sheets.content import EMPTY_COLUMN, EMPTY_ROW, Column, Content, Row, Sheet
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.refusals import invalid

Axis = Literal["ROWS", "COLUMNS"]
_KEYS = {"ROWS": ("startRowIndex", "endRowIndex"), "COLUMNS": ("startColumnIndex", "endColumnIndex")}


class Shift(Protocol):
    """Where a line goes, and where a span of lines goes; None: it is gone."""

    def index(self, index: int) -> int | None: ...
    def span(self, start: int, end: int) -> tuple[int, int] | None: ...


@dataclass(frozen=True, slots=True)
class Inserted:
    at: int
    count: int

    def index(self, index: int) -> int:
        return index + self.count if index >= self.at else index

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.index(start), self.index(end - 1) + 1


@dataclass(frozen=True, slots=True)
class Deleted:
    start: int
    end: int

    def index(self, index: int) -> int | None:
        if self.start <= index < self.end:
            return None
        return index - (self.end - self.start) if index >= self.end else index

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        left = [self.index(line) for line in (start, end - 1)]
        first = left[0] if left[0] is not None else self.start
        last = left[1] if left[1] is not None else self.start - 1
        return (first, last + 1) if last >= first else None


@dataclass(frozen=True, slots=True)
class MovedLines:
    """Lines [start, end) moved before the line that was `to`."""

    start: int
    end: int
    to: int

    def index(self, index: int) -> int:
        count = self.end - self.start
        if self.start <= index < self.end:
            return index - self.start + (self.to if self.to <= self.start else self.to - count)
        if self.to <= index < self.start:
            return index + count
        if self.end <= index < self.to:
            return index - count
        return index

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        if self.start <= start and end <= self.end:
            return self.index(start), self.index(end - 1) + 1
        left = Deleted(self.start, self.end).span(start, end)
        if left is None:
            return None
        count = self.end - self.start
        return Inserted(self.to if self.to <= self.start else self.to - count, count).span(*left)


def insert(content: Content, sheet_id: int, axis: Axis, at: int, count: int, *, like_before: bool) -> None:
    """New lines before line `at`, their cells formatted as the line before or after, empty otherwise."""
    sheet = content.writable(sheet_id)
    model = at - 1 if like_before else at
    if axis == "ROWS":
        known = sheet.rows[model] if 0 <= model < len(sheet.rows) else EMPTY_ROW
        cells = {column: looks for column, cell in known.cells.items() if (looks := _looks(cell))}
        sheet.rows[at:at] = [Row(cells, _size_only(known.properties))] * count
    else:
        like = sheet.columns[model] if 0 <= model < len(sheet.columns) else EMPTY_COLUMN
        sheet.columns[at:at] = [Column(_size_only(like.properties))] * count
        shift = Inserted(at, count)
        for number, row in enumerate(sheet.rows):
            if not row.cells:
                continue
            cells = {shift.index(column): cell for column, cell in row.cells.items()}
            looks = _looks(row.cells.get(model, {}))
            if looks:
                cells.update(dict.fromkeys(range(at, at + count), looks))
            sheet.rows[number] = replace(row, cells=cells)
    content.check_size()
    follow(content, sheet_id, axis, Inserted(at, count))


def delete(content: Content, sheet_id: int, axis: Axis, start: int, end: int, *, keep_named: bool) -> None:
    sheet = content.writable(sheet_id)
    lines: Sequence[object] = sheet.rows if axis == "ROWS" else sheet.columns
    if end - start >= len(lines):
        what = "rows" if axis == "ROWS" else "columns"
        raise invalid(f"You can't delete all the {what} on the sheet.")
    gone = Deleted(start, end)
    if axis == "ROWS":
        del sheet.rows[start:end]
    else:
        del sheet.columns[start:end]
        _renumber(sheet, gone.index)
    follow(content, sheet_id, axis, gone, keep_named=keep_named)


def move(content: Content, sheet_id: int, axis: Axis, start: int, end: int, to: int) -> None:
    sheet = content.writable(sheet_id)
    if start <= to <= end:
        return
    moved = MovedLines(start, end, to)
    if axis == "ROWS":
        order = sorted(range(len(sheet.rows)), key=moved.index)
        sheet.rows = [sheet.rows[line] for line in order]
    else:
        order = sorted(range(len(sheet.columns)), key=moved.index)
        sheet.columns = [sheet.columns[line] for line in order]
        _renumber(sheet, moved.index)
    follow(content, sheet_id, axis, moved)


def follow(content: Content, sheet_id: int, axis: Axis, shift: Shift, *, keep_named: bool = False) -> None:
    """Everything that names cells of this sheet goes along with them."""
    sheet = content.writable(sheet_id)

    def moved(grid_range: Json) -> Json | None:
        return _shifted(grid_range, sheet_id, axis, shift)

    sheet.merges = [found for item in sheet.merges if (found := moved(item))]
    for name in ("protected", "filter_views", "banded"):
        items: list[Json] = getattr(sheet, name)
        setattr(sheet, name, [{**item, "range": found} for item in items if (found := moved(item["range"]))])
    sheet.conditional = [
        {**rule, "ranges": left}
        for rule in sheet.conditional
        if (left := [found for item in rule["ranges"] if (found := moved(item))])
    ]
    if sheet.basic_filter:
        left = moved(sheet.basic_filter["range"])
        sheet.basic_filter = {**sheet.basic_filter, "range": left} if left else None
    for key, item in list(content.named.items()):
        if item.get("range", {}).get("sheetId", 0) != sheet_id or "range" not in item:
            continue
        left = moved(item["range"])
        if left:
            content.named[key] = {**item, "range": left}
        else:
            _drop_name(content, key, keep=keep_named)
    rewrite_formulas(content, lambda text, here: formulas.shifted(text, here.title, sheet.title, axis == "ROWS", shift))


def drop_names(content: Content, sheet_id: int, *, keep: bool) -> None:
    """The names of a tab that is deleted."""
    for key, item in list(content.named.items()):
        if "range" in item and item["range"].get("sheetId", 0) == sheet_id:
            _drop_name(content, key, keep=keep)


def _drop_name(content: Content, key: str, *, keep: bool) -> None:
    if keep:
        content.named[key] = {name: part for name, part in content.named[key].items() if name != "range"}
    else:
        del content.named[key]


def rewrite_formulas(content: Content, change: Callable[[str, Sheet], str]) -> None:
    """Every formula of the spreadsheet as `change` gives it, told the sheet it stands in."""
    for sheet in list(content.sheets):
        for number, row in enumerate(sheet.rows):
            new: dict[int, Json] = {}
            for column, cell in row.cells.items():
                text = cell.get("userEnteredValue", {}).get("formulaValue")
                if text is not None and (changed := change(text, sheet)) != text:
                    new[column] = {**cell, "userEnteredValue": {"formulaValue": changed}}
            if new:
                content.writable(sheet.id).put_many(number, new)


def _shifted(grid_range: Json, sheet_id: int, axis: Axis, shift: Shift) -> Json | None:
    """An open end stays open."""
    if grid_range.get("sheetId", 0) != sheet_id:
        return grid_range
    first, last = _KEYS[axis]
    if last not in grid_range:
        if first not in grid_range:
            return grid_range
        start = shift.index(grid_range[first])
        return {**grid_range, first: start if start is not None else grid_range[first]}
    found = shift.span(grid_range.get(first, 0), grid_range[last])
    return {**grid_range, first: found[0], last: found[1]} if found else None


def _renumber(sheet: Sheet, where: Callable[[int], int | None]) -> None:
    for number, row in enumerate(sheet.rows):
        if row.cells:
            cells = {new: cell for column, cell in row.cells.items() if (new := where(column)) is not None}
            sheet.rows[number] = replace(row, cells=cells)


def _looks(cell: Json) -> Json:
    """Format and drop-down go along into an inserted line, values and notes do not."""
    return {name: cell[name] for name in ("userEnteredFormat", "dataValidation") if name in cell}


def _size_only(properties: Any) -> Json:
    return {"pixelSize": properties["pixelSize"]} if "pixelSize" in properties else {}
