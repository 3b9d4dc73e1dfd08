"""Requests of `spreadsheets.batchUpdate` that write cells."""

from __future__ import annotations

from typing import Any

from tests.fake_sheets import entering, formulas
from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.content import EMPTY_ROW, Sheet
from tests.fake_sheets.masks import paths, written
from tests.fake_sheets.ranges import Box, Json
from tests.fake_sheets.refusals import invalid, unsupported

CELL_FIELDS = (
    "userEnteredValue",
    "userEnteredFormat",
    "note",
    "dataValidation",
    "textFormatRuns",
    "pivotTable",
    "chipRuns",
)


def update_cells(batch: Batch, request: Json) -> Json:
    mask, rows = paths(request.get("fields")), request.get("rows", [])
    content = batch.content
    if "range" in request:
        box = content.grid_box(request["range"])
        if len(rows) > box.height or any(len(row.get("values", [])) > box.width for row in rows):
            raise invalid("Invalid updateCells: the data does not fit into the range.")
    else:
        start = request.get("start") or {}
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        sheet = content.sheet(start.get("sheetId", 0))
        width = max((len(row.get("values", [])) for row in rows), default=0)
        if top < 0 or left < 0 or top + len(rows) > len(sheet.rows) or left + width > len(sheet.columns):
            raise invalid("Attempting to write outside the grid: the data exceeds grid limits.")
        box = Box(sheet.id, top, left, top + len(rows), left + width)
    batch.check_protection(box)
    sheet = content.writable(box.sheet)
    for number in range(box.height):
        given = rows[number].get("values", []) if number < len(rows) else []
        width = box.width if "range" in request else len(given)
        new = {
            box.left + offset: _updated(batch, sheet, box.top + number, box.left + offset, part, mask)
            for offset in range(width)
            for part in [given[offset] if offset < len(given) else {}]
        }
        sheet.put_many(box.top + number, new)
    return {}


def _updated(batch: Batch, sheet: Sheet, row: int, column: int, given: Json, mask: Any) -> Json:
    old = sheet.cell(row, column)
    new = entering.checked(written(old, given, mask, CELL_FIELDS))
    if batch.book.assumptions.strict_lists_refuse_api_writes and new.get("userEnteredValue") != old.get(
        "userEnteredValue"
    ):
        refuse_off_list(new)
    return new


def refuse_off_list(cell: Json) -> None:
    """A strict drop-down admits its own entries only (for people always, for the API by assumption)."""
    rule, value = cell.get("dataValidation"), cell.get("userEnteredValue")
    if not rule or not rule.get("strict") or not value or rule["condition"]["type"] != "ONE_OF_LIST":
        return
    allowed = [item.get("userEnteredValue") for item in rule["condition"].get("values", [])]
    if next(iter(value.values())) not in allowed:
        raise invalid("The data you entered violates the data validation rules set on this cell.")


def repeat_cell(batch: Batch, request: Json) -> Json:
    mask, cell = paths(request.get("fields")), request.get("cell", {})
    box = batch.content.grid_box(request["range"])
    batch.check_protection(box)
    sheet = batch.content.writable(box.sheet)
    formula = cell.get("userEnteredValue", {}).get("formulaValue")
    for row in range(box.top, box.bottom):
        new: dict[int, Json] = {}
        for column in range(box.left, box.right):
            given = cell
            if formula:
                text = formulas.translated(formula, row - box.top, column - box.left)
                given = {**cell, "userEnteredValue": {"formulaValue": text}}
            new[column] = entering.checked(written(sheet.cell(row, column), given, mask, CELL_FIELDS))
        sheet.put_many(row, new)
    return {}


def append_cells(batch: Batch, request: Json) -> Json:
    """After the last row with data; the grid grows as needed."""
    mask, rows = paths(request.get("fields")), request.get("rows", [])
    sheet = batch.content.writable(request.get("sheetId", 0))
    top = sheet.last_row_with_value()
    sheet.rows.extend([EMPTY_ROW] * (top + len(rows) - len(sheet.rows)))
    for number, row in enumerate(rows):
        cells = enumerate(row.get("values", []))
        sheet.put_many(top + number, {c: _updated(batch, sheet, top + number, c, part, mask) for c, part in cells})
    batch.content.check_size()
    return {}


def set_data_validation(batch: Batch, request: Json) -> Json:
    box = batch.content.grid_box(request["range"])
    batch.check_protection(box)
    sheet = batch.content.writable(box.sheet)
    rule = request.get("rule")
    given = {"dataValidation": rule} if rule else {}
    for row in range(box.top, box.bottom):
        columns = range(box.left, box.right)
        sheet.put_many(row, {c: written(sheet.cell(row, c), given, [("dataValidation",)], ()) for c in columns})
    return {}


def find_replace(batch: Batch, request: Json) -> Json:
    """Whole-cell search in a range: what a compare-and-set of one cell would use."""
    if not request.get("matchEntireCell") or "range" not in request or request.get("searchByRegex"):
        raise unsupported("findReplace other than for whole cells of a range")
    box = batch.content.grid_box(request["range"])
    batch.check_protection(box)
    sheet = batch.content.writable(box.sheet)
    wanted, new, rows = request.get("find", ""), request.get("replacement", ""), set[int]()
    changed = 0
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            cell = sheet.cell(row, column)
            value = cell.get("userEnteredValue", {}).get("stringValue")
            same = value is not None and (
                value == wanted or (not request.get("matchCase") and value.casefold() == wanted.casefold())
            )
            if same:
                sheet.put(row, column, entering.entered(cell, new, raw=False, year=1970))
                changed += 1
                rows.add(row)
    if not changed:
        return {"findReplace": {}}
    found = {"valuesChanged": changed, "rowsChanged": len(rows), "sheetsChanged": 1, "occurrencesChanged": changed}
    return {"findReplace": found}


HANDLERS: dict[str, Handler] = {
    "updateCells": update_cells,
    "repeatCell": repeat_cell,
    "appendCells": append_cells,
    "setDataValidation": set_data_validation,
    "findReplace": find_replace,
}
