"""Answers of `spreadsheets.get` and of the reading calls of `values`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fake_sheets.batch_common import may_edit
from tests.fake_sheets.book import Book
from tests.fake_sheets.calculating import Calculator, error_text
from tests.fake_sheets.content import Column, Content, Row, Sheet
from tests.fake_sheets.masks import EVERYTHING, Tree, below
from tests.fake_sheets.ranges import Box, Json, a1, answered
from tests.fake_sheets.showing import effective_format, formatted, is_date

_PIXELS = {"row": 21, "column": 100}


def spreadsheet(
    book: Book, person: str, boxes: Sequence[Box], *, grid: bool, mask: Tree | None, only_touched: bool = False
) -> Json:
    """The Spreadsheet message. `boxes` limits it to sheets and cells; with a mask the grid comes if the mask names it."""
    content = book.content
    answer: Json = {
        "spreadsheetId": book.id,
        "properties": content.properties,
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
    }
    sheets_mask = below(mask, "sheets") if mask else EVERYTHING
    if sheets_mask is not None:
        answer["sheets"] = [
            _sheet(
                book, person, sheet, index, [box for box in boxes if box.sheet == sheet.id], grid, mask and sheets_mask
            )
            for index, sheet in enumerate(content.sheets)
            if not (boxes or only_touched) or any(box.sheet == sheet.id for box in boxes)
        ]
    named = [_ranged(item) for item in content.named.values() if "range" in item]
    if named:
        answer["namedRanges"] = named
    if content.metadata:
        answer["developerMetadata"] = [placed(item, "SPREADSHEET", {"spreadsheet": True}) for item in content.metadata]
    return answer


def sheet_properties(sheet: Sheet, index: int) -> Json:
    grid = {"rowCount": len(sheet.rows), "columnCount": len(sheet.columns), **sheet.settings.get("gridProperties", {})}
    others = {name: part for name, part in sheet.settings.items() if name != "gridProperties"}
    return {
        "sheetId": sheet.id,
        "title": sheet.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": grid,
        **others,
    }


def _sheet(book: Book, person: str, sheet: Sheet, index: int, boxes: list[Box], grid: bool, mask: Tree | None) -> Json:
    answer: Json = {"properties": sheet_properties(sheet, index)}
    data_mask = below(mask, "data") if mask else EVERYTHING if grid else None
    if data_mask is not None:
        calculator = Calculator(book.content)
        answer["data"] = [_grid(calculator, sheet, box, data_mask) for box in boxes or [sheet.whole]]
    lists = {
        "merges": [answered(item) for item in sheet.merges],
        "conditionalFormats": [{**rule, "ranges": [answered(r) for r in rule["ranges"]]} for rule in sheet.conditional],
        "protectedRanges": [_protected(item, person, book.owner) for item in sheet.protected],
        "filterViews": [_ranged(item) for item in sheet.filter_views],
        "bandedRanges": [_ranged(item) for item in sheet.banded],
        "developerMetadata": [placed(item, "SHEET", {"sheetId": sheet.id}) for item in sheet.metadata],
    }
    answer.update({name: items for name, items in lists.items() if items})
    if sheet.basic_filter:
        answer["basicFilter"] = _ranged(sheet.basic_filter)
    return answer


def _ranged(item: Json) -> Json:
    return {**item, "range": answered(item["range"])} if "range" in item else item


def _protected(item: Json, person: str, owner: str) -> Json:
    """The editors are only told to those who may edit (documented)."""
    mine = may_edit(item, person, owner)
    shown = item if mine else {name: part for name, part in item.items() if name != "editors"}
    return _ranged({**shown, "requestingUserCanEdit": mine})


def _grid(calculator: Calculator, sheet: Sheet, box: Box, mask: Tree) -> Json:
    """One GridData: rows up to the last that has anything; the properties of every row and column of the range."""
    data: Json = {}
    if box.top:
        data["startRow"] = box.top
    if box.left:
        data["startColumn"] = box.left
    rows_mask = below(mask, "rowData")
    if rows_mask is not None:
        values_mask = below(rows_mask, "values")
        rows = [_row(calculator, sheet, number, box, values_mask) for number in range(box.top, box.bottom)]
        while rows and not rows[-1]:
            rows.pop()
        if rows:
            data["rowData"] = rows
    if below(mask, "rowMetadata") is not None:
        data["rowMetadata"] = [
            _line(sheet, number, sheet.rows[number], "ROWS", _PIXELS["row"]) for number in range(box.top, box.bottom)
        ]
    if below(mask, "columnMetadata") is not None:
        data["columnMetadata"] = [
            _line(sheet, number, sheet.columns[number], "COLUMNS", _PIXELS["column"])
            for number in range(box.left, box.right)
        ]
    return data


def _line(sheet: Sheet, number: int, line: Row | Column, axis: str, pixels: int) -> Json:
    answer: Json = {"pixelSize": pixels, **line.properties}
    if line.metadata:
        answer["developerMetadata"] = [located(item, sheet.id, axis, number) for item in line.metadata]
    return answer


def located(item: Json, sheet_id: int, axis: str, number: int) -> Json:
    """Developer metadata of a row or column with the place it has now."""
    place = {"sheetId": sheet_id, "dimension": axis, "startIndex": number, "endIndex": number + 1}
    return placed(item, axis[:-1], {"dimensionRange": place})


def placed(item: Json, kind: str, place: Json) -> Json:
    return {**item, "location": {"locationType": kind, **place}}


def _row(calculator: Calculator, sheet: Sheet, number: int, box: Box, mask: Tree | None) -> Json:
    cells = sheet.rows[number].cells
    filled = [column for column in cells if box.left <= column < box.right]
    if not filled:
        return {}
    if mask is None:
        return {"values": []}
    return {
        "values": [
            _cell(calculator, sheet, number, column, mask) if column in cells else {}
            for column in range(box.left, max(filled) + 1)
        ]
    }


def _cell(calculator: Calculator, sheet: Sheet, row: int, column: int, mask: Tree) -> Json:
    cell = sheet.cell(row, column)
    answer = {name: part for name, part in cell.items() if below(mask, name) is not None}
    if below(mask, "effectiveFormat") is not None:
        answer["effectiveFormat"] = effective_format(cell)
    if below(mask, "effectiveValue") is not None or below(mask, "formattedValue") is not None:
        value = calculator.effective(sheet, row, column)
        if value:
            answer["effectiveValue"] = value
            answer["formattedValue"] = formatted(cell, value)
    return answer


def value_range(content: Content, box: Box, how: Json) -> Json:
    """A ValueRange: rows without what is empty at their ends; `how` carries the rendering options by their names."""
    sheet = content.sheet(box.sheet)
    calculator = Calculator(content)
    rows = [_values(calculator, sheet, number, box, how) for number in range(box.top, box.bottom)]
    while rows and not rows[-1]:
        rows.pop()
    major = how.get("majorDimension") or "ROWS"
    if major == "COLUMNS":
        rows = _turned(rows)
    answer: Json = {"range": a1(sheet.title, box.top, box.left, box.bottom, box.right), "majorDimension": major}
    if rows:
        answer["values"] = rows
    return answer


def _values(calculator: Calculator, sheet: Sheet, number: int, box: Box, how: Json) -> list[Any]:
    cells = sheet.rows[number].cells
    values = {
        column: rendered(calculator, sheet, number, column, how) for column in cells if box.left <= column < box.right
    }
    last = max((column for column, value in values.items() if value != ""), default=-1)
    return [values.get(column, "") for column in range(box.left, last + 1)]


def _turned(rows: list[list[Any]]) -> list[list[Any]]:
    columns = [
        [row[number] if number < len(row) else "" for row in rows] for number in range(max(map(len, rows), default=0))
    ]
    for column in columns:
        while column and column[-1] == "":
            column.pop()
    return columns


def rendered(calculator: Calculator, sheet: Sheet, row: int, column: int, how: Json) -> Any:
    """One value as `valueRenderOption` and `dateTimeRenderOption` want it; an empty cell is an empty text."""
    cell = sheet.cell(row, column)
    entered = cell.get("userEnteredValue")
    if not entered:
        return ""
    option = how.get("valueRenderOption") or "FORMATTED_VALUE"
    if option == "FORMULA" and "formulaValue" in entered:
        return entered["formulaValue"]
    value = calculator.effective(sheet, row, column)
    if not value:
        return ""
    if option == "FORMATTED_VALUE" or (is_date(cell) and how.get("dateTimeRenderOption") == "FORMATTED_STRING"):
        return formatted(cell, value) or ""
    if "errorValue" in value:
        message = value["errorValue"].get("message")
        return f"{error_text(value)} ({message})" if message else error_text(value)
    return next(iter(value.values()))
