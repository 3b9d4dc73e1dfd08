"""Writes one DemoBook into a file; a process of its own, because the editing library mixes up files within one process.

In two steps, so that the console adopts the workbook between them while it is still small: the frame (titles, headers,
widths), then the rows with all that hangs on them.
"""

from __future__ import annotations

import pickle
import re
import sys
from html import escape
from pathlib import Path
from typing import Any

import excelize as x

from sheets.port import CellFormat, ColumnSpec, Serial
from sheets.table import column_letters
from sheets.xlsx_book import Book
from sheets.xlsx_demo import ChartTab, Content, DemoBook, Formula, Tab
from sheets.xlsx_edit import set_cell
from sheets.xlsx_styles import with_parts

TITLE_SPANS = 12
_PLACE = re.compile(r"\{(?:([^{}!]+)!)?(\w+)(?::(first|column))?\}")
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"([^>]*)><f>(.*?)</f>(?:<v>[^<]*</v>)?</c>')
_CODES = {CellFormat.TEXT: "@", CellFormat.MONEY: "#,##0.00", CellFormat.DATE: "yyyy/m/d"}
_CODES |= {CellFormat.DATETIME: "yyyy/m/d h:mm", CellFormat.NUMBER: "0"}
_CODES |= {CellFormat.TIME: "h:mm", CellFormat.PERCENT: "0.00%"}
Results = dict[tuple[str, str], float | str]  # what the formulas give, by tab and cell


def main() -> None:
    """Read a DemoBook from standard input; write its frame to the file named on the command line, or its rows into it."""
    book: DemoBook = pickle.loads(sys.stdin.buffer.read())
    step, target = sys.argv[1], Path(sys.argv[2])
    if step == "frame":
        _Painter(book, x.new_file()).frame(target)
        return
    results = _Painter(book, x.open_file(str(target))).rows(target)
    target.write_bytes(_with_results(target.read_bytes(), results))


class _Painter:
    """Writes one DemoBook with the editing library; collects what the formulas should say."""

    def __init__(self, book: DemoBook, file: Any) -> None:
        self._book = book
        self._file = file
        self._styles: dict[tuple[object, ...], int] = {}
        self._results: Results = {}

    def frame(self, target: Path) -> None:
        try:
            self._file.set_sheet_name("Sheet1", self._book.tabs[0].spec.title)
            for title in (*(tab.spec.title for tab in self._book.tabs[1:]), self._book.chart.title):
                self._file.new_sheet(title)
            for tab in self._book.tabs:
                self._head(tab)
            self._file.save_as(str(target))
        finally:
            self._file.close()

    def rows(self, target: Path) -> Results:
        try:
            for tab in self._book.tabs:
                self._records(tab)
                self._own_columns(tab)
                self._decorate(tab)
            self._chart(self._book.chart)
            author = self._book.saved_by
            self._file.set_doc_props(x.DocProperties(creator=author, last_modified_by=author))
            self._file.save_as(str(target))
        finally:
            self._file.close()
        return self._results

    def _head(self, tab: Tab) -> None:
        title, header_row = tab.spec.title, tab.header_row
        for number, line in enumerate(tab.above, start=1):
            self._put(title, number, 1, line, self._style(size=16 if number == 1 else 10, bold=number == 1, bare=True))
        if tab.above:
            self._file.merge_cell(title, "A1", f"{column_letters(TITLE_SPANS)}1")
            self._file.set_row_height(title, 1, 30)
        self._file.set_row_height(title, header_row, 32)
        for at, column in enumerate(tab.spec.columns, start=1):
            letters = column_letters(at)
            self._file.set_col_width(title, letters, letters, tab.widths.get(column.field, column.width))
            self._put(title, header_row, at, column.header, self._style(bold=True, fill="DDEBF7", centred=True))
        for offset, own in enumerate(tab.own, start=1):
            letters = column_letters(len(tab.spec.columns) + offset)
            self._put(title, header_row, len(tab.spec.columns) + offset, own.header, self._own_header())
            self._file.set_col_width(title, letters, letters, 16)

    def _records(self, tab: Tab) -> None:
        """Column by column: one style for all cells of it, another only where a cell asks for it."""
        title, top, count = tab.spec.title, tab.row(0), len(tab.rows)
        for at, column in enumerate(tab.spec.columns, start=1):
            colour = "7F7F7F" if column.engine else ""
            usual = self._style(code=_CODES.get(column.format, "General"), bold=False, colour=colour)
            letters = column_letters(at)
            self._file.set_cell_style(title, f"{letters}{top}", f"{letters}{top + count - 1}", usual)
            for number, row in enumerate(tab.rows, start=top):
                value = row.get(column.field)
                if value is not None:
                    style = self._style(code=_code(column, value), bold=False, colour=colour)
                    placed = self._placed(value, tab, number)
                    self._put(title, number, at, placed, style if style != usual else None)
            for number, row in enumerate(tab.below, start=top + count + 1):
                value = row.get(column.field)
                if value is not None:
                    style = self._style(code=_code(column, value), bold=True, colour=colour)
                    self._put(title, number, at, self._placed(value, tab, number), style)

    def _own_columns(self, tab: Tab) -> None:
        for offset, own in enumerate(tab.own, start=1):
            at = len(tab.spec.columns) + offset
            for index, value in enumerate(own.cells):
                row = tab.row(index)
                self._put(tab.spec.title, row, at, self._placed(value, tab, row), self._style(code=own.code))

    def _decorate(self, tab: Tab) -> None:
        title, top, last = tab.spec.title, tab.row(0), tab.row(len(tab.rows) - 1)
        for index in tab.hidden:
            self._file.set_row_visible(title, tab.row(index), False)
        for index, name in tab.merged:
            letters = column_letters(tab.column(name))
            self._file.merge_cell(title, f"{letters}{tab.row(index - 1)}", f"{letters}{tab.row(index)}")
        alarm = x.Style(font=x.Font(color="9C0006"), fill=_fill("FFC7CE"))
        red = self._file.new_conditional_style(alarm)
        for name, text in tab.alarms:
            letters = column_letters(tab.column(name))
            rule = x.ConditionalFormatOptions(type="cell", criteria="==", value=f'"{text}"', format=red)
            self._file.set_conditional_format(title, f"{letters}{top}:{letters}{last}", [rule])
        corner = f"{column_letters(tab.frozen_columns + 1)}{top}"
        pane = "bottomRight" if tab.frozen_columns else "bottomLeft"
        panes = x.Panes(freeze=True, x_split=tab.frozen_columns, y_split=tab.header_row)
        panes.top_left_cell, panes.active_pane = corner, pane
        self._file.set_panes(title, panes)
        page = x.PageLayoutOptions(size=9, orientation="landscape")
        self._file.set_page_layout(title, page)

    def _chart(self, chart: ChartTab) -> None:
        title = chart.title
        self._file.set_col_width(title, "A", column_letters(len(chart.headers)), 16)
        for at, header in enumerate(chart.headers, start=1):
            self._put(title, 1, at, header, self._style(bold=True, fill="DDEBF7", centred=True))
        for number, row in enumerate(chart.rows, start=2):
            for at, value in enumerate(row, start=1):
                money = at == chart.charted
                code = "#,##0.00" if money else "General"
                self._put(title, number, at, self._placed(value, None, number), self._style(code=code))
        letters, last = column_letters(chart.charted), len(chart.rows) + 1
        series = x.ChartSeries(
            name=f"'{title}'!${letters}$1",
            categories=f"'{title}'!$A$2:$A${last}",
            values=f"'{title}'!${letters}$2:${letters}${last}",
        )
        drawn = x.Chart(
            type=x.ChartType.Col,
            series=[series],
            title=x.ChartTitle(paragraph=[x.RichTextRun(text=chart.headers[chart.charted - 1])]),
            dimension=x.ChartDimension(width=480, height=300),
            x_axis=x.ChartAxis(font=x.Font(color="404040")),
            vary_colors=False,
        )
        self._file.add_chart(title, f"A{last + 2}", drawn)

    def _placed(self, value: Content, tab: Tab | None, row: int) -> Content:
        """The same with the places in a formula replaced by addresses."""
        if not isinstance(value, Formula):
            return value
        tabs = {each.spec.title: each for each in self._book.tabs}

        def address(match: re.Match[str]) -> str:
            other, name, scope = match.groups()
            at = tabs[other] if other else tab
            assert at is not None
            letters, sheet = column_letters(at.column(name)), f"'{other}'!" if other else ""
            if scope == "column":
                return f"{sheet}${letters}:${letters}"
            return f"{sheet}{letters}${at.row(0)}" if scope else f"{letters}{row}"

        return Formula(_PLACE.sub(address, value.text), value.result)

    def _put(self, title: str, row: int, column: int, value: Content, style: int | None) -> None:
        cell = f"{column_letters(column)}{row}"
        if style is not None:
            self._file.set_cell_style(title, cell, cell, style)
        if isinstance(value, Formula):
            self._file.set_cell_formula(title, cell, value.text)
            self._results[title, cell] = value.result
        elif value is not None:
            set_cell(self._file, title, row, column, value)

    def _own_header(self) -> int:
        return self._style(bold=True, fill="FFF2CC", centred=True)

    def _style(self, **look: Any) -> int:
        key = tuple(sorted(look.items()))
        if key not in self._styles:
            self._styles[key] = self._file.new_style(_style(**look))
        return self._styles[key]


def _code(column: ColumnSpec, value: Content) -> str:
    """The number format of a cell as the program or the person who filled it left it."""
    code = _CODES.get(column.format, "General")
    if code == "@" and isinstance(value, float):
        return "General"  # a number somebody typed or pasted into a column of texts
    if isinstance(value, Serial) and value >= 1 and value.is_integer():
        return _CODES[CellFormat.DATE]  # the time was not known
    return code


def _style(
    *,
    code: str = "General",
    size: float = 10,
    bold: bool = False,
    fill: str = "",
    colour: str = "",
    centred: bool = False,
    bare: bool = False,
) -> x.Style:
    """A cell format as people set them by hand; `bare` has no lines round it."""
    sides = () if bare else ("left", "right", "top", "bottom")
    made = x.Style(
        font=x.Font(family="微软雅黑", size=size, bold=bold, color=colour),
        border=[x.Border(type=side, color="D9D9D9", style=1) for side in sides],
        alignment=x.Alignment(vertical="center", horizontal="center" if centred else "", wrap_text=centred),
    )
    if code != "General":  # which is the number 0; as a custom one it would take the number of another
        made.custom_num_fmt = code
    if fill:
        made.fill = _fill(fill)
    return made


def _fill(colour: str) -> x.Fill:
    return x.Fill(type="pattern", color=[colour], pattern=1)


def _with_results(content: bytes, results: Results) -> bytes:
    """The package with the formulas' results in it: the library writes formulas without, or as text."""
    book = Book(content)
    parts: dict[str, bytes] = {}
    for tab in book.tabs:

        def cell(match: re.Match[bytes], title: str = tab.title) -> bytes:
            reference = match[1] + match[2]
            result = results[title, reference.decode()]
            style = re.sub(rb'\st="[^"]*"', b"", match[3])
            if isinstance(result, str):
                kind, shown = (b' t="e"' if result.startswith("#") else b' t="str"'), escape(result, quote=False)
            else:
                kind, shown = b"", repr(result)
            return b'<c r="%s"%s%s><f>%s</f><v>%s</v></c>' % (reference, style, kind, match[4], shown.encode())

        parts[tab.part] = _FORMULA_CELL.sub(cell, book.part(tab.part))
    return with_parts(content, parts)


if __name__ == "__main__":
    main()
