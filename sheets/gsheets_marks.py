"""Colours and warnings a spreadsheet gives by itself: conditional formats and protected columns, known again as ours.

A conditional format of ours carries its name inside its formula (N("…") is 0 in every spreadsheet), a protection in its
description; what people made themselves carries neither and is never touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sheets.gsheets_cells import Json, Place
from sheets.port import ColumnSpec, SheetCheck, SheetSpec
from sheets.shaping import HeaderPlan
from sheets.table import ID_FIELD, SUMMARY_WORDS, column_letters

Request = dict[str, Any]
NAME = 'N("控制台:'
PROTECTED = "控制台:这些列由控制台填写或签字,改动前请先确认"
_RED = {"backgroundColor": {"red": 0.98, "green": 0.85, "blue": 0.83}}
_AMBER = {"backgroundColor": {"red": 1.0, "green": 0.94, "blue": 0.78}}
_VISIBLE = r"[\p{L}\p{N}]"


def usual_checks(spec: SheetSpec) -> Iterator[SheetCheck]:
    """What can be seen of any table: a blank where something is always needed."""
    for column in spec.columns:
        if column.required and not column.engine:
            yield SheetCheck("DAT-01", (column.field,), f'{{{column.field}}}=""')


def is_record(spec: SheetSpec, row: str) -> str:
    """True of rows that sheets.table takes for records, and of no others; `row` is the range of the whole row.

    What has an id is one; else a naming cell must be filled, and the first word of the row must not be 合计 or the like.
    """
    naming = [f"{{{column.field}}}" for column in spec.columns if column.naming]
    if not naming:
        return f"LEN({{{ID_FIELD}}})>9"
    named = f'REGEXMATCH(TEXTJOIN("",TRUE,{",".join(naming)}),"{_VISIBLE}")'
    summary = rf"^[^\p{{L}}]*({'|'.join(sorted(SUMMARY_WORDS))})[\s:\x{{FF1A}}]*(\||$)"
    first = f'REGEXMATCH(TEXTJOIN("|",TRUE,{row}),"{summary}")'
    return f"IF(LEN({{{ID_FIELD}}})>9,TRUE,AND({named},NOT({first})))"


def colours(spec: SheetSpec, plan: HeaderPlan, place: Place, standing: Sequence[Json]) -> list[Request]:
    """The requests that make our conditional formats what they should be; none where they are."""
    top = plan.header_row + 1
    record = is_record(spec, f"$A{top}:${column_letters(max(plan.columns))}{top}")
    checks = (*usual_checks(spec), *spec.checks)
    wanted = [rule for check in checks for rule in _rules(check, record, plan, place)]
    wanted += _finding_colour(plan, place)
    ours = [number for number, rule in enumerate(standing) if NAME in _formula(rule)]
    if [_essence(standing[number]) for number in ours] == [_essence(rule) for rule in wanted]:
        return []
    removed = [{"deleteConditionalFormatRule": {"sheetId": place.id, "index": number}} for number in reversed(ours)]
    at = len(standing) - len(ours)
    added = [{"addConditionalFormatRule": {"rule": rule, "index": at + n}} for n, rule in enumerate(wanted)]
    return [*removed, *added]


def _rules(check: SheetCheck, record: str, plan: HeaderPlan, place: Place) -> Iterator[Request]:
    columns = {each.field: at for at, each in plan.columns.items()}
    marks = [columns[name] for name in check.marks if name in columns]
    whole = replace(check, formula=f'=AND({check.formula},{record},{NAME}{check.rule}")=0)')
    if not marks or not whole.asked <= columns.keys():
        return
    top = plan.header_row + 1

    def cell(name: str, is_column: bool) -> str:
        letters = column_letters(columns[name])
        return f"${letters}${top}:${letters}" if is_column else f"${letters}{top}"

    yield _rule([_range(place, top, one, one) for one in marks], whole.filled(cell), _RED)


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
