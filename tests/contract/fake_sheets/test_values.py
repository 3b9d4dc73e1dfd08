"""Plain values written through `values`: RAW keeps them, USER_ENTERED understands them as if typed."""

from __future__ import annotations

import gspread
import pytest
from gspread.utils import InsertDataOption

from tests.fake_sheets import Book, FakeSheets, Manager
from tests.fake_sheets.asking import TAB, Caller
from tests.fake_sheets.through_gspread import client


@pytest.mark.parametrize(
    ("typed", "raw", "entered"),
    [
        ("00123", "00123", 123),
        ("6222021234567893333", "6222021234567893333", 6.22202123456789e18),
        ("1-2", "1-2", 46024),
        ("2026/11/22", "2026/11/22", 46348),
        ("=1+1", "=1+1", "=1+1"),
        ("'00123", "'00123", "00123"),
        ("12%", "12%", 0.12),
        ("1,234.5", "1,234.5", 1234.5),
        ("8085807e40000000", "8085807e40000000", "8085807e40000000"),
        ("１２３", "１２３", "１２３"),
        ("true", "true", True),
    ],
)
def test_raw_keeps_and_user_entered_understands(
    call: Caller, person: Manager, typed: str, raw: str, entered: object
) -> None:
    for row, option in ((1, "RAW"), (2, "USER_ENTERED")):
        url = f"{call.base}/values/{TAB}!A{row}"
        assert call.session.put(url, params={"valueInputOption": option}, json={"values": [[typed]]}).status_code == 200
    assert [person.value(TAB, 1, 1), person.value(TAB, 2, 1)] == [raw, entered]


def test_the_other_writing_calls(google: FakeSheets, book: Book, person: Manager) -> None:
    sheet = client(google).open_by_key(book.id).worksheet(TAB)
    sheet.batch_update([{"range": "A1:B1", "values": [["a", None]]}, {"range": "C3", "values": [[1]]}])
    assert person.rows(TAB) == [["a"], [], [None, None, 1]]
    with pytest.raises(gspread.exceptions.APIError, match="writing outside"):
        sheet.update([["x", "y", "z"]], "A1:B1")
    assert sheet.append_row(["z"], table_range="A1")["updates"]["updatedRange"] == f"'{TAB}'!A2"
    sheet.batch_clear(["A1:A2"])
    assert person.rows(TAB) == [[], [], [None, None, 1]]


def test_a_new_spreadsheet_belongs_to_who_made_it(google: FakeSheets, call: Caller) -> None:
    made = call.session.post(f"{google.address}/v4/spreadsheets", json={"properties": {"title": "新的"}}).json()
    assert made["properties"]["timeZone"] == "Asia/Shanghai"
    file = call.session.get(f"{call.drive}/{made['spreadsheetId']}", params={"fields": "name,ownedByMe"}).json()
    assert file == {"name": "新的", "ownedByMe": True}


def test_append_finds_the_last_table_of_the_range(google: FakeSheets, book: Book, person: Manager) -> None:
    sheet = client(google).open_by_key(book.id).worksheet(TAB)
    person.fill(TAB, [["甲", "乙"], [1.0]])
    person.type(TAB, 5, 3, "合计")
    answer = sheet.append_row(["x"])
    assert (answer["tableRange"], answer["updates"]["updatedRange"]) == (f"'{TAB}'!C5", f"'{TAB}'!C6")
    answer = sheet.append_row(["y"], table_range="A1", insert_data_option=InsertDataOption.insert_rows)
    assert (answer["tableRange"], answer["updates"]["updatedRange"]) == (f"'{TAB}'!A1:B2", f"'{TAB}'!A3")
    assert person.value(TAB, 7, 3) == "x", "a row was inserted above it"
    assert sheet.append_row(["z"], table_range="F9")["updates"]["updatedRange"] == f"'{TAB}'!F9"


def test_real_gspread_does_a_days_work(google: FakeSheets, book: Book, person: Manager) -> None:
    """Each of these is a call of its own with a body gspread made up; what does not fit fails the test."""
    spreadsheet = client(google).open_by_key(book.id)
    sheet = spreadsheet.worksheet(TAB)
    sheet.update([["名", "数"], ["丙", 3], ["甲", 1]])
    sheet.insert_rows([["乙", 2]], 2)
    sheet.sort((2, "asc"), range="A2:B4")
    sheet.update_acell("C2", "=B2*2")
    sheet.copy_range("A2:C2", "A5")
    sheet.cut_range("A5:C5", "A6")
    assert person.rows(TAB) == [["名", "数"], ["甲", 1, "=B2*2"], ["乙", 2], ["丙", 3], [], ["甲", 1, "=B5*2"]]
    assert sheet.find("丙", in_column=1).address == "A4"  # pyright: ignore[reportOptionalMemberAccess]
    sheet.delete_rows(2, 3)
    sheet.insert_cols([["编号"]], 1)
    assert person.rows(TAB)[:2] == [["编号", "名", "数"], [None, "丙", 3]]
    sheet.freeze(rows=1)
    sheet.format("A1:C1", {"textFormat": {"bold": True}})
    sheet.merge_cells("D1:E1")
    sheet.set_basic_filter()
    sheet.insert_note("A1", "批注")
    sheet.add_protected_range("A1:C1", warning_only=True)
    sheet.define_named_range("A1", "编号")
    sheet.add_validation("A2:A5", gspread.utils.ValidationConditionType.one_of_list, ["是"], strict=True)
    sheet.hide_rows(1, 2)
    sheet.resize(30, 8)
    other = spreadsheet.add_worksheet("第二张", 10, 5)
    spreadsheet.reorder_worksheets([other, sheet])
    sheet.update_title("改名")
    spreadsheet.duplicate_sheet(sheet.id, insert_sheet_index=0, new_sheet_name="副本")
    spreadsheet.del_worksheet(other)
    assert [each.title for each in spreadsheet.worksheets()] == ["副本", "改名"]
    assert (sheet.get_note("A1"), sheet.row_count, sheet.frozen_row_count) == ("批注", 30, 1)
    assert [each["name"] for each in spreadsheet.list_named_ranges()] == ["编号"]
    sheet.clear()
    assert person.rows("改名") == []
    with google.cloud.expecting_mismatches() as wrong:
        assert spreadsheet.get_lastUpdateTime().startswith("2026-11-22")
    assert wrong == ["drive.files.get: unknown query parameter includeItemsFromAllDrives"]
