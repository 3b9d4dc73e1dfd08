"""A Sheet made of bare values just read, what was known of the tab before, and details of the rows that changed."""

from __future__ import annotations

from itertools import zip_longest

from sheets.gsheets_cells import Detail, Rows, changed_span
from sheets.port import Mark, Serial, Sheet, Value

Cell = tuple[int, int]


def merged(title: str, old: Sheet | None, rows: Rows, detail: Detail | None, covered: frozenset[Cell]) -> Sheet:
    """The tab as it stands; the very object `old` where nothing differs, so that nobody looks at it again.

    Rows above and below the changed ones keep their dates and marks; those below move with their rows.
    """
    sheet = _shifted(title, old, rows, covered) if old is not None else Sheet(title, rows, live=True)
    if detail is None and old is not None:
        return sheet
    return with_marks(_with_dates(sheet, detail), Detail(detail.rows if detail is not None else {}, covered))


def _shifted(title: str, old: Sheet, rows: Rows, covered: frozenset[Cell]) -> Sheet:
    span = changed_span(old.rows, rows)
    if span is None:
        return old if _covered(old) == covered else with_marks(old, Detail({}, covered))
    (first, was_last), (_, last) = span
    shift = last - was_last
    same_rows = old.rows[first - 1 : was_last] if shift == 0 else ()
    changed = [_dated(row, was) for row, was in zip_longest(rows[first - 1 : last], same_rows, fillvalue=())]
    marks: dict[Cell, Mark] = dict.fromkeys(covered, Mark.COVERED)
    for (row, column), mark in old.marks.items():
        # A formula that calculated something else is still one.
        if mark is not Mark.COVERED and (row < first or row > was_last or shift == 0):
            marks[row if row <= was_last else row + shift, column] = mark
    hidden = {
        row if row <= was_last else row + shift for row in old.hidden if shift == 0 or not first <= row <= was_last
    }
    whole = (*old.rows[: first - 1], *changed, *old.rows[was_last:])
    return Sheet(title, whole, marks, frozenset(hidden), live=True)


def _with_dates(sheet: Sheet, detail: Detail | None) -> Sheet:
    """Numbers that the details call dates are dates; rows they call hidden are."""
    if detail is None:
        return sheet
    rows = [
        _dated(row, detail.rows[number].values) if number in detail.rows else row
        for number, row in enumerate(sheet.rows, start=1)
    ]
    hidden = {number for number in sheet.hidden if number not in detail.rows}
    hidden |= {number for number, row in detail.rows.items() if row.hidden}
    same = all(one is other for one, other in zip(rows, sheet.rows, strict=True)) and hidden == sheet.hidden
    return sheet if same else Sheet(sheet.title, tuple(rows), sheet.marks, frozenset(hidden), live=True)


def with_marks(sheet: Sheet, detail: Detail) -> Sheet:
    """The same tab with what the details of some rows tell of formulas and errors in them."""
    marks = {
        cell: mark for cell, mark in sheet.marks.items() if cell[0] not in detail.rows and mark is not Mark.COVERED
    }
    for number, row in detail.rows.items():
        marks |= {(number, column): mark for column, mark in row.marks.items()}
    marks |= dict.fromkeys(detail.covered, Mark.COVERED)
    return sheet if marks == dict(sheet.marks) else Sheet(sheet.title, sheet.rows, marks, sheet.hidden, live=True)


def _covered(sheet: Sheet) -> frozenset[Cell]:
    return frozenset(cell for cell, mark in sheet.marks.items() if mark is Mark.COVERED)


def _dated(row: tuple[Value, ...], was: tuple[Value, ...]) -> tuple[Value, ...]:
    """A number that stands where a date stood is a date; the very object `row` where that changes nothing."""
    dates = {at for at, old in enumerate(was[: len(row)]) if isinstance(old, Serial)}
    if not any(type(row[at]) is float for at in dates):
        return row
    return tuple(Serial(value) if at in dates and type(value) is float else value for at, value in enumerate(row))
