"""Drop-down lists in an .xlsx file: which are there, which are ours and outdated, which are to be added.

Short lists stand in the validation itself; long ones, or such with commas or quotes, in a column of a hidden tab,
because Excel calls a file with a longer inline list damaged. The lists suggest and never forbid.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import excelize

from sheets.port import CellEdit, ColumnSpec, ShapeStep, Value
from sheets.shaping import HeaderPlan
from sheets.table import column_letters
from sheets.xlsx_book import Book
from sheets.xlsx_edit import set_cell
from sheets.xlsx_scan import Area, column_number

OPTIONS_SHEET = "_选项"
INLINE_LIMIT = 255
LAST_ROW = 5000
LEAST_ROWS = 2000
_OWN_RANGE = f"'{OPTIONS_SHEET}'!"
_REFERENCE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?$")
_VALIDATION = re.compile(rb"<dataValidation\s[^>]*?(?:/>|>.*?</dataValidation>)", re.DOTALL)
_CONTAINER = re.compile(rb"<dataValidations[^>]*>(.*?)</dataValidations>", re.DOTALL)
_SQREF = re.compile(rb'\ssqref="([^"]*)"')
_EXTENDED = re.compile(rb"<x14:dataValidation\s.*?<xm:sqref>([^<]*)</xm:sqref>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Existing:
    """A validation that stands in a tab. `formula` is None where only its place is known."""

    sqref: str
    areas: tuple[Area, ...]
    formula: str | None
    is_plain_list: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A drop-down to add."""

    title: str
    sqref: str
    formula: str
    options: tuple[str, ...]


class DropDowns:
    """The drop-downs of one shaping: asked column by column, then carried out together."""

    def __init__(self, book: Book, file: Any) -> None:
        self._book = book
        self._file = file
        self._wanted: list[Wanted] = []
        self.outdated: dict[str, list[str]] = {}
        has_sheet = OPTIONS_SHEET in book.titles
        self._lists: dict[str, list[Value]] = _lists(book) if has_sheet else {}
        self._places = {key: column for column, key in enumerate(self._lists, start=1)}
        self._edits: list[CellEdit] = []
        self.needs_options_sheet = False
        self._has_sheet = has_sheet

    @property
    def has_work(self) -> bool:
        return bool(self._wanted or self._edits)

    def plan(self, title: str, header: HeaderPlan, *, is_new: bool) -> list[ShapeStep]:
        """Compare what a tab has with what its columns want; returns the sentences."""
        steps: list[ShapeStep] = []
        existing = [] if is_new and title not in self._book.titles else self._existing(title)
        for column, each in header.columns.items():
            if not each.options:
                continue
            top = header.header_row + 1
            there = [old for old in existing if any(a.left <= column <= a.right and a.bottom >= top for a in old.areas)]
            ours = [old for old in there if _looks_ours(old, column, top)]
            if len(ours) < len(there):
                continue  # somebody's own validation stays
            before = len(self._edits)
            formula = self._formula(title, each)
            if [old.formula for old in ours] == [formula]:
                if len(self._edits) > before:
                    steps.append(ShapeStep(title, f"更新“{each.header}”列的下拉选项({len(each.options)} 项)"))
                continue
            letters = column_letters(column)
            sqref = f"{letters}{top}:{letters}{max(LAST_ROW, top + LEAST_ROWS)}"
            self._wanted.append(Wanted(title, sqref, formula, each.options))
            self.outdated.setdefault(title, []).extend(old.sqref for old in ours)
            verb = "更新" if ours else "添加"
            steps.append(ShapeStep(title, f"{verb}“{each.header}”列的下拉选项({len(each.options)} 项)"))
        return steps

    def carry_out(self, file: Any) -> list[CellEdit]:
        for edit in self._edits:
            set_cell(file, edit.sheet, edit.row, edit.column, edit.value)
        for wanted in self._wanted:
            validation = excelize.new_data_validation(True)
            validation.sqref = wanted.sqref
            if wanted.formula.startswith(_OWN_RANGE):
                validation.set_sqref_drop_list(wanted.formula)
            else:
                validation.set_drop_list(list(wanted.options))
            validation.show_error_message = False
            file.add_data_validation(wanted.title, validation)
        return self._edits

    def _formula(self, title: str, column: ColumnSpec) -> str:
        joined = ",".join(column.options)
        is_short = len(joined.encode("utf-16-le")) // 2 <= INLINE_LIMIT
        if is_short and not any(re.search(r'[,"]|^\s|\s$', option) for option in column.options):
            return f'"{joined}"'
        key = f"{title}.{column.field}"
        wanted: list[Value] = [key, *column.options]
        if key not in self._places:
            self._places[key] = len(self._places) + 1
            self.needs_options_sheet = not self._has_sheet
        at = self._places[key]
        had = self._lists.get(key, [])
        for row in range(1, max(len(wanted), len(had)) + 1):
            value = wanted[row - 1] if row <= len(wanted) else None
            was = had[row - 1] if row <= len(had) else None
            if value != was:
                self._edits.append(CellEdit(OPTIONS_SHEET, row, at, value, was))
        self._lists[key] = wanted
        letters = column_letters(at)
        return f"{_OWN_RANGE}${letters}$2:${letters}${len(wanted)}"

    def _existing(self, title: str) -> list[Existing]:
        found: list[Existing] = []
        for each in self._file.get_data_validations(title):
            plain = each.type == "list" and not each.show_error_message and not each.show_input_message
            found.append(Existing(each.sqref, _areas(each.sqref), each.formula1, plain))
        for match in _EXTENDED.finditer(self._book.xml(title)):
            sqref = match[1].decode()
            found.append(Existing(sqref, _areas(sqref), None, False))
        return found


def without_validations(xml: bytes, sqrefs: Collection[str]) -> bytes:
    """The sheet XML without the validations of exactly these ranges."""
    container = _CONTAINER.search(xml) if sqrefs else None
    if container is None:
        return xml
    gone = {sqref.encode() for sqref in sqrefs}
    kept = [tag for tag in _VALIDATION.findall(container[1]) if (m := _SQREF.search(tag)) is None or m[1] not in gone]
    count = b'<dataValidations count="%d">' % len(kept)
    block = count + b"".join(kept) + b"</dataValidations>" if kept else b""
    return xml[: container.start()] + block + xml[container.end() :]


def _looks_ours(old: Existing, column: int, top: int) -> bool:
    """A list without messages over one column from the first row on, with a whole range or list of ours."""
    if not old.is_plain_list or old.formula is None or len(old.areas) != 1:
        return False
    area = old.areas[0]
    is_tall = area.bottom - area.top >= LEAST_ROWS // 2
    own_source = old.formula.startswith((_OWN_RANGE, '"'))
    return area.left == area.right == column and area.top <= top and is_tall and own_source


def _areas(sqref: str) -> tuple[Area, ...]:
    areas: list[Area] = []
    for piece in sqref.split():
        match = _REFERENCE.match(piece)
        if match:
            left, top = column_number(match[1].encode()), int(match[2])
            right = column_number(match[3].encode()) if match[3] else left
            areas.append(Area(top, left, int(match[4] or top), right))
        else:
            areas.append(Area(1, 1, 1 << 20, 1 << 14))  # whole rows or columns: taken for everything
    return tuple(areas)


def _lists(book: Book) -> dict[str, list[Value]]:
    """The columns of the hidden tab by their key in row 1; a foreign column keeps its place under a name of its own."""
    rows: Sequence[tuple[Value, ...]] = book.sheet(OPTIONS_SHEET).rows
    width = max((len(row) for row in rows), default=0)
    found: dict[str, list[Value]] = {}
    for column in range(width):
        cells = [row[column] if column < len(row) else None for row in rows]
        while cells and cells[-1] is None:
            cells.pop()
        key = cells[0] if cells and isinstance(cells[0], str) and cells[0] not in found else f"#{column}"
        found[key] = cells
    return found
