"""What shaping puts into a real file, and what of other people's it leaves alone."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import excelize
import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, Side
from openpyxl.worksheet.datavalidation import DataValidation

from logic.kinds import Kind, Month, Percent, Ref, Time
from sheets.port import CellEdit, CellFormat, ColumnSpec, Commit, RowInsert, Serial, SheetSpec, Stamp
from sheets.xlsx import XlsxWorkbook
from tests import ugly
from tests.conftest import Clock
from tests.one_child import OneChild
from tests.ugly import SHEET

LONG = tuple(f"选项{number:03d}" for number in range(80))
SPEC = SheetSpec(
    SHEET,
    (
        ColumnSpec("day", "日期", CellFormat.DATE, note="填写转账日期\n依据:财务制度第3条"),
        ColumnSpec("shop", "店铺", options=("天猫店", "淘宝店 & <1688>"), naming=True),
        ColumnSpec("order", "订单编号", note="多个编号用、分开"),
        ColumnSpec("amount", "金额", CellFormat.MONEY),
        ColumnSpec("kind", "类别", options=LONG, width=20.0),
        ColumnSpec("reason", "原因", options=("退款,部分", '补"差价"')),
        ColumnSpec("paid_at", "到账时间", CellFormat.DATETIME),
        ColumnSpec("record_id", "记录编号"),
    ),
)


@pytest.fixture(autouse=True)
def _one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets.xlsx.Child", OneChild)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "台账.xlsx"


@pytest.fixture
def shape(path: Path, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., list[str]]]:
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)

    def shaped(*specs: SheetSpec) -> list[str]:
        steps = workbook.shape(specs or (SPEC,), dry_run=False)
        assert workbook.shape(specs or (SPEC,), dry_run=True) == ()
        return [step.what for step in steps]

    yield shaped
    workbook.close()


Shape = Callable[..., list[str]]


def tab(path: Path) -> Any:
    return openpyxl.load_workbook(path)[SHEET]


def validations(path: Path) -> dict[str, str]:
    return {str(each.sqref): each.formula1 for each in tab(path).data_validations.dataValidation}


def comment(path: Path, cell: str, text: str) -> None:
    """A comment as Excel stores it, in the place of one that may be there."""
    file = excelize.open_file(str(path))
    file.delete_comment(SHEET, cell)
    runs = [excelize.RichTextRun(text=text)]
    file.add_comment(SHEET, excelize.Comment(cell=cell, author="王经理", paragraph=runs))
    file.save()
    file.close()


def with_columns(**changes: dict[str, Any]) -> SheetSpec:
    return SheetSpec(SHEET, tuple(dataclasses.replace(each, **changes.get(each.field, {})) for each in SPEC.columns))


def test_a_new_file_is_ready_to_be_filled(path: Path, shape: Shape) -> None:
    shape(SPEC, SheetSpec("员工名册", (ColumnSpec("name", "姓名"),)))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [SHEET, "员工名册", "_选项"]
    assert book["_选项"].sheet_state == "hidden"
    sheet = book[SHEET]
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])
    assert sheet["A1"].comment.text == "填写转账日期\n依据:财务制度第3条"
    assert sheet.column_dimensions["E"].width == 20
    formats = {letter: sheet.column_dimensions[letter].number_format for letter in "ADG"}
    assert formats == {"A": "yyyy-mm-dd", "D": "0.00", "G": "yyyy-mm-dd hh:mm"}
    assert not path.stat().st_mode & 0o111


def test_drop_downs_suggest_and_never_forbid(path: Path, shape: Shape) -> None:
    shape()
    found = {str(each.sqref): each for each in tab(path).data_validations.dataValidation}
    assert {sqref: each.formula1 for sqref, each in found.items()} == {
        "B2:B5000": '"天猫店,淘宝店 & <1688>"',
        "E2:E5000": "'_选项'!$A$2:$A$81",
        "F2:F5000": "'_选项'!$B$2:$B$3",
    }
    assert not any(each.showErrorMessage for each in found.values())
    lists = openpyxl.load_workbook(path)["_选项"]
    assert [lists.cell(row, 1).value for row in range(2, 82)] == list(LONG)
    assert [lists.cell(row, 2).value for row in (1, 2, 3, 4)] == [f"{SHEET}.reason", "退款,部分", '补"差价"', None]


def test_changed_options_replace_ours(path: Path, shape: Shape) -> None:
    shape()
    said = shape(with_columns(shop={"options": ("甲",)}, kind={"options": LONG[:70]}, reason={"options": ("一",)}))
    assert len(said) == 3 and all("更新" in each for each in said)
    assert validations(path) == {"B2:B5000": '"甲"', "E2:E5000": "'_选项'!$A$2:$A$71", "F2:F5000": '"一"'}
    assert openpyxl.load_workbook(path)["_选项"]["A72"].value is None
    one_more = {"options": (*LONG[:69], "新")}
    assert len(shape(with_columns(shop={"options": ("甲",)}, kind=one_more, reason={"options": ("一",)}))) == 1


def test_an_existing_file_keeps_what_people_set_up(path: Path, shape: Shape) -> None:
    def adapt(sheet: Any) -> None:
        own = DataValidation(type="list", formula1='"甲,乙"')
        own.add("B2:B50")
        sheet.add_data_validation(own)
        sheet["D2"].number_format = '"¥"0.00'
        sheet.column_dimensions["C"].number_format = "0"
        sheet.column_dimensions["C"].width = 33
        for cell in sheet[1]:
            cell.font = Font(italic=True)

    ugly.write(path, [ugly.HEADERS, *ugly.records()], adapt)
    comment(path, "A1", "我的批注")
    shape()
    sheet = tab(path)
    assert sheet["A1"].comment.text == "我的批注"
    assert sheet["C1"].comment.text == "多个编号用、分开"
    assert validations(path)["B2:B50"] == '"甲,乙"'
    assert not any(sqref.startswith("B2:B5") and sqref != "B2:B50" for sqref in validations(path))
    assert sheet["D2"].number_format == '"¥"0.00'
    assert sheet.column_dimensions["D"].number_format == "General", "its cells have a format already"
    assert sheet.column_dimensions["C"].number_format == "0" and sheet.column_dimensions["C"].width == 33
    assert sheet.freeze_panes is None
    assert sheet["G1"].value == "类别" and sheet["G1"].font.i, "a new header looks like its neighbours"
    assert [sheet.cell(2, column).value for column in (2, 3, 4)] == ["店铺0", "00023", 100.5]


def test_our_notes_are_renewed_and_others_stay(path: Path, shape: Shape) -> None:
    shape()
    comment(path, "C1", "主管:不要空着")
    said = shape(with_columns(day={"note": "新的说明"}, order={"note": "另一条"}))
    assert said == ["更新 1 个表头的批注:日期"]
    assert tab(path)["A1"].comment.text == "新的说明"
    assert tab(path)["C1"].comment.text == "主管:不要空着"


def test_a_script_s_own_way_of_storing_comments_is_left_alone(path: Path, shape: Shape) -> None:
    """Adding one there would make a file that Excel calls damaged."""

    def adapt(sheet: Any) -> None:
        sheet["B3"].comment = Comment("脚本写的", "脚本")

    ugly.write(path, [ugly.HEADERS, *ugly.records()], adapt)
    with zipfile.ZipFile(path) as package:
        before = {name for name in package.namelist() if "omment" in name}
    assert not any("批注" in each for each in shape())
    with zipfile.ZipFile(path) as package:
        assert {name for name in package.namelist() if "omment" in name} == before
    assert tab(path)["B3"].comment.text == "脚本写的"


def test_rows_inserted_by_people_do_not_confuse_it(path: Path, shape: Shape, tmp_path: Path, clock: Clock) -> None:
    shape()
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
    edits = (CellEdit(SHEET, 3, 2, "天猫店"), CellEdit(SHEET, 3, 1, Serial(46_327)))
    workbook.write(Commit(workbook.revision(), edits, Stamp("w", 1), (RowInsert(SHEET, 1, 1),)))
    workbook.close()
    assert shape() == []
    assert tab(path)["A2"].comment.text.startswith("填写转账日期")


SHARES: tuple[tuple[str, Kind], ...] = (
    ("转化率", Percent()),
    ("签到时间", Time()),
    ("月份", Month()),
    ("退回单编号", Ref("recall_slips")),
)
SHARE_SPEC = SheetSpec(
    SHEET,
    (*(ColumnSpec(header, header, kind.format) for header, kind in SHARES), ColumnSpec("x", "金额", CellFormat.MONEY)),
)
TEXT_ROWS = (
    ("30%", "09:00", "2021-03", "SH261122-7K3QD"),
    ("0.05%", "00:00", "2021-12", "SH261122-7K3QE"),
    ("12.35%", "23:59", "1999-01", "SH261122-7K3QF"),
)


def write_rows(workbook: XlsxWorkbook, first: int, inserts: tuple[RowInsert, ...] = ()) -> None:
    """Records of TEXT_ROWS as the engine writes them: each cell is what its kind makes of the text."""
    edits = tuple(
        CellEdit(SHEET, row, column, kind.cell(text))
        for row, texts in enumerate(TEXT_ROWS, start=first)
        for column, ((_, kind), text) in enumerate(zip(SHARES, texts, strict=True), start=1)
    )
    workbook.write(Commit(workbook.revision(), edits, Stamp("w", 1), inserts))


def check_rows(workbook: XlsxWorkbook, path: Path, first: int) -> None:
    """What was written reads back exactly, and a spreadsheet shows it as people expect it."""
    sheet = workbook.read().sheets[SHEET]
    for row, texts in enumerate(TEXT_ROWS, start=first):
        for column, ((header, kind), text) in enumerate(zip(SHARES, texts, strict=True), start=1):
            reading = kind.read(sheet.value(row, column))
            assert reading.problem is None and (reading.text, reading.value) == (text, kind.parse(text)), header
        formats = [tab(path).cell(row, column).number_format for column in (1, 2, 3, 4)]
        assert formats == ["0.00%", "hh:mm", "@", "@"]


@pytest.mark.parametrize("inserts", [(), (RowInsert(SHEET, 2, 3),)])
def test_shares_and_times_look_like_it_in_new_records(
    inserts: tuple[RowInsert, ...], path: Path, shape: Shape, tmp_path: Path, clock: Clock
) -> None:
    shape(SHARE_SPEC)
    formats = [tab(path).column_dimensions[letter].number_format for letter in "ABC"]
    assert formats == ["0.00%", "hh:mm", "@"]
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
    write_rows(workbook, 2, inserts)
    check_rows(workbook, path, 2)
    write_rows(workbook, 5)
    check_rows(workbook, path, 5)
    workbook.close()


def test_shares_and_times_look_like_it_in_cells_with_borders_alone(
    path: Path, shape: Shape, tmp_path: Path, clock: Clock
) -> None:
    """People draw the grid of a table before it is filled: such cells have a style, but no number format."""

    def adapt(sheet: Any) -> None:
        for row in range(2, 9):
            for column in range(1, 6):
                sheet.cell(row, column).border = Border(bottom=Side("thin"))

    ugly.write(path, [[header for header, _ in SHARES] + ["金额"]], adapt)
    shape(SHARE_SPEC)
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
    write_rows(workbook, 2)
    check_rows(workbook, path, 2)
    workbook.write(Commit(workbook.revision(), (CellEdit(SHEET, 2, 5, 12.5),), Stamp("w", 2)))
    cell = tab(path)["E2"]
    assert cell.number_format == "0.00" and cell.border.bottom.style == "thin"
    workbook.close()


def test_a_time_of_day_survives_a_workbook_from_an_old_mac(path: Path, tmp_path: Path, clock: Clock) -> None:
    ugly.dates_1904(path)
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
    was = workbook.read().sheets[SHEET].value(2, 1)
    workbook.write(Commit(workbook.revision(), (CellEdit(SHEET, 2, 8, Time().cell("09:00")),), Stamp("w", 1)))
    sheet = workbook.read().sheets[SHEET]
    assert Time().read(sheet.value(2, 8)).text == "09:00" and sheet.value(2, 1) == was
    workbook.close()


def test_what_people_set_up_for_shares_stays(path: Path, shape: Shape, tmp_path: Path, clock: Clock) -> None:
    def adapt(sheet: Any) -> None:
        sheet["A2"].number_format = "0%"
        sheet["B2"].number_format = "h:mm AM/PM"

    ugly.write(path, [[header for header, _ in SHARES] + ["金额"]], adapt)
    shape(SHARE_SPEC)
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
    edits = (CellEdit(SHEET, 2, 1, Percent().cell("30%")), CellEdit(SHEET, 2, 2, Time().cell("15:20")))
    workbook.write(Commit(workbook.revision(), edits, Stamp("w", 1)))
    assert [tab(path)[cell].number_format for cell in ("A2", "B2")] == ["0%", "h:mm AM/PM"]
    sheet = workbook.read().sheets[SHEET]
    assert (Percent().read(sheet.value(2, 1)).text, Time().read(sheet.value(2, 2)).text) == ("30%", "15:20")
    workbook.close()


def test_rich_workbooks_lose_nothing(path: Path, shape: Shape) -> None:
    ugly.rich(path)
    with zipfile.ZipFile(path) as package:
        parts, xml = set(package.namelist()), package.read(ugly.SHEET_XML)
    shape()
    with zipfile.ZipFile(path) as package:
        assert parts - set(package.namelist()) <= {"xl/calcChain.xml"}
        kept = package.read(ugly.SHEET_XML)
        comments = package.read("xl/comments1.xml").decode()
    assert "主管:先核对" in comments and "填写转账日期" in comments
    for tag in ugly.RICH_TAGS:
        assert kept.count(tag) >= xml.count(tag) > 0, tag


@pytest.mark.parametrize("name", ugly.UGLY)
def test_ugly_workbooks_can_be_adopted(name: str, path: Path, shape: Shape, tmp_path: Path, clock: Clock) -> None:
    ugly.UGLY[name](path)
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
    before = workbook.read().sheets[SHEET]
    workbook.shape((SPEC,), dry_run=False)
    after = workbook.read().sheets[SHEET]
    for row in range(1, len(before.rows) + 1):
        for column in range(1, len(before.rows[row - 1]) + 1):
            assert after.value(row, column) == before.value(row, column)
    if name in (
        "odd_xml",
        "no_references",
    ):  # formats come with the second shaping, once the XML is written the usual way
        assert len(workbook.shape((SPEC,), dry_run=False)) == 1
    workbook.close()
    assert shape() == []
