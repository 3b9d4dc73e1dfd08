"""A person with a spreadsheet program: edits a real .xlsx file with the calls MemoryWorkbook has for the same."""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from sheets.memory import sorted_rows
from sheets.port import Serial, Value
from sheets.xlsx_book import Book

_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Hands:
    """Every call opens the file, changes it and saves it anew, as a program does that a person uses for a moment.

    openpyxl cannot keep `_x0041_` and line ends of Windows as they are; Excel can, so they are put right before saving.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, sheet: str, rows: Sequence[Sequence[Value]]) -> None:
        """Type many rows at once, from the first row on."""

        def edit(tab: Any, _: object) -> None:
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row, start=1):
                    if value is not None and value != "":
                        _put(tab.cell(number, column), value)

        self._edit(sheet, edit)

    def type(self, sheet: str, row: int, column: int, value: Value) -> None:
        self._edit(sheet, lambda tab, _: _put(tab.cell(row, column), value))

    def type_down(self, sheet: str, row: int, column: int, values: Sequence[Value]) -> None:
        """Type one below the other, and save once."""

        def edit(tab: Any, _: object) -> None:
            for number, value in enumerate(values, start=row):
                _put(tab.cell(number, column), value)

        self._edit(sheet, edit)

    def insert_row(self, sheet: str, row: int) -> None:
        self._edit(sheet, lambda tab, _: tab.insert_rows(row))

    def delete_row(self, sheet: str, row: int) -> None:
        self._edit(sheet, lambda tab, _: tab.delete_rows(row))

    def sort(self, sheet: str, first_row: int, column: int, *, descending: bool = False) -> None:
        def edit(tab: Any, rows: list[tuple[Value, ...]]) -> None:
            width = max(map(len, rows), default=0)
            for number, cells in enumerate(sorted_rows(rows[first_row - 1 :], column, descending), start=first_row):
                for at in range(1, width + 1):
                    _put(tab.cell(number, at), cells[at - 1] if at <= len(cells) else None)

        self._edit(sheet, edit)

    def copy_row(self, sheet: str, row: int, to: int) -> None:
        def edit(tab: Any, rows: list[tuple[Value, ...]]) -> None:
            copied = rows[row - 1] if row <= len(rows) else ()
            for at in range(1, tab.max_column + 1):
                _put(tab.cell(to, at), copied[at - 1] if at <= len(copied) else None)

        self._edit(sheet, edit)

    def save_copy(self) -> bytes:
        return self.path.read_bytes()

    def restore(self, copy: bytes) -> None:
        """Save what was opened earlier over what stands now."""
        self._save(copy)

    def hold(self, holder: str = "王经理") -> None:
        """Excel's owner file: the name in the local code page, then as UTF-16."""
        local, wide = holder.encode("gb18030")[:54], holder.encode("utf-16-le")[:108]
        content = bytes([len(local)]) + local.ljust(54, b" ") + (len(wide) // 2).to_bytes(2, "little")
        self._owner_file.write_bytes(content + wide.ljust(108, b" "))

    def release(self) -> None:
        self._owner_file.unlink(missing_ok=True)

    @property
    def _owner_file(self) -> Path:
        return self.path.with_name(f"~${self.path.name}")

    def _edit(self, title: str, change: Callable[[Any, list[tuple[Value, ...]]], Any]) -> None:
        content = self.path.read_bytes()
        truth = Book(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # what this stand-in for a program cannot keep
            book = openpyxl.load_workbook(io.BytesIO(content))
        for tab in book.worksheets:
            for number, cells in enumerate(truth.sheet(tab.title).rows, start=1):
                for at, value in enumerate(cells, start=1):
                    if isinstance(value, str) and tab.cell(number, at).data_type != "f":
                        _put(tab.cell(number, at), value)
        change(book[title], list(truth.sheet(title).rows))
        out = io.BytesIO()
        book.save(out)
        self._save(out.getvalue())

    def _save(self, content: bytes) -> None:
        beside = self.path.with_name(f"{self.path.name}.tmp")
        beside.write_bytes(content)
        os.replace(beside, self.path)


def _put(cell: Any, value: Value) -> None:
    if isinstance(value, str):
        escaped = _ESCAPED.sub("_x005F_", value).replace("\r", "_x000D_")
        cell.value = escaped if value.strip() else "".join(f"_x{ord(letter):04X}_" for letter in value)
        cell.data_type = "s"
    elif isinstance(value, Serial):
        cell.value = float(value)
        cell.number_format = "yyyy-mm-dd" if value == int(value) else "yyyy-mm-dd hh:mm:ss"
    else:
        cell.value = value
