"""Inserting rows into a real file: whatever hangs on a row goes down with it, in this tab and in others."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import excelize
import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from sheets.port import CellEdit, Commit, RowInsert, Snapshot, Stamp
from sheets.xlsx import XlsxWorkbook
from tests import ugly
from tests.conftest import Clock
from tests.one_child import OneChild
from tests.ugly import SHEET

Insert = Callable[..., Snapshot]
LOOKUP = 'LOOKUP(D3,{0,60,90},{"差","中","好"})'


@pytest.fixture(autouse=True)
def _one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets.xlsx.Child", OneChild)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "台账.xlsx"


@pytest.fixture
def insert(path: Path, tmp_path: Path, clock: Clock) -> Iterator[Insert]:
    """Insert rows and write into the first of them."""
    made: list[XlsxWorkbook] = []

    def inserted(*inserts: RowInsert) -> Snapshot:
        made.append(XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock))
        edit = CellEdit(inserts[-1].sheet, inserts[-1].row, 2, "新店")
        return made[-1].write(Commit(made[-1].revision(), (edit,), Stamp("w", 1), inserts))

    yield inserted
    for workbook in made:
        workbook.close()


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return unescape(package.read(name).decode())


def areas(path: Path, name: str) -> list[str]:
    found = re.findall(r'\s(?:ref|sqref)="([^"]*)"|<xm:(?:f|sqref)>([^<]*)<', part(path, name))
    return ["".join(each) for each in found]


def test_comments_pictures_charts_and_sparklines_go_along(path: Path, insert: Insert) -> None:
    ugly.rich(path)
    file = excelize.open_file(str(path))
    text = [excelize.RichTextRun(text="第二条的批注")]
    file.add_comment(SHEET, excelize.Comment(cell="B3", author="王经理", paragraph=text))
    box = excelize.FormControl(cell="P4", type=excelize.FormControlType.FormControlCheckBox, paragraph=text)
    file.add_form_control(SHEET, box)
    file.save()
    file.close()
    rows_before = [int(row) for row in re.findall(r"<xdr:row>(\d+)<", part(path, "xl/drawings/drawing1.xml"))]
    insert(RowInsert(SHEET, 3, 2))
    comments = part(path, "xl/comments1.xml")
    assert re.findall(r'<comment [^>]*ref="([A-Z0-9]+)"', comments) == ["D1", "B5"]
    notes = part(path, "xl/drawings/vmlDrawing1.vml")
    assert [int(row) for row in re.findall(r"<x:Row>(\d+)<", notes)] == [0, 4, 5], "two comments and the check box"
    assert "15, 0, 5, 0, 17, 2, 8, 6" in notes
    rows = [int(row) for row in re.findall(r"<xdr:row>(\d+)<", part(path, "xl/drawings/drawing1.xml"))]
    assert rows == [row + 2 if row >= 2 else row for row in rows_before]
    chart = part(path, "xl/charts/chart1.xml")
    assert f"{SHEET}!$D$2:$D$6" in chart and f"{SHEET}!$D$1<" in chart
    found = areas(path, ugly.SHEET_XML)
    assert {"H2", "H5", f"{SHEET}!D2:D6"} <= set(found) and "H3" not in found
    assert found.count("D2:D6") >= 2, "the data bars and their extension"
    assert areas(path, "xl/tables/table1.xml") == ["A1:F6", "A1:F6"]
    assert f"'{SHEET}'!$D$2:$D$6" in part(path, "xl/workbook.xml")
    assert f"SUM('{SHEET}'!D2:D6)" in part(path, "xl/worksheets/sheet2.xml")
    with zipfile.ZipFile(path) as package:
        assert "xl/calcChain.xml" not in package.namelist()
        assert b"calcChain" not in package.read("[Content_Types].xml") + package.read("xl/_rels/workbook.xml.rels")


def test_formulas_rules_links_breaks_and_names_go_along(path: Path, insert: Insert) -> None:
    def adapt(sheet: Any) -> None:
        sheet["G3"] = f"={LOOKUP}"
        sheet["G4"] = "=SUM(A2:A4 A3:B3)"
        sheet["C3"].hyperlink = "https://example.com/C3"
        red = PatternFill("solid", bgColor="FF0000")
        sheet.conditional_formatting.add("A3:F9", FormulaRule(formula=["$D3>SUM($D$2:$D$4)"], fill=red))
        rule = DataValidation(type="custom", formula1="COUNTIF($C$2:$C$9,C3)=1")
        rule.add("C3:C50")
        sheet.add_data_validation(rule)
        sheet.row_breaks.append(Break(id=3))
        sheet.auto_filter.ref = "A1:F4"
        sheet.print_title_rows = "1:1"
        sheet.print_area = "A1:G4"
        sheet.parent.defined_names["折率2026"] = DefinedName("折率2026", attr_text=f"'{SHEET}'!$D$3")
        sheet.parent.defined_names["Rate2026"] = DefinedName("Rate2026", attr_text="0.06")
        sheet.parent.create_sheet("B")["A1"] = f"='{SHEET}'!G3*Rate2026"

    ugly.write(path, [ugly.HEADERS, *ugly.records()], adapt)
    insert(RowInsert(SHEET, 3, 1))
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    assert sheet["G4"].value == "=" + LOOKUP.replace("D3", "D4")
    assert sheet["G5"].value == "=SUM(A2:A5 A4:B4)"
    assert sheet["C4"].hyperlink.target == "https://example.com/C3" and sheet["C3"].hyperlink is None
    (formats,) = sheet.conditional_formatting
    assert (str(formats.sqref), formats.rules[0].formula) == ("A4:F10", ["$D4>SUM($D$2:$D$5)"])
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("C4:C51", "COUNTIF($C$2:$C$10,C4)=1")
    assert [each.id for each in sheet.row_breaks.brk] == [4]
    assert sheet.auto_filter.ref == "A1:F5"
    assert sheet.print_area == f"'{SHEET}'!$A$1:$G$5" and sheet.print_title_rows == "$1:$1"
    assert book.defined_names["折率2026"].attr_text == f"'{SHEET}'!$D$4"
    assert book["B"]["A1"].value == f"='{SHEET}'!G4*Rate2026"


def test_shared_formulas_calculate_what_they_did(path: Path, insert: Insert) -> None:
    ugly.shared_formulas(path)
    snapshot = insert(RowInsert(SHEET, 3, 2))
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert [sheet.cell(row, 7).value for row in (2, 3, 4, 5, 6)] == ["=D2*2", None, None, "=D5*2", "=D6*2"]
    assert {cell for cell in snapshot.sheets[SHEET].marks if cell[1] == 7} == {(2, 7), (5, 7), (6, 7)}


def test_an_array_formula_grows_as_in_excel(path: Path, insert: Insert) -> None:
    ugly.shared_formulas(path)
    insert(RowInsert(SHEET, 2, 1))
    assert '<f ref="H3:H4" t="array">' in part(path, ugly.SHEET_XML) or 't="array" ref="H3:H4"' in part(
        path, ugly.SHEET_XML
    )


def test_several_inserts_in_two_tabs(path: Path, insert: Insert) -> None:
    def adapt(sheet: Any) -> None:
        other = sheet.parent.create_sheet("汇总")
        for row in range(1, 6):
            other.cell(row, 1, f"第{row}行")
        other["B5"] = f"='{SHEET}'!D4+A2"
        sheet["G4"] = "=汇总!B5"

    ugly.write(path, [ugly.HEADERS, *ugly.records()], adapt)
    insert(RowInsert(SHEET, 3, 1), RowInsert("汇总", 2, 2), RowInsert(SHEET, 5, 1))
    book = openpyxl.load_workbook(path)
    assert book["汇总"]["B7"].value == f"='{SHEET}'!D6+A4"
    assert book[SHEET]["G6"].value == "=汇总!B7"


def test_threaded_comments_and_pivots(path: Path, insert: Insert) -> None:
    """Parts no library here writes: put in by hand, looked at by hand."""
    ugly.rich(path)
    relations = (
        b'<Relationship Id="rIdT" Type="t" Target="../threadedComments/threadedComment1.xml"/>'
        b'<Relationship Id="rIdV" Type="p" Target="../pivotTables/pivotTable1.xml"/></Relationships>'
    )
    ugly.patch(
        path,
        {"xl/worksheets/_rels/sheet1.xml.rels": lambda xml: xml.replace(b"</Relationships>", relations)},
        {
            "xl/threadedComments/threadedComment1.xml": b'<ThreadedComments><threadedComment ref="B3" id="{1}"/></ThreadedComments>',
            "xl/pivotTables/pivotTable1.xml": b'<pivotTableDefinition><location ref="A20:C30"/></pivotTableDefinition>',
            "xl/pivotCache/pivotCacheDefinition1.xml": '<c><worksheetSource ref="A1:F4" sheet="银行转账明细表"/></c>'.encode(),
        },
    )
    insert(RowInsert(SHEET, 3, 1))
    assert 'ref="B4"' in part(path, "xl/threadedComments/threadedComment1.xml")
    assert 'ref="A21:C31"' in part(path, "xl/pivotTables/pivotTable1.xml")
    assert 'ref="A1:F5"' in part(path, "xl/pivotCache/pivotCacheDefinition1.xml")
