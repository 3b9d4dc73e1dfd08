"""The local counterpart fails as Google fails: quotas, outages before and after applying, credentials, shares."""

from __future__ import annotations

from collections.abc import Callable

import gspread
import pytest
import requests
from google.auth.exceptions import RefreshError

from tests.conftest import Clock
from tests.fake_sheets import (
    OFFICE_FILE,
    WRONG_TIME,
    Book,
    Cut,
    FakeSheets,
    Manager,
    When,
    internal,
    quota_exceeded,
    unauthenticated,
    unavailable,
)
from tests.fake_sheets.asking import TAB
from tests.fake_sheets.through_gspread import TokenSession, session

Read = Callable[[], requests.Response]
Write = Callable[[str], requests.Response]


def reason(answer: requests.Response) -> str:
    return next(part["reason"] for part in answer.json()["error"]["details"] if "reason" in part)


# --- quota ------------------------------------------------------------------------------------------------------------
def test_sixty_reads_a_minute_and_then_429(google: FakeSheets, clock: Clock, read: Read, write: Write) -> None:
    clock.advance(hours=1)
    assert [read().status_code for _ in range(60)] == [200] * 60
    refused = read()
    assert (refused.status_code, reason(refused)) == (429, "RATE_LIMIT_EXCEEDED")
    assert refused.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert "'Read requests per minute per user'" in refused.json()["error"]["message"]
    assert write("writes are counted apart").status_code == 200
    clock.advance(seconds=59)
    assert read().status_code == 429
    clock.advance(seconds=1)
    assert read().status_code == 200


def test_a_project_has_three_hundred_for_all_its_accounts(google: FakeSheets, book: Book, person: Manager) -> None:
    emails = [f"no{number}@project-271828.iam.gserviceaccount.com" for number in range(6)]
    statuses: list[int] = []
    for email in emails:
        google.cloud.account(email)
        person.share(email=email)
        address = f"{google.address}/v4/spreadsheets/{book.id}"
        with session(google, email) as own:
            statuses += [own.get(address).status_code for _ in range(51)]
    assert (statuses.count(200), statuses[300:]) == (300, [429] * 6)


def test_drive_and_tokens_do_not_count_as_reads(google: FakeSheets, read: Read, drive: Read) -> None:
    for _ in range(70):
        assert drive().status_code == 200
    assert read().status_code == 200
    assert [entry.kind for entry in google.cloud.log] == ["token"] + ["drive"] * 70 + ["read"]
    last = google.cloud.log[-1]
    assert (last.method, last.status, last.received) == ("sheets.spreadsheets.values.get", 200, 0)
    assert last.sent > 0


# --- outages ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "status"),
    [(unavailable(), 503), (internal(), 500), (quota_exceeded("Write", True, 60, "271828"), 429)],
)
@pytest.mark.parametrize(("when", "rows"), [(When.BEFORE, []), (When.APPLIED, [["a"]]), (When.AFTER, [["a"]])])
def test_an_error_before_or_after_applying(
    google: FakeSheets, person: Manager, write: Write, fault: Exception, status: int, when: When, rows: list[list[str]]
) -> None:
    google.cloud.plans.fail(fault, when=when, on="POST .*:batchUpdate")
    assert write("a").status_code == status
    assert person.rows(TAB) == rows
    assert write("b").status_code == 200


@pytest.mark.parametrize("cut", [Cut(), Cut(halfway=True)])
@pytest.mark.parametrize(("when", "rows"), [(When.BEFORE, []), (When.AFTER, [["a"]])])
def test_a_connection_cut_before_or_after_applying(
    google: FakeSheets, person: Manager, write: Write, cut: Cut, when: When, rows: list[list[str]]
) -> None:
    google.cloud.plans.fail(cut, when=when, on=":batchUpdate")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        write("a")
    assert person.rows(TAB) == rows
    assert google.cloud.log[-1].status == 0
    assert write("b").status_code == 200


def test_latency_passes_on_the_injected_clock(google: FakeSheets, clock: Clock, read: Read) -> None:
    assert read().status_code == 200
    before = clock()
    google.cloud.latency = 0.3
    assert read().status_code == 200
    assert (clock() - before).total_seconds() == pytest.approx(0.3)


# --- credentials ------------------------------------------------------------------------------------------------------
def test_an_expired_token_is_renewed_by_the_client(google: FakeSheets, clock: Clock, read: Read) -> None:
    assert read().status_code == 200
    clock.advance(hours=2)
    assert read().status_code == 200
    google.cloud.tokens.expire()
    assert read().status_code == 200
    kinds = [(entry.kind, entry.status) for entry in google.cloud.log]
    renewed = [("read", 401), ("token", 200), ("read", 200)]
    assert kinds == [("token", 200), ("read", 200), *renewed, *renewed]
    google.cloud.plans.fail(unauthenticated(), on="GET")
    assert read().status_code == 200


def test_a_revoked_credential_gets_no_token_any_more(google: FakeSheets, read: Read) -> None:
    assert read().status_code == 200
    google.cloud.account().revoked = True
    with pytest.raises(RefreshError, match="invalid_grant"):
        read()


def test_a_computer_with_a_wrong_clock_gets_no_token(google: FakeSheets, read: Read) -> None:
    google.cloud.tokens.refusing = WRONG_TIME
    with pytest.raises(RefreshError, match="reasonable timeframe"):
        read()


def test_an_office_file_is_not_a_spreadsheet(book: Book, read: Read, drive: Read) -> None:
    book.mime_type = OFFICE_FILE
    refused = read()
    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert drive().json()["mimeType"].endswith("spreadsheetml.sheet")


def test_a_forged_or_unknown_assertion_gets_no_token(google: FakeSheets, book: Book) -> None:
    google.cloud.account("other@x.iam.gserviceaccount.com")
    info = google.cloud.credentials()
    forged = {**google.cloud.credentials("other@x.iam.gserviceaccount.com"), "client_email": info["client_email"]}
    unknown = {**info, "client_email": "nobody@x.iam.gserviceaccount.com"}
    for wrong in (forged, unknown):
        held = gspread.service_account_from_dict(wrong)
        with pytest.raises(RefreshError, match="invalid_grant"):
            held.http_client.login()
    assert requests.get(f"{google.address}/v4/spreadsheets/{book.id}", timeout=5).status_code == 401


def test_scopes_are_looked_at(google: FakeSheets, book: Book) -> None:
    only_drive = "https://www.googleapis.com/auth/drive.readonly"
    with session(google, scopes=[only_drive]) as narrow:
        address = f"{google.address}/v4/spreadsheets/{book.id}"
        assert narrow.get(address).status_code == 200
        body = {"requests": [{"addSheet": {}}]}
        assert narrow.post(f"{address}:batchUpdate", json=body).status_code == 403


@pytest.mark.parametrize(("service", "path"), [("sheets", "/v4/spreadsheets/"), ("drive", "/drive/v3/files/")])
def test_an_api_that_was_never_enabled(
    google: FakeSheets, book: Book, caller: TokenSession, service: str, path: str
) -> None:
    google.cloud.disabled.add(f"{service}.googleapis.com")
    refused = caller.get(google.address + path + book.id)
    assert (refused.status_code, reason(refused)) == (403, "SERVICE_DISABLED")
    assert refused.json()["error"]["details"][1]["metadata"]["service"] == f"{service}.googleapis.com"
    assert "it is disabled" in refused.json()["error"]["message"]


# --- the file ---------------------------------------------------------------------------------------------------------
def test_a_withdrawn_share_a_deleted_file_a_read_only_share(
    person: Manager, read: Read, write: Write, drive: Read
) -> None:
    person.share("reader")
    assert (read().status_code, write("a").status_code) == (200, 403)
    assert drive().json()["capabilities"] == {"canEdit": False}
    person.unshare()
    refused = read()
    assert (refused.status_code, refused.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    missing = drive()
    assert (missing.status_code, missing.json()["error"]["errors"][0]["reason"]) == (404, "notFound")
    person.share()
    person.trash()
    assert (write("a").status_code, drive().json()["trashed"]) == (200, True)
    person.delete_file()
    assert (read().status_code, drive().status_code) == (404, 404)


def test_another_persons_protection_holds_the_service_account_up(person: Manager, write: Write) -> None:
    person.protect(TAB, 1, 1, 5, 6)
    refused = write("a")
    assert (refused.status_code, "protected cell" in refused.text) == (400, True)
    person.share()
    person.restore(1)
    assert write("a").status_code == 200
