"""Developer metadata: kept on the row, column, sheet or spreadsheet it belongs to, found by lookups and data filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.content import Column, Content, Row
from tests.fake_sheets.masks import paths, written
from tests.fake_sheets.ranges import Bounds, Box, Json
from tests.fake_sheets.reading import located, placed
from tests.fake_sheets.refusals import invalid

_FIELDS = ("metadataKey", "metadataValue", "visibility")


@dataclass(frozen=True, slots=True)
class Found:
    """One item with the place it has now: a line of a sheet, a sheet (axis SHEET), or the spreadsheet."""

    item: Json
    axis: str
    sheet: int = 0
    line: int = 0

    def shown(self) -> Json:
        if self.axis in ("ROWS", "COLUMNS"):
            return located(self.item, self.sheet, self.axis, self.line)
        if self.axis == "SHEET":
            return placed(self.item, "SHEET", {"sheetId": self.sheet})
        return placed(self.item, "SPREADSHEET", {"spreadsheet": True})

    @property
    def kind(self) -> str:
        return {"ROWS": "ROW", "COLUMNS": "COLUMN"}.get(self.axis, self.axis)


def everything(content: Content) -> Iterator[Found]:
    for item in content.metadata:
        yield Found(item, "SPREADSHEET")
    for sheet in content.sheets:
        for item in sheet.metadata:
            yield Found(item, "SHEET", sheet.id)
        for axis, lines in (("ROWS", sheet.rows), ("COLUMNS", sheet.columns)):
            for number, line in enumerate(lines):
                for item in line.metadata:
                    yield Found(item, axis, sheet.id, number)


def matching(content: Content, lookup: Json) -> list[Found]:
    """What a DeveloperMetadataLookup selects. `metadataLocation` is taken as the exact place."""
    place: Json = lookup.get("metadataLocation", {})
    found: list[Found] = []
    for one in everything(content):
        asked = {"metadataId", "metadataKey", "metadataValue", "visibility"} & set(lookup)
        if any(one.item.get(name) != lookup[name] for name in asked):
            continue
        if lookup.get("locationType", one.kind) != one.kind:
            continue
        shown = one.shown()["location"]
        if place and any(shown.get(name) != part for name, part in place.items() if name != "locationType"):
            continue
        found.append(one)
    return found


def boxes(content: Content, data_filter: Json) -> list[Box]:
    """The cells a DataFilter means: one A1 range, one grid range, or whatever carries the metadata."""
    if "a1Range" in data_filter:
        return [content.find(data_filter["a1Range"])]
    if "gridRange" in data_filter:
        return [content.grid_box(data_filter["gridRange"])]
    found = matching(content, data_filter.get("developerMetadataLookup", {}))
    return [_box(content, one) for one in found if one.axis != "SPREADSHEET"]


def _box(content: Content, found: Found) -> Box:
    sheet = content.sheet(found.sheet)
    if found.axis == "ROWS":
        return sheet.box(Bounds(found.line, 0, found.line + 1, None))
    return sheet.box(Bounds(0, found.line, None, found.line + 1)) if found.axis == "COLUMNS" else sheet.whole


def create(batch: Batch, request: Json) -> Json:
    content, given = batch.content, request["developerMetadata"]
    taken = [found.item["metadataId"] for found in everything(content)]
    new_id = given.get("metadataId", content.free_id(taken))
    if new_id in taken:
        raise invalid(f"Invalid createDeveloperMetadata: metadata with the id {new_id} already exists.")
    if not given.get("metadataKey") or given.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise invalid("Invalid createDeveloperMetadata: key and visibility must be specified.")
    item = {"metadataId": new_id, **{name: given[name] for name in _FIELDS if name in given}}
    place = given.get("location", {})
    if place.get("spreadsheet"):
        content.metadata.append(item)
    elif "dimensionRange" in place:
        _hang(content, place["dimensionRange"], item)
    elif "sheetId" in place:
        content.writable(place["sheetId"]).metadata.append(item)
    else:
        raise invalid("Invalid createDeveloperMetadata: no location.")
    shown = next(found.shown() for found in everything(content) if found.item["metadataId"] == new_id)
    return {"createDeveloperMetadata": {"developerMetadata": shown}}


def _hang(content: Content, place: Json, item: Json) -> None:
    sheet = content.writable(place.get("sheetId", 0))
    lines: list[Any] = sheet.rows if place.get("dimension") == "ROWS" else sheet.columns
    start, end = place.get("startIndex", 0), place.get("endIndex")
    if end != start + 1 or not 0 <= start < len(lines):
        raise invalid("Invalid location: the range must be a single row or column inside the grid.")
    line: Row | Column = lines[start]
    lines[start] = replace(line, metadata=(*line.metadata, item))


def update(batch: Batch, request: Json) -> Json:
    mask, given = paths(request.get("fields")), request.get("developerMetadata", {})
    changed = [
        item
        for wanted in _wanted(batch.content, request)
        for item in [(wanted, written(wanted.item, given, mask, _FIELDS))]
    ]
    for found, new in changed:
        _replace(batch.content, found, (new,))
    shown = [replace(found, item=new).shown() for found, new in changed]
    return {"updateDeveloperMetadata": {"developerMetadata": shown}}


def delete(batch: Batch, request: Json) -> Json:
    found = _wanted(batch.content, {"dataFilters": [request["dataFilter"]]})
    for one in found:
        _replace(batch.content, one, ())
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": [one.shown() for one in found]}}


def _wanted(content: Content, request: Json) -> list[Found]:
    return [
        found
        for data_filter in request.get("dataFilters", [])
        for found in matching(content, data_filter.get("developerMetadataLookup", {}))
    ]


def _replace(content: Content, found: Found, new: tuple[Json, ...]) -> None:
    def changed(items: Any) -> list[Json]:
        return [part for item in items for part in (new if item is found.item else (item,))]

    if found.axis == "SPREADSHEET":
        content.metadata = changed(content.metadata)
        return
    sheet = content.writable(found.sheet)
    if found.axis == "SHEET":
        sheet.metadata = changed(sheet.metadata)
        return
    lines: list[Any] = sheet.rows if found.axis == "ROWS" else sheet.columns
    line: Row | Column = lines[found.line]
    lines[found.line] = replace(line, metadata=tuple(changed(line.metadata)))


HANDLERS: dict[str, Handler] = {
    "createDeveloperMetadata": create,
    "updateDeveloperMetadata": update,
    "deleteDeveloperMetadata": delete,
}
