"""Requests of `spreadsheets.batchUpdate` about rows and columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.fake_sheets import spans
from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.content import EMPTY_COLUMN, EMPTY_ROW, Column, Content, Row, Sheet
from tests.fake_sheets.masks import paths, written
from tests.fake_sheets.ranges import Box, Json
from tests.fake_sheets.refusals import invalid

_LIMIT_COLUMNS = 18_278


def _lines(content: Content, where: Json, *, bounded: bool = True) -> tuple[Sheet, spans.Axis, int, int]:
    axis = where.get("dimension")
    if axis not in ("ROWS", "COLUMNS"):
        raise invalid("Invalid range: no dimension specified.")
    sheet = content.writable(where.get("sheetId", 0))
    count = len(sheet.rows) if axis == "ROWS" else len(sheet.columns)
    if bounded and ("startIndex" not in where or "endIndex" not in where):
        raise invalid("Invalid range: both the start and end indexes must be bounded.")
    start, end = where.get("startIndex", 0), where.get("endIndex", count)
    if start < 0 or end <= start:
        raise invalid(f"Invalid range: startIndex {start}, endIndex {end}.")
    return sheet, axis, start, end


def insert_dimension(batch: Batch, request: Json) -> Json:
    sheet, axis, start, end = _lines(batch.content, request["range"])
    before = request.get("inheritFromBefore", False)
    if before and start == 0:
        raise invalid("Invalid insertDimension: inheritFromBefore cannot be true when inserting at the first line.")
    count = len(sheet.rows) if axis == "ROWS" else len(sheet.columns)
    if start > count or (start == count and not before):
        raise invalid(f"Invalid insertDimension: range.startIndex {start} must be less than the grid size {count}.")
    batch.check_growth(sheet.id, axis == "ROWS", start)
    spans.insert(batch.content, sheet.id, axis, start, end - start, like_before=before)
    check_columns(sheet)
    return {}


def append_dimension(batch: Batch, request: Json) -> Json:
    sheet = batch.content.writable(request.get("sheetId", 0))
    length = request.get("length", 0)
    if length <= 0:
        raise invalid("Invalid appendDimension: length must be positive.")
    if request.get("dimension") == "ROWS":
        sheet.rows.extend([EMPTY_ROW] * length)
    elif request.get("dimension") == "COLUMNS":
        sheet.columns.extend([EMPTY_COLUMN] * length)
    else:
        raise invalid("Invalid appendDimension: no dimension specified.")
    check_columns(sheet)
    batch.content.check_size()
    return {}


def delete_dimension(batch: Batch, request: Json) -> Json:
    sheet, axis, start, end = _lines(batch.content, request["range"], bounded=False)
    count = len(sheet.rows) if axis == "ROWS" else len(sheet.columns)
    if end > count:
        raise invalid(f"Invalid deleteDimension: the range exceeds the grid of {count} lines.")
    _check_lines(batch, sheet, axis, start, end)
    frozen = sheet.settings.get("gridProperties", {}).get("frozenRowCount", 0) if axis == "ROWS" else 0
    if start <= frozen and end == count and start < count and frozen:
        raise invalid("Sorry, it is not possible to delete all non-frozen rows.")
    keep = batch.book.assumptions.named_range_outlives_its_cells
    spans.delete(batch.content, sheet.id, axis, start, end, keep_named=keep)
    return {}


def _check_lines(batch: Batch, sheet: Sheet, axis: spans.Axis, start: int, end: int) -> None:
    whole = sheet.whole
    if axis == "ROWS":
        batch.check_protection(Box(sheet.id, start, 0, end, whole.right))
    else:
        batch.check_protection(Box(sheet.id, 0, start, whole.bottom, end))


def move_dimension(batch: Batch, request: Json) -> Json:
    sheet, axis, start, end = _lines(batch.content, request["source"])
    count, to = len(sheet.rows) if axis == "ROWS" else len(sheet.columns), request.get("destinationIndex", 0)
    if end > count or not 0 <= to <= count:
        raise invalid("Invalid moveDimension: the range exceeds the grid.")
    spans.move(batch.content, sheet.id, axis, start, end, to)
    return {}


def update_dimension_properties(batch: Batch, request: Json) -> Json:
    mask, given = paths(request.get("fields")), request.get("properties", {})
    sheet, axis, start, end = _lines(batch.content, request["range"], bounded=False)
    lines: list[Any] = sheet.rows if axis == "ROWS" else sheet.columns
    if end > len(lines):
        raise invalid("Invalid updateDimensionProperties: the range exceeds the grid.")
    for number in range(start, end):
        line: Row | Column = lines[number]
        properties = written(line.properties, given, mask, ("hiddenByUser", "pixelSize"))
        lines[number] = replace(line, properties=properties)
    return {}


def check_columns(sheet: Sheet) -> None:
    if len(sheet.columns) > _LIMIT_COLUMNS:
        raise invalid(f"This action would increase the number of columns above the limit of {_LIMIT_COLUMNS}.")


HANDLERS: dict[str, Handler] = {
    "insertDimension": insert_dimension,
    "appendDimension": append_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "updateDimensionProperties": update_dimension_properties,
}
