"""Adapts a spreadsheet to the declared tables: tabs, headers with notes, drop-downs, formats, warnings, colours.

First everything is looked at (that is the dry run), then all is done in one batch. What people put there themselves stays:
their notes, drop-downs, formats, colours, protections; nothing is reordered, renamed or deleted. Strict drop-downs only
for closed lists; open ones warn. Notes and drop-downs of ours are known again by what they say.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.gsheets_calls import Calls
from sheets.gsheets_cells import Json, Place, quoted
from sheets.gsheets_marks import colours, protections
from sheets.port import CellFormat, ColumnSpec, ShapeStep, Sheet, SheetSpec, Snapshot
from sheets.shaping import HeaderPlan, new_tab_steps, plan_headers

Request = dict[str, Any]
ROWS, COLUMNS = 1000, 26
NAMED_COLUMNS = 8  # in a sentence; how many there are stands before
SIGNED = "\n—— 控制台"
HINTS = {True: "请从列表里选择", False: "可以从列表里选择;列表在控制台的“制度参数”里修改"}
_FORMATS = {
    CellFormat.TEXT: {"type": "TEXT", "pattern": "@"},
    CellFormat.MONEY: {"type": "NUMBER", "pattern": "#,##0.00"},
    CellFormat.DATE: {"type": "DATE", "pattern": "yyyy-mm-dd"},
    CellFormat.DATETIME: {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"},
    CellFormat.TIME: {"type": "TIME", "pattern": "hh:mm"},
    CellFormat.PERCENT: {"type": "PERCENT", "pattern": "0.00%"},
}
_HEADER = {"textFormat": {"bold": True}, "backgroundColor": {"red": 0.87, "green": 0.92, "blue": 0.97}}
_HEADER |= {"horizontalAlignment": "CENTER", "verticalAlignment": "MIDDLE", "wrapStrategy": "WRAP"}


@dataclass(frozen=True, slots=True)
class _Dressing:
    """How a tab looks now: notes of the header row; the first drop-down and whether there is any format, by column."""

    notes: Mapping[int, str]
    lists: Mapping[int, Json]
    formatted: frozenset[int]
    protected: Sequence[Json] = ()
    colours: Sequence[Json] = ()


def shape(
    specs: Sequence[SheetSpec], snapshot: Snapshot, tabs: Mapping[str, Place], calls: Calls
) -> tuple[list[ShapeStep], list[Request]]:
    """What is to be done, in words and as requests."""
    there = [spec.title for spec in specs if spec.title in tabs]
    answer = calls.dressing([quoted(title) for title in there]) if there else {}
    found = {one["properties"]["title"]: one for one in answer.get("sheets", ())}
    taken = {place.id for place in tabs.values()}
    steps: list[ShapeStep] = []
    requests: list[Request] = []
    for spec in specs:
        sheet = snapshot.sheets.get(spec.title, Sheet(spec.title, ()))
        plan = plan_headers(sheet, spec)
        if spec.title in tabs:
            dressing = _dressing(found[spec.title], plan)
            said, asked = _adapt(spec, plan, tabs[spec.title], dressing, is_empty=not sheet.rows)
        else:
            place = _new_place(spec, taken)
            taken.add(place.id)
            plan = HeaderPlan(1, plan.columns, plan.columns, ())
            said, asked = _adapt(spec, plan, place, _Dressing({}, {}, frozenset()), is_empty=True)
            said, asked = [*new_tab_steps(spec), *said], [_add_tab(place), *asked]
        steps += said
        requests += asked
    return steps, requests


def _new_place(spec: SheetSpec, taken: set[int]) -> Place:
    id = next(one for one in iter(lambda: secrets.randbelow(2**30) + 1, 0) if one not in taken)
    return Place(id, spec.title, ROWS, max(COLUMNS, len(spec.columns)), 1)


def _add_tab(place: Place) -> Request:
    grid = {"rowCount": place.rows, "columnCount": place.columns, "frozenRowCount": 1}
    return {"addSheet": {"properties": {"sheetId": place.id, "title": place.title, "gridProperties": grid}}}


def _adapt(
    spec: SheetSpec, plan: HeaderPlan, place: Place, dressing: _Dressing, *, is_empty: bool
) -> tuple[list[ShapeStep], list[Request]]:
    """One tab. Without a header row nothing is done but said."""
    if not plan.columns:
        return list(plan.steps), []
    steps, requests = list(plan.steps), _headers(plan, place, is_empty=is_empty)

    def say(what: str, done: Sequence[Request]) -> None:
        if done:
            steps.append(ShapeStep(spec.title, what))
            requests.extend(done)

    noted = {at: each for at, each in plan.columns.items() if _wants_note(each, dressing.notes.get(at, ""))}
    say(
        f"写 {len(noted)} 个表头的批注:{_names(noted)}",
        [_note(place, plan.header_row, at, each) for at, each in noted.items()],
    )
    listed = {at: each for at, each in plan.columns.items() if _wants_list(each, dressing.lists.get(at))}
    say(
        f"设置 {len(listed)} 列的下拉选项:{_names(listed)}",
        [_drop_down(place, plan, at, each) for at, each in listed.items()],
    )
    formatted = {
        at: each for at, each in plan.columns.items() if each.format in _FORMATS and at not in dressing.formatted
    }
    say(
        f"给 {len(formatted)} 列设置单元格格式:{_names(formatted)}",
        [_format(place, plan, at, each) for at, each in formatted.items()],
    )
    if place.frozen < plan.header_row:
        frozen = {"sheetId": place.id, "gridProperties": {"frozenRowCount": plan.header_row}}
        say("冻结表头", [{"updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}}])
    say("在控制台填写和签字的列上设置提醒(仍然可以编辑)", protections(plan, place, dressing.protected))
    say("设置自动标红的条件格式", colours(spec, plan, place, dressing.colours))
    return steps, requests


def _names(columns: Mapping[int, ColumnSpec]) -> str:
    headers = [each.header for each in columns.values()]
    return "、".join(headers[:NAMED_COLUMNS]) + (" 等" if len(headers) > NAMED_COLUMNS else "")


def _headers(plan: HeaderPlan, place: Place, *, is_empty: bool) -> list[Request]:
    if not plan.new_headers:
        return []
    requests: list[Request] = []
    short = max(plan.new_headers) - place.columns
    if short > 0:
        requests.append({"appendDimension": {"sheetId": place.id, "dimension": "COLUMNS", "length": short}})
    for at, each in plan.new_headers.items():
        cell: Request = {"userEnteredValue": {"stringValue": each.header}, "userEnteredFormat": _HEADER}
        fields = "userEnteredValue,userEnteredFormat(textFormat.bold,backgroundColor,horizontalAlignment,"
        fields += "verticalAlignment,wrapStrategy)"
        requests.append(_cell(place, plan.header_row, at, cell, fields))
        span = {"sheetId": place.id, "dimension": "COLUMNS", "startIndex": at - 1, "endIndex": at}
        width = {"pixelSize": round(each.width * 7 + 5)}
        requests.append({"updateDimensionProperties": {"range": span, "properties": width, "fields": "pixelSize"}})
    return requests


def _cell(place: Place, row: int, column: int, cell: Request, fields: str) -> Request:
    start = {"sheetId": place.id, "rowIndex": row - 1, "columnIndex": column - 1}
    return {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": fields}}


def _noted(each: ColumnSpec) -> str:
    return each.note.replace("\r\n", "\n") + SIGNED


def _wants_note(each: ColumnSpec, standing: str) -> bool:
    return bool(each.note) and standing != _noted(each) and (not standing or standing.endswith(SIGNED))


def _note(place: Place, row: int, at: int, each: ColumnSpec) -> Request:
    return _cell(place, row, at, {"note": _noted(each)}, "note")


def _listed(each: ColumnSpec) -> Request:
    values = [{"userEnteredValue": option} for option in each.options]
    rule: Request = {"condition": {"type": "ONE_OF_LIST", "values": values}, "showCustomUi": True}
    rule["inputMessage"] = HINTS[each.closed]
    return rule | {"strict": True} if each.closed else rule


def _wants_list(each: ColumnSpec, standing: Json | None) -> bool:
    if not each.options or standing is None:
        return bool(each.options)
    return standing.get("inputMessage") in HINTS.values() and not _same_list(standing, _listed(each))


def _same_list(one: Json, other: Json) -> bool:
    same = [
        one.get("condition", {}).get("values") == other["condition"]["values"],
        bool(one.get("strict")) == bool(other.get("strict")),
        one.get("inputMessage") == other["inputMessage"],
    ]
    return all(same)


def _drop_down(place: Place, plan: HeaderPlan, at: int, each: ColumnSpec) -> Request:
    return {"setDataValidation": {"range": _column(place, plan, at), "rule": _listed(each)}}


def _format(place: Place, plan: HeaderPlan, at: int, each: ColumnSpec) -> Request:
    cell = {"userEnteredFormat": {"numberFormat": _FORMATS[each.format]}}
    fields = "userEnteredFormat.numberFormat"
    return {"repeatCell": {"range": _column(place, plan, at), "cell": cell, "fields": fields}}


def _column(place: Place, plan: HeaderPlan, at: int) -> dict[str, int]:
    """Everything below the header, as far down as the grid goes."""
    top = {"sheetId": place.id, "startRowIndex": plan.header_row}
    return top | {"startColumnIndex": at - 1, "endColumnIndex": at}


def _dressing(tab: Json, plan: HeaderPlan) -> _Dressing:
    notes: dict[int, str] = {}
    lists: dict[int, Json] = {}
    formatted: set[int] = set()
    for data in tab.get("data", ()):
        for number, row in enumerate(data.get("rowData", ()), start=data.get("startRow", 0) + 1):
            for column, cell in enumerate(row.get("values", ()), start=data.get("startColumn", 0) + 1):
                if number == plan.header_row and cell.get("note"):
                    notes[column] = cell["note"]
                elif number > plan.header_row:
                    if "dataValidation" in cell:
                        lists.setdefault(column, cell["dataValidation"])
                    if "numberFormat" in cell.get("userEnteredFormat", {}):
                        formatted.add(column)
    return _Dressing(
        notes, lists, frozenset(formatted), tab.get("protectedRanges", ()), tab.get("conditionalFormats", ())
    )
