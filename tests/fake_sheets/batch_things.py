"""Requests of `spreadsheets.batchUpdate` about what hangs on cells: names, protection, conditional formats, filters, merges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fake_sheets.batch_common import Batch, Handler
from tests.fake_sheets.content import Content, Sheet
from tests.fake_sheets.masks import paths, written
from tests.fake_sheets.ranges import Box, Json, answered, as_json
from tests.fake_sheets.refusals import invalid


def _whole(content: Content, grid_range: Json) -> Json:
    """The range as it is kept: with the id of its sheet, and inside the grid."""
    content.grid_box(grid_range)
    return {"sheetId": 0, **grid_range}


# --- named ranges: explicit ids are what a version token rests on ------------------------------------------------------
def add_named_range(batch: Batch, request: Json) -> Json:
    content, given = batch.content, request["namedRange"]
    name = given.get("name", "")
    named_id = given.get("namedRangeId") or str(content.free_id(int(k) for k in content.named if k.isdecimal()))
    if named_id in content.named:
        raise invalid(f"Invalid addNamedRange: a named range with the id {named_id} already exists.")
    _check_name(content, name)
    item = {"namedRangeId": named_id, "name": name, "range": _whole(content, given.get("range", {}))}
    content.named[named_id] = item
    return {"addNamedRange": {"namedRange": {**item, "range": answered(item["range"])}}}


def _check_name(content: Content, name: str, but: str = "") -> None:
    plain = name.replace("_", "a").replace(".", "a")
    if not name or len(name) > 250 or not plain.isalnum() or name[0].isdecimal():
        raise invalid(f"The name {name!r} is not valid for a named range.")
    if any(item["name"].casefold() == name.casefold() for key, item in content.named.items() if key != but):
        raise invalid(f"A named range with the name {name!r} already exists.")


def update_named_range(batch: Batch, request: Json) -> Json:
    content, given, mask = batch.content, request["namedRange"], paths(request.get("fields"))
    old = content.named.get(given.get("namedRangeId", ""))
    if old is None or "range" not in old:
        raise invalid(f"No named range with id: {given.get('namedRangeId')}")
    new = written(old, given, mask, ("name", "range"))
    _check_name(content, new.get("name", ""), old["namedRangeId"])
    content.named[old["namedRangeId"]] = {**new, "range": _whole(content, new.get("range", {}))}
    return {}


def delete_named_range(batch: Batch, request: Json) -> Json:
    found = batch.content.named.get(request.get("namedRangeId", ""))
    # A name whose cells are gone is neither listed nor found by its id any more, and still in the way.
    if found is None or "range" not in found:
        raise invalid(f"No named range with id: {request.get('namedRangeId')}")
    del batch.content.named[found["namedRangeId"]]
    return {}


# --- protection -----------------------------------------------------------------------------------------------------
def add_protected_range(batch: Batch, request: Json) -> Json:
    content, given = batch.content, request["protectedRange"]
    taken = [item["protectedRangeId"] for sheet in content.sheets for item in sheet.protected]
    new_id = given.get("protectedRangeId", content.free_id(taken))
    if new_id in taken:
        raise invalid(f"Invalid addProtectedRange: a protected range with the id {new_id} already exists.")
    if not given.get("warningOnly"):
        given = {"editors": {"users": [batch.person]}, **given}
    item = {**given, "protectedRangeId": new_id, "range": _whole(content, given.get("range", {}))}
    content.writable(item["range"]["sheetId"]).protected.append(item)
    shown = {**item, "range": answered(item["range"]), "requestingUserCanEdit": True}
    return {"addProtectedRange": {"protectedRange": shown}}


def update_protected_range(batch: Batch, request: Json) -> Json:
    given, mask = request["protectedRange"], paths(request.get("fields"))
    sheet, place = _protected(batch.content, given.get("protectedRangeId"))
    new = written(sheet.protected[place], given, mask, ("range", "description", "warningOnly", "editors"))
    sheet.protected[place] = {**new, "range": _whole(batch.content, new.get("range", {}))}
    return {}


def delete_protected_range(batch: Batch, request: Json) -> Json:
    sheet, place = _protected(batch.content, request.get("protectedRangeId"))
    del sheet.protected[place]
    return {}


def _protected(content: Content, wanted: Any) -> tuple[Sheet, int]:
    for sheet in content.sheets:
        for place, item in enumerate(sheet.protected):
            if item["protectedRangeId"] == wanted:
                return content.writable(sheet.id), place
    raise invalid(f"No protected range with id: {wanted}")


# --- conditional formats --------------------------------------------------------------------------------------------
def _rule(content: Content, rule: Json) -> Json:
    ranges = [_whole(content, item) for item in rule.get("ranges", [])]
    if not ranges or len({item["sheetId"] for item in ranges}) > 1:
        raise invalid("Invalid rule: all ranges of a conditional format rule must be on one sheet.")
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise invalid("Invalid rule: exactly one of booleanRule and gradientRule must be set.")
    return {**rule, "ranges": ranges}


def add_conditional_format_rule(batch: Batch, request: Json) -> Json:
    rule = _rule(batch.content, request["rule"])
    sheet, index = batch.content.writable(rule["ranges"][0]["sheetId"]), request.get("index", 0)
    if not 0 <= index <= len(sheet.conditional):
        raise invalid(f"No conditional format at index: {index}")
    sheet.conditional.insert(index, rule)
    return {}


def update_conditional_format_rule(batch: Batch, request: Json) -> Json:
    index = request.get("index", 0)
    new = _rule(batch.content, request["rule"]) if "rule" in request else None
    sheet_id = new["ranges"][0]["sheetId"] if new else request.get("sheetId", 0)
    sheet = batch.content.writable(sheet_id)
    old = _at(sheet, index)
    if new:
        sheet.conditional[index] = new
        return {"updateConditionalFormatRule": {"newRule": _shown(new), "newIndex": index, "oldRule": _shown(old)}}
    to = request.get("newIndex", 0)
    sheet.conditional.insert(to, sheet.conditional.pop(index))
    return {"updateConditionalFormatRule": {"newRule": _shown(old), "newIndex": to, "oldIndex": index}}


def delete_conditional_format_rule(batch: Batch, request: Json) -> Json:
    sheet = batch.content.writable(request.get("sheetId", 0))
    old = _at(sheet, request.get("index", 0))
    del sheet.conditional[request.get("index", 0)]
    return {"deleteConditionalFormatRule": {"rule": _shown(old)}}


def _at(sheet: Sheet, index: int) -> Json:
    if not 0 <= index < len(sheet.conditional):
        raise invalid(f"No conditional format on sheet: {sheet.id} at index: {index}")
    return sheet.conditional[index]


def _shown(rule: Json) -> Json:
    return {**rule, "ranges": [answered(item) for item in rule["ranges"]]}


# --- merges, filters, banding ---------------------------------------------------------------------------------------
def merge_cells(batch: Batch, request: Json) -> Json:
    box = batch.content.grid_box(request["range"])
    kind = request.get("mergeType", "MERGE_ALL")
    parts = [box]
    if kind == "MERGE_ROWS":
        parts = [Box(box.sheet, row, box.left, row + 1, box.right) for row in range(box.top, box.bottom)]
    elif kind == "MERGE_COLUMNS":
        parts = [Box(box.sheet, box.top, column, box.bottom, column + 1) for column in range(box.left, box.right)]
    batch.check_protection(box)
    for part in parts:
        merge(batch.content, part)
    return {}


def merge(content: Content, box: Box) -> None:
    """The value of the top left cell stays, the others are emptied; a merge that lies within gives way."""
    sheet = content.writable(box.sheet)
    for item in [item for item in sheet.merges if content.grid_box(item).meets(box)]:
        inner = content.grid_box(item)
        if not (box.contains(inner.top, inner.left) and box.contains(inner.bottom - 1, inner.right - 1)):
            raise invalid("You must select all cells in a merged range to merge or unmerge them.")
        sheet.merges.remove(item)
    kept = next(
        (
            sheet.cell(r, c)["userEnteredValue"]
            for r in range(box.top, box.bottom)
            for c in range(box.left, box.right)
            if "userEnteredValue" in sheet.cell(r, c)
        ),
        None,
    )
    for row in range(box.top, box.bottom):
        cells = {c: _without_value(sheet.cell(row, c)) for c in range(box.left, box.right)}
        sheet.put_many(row, cells)
    if kept:
        sheet.put(box.top, box.left, {**sheet.cell(box.top, box.left), "userEnteredValue": kept})
    sheet.merges.append(as_json(box))


def _without_value(cell: Json) -> Json:
    return {name: part for name, part in cell.items() if name != "userEnteredValue"}


def unmerge_cells(batch: Batch, request: Json) -> Json:
    box = batch.content.grid_box(request["range"])
    sheet = batch.content.writable(box.sheet)
    sheet.merges = [item for item in sheet.merges if not batch.content.grid_box(item).meets(box)]
    return {}


def set_basic_filter(batch: Batch, request: Json) -> Json:
    given = request["filter"]
    where = _whole(batch.content, given.get("range", {}))
    batch.content.writable(where["sheetId"]).basic_filter = {**given, "range": where}
    return {}


def clear_basic_filter(batch: Batch, request: Json) -> Json:
    batch.content.writable(request.get("sheetId", 0)).basic_filter = None
    return {}


def _adder(request_name: str, item_name: str, id_name: str, attribute: str) -> Handler:
    def add(batch: Batch, request: Json) -> Json:
        content, given = batch.content, request[item_name]
        lists: Callable[[Sheet], list[Json]] = lambda sheet: getattr(sheet, attribute)  # noqa: E731
        taken = [item[id_name] for sheet in content.sheets for item in lists(sheet)]
        new_id = given.get(id_name, content.free_id(taken))
        if new_id in taken:
            raise invalid(f"Invalid {request_name}: the id {new_id} already exists.")
        item = {**given, id_name: new_id, "range": _whole(content, given.get("range", {}))}
        lists(content.writable(item["range"]["sheetId"])).append(item)
        return {request_name: {item_name: {**item, "range": answered(item["range"])}}}

    return add


HANDLERS: dict[str, Handler] = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
    "addConditionalFormatRule": add_conditional_format_rule,
    "updateConditionalFormatRule": update_conditional_format_rule,
    "deleteConditionalFormatRule": delete_conditional_format_rule,
    "mergeCells": merge_cells,
    "unmergeCells": unmerge_cells,
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addFilterView": _adder("addFilterView", "filter", "filterViewId", "filter_views"),
    "addBanding": _adder("addBanding", "bandedRange", "bandedRangeId", "banded"),
}
