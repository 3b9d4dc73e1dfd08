"""The methods of `spreadsheets.values`: plain values in and out of ranges."""

from __future__ import annotations

import itertools
from typing import Any

from tests.fake_sheets import batch_cells, entering, metadata, reading, spans
from tests.fake_sheets.asked import Asked
from tests.fake_sheets.batch_common import Batch
from tests.fake_sheets.content import EMPTY_ROW, Sheet
from tests.fake_sheets.ranges import Box, Json, a1
from tests.fake_sheets.refusals import invalid


def get(asked: Asked) -> Json:
    content = asked.book.content
    return reading.value_range(content, content.find(asked.path["range"]), asked.rendering)


def batch_get(asked: Asked) -> Json:
    content = asked.book.content
    ranges = [
        reading.value_range(content, content.find(text), asked.rendering) for text in asked.query.get("ranges", [])
    ]
    return {"spreadsheetId": asked.book.id, "valueRanges": ranges}


def batch_get_by_data_filter(asked: Asked) -> Json:
    content, found = asked.book.content, list[Json]()
    for item in asked.body.get("dataFilters", []):
        for box in metadata.boxes(content, item):
            found.append({"valueRange": reading.value_range(content, box, asked.body), "dataFilters": [item]})
    return {"spreadsheetId": asked.book.id, "valueRanges": found}


def update(asked: Asked) -> Json:
    batch = asked.batch()
    raw = _is_raw(asked.one("valueInputOption"))
    answer = _write(asked, batch, asked.path["range"], asked.body, raw=raw)
    asked.commit(batch)
    if asked.flag("includeValuesInResponse"):
        answer["updatedData"] = _echo(asked, answer["updatedRange"])
    return answer


def _echo(asked: Asked, text: str) -> Json:
    how = {
        "valueRenderOption": asked.one("responseValueRenderOption"),
        "dateTimeRenderOption": asked.one("responseDateTimeRenderOption"),
    }
    content = asked.book.content
    return reading.value_range(content, content.find(text), how)


def batch_update(asked: Asked) -> Json:
    batch = asked.batch()
    raw = _is_raw(asked.body.get("valueInputOption"))
    answers = [_write(asked, batch, item.get("range", ""), item, raw=raw) for item in asked.body.get("data", [])]
    asked.commit(batch)
    totals = ("updatedRows", "updatedColumns", "updatedCells")
    counted = {f"total{name[0].upper()}{name[1:]}": sum(answer.get(name, 0) for answer in answers) for name in totals}
    counted["totalUpdatedSheets"] = len({answer["updatedRange"].rpartition("!")[0] for answer in answers})
    return {"spreadsheetId": asked.book.id, **counted, "responses": answers}


def _is_raw(option: str | None) -> bool:
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    return option == "RAW"


def _write(asked: Asked, batch: Batch, text: str, body: Json, *, raw: bool) -> Json:
    rows = _rows(body)
    box = batch.content.find(text)
    if len(rows) > box.height or any(len(row) > box.width for row in rows):
        single = box.height == box.width == 1
        if not single:
            raise invalid(f"Requested writing within range [{text}], but tried writing outside of it.")
        sheet, wide = batch.content.sheet(box.sheet), max(map(len, rows))
        if box.top + len(rows) > len(sheet.rows) or box.left + wide > len(sheet.columns):
            limits = f"Max rows: {len(sheet.rows)}, max columns: {len(sheet.columns)}"
            raise invalid(f"Range ({text}) exceeds grid limits. {limits}")
    return _written(asked, batch, box, rows, raw=raw)


def _rows(body: Json) -> list[list[Any]]:
    values: list[list[Any]] = body.get("values", [])
    if body.get("majorDimension") != "COLUMNS":
        return values
    return [list(row) for row in itertools.zip_longest(*values)]


def _written(asked: Asked, batch: Batch, box: Box, rows: list[list[Any]], *, raw: bool) -> Json:
    sheet = batch.content.writable(box.sheet)
    width = max(map(len, rows), default=0)
    if rows and width:
        batch.check_protection(Box(box.sheet, box.top, box.left, box.top + len(rows), box.left + width))
    for number, row in enumerate(rows, start=box.top):
        old = sheet.rows[number].cells
        new = {
            c: entering.entered(old.get(c, {}), value, raw=raw, year=asked.year)
            for c, value in enumerate(row, start=box.left)
        }
        if asked.book.assumptions.strict_lists_refuse_api_writes:
            for cell in new.values():
                batch_cells.refuse_off_list(cell)
        sheet.put_many(number, new)
    bottom, right = box.top + max(len(rows), 1), box.left + max(width, 1)
    answer: Json = {
        "spreadsheetId": asked.book.id,
        "updatedRange": a1(sheet.title, box.top, box.left, bottom, right),
    }
    if rows:
        answer |= {"updatedRows": len(rows), "updatedColumns": width, "updatedCells": sum(map(len, rows))}
    return answer


def append(asked: Asked) -> Json:
    """After the last row of the last table found in the range, beginning at that table's first column."""
    batch = asked.batch()
    content = batch.content
    box = content.find(asked.path["range"])
    raw = _is_raw(asked.one("valueInputOption"))
    rows = _rows(asked.body)
    table = _last_table(content.sheet(box.sheet), box)
    top, left = (table.bottom, table.left) if table else (box.top, box.left)
    sheet = content.writable(box.sheet)
    if asked.one("insertDataOption") == "INSERT_ROWS" and top < len(sheet.rows):
        spans.insert(content, sheet.id, "ROWS", top, len(rows), like_before=top > 0)
    sheet.rows.extend([EMPTY_ROW] * (top + len(rows) - len(sheet.rows)))
    content.check_size()
    if left + max(map(len, rows), default=0) > len(sheet.columns):
        raise invalid(f"Range ({asked.path['range']}) exceeds grid limits: the appended data is too wide.")
    target = Box(sheet.id, top, left, top + max(len(rows), 1), len(sheet.columns))
    updates = _written(asked, batch, target, rows, raw=raw)
    asked.commit(batch)
    answer: Json = {"spreadsheetId": asked.book.id, "updates": updates}
    if table:
        answer["tableRange"] = a1(sheet.title, table.top, table.left, table.bottom, table.right)
    if asked.flag("includeValuesInResponse"):
        updates["updatedData"] = _echo(asked, updates["updatedRange"])
    return answer


def _last_table(sheet: Sheet, box: Box) -> Box | None:
    """The block of filled cells, without an empty row or column inside, that holds the last filled cell of the range."""

    def filled(top: int, left: int, bottom: int, right: int) -> bool:
        rows = sheet.rows[max(top, 0) : bottom]
        return any(left <= c < right and "userEnteredValue" in cell for row in rows for c, cell in row.cells.items())

    seeds = [row for row in range(box.top, box.bottom) if filled(row, box.left, row + 1, box.right)]
    if not seeds:
        return None
    columns = [c for c in range(box.left, box.right) if filled(seeds[-1], c, seeds[-1] + 1, c + 1)]
    top, left, bottom, right = seeds[-1], columns[0], seeds[-1] + 1, columns[-1] + 1
    while True:
        up, down = filled(top - 1, left, top, right), filled(bottom, left, bottom + 1, right)
        before, after = filled(top, left - 1, bottom, left), filled(top, right, bottom, right + 1)
        if not (up or down or before or after):
            return Box(sheet.id, top, left, bottom, right)
        top, bottom, left, right = top - up, bottom + down, left - before, right + after


def clear(asked: Asked) -> Json:
    batch = asked.batch()
    cleared = _clear(batch, asked.path["range"])
    asked.commit(batch)
    return {"spreadsheetId": asked.book.id, "clearedRange": cleared}


def batch_clear(asked: Asked) -> Json:
    batch = asked.batch()
    cleared = [_clear(batch, text) for text in asked.body.get("ranges", [])]
    asked.commit(batch)
    return {"spreadsheetId": asked.book.id, "clearedRanges": cleared}


def _clear(batch: Batch, text: str) -> str:
    box = batch.content.find(text)
    batch.check_protection(box)
    sheet = batch.content.writable(box.sheet)
    for number in range(box.top, box.bottom):
        cells = {c: cell for c, cell in sheet.rows[number].cells.items() if box.left <= c < box.right}
        emptied = {
            c: {name: part for name, part in cell.items() if name != "userEnteredValue"} for c, cell in cells.items()
        }
        sheet.put_many(number, emptied)
    return a1(sheet.title, box.top, box.left, box.bottom, box.right)
