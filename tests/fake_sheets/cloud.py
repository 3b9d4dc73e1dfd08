"""Google, as far as this project knows it: accounts, spreadsheets, quotas, and one function that answers a request."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.fake_sheets import checking, drive_api, masks, reading, sheets_api
from tests.fake_sheets.book import SPREADSHEET, Assumptions, Book, new_content, properties_of
from tests.fake_sheets.content import Content, new_sheet
from tests.fake_sheets.discovery import Matched, match
from tests.fake_sheets.masks import Tree
from tests.fake_sheets.plans import Call, Cut, Plans, When
from tests.fake_sheets.quota import Quota
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.refusals import (
    Refusal,
    invalid,
    no_file,
    no_permission,
    no_spreadsheet,
    not_a_spreadsheet,
    service_disabled,
    unauthenticated,
    unsupported,
)
from tests.fake_sheets.tokens import Account, Tokens
from tests.fake_sheets.traffic import Answer, Entry, as_json, kind_of, refused, scope_fits, without_nulls

EMAIL = "console@project-271828.iam.gserviceaccount.com"
MANAGER = "经理@example.com"
_SERVICES = {"sheets": "sheets.googleapis.com", "drive": "drive.googleapis.com"}


class Cloud:
    """Everything behind the address. `clock` counts seconds; `sleep` is only called when `latency` is set.

    What does not fit Google's discovery documents is collected in `mismatches`: a test that used this server fails then.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.time, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self.tokens, self.quota, self.plans = Tokens(clock), Quota(clock), Plans()
        self.books: dict[str, Book] = {}
        self.log: list[Entry] = []
        self.mismatches: list[str] = []
        self.disabled: set[str] = set()
        self.latency = 0.0
        self.address = ""
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)

    # --- what a test sets up -----------------------------------------------------------------------------------------
    def account(self, email: str = EMAIL, project: str = "271828") -> Account:
        """The service account of this address, made at the first call."""
        return self.tokens.accounts.get(email) or self.tokens.add(email, project, number=len(self.tokens.accounts))

    def credentials(self, email: str = EMAIL) -> Json:
        """The key file of the account, its token_uri pointing to this server."""
        return self.account(email).info(self.address)

    def new_book(
        self,
        title: str = "台账",
        *tabs: str,
        share: str = EMAIL,
        role: str = "writer",
        rows: int = 1000,
        columns: int = 26,
    ) -> Book:
        """A spreadsheet of the manager, shared with the service account unless `share` is empty."""
        content = new_content(title, tabs or ("工作表1",), rows=rows, columns=columns)
        return self._keep(content, MANAGER, {share: role} if share else {})

    def _keep(self, content: Content, owner: str, shares: dict[str, str]) -> Book:
        book_id = f"1Fake{next(self._numbers):04d}_{'x' * 34}"
        self.books[book_id] = Book(book_id, content, self.clock, owner, shares, assumptions=Assumptions())
        return self.books[book_id]

    @contextlib.contextmanager
    def expecting_mismatches(self) -> Iterator[list[str]]:
        """For tests of wrong requests: what is found meanwhile is handed over and does not fail the test."""
        before, mine = self.mismatches, list[str]()
        self.mismatches = mine
        try:
            yield mine
        finally:
            self.mismatches = before

    # --- the one way in ----------------------------------------------------------------------------------------------
    def answer(self, call: Call) -> Answer:
        """Everything that happens to one request, in order; never raises."""
        self._wait()
        try:
            self.plans.run(When.BEFORE, call)
            answer = self._served(call)
            self.plans.run(When.AFTER, call)
        except Refusal as refusal:
            if refusal.status == 501:
                self.mismatches.append(f"{call.line}: {refusal.message}")
            answer = refused(refusal, call)
        except Cut as cut:
            answer = Answer(0, b'{"spreadsheetId"', cut=cut)
        self._wait()
        self._note(call, answer)
        return answer

    def _wait(self) -> None:
        if self.latency:
            self.sleep(self.latency / 2)

    def _note(self, call: Call, answer: Answer) -> None:
        matched = match(call.http, call.path)
        method = matched.method.id if matched else ""
        kind = "token" if call.path == "/token" else kind_of(method) if matched else "unknown"
        person = self._person(call)
        sent = 0 if answer.cut else len(answer.body)
        self.log.append(
            Entry(self.clock(), call.http, call.path, method, kind, answer.status, len(call.body), sent, person)
        )

    def _person(self, call: Call) -> str:
        holder = self.tokens.holder(call.headers.get("authorization", ""))
        return holder[0].email if holder else ""

    def _served(self, call: Call) -> Answer:
        if call.line == "POST /token":
            status, found = self.tokens.exchange(call.body, self.address)
            return Answer(status, as_json(found))
        matched = match(call.http, call.path)
        if matched is None:
            self.mismatches.append(f"{call.line}: no such method")
            return Answer(404, b"<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>")
        with self.lock:
            account = self._admitted(call, matched)
            body, mask = self._understood(call, matched)
            found = self._carried_out(call, matched, account, body, mask)
            if mask and matched.method.api == "sheets":
                found = masks.select(found, mask)
            self.mismatches.extend(checking.answer_faults(matched, found))
        return Answer(200, as_json(found))

    def _admitted(self, call: Call, matched: Matched) -> Account:
        """Whoever calls: known, allowed to use the API, and within the quota."""
        holder = self.tokens.holder(call.headers.get("authorization", ""))
        if holder is None:
            raise unauthenticated()
        account, scopes = holder
        service = _SERVICES[matched.method.api]
        if service in self.disabled:
            raise service_disabled(service, account.project)
        if not scope_fits(matched, scopes):
            raise Refusal(403, "Request had insufficient authentication scopes.", reason="insufficientPermissions")
        if matched.method.api == "sheets":
            self.quota.spend(kind_of(matched.method.id).capitalize(), account.email, account.project)
        return account

    def _understood(self, call: Call, matched: Matched) -> tuple[Any, Tree | None]:
        """Body and mask; what the discovery document does not know is noted and refused, as Google refuses it."""
        try:
            body = json.loads(call.body) if call.body else {}
        except ValueError:
            raise invalid("Invalid JSON payload received. Unexpected end of string.") from None
        mask, faults = checking.mask_of(matched, call.query)
        faults += checking.request_faults(matched, call.query, body)
        self.mismatches.extend(faults)
        # Drive lets a parameter pass that it does not know (gspread sends one); it is noted all the same.
        grave = [fault for fault in faults if matched.method.api == "sheets" or "unknown query parameter" not in fault]
        if grave:
            raise invalid(f"Invalid JSON payload received. {grave[0]}")
        return without_nulls(body), mask

    def _carried_out(self, call: Call, matched: Matched, account: Account, body: Any, mask: Tree | None) -> Json:
        name, person = matched.method.id, account.email
        if name == "drive.files.list":
            drive_api.check_page(call.query)
            return drive_api.listed(self.books.values(), person, call.query, mask)
        if name == "sheets.spreadsheets.create":
            return self._created(person, body)
        if matched.method.api == "drive":
            book = self._file(matched.path["fileId"], person)
            if name == "drive.files.get" and "alt" not in call.query:
                return drive_api.get(book, person, mask)
            if name == "drive.revisions.list":
                return drive_api.revisions(book, mask)
            raise unsupported(name)
        book = self._book(matched.path["spreadsheetId"], person, write=name in sheets_api.WRITES)
        year = time.gmtime(self.clock()).tm_year
        asked = sheets_api.Asked(book, person, matched.path, call.query, body, mask, year)
        asked.applied = lambda: self.plans.run(When.APPLIED, call)
        handler = sheets_api.READS.get(name) or sheets_api.WRITES.get(name)
        if handler is None:
            raise unsupported(name)
        return handler(asked)

    def _book(self, book_id: str, person: str, *, write: bool) -> Book:
        book = self.books.get(book_id)
        if book is None or book.deleted:
            raise no_spreadsheet()
        role = book.role(person)
        if role is None or (write and role != "writer"):
            raise no_permission()
        if book.mime_type != SPREADSHEET:
            raise not_a_spreadsheet()
        return book

    def _file(self, book_id: str, person: str) -> Book:
        """Drive does not tell a file that is not shared from one that does not exist."""
        book = self.books.get(book_id)
        if book is None or book.deleted or book.role(person) is None:
            raise no_file(book_id)
        return book

    def _created(self, person: str, body: Json) -> Json:
        properties = properties_of("无标题的电子表格", body.get("properties"))
        content = Content(properties, [])
        for number, item in enumerate(body.get("sheets") or [{}]):
            given = item.get("properties", {})
            grid = given.get("gridProperties", {})
            size = grid.get("rowCount", 1000), grid.get("columnCount", 26)
            new_id = given.get("sheetId", content.free_id(sheet.id for sheet in content.sheets) if number else 0)
            content.sheets.append(new_sheet(new_id, given.get("title", f"工作表{number + 1}"), *size))
        content.check_size()
        book = self._keep(content, person, {})
        return reading.spreadsheet(book, person, [], grid=False, mask=None)
