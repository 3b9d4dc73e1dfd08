"""Requests of `spreadsheets.batchUpdate` about tabs and about the spreadsheet itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.fake_sheets import formulas, spans
from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.batch_lines import check_columns
from tests.fake_sheets.content import EMPTY_COLUMN, EMPTY_ROW, Content, Sheet, new_sheet
from tests.fake_sheets.masks import paths, written
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.reading import sheet_properties
from tests.fake_sheets.refusals import invalid, unsupported

_SETTINGS = ("hidden", "tabColor", "tabColorStyle", "rightToLeft")
_GRID_SETTINGS = (
    "frozenRowCount",
    "frozenColumnCount",
    "hideGridlines",
    "rowGroupControlAfter",
    "columnGroupControlAfter",
)


def add_sheet(batch: Batch, request: Json) -> Json:
    content, given = batch.content, request.get("properties", {})
    ids = [sheet.id for sheet in content.sheets]
    sheet_id = given.get("sheetId", content.free_id(ids))
    if sheet_id in ids:
        raise invalid(f"Invalid addSheet: a sheet with the id {sheet_id} already exists.")
    if sheet_id < 0:
        raise invalid("Invalid addSheet: the id of a sheet must not be negative.")
    title = given.get("title") or _free_title(content)
    _check_title(content, title)
    grid = given.get("gridProperties", {})
    sheet = new_sheet(sheet_id, title, grid.get("rowCount", 1000), grid.get("columnCount", 26))
    sheet.settings = _settings(given)
    content.sheets.insert(min(given.get("index", len(content.sheets)), len(content.sheets)), sheet)
    content.own(sheet)
    content.check_size()
    return {"addSheet": {"properties": sheet_properties(sheet, content.sheets.index(sheet))}}


def _settings(given: Json) -> Json:
    settings = {name: given[name] for name in _SETTINGS if name in given}
    grid = {name: part for name, part in given.get("gridProperties", {}).items() if name in _GRID_SETTINGS}
    return {**settings, "gridProperties": grid} if grid else settings


def _free_title(content: Content) -> str:
    return next(title for number in range(1, 10_000) if not content.titled(title := f"工作表{number}"))


def _check_title(content: Content, title: str, but: Sheet | None = None) -> None:
    if not title:
        raise invalid("Invalid title: a sheet needs a name.")
    other = content.titled(title)
    if other is not None and other is not but:
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')


def delete_sheet(batch: Batch, request: Json) -> Json:
    content = batch.content
    sheet = content.sheet(request.get("sheetId", 0))
    if len(content.sheets) == 1:
        raise invalid("You can't remove all the sheets in a document.")
    content.sheets.remove(sheet)
    spans.drop_names(content, sheet.id, keep=batch.book.assumptions.named_range_outlives_its_cells)
    return {}


def duplicate_sheet(batch: Batch, request: Json) -> Json:
    content = batch.content
    source = content.sheet(request.get("sourceSheetId", 0))
    ids = [sheet.id for sheet in content.sheets]
    new_id = request.get("newSheetId", content.free_id(ids))
    if new_id in ids:
        raise invalid(f"Invalid duplicateSheet: a sheet with the id {new_id} already exists.")
    title = request.get("newSheetName") or f"{source.title}的副本"
    _check_title(content, title)
    sheet = source.copy()
    sheet.id, sheet.title = new_id, title
    for name in ("merges",):
        setattr(sheet, name, [{**item, "sheetId": new_id} for item in getattr(sheet, name)])
    for name in ("protected", "filter_views", "banded"):
        setattr(sheet, name, [])
    sheet.conditional = [
        {**rule, "ranges": [{**part, "sheetId": new_id} for part in rule["ranges"]]} for rule in sheet.conditional
    ]
    sheet.basic_filter, sheet.metadata = None, []
    sheet.rows = [replace(row, metadata=()) for row in sheet.rows]
    sheet.columns = [replace(column, metadata=()) for column in sheet.columns]
    content.sheets.insert(request.get("insertSheetIndex", len(content.sheets)), sheet)
    content.own(sheet)
    content.check_size()
    return {"duplicateSheet": {"properties": sheet_properties(sheet, content.sheets.index(sheet))}}


def update_sheet_properties(batch: Batch, request: Json) -> Json:
    content, given, mask = batch.content, request.get("properties", {}), paths(request.get("fields"))
    sheet = content.writable(given.get("sheetId", 0))
    names = {".".join(path) for path in mask}
    if "*" in names or names & {"sheetId", "sheetType", "gridProperties", "dataSourceSheetProperties"}:
        raise unsupported(f"updateSheetProperties of {sorted(names)}")
    if "title" in names:
        rename(content, sheet, given.get("title", ""))
    if "index" in names:
        content.sheets.remove(sheet)
        content.sheets.insert(given.get("index", 0), sheet)
    grid = given.get("gridProperties", {})
    if "gridProperties.rowCount" in names:
        resize(batch, sheet, "ROWS", grid.get("rowCount", 0))
    if "gridProperties.columnCount" in names:
        resize(batch, sheet, "COLUMNS", grid.get("columnCount", 0))
    others = [p for p in mask if p[-1] not in ("title", "index", "rowCount", "columnCount")]
    sheet.settings = written(sheet.settings, given, others, ())
    frozen = sheet.settings.get("gridProperties", {})
    if frozen.get("frozenRowCount", 0) >= len(sheet.rows) or frozen.get("frozenColumnCount", 0) >= len(sheet.columns):
        raise invalid("You can't freeze all visible rows or columns on the sheet.")
    content.check_size()
    return {}


def rename(content: Content, sheet: Sheet, title: str) -> None:
    _check_title(content, title, sheet)
    old, sheet.title = sheet.title, title
    spans.rewrite_formulas(content, lambda text, _: formulas.renamed(text, old, title))


def resize(batch: Batch, sheet: Sheet, axis: spans.Axis, count: int) -> None:
    lines: list[Any] = sheet.rows if axis == "ROWS" else sheet.columns
    if count <= 0:
        raise invalid("Invalid gridProperties: the grid needs at least one row and one column.")
    if count < len(lines):
        keep = batch.book.assumptions.named_range_outlives_its_cells
        spans.delete(batch.content, sheet.id, axis, count, len(lines), keep_named=keep)
    elif axis == "ROWS":
        lines.extend([EMPTY_ROW] * (count - len(lines)))
    else:
        lines.extend([EMPTY_COLUMN] * (count - len(lines)))
        check_columns(sheet)


def update_spreadsheet_properties(batch: Batch, request: Json) -> Json:
    mask, given = paths(request.get("fields")), request.get("properties", {})
    if mask == [("*",)]:
        raise unsupported("updateSpreadsheetProperties of everything")
    batch.content.properties = written(batch.content.properties, given, mask, ())
    return {}


HANDLERS: dict[str, Handler] = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
