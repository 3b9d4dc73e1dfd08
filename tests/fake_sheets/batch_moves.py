"""Requests of `spreadsheets.batchUpdate` that take cells from one place to another: sort, cut, copy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.fake_sheets import formulas
from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.calculating import Calculator
from tests.fake_sheets.content import Content, Sheet
from tests.fake_sheets.functions import CellError
from tests.fake_sheets.masks import written
from tests.fake_sheets.ranges import Box, Json
from tests.fake_sheets.refusals import invalid, unsupported


def sort_range(batch: Batch, request: Json) -> Json:
    """Values, formats and notes of the range change places; rows themselves stay (size, hidden, metadata)."""
    box = batch.content.grid_box(request["range"])
    batch.check_protection(box)
    specs = request.get("sortSpecs", [])
    if any("dimensionIndex" not in spec for spec in specs) or not specs:
        raise unsupported("sorting by colour")
    sort(batch.content, box, [(s["dimensionIndex"], s.get("sortOrder") == "DESCENDING") for s in specs])
    if batch.book.assumptions.row_metadata_follows_a_sort:
        raise unsupported("row metadata that follows a sort by request")
    return {}


def sort(content: Content, box: Box, by: list[tuple[int, bool]]) -> list[int]:
    """The rows of a box in a new order; returns which row now stands where. Blank cells come last either way."""
    sheet = content.writable(box.sheet)
    calculator = Calculator(content)
    order = list(range(box.top, box.bottom))
    for column, descending in reversed(by):
        filled = [row for row in order if _sort_key(calculator, sheet, row, column) is not None]
        blank = [row for row in order if _sort_key(calculator, sheet, row, column) is None]
        filled.sort(key=lambda row: _sort_key(calculator, sheet, row, column) or (), reverse=descending)
        order = filled + blank
    lines = {row: sheet.rows[row].cells for row in order}
    for target, source in zip(range(box.top, box.bottom), order, strict=True):
        inside = {
            c: _moved_formula(cell, target - source) for c, cell in lines[source].items() if box.left <= c < box.right
        }
        outside = {c: cell for c, cell in lines[target].items() if not box.left <= c < box.right}
        sheet.rows[target] = replace(sheet.rows[target], cells={**outside, **inside})
    return order


def _moved_formula(cell: Json, down: int) -> Json:
    text = cell.get("userEnteredValue", {}).get("formulaValue")
    return cell if text is None else {**cell, "userEnteredValue": {"formulaValue": formulas.translated(text, down, 0)}}


def _sort_key(calculator: Calculator, sheet: Sheet, row: int, column: int) -> tuple[int, Any] | None:
    """Numbers, then text, then truths, then errors."""
    try:
        value = calculator.plain(sheet, row, column)
    except CellError as error:
        return 3, error.kind
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def cut_paste(batch: Batch, request: Json) -> Json:
    if request.get("pasteType", "PASTE_NORMAL") != "PASTE_NORMAL":
        raise unsupported(request["pasteType"])
    source, target = batch.content.grid_box(request["source"]), request["destination"]
    top, left = target.get("rowIndex", 0), target.get("columnIndex", 0)
    batch.check_protection(source)
    batch.check_protection(Box(target.get("sheetId", 0), top, left, top + source.height, left + source.width))
    cut(batch.content, source, target.get("sheetId", 0), top, left)
    return {}


def cut(content: Content, source: Box, sheet_id: int, top: int, left: int) -> None:
    """The cells leave their place and replace what stood at the other; references to them are not followed."""
    cells = _taken(content, source)
    paste(content, [[{} for _ in row] for row in cells], source.sheet, source.top, source.left)
    paste(content, cells, sheet_id, top, left)


def copy_paste(batch: Batch, request: Json) -> Json:
    kind = request.get("pasteType", "PASTE_NORMAL")
    if (
        kind not in ("PASTE_NORMAL", "PASTE_FORMAT", "PASTE_DATA_VALIDATION")
        or request.get("pasteOrientation") == "TRANSPOSE"
    ):
        raise unsupported(f"copyPaste {kind}")
    content = batch.content
    source, target = content.grid_box(request["source"]), content.grid_box(request["destination"])
    only = {"PASTE_FORMAT": "userEnteredFormat", "PASTE_DATA_VALIDATION": "dataValidation"}.get(kind)
    cells = _taken(content, source)
    for down in range(0, max(target.height // source.height, 1) * source.height, source.height):
        for right in range(0, max(target.width // source.width, 1) * source.width, source.width):
            top, left = target.top + down, target.left + right
            batch.check_protection(Box(target.sheet, top, left, top + source.height, left + source.width))
            moved = [[copied(cell, top - source.top, left - source.left) for cell in row] for row in cells]
            paste(content, moved, target.sheet, top, left, only)
    return {}


def copied(cell: Json, down: int, right: int) -> Json:
    text = cell.get("userEnteredValue", {}).get("formulaValue")
    if text is None:
        return cell
    return {**cell, "userEnteredValue": {"formulaValue": formulas.translated(text, down, right)}}


def _taken(content: Content, box: Box) -> list[list[Json]]:
    sheet = content.sheet(box.sheet)
    return [[sheet.cell(row, column) for column in range(box.left, box.right)] for row in range(box.top, box.bottom)]


def paste(
    content: Content, cells: list[list[Json]], sheet_id: int, top: int, left: int, only: str | None = None
) -> None:
    sheet = content.writable(sheet_id)
    if top + len(cells) > len(sheet.rows) or left + len(cells[0]) > len(sheet.columns):
        raise invalid("Attempting to write outside the grid: the pasted data exceeds grid limits.")
    for number, row in enumerate(cells):
        new = dict(enumerate(row, start=left))
        if only:
            new = {c: written(sheet.cell(top + number, c), cell, [(only,)], ()) for c, cell in new.items()}
        sheet.put_many(top + number, new)


HANDLERS: dict[str, Handler] = {
    "sortRange": sort_range,
    "cutPaste": cut_paste,
    "copyPaste": copy_paste,
}
