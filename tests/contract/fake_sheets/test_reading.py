"""The local counterpart of Google Sheets answers as Google documents it: asked by real gspread and by plain requests."""

from __future__ import annotations

import gspread
import pytest

from tests.fake_sheets import Book, FakeSheets, Manager
from tests.fake_sheets.asking import TAB, Caller
from tests.fake_sheets.through_gspread import client


def test_gspread_reads_and_writes_as_with_google(google: FakeSheets, book: Book, person: Manager) -> None:
    sheet = client(google).open_by_key(book.id).worksheet(TAB)
    sheet.update([["单号", "金额"], ["00123", 5.5]], "A1")
    assert sheet.get_all_values() == [["单号", "金额"], ["00123", "5.5"]]
    assert sheet.get_all_records() == [{"单号": 123, "金额": 5.5}], "gspread itself drops the zeros (FACTS 8)"
    sheet.append_row(["x", "=B2*2"], value_input_option=gspread.utils.ValueInputOption.user_entered)
    assert person.value(TAB, 3, 2) == "=B2*2"
    assert sheet.acell("B3").value == "11"
    assert client(google).open("台账").id == book.id


def test_trailing_blanks_are_left_out_and_ranges_are_clipped(call: Caller, person: Manager) -> None:
    person.fill(TAB, [["a", None, "c"], [], [None, 2.0]])
    found = call.get("/values:batchGet", ranges=[TAB, f"{TAB}!B2:Z99", f"{TAB}!F20"])
    assert found["valueRanges"][0] == {
        "range": f"'{TAB}'!A1:F20",
        "majorDimension": "ROWS",
        "values": [["a", "", "c"], [], ["", "2"]],
    }
    assert found["valueRanges"][1]["range"] == f"'{TAB}'!B2:F20"
    assert found["valueRanges"][1]["values"] == [[], ["2"]]
    assert "values" not in found["valueRanges"][2]
    assert call.values(f"{TAB}!A1:C3", majorDimension="COLUMNS") == [["a"], ["", "", 2], ["c"]]


@pytest.mark.parametrize("range_text", ["没有的表!A1", "没有的名字", f"{TAB}!A99"])
def test_what_does_not_exist_is_a_bad_request(call: Caller, range_text: str) -> None:
    assert call.session.get(f"{call.base}/values/{range_text}").status_code == 400


def test_each_way_of_rendering(call: Caller, person: Manager) -> None:
    person.type(TAB, 1, 1, 2.0)
    for column, typed in enumerate(("=1+1", "=SUM(A1:A1)", "=WRONG(1)", "2026-11-22", "TRUE"), start=2):
        person.key_in(TAB, 1, column, typed)
    assert call.values() == [[2, 2, 2, "#NAME? (Unknown function: 'WRONG'.)", 46348, True]]
    shown = call.values(valueRenderOption="FORMATTED_VALUE")
    assert shown == [["2", "2", "2", "#NAME?", "2026-11-22", "TRUE"]]
    formulas = call.values(valueRenderOption="FORMULA")
    assert formulas == [[2, "=1+1", "=SUM(A1:A1)", "=WRONG(1)", 46348, True]]
    assert call.values(dateTimeRenderOption="FORMATTED_STRING")[0][4] == "2026-11-22"
    grid = call.get(ranges=f"{TAB}!B1:D1", includeGridData=True)["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert grid[0]["userEnteredValue"] == {"formulaValue": "=1+1"}
    assert grid[0]["effectiveValue"] == {"numberValue": 2}
    assert grid[2]["effectiveValue"]["errorValue"]["type"] == "NAME"
    assert grid[0]["effectiveFormat"]["textFormat"]["fontFamily"] == "Arial"


def test_a_mask_decides_what_is_sent_and_whether_the_grid_is(call: Caller, person: Manager) -> None:
    person.fill(TAB, [["a", "b"], ["c", "d"]])
    assert "data" not in call.get()["sheets"][0]
    found = call.get(fields="sheets(properties(sheetId,title),data(startRow,rowData/values/userEnteredValue))")
    values = [
        [item["userEnteredValue"]["stringValue"] for item in row["values"]]
        for row in found["sheets"][0]["data"][0]["rowData"]
    ]
    assert found["sheets"][0]["properties"] == {"sheetId": 0, "title": TAB}
    assert (list(found), values) == (["sheets"], [["a", "b"], ["c", "d"]])
    two = call.get(ranges=[f"{TAB}!A1", f"{TAB}!B2"], fields="sheets.data")["sheets"][0]["data"]
    assert [(part.get("startRow"), part.get("startColumn")) for part in two] == [(None, None), (1, 1)]
    assert [len(part["rowMetadata"]) for part in two] == [1, 1]
    with call.server.cloud.expecting_mismatches() as wrong:
        assert call.session.get(call.base, params={"fields": "sheets.colour"}).status_code == 400
    assert wrong == ["fields.sheets: Sheet has no field colour"]


def test_data_filters_select_by_range_and_by_metadata(call: Caller, person: Manager) -> None:
    person.fill(TAB, [["a", "b"], ["c", "d"]])
    place = {"dimensionRange": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}}
    item = {"metadataKey": "列", "metadataValue": "金额", "visibility": "PROJECT", "location": place}
    made = call.batch({"createDeveloperMetadata": {"developerMetadata": item}})["replies"][0]
    assert made["createDeveloperMetadata"]["developerMetadata"]["location"]["locationType"] == "COLUMN"
    person.insert_column(TAB, 1)
    by_key = {"developerMetadataLookup": {"metadataKey": "列"}}
    by_grid = {"gridRange": {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 2}}
    body = {"dataFilters": [by_key, by_grid], "valueRenderOption": "UNFORMATTED_VALUE"}
    found = call.session.post(f"{call.base}/values:batchGetByDataFilter", json=body).json()["valueRanges"]
    assert [part["valueRange"]["values"] for part in found] == [[["b"], ["d"]], [["", "c", "d"]]]
    sheets = call.session.post(f"{call.base}:getByDataFilter", json={"dataFilters": [by_key], "includeGridData": True})
    assert sheets.json()["sheets"][0]["data"][0]["startColumn"] == 2
    new = call.session.post(f"{call.base}/developerMetadata:search", json={"dataFilters": [by_key]}).json()
    assert new["matchedDeveloperMetadata"][0]["developerMetadata"]["metadataValue"] == "金额"
