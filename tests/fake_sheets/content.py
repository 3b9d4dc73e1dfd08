"""What a spreadsheet holds: sheets of rows of cells, and what hangs on them. Copied in a moment, changed copy on write.

A cell is Google's CellData as it was entered (`userEnteredValue`, `userEnteredFormat`, `note`, `dataValidation`, …); what
follows from it is worked out when it is read. Cells, rows and every JSON object in here are never changed in place, so
that a copy of a Content costs a few lists and a batch that fails leaves nothing behind.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fake_sheets.ranges import Bounds, Box, Json, bounds_of, split_title
from tests.fake_sheets.refusals import invalid

MAX_CELLS = 10_000_000
MAX_TEXT = 50_000
NO_CELLS: Mapping[int, Json] = {}


@dataclass(frozen=True, slots=True)
class Row:
    cells: Mapping[int, Json] = field(default_factory=lambda: NO_CELLS)
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    metadata: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    metadata: tuple[Json, ...] = ()


EMPTY_ROW, EMPTY_COLUMN = Row(), Column()


@dataclass(slots=True, eq=False)
class Sheet:
    """One tab. `settings` is SheetProperties without id, title, index and the size of the grid."""

    id: int
    title: str
    rows: list[Row]
    columns: list[Column]
    settings: Json = field(default_factory=dict[str, Any])
    merges: list[Json] = field(default_factory=list[Json])
    protected: list[Json] = field(default_factory=list[Json])
    conditional: list[Json] = field(default_factory=list[Json])
    filter_views: list[Json] = field(default_factory=list[Json])
    banded: list[Json] = field(default_factory=list[Json])
    basic_filter: Json | None = None
    metadata: list[Json] = field(default_factory=list[Json])

    def copy(self) -> Sheet:
        return replace(
            self,
            rows=list(self.rows),
            columns=list(self.columns),
            merges=list(self.merges),
            protected=list(self.protected),
            conditional=list(self.conditional),
            filter_views=list(self.filter_views),
            banded=list(self.banded),
            metadata=list(self.metadata),
        )

    def cell(self, row: int, column: int) -> Json:
        """Never to be changed: give the changed cell to `put`."""
        return self.rows[row].cells.get(column) or {}

    def put(self, row: int, column: int, cell: Json) -> None:
        self.put_many(row, {column: cell})

    def put_many(self, row: int, cells: Mapping[int, Json]) -> None:
        line = self.rows[row]
        kept = {**line.cells, **cells}
        self.rows[row] = replace(line, cells={column: cell for column, cell in kept.items() if cell})

    def box(self, bounds: Bounds, asked: str = "") -> Box:
        """Open ends filled from the grid; ends beyond the grid are cut, a start beyond it is refused."""
        if bounds.top >= len(self.rows) or bounds.left >= len(self.columns):
            size = f"Max rows: {len(self.rows)}, max columns: {len(self.columns)}"
            raise invalid(f"Range ({asked or self.title}) exceeds grid limits. {size}")
        bottom = len(self.rows) if bounds.bottom is None else min(bounds.bottom, len(self.rows))
        right = len(self.columns) if bounds.right is None else min(bounds.right, len(self.columns))
        return Box(self.id, bounds.top, bounds.left, bottom, right)

    @property
    def whole(self) -> Box:
        return Box(self.id, 0, 0, len(self.rows), len(self.columns))

    def last_row_with_value(self) -> int:
        """The number of rows up to the last one with a value."""
        for number in range(len(self.rows) - 1, -1, -1):
            if any("userEnteredValue" in cell for cell in self.rows[number].cells.values()):
                return number + 1
        return 0


@dataclass(slots=True, eq=False)
class Content:
    """Everything of a spreadsheet that a restored version brings back."""

    properties: Json
    sheets: list[Sheet]
    named: dict[str, Json] = field(default_factory=dict[str, Json])
    metadata: list[Json] = field(default_factory=list[Json])
    _own: set[int] = field(default_factory=set[int])

    def copy(self) -> Content:
        return Content(self.properties, list(self.sheets), dict(self.named), list(self.metadata))

    def sheet(self, sheet_id: int) -> Sheet:
        for sheet in self.sheets:
            if sheet.id == sheet_id:
                return sheet
        raise invalid(f"No grid with id: {sheet_id}")

    def writable(self, sheet_id: int) -> Sheet:
        """The sheet of this copy of the content, to be changed."""
        sheet = self.sheet(sheet_id)
        if sheet_id not in self._own:
            mine = sheet.copy()
            self.sheets[self.sheets.index(sheet)] = mine
            self._own.add(sheet_id)
            return mine
        return sheet

    def own(self, sheet: Sheet) -> None:
        self._own.add(sheet.id)

    def titled(self, title: str) -> Sheet | None:
        """Titles are found without regard to case (seen on live accounts)."""
        for sheet in self.sheets:
            if sheet.title.casefold() == title.casefold():
                return sheet
        return None

    def find(self, text: str) -> Box:
        """The cells an A1 text means: with or without a title, a title alone, or the name of a named range."""
        title, cells = split_title(text)
        sheet = self.titled(title) if title is not None else None
        if title is None:
            if bounds_of(cells):
                sheet = min(self.sheets, key=self.sheets.index)
            else:
                return self._by_name(cells)
        if sheet is None:
            raise invalid(f"Unable to parse range: {text}")
        bounds = bounds_of(cells) if cells else Bounds(0, 0, None, None)
        if bounds is None:
            raise invalid(f"Unable to parse range: {text}")
        return sheet.box(bounds, text)

    def _by_name(self, name: str) -> Box:
        for item in self.named.values():
            if item["name"].casefold() == name.casefold() and "range" in item:
                return self.grid_box(item["range"])
        sheet = self.titled(name)
        if sheet is None:
            raise invalid(f"Unable to parse range: {name}")
        return sheet.whole

    def grid_box(self, grid_range: Json) -> Box:
        """The cells of a GridRange, open ends filled; refused where it leaves the grid."""
        sheet = self.sheet(grid_range.get("sheetId", 0))
        top, left = grid_range.get("startRowIndex", 0), grid_range.get("startColumnIndex", 0)
        bottom = grid_range.get("endRowIndex", len(sheet.rows))
        right = grid_range.get("endColumnIndex", len(sheet.columns))
        if min(top, left) < 0 or bottom < top or right < left:
            raise invalid(f"Invalid range: {grid_range}")
        if bottom > len(sheet.rows) or right > len(sheet.columns):
            raise invalid(
                f"Attempting to write outside the grid: range {grid_range} exceeds grid limits. "
                f"Max rows: {len(sheet.rows)}, max columns: {len(sheet.columns)}"
            )
        return Box(sheet.id, top, left, bottom, right)

    def check_size(self) -> None:
        if sum(len(sheet.rows) * len(sheet.columns) for sheet in self.sheets) > MAX_CELLS:
            raise invalid(
                "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
            )

    def free_id(self, taken: Iterable[int]) -> int:
        """A number nobody has: large and without order, as Google's are."""
        used = set(taken)
        return next(number for number in (_scattered(step) for step in itertools.count(1)) if number not in used)


def _scattered(step: int) -> int:
    return step * 1_103_515_245 % 2_147_483_629


def new_sheet(sheet_id: int, title: str, rows: int = 1000, columns: int = 26) -> Sheet:
    return Sheet(sheet_id, title, [EMPTY_ROW] * rows, [EMPTY_COLUMN] * columns)
