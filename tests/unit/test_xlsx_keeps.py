"""What an edit leaves as it was: everything people put into their file. And what broken files are called."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.packaging.custom import IntProperty, StringProperty
from openpyxl.styles import Font, PatternFill

from sheets.port import (
    CellEdit,
    Commit,
    HalfSaved,
    Mark,
    Moved,
    NotAWorkbook,
    ProofFailed,
    RowInsert,
    Serial,
    Snapshot,
    Stamp,
    TooLarge,
    Value,
)
from sheets.xlsx import XlsxWorkbook
from tests import ugly
from tests.conftest import Clock
from tests.one_child import OneChild
from tests.ugly import SHEET

STAMP = Stamp("w-1", 5)
Open = Callable[[Path], XlsxWorkbook]


@pytest.fixture(autouse=True)
def _one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets.xlsx.Child", OneChild)


@pytest.fixture
def open_workbook(tmp_path: Path, clock: Clock) -> Iterator[Open]:
    made: list[XlsxWorkbook] = []

    def opened(path: Path) -> XlsxWorkbook:
        made.append(XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock))
        return made[-1]

    yield opened
    for workbook in made:
        workbook.close()


def edit(snapshot: Snapshot, row: int, column: int, value: Value) -> CellEdit:
    return CellEdit(SHEET, row, column, value, snapshot.sheets[SHEET].value(row, column))


def age(path: Path, clock: Clock, seconds: float) -> None:
    """Make the file look as if saved `seconds` before the clock."""
    saved = clock().replace(tzinfo=dt.timezone(dt.timedelta(hours=8))).timestamp() - seconds
    os.utime(path, (saved, saved))


@pytest.mark.parametrize("name", ugly.UGLY)
def test_every_ugly_workbook_is_read_edited_and_otherwise_kept(name: str, tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.UGLY[name](path)
    workbook = open_workbook(path)
    before = workbook.read()
    row = len(before.sheets[SHEET].rows) + 1
    after = workbook.write(Commit(before.revision, (CellEdit(SHEET, row, 1, "00123"),), STAMP))
    assert after.sheets[SHEET].rows == (*before.sheets[SHEET].rows, ("00123",))
    assert after.sheets[SHEET].marks.keys() >= before.sheets[SHEET].marks.keys()
    assert after.sheets[SHEET].hidden == before.sheets[SHEET].hidden
    inserted = workbook.write(Commit(after.revision, (), STAMP, (RowInsert(SHEET, 3, 2),)))
    assert inserted.sheets[SHEET].rows[4:] == after.sheets[SHEET].rows[2:]


@pytest.mark.parametrize("name", ugly.BROKEN)
def test_every_broken_workbook_is_refused_with_its_sentence(
    name: str, tmp_path: Path, open_workbook: Open, clock: Clock
) -> None:
    path = tmp_path / "台账.xlsx"
    build, error = ugly.BROKEN[name]
    build(path)
    age(path, clock, 31)
    content = path.read_bytes()
    workbook = open_workbook(path)
    for attempt in (workbook.read, lambda: workbook.write(Commit(workbook.revision(), (), STAMP))):
        with pytest.raises(error) as caught:
            attempt()
        assert str(caught.value).endswith("。")
    assert path.read_bytes() == content
    assert workbook.revision(), "also a broken file has a revision, so that a repair is noticed"


def test_a_far_cell_is_named(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.content_in_last_cell(path)
    with pytest.raises(TooLarge) as caught:
        open_workbook(path).read()
    assert (caught.value.sheet, caught.value.cell) == (SHEET, "XFD1048576")


def test_a_broken_file_is_being_saved_for_half_a_minute(tmp_path: Path, open_workbook: Open, clock: Clock) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.truncated(path)
    age(path, clock, 5)
    workbook = open_workbook(path)
    with pytest.raises(HalfSaved):
        workbook.read()
    clock.advance(seconds=26)
    with pytest.raises(NotAWorkbook):
        workbook.read()
    ugly.ordinary(path)
    assert workbook.read().titles == (SHEET,)


def test_pictures_charts_shapes_sparklines_and_the_rest_survive(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.rich(path)
    with zipfile.ZipFile(path) as package:
        parts = set(package.namelist())
        xml = package.read(ugly.SHEET_XML)
    assert parts >= set(ugly.RICH_PARTS)
    workbook = open_workbook(path)
    before = workbook.read()
    after = workbook.write(Commit(before.revision, (edit(before, 2, 2, "京东店"),), STAMP, (RowInsert(SHEET, 6),)))
    assert after.sheets[SHEET].value(2, 2) == "京东店"
    with zipfile.ZipFile(path) as package:
        kept = package.read(ugly.SHEET_XML)
        assert parts - set(package.namelist()) <= {"xl/calcChain.xml"}
        for part in ("xl/charts/chart1.xml", "xl/media/image1.png", "xl/cellimages.xml", "customXml/item1.xml"):
            assert package.read(part)
        assert "请勿改动合计行".encode() in package.read("xl/drawings/drawing1.xml")
        assert "王经理".encode() in package.read("xl/comments1.xml")
        assert "合计".encode() in package.read("xl/workbook.xml")
    for tag in ugly.RICH_TAGS:
        assert xml.count(tag) == kept.count(tag) > 0, tag


def test_formulas_keep_text_and_result_and_are_counted_anew_on_load(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.formulas(path)
    workbook = open_workbook(path)
    before = workbook.read()
    assert [before.sheets[SHEET].value(row, 7) for row in (2, 3, 4)] == [7.0, 7.0, 7.0]
    workbook.write(Commit(before.revision, (edit(before, 2, 4, 88.0),), STAMP))
    after = workbook.read()
    assert [after.sheets[SHEET].value(row, 7) for row in (2, 3, 4)] == [7.0, 7.0, 7.0]
    assert after.sheets[SHEET].mark(3, 7) is Mark.FORMULA
    book = openpyxl.load_workbook(path)
    assert book[SHEET]["G3"].value == "=D3*2"
    assert book.calculation.fullCalcOnLoad


def test_a_workbook_without_formulas_is_not_counted_anew(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.ordinary(path)
    ugly.patch(path, {"xl/workbook.xml": lambda xml: xml.replace(b' fullCalcOnLoad="1"', b"")})
    workbook = open_workbook(path)
    workbook.write(Commit(workbook.revision(), (), STAMP))
    with zipfile.ZipFile(path) as package:
        assert b"fullCalcOnLoad" not in package.read("xl/workbook.xml")


@pytest.mark.parametrize(
    ("build", "row", "column", "mark"),
    [
        (ugly.formulas, 2, 7, Mark.FORMULA),
        (ugly.shared_formulas, 2, 7, Mark.FORMULA),
        (ugly.shared_formulas, 4, 7, Mark.FORMULA),
        (ugly.shared_formulas, 3, 8, Mark.FORMULA),
        (ugly.merged_records, 3, 2, Mark.COVERED),
        (ugly.errors, 2, 7, Mark.ERROR),
    ],
)
def test_formulas_and_covered_cells_are_never_written(
    build: ugly.Builder, row: int, column: int, mark: Mark, tmp_path: Path, open_workbook: Open
) -> None:
    path = tmp_path / "台账.xlsx"
    build(path)
    content = path.read_bytes()
    workbook = open_workbook(path)
    before = workbook.read()
    assert before.sheets[SHEET].mark(row, column) is mark
    with pytest.raises(ProofFailed):
        workbook.write(Commit(before.revision, (edit(before, row, column, "x"),), STAMP))
    assert path.read_bytes() == content


def test_a_row_inserted_into_a_merge_is_covered(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.merged_records(path)
    workbook = open_workbook(path)
    inserts = (RowInsert(SHEET, 3),)
    with pytest.raises(ProofFailed):
        workbook.write(Commit(workbook.revision(), (CellEdit(SHEET, 3, 2, "x"),), STAMP, inserts))
    after = workbook.write(Commit(workbook.revision(), (CellEdit(SHEET, 3, 3, "x"),), STAMP, inserts))
    assert after.sheets[SHEET].mark(4, 2) is Mark.COVERED


def test_a_constant_error_may_be_put_right(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.errors(path)
    workbook = open_workbook(path)
    before = workbook.read()
    assert before.sheets[SHEET].mark(2, 4) is Mark.ERROR
    assert before.sheets[SHEET].mark(2, 5) is None and before.sheets[SHEET].value(2, 5) == "#N/A"
    after = workbook.write(Commit(before.revision, (edit(before, 2, 4, 100.0),), STAMP))
    assert after.sheets[SHEET].mark(2, 4) is None and after.sheets[SHEET].value(2, 4) == 100.0
    assert after.sheets[SHEET].mark(2, 7) is Mark.ERROR


def test_formulas_follow_inserted_rows(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.formulas(path)
    workbook = open_workbook(path)
    after = workbook.write(Commit(workbook.revision(), (), STAMP, (RowInsert(SHEET, 3, 2),)))
    assert set(after.sheets[SHEET].marks) == {(2, 7), (5, 7), (6, 7)}
    assert openpyxl.load_workbook(path)[SHEET]["G5"].value == "=D5*2"


def test_dates_of_an_old_mac_are_the_same_days(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.dates_1904(path)
    workbook = open_workbook(path)
    before = workbook.read()
    assert before.sheets[SHEET].value(2, 1) == Serial.of(dt.date(2026, 11, 1))
    moment = Serial.of(dt.datetime(2026, 11, 22, 9, 30))
    workbook.write(Commit(before.revision, (edit(before, 2, 1, moment), edit(before, 5, 1, moment)), STAMP))
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert sheet["A2"].value == sheet["A5"].value == dt.datetime(2026, 11, 22, 9, 30)


def styled(path: Path) -> None:
    def adapt(sheet: Any) -> None:
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for cell in sheet[4]:
            cell.fill = PatternFill("solid", fgColor="FFFF00")
        sheet["D4"].number_format = '"¥"#,##0.00'
        sheet["B4"].font = Font(color="FF0000")

    ugly.write(path, [ugly.HEADERS, *ugly.records()], adapt)


def test_cells_keep_their_style_and_new_rows_take_that_of_the_row_above(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    styled(path)
    workbook = open_workbook(path)
    before = workbook.read()
    new = [
        CellEdit(SHEET, row, column, value, None, None, 6) for row in (5, 6) for column, value in ((1, Serial(46_330)),)
    ]
    edits = (edit(before, 4, 4, 8.0), edit(before, 4, 2, "新店"), *new)
    workbook.write(Commit(before.revision, edits, STAMP))
    sheet = openpyxl.load_workbook(path)[SHEET]
    for row in (4, 5, 6):
        assert sheet.cell(row, 4).number_format == '"¥"#,##0.00'
        assert sheet.cell(row, 2).font.color.rgb == "00FF0000"
        assert sheet.cell(row, 5).fill.fgColor.rgb == "00FFFF00"
    assert sheet["A5"].value == dt.datetime(2026, 11, 3) + dt.timedelta(days=1)
    assert sheet["D2"].number_format == "General"


def test_inserted_rows_take_the_style_of_the_row_above(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    styled(path)
    workbook = open_workbook(path)
    edits = [CellEdit(SHEET, row, 4, 1.0, None, None, 6) for row in (5, 6)]
    workbook.write(Commit(workbook.revision(), tuple(edits), STAMP, (RowInsert(SHEET, 5, 2),)))
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert sheet["D6"].number_format == '"¥"#,##0.00'
    assert sheet["E6"].fill.fgColor.rgb == "00FFFF00"


def test_the_first_record_does_not_look_like_the_header(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"

    def adapt(sheet: Any) -> None:
        for cell in sheet[1]:
            cell.font = Font(bold=True)

    ugly.write(path, [ugly.HEADERS], adapt)
    workbook = open_workbook(path)
    values: tuple[Value, ...] = (Serial(46_330), "甲", "00123", 1.5, Serial(46_330.5), "YH261122-7K3QD")
    edits = tuple(CellEdit(SHEET, 2, column, value, None, None, 6) for column, value in enumerate(values, start=1))
    workbook.write(Commit(workbook.revision(), edits, STAMP))
    row = openpyxl.load_workbook(path)[SHEET][2]
    assert not any(cell.font.b for cell in row)
    assert [cell.number_format for cell in row] == ["yyyy-mm-dd", "@", "@", "General", "yyyy-mm-dd hh:mm", "@"]


def test_custom_properties_of_others_are_kept(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    book: Any = openpyxl.Workbook()
    book.custom_doc_props.append(StringProperty(name="客户", value="甲 & 乙"))
    book.custom_doc_props.append(IntProperty(name="编号", value=3))
    book.properties.lastModifiedBy = "王经理"
    book.properties.title = "标题"
    book.save(path)
    workbook = open_workbook(path)
    assert workbook.read().saved_by == "王经理"
    snapshot = workbook.write(Commit(workbook.revision(), (), STAMP))
    assert snapshot.stamp == STAMP
    kept: Any = openpyxl.load_workbook(path)
    assert [(each.name, each.value) for each in kept.custom_doc_props.props][:2] == [("客户", "甲 & 乙"), ("编号", 3)]
    assert kept.properties.title == "标题"


def test_what_another_program_did_in_between_has_moved(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.ordinary(path)
    workbook = open_workbook(path)
    before = workbook.read()
    ugly.formulas(path)
    content = path.read_bytes()
    with pytest.raises(Moved):
        workbook.write(Commit(before.revision, (edit(before, 2, 2, "x"),), STAMP))
    assert path.read_bytes() == content


def test_rows_are_inserted_under_formulas_that_reach_the_last_row(tmp_path: Path, open_workbook: Open) -> None:
    path = tmp_path / "台账.xlsx"

    def adapt(sheet: Any) -> None:
        sheet["G2"] = "=SUM(D2:D1048576)+SUM(D:D)"
        sheet["G3"] = f"=COUNTA('{SHEET}'!$A$2:$A$1048576)&\"A1:B1048576\""
        sheet["H2"] = "=SUM('汇 总'!A1:A1048576)"
        sheet.auto_filter.ref = "A1:F1048576"
        other = sheet.parent.create_sheet("汇 总")
        other["A1"] = f"=MAX({SHEET}!D2:D1048576)"

    ugly.write(path, [ugly.HEADERS, *ugly.records()], adapt)
    workbook = open_workbook(path)
    workbook.write(Commit(workbook.revision(), (), STAMP, (RowInsert(SHEET, 3, 2),)))
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    assert sheet["G2"].value == "=SUM(D2:D1048576)+SUM(D:D)"
    assert sheet["G5"].value == f"=COUNTA('{SHEET}'!$A$2:$A$1048576)&\"A1:B1048576\""
    assert sheet["H2"].value == "=SUM('汇 总'!A1:A1048576)"
    assert sheet.auto_filter.ref == "A1:F1048576"
    assert book["汇 总"]["A1"].value == f"=MAX({SHEET}!D2:D1048576)"
