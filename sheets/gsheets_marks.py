"""Colours and warnings a spreadsheet gives by itself: conditional formats and protected columns, known again as ours.

A conditional format of ours carries its name inside its formula (N("…") is 0 in every spreadsheet), a protection in its
description; what people made themselves carries neither and is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sheets.gsheets_cells import Json, Place
from sheets.port import CellFormat, ColumnSpec, SheetCheck, SheetSpec
from sheets.shaping import HeaderPlan
from sheets.table import column_letters

Request = dict[str, Any]
NAME = 'N("控制台:'
PROTECTED = "控制台:这些列由控制台填写或签字,改动前请先确认"
_RED = {"backgroundColor": {"red": 0.98, "green": 0.85, "blue": 0.83}}
_AMBER = {"backgroundColor": {"red": 1.0, "green": 0.94, "blue": 0.78}}
_FIELD = re.compile(r"\{(\w+)(:?)\}")
_NUMBERS = frozenset({CellFormat.NUMBER, CellFormat.MONEY, CellFormat.PERCENT})
_DATES = frozenset({CellFormat.DATE, CellFormat.DATETIME, CellFormat.TIME})


def usual_checks(spec: SheetSpec) -> Iterator[SheetCheck]:
    """What can be seen of any column: a blank where something is needed, text where a number or a date belongs, a number so
    long that it has lost its end."""
    naming = [column.field for column in spec.columns if column.naming]
    filled = [f'{{{one}}}<>""' for one in naming]
    named = f"OR({','.join(filled)})" if filled else "FALSE"
    for column in spec.columns:
        cell = f"{{{column.field}}}"
        if column.required and not column.engine:
            yield SheetCheck("DAT-01", (column.field,), f'AND({named},{cell}="")')
        if column.format in _DATES or column.format in _NUMBERS:
            yield SheetCheck("DAT-01", (column.field,), f"ISTEXT({cell})")
        elif column.format is CellFormat.TEXT and not column.engine:
            yield SheetCheck("DAT-01", (column.field,), f"AND(ISNUMBER({cell}),ABS(N({cell}))>=1E15)")


def colours(spec: SheetSpec, plan: HeaderPlan, place: Place, standing: Sequence[Json]) -> list[Request]:
    """The requests that make our conditional formats what they should be; none where they are."""
    wanted = [rule for check in (*usual_checks(spec), *spec.checks) for rule in _rules(check, plan, place)]
    wanted += _finding_colour(plan, place)
    ours = [number for number, rule in enumerate(standing) if NAME in _formula(rule)]
    if [_essence(standing[number]) for number in ours] == [_essence(rule) for rule in wanted]:
        return []
    removed = [{"deleteConditionalFormatRule": {"sheetId": place.id, "index": number}} for number in reversed(ours)]
    at = len(standing) - len(ours)
    added = [{"addConditionalFormatRule": {"rule": rule, "index": at + n}} for n, rule in enumerate(wanted)]
    return [*removed, *added]


def _rules(check: SheetCheck, plan: HeaderPlan, place: Place) -> Iterator[Request]:
    columns = {each.field: at for at, each in plan.columns.items()}
    asked = {name for name, _ in _FIELD.findall(check.formula)}
    marks = [columns[name] for name in check.marks if name in columns]
    if not marks or not asked <= columns.keys():
        return
    top = plan.header_row + 1

    def cell(found: re.Match[str]) -> str:
        letters = column_letters(columns[found.group(1)])
        return f"${letters}${top}:${letters}" if found.group(2) else f"${letters}{top}"

    formula = f'=AND({_FIELD.sub(cell, check.formula)},{NAME}{check.rule}")=0)'
    yield _rule([_range(place, top, one, one) for one in marks], formula, _RED)


def _finding_colour(plan: HeaderPlan, place: Place) -> list[Request]:
    at = next((at for at, each in plan.columns.items() if each.field == "check_result"), None)
    if at is None:
        return []
    top = plan.header_row + 1
    formula = f'=AND(${column_letters(at)}{top}<>"",{NAME}检查结果")=0)'
    return [_rule([_range(place, top, at, at)], formula, _AMBER)]


def _rule(ranges: list[Json], formula: str, format: Json) -> Request:
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
    return {"ranges": ranges, "booleanRule": {"condition": condition, "format": format}}


def _range(place: Place, top: int, left: int, right: int) -> dict[str, int]:
    return {"sheetId": place.id, "startRowIndex": top - 1, "startColumnIndex": left - 1, "endColumnIndex": right}


def _formula(rule: Json) -> str:
    values = rule.get("booleanRule", {}).get("condition", {}).get("values", ())
    return str(values[0].get("userEnteredValue", "")) if values else ""


def _essence(rule: Json) -> tuple[str, tuple[tuple[int, ...], ...]]:
    """Formula and places; how far down a place goes changes with the grid."""
    names = ("startRowIndex", "startColumnIndex", "endColumnIndex")
    return _formula(rule), tuple(tuple(one.get(name, 0) for name in names) for one in rule.get("ranges", ()))


# -- protection --------------------------------------------------------------------------------------------------------


def protections(plan: HeaderPlan, place: Place, standing: Sequence[Json]) -> list[Request]:
    """A warning on the columns that the console writes and those that people sign by a button; never more than a warning."""
    top = plan.header_row + 1
    wanted = [_range(place, top, left, right) for left, right in _runs(plan.columns)]
    ours = [one for one in standing if one.get("description", "") == PROTECTED]
    if sorted(map(_span, (one.get("range", {}) for one in ours))) == sorted(map(_span, wanted)):
        return []
    removed = [{"deleteProtectedRange": {"protectedRangeId": one["protectedRangeId"]}} for one in ours]
    added = [
        {"addProtectedRange": {"protectedRange": {"range": one, "description": PROTECTED, "warningOnly": True}}}
        for one in wanted
    ]
    return [*removed, *added]


def _runs(columns: Mapping[int, ColumnSpec]) -> Iterator[tuple[int, int]]:
    chosen = sorted(at for at, each in columns.items() if each.engine or each.guarded)
    for _, group in groupby(enumerate(chosen), key=lambda item: item[1] - item[0]):
        run = [at for _, at in group]
        yield run[0], run[-1]


def _span(range: Json) -> tuple[int, int, int]:
    return range.get("startRowIndex", 0), range.get("startColumnIndex", 0), range.get("endColumnIndex", 0)
