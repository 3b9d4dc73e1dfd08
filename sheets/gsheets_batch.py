"""The requests of one batch: rows inserted, the grid grown, single cells written with their types, the fence moved on.

Every cell is written as what it is (text as text, so that it never becomes a formula; a date as its number). Its number
format is touched only where it would show or keep the value wrongly: a number in a text cell, a date in a cell that shows
numbers, a text of digits in a cell without any format.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sheets.gsheets_cells import Place
from sheets.ids import is_id
from sheets.port import CellEdit, ProofFailed, RowInsert, Serial, Sheet, Value

Request = dict[str, Any]
FormatAt = Callable[[str, int, int], str]  # tab, row, column → type of the number format, "" for none
_DATES = frozenset({"DATE", "TIME", "DATE_TIME"})
_LIKE_A_NUMBER = re.compile(r"['=+\-@.\d１-９]")
_PATTERNS = {"DATE": "yyyy-mm-dd", "DATE_TIME": "yyyy-mm-dd hh:mm:ss", "TIME": "hh:mm", "TEXT": "@"}


def lines(
    tabs: Mapping[str, Place], sheets: Mapping[str, Sheet], inserts: Sequence[RowInsert], edits: Sequence[CellEdit]
) -> list[Request]:
    """Insert rows in order, then make the grid as large as the cells need it."""
    requests: list[Request] = []
    size = {title: [place.rows, place.columns] for title, place in tabs.items()}
    id_columns = {edit.sheet: edit.id_column for edit in edits if edit.id_column is not None}
    for insert in inserts:
        if insert.row < 1 or insert.count < 1:
            raise ProofFailed(f"insert {insert}")
        place, rows = tabs[insert.sheet], size[insert.sheet][0]
        if insert.row > rows:
            length = insert.row - rows - 1 + insert.count
            requests.append(_append(place, "ROWS", length))
            size[insert.sheet][0] += length
            continue
        span = {"sheetId": place.id, "dimension": "ROWS"}
        span |= {"startIndex": insert.row - 1, "endIndex": insert.row - 1 + insert.count}
        above = _row_above(sheets[insert.sheet], insert, inserts, id_columns.get(insert.sheet))
        requests.append({"insertDimension": {"range": span, "inheritFromBefore": above}})
        size[insert.sheet][0] += insert.count
    for title in dict.fromkeys(edit.sheet for edit in edits):
        mine = [edit for edit in edits if edit.sheet == title]
        for at, (dimension, needed) in enumerate(
            (("ROWS", max(edit.row for edit in mine)), ("COLUMNS", max(edit.column for edit in mine)))
        ):
            if needed > size[title][at]:
                requests.append(_append(tabs[title], dimension, needed - size[title][at]))
    return requests


def grown(tabs: Mapping[str, Place], requests: Iterable[Request]) -> dict[str, Place]:
    """The tabs after these requests: with the rows inserted, the grid grown, the new tab."""
    found = {place.id: place for place in tabs.values()}
    for request in requests:
        for kind, body in request.items():
            if kind == "addSheet":
                one = body["properties"]
                grid = one["gridProperties"]
                found[one["sheetId"]] = Place(one["sheetId"], one["title"], grid["rowCount"], grid["columnCount"])
            elif kind == "insertDimension":
                span = body["range"]
                place = found[span["sheetId"]]
                found[place.id] = replace(place, rows=place.rows + span["endIndex"] - span["startIndex"])
            elif kind == "appendDimension":
                place, name = found[body["sheetId"]], body["dimension"].lower()
                found[place.id] = replace(place, **{name: getattr(place, name) + body["length"]})
    return {place.title: place for place in found.values()}


def _append(place: Place, dimension: str, length: int) -> Request:
    return {"appendDimension": {"sheetId": place.id, "dimension": dimension, "length": length}}


def _row_above(sheet: Sheet, insert: RowInsert, inserts: Sequence[RowInsert], id_column: int | None) -> bool:
    """Does the new row take its formats from the row above? Not from a header, which has another text than an id."""
    if insert.row == 1:
        return False
    if id_column is None:
        return True
    before = sum(one.count for one in inserts if one.sheet == insert.sheet and one.row < insert.row)
    above = sheet.value(insert.row - 1 - before, id_column)
    return above is None or is_id(str(above))


def cells(tabs: Mapping[str, Place], edits: Iterable[CellEdit], format_at: FormatAt) -> list[Request]:
    """One request for each run of neighbouring cells of a row that are written alike."""
    requests: list[Request] = []
    ordered = sorted(edits, key=lambda edit: (edit.sheet, edit.row, edit.column))
    written = [(edit, _cell(edit.value, format_at(edit.sheet, edit.row, edit.column))) for edit in ordered]

    def run(item: tuple[int, tuple[CellEdit, Request]]) -> tuple[object, ...]:
        at, (edit, cell) = item
        return edit.sheet, edit.row, edit.column - at, "userEnteredFormat" in cell

    for (title, row, _, formatted), group in groupby(enumerate(written), key=run):
        found = [pair for _, pair in group]
        start = {"sheetId": tabs[str(title)].id, "rowIndex": int(str(row)) - 1}
        start["columnIndex"] = found[0][0].column - 1
        fields = "userEnteredValue,userEnteredFormat.numberFormat" if formatted else "userEnteredValue"
        values = [cell for _, cell in found]
        requests.append({"updateCells": {"start": start, "rows": [{"values": values}], "fields": fields}})
    return requests


def _cell(value: Value, format: str) -> Request:
    cell: Request = {}
    wanted = _wanted_format(value, format)
    if value is not None and value != "":
        cell["userEnteredValue"] = _extended(value)
    if wanted:
        cell["userEnteredFormat"] = {"numberFormat": wanted}
    return cell


def _extended(value: Value) -> Request:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    assert value is not None
    return {"numberValue": float(value)}


def _wanted_format(value: Value, format: str) -> Request | None:
    """The number format the cell needs to hold the value as it is meant; None where it does already."""
    if isinstance(value, str):
        return {"type": "TEXT", "pattern": "@"} if not format and _LIKE_A_NUMBER.match(value) else None
    if isinstance(value, Serial):
        if format in _DATES:
            return None
        kind = "TIME" if 0 <= value < 1 else "DATE" if value == int(value) else "DATE_TIME"
        return {"type": kind, "pattern": _PATTERNS[kind]}
    if isinstance(value, float | int) and not isinstance(value, bool) and format in _DATES | {"TEXT"}:
        return {"type": "NUMBER", "pattern": "0.##########"}
    return None
