"""The references inside a formula, and what becomes of them when cells move."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tests.fake_sheets.ranges import column_letters, column_number, quoted_title, unquoted

if TYPE_CHECKING:
    from tests.fake_sheets.spans import Shift

_TITLE = r"(?:(?P<title>'(?:[^']|'')*'|[^\W\d][\w.]*)!)?"
_ONE = r"(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d*)"
_PART = re.compile(rf'"(?:[^"]|"")*"|(?<![\w$]){_TITLE}{_ONE}(?::{_ONE})?(?![\w(])')
_COLUMNS = re.compile(rf'"(?:[^"]|"")*"|(?<![\w$:]){_TITLE}(\$?)([A-Za-z]{{1,3}}):(\$?)([A-Za-z]{{1,3}})(?![\w(:])')
_TITLES = re.compile(r"\"(?:[^\"]|\"\")*\"|('(?:[^']|'')*'|[^\W\d][\w.]*)!")


class Point(NamedTuple):
    """A cell in a formula, counted from 0; a mark is "$" or nothing."""

    column_mark: str
    column: int
    row_mark: str
    row: int


def _replaced(text: str, change: Callable[[str | None, Point, Point | None], str]) -> str:
    def one(found: re.Match[str]) -> str:
        groups = found.groups()
        if groups[2] is None:
            return found[0]
        title = unquoted(groups[0]) if groups[0] else None
        first = Point(groups[1], column_number(groups[2]), groups[3], int(groups[4]) - 1)
        last = Point(groups[5], column_number(groups[6]), groups[7], int(groups[8]) - 1) if groups[6] else None
        before = f"{groups[0]}!" if groups[0] else ""
        new = change(title, first, last)
        return new if new == "#REF!" else before + new

    return _PART.sub(one, text)


def shifted(text: str, here: str, sheet: str, rows: bool, shift: Shift) -> str:
    """The formula of a cell in `here` after lines of `sheet` were inserted, deleted or moved."""

    def change(title: str | None, first: Point, last: Point | None) -> str:
        if (title or here).casefold() != sheet.casefold():
            return _written(first, last)
        axis = "row" if rows else "column"
        low, high = sorted((getattr(first, axis), getattr(last or first, axis)))
        span = shift.span(low, high + 1)
        if span is None:
            return "#REF!"
        return _written(first._replace(**{axis: span[0]}), last and last._replace(**{axis: span[1] - 1}))

    def whole(found: re.Match[str]) -> str:
        title, first_mark, first, last_mark, last = found.groups()
        if first is None or (unquoted(title) if title else here).casefold() != sheet.casefold():
            return found[0]
        span = shift.span(column_number(first), column_number(last) + 1)
        if span is None:
            return "#REF!"
        before = f"{title}!" if title else ""
        return f"{before}{first_mark}{column_letters(span[0])}:{last_mark}{column_letters(span[1] - 1)}"

    moved = _replaced(text, change)
    return moved if rows else _COLUMNS.sub(whole, moved)


def translated(text: str, down: int, right: int) -> str:
    """The formula as a copy of it stands `down` rows and `right` columns away: what has no $ goes along."""

    def go(point: Point) -> Point | None:
        column = point.column + (0 if point.column_mark else right)
        row = point.row + (0 if point.row_mark else down)
        return point._replace(column=column, row=row) if row >= 0 and column >= 0 else None

    def change(_: str | None, first: Point, last: Point | None) -> str:
        new, end = go(first), go(last) if last else None
        return "#REF!" if new is None or (last and end is None) else _written(new, end)

    return _replaced(text, change)


def renamed(text: str, old: str, new: str) -> str:
    """The formula after the tab `old` was renamed."""

    def one(found: re.Match[str]) -> str:
        if not found[1] or unquoted(found[1]).casefold() != old.casefold():
            return found[0]
        return quoted_title(new) + "!"

    return _TITLES.sub(one, text)


def _written(first: Point, last: Point | None) -> str:
    text = f"{first.column_mark}{column_letters(first.column)}{first.row_mark}{first.row + 1}"
    return text if last is None else f"{text}:{_written(last, None)}"
