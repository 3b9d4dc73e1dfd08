"""Plain requests to one spreadsheet of the server, and the few requests of a batch that tests write again and again."""

from __future__ import annotations

from typing import Any

from tests.fake_sheets.book import Book
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.server import FakeSheets
from tests.fake_sheets.through_gspread import TokenSession, session

TAB = "明细"


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
