"""Plain values written through `values`: RAW keeps them, USER_ENTERED understands them as if typed."""

from __future__ import annotations

import gspread
import pytest

from tests.fake_sheets import Book, FakeSheets, Manager
from tests.fake_sheets.asking import TAB, Caller
from tests.fake_sheets.through_gspread import client


@pytest.mark.parametrize(
    ("typed", "raw", "entered"),
    [
        ("00123", "00123", 123),
        ("6222021234567890123", "6222021234567890123", 6.22202123456789e18),
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
