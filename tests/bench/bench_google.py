"""Thirty people for ten minutes on two spreadsheets, under Google's real quotas, in simulated time.

python -m tests.bench.bench_google [--minutes 10] [--staff 30]

Everybody saves about once a minute, a manager types into each spreadsheet every fifteen seconds; every call takes 300 ms.
How long a save takes while nobody is queueing is measured with one person.
Beside it, on the same work: the naive way with gspread (open, worksheet, get_all_records, update a cell) and the calls that
st-gsheets-connection documents for read and update (read all, clear, write all).
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import gspread
import pytest

from logic.asking import Ask
from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_account import Account
from sheets.gsheets_pace import Governor
from sheets.services import Keeper
from sheets.store import Store
from tests.conftest import Clock
from tests.fake_sheets import Book, Cloud, FakeSheets, Manager, running
from tests.fake_sheets.through_gspread import client
from tests.machine_registers import HEADERS, REGISTERS

LATENCY = 0.3
SAVE_EVERY, TYPE_EVERY, LOOK_EVERY = 60.0, 15.0, 20.0  # seconds, on average
ROWS = 200
POLL = 0.5
TITLE, NAME, CODE, OWN = REGISTERS["tickets"].title, 1, 2, 3
BEGINNING = dt.datetime(2026, 11, 23, 9, 0)


@dataclass
class Report:
    """What one way of working came to; times in seconds."""

    way: str
    outcomes: Counter[str] = field(default_factory=Counter[str])
    saved: list[float] = field(default_factory=list[float])
    fresh: list[float] = field(default_factory=list[float])
    calls: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def most(self, kind: str) -> int:
        """The most calls of a kind in any sixty seconds."""
        times = self.calls.get(kind, [])
        return max((sum(start <= one < start + 60 for one in times) for start in times), default=0)

    def line(self) -> str:
        outcomes = ", ".join(f"{name} {count}" for name, count in sorted(self.outcomes.items()))
        parts = [f"{self.way}: {outcomes}", f"reads ≤ {self.most('read')}/min", f"writes ≤ {self.most('write')}/min"]
        if self.saved:
            parts.append(f"in the sheet p95 {p95(self.saved):.1f} s")
        if self.fresh:
            parts.append(f"manager's edit p95 {p95(self.fresh):.1f} s")
        return "; ".join(parts)


def p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


class Office:
    """The simulated world: a clock, Google, two spreadsheets with a manager in each."""

    def __init__(self, stack: ExitStack) -> None:
        self.clock = Clock(BEGINNING)
        self.server: FakeSheets = stack.enter_context(running(Cloud(clock=self.seconds, sleep=self.sleep)))
        self.cloud = self.server.cloud
        self.books: list[Book] = [self.cloud.new_book(name, TITLE) for name in ("台账", "绩效人事")]
        self.managers = [Manager(self.cloud, book) for book in self.books]
        for manager in self.managers:
            rows = [[f"名称{n}", f"{n:05d}", None, None, "待办", None, f"GD261101-{_tail(n)}"] for n in range(ROWS)]
            manager.fill(TITLE, [list(HEADERS["tickets"]), *rows])
        self.cloud.latency = LATENCY
        self.chance = random.Random(7)

    def seconds(self) -> float:
        return self.clock.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def moments(self, every: float, minutes: float) -> Iterator[float]:
        at = self.seconds()
        end = at + minutes * 60
        while (at := at + self.chance.expovariate(1 / every)) < end:
            yield at

    def count(self, report: Report, since: int) -> Report:
        for entry in self.cloud.log[since:]:
            if entry.kind in ("read", "write", "drive"):
                report.calls.setdefault(entry.kind, []).append(entry.time)
        return report


def _tail(number: int) -> str:
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "22" + "".join(letters[(number // len(letters) ** place) % len(letters)] for place in range(3))


@dataclass(order=True)
class Event:
    at: float
    number: int
    act: Callable[[], object] = field(compare=False)


# -- ours --------------------------------------------------------------------------------------------------------------


def ours(office: Office, folder: Path, staff: int, minutes: float, sessions: int) -> Report:
    """`sessions` browsers look at the screens every few seconds besides; they ask Google nothing."""
    report = Report(f"console, {staff} staff, {sessions} sessions")
    store = Store(folder)
    account = Account(office.cloud.credentials(), office.server.address, Governor(office.seconds, office.sleep))
    keepers = [
        Keeper(
            store,
            GoogleWorkbook(account, book.id, timer=office.seconds),
            lambda parts: Desk(parts, REGISTERS),
            office.clock,
        )
        for book in office.books
    ]
    for keeper in keepers:
        keeper.tick()
    office.sleep(60)
    since = len(office.cloud.log)
    waiting: dict[str, float] = {}
    typed: list[dict[str, float]] = [{}, {}]

    def save(person: int) -> None:
        keeper = keepers[person % 2]
        desk = cast(Desk, keeper.planner)
        records = [one for one in desk.view().judgement.records("tickets").values() if not one.key.startswith("#")]
        record = office.chance.choice(records)
        values = {"detail": f"{person} 在 {office.seconds():.1f} 改"}
        outcome: Outcome = submit(desk, f"员工{person}", [Ask("tickets", record.key, dict(values))])
        if outcome.state == "queued":
            waiting[outcome.change] = office.seconds()
        else:
            report.outcomes[outcome.state] += 1

    def type_in(number: int) -> None:
        text = f"批注{office.seconds():.1f}"
        office.managers[number].type(TITLE, office.chance.randint(2, ROWS), OWN, text)
        typed[number][text] = office.seconds()

    def look() -> None:
        for number, keeper in enumerate(keepers):
            snapshot = keeper.mirror.snapshot
            assert snapshot is not None
            seen = {row[OWN - 1] for row in snapshot.sheets[TITLE].rows if len(row) >= OWN}
            for text in [text for text in typed[number] if text in seen]:
                report.fresh.append(office.seconds() - typed[number].pop(text))
        for change, at in list(waiting.items()):
            entry = keepers[0].journal.entry(change)
            assert entry is not None
            if entry.state != "pending":
                report.outcomes[outcome_of(entry).state] += 1
                report.saved.append(office.seconds() - at)
                del waiting[change]

    events = [
        Event(at, person, lambda person=person: save(person))
        for person in range(staff)
        for at in office.moments(SAVE_EVERY, minutes)
    ]
    events += [
        Event(at, number, lambda number=number: type_in(number))
        for number in range(2)
        for at in office.moments(TYPE_EVERY, minutes)
    ]
    pending = sorted(events)
    end = office.seconds() + minutes * 60 + 30
    while office.seconds() < end:
        while pending and pending[0].at <= office.seconds():
            pending.pop(0).act()
        for keeper in keepers:
            if keeper._due():
                keeper.tick()
                keeper._cycled_at = office.clock()
        look()
        for _ in range(sessions):
            cast(Desk, keepers[0].planner).view()
        if not any(keeper.journal.pending(keeper.ledger.workbook) for keeper in keepers):
            wake = min([office.seconds() + POLL, *(event.at for event in pending[:1])])
            office.sleep(max(wake - office.seconds(), 0.001))
        elif not pending or pending[0].at > office.seconds():
            office.sleep(0.05)
    for keeper in keepers:
        keeper.stop()
    store.close()
    report.outcomes["queued"] += len(waiting)
    return office.count(report, since)


# -- the usual ways ----------------------------------------------------------------------------------------------------


def usual(office: Office, staff: int, minutes: float, way: str) -> Report:
    """Everybody looks and saves with calls of their own, as the tutorials show it."""
    report = Report(way)
    google = client(office.server)
    since = len(office.cloud.log)

    def records(number: int) -> tuple[gspread.Worksheet, list[list[object]]]:
        sheet = google.open_by_key(office.books[number].id).worksheet(TITLE)
        return sheet, cast(list[list[object]], sheet.get_all_values())

    def act(person: int, *, saves: bool) -> None:
        began = office.seconds()
        try:
            sheet, rows = records(person % 2)
            row = office.chance.randrange(1, len(rows))
            text = f"{person} 在 {began:.1f} 改"
            if saves and way.startswith("naive"):
                sheet.update_acell(f"D{row + 1}", text)
            elif saves:
                rows[row][3] = text
                sheet.clear()
                sheet.update(rows)
        except gspread.exceptions.APIError as error:
            report.outcomes[f"error {error.code} when {'saving' if saves else 'looking'}"] += 1
            return
        report.outcomes["saved" if saves else "shown"] += 1
        if saves:
            report.saved.append(office.seconds() - began)

    events = sorted(
        Event(at, person, lambda person=person, saves=saves: act(person, saves=saves))
        for saves, every in ((True, SAVE_EVERY), (False, LOOK_EVERY))
        for person in range(staff)
        for at in office.moments(every, minutes)
    )
    for event in events:
        # Everybody works at the same time: nobody waits for the others' calls.
        office.clock.now = max(BEGINNING, dt.datetime.fromtimestamp(event.at))
        event.act()
    return office.count(report, since)


def run(minutes: float, staff: int) -> list[Report]:
    logging.disable(logging.WARNING)
    reports: list[Report] = []
    try:
        for people, sessions in ((staff, staff), (staff, staff * 10), (1, 1)):
            with ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                reports.append(ours(Office(stack), folder, people, minutes, sessions))
        for way in ("naive gspread", "st-gsheets-connection's calls"):
            with ExitStack() as stack:
                reports.append(usual(Office(stack), staff, minutes, way))
    finally:
        logging.disable(logging.NOTSET)
    return reports


def test_thirty_staff_for_ten_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    few, many, alone, naive, connection = reports = run(10, 30)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(report.line() for report in reports) + "\n")
    for report in (few, many):
        assert set(report.outcomes) <= {"saved", "queued"}, report.outcomes
        assert report.most("read") <= 40 and report.most("write") <= 40
        assert p95(report.fresh) <= 15
    assert p95(alone.saved) <= 2
    assert abs(few.most("read") - many.most("read")) <= 5, "sessions ask nothing"
    assert any("429" in outcome for outcome in naive.outcomes)
    assert any("429" in outcome for outcome in connection.outcomes)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--staff", type=int, default=30)
    given = parser.parse_args(arguments)
    for report in run(given.minutes, given.staff):
        sys.stdout.write(report.line() + "\n")


if __name__ == "__main__":
    main()
