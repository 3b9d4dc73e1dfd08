"""What LibreOffice makes of the formulas the console puts into Google Sheets as conditional formats: a real spreadsheet.

LibreOffice calls REGEXMATCH(text, pattern) by another name and wants ranges closed; nothing else is translated.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook, load_workbook

from logic.register import Register
from sheets.gsheets_cells import Place
from sheets.gsheets_marks import NAME, colours
from sheets.port import Serial, Sheet, Value
from sheets.shaping import plan_headers
from tools.spreadsheet import find_spreadsheet

PROGRAM = find_spreadsheet()
# Formulas are worked out on load, whoever wrote the file.
_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
_OF_ROW_2 = re.compile(r"(\$[A-Z]{1,3})2(?![0-9])")
_OPEN = re.compile(r"\$([A-Z]{1,3})\$2:\$\1(?![A-Z0-9$(])")
_RULE = re.compile(re.escape(NAME) + r'([^"]+)"')
Cells = Mapping[str, Value]  # by field name


class Red(NamedTuple):
    """A red cell: in which table (from 0), by which rule, in which column and row (from 2)."""

    table: int
    rule: str
    field: str
    row: int


def conditional_formats(register: Register) -> list[tuple[str, str, str]]:
    """Rule, field and formula for row 2 of the red cells of a tab that holds this register and nothing else."""
    spec = register.spec()
    headers = tuple(one.header for one in spec.columns)
    plan = plan_headers(Sheet(register.title, [headers]), spec)
    found: list[tuple[str, str, str]] = []
    for request in colours(spec, plan, Place(1, register.title, 1000, len(headers), 1), ()):
        rule = request["addConditionalFormatRule"]["rule"]
        formula = rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
        name = _RULE.search(formula)
        assert name is not None and len(rule["ranges"]) == 1
        found.append((name[1], spec.columns[rule["ranges"][0]["startColumnIndex"]].field, formula))
    return [one for one in found if one[1] != "check_result"]


class Spreadsheet:
    """LibreOffice without a window; `folder` takes its settings and files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_RECALCULATE, encoding="utf-8")

    def red(self, tables: Sequence[tuple[Register, Sequence[Cells]]], today: dt.date) -> set[Red]:
        """The cells that are red in these tables, each a tab of its own with its headers in row 1."""
        book = Workbook()
        book.remove(book.worksheets[0])
        for number, (register, rows) in enumerate(tables):
            sheet = book.create_sheet(str(number))
            sheet.append([one.header for one in register.fields.values()])
            names = list(register.fields)
            for at, cells in enumerate(rows, start=2):
                for name, value in cells.items():
                    cell = sheet.cell(at, names.index(name) + 1)
                    cell.value = float(value) if isinstance(value, Serial) else value
                    if isinstance(value, str):
                        cell.data_type = "s"  # text that begins with = is text
                for n, (_, _, formula) in enumerate(conditional_formats(register)):
                    sheet.cell(at, len(names) + 2 + n).value = _translated(formula, at, len(rows) + 1, today)
        answered = self._worked_out(book)
        return {
            Red(number, rule, field, at)
            for number, (register, rows) in enumerate(tables)
            for n, (rule, field, _) in enumerate(conditional_formats(register))
            for at in range(2, len(rows) + 2)
            if answered[number][at - 1][len(register.fields) + 1 + n] is True
        }

    def _worked_out(self, book: Workbook) -> list[list[tuple[object, ...]]]:
        asked, answered = self._folder / "asked.xlsx", self._folder / "answered"
        book.save(asked)
        profile = f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"
        command = [str(PROGRAM), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(answered), str(asked)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        done = load_workbook(answered / "asked.xlsx", data_only=True, read_only=True)
        try:
            return [list(sheet.iter_rows(values_only=True)) for sheet in done.worksheets]
        finally:
            done.close()


def _translated(formula: str, row: int, last: int, today: dt.date) -> str:
    formula = _OF_ROW_2.sub(rf"\g<1>{row}", formula)
    formula = _OPEN.sub(rf"$\1$2:$\1${last}", formula)
    formula = formula.replace("TODAY()", f"DATE({today.year},{today.month},{today.day})")
    return "".join(_calls(formula.replace("TEXTJOIN(", "_xlfn.TEXTJOIN(")))


def _calls(formula: str) -> Iterator[str]:
    """The formula with REGEXMATCH(…) as LibreOffice says it. Brackets inside the patterns are balanced."""
    head, found, tail = formula.partition("REGEXMATCH(")
    yield head
    while found:
        depth, end = 1, 0
        while depth:
            depth += {"(": 1, ")": -1}.get(tail[end], 0)
            end += 1
        yield f"NOT(ISERROR(_xlfn.ORG.LIBREOFFICE.REGEX({''.join(_calls(tail[: end - 1]))})))"
        head, found, tail = tail[end:].partition("REGEXMATCH(")
        yield head
