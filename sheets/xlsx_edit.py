"""Carries out a Commit on a copy of an .xlsx file, with the few setters that are known to be exact.

Runs in the child process, one file open at a time (the editing library mixes up handles). Cells keep their style; a new
row takes the style of the record above it, cell by cell; a date or a text in a cell without format gets one.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import excelize

from sheets.cells import check_value, is_same
from sheets.port import CellEdit, Commit, Moved, NoSpace, ProofFailed, RowInsert, Serial, Stamp, Value
from sheets.table import column_letters
from sheets.xlsx_book import STAMP_GENERATION, STAMP_WORKBOOK, Book
from sheets.xlsx_rows import inserted
from sheets.xlsx_scan import is_plain
from sheets.xlsx_styles import DATE, DATETIME, STYLES_PART, TEXT, TIME, CellStyles, Styles, with_parts

DAYS_TO_1904 = 1462
LONG_TEXT = 255  # old Excel shows #### for longer texts in text format
_ESCAPE = re.compile(r"(?<=_)(?=x[0-9A-Fa-f]{4}_)")


def carry_out(book: Book, commit: Commit, target: Path) -> None:
    """Write `book` with the commit's inserts, edits and stamp to `target`; raises before touching the disk."""
    check(book, commit)
    if commit.inserts and not all(is_plain(book.part(tab.part)) for tab in book.tabs if tab.part):
        book = _rewritten(book, target)
    styles = Styles(book.part(STYLES_PART) if STYLES_PART in book.parts else None)
    plan = {title: _style_plan(book, commit, title, styles) for title in dict.fromkeys(e.sheet for e in commit.edits)}
    content = book.content
    for insert in commit.inserts:
        content = with_parts(content, inserted(Book(content), insert))
    with opened(with_parts(content, {STYLES_PART: styles.xml()} if styles.changed else {})) as file:
        for title, cells in plan.items():
            for (row, column), style in cells.items():
                reference = f"{column_letters(column)}{row}"
                file.set_cell_style(title, reference, reference, style)
        for edit in commit.edits:
            set_cell(file, edit.sheet, edit.row, edit.column, edit.value, book.has_1904_dates)
        set_stamp(file, commit.stamp)
        if book.has_formulas:
            file.set_calc_props(excelize.CalcPropsOptions(full_calc_on_load=True))
        save(file, target)


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The one open file; closed whatever happens. The limits keep large sheets out of the temporary folder."""
    try:
        file = excelize.open_reader(content, excelize.Options(unzip_size_limit=1 << 34, unzip_xml_size_limit=1 << 31))
    except (RuntimeError, TypeError) as error:
        raise ProofFailed(f"open: {error}") from error
    if file is None:
        raise ProofFailed("open")
    try:
        yield file
    except RuntimeError as error:
        raise ProofFailed(f"edit: {error}") from error
    finally:
        file.close()


def save(file: Any, target: Path) -> None:
    try:
        file.save_as(str(target))
    except RuntimeError as error:
        if "no space left" in str(error).lower() or "not enough space" in str(error).lower():
            raise NoSpace(str(error)) from error
        raise OSError(errno.EIO, str(error)) from error


def set_stamp(file: Any, stamp: Stamp) -> None:
    file.set_custom_props(excelize.CustomProperty(name=STAMP_WORKBOOK, value=stamp.workbook))
    file.set_custom_props(excelize.CustomProperty(name=STAMP_GENERATION, value=stamp.generation))


def set_cell(file: Any, sheet: str, row: int, column: int, value: Value, has_1904_dates: bool = False) -> None:
    cell = f"{column_letters(column)}{row}"
    if value is None or value == "":
        file.set_cell_value(sheet, cell, None)
    elif isinstance(value, bool):
        file.set_cell_bool(sheet, cell, value)
    elif isinstance(value, str):
        # Excel reads _x0041_ as "A". The library escapes some of these and shares texts that only look alike, so such a
        # text is written in runs that break the sequence.
        runs = _ESCAPE.split(value)
        if len(runs) > 1:
            file.set_cell_rich_text(sheet, cell, [excelize.RichTextRun(text=run) for run in runs])
        else:
            file.set_cell_str(sheet, cell, value)
    else:
        shift = DAYS_TO_1904 if has_1904_dates and isinstance(value, Serial) and value >= DAYS_TO_1904 else 0
        file.set_cell_float(sheet, cell, float(value) - shift, -1, 64)


def check(book: Book, commit: Commit) -> None:
    """Raise Moved where something else stands than was seen, ProofFailed where nothing may ever be written."""
    if book.revision != commit.base:
        raise Moved("revision")
    scans = {}
    for title in {*(edit.sheet for edit in commit.edits), *(insert.sheet for insert in commit.inserts)}:
        if title not in book.titles:
            raise Moved(f"no tab {title}")
        scans[title] = book.scan(title)
    for insert in commit.inserts:
        if insert.row < 1 or insert.count < 1:
            raise ProofFailed(f"insert {insert}")
        scans[insert.sheet] = scans[insert.sheet].shifted(insert.row, insert.count)
    for edit in commit.edits:
        place = f"{edit.sheet}!{column_letters(edit.column)}{edit.row}"
        cell = (edit.row, edit.column)
        if scans[edit.sheet].is_formula(cell) or scans[edit.sheet].covers(cell):
            raise ProofFailed(f"{place} is a formula or covered by a merge")
        check_value(edit.value, place)
        origin = origin_row(edit.row, edit.sheet, commit.inserts)
        stands = book.sheet(edit.sheet).value(origin, edit.column) if origin else None
        if not is_same(edit.was, stands):
            raise Moved(f"{place} is {stands!r}, not {edit.was!r}")


def origin_row(row: int, sheet: str, inserts: Sequence[RowInsert]) -> int | None:
    """Where a final row stood before the inserts; None for an inserted one."""
    for insert in reversed([insert for insert in inserts if insert.sheet == sheet]):
        if insert.row <= row < insert.row + insert.count:
            return None
        if row >= insert.row + insert.count:
            row -= insert.count
    return row


def _rewritten(book: Book, target: Path) -> Book:
    """The same workbook with its XML written the usual way."""
    with opened(book.content) as file:
        save(file, target)
    return Book(target.read_bytes())


def _style_plan(book: Book, commit: Commit, title: str, styles: Styles) -> Mapping[tuple[int, int], int]:
    """Which cells of a tab get which style id: new rows that of the row above, dates and texts a number format."""
    edits = [edit for edit in commit.edits if edit.sheet == title]
    rows = sorted({edit.row for edit in edits})
    origins = {row: origin_row(row, title, commit.inserts) for row in {*rows, *(row - 1 for row in rows)}}
    xml = book.xml(title)
    cells = CellStyles(xml, {origin for origin in origins.values() if origin})
    sheet = book.sheet(title)
    plan: dict[tuple[int, int], int] = {}
    donors: dict[int, Mapping[int, int]] = {}
    for row in rows:
        origin = origins[row]
        is_new = origin is None or (not _has_values(sheet.rows, origin) and not cells.of_row(origin))
        if not is_new:
            continue
        above = origins[row - 1]
        if row - 1 in donors:
            donors[row] = donors[row - 1]
        elif above and not _is_header(sheet.value(above, _id_column(edits, row))):
            donors[row] = cells.of_row(above)
        for column, style in donors.get(row, {}).items():
            plan[row, column] = style
    for edit in edits:
        base = plan.get((edit.row, edit.column))
        if base is None:
            base = cells.of(origins[edit.row] or 0, edit.column)
        code = _number_format(edit)
        # A date in a text cell would show as a bare number.
        if code and (styles.is_general(base) or (isinstance(edit.value, Serial) and styles.is_text(base))):
            plan[edit.row, edit.column] = styles.with_format(base, code)
        elif type(edit.value) is float and styles.is_general(base):
            # 0.3 in a column of percents shows as 30% also where somebody drew borders round cells without a format.
            amount = styles.amount_format(cells.columns.get(edit.column, 0))
            if amount:
                plan[edit.row, edit.column] = styles.with_format(base, amount)
    return plan


def _number_format(edit: CellEdit) -> str | None:
    if isinstance(edit.value, Serial):
        if 0 <= edit.value < 1:
            return TIME
        return DATE if float(edit.value).is_integer() else DATETIME
    if isinstance(edit.value, str) and 0 < len(edit.value) <= LONG_TEXT:
        return TEXT
    return None


def _has_values(rows: Sequence[tuple[Value, ...]], row: int) -> bool:
    return row <= len(rows) and any(value is not None for value in rows[row - 1])


def _id_column(edits: Sequence[CellEdit], row: int) -> int:
    return next((edit.id_column for edit in edits if edit.row == row and edit.id_column), 0)


def _is_header(id_cell: Value) -> bool:
    """Record ids always have digits; a text without any in their column is the header."""
    return isinstance(id_cell, str) and bool(id_cell.strip()) and not any(letter.isdigit() for letter in id_cell)
