"""Moves the cell references inside a formula when rows are inserted, and leaves every other letter of it alone.

Written because the editing library rewrites formulas as it moves them: array constants like {0,60,90} and intersections
come out broken (measured).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sheets.table import column_letters
from sheets.xlsx_scan import LAST_ROW, column_number

LAST_COLUMN = 16_384
Move = Callable[[int], int]

_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_COLUMNS = r"\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}"
_ROWS = r"\$?[0-9]{1,7}:\$?[0-9]{1,7}"
_NAME = r"[\w.\\?]+"
_TOKEN = re.compile(
    rf"""
      "(?:[^"]|"")*"                                                        # a text
    | (?P<sheet>(?:'(?:[^']|'')+'|(?:\[[^\]]+\])?{_NAME}(?::{_NAME})?)!)?   # the tab, perhaps of another workbook
      (?P<area>{_CELL}:{_CELL}|{_CELL}|{_ROWS}|{_COLUMNS})(?![\w.(!$\[])
    | '(?:[^']|'')+'!?                                                      # a tab before a name
    | \[(?:[^\[\]]|\[[^\]]*\])*\]                                           # a column of a table
    | [\w.\\?$]+                                                            # a name, function or number
    """,
    re.VERBOSE,
)
_CORNER = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]+)")
_WHOLE_COLUMN = re.compile(r"(\$?)([A-Za-z]{1,3})(?![A-Za-z0-9$])")


def moved_formula(formula: str, home: str, tab: str, move: Move) -> str:
    """`formula`, standing in the tab `home`, after the rows of `tab` were moved by `move`."""

    def token(match: re.Match[str]) -> str:
        area = match["area"]
        if area is None:
            return match[0]
        sheet = match["sheet"] or ""
        named = sheet[:-1].strip("'").replace("''", "'") if sheet else home
        return sheet + (moved_area(area, move) if named.casefold() == tab.casefold() else area)

    return _TOKEN.sub(token, formula)


def moved_area(area: str, move: Move) -> str:
    """A cell or range like $A$5:B9, or rows like 3:5."""
    return _CORNER.sub(lambda corner: corner[1] + corner[2] + corner[3] + _row(corner, move), area)


def _row(corner: re.Match[str], move: Move) -> str:
    row = int(corner[4])
    if row > LAST_ROW or column_number(corner[2].upper().encode()) > LAST_COLUMN:
        return corner[4]  # a name that looks like a cell, e.g. Rate2024
    return str(min(move(row), LAST_ROW))


def shared_formula(formula: str, down: int, right: int) -> str:
    """What a cell `down` and `right` of the master of a shared formula calculates: relative references go along."""

    def corner(match: re.Match[str]) -> str:
        column, row = column_number(match[2].upper().encode()), int(match[4])
        if row > LAST_ROW or column > LAST_COLUMN:
            return match[0]
        if match[2] and not match[1]:
            column = (column + right - 1) % LAST_COLUMN + 1
        if not (match[3] or (match[1] and not match[2])):
            row = (row + down - 1) % LAST_ROW + 1
        letters = column_letters(column) if match[2] else ""
        return f"{match[1]}{letters}{match[3]}{row}"

    def whole_column(match: re.Match[str]) -> str:
        column = column_number(match[2].upper().encode())
        return match[0] if match[1] else column_letters((column + right - 1) % LAST_COLUMN + 1)

    def token(match: re.Match[str]) -> str:
        area = match["area"]
        if area is None:
            return match[0]
        has_rows = any(letter.isdigit() for letter in area)
        moved = _CORNER.sub(corner, area) if has_rows else _WHOLE_COLUMN.sub(whole_column, area)
        return (match["sheet"] or "") + moved

    return _TOKEN.sub(token, formula)
