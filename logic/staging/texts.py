"""What was pasted or uploaded, as rows of texts: nothing is understood here, so nothing can be lost or guessed.

Pasted text is what Excel, WPS and Google Sheets put on the clipboard: cells between tabs, a cell with line breaks or
tabs in double quotes. A cell of a file is shown as the sheet shows it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from logic import wording
from logic.kinds import Kind, Misread
from logic.kinds.kind import number_text, plain
from logic.records import ERROR_CELL
from sheets.port import CellFormat, Mark, Serial, Sheet, Value

Rows = list[tuple[str, ...]]
ERROR = "#错误值"  # stands for an error cell of a file
CHANGED = "#格式变了:"  # stands before the text of a cell that was turned into something else

# A quoted cell must end where a cell ends; what merely begins with a quotation mark is an ordinary text.
_CELL = re.compile(r'"((?:[^"]++|"")*+)"(?=[\t\r\n]|\Z)|[^\t\r\n]*')
_NEEDS_QUOTES = re.compile(r'[\t\r\n"]')
MAX_CSV = 100_000  # characters of pasted text that may be CSV; one cell of it must stay below the reader's limit


def pasted(text: str) -> Rows:
    """The rows of pasted text: cells between tabs; without any tab, commas where every line has as many of them."""
    text = text.removeprefix("\ufeff")
    if "\t" not in text and "," in text and len(text) < MAX_CSV:
        found = list(csv.reader(io.StringIO(text, newline="")))
        widths = {len(row) for row in found if any(row)}
        if len(widths) == 1 and widths != {1}:
            return trimmed_rows([tuple(row) for row in found])
    return _tabbed(text)


def _tabbed(text: str) -> Rows:
    rows: Rows = []
    row: list[str] = []
    at = 0
    while True:
        found = _CELL.match(text, at)
        assert found is not None  # the second alternative matches anything
        inner = found[1]
        # A program quotes a cell only for what stands in it; other quotation marks are the cell's own.
        row.append(inner.replace('""', '"') if inner is not None and _NEEDS_QUOTES.search(inner) else found[0])
        at = found.end()
        if at < len(text) and text[at] == "\t":
            at += 1
            continue
        rows.append(tuple(row))
        row = []
        if at >= len(text):
            return trimmed_rows(rows)
        at += 2 if text.startswith("\r\n", at) else 1


def of_sheet(sheet: Sheet) -> Rows:
    """The rows of a tab as texts. A formula is its last value; an error cell says that it is one."""
    rows = [[shown(value) for value in cells] for cells in sheet.rows]
    for (row, column), mark in sheet.marks.items():
        if mark is Mark.ERROR and row <= len(rows):
            cells = rows[row - 1]
            cells.extend([""] * (column - len(cells)))
            cells[column - 1] = ERROR
    return trimmed_rows([tuple(row) for row in rows])


def for_kind(value: Value, text: str, kind: Kind) -> str:
    """The text of a cell that is no text, once its column is known: 44197 is a date in a column of dates.

    Where only its text would pass, the cell was turned into something else on the way: an order number into a date.
    """
    reading = kind.read(value)
    if reading.problem is None:
        return text if kind.format is CellFormat.TEXT else reading.text
    try:
        kind.parse(text)
    except Misread:
        return text  # says by itself what is wrong
    return f"{CHANGED}{text}"


def damage(text: str) -> Misread | None:
    """What is wrong with a text that only stands for a cell nobody can use."""
    if text == ERROR:
        return ERROR_CELL
    if text.startswith(CHANGED):
        shown_as = wording.quoted(text.removeprefix(CHANGED))
        reason = f"文件里这一格已经不是文字,变成了 {shown_as},原来填的内容可能已经变了"
        return Misread(reason, "请按原始单据重新填写", rule="DAT-06")
    return None


def shown(value: Value) -> str:
    """A cell as the sheet shows it: 2021-03-02 10:32, numbers with up to 15 digits.

    A whole number that needs more than 15 has lost its last ones; in the form 1.23457E+18 it is known for that (DAT-06).
    """
    if isinstance(value, float) and not isinstance(value, Serial):
        if abs(value) >= 1e15:
            mantissa, sign, exponent = f"{value:.14E}".partition("E")
            return f"{mantissa.rstrip('0').rstrip('.')}{sign}{exponent}"
        # Fifteen digits are what programs show and keep; more are the noise of a formula (0.1 + 0.2).
        return number_text(float(f"{value:.15g}"))
    return plain(value)


def trimmed_rows(rows: Sequence[tuple[str, ...]]) -> Rows:
    """The same width everywhere, without blank columns at the right and blank rows at the end."""
    width = max((at for row in rows for at, text in enumerate(row, start=1) if text.strip()), default=0)
    last = max((at for at, row in enumerate(rows, start=1) if any(text.strip() for text in row)), default=0)
    return [row[:width] + ("",) * (width - len(row)) for row in rows[:last]]
