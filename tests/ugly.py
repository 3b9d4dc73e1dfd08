"""Ugly workbooks, built by code: what real people's files look like, for every test that must survive them.

Each builder writes one file. `UGLY` lists those that can be read and written, `BROKEN` those that cannot, with the error.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import excelize
import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from sheets.port import Locked, NotAWorkbook, StorageError, TooLarge

SHEET = "银行转账明细表"
SHEET_XML = "xl/worksheets/sheet1.xml"
HEADERS = ("日期", "店铺", "订单编号", "金额", "备注", "记录编号")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def records(count: int = 3) -> list[list[Any]]:
    """Rows as people type them, below HEADERS."""
    return [
        [dt.date(2026, 11, day % 28 + 1), f"店铺{day}", f"00{day}23", 100.5 + day, "", f"YH261122-{day:05d}"]
        for day in range(count)
    ]


def write(path: Path, rows: Sequence[Sequence[Any]], adapt: Callable[[Any], None] | None = None) -> None:
    """A workbook with one tab of these rows; a text stays a text, also "=1+1"."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None and value != "":
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    if adapt is not None:
        adapt(sheet)
    book.save(path)


def patch(path: Path, parts: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes] | None = None) -> None:
    """Rewrite single parts of the package, and add some."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, parts[name](content) if name in parts else content)
        for name, content in (more or {}).items():
            target.writestr(name, content)
    path.write_bytes(out.getvalue())


def add_row(path: Path, row_xml: bytes) -> None:
    """Append a row to the tab as XML, for what no library would write."""
    patch(path, {SHEET_XML: lambda xml: xml.replace(b"</sheetData>", row_xml + b"</sheetData>")})


def ordinary(path: Path) -> None:
    write(path, [HEADERS, *records()])


def preamble(path: Path) -> None:
    """A merged title, an instruction and a blank row above the header."""
    rows = [["2026年11月 银行转账明细"], ["请当天登记"], [], HEADERS, *records()]
    write(path, rows, lambda sheet: sheet.merge_cells("A1:F1"))


def merged_header(path: Path) -> None:
    """A group title over two headers in the row above."""
    rows = [["", "", "转账信息", "", "", ""], HEADERS, *records()]
    write(path, rows, lambda sheet: sheet.merge_cells("C1:D1"))


def blank_and_total_rows(path: Path) -> None:
    first, second, third = records()
    write(path, [HEADERS, first, [], second, ["合计", "", "", 301.5], [], third, ["备注:月底核对"]])


def full_width(path: Path) -> None:
    write(path, [HEADERS, ["２０２６／１１／１", "店铺", "１２３４５６", "￥１，２３４．５０元", "　空格　"]])


def text_dates(path: Path) -> None:
    days = ("2026.11.1", "2026年11月1日", "2026-11-01", "11/1", "20261101", "昨天")
    write(path, [HEADERS, *([day, "店铺", f"A{day}"] for day in days)])


def serial_dates(path: Path) -> None:
    """Dates as bare numbers, and formats the value reader does not know as dates."""

    def adapt(sheet: Any) -> None:
        sheet["A3"].number_format = "[$-804]aaaa"
        sheet["A4"].number_format = 'yyyy"年"m"月"d"日"'

    write(path, [HEADERS, [46_327, "裸数字"], [46_327, "星期"], [46_327.5, "年月日"]], adapt)


def long_numbers(path: Path) -> None:
    """Order numbers that Excel has turned into numbers, the tail already lost."""
    write(
        path,
        [
            HEADERS,
            ["", "店铺", 2_103_021_234_567_890_123],
            ["", "店铺", 1.23457e18],
            ["", "店铺", "6225881234567890123"],
        ],
    )


def duplicate_ids(path: Path) -> None:
    rows = records()
    rows[2][5] = rows[0][5]
    write(path, [HEADERS, *rows])


def _with_values(xml: bytes) -> bytes:
    """Cached results, which openpyxl does not write."""
    return re.sub(rb"(<f>[^<]*</f>)<v ?/>", rb"\1<v>7</v>", re.sub(rb"<v></v>", b"<v/>", xml))


def formulas(path: Path) -> None:
    def adapt(sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet[f"G{row}"] = f"=D{row}*2"
        sheet["G1"] = "两倍"

    write(path, [HEADERS, *records()], adapt)
    patch(path, {SHEET_XML: _with_values})


def shared_formulas(path: Path) -> None:
    """One master, followers without text, and an array formula over two cells."""
    rows: list[list[Any]] = [[*HEADERS, "两倍", "数组"], *([*row, 1, 1] for row in records())]
    write(path, rows)

    def share(xml: bytes) -> bytes:
        def formula(cell: bytes, tag: bytes) -> None:
            nonlocal xml
            xml = re.sub(rb'(<c r="' + cell + rb'"[^>]*>)', rb"\1" + tag, xml)

        formula(b"G2", b'<f t="shared" ref="G2:G4" si="0">D2*2</f>')
        formula(b"G3", b'<f t="shared" si="0"/>')
        formula(b"G4", b'<f t="shared" si="0"/>')
        formula(b"H2", b'<f t="array" ref="H2:H3">D2:D3*2</f>')
        return xml

    patch(path, {SHEET_XML: share})


def errors(path: Path) -> None:
    """A constant error, a formula that shows one, and the same as text."""

    def adapt(sheet: Any) -> None:
        sheet["D2"] = "#N/A"
        sheet["D2"].data_type = "e"
        sheet["G2"] = "=1/0"
        sheet["E2"] = "#N/A"
        sheet["E2"].data_type = "s"

    write(path, [HEADERS, *records()], adapt)
    patch(
        path,
        {
            SHEET_XML: lambda xml: (
                xml.replace(b'<c r="G2">', b'<c r="G2" t="e">')
                .replace(b"<f>1/0</f><v />", b"<f>1/0</f><v>#DIV/0!</v>")
                .replace(b"<f>1/0</f><v></v>", b"<f>1/0</f><v>#DIV/0!</v>")
                .replace(b"<f>1/0</f><v/>", b"<f>1/0</f><v>#DIV/0!</v>")
            )
        },
    )


def hidden_rows(path: Path) -> None:
    def adapt(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    write(path, [HEADERS, *records()], adapt)


def merged_records(path: Path) -> None:
    """The shop's name merged over two records."""
    rows = records()
    rows[1][1] = ""
    write(path, [HEADERS, *rows], lambda sheet: sheet.merge_cells("B2:B3"))


def far_formats(path: Path) -> None:
    """Formats in the very last cell and a false extent, as WPS leaves them: nothing to refuse."""
    write(path, [HEADERS, *records()])
    add_row(path, b'<row r="1048576" ht="20"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>')
    patch(path, {SHEET_XML: lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)})


def dates_1904(path: Path) -> None:
    """A workbook from an old Mac."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(HEADERS)
    for row in records():
        sheet.append(row)
    book.save(path)


def odd_xml(path: Path) -> None:
    """Prefixed names, as some .NET programs write them."""
    write(path, [HEADERS, *records()], lambda sheet: sheet.merge_cells("A6:B6"))

    def prefix(xml: bytes) -> bytes:
        return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", xml.replace(b'xmlns="', b'xmlns:x="'))

    patch(path, {SHEET_XML: prefix})


def no_references(path: Path) -> None:
    """Rows and cells without their address, which the format allows."""
    write(path, [HEADERS, *([text, "店铺"] for text in ("甲", "乙"))])
    patch(path, {SHEET_XML: lambda xml: re.sub(rb' r="[A-Z]*[0-9]+"', b"", xml)})


def rich(path: Path) -> None:
    """Everything a manager adds and a careless program drops; see RICH_PARTS."""
    write(path, [[*HEADERS, "两倍"], *records()])
    file = excelize.open_file(str(path))
    try:
        for row in (2, 3, 4):
            file.set_cell_formula(SHEET, f"G{row}", f"D{row}*2")
        for row in (2, 3):
            options = excelize.SparklineOptions(location=[f"H{row}"], range=[f"{SHEET}!D2:D4"], markers=True)
            file.add_sparkline(SHEET, options)
        series = [
            excelize.ChartSeries(name=f"{SHEET}!$D$1", categories=f"{SHEET}!$B$2:$B$4", values=f"{SHEET}!$D$2:$D$4")
        ]
        file.add_chart(SHEET, "J2", excelize.Chart(type=excelize.ChartType.Col, series=series))
        text = [excelize.RichTextRun(text="请勿改动合计行")]
        file.add_shape(SHEET, excelize.Shape(cell="J20", type="rect", paragraph=text, width=180, height=40))
        file.add_picture_from_bytes(SHEET, "M2", excelize.Picture(extension=".png", file=PICTURE))
        paragraph = [excelize.RichTextRun(text="主管:先核对")]
        file.add_comment(SHEET, excelize.Comment(cell="D1", author="王经理", paragraph=paragraph))
        file.add_table(SHEET, excelize.Table(range="A1:F4", name="转账表", style_name="TableStyleMedium2"))
        bar = excelize.ConditionalFormatOptions(
            type="data_bar", bar_color="#638EC6", criteria="=", min_type="min", max_type="max", bar_solid=True
        )
        file.set_conditional_format(SHEET, "D2:D4", [bar])
        validation = excelize.new_data_validation(True)
        validation.sqref = "B2:B100"
        validation.set_drop_list(["店铺0", "店铺1"])
        file.add_data_validation(SHEET, validation)
        file.set_defined_name(excelize.DefinedName(name="合计", refers_to=f"'{SHEET}'!$D$2:$D$4"))
        file.new_sheet("汇总")
        file.set_cell_formula("汇总", "A1", f"SUM('{SHEET}'!D2:D4)")
        file.save()
    finally:
        file.close()
    patch(
        path,
        {**_REGISTERED},
        {
            "xl/cellimages.xml": b'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"/>',
            "customXml/item1.xml": b"<shop>1688</shop>",
            "xl/persons/person.xml": b'<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"/>',
            "xl/calcChain.xml": b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="G2" i="1"/></calcChain>',
        },
    )


def _with_types(xml: bytes) -> bytes:
    types = (
        b'<Override PartName="/xl/cellimages.xml" ContentType="application/vnd.wps-officedocument.cellimage+xml"/>'
        b'<Override PartName="/xl/persons/person.xml" ContentType="application/vnd.ms-excel.person+xml"/>'
        b'<Override PartName="/xl/calcChain.xml"'
        b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/>'
    )
    return xml.replace(b"</Types>", types + b"</Types>")


def _with_relations(xml: bytes) -> bytes:
    relations = (
        b'<Relationship Id="rIdW" Type="http://www.wps.cn/officeDocument/2020/cellImage" Target="cellimages.xml"/>'
        b'<Relationship Id="rIdP" Type="http://schemas.microsoft.com/office/2017/10/relationships/person"'
        b' Target="persons/person.xml"/>'
        b'<Relationship Id="rIdC" Target="calcChain.xml"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"/>'
    )
    return xml.replace(b"</Relationships>", relations + b"</Relationships>")


_REGISTERED: Final = {"[Content_Types].xml": _with_types, "xl/_rels/workbook.xml.rels": _with_relations}
RICH_PARTS: Final = (
    "xl/charts/chart1.xml",
    "xl/drawings/drawing1.xml",
    "xl/media/image1.png",
    "xl/comments1.xml",
    "xl/tables/table1.xml",
    "xl/cellimages.xml",
    "xl/persons/person.xml",
    "customXml/item1.xml",
)
# Tags in the first tab's XML that must stand there as often after an edit as before.
RICH_TAGS: Final = (b"sparkline>", b"<x14:", b"dataValidation ", b"conditionalFormatting ", b"tablePart ", b"<drawing ")


def content_in_last_row(path: Path) -> None:
    write(path, [HEADERS, *records()])
    add_row(path, b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>')


def content_in_last_cell(path: Path) -> None:
    """One value in the last cell of all: it aborts the reading library."""
    write(path, [HEADERS, *records()])
    add_row(path, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def content_in_far_column(path: Path) -> None:
    write(path, [HEADERS, *records()])
    add_row(path, b'<row r="9"><c r="KO9"><v>1</v></c></row>')


def absurd_reference(path: Path) -> None:
    write(path, [HEADERS, *records()])
    add_row(path, b'<row r="99999999999"><c r="ZZZZZZZ99999999999"><v>1</v></c></row>')


def password(path: Path) -> None:
    file = excelize.new_file()
    try:
        file.save_as(str(path), excelize.Options(password="1688"))
    finally:
        file.close()


def truncated(path: Path) -> None:
    ordinary(path)
    path.write_bytes(path.read_bytes()[:-400])


def not_a_zip(path: Path) -> None:
    path.write_text("日期,店铺\n2026-11-01,甲\n", encoding="utf-8")


def excel_97(path: Path) -> None:
    """The old format: the same outer container as a password-protected file, and yet something else."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 100)


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<document/>")


def broken_xml(path: Path) -> None:
    ordinary(path)
    patch(path, {"xl/workbook.xml": lambda xml: xml[: len(xml) // 2]})


Builder = Callable[[Path], None]
UGLY: Final[Mapping[str, Builder]] = {
    builder.__name__: builder
    for builder in (
        ordinary, preamble, merged_header, blank_and_total_rows, full_width, text_dates, serial_dates, long_numbers,
        duplicate_ids, formulas, shared_formulas, errors, hidden_rows, merged_records, far_formats, dates_1904, odd_xml,
        no_references, rich,
    )
}  # fmt: skip
BROKEN: Final[Mapping[str, tuple[Builder, type[StorageError]]]] = {
    "content_in_last_row": (content_in_last_row, TooLarge),
    "content_in_last_cell": (content_in_last_cell, TooLarge),
    "content_in_far_column": (content_in_far_column, TooLarge),
    "absurd_reference": (absurd_reference, TooLarge),
    "password": (password, Locked),
    "truncated": (truncated, NotAWorkbook),
    "not_a_zip": (not_a_zip, NotAWorkbook),
    "excel_97": (excel_97, NotAWorkbook),
    "empty_file": (empty_file, NotAWorkbook),
    "other_zip": (other_zip, NotAWorkbook),
    "broken_xml": (broken_xml, NotAWorkbook),
}
