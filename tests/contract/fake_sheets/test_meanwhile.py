"""What happens meanwhile: versions, people in the very moment of a request; and what does not fit Google's documents."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from tests.conftest import Clock
from tests.fake_sheets import Book, FakeSheets, Manager, When, unavailable
from tests.fake_sheets.asking import TAB
from tests.fake_sheets.through_gspread import TokenSession, client, session

Read = Callable[[], requests.Response]
Write = Callable[[str], requests.Response]


def test_the_version_grows_with_every_change_and_may_be_shown_late(
    book: Book, person: Manager, clock: Clock, write: Write, drive: Read
) -> None:
    first = drive().json()
    assert (first["name"], first["lastModifyingUser"]) == ("台账", {"emailAddress": person.name})
    write("a")
    second = drive().json()
    assert int(second["version"]) > int(first["version"])
    assert second["lastModifyingUser"]["emailAddress"].endswith("gserviceaccount.com")
    book.version_delay = 30
    clock.advance(seconds=31)
    person.type(TAB, 5, 1, "手改")
    assert drive().json()["version"] == second["version"]
    clock.advance(seconds=30)
    late = int(drive().json()["version"])
    assert late > int(second["version"])
    person.touch()
    clock.advance(seconds=30)
    assert int(drive().json()["version"]) > late


def test_a_restored_version_brings_everything_back(
    google: FakeSheets, book: Book, person: Manager, write: Write
) -> None:
    sheet = client(google).open_by_key(book.id)
    sheet.worksheet(TAB).define_named_range("A1", "版次")
    copy = person.save_copy()
    write("a")
    person.rename_tab(TAB, "改了名")
    person.delete_named_ranges()
    assert (sheet.list_named_ranges(), person.rows("改了名")) == ([], [["a"]])
    person.restore(copy)
    assert ([each["name"] for each in sheet.list_named_ranges()], person.rows(TAB)) == (["版次"], [])
    assert book.version > copy


# --- what happens in the very moment ----------------------------------------------------------------------------------
def test_a_person_edits_between_our_read_and_our_write(
    google: FakeSheets, person: Manager, read: Read, write: Write
) -> None:
    person.fill(TAB, [["old", "x"], ["b"]])
    google.cloud.plans.do(lambda _: person.insert_row(TAB, 1), on=":batchUpdate")
    assert read().json()["values"] == [["old", "x"], ["b"]]
    assert write("mine").status_code == 200
    assert person.rows(TAB) == [["mine"], ["old", "x"], ["b"]], "the row it was meant for had moved down"


def test_a_person_edits_between_applying_and_answering(google: FakeSheets, person: Manager, write: Write) -> None:
    google.cloud.plans.do(lambda _: person.type(TAB, 1, 2, "seen"), when=When.APPLIED)
    google.cloud.plans.do(lambda _: person.type(TAB, 1, 3, "not seen"), when=When.AFTER, on=":batchUpdate")
    rows = write("mine").json()["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"]
    values = [item["userEnteredValue"]["stringValue"] for item in rows[0]["values"]]
    assert values == ["mine", "seen"]
    assert person.rows(TAB) == [["mine", "seen", "not seen"]]


def test_another_request_may_come_in_between(google: FakeSheets, person: Manager, read: Read, write: Write) -> None:
    """The moment before is outside every lock, so that a second console can go first."""
    google.cloud.plans.do(lambda _: write("other"), on="GET .*values")
    assert read().json()["values"] == [["other"]]


# --- what does not fit ------------------------------------------------------------------------------------------------
def test_what_google_would_not_know_is_refused_and_noted(google: FakeSheets, book: Book, caller: TokenSession) -> None:
    base = f"{google.address}/v4/spreadsheets"
    with google.cloud.expecting_mismatches() as wrong:
        answers = [
            caller.get(f"{base}/{book.id}", params={"color": "red"}),
            caller.get(f"{base}/{book.id}/values/{TAB}", params={"valueRenderOption": "PRETTY"}),
            caller.post(f"{base}/{book.id}:batchUpdate", json={"requests": [{"addSheet": {"title": "x"}}]}),
            caller.post(
                f"{base}/{book.id}:batchUpdate", json={"requests": [{"addSheet": {"properties": {"index": "1"}}}]}
            ),
            caller.get(f"{base}/{book.id}/rows"),
            caller.post(f"{base}/{book.id}:batchUpdate", json={"requests": [{"deleteTable": {"tableId": "t"}}]}),
        ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 404, 501]
    assert len(wrong) == 6
    assert wrong[2] == "sheets.spreadsheets.batchUpdate.requests[0].addSheet: unknown field title"
    assert not google.cloud.mismatches


def test_an_answer_that_google_would_not_give_is_noted(google: FakeSheets, person: Manager, read: Read) -> None:
    tab = person.book.content.writable(0)
    tab.settings = {"colour": "red"}
    with google.cloud.expecting_mismatches() as wrong:
        session(google).get(f"{google.address}/v4/spreadsheets/{person.book.id}")
    assert wrong == ["sheets.spreadsheets.get answer.sheets[0].properties: unknown field colour"]


def test_a_test_that_used_the_server_fails_with_a_mismatch_or_a_plan_left_over(google: FakeSheets) -> None:
    google.cloud.mismatches.append("no such field")
    with pytest.raises(AssertionError, match="no such field"):
        google.check()
    google.cloud.mismatches.clear()
    google.cloud.plans.fail(unavailable())
    with pytest.raises(AssertionError, match="never happened"):
        google.check()
    google.cloud.plans.clear()
