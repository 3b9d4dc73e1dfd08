"""What a person does in the browser, done in-process: the same calls MemoryWorkbook and Hands have, and what only Google has.

Rows and columns count from 1 as people see them. Every call is one change of its own: the version goes up, the API sees
it at once. Protection of the warning kind and the drop-downs that only warn hold nobody up here either.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sheets.port import Serial, Value
from tests.fake_sheets import batch_cells, batch_moves, batch_things, entering, spans
from tests.fake_sheets.calculating import Calculator
from tests.fake_sheets.content import EMPTY_COLUMN, EMPTY_ROW, Content, Sheet
from tests.fake_sheets.functions import tidy
from tests.fake_sheets.ownership import Owner
from tests.fake_sheets.ranges import Box, Json, as_json
from tests.fake_sheets.showing import formatted

_DATES = {
    True: {"type": "DATE", "pattern": "yyyy-mm-dd"},
    False: {"type": "DATE_TIME", "pattern": "yyyy-mm-dd h:mm:ss"},
}


class Manager(Owner):
    """The cells of the spreadsheet, besides what an Owner does with the file."""

    # --- cells -------------------------------------------------------------------------------------------------------
    def type(self, sheet: str, row: int, column: int, value: Value) -> None:
        """A value exactly as given: text stays text, a Serial gets a date format where the cell has none."""
        self._do(sheet, lambda _, tab: _put(tab, row, column, value))

    def fill(self, sheet: str, rows: Sequence[Sequence[Value]], first_row: int = 1) -> None:
        """Many rows at once, pasted from `first_row` on."""

        def change(_: Content, tab: Sheet) -> None:
            for number, values in enumerate(rows, start=first_row):
                for column, value in enumerate(values, start=1):
                    if value is not None:
                        _put(tab, number, column, value)

        self._do(sheet, change)

    def key_in(self, sheet: str, row: int, column: int, text: str) -> None:
        """Keys pressed: 00123 becomes 123, 1-2 a date, =A1 a formula. A strict list refuses what is not in it."""

        def change(_: Content, tab: Sheet) -> None:
            _grow(tab, row, column)
            year = time.gmtime(self.cloud.clock()).tm_year
            cell = entering.entered(tab.cell(row - 1, column - 1), text, raw=False, year=year)
            batch_cells.refuse_off_list(cell)
            tab.put(row - 1, column - 1, cell)

        self._do(sheet, change)

    def clear(self, sheet: str, row: int, column: int) -> None:
        self._do(sheet, lambda _, tab: _put(tab, row, column, None))

    def note(self, sheet: str, row: int, column: int, text: str) -> None:
        self._cell(sheet, row, column, {"note": text})

    def format(self, sheet: str, row: int, column: int, form: Json) -> None:
        """`form`: a CellFormat."""
        self._cell(sheet, row, column, {"userEnteredFormat": form})

    def _cell(self, sheet: str, row: int, column: int, part: Json) -> None:
        def change(_: Content, tab: Sheet) -> None:
            _grow(tab, row, column)
            tab.put(row - 1, column - 1, {**tab.cell(row - 1, column - 1), **part})

        self._do(sheet, change)

    # --- rows and columns ---------------------------------------------------------------------------------------------
    def insert_row(self, sheet: str, row: int, count: int = 1) -> None:
        """New rows so that the first of them is `row`."""
        self._do(sheet, lambda c, t: spans.insert(c, t.id, "ROWS", row - 1, count, like_before=row > 1))

    def delete_row(self, sheet: str, row: int, count: int = 1) -> None:
        self._do(sheet, lambda c, t: spans.delete(c, t.id, "ROWS", row - 1, row - 1 + count, keep_named=self._keeps))

    def move_row(self, sheet: str, row: int, before: int) -> None:
        """Drag a row so that it stands before the row that is `before` now."""
        self._do(sheet, lambda c, t: spans.move(c, t.id, "ROWS", row - 1, row, before - 1))

    def insert_column(self, sheet: str, column: int, count: int = 1) -> None:
        self._do(sheet, lambda c, t: spans.insert(c, t.id, "COLUMNS", column - 1, count, like_before=column > 1))

    def delete_column(self, sheet: str, column: int) -> None:
        self._do(sheet, lambda c, t: spans.delete(c, t.id, "COLUMNS", column - 1, column, keep_named=self._keeps))

    def move_column(self, sheet: str, column: int, before: int) -> None:
        self._do(sheet, lambda c, t: spans.move(c, t.id, "COLUMNS", column - 1, column, before - 1))

    @property
    def _keeps(self) -> bool:
        return self.book.assumptions.named_range_outlives_its_cells

    def copy_row(self, sheet: str, row: int, to: int) -> None:
        """Copy a whole row over another one, its id included."""

        def change(content: Content, tab: Sheet) -> None:
            _grow(tab, to, 1)
            source = [batch_moves.copied(tab.cell(row - 1, c), to - row, 0) for c in range(len(tab.columns))]
            batch_moves.paste(content, [source], tab.id, to - 1, 0)

        self._do(sheet, change)

    def cut_row(self, sheet: str, row: int, to: int) -> None:
        """Cut a whole row and paste it over another one: the old place is empty then."""

        def change(content: Content, tab: Sheet) -> None:
            _grow(tab, to, 1)
            batch_moves.cut(content, Box(tab.id, row - 1, 0, row, len(tab.columns)), tab.id, to - 1, 0)

        self._do(sheet, change)

    def sort(self, sheet: str, first_row: int, column: int, *, descending: bool = False) -> None:
        """Sort everything from `first_row` down by one column; blanks last."""

        def change(content: Content, tab: Sheet) -> None:
            box = Box(tab.id, first_row - 1, 0, len(tab.rows), len(tab.columns))
            order = batch_moves.sort(content, box, [(column - 1, descending)])
            if self.book.assumptions.row_metadata_follows_a_sort:
                hung = {row: tab.rows[row].metadata for row in order}
                for target, source in zip(range(box.top, box.bottom), order, strict=True):
                    tab.rows[target] = replace(tab.rows[target], metadata=hung[source])

        self._do(sheet, change)

    def filter(self, sheet: str, column: int, *shown: str, header_row: int = 1) -> None:
        """Set the filter of the sheet: rows whose text in the column is not among `shown` are hidden."""

        def change(content: Content, tab: Sheet) -> None:
            where = as_json(Box(tab.id, header_row - 1, 0, len(tab.rows), len(tab.columns)))
            calculator, hidden = Calculator(content), set[str]()
            for number in range(header_row, len(tab.rows)):
                cell = tab.cell(number, column - 1)
                text = formatted(cell, calculator.effective(tab, number, column - 1)) or ""
                if text not in shown:
                    hidden.add(text)
                _hide(tab, number, text not in shown)
            criteria = {str(column - 1): {"hiddenValues": sorted(hidden)}}
            tab.basic_filter = {"range": where, "criteria": criteria}

        self._do(sheet, change)

    def clear_filter(self, sheet: str) -> None:
        def change(_: Content, tab: Sheet) -> None:
            tab.basic_filter = None
            for number in range(len(tab.rows)):
                _hide(tab, number, False)

        self._do(sheet, change)

    def protect(self, sheet: str, top: int, left: int, bottom: int, right: int, *editors: str) -> None:
        """Only the owner and `editors` may change these cells (all four bounds included)."""

        def change(content: Content, tab: Sheet) -> None:
            where = as_json(Box(tab.id, top - 1, left - 1, bottom, right))
            taken = [item["protectedRangeId"] for each in content.sheets for item in each.protected]
            item = {"protectedRangeId": content.free_id(taken), "range": where, "editors": {"users": list(editors)}}
            tab.protected.append(item)

        self._do(sheet, change)

    def merge(self, sheet: str, top: int, left: int, bottom: int, right: int) -> None:
        """All four included, counted from 1."""
        self._do(sheet, lambda c, t: batch_things.merge(c, Box(t.id, top - 1, left - 1, bottom, right)))

    # --- looking -------------------------------------------------------------------------------------------------------
    def tab(self, sheet: str) -> Sheet:
        found = self.book.content.titled(sheet)
        assert found is not None, f"no tab {sheet}"
        return found

    def value(self, sheet: str, row: int, column: int) -> Any:
        """What stands there: None, text, number, truth; a formula as its text."""
        tab = self.tab(sheet)
        if row > len(tab.rows) or column > len(tab.columns):
            return None
        return next(iter(tab.cell(row - 1, column - 1).get("userEnteredValue", {}).values()), None)

    def rows(self, sheet: str) -> list[list[Any]]:
        """All values, without what is empty at the ends."""
        tab = self.tab(sheet)
        found: list[list[Any]] = []
        for number, row in enumerate(tab.rows[: tab.last_row_with_value()], start=1):
            last = max((c for c, cell in row.cells.items() if "userEnteredValue" in cell), default=-1)
            found.append([self.value(sheet, number, column) for column in range(1, last + 2)])
        return found


def _put(tab: Sheet, row: int, column: int, value: Value) -> None:
    _grow(tab, row, column)
    old = tab.cell(row - 1, column - 1)
    cell = {name: part for name, part in old.items() if name != "userEnteredValue"}
    if isinstance(value, bool):
        cell["userEnteredValue"] = {"boolValue": value}
    elif isinstance(value, int | float):
        cell["userEnteredValue"] = {"numberValue": tidy(float(value))}
        if isinstance(value, Serial) and "numberFormat" not in cell.get("userEnteredFormat", {}):
            form = _DATES[float(value).is_integer()]
            cell["userEnteredFormat"] = {**cell.get("userEnteredFormat", {}), "numberFormat": form}
    elif value:
        cell["userEnteredValue"] = {"stringValue": value}
    tab.put(row - 1, column - 1, cell)


def _grow(tab: Sheet, row: int, column: int) -> None:
    """A person who goes on typing below or beside the grid gets more of it."""
    tab.rows.extend([EMPTY_ROW] * (row - len(tab.rows)))
    tab.columns.extend([EMPTY_COLUMN] * (column - len(tab.columns)))


def _hide(tab: Sheet, number: int, hidden: bool) -> None:
    line = tab.rows[number]
    if hidden != bool(line.properties.get("hiddenByFilter")):
        properties = {name: part for name, part in line.properties.items() if name != "hiddenByFilter"}
        tab.rows[number] = replace(line, properties={**properties, "hiddenByFilter": True} if hidden else properties)
