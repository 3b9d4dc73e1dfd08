"""The methods of Sheets v4: each is given the spreadsheet and the decoded request, and returns the message answered."""

from __future__ import annotations

from collections.abc import Callable

from tests.fake_sheets import (
    batch_cells,
    batch_lines,
    batch_moves,
    batch_tabs,
    batch_things,
    metadata,
    reading,
    values_api,
)
from tests.fake_sheets.asked import Asked
from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.masks import below
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.refusals import Refusal, invalid, unsupported

REQUESTS: dict[str, Handler] = {
    **batch_cells.HANDLERS,
    **batch_lines.HANDLERS,
    **batch_moves.HANDLERS,
    **batch_tabs.HANDLERS,
    **batch_things.HANDLERS,
    **metadata.HANDLERS,
}


def get(asked: Asked) -> Json:
    content = asked.book.content
    boxes = [content.find(text) for text in asked.query.get("ranges", [])]
    grid = asked.flag("includeGridData")
    return reading.spreadsheet(asked.book, asked.person, boxes, grid=grid, mask=asked.mask)


def get_by_data_filter(asked: Asked) -> Json:
    content = asked.book.content
    filters = asked.body.get("dataFilters", [])
    boxes = [box for item in filters for box in metadata.boxes(content, item)]
    grid = bool(asked.body.get("includeGridData"))
    return reading.spreadsheet(asked.book, asked.person, boxes, grid=grid, mask=asked.mask, only_touched=bool(filters))


def batch_update(asked: Asked) -> Json:
    """All requests or none: they work on a copy, which becomes the content at the end."""
    requests = asked.body.get("requests", [])
    if not requests:
        raise invalid("Must specify at least one request.")
    batch = asked.batch()
    replies = [_carried_out(batch, number, request) for number, request in enumerate(requests)]
    asked.commit(batch)
    answer: Json = {"spreadsheetId": asked.book.id, "replies": replies}
    if asked.body.get("includeSpreadsheetInResponse"):
        content = asked.book.content
        boxes = [content.find(text) for text in asked.body.get("responseRanges", [])]
        grid = bool(asked.body.get("responseIncludeGridData"))
        inner = below(asked.mask, "updatedSpreadsheet") if asked.mask else None
        answer["updatedSpreadsheet"] = reading.spreadsheet(asked.book, asked.person, boxes, grid=grid, mask=inner)
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
    "sheets.spreadsheets.values.get": values_api.get,
    "sheets.spreadsheets.values.batchGet": values_api.batch_get,
    "sheets.spreadsheets.values.batchGetByDataFilter": values_api.batch_get_by_data_filter,
    "sheets.spreadsheets.developerMetadata.get": metadata_get,
    "sheets.spreadsheets.developerMetadata.search": metadata_search,
}
WRITES: dict[str, Callable[[Asked], Json]] = {
    "sheets.spreadsheets.batchUpdate": batch_update,
    "sheets.spreadsheets.values.update": values_api.update,
    "sheets.spreadsheets.values.batchUpdate": values_api.batch_update,
    "sheets.spreadsheets.values.append": values_api.append,
    "sheets.spreadsheets.values.clear": values_api.clear,
    "sheets.spreadsheets.values.batchClear": values_api.batch_clear,
}
