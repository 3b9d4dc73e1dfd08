"""The methods of Sheets v4: each is given the spreadsheet and the decoded request, and returns the message answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fake_sheets import batch_cells, batch_lines, batch_things, entering, metadata, reading
from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.book import Book
from tests.fake_sheets.content import EMPTY_ROW, Content
from tests.fake_sheets.masks import Tree, below
from tests.fake_sheets.ranges import Box, Json, a1
from tests.fake_sheets.refusals import Refusal, invalid, unsupported

REQUESTS: dict[str, Handler] = {
    **batch_cells.HANDLERS,
    **batch_lines.HANDLERS,
    **batch_things.HANDLERS,
    **metadata.HANDLERS,
}


@dataclass(slots=True)
class Asked:
    """One call, decoded. `applied` is called when the content has changed and the answer is not yet composed."""

    book: Book
    person: str
    path: dict[str, str]
    query: dict[str, list[str]]
    body: Json
    mask: Tree | None
    year: int
    applied: Callable[[], None] = field(default=lambda: None)

    def one(self, name: str) -> str | None:
        return self.query.get(name, [None])[0]

    def flag(self, name: str) -> bool:
        return (self.one(name) or "false").lower() == "true"

    @property
    def rendering(self) -> Json:
        return {name: values[0] for name, values in self.query.items()}


def get(asked: Asked) -> Json:
    content = asked.book.content
    boxes = [content.find(text) for text in asked.query.get("ranges", [])]
    return reading.spreadsheet(asked.book.id, content, boxes, grid=asked.flag("includeGridData"), mask=asked.mask)


def get_by_data_filter(asked: Asked) -> Json:
    content = asked.book.content
    filters = asked.body.get("dataFilters", [])
    boxes = [box for item in filters for box in metadata.boxes(content, item)]
    grid = bool(asked.body.get("includeGridData"))
    return reading.spreadsheet(asked.book.id, content, boxes, grid=grid, mask=asked.mask, only_touched=bool(filters))


def batch_update(asked: Asked) -> Json:
    """All requests or none: they work on a copy, which becomes the content at the end."""
    requests = asked.body.get("requests", [])
    if not requests:
        raise invalid("Must specify at least one request.")
    batch = Batch(asked.book, asked.book.content.copy())
    replies = [_carried_out(batch, number, request) for number, request in enumerate(requests)]
    asked.book.commit(batch.content, asked.person)
    asked.applied()
    answer: Json = {"spreadsheetId": asked.book.id, "replies": replies}
    if asked.body.get("includeSpreadsheetInResponse"):
        content = asked.book.content
        boxes = [content.find(text) for text in asked.body.get("responseRanges", [])]
        grid = bool(asked.body.get("responseIncludeGridData"))
        inner = below(asked.mask, "updatedSpreadsheet") if asked.mask else None
        answer["updatedSpreadsheet"] = reading.spreadsheet(asked.book.id, content, boxes, grid=grid, mask=inner)
    return answer


def _carried_out(batch: Batch, number: int, request: Json) -> Json:
    if len(request) != 1:
        raise invalid(f"Invalid requests[{number}]: exactly one kind of request must be set.")
    [(name, body)] = request.items()
    handler = REQUESTS.get(name)
    if handler is None:
        raise unsupported(name)
    try:
        return handler(batch, body)
    except KeyError as missing:
        raise invalid(f"Invalid requests[{number}].{name}: {missing.args[0]} is missing.") from None
    except Refusal as refusal:
        if refusal.status == 400 and not refusal.message.startswith("Invalid requests["):
            refusal.message = f"Invalid requests[{number}].{name}: {refusal.message}"
        raise


def values_get(asked: Asked) -> Json:
    content = asked.book.content
    return reading.value_range(content, content.find(asked.path["range"]), asked.rendering)


def values_batch_get(asked: Asked) -> Json:
    content = asked.book.content
    ranges = [
        reading.value_range(content, content.find(text), asked.rendering) for text in asked.query.get("ranges", [])
    ]
    return {"spreadsheetId": asked.book.id, "valueRanges": ranges}


def values_batch_get_by_data_filter(asked: Asked) -> Json:
    content, found = asked.book.content, list[Json]()
    for item in asked.body.get("dataFilters", []):
        for box in metadata.boxes(content, item):
            found.append({"valueRange": reading.value_range(content, box, asked.body), "dataFilters": [item]})
    return {"spreadsheetId": asked.book.id, "valueRanges": found}


def values_update(asked: Asked) -> Json:
    content = asked.book.content.copy()
    raw = _is_raw(asked.one("valueInputOption"))
    answer = _write(asked, content, asked.path["range"], asked.body, raw=raw)
    asked.book.commit(content, asked.person)
    asked.applied()
    if asked.flag("includeValuesInResponse"):
        answer["updatedData"] = _echo(asked, content, answer["updatedRange"])
    return answer


def _echo(asked: Asked, content: Content, text: str) -> Json:
    how = {
        "valueRenderOption": asked.one("responseValueRenderOption"),
        "dateTimeRenderOption": asked.one("responseDateTimeRenderOption"),
    }
    return reading.value_range(content, content.find(text), how)


def values_batch_update(asked: Asked) -> Json:
    content = asked.book.content.copy()
    raw = _is_raw(asked.body.get("valueInputOption"))
    answers = [_write(asked, content, item.get("range", ""), item, raw=raw) for item in asked.body.get("data", [])]
    asked.book.commit(content, asked.person)
    asked.applied()
    totals = ("updatedRows", "updatedColumns", "updatedCells")
    counted = {f"total{name[0].upper()}{name[1:]}": sum(answer.get(name, 0) for answer in answers) for name in totals}
    counted["totalUpdatedSheets"] = len({answer["updatedRange"].rpartition("!")[0] for answer in answers})
    return {"spreadsheetId": asked.book.id, **counted, "responses": answers}


def _is_raw(option: str | None) -> bool:
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    return option == "RAW"


def _write(asked: Asked, content: Content, text: str, body: Json, *, raw: bool) -> Json:
    rows: list[list[Any]] = body.get("values", [])
    if body.get("majorDimension") == "COLUMNS":
        rows = [list(row) for row in zip(*rows, strict=True)]
    box = content.find(text)
    if len(rows) > box.height or any(len(row) > box.width for row in rows):
        single = box.height == box.width == 1
        if not single:
            raise invalid(f"Requested writing within range [{text}], but tried writing outside of it.")
        sheet, wide = content.sheet(box.sheet), max(map(len, rows))
        if box.top + len(rows) > len(sheet.rows) or box.left + wide > len(sheet.columns):
            limits = f"Max rows: {len(sheet.rows)}, max columns: {len(sheet.columns)}"
            raise invalid(f"Range ({text}) exceeds grid limits. {limits}")
    return _written(asked, content, box, rows, raw=raw)


def _written(asked: Asked, content: Content, box: Box, rows: list[list[Any]], *, raw: bool) -> Json:
    sheet = content.writable(box.sheet)
    width = max(map(len, rows), default=0)
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


def values_append(asked: Asked) -> Json:
    """After the last row of the table found in the range: the block of filled rows that touches it."""
    content = asked.book.content.copy()
    box = content.find(asked.path["range"])
    raw = _is_raw(asked.one("valueInputOption"))
    rows: list[list[Any]] = asked.body.get("values", [])
    sheet = content.writable(box.sheet)
    end = _table_end(content, box)
    if asked.one("insertDataOption") == "INSERT_ROWS" and end < len(sheet.rows):
        sheet.rows[end:end] = [EMPTY_ROW] * len(rows)
    sheet.rows.extend([EMPTY_ROW] * (end + len(rows) - len(sheet.rows)))
    content.check_size()
    target = Box(sheet.id, end, box.left, end + max(len(rows), 1), len(sheet.columns))
    updates = _written(asked, content, target, rows, raw=raw)
    asked.book.commit(content, asked.person)
    asked.applied()
    answer: Json = {"spreadsheetId": asked.book.id, "updates": updates}
    if end > box.top:
        answer["tableRange"] = a1(sheet.title, box.top, box.left, end, len(sheet.columns))
    if asked.flag("includeValuesInResponse"):
        updates["updatedData"] = _echo(asked, content, updates["updatedRange"])
    return answer


def _table_end(content: Content, box: Box) -> int:
    sheet = content.sheet(box.sheet)

    def filled(number: int) -> bool:
        return any("userEnteredValue" in cell for cell in sheet.rows[number].cells.values())

    rows = [number for number in range(box.top, box.bottom) if filled(number)]
    if not rows:
        return box.top
    end = rows[-1] + 1
    while end < len(sheet.rows) and filled(end):
        end += 1
    return end


def values_clear(asked: Asked) -> Json:
    content = asked.book.content.copy()
    cleared = _clear(content, asked.path["range"])
    asked.book.commit(content, asked.person)
    asked.applied()
    return {"spreadsheetId": asked.book.id, "clearedRange": cleared}


def values_batch_clear(asked: Asked) -> Json:
    content = asked.book.content.copy()
    cleared = [_clear(content, text) for text in asked.body.get("ranges", [])]
    asked.book.commit(content, asked.person)
    asked.applied()
    return {"spreadsheetId": asked.book.id, "clearedRanges": cleared}


def _clear(content: Content, text: str) -> str:
    box = content.find(text)
    sheet = content.writable(box.sheet)
    for number in range(box.top, box.bottom):
        cells = {c: cell for c, cell in sheet.rows[number].cells.items() if box.left <= c < box.right}
        emptied = {
            c: {name: part for name, part in cell.items() if name != "userEnteredValue"} for c, cell in cells.items()
        }
        sheet.put_many(number, emptied)
    return a1(sheet.title, box.top, box.left, box.bottom, box.right)


def metadata_get(asked: Asked) -> Json:
    for found in metadata.everything(asked.book.content):
        if found.item["metadataId"] == int(asked.path["metadataId"]):
            return found.shown()
    raise Refusal(404, "Requested entity was not found.")


def metadata_search(asked: Asked) -> Json:
    found = [
        {"developerMetadata": one.shown(), "dataFilters": [item]}
        for item in asked.body.get("dataFilters", [])
        for one in metadata.matching(asked.book.content, item.get("developerMetadataLookup", {}))
    ]
    return {"matchedDeveloperMetadata": found} if found else {}


READS: dict[str, Callable[[Asked], Json]] = {
    "sheets.spreadsheets.get": get,
    "sheets.spreadsheets.getByDataFilter": get_by_data_filter,
    "sheets.spreadsheets.values.get": values_get,
    "sheets.spreadsheets.values.batchGet": values_batch_get,
    "sheets.spreadsheets.values.batchGetByDataFilter": values_batch_get_by_data_filter,
    "sheets.spreadsheets.developerMetadata.get": metadata_get,
    "sheets.spreadsheets.developerMetadata.search": metadata_search,
}
WRITES: dict[str, Callable[[Asked], Json]] = {
    "sheets.spreadsheets.batchUpdate": batch_update,
    "sheets.spreadsheets.values.update": values_update,
    "sheets.spreadsheets.values.batchUpdate": values_batch_update,
    "sheets.spreadsheets.values.append": values_append,
    "sheets.spreadsheets.values.clear": values_clear,
    "sheets.spreadsheets.values.batchClear": values_batch_clear,
}
