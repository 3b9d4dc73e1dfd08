"""A Sheet made of bare values just read, what was known of the tab before, and details of the rows that changed."""

from __future__ import annotations

from sheets.gsheets_cells import Detail, Rows, changed_span
from sheets.port import Mark, Serial, Sheet, Value

Cell = tuple[int, int]


def merged(title: str, old: Sheet | None, rows: Rows, detail: Detail | None, covered: frozenset[Cell]) -> Sheet:
    """The tab as it stands; the very object `old` where nothing differs, so that nobody looks at it again.

    Rows above and below the changed ones keep their dates and marks; those below move with their rows.
    """
    known = old.rows if old is not None else ()
    span = changed_span(known, rows)
    if old is not None and span is None and _covered(old) == covered:
        return old
    (first, was_last), (_, last) = span or ((len(known) + 1, len(known)), (len(known) + 1, len(known)))
    shift = last - was_last
    below = len(known) - was_last
    changed = [_row(row, number, detail) for number, row in enumerate(rows[first - 1 : last], start=first)]
    marks: dict[Cell, Mark] = {}
    hidden: set[int] = set()
    if old is not None:
        for (row, column), mark in old.marks.items():
            if mark is not Mark.COVERED and (row < first or row > was_last):
                marks[row if row < first else row + shift, column] = mark
        hidden = {row if row < first else row + shift for row in old.hidden if row < first or row > was_last}
    for number in range(first, last + 1):
        if detail is not None and number in detail.rows:
            marks |= {(number, column): mark for column, mark in detail.rows[number].marks.items()}
            hidden |= {number} if detail.rows[number].hidden else set()
    marks |= dict.fromkeys(covered, Mark.COVERED)
    kept = tuple(known[len(known) - below :]) if below else ()
    return Sheet(title, (*known[: first - 1], *changed, *kept), marks, frozenset(hidden), live=True)


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


def _row(row: tuple[Value, ...], number: int, detail: Detail | None) -> tuple[Value, ...]:
    """Numbers that the details call dates are dates."""
    told = detail.rows[number].values if detail is not None and number in detail.rows else ()
    dates = {at for at, value in enumerate(told) if isinstance(value, Serial)}
    if not dates:
        return row
    return tuple(Serial(value) if at in dates and isinstance(value, float) else value for at, value in enumerate(row))
