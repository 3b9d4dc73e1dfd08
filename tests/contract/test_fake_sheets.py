"""The local counterpart of Google Sheets does what Google documents: asked by real gspread and by plain requests over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gspread
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fake_sheets import Book, FakeSheets, Manager
from tests.fake_sheets.through_gspread import TokenSession, client, session

TAB = "明细"
Json = dict[str, Any]


@pytest.fixture
def book(google: FakeSheets) -> Book:
    return google.cloud.new_book("台账", TAB, rows=20, columns=6)


@pytest.fixture
def person(google: FakeSheets, book: Book) -> Manager:
    return Manager(google.cloud, book)


class Caller:
    """Plain requests to one spreadsheet."""

    def __init__(self, google: FakeSheets, book: Book) -> None:
        self.session: TokenSession = session(google)
        self.server, self.base = google, f"{google.address}/v4/spreadsheets/{book.id}"
        self.drive = f"{google.address}/drive/v3/files"

    def get(self, tail: str = "", **query: Any) -> Json:
        return self._json(self.session.get(self.base + tail, params=query))

    def batch(self, *requests: Json, query: Json | None = None, **body: Any) -> Json:
        answer = self.session.post(f"{self.base}:batchUpdate", params=query, json={"requests": list(requests), **body})
        return self._json(answer)

    def values(self, text: str = TAB, **query: Any) -> list[list[Any]]:
        query = {"valueRenderOption": "UNFORMATTED_VALUE", **query}
        return self.get(f"/values/{text}", **query).get("values", [])

    def refused(self, *requests: Json) -> str:
        answer = self.session.post(f"{self.base}:batchUpdate", json={"requests": list(requests)})
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]["message"]

    @staticmethod
    def _json(answer: Any) -> Json:
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def call(google: FakeSheets, book: Book) -> Caller:
    return Caller(google, book)


def cell(row: int, column: int, *values: Json | None, fields: str = "userEnteredValue") -> Json:
    """An updateCells request: one row of typed values from a coordinate on (from 0)."""
    cells = [{"userEnteredValue": value} if value else {} for value in values]
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": fields}}


def lines(name: str, start: int, end: int, dimension: str = "ROWS", **more: Any) -> Json:
    return {name: {"range": {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}, **more}}


def token(named_id: str, name: str = "版次", row: int = 0) -> Json:
    where = {"sheetId": 0, "startRowIndex": row, "endRowIndex": row + 1, "startColumnIndex": 0, "endColumnIndex": 1}
    return {"addNamedRange": {"namedRange": {"namedRangeId": named_id, "name": name, "range": where}}}


def text(value: str) -> Json:
    return {"stringValue": value}


# --- reading ----------------------------------------------------------------------------------------------------------
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


# --- writing ----------------------------------------------------------------------------------------------------------
def test_update_cells_writes_what_its_mask_names(call: Caller, person: Manager) -> None:
    person.key_in(TAB, 1, 1, "2026-11-22")
    person.note(TAB, 1, 1, "批注")
    call.batch(cell(0, 0, {"numberValue": 46000}, text("=1+1"), text("00123")))
    assert person.rows(TAB) == [[46000, "=1+1", "00123"]]
    assert call.values(valueRenderOption="FORMATTED_VALUE") == [["2025-12-09", "=1+1", "00123"]], "the format stayed"
    call.batch(cell(0, 0, None, fields="userEnteredValue"))
    assert person.tab(TAB).cell(0, 0)["note"] == "批注"
    call.batch(cell(0, 0, text(""), fields="*"))
    assert person.tab(TAB).cell(0, 0) == {}
    whole = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 3}
    call.batch({"updateCells": {"range": whole, "rows": [], "fields": "userEnteredValue"}})
    assert person.rows(TAB) == []


@pytest.mark.parametrize(
    "request_",
    [
        cell(20, 0, text("below the grid")),
        cell(0, 6, text("beside the grid")),
        cell(0, 0, text("x" * 50_001)),
        cell(0, 0, {"formulaValue": "1+1"}),
        cell(0, 0, text("no mask"), fields=""),
        lines("insertDimension", 0, 1, inheritFromBefore=True),
        lines("insertDimension", 21, 22),
        lines("deleteDimension", 0, 20),
        lines("deleteDimension", 19, 21),
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1_700_000}},
        {"addSheet": {"properties": {"title": TAB}}},
        {"addSheet": {"properties": {"title": "新", "sheetId": 0}}},
        {"deleteNamedRange": {"namedRangeId": "v12"}},
        {"deleteSheet": {"sheetId": 0}},
        {"repeatCell": {"range": {"sheetId": 7}, "cell": {}, "fields": "note"}},
    ],
)
def test_a_request_outside_what_is_allowed_stops_the_whole_batch(call: Caller, person: Manager, request_: Json) -> None:
    before = call.get(fields="*"), person.book.version
    assert "requests[1]" in call.refused(cell(0, 0, text("first")), request_)
    assert (call.get(fields="*"), person.book.version) == before


def test_the_answer_of_a_batch_shows_what_stands_there_now(call: Caller, person: Manager) -> None:
    person.fill(TAB, [["a"], ["b"], ["c"]])
    answer = call.batch(
        lines("insertDimension", 1, 2, inheritFromBefore=True),
        cell(1, 0, text("new")),
        token("v13"),
        includeSpreadsheetInResponse=True,
        responseRanges=[f"{TAB}!A2:B3"],
        responseIncludeGridData=True,
        query={
            "fields": "replies,updatedSpreadsheet(namedRanges,sheets.data(startRow,rowData.values.userEnteredValue))"
        },
    )
    data = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]
    assert data["startRow"] == 1
    assert [row["values"][0]["userEnteredValue"] for row in data["rowData"]] == [text("new"), text("b")]
    [named] = answer["updatedSpreadsheet"]["namedRanges"]
    assert named == {"namedRangeId": "v13", "name": "版次", "range": {"endRowIndex": 1, "endColumnIndex": 1}}
    assert answer["replies"][2]["addNamedRange"]["namedRange"] == named


def test_a_version_token_is_taken_by_one_writer_only(call: Caller) -> None:
    call.batch(token("v12"))
    call.batch({"deleteNamedRange": {"namedRangeId": "v12"}}, token("v13"), cell(0, 0, text("mine")))
    refused = call.refused({"deleteNamedRange": {"namedRangeId": "v12"}}, token("v13"), cell(0, 0, text("late")))
    assert "No named range with id: v12" in refused
    assert "v13 already exists" in call.refused(token("v13", "另一个"))
    assert "already exists" in call.refused(token("v14"))
    assert call.values() == [["mine"]]


def test_names_merges_formulas_and_rules_go_along_with_their_cells(call: Caller, person: Manager) -> None:
    person.fill(TAB, [[1.0], [2.0], [3.0]])
    person.key_in(TAB, 5, 2, "=SUM(A1:A3)+$A$2")
    person.merge(TAB, 2, 3, 3, 4)
    rows = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}
    rule = {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}}
    call.batch(
        token("v1", row=1),
        {"addProtectedRange": {"protectedRange": {"range": rows, "warningOnly": True}}},
        {"addConditionalFormatRule": {"index": 0, "rule": {"ranges": [rows], "booleanRule": rule}}},
        {"setBasicFilter": {"filter": {"range": rows}}},
    )
    call.batch(lines("insertDimension", 2, 4), lines("insertDimension", 0, 1, "COLUMNS"))
    sheet = call.get()["sheets"][0]
    moved = {"startRowIndex": 1, "endRowIndex": 5, "startColumnIndex": 1, "endColumnIndex": 2}
    assert sheet["merges"] == [{**moved, "startColumnIndex": 3, "endColumnIndex": 5}]
    assert [sheet["protectedRanges"][0]["range"], sheet["conditionalFormats"][0]["ranges"][0]] == [moved, moved]
    assert sheet["basicFilter"]["range"] == moved
    assert call.get()["namedRanges"][0]["range"] == {**moved, "endRowIndex": 2}
    assert person.value(TAB, 7, 3) == "=SUM(B1:B5)+$B$2"
    assert call.values(f"{TAB}!C7") == [[8]]
    call.batch(lines("deleteDimension", 1, 2))
    assert "namedRanges" not in call.get()
    assert person.value(TAB, 6, 3) == "=SUM(B1:B4)+#REF!"
    call.batch({"moveDimension": {"source": lines("x", 3, 4)["x"]["range"], "destinationIndex": 0}})
    assert call.values(f"{TAB}!B1:B2") == [[3], [1]]


def test_tabs_lists_and_line_properties(call: Caller, person: Manager) -> None:
    new = {"title": "新表", "gridProperties": {"rowCount": 5, "columnCount": 3, "frozenRowCount": 1}}
    made = call.batch({"addSheet": {"properties": new}})["replies"][0]["addSheet"]["properties"]
    assert made == {**made, **new, "index": 1, "sheetType": "GRID"}
    rule = {
        "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "是"}]},
        "strict": True,
        "showCustomUi": True,
    }
    where = {
        "sheetId": made["sheetId"],
        "startRowIndex": 1,
        "endRowIndex": 5,
        "startColumnIndex": 0,
        "endColumnIndex": 1,
    }
    properties = {"sheetId": made["sheetId"], "title": "登记", "gridProperties": {"frozenRowCount": 2}}
    columns = {"sheetId": made["sheetId"], "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    call.batch(
        {"setDataValidation": {"range": where, "rule": rule}},
        {
            "repeatCell": {
                "range": where,
                "cell": {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}},
                "fields": "userEnteredFormat.numberFormat",
            }
        },
        {"updateSheetProperties": {"properties": properties, "fields": "title,gridProperties.frozenRowCount"}},
        {"updateDimensionProperties": {"range": columns, "properties": {"pixelSize": 150}, "fields": "pixelSize"}},
    )
    sheet = call.get(ranges="登记", includeGridData=True)["sheets"][0]
    assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 2
    assert sheet["data"][0]["columnMetadata"][0]["pixelSize"] == 150
    assert sheet["data"][0]["rowData"][1]["values"][0]["dataValidation"] == rule
    person.key_in("登记", 2, 1, "是")
    call.batch(
        {
            "updateCells": {
                "start": {"sheetId": made["sheetId"], "rowIndex": 2, "columnIndex": 0},
                "rows": [{"values": [{"userEnteredValue": text("否")}]}],
                "fields": "userEnteredValue",
            }
        }
    )
    assert person.rows("登记") == [[], ["是"], ["否"]], "as assumed, the strict list holds people only"
    person.book.assumptions = type(person.book.assumptions)(strict_lists_refuse_api_writes=True)
    assert "data validation" in call.refused(
        {
            "updateCells": {
                "start": {"sheetId": made["sheetId"], "rowIndex": 3, "columnIndex": 0},
                "rows": [{"values": [{"userEnteredValue": text("否")}]}],
                "fields": "userEnteredValue",
            }
        }
    )


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


# --- all or nothing ---------------------------------------------------------------------------------------------------
_good = st.one_of(
    st.builds(cell, st.integers(0, 9), st.integers(0, 5), st.sampled_from([text("x"), {"numberValue": 1.5}])),
    st.builds(lambda at: lines("insertDimension", at, at + 1), st.integers(0, 9)),
    st.builds(lambda at: lines("deleteDimension", at, at + 1), st.integers(0, 9)),
    st.builds(lambda number: token(f"n{number}", f"名{number}"), st.integers(0, 10**6)),
    st.just({"addSheet": {"properties": {"sheetId": 5, "title": "甲"}}}),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(_good, max_size=4), after=st.lists(_good, max_size=4))
def test_a_batch_is_carried_out_whole_or_not_at_all(google: FakeSheets, before: list[Json], after: list[Json]) -> None:
    google.cloud.quota.enforced = False
    book = google.cloud.new_book("试", TAB, rows=20, columns=6)
    call = Caller(google, book)
    Manager(google.cloud, book).fill(TAB, [["a", 1.0], ["b", 2.0]])
    whole: Callable[[], Json] = lambda: call.get(fields="*")  # noqa: E731
    as_it_was = whole()
    call.refused(*before, {"deleteNamedRange": {"namedRangeId": "没有"}}, *after)
    assert whole() == as_it_was
    answer = call.session.post(f"{call.base}:batchUpdate", json={"requests": [*before, *after, token("end", "末")]})
    assert (answer.status_code == 200) == ("末" in str(whole().get("namedRanges", "")))
    if answer.status_code != 200:
        assert whole() == as_it_was
