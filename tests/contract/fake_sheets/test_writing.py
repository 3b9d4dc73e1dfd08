"""The local counterpart of Google Sheets writes as Google documents it: whole batches or nothing, inside the grid, typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fake_sheets import Assumptions, FakeSheets, Manager
from tests.fake_sheets.asking import TAB, Caller, cell, lines, text, token
from tests.fake_sheets.ranges import Json


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
        {"setDataValidation": {"range": {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 21}}},
        {"setDataValidation": {"range": {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 7}}},
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


def test_a_name_whose_cells_are_gone_is_not_listed_and_still_in_the_way(call: Caller, person: Manager) -> None:
    call.batch(token("v12"))
    person.delete_row(TAB, 1)
    assert "namedRanges" not in call.get()
    assert "v12 already exists" in call.refused(token("v12", "另一个"))
    assert "already exists" in call.refused(token("v13"))
    assert "No named range" in call.refused({"deleteNamedRange": {"namedRangeId": "v12"}})
    person.delete_named_ranges()
    call.batch(token("v12"))
    person.book.assumptions = Assumptions(named_range_outlives_its_cells=False)
    person.delete_row(TAB, 1)
    call.batch(token("v12"))
    person.add_tab("另一张")
    person.delete_tab(TAB)
    assert "namedRanges" not in call.get()


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
    person.book.assumptions = Assumptions(strict_lists_refuse_api_writes=True)
    assert "data validation" in call.refused(
        {
            "updateCells": {
                "start": {"sheetId": made["sheetId"], "rowIndex": 3, "columnIndex": 0},
                "rows": [{"values": [{"userEnteredValue": text("否")}]}],
                "fields": "userEnteredValue",
            }
        }
    )


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
