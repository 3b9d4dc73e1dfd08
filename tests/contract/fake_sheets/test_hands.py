"""What a person does in the browser, as the local counterpart plays it: each a change of its own that the API sees at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets.port import Serial
from tests.fake_sheets import MANAGER, Assumptions, Cloud, FakeSheets, Manager, Refusal
from tests.fake_sheets.asking import TAB
from tests.fake_sheets.batch_common import Batch
from tests.fake_sheets.batch_things import add_named_range
from tests.fake_sheets.calculating import Calculator
from tests.fake_sheets.metadata import create
from tests.fake_sheets.ranges import Box, as_json
from tests.fake_sheets.through_gspread import session


@pytest.fixture
def person(google: FakeSheets) -> Manager:
    manager = Manager(google.cloud, google.cloud.new_book("台账", TAB, rows=8, columns=4))
    manager.fill(TAB, [["名", "数"], ["丙", 3.0], ["甲", 1.0], ["乙", 2.0]])
    return manager


def test_every_change_is_a_version(person: Manager) -> None:
    versions: list[int] = []
    for change in (
        lambda: person.type(TAB, 2, 1, "丁"),
        lambda: person.key_in(TAB, 2, 2, "=1+1"),
        lambda: person.clear(TAB, 2, 2),
        lambda: person.note(TAB, 1, 1, "批注"),
        lambda: person.format(TAB, 1, 1, {"textFormat": {"bold": True}}),
        lambda: person.insert_row(TAB, 2),
        lambda: person.delete_row(TAB, 2),
        lambda: person.move_row(TAB, 2, 5),
        lambda: person.insert_column(TAB, 1),
        lambda: person.move_column(TAB, 2, 4),
        lambda: person.delete_column(TAB, 1),
        lambda: person.copy_row(TAB, 3, 4),
        lambda: person.cut_row(TAB, 3, 5),
        lambda: person.sort(TAB, 2, 1),
        lambda: person.filter(TAB, 1, "甲"),
        lambda: person.clear_filter(TAB),
        lambda: person.merge(TAB, 6, 1, 7, 2),
        lambda: person.add_tab("第二张"),
        lambda: person.rename_tab(TAB, "改名"),
        lambda: person.delete_tab("第二张"),
        lambda: person.rename_file("新台账"),
        lambda: person.touch(),
    ):
        change()
        versions.append(person.book.version)
    assert versions == sorted(set(versions))


def test_rows_go_where_they_are_moved(person: Manager) -> None:
    person.sort(TAB, 2, 1)
    assert person.rows(TAB)[1:] == [["丙", 3], ["乙", 2], ["甲", 1]]
    person.sort(TAB, 2, 2, descending=True)
    assert [row[1] for row in person.rows(TAB)[1:]] == [3, 2, 1]
    person.move_row(TAB, 2, 5)
    assert [row[1] for row in person.rows(TAB)[1:]] == [2, 1, 3]
    person.cut_row(TAB, 2, 4)
    assert person.rows(TAB)[1:] == [[], ["甲", 1], ["乙", 2]]
    person.copy_row(TAB, 3, 2)
    assert person.rows(TAB)[1] == ["甲", 1]
    person.delete_row(TAB, 1, 2)
    assert person.rows(TAB) == [["甲", 1], ["乙", 2]]


def test_columns_go_where_they_are_moved(person: Manager) -> None:
    person.move_column(TAB, 2, 1)
    assert person.rows(TAB)[0] == ["数", "名"]
    person.insert_column(TAB, 2)
    assert person.rows(TAB)[0] == ["数", None, "名"]
    person.delete_column(TAB, 1)
    assert person.rows(TAB)[1] == [None, "丙"]


def test_references_to_whole_columns_follow_a_moved_column(person: Manager) -> None:
    person.key_in(TAB, 6, 4, "=SUM(B:B)+COUNTA($A:B)")
    person.insert_column(TAB, 2)
    assert person.value(TAB, 6, 5) == "=SUM(C:C)+COUNTA($A:C)"
    person.delete_column(TAB, 3)
    assert person.value(TAB, 6, 4) == "=SUM(#REF!)+COUNTA($A:B)"


def test_a_formula_sorted_or_copied_speaks_of_its_own_row(person: Manager) -> None:
    for row in (2, 3, 4):
        person.key_in(TAB, row, 3, f"=B{row}*$B$1")
    person.sort(TAB, 2, 2)
    assert [person.value(TAB, row, 3) for row in (2, 3, 4)] == ["=B2*$B$1", "=B3*$B$1", "=B4*$B$1"]
    person.copy_row(TAB, 2, 6)
    assert person.value(TAB, 6, 3) == "=B6*$B$1"


def test_typing_exactly_and_keys_pressed(person: Manager) -> None:
    person.type(TAB, 2, 1, "00123")
    person.type(TAB, 2, 2, Serial.of(dt.datetime(2026, 11, 22, 9, 30)))
    person.key_in(TAB, 3, 1, "00123")
    person.key_in(TAB, 3, 2, "'00123")
    assert person.rows(TAB)[1:3] == [["00123", 46348 + 9.5 / 24], [123, "00123"]]
    person.type(TAB, 9, 5, "beyond the grid")
    assert (len(person.tab(TAB).rows), len(person.tab(TAB).columns)) == (9, 5)


def test_a_strict_list_refuses_what_a_person_keys_in(google: FakeSheets, person: Manager) -> None:
    where = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 1}
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "甲"}]}, "strict": True}
    body = {"requests": [{"setDataValidation": {"range": where, "rule": rule}}]}
    session(google).post(f"{google.address}/v4/spreadsheets/{person.book.id}:batchUpdate", json=body)
    with pytest.raises(Refusal, match="data validation"):
        person.key_in(TAB, 2, 1, "戊")
    person.key_in(TAB, 2, 1, "甲")
    assert person.value(TAB, 2, 1) == "甲"


def test_what_the_api_sees_of_filters_and_merges(google: FakeSheets, person: Manager) -> None:
    person.filter(TAB, 1, "甲", "")
    person.merge(TAB, 2, 1, 3, 2)
    call = session(google)
    found: dict[str, Any] = call.get(
        f"{google.address}/v4/spreadsheets/{person.book.id}",
        params={
            "fields": "sheets(basicFilter,merges,data(rowMetadata.hiddenByFilter,rowData.values.userEnteredValue))"
        },
    ).json()["sheets"][0]
    hidden = [number for number, row in enumerate(found["data"][0]["rowMetadata"], 1) if row.get("hiddenByFilter")]
    assert hidden == [2, 4]
    assert found["basicFilter"]["criteria"] == {"0": {"hiddenValues": ["丙", "乙"]}}
    assert found["merges"] == [{"startRowIndex": 1, "endRowIndex": 3, "endColumnIndex": 2}]
    assert person.rows(TAB)[1:3] == [["丙"], []], "a merge keeps the first value only"
    person.clear_filter(TAB)
    assert not any(row.properties.get("hiddenByFilter") for row in person.tab(TAB).rows)


def test_formulas_follow_a_renamed_tab(person: Manager) -> None:
    person.add_tab("汇总")
    person.key_in("汇总", 1, 1, f"='{TAB}'!B2+{TAB}!B3")
    person.rename_tab(TAB, "新 名")
    assert person.value("汇总", 1, 1) == "='新 名'!B2+'新 名'!B3"


@pytest.mark.parametrize("follows", [False, True])
def test_row_metadata_under_a_sort_is_as_assumed(google: FakeSheets, person: Manager, follows: bool) -> None:
    person.book.assumptions = Assumptions(row_metadata_follows_a_sort=follows)
    place = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    item = {"metadataKey": "行", "visibility": "DOCUMENT", "location": place}
    body = {"requests": [{"createDeveloperMetadata": {"developerMetadata": item}}]}
    session(google).post(f"{google.address}/v4/spreadsheets/{person.book.id}:batchUpdate", json=body)
    person.sort(TAB, 2, 2)
    [marked] = [number for number, row in enumerate(person.tab(TAB).rows, 1) if row.metadata]
    assert marked == (4 if follows else 2), "the row of 丙 went from 2 to 4"


_move = st.one_of(
    st.tuples(st.just("insert_row"), st.integers(1, 12)),
    st.tuples(st.just("delete_row"), st.integers(1, 12)),
    st.tuples(st.just("move_row"), st.integers(1, 12), st.integers(1, 12)),
)


@settings(max_examples=80, deadline=None)
@given(moves=st.lists(_move, max_size=8), wanted=st.integers(0, 9))
def test_whatever_names_a_row_goes_where_the_row_goes(moves: list[tuple[Any, ...]], wanted: int) -> None:
    """Against a plain list: a reference, a count, a named range, metadata and the values themselves."""
    cloud = Cloud()
    book = cloud.new_book("台账", TAB, "算", rows=40, columns=3)
    person, model = Manager(cloud, book), [str(number) for number in range(10)] + [""] * 30
    person.fill(TAB, [[label] for label in model[:10]])
    person.key_in("算", 1, 1, f"={TAB}!A{wanted + 1}")
    person.key_in("算", 2, 1, f"=COUNTA('{TAB}'!A:A)")
    batch = Batch(book, book.content.copy(), MANAGER)
    where = as_json(Box(0, wanted, 0, wanted + 1, 1))
    add_named_range(batch, {"namedRange": {"namedRangeId": "n", "name": "名", "range": where}})
    row = {"sheetId": 0, "dimension": "ROWS", "startIndex": wanted, "endIndex": wanted + 1}
    item = {"metadataKey": "行", "visibility": "DOCUMENT", "location": {"dimensionRange": row}}
    create(batch, {"developerMetadata": item})
    book.commit(batch.content, MANAGER)
    for name, *numbers in moves:
        getattr(person, name)(TAB, *numbers)
        line = numbers[0] - 1
        if name == "insert_row":
            model.insert(line, "")
        elif name == "delete_row":
            del model[line]
        else:
            label, to = model[line], numbers[1] - 1
            model.insert(to, label)
            del model[line if to > line else line + 1]
    rows = [(row or [""])[0] for row in person.rows(TAB)]
    assert rows == model[: len(rows)]
    assert not any(model[len(rows) :])
    content = book.content
    calculator, sums = Calculator(content), content.sheets[1]
    alive = str(wanted) in model
    found = calculator.effective(sums, 0, 0) or {}
    assert (found.get("stringValue") == str(wanted)) == alive
    assert calculator.effective(sums, 1, 0) == {"numberValue": sum(label != "" for label in model)}
    named = [content.find("名").top] if "range" in content.named["n"] else []
    marked = [number for number, line in enumerate(content.sheets[0].rows) if line.metadata]
    assert named == marked == ([model.index(str(wanted))] if alive else [])
