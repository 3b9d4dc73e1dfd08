"""One workbook of each kind, filled and handled with the same calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import openpyxl
import pytest

from sheets.gsheets import GoogleWorkbook
from sheets.memory import MemoryWorkbook, sheet_of
from sheets.port import Snapshot, Value, Workbook
from sheets.xlsx import XlsxWorkbook
from tests.conftest import Clock
from tests.fake_sheets import FakeSheets, Manager, running
from tests.google_account import AT_ONCE, account
from tests.hands import Hands
from tests.one_child import OneChild

TAB = "银行转账明细表"


class Person(Protocol):
    """What the person in the sheet can do, whatever the workbook is."""

    def type(self, sheet: str, row: int, column: int, value: Value) -> None: ...
    def insert_row(self, sheet: str, row: int) -> None: ...
    def delete_row(self, sheet: str, row: int) -> None: ...
    def sort(self, sheet: str, first_row: int, column: int, *, descending: bool = False) -> None: ...
    def copy_row(self, sheet: str, row: int, to: int) -> None: ...
    def save_copy(self) -> Any: ...
    def restore(self, copy: Any) -> None: ...
    def hold(self, holder: str = "王经理") -> None: ...
    def release(self) -> None: ...


@dataclass(frozen=True)
class Subject:
    """A workbook under test and the person in it."""

    workbook: Workbook
    person: Person

    def read(self) -> Snapshot:
        return self.workbook.read()

    def rows(self) -> Sequence[tuple[Value, ...]]:
        return self.workbook.read().sheets[TAB].rows


class GoogleHands(Manager):
    """The manager in the browser. Nobody can hold a spreadsheet open there."""

    def hold(self, holder: str = "王经理") -> None:
        pytest.skip("nobody holds a spreadsheet: everybody types at once")

    def release(self) -> None:
        """See `hold`."""


Make = Callable[..., Subject]


@pytest.fixture(scope="session")
def shared_google() -> Iterator[FakeSheets]:
    """One server for all tests; each makes spreadsheets of its own in it. Nothing may be asked that Google does not know."""
    with running() as server:
        yield server
    assert not server.cloud.mismatches, server.cloud.mismatches


@pytest.fixture(params=["memory", "xlsx", "google"])
def make(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    shared_google: FakeSheets,
) -> Iterator[Make]:
    """Makes a workbook with one tab of the rows given; without rows it does not exist yet."""
    monkeypatch.setattr("sheets.xlsx.Child", OneChild)
    made: list[Workbook] = []

    def memory(*rows: Sequence[Value], exists: bool = True) -> Subject:
        workbook = MemoryWorkbook([sheet_of(TAB, *rows)] if exists else None)
        made.append(workbook)
        return Subject(workbook, workbook)

    def xlsx(*rows: Sequence[Value], exists: bool = True) -> Subject:
        path = tmp_path / "台账.xlsx"
        if exists:
            book = openpyxl.Workbook()
            assert book.active is not None
            book.active.title = TAB
            book.save(path)
        workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
        made.append(workbook)
        hands = Hands(path)
        if rows:
            hands.fill(TAB, rows)
        return Subject(workbook, hands)

    def spreadsheet(*rows: Sequence[Value], exists: bool = True) -> Subject:
        shared_google.cloud.quota.enforced = False
        book = shared_google.cloud.new_book("台账", TAB)
        person = GoogleHands(shared_google.cloud, book)
        if rows:
            person.fill(TAB, rows)
        if not exists:
            person.delete_file()
        workbook = GoogleWorkbook(account(shared_google), book.id, timer=time.monotonic, pace=AT_ONCE)
        made.append(workbook)
        return Subject(workbook, person)

    yield {"memory": memory, "xlsx": xlsx, "google": spreadsheet}[request.param]
    for workbook in made:
        workbook.close()
