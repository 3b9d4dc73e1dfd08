"""One spreadsheet on the local counterpart, the person in it, and the ways to ask it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from tests.fake_sheets import Book, FakeSheets, Manager
from tests.fake_sheets.asking import TAB, Caller
from tests.fake_sheets.through_gspread import TokenSession, session


@pytest.fixture
def book(google: FakeSheets) -> Book:
    return google.cloud.new_book("台账", TAB, rows=20, columns=6)


@pytest.fixture
def person(google: FakeSheets, book: Book) -> Manager:
    return Manager(google.cloud, book)


@pytest.fixture
def call(google: FakeSheets, book: Book) -> Caller:
    return Caller(google, book)


@pytest.fixture
def caller(google: FakeSheets) -> TokenSession:
    return session(google)


@pytest.fixture
def read(google: FakeSheets, book: Book, caller: TokenSession) -> Callable[[], requests.Response]:
    address = f"{google.address}/v4/spreadsheets/{book.id}/values/{TAB}"
    return lambda: caller.get(address, params={"valueRenderOption": "UNFORMATTED_VALUE"})


@pytest.fixture
def write(google: FakeSheets, book: Book, caller: TokenSession) -> Callable[[str], requests.Response]:
    def send(value: str) -> requests.Response:
        start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
        rows = [{"values": [{"userEnteredValue": {"stringValue": value}}]}]
        request = {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}
        body = {"requests": [request], "includeSpreadsheetInResponse": True, "responseIncludeGridData": True}
        return caller.post(f"{google.address}/v4/spreadsheets/{book.id}:batchUpdate", json=body)

    return send


@pytest.fixture
def drive(google: FakeSheets, book: Book, caller: TokenSession) -> Callable[[], requests.Response]:
    fields = "id,name,mimeType,version,modifiedTime,trashed,capabilities/canEdit,lastModifyingUser/emailAddress"
    return lambda: caller.get(f"{google.address}/drive/v3/files/{book.id}", params={"fields": fields})
