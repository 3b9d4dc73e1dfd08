"""The few calls we make, through gspread's client, each paid for at the governor and each failing with a StorageError."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import Any

import gspread
from gspread.urls import DRIVE_FILES_API_V3_URL, SPREADSHEET_BATCH_UPDATE_URL

from sheets.gsheets_account import Account
from sheets.gsheets_address import spreadsheet_url
from sheets.gsheets_cells import DETAILS, GRID, NAMED, PROPERTIES, VALUES, Json
from sheets.gsheets_errors import QuotaUsedUp, translated
from sheets.gsheets_pace import Kind

FILE = "version,trashed,mimeType,name,capabilities/canEdit,lastModifyingUser(displayName,emailAddress)"
LAYOUT = f"{NAMED},sheets({PROPERTIES},merges)"
SHAPE = (
    "spreadsheetId,sheets(properties,merges,protectedRanges,conditionalFormats,data(startRow,startColumn,"
    "rowData(values(userEnteredValue,effectiveValue,note,dataValidation,userEnteredFormat(numberFormat)))))"
)
ANSWER = f"replies,updatedSpreadsheet({NAMED},sheets({PROPERTIES},merges,{GRID}))"


class Calls:
    """One spreadsheet's calls. Used by one thread at a time."""

    def __init__(self, account: Account, id: str) -> None:
        self.account, self.id = account, id
        self.governor = account.governor
        self._client: gspread.HTTPClient | None = None

    def file(self) -> Json:
        """Drive's `files.get`: a cheap look whether anything changed. Not counted among the sixty reads."""
        with self._translated():
            params: Any = {"fields": FILE, "supportsAllDrives": True}
            return self.client.request("get", f"{DRIVE_FILES_API_V3_URL}/{self.id}", params=params).json()

    def layout(self) -> Json:
        """Tabs, merges and named ranges, without any cells."""
        return self._get({"fields": LAYOUT})

    def details(self, ranges: Sequence[str] = ()) -> Json:
        """Everything about the cells of these ranges, of all tabs where none is given; tabs of other ranges are left out."""
        return self._get({"fields": DETAILS, "ranges": list(ranges)} if ranges else {"fields": DETAILS})

    def dressing(self, ranges: Sequence[str]) -> Json:
        """What `shape` looks at: notes, drop-downs, formats, protection and conditional formats of these ranges' tabs."""
        return self._get({"fields": SHAPE, "ranges": list(ranges)})

    def values(self, ranges: Sequence[str], *, paid: bool = False) -> Json:
        """Bare values of whole tabs. `paid`: the governor has let this one pass already."""
        if not paid:
            self.governor.take(Kind.READ)
        with self._translated():
            return self.client.values_batch_get(self.id, list(ranges), params=dict(VALUES))

    def batch(self, requests: Iterable[Json], ranges: Sequence[str] = ()) -> Json:
        """One atomic step. With `ranges`, the answer says what stands there now. Never tried again."""
        self.governor.take(Kind.WRITE)
        body: dict[str, Any] = {"requests": list(requests)}
        if ranges:
            body |= {"includeSpreadsheetInResponse": True, "responseIncludeGridData": True}
            body |= {"responseRanges": list(ranges)}
        with self._translated(writes=True):
            params: Any = {"fields": ANSWER if ranges else "spreadsheetId,replies"}
            return self.client.request("post", SPREADSHEET_BATCH_UPDATE_URL % self.id, params=params, json=body).json()

    def close(self) -> None:
        if self._client is not None:
            self._client.session.close()
            self._client = None

    @property
    def client(self) -> gspread.HTTPClient:
        if self._client is None:
            self._client = self.account.client()
        return self._client

    def _get(self, params: Any) -> Json:
        self.governor.take(Kind.READ)
        with self._translated():
            return self.client.spreadsheets_get(self.id, params=params)

    @contextmanager
    def _translated(self, *, writes: bool = False) -> Any:
        try:
            with translated(spreadsheet_url(self.id), self.account.email, writes=writes):
                yield
        except QuotaUsedUp:
            self.governor.scold()
            raise
