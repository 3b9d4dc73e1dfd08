"""The one spreadsheet of tests/machine.py, on tests/fake_sheets: the manager in the browser, faults, quotas, late batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sheets.cells import plain
from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_cells import Json
from sheets.gsheets_pace import Pace
from sheets.gsheets_stamp import TAB, read_stamp
from sheets.port import Commit, Snapshot, Stamp, Workbook
from sheets.tab import trimmed_rows
from tests.conftest import Clock
from tests.fake_sheets import (
    MANAGER,
    Book,
    Cloud,
    Cut,
    FakeSheets,
    Manager,
    When,
    internal,
    quota_exceeded,
    unavailable,
)
from tests.fake_sheets.content import Content
from tests.fake_sheets.quota import Quota
from tests.google_account import account
from tests.machine_disks import Audit, Grid, Grids, Step, Watched
from tests.machine_effects import Effects

GOOGLE_STEPS = ("started", "asked", "answered", "done")
BATCH, SHEETS, DRIVE = ":batchUpdate", "/v4/", "/drive/"
EVERYTHING = f"{SHEETS}|{DRIVE}"
FAULTS: Sequence[tuple[Exception, When, str]] = (
    (unavailable(), When.BEFORE, BATCH),
    (unavailable(), When.AFTER, BATCH),
    (Cut(), When.AFTER, BATCH),
    (Cut(halfway=True), When.AFTER, BATCH),
    (Cut(), When.BEFORE, BATCH),
    (internal(), When.APPLIED, BATCH),
    (quota_exceeded("Write", True, 60, "271828"), When.BEFORE, BATCH),
    (quota_exceeded("Read", True, 60, "271828"), When.BEFORE, SHEETS),
    (unavailable(), When.BEFORE, SHEETS),
    (internal(), When.BEFORE, DRIVE),
    (Cut(), When.AFTER, SHEETS),
)


class GoogleHands:
    """The calls of MemoryWorkbook's hands. A copy is a version of the whole spreadsheet; restoring it makes a new one."""

    def __init__(self, cloud: Cloud, book: Book) -> None:
        self._cloud, self._book = cloud, book
        self._manager = Manager(cloud, book)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)

    def save_copy(self) -> Content:
        return self._book.content

    def restore(self, copy: Content) -> None:
        with self._cloud.lock:
            self._book.commit(copy.copy(), MANAGER)

    def hold(self) -> None:
        """Google is down. Tokens are still given: without them the library really sleeps, seconds at a time."""
        self._cloud.plans.fail(unavailable(), on=EVERYTHING, times=None)

    def release(self) -> None:
        self._cloud.plans.clear()


class GoogleDisk:
    """See the module. All programs have a client and a governor of their own, as on computers of their own."""

    steps: tuple[str, ...] = GOOGLE_STEPS
    server: FakeSheets | None = None

    def __init__(self, tabs: Mapping[str, Grid], clock: Clock) -> None:
        if GoogleDisk.server is None:
            GoogleDisk.server = FakeSheets(Cloud()).start()
        self._server, self.clock = GoogleDisk.server, clock
        self.cloud = self._server.cloud
        self.cloud.clock = self.cloud.tokens.clock = self.seconds
        self.cloud.quota = Quota(self.seconds)
        self.cloud.plans.clear()
        self.cloud.log.clear()
        self.cloud.books.clear()
        self.book = self.cloud.new_book("账", *tabs, rows=60, columns=16)
        self.hands: Any = GoogleHands(self.cloud, self.book)
        for title, rows in tabs.items():
            self.hands.fill(title, rows)
        self.address = f"https://docs.google.com/spreadsheets/d/{self.book.id}"
        self.asking: Callable[[], object] | None = None
        self.late: Callable[[], object] | None = None
        self.effects = Effects(self.grids, lambda: {sheet.id: sheet.title for sheet in self.book.content.sheets})
        self._opened = 0
        self.is_disturbed = False
        self.is_blind = False  # something was typed that the program has not seen yet: the answer brings it to light

    @classmethod
    def end_server(cls) -> None:
        if cls.server is not None:
            server, cls.server = cls.server, None
            server.stop()
            assert not server.cloud.mismatches, server.cloud.mismatches

    def seconds(self) -> float:
        return (self.clock.now - dt.datetime(2020, 1, 1)).total_seconds()

    def open(self, step: Step, audit: Audit) -> Workbook:
        def wait(seconds: float) -> None:
            self.clock.advance(seconds=seconds)

        google = account(self._server, timer=self.seconds, sleep=wait, unlimited=False)
        self._opened += 1
        pace = Pace() if self._opened % 2 else Pace(whole=0)  # as with small tabs, as with large ones
        workbook = GoogleWorkbook(google, self.book.id, timer=self.seconds, pace=pace)
        asks = workbook._calls.batch

        def batch(requests: Sequence[Json], ranges: Sequence[str] = ()) -> Json:
            requests = list(requests)

            def send() -> Json:
                return self.effects.of(requests, lambda: asks(requests, ranges))

            self.is_blind |= not self._is_as_known(workbook)
            self.asking = send
            step("asked")
            self.asking = None  # nothing comes twice
            answer = send()
            step("answered")
            return answer

        workbook._calls.batch = batch  # type: ignore[method-assign]

        def audit_undisturbed(commit: Commit, after: Snapshot) -> None:
            if not (self.is_disturbed or self.is_blind or after.incidents):
                audit(commit, after)

        def step_of_commit(name: str) -> None:
            self.is_blind &= (
                name != "started"
            )  # a commit may need several batches: seen after the first is not seen before
            step(name)

        return Watched(workbook, audit_undisturbed, step_of_commit)

    def _is_as_known(self, workbook: GoogleWorkbook) -> bool:
        snapshot, grids = workbook._reader.snapshot, self.grids()
        return snapshot is not None and all(
            trimmed_rows(grids.get(title, [])) == sheet.rows for title, sheet in snapshot.sheets.items()
        )

    def exists(self) -> bool:
        return True

    def grids(self, copy: Content | None = None) -> Grids:
        book = self.book if copy is None else self._elsewhere(copy)
        person = Manager(self.cloud, book)
        titles = [sheet.title for sheet in book.content.sheets if sheet.title != TAB]
        return {title: [[plain(value) for value in row] for row in person.rows(title)] for title in titles}

    def is_of_this_commit(self, copy: Content) -> bool:
        """Does this version carry the stamp that stands now, so that nothing tells it from what was typed since?"""
        return self._stamp(self.book) == self._stamp(self._elsewhere(copy))

    def _stamp(self, book: Book) -> Stamp | None:
        person = Manager(self.cloud, book)
        has_one = any(sheet.title == TAB for sheet in book.content.sheets)
        rows = [tuple(plain(value) for value in row) for row in person.rows(TAB)] if has_one else []
        return read_stamp(rows)[0]

    def edited(self, copy: Content, edit: Callable[[Any], None]) -> Content:
        elsewhere = self._elsewhere(copy)
        edit(GoogleHands(self.cloud, elsewhere))
        return elsewhere.content

    def _elsewhere(self, copy: Content) -> Book:
        return Book("elsewhere", copy, self.seconds, MANAGER)

    def frozen(self) -> Callable[[], None]:
        return lambda: None  # what was sent is Google's

    def put_away(self) -> None:
        """The share is withdrawn."""
        self.hands.unshare()

    def impose(self) -> None:
        """The share becomes one for reading."""
        self.hands.share("reader")

    def bring_back(self) -> None:
        self.hands.share("writer")

    def break_next(self, which: int) -> None:
        """The next call that matches meets a fault of Google's or of the network."""
        fault, when, on = FAULTS[which % len(FAULTS)]
        self.cloud.plans.fail(fault, when=when, on=on)

    def arrive(self) -> None:
        """A batch that was on its way while its sender died reaches Google; it may be refused there."""
        late, self.late = self.late, None
        if late is not None:
            late()
