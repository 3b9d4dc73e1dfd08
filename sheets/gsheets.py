"""A workbook that is a Google spreadsheet, which managers edit in their browsers at any moment.

Reading is the business of `gsheets_reader`. A commit is one atomic `spreadsheets.batchUpdate`; right before it the rows
concerned are read and compared, and its own answer says where every cell came to stand. Sorting in the very moment between
the two is the one thing Google lets nobody exclude: a cell that landed in another row is taken back there and written anew
in its own, and the head is told (Incident). Ids for rows that have none go in a batch of their own. A named range that each
batch replaces lets one writer through only, and tells whether a batch whose answer was lost has happened.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Collection, Sequence
from pathlib import Path

from sheets.cells import check_value, is_same
from sheets.gsheets_account import Account
from sheets.gsheets_address import spreadsheet_url
from sheets.gsheets_calls import Calls
from sheets.gsheets_errors import SharedReadOnly
from sheets.gsheets_pace import JUST_NOW, Pace, Timer
from sheets.gsheets_plan import applied, id_writes, is_row_as_meant
from sheets.gsheets_reader import Reader
from sheets.gsheets_sender import UNTOUCHED, Sender
from sheets.gsheets_shape import shape
from sheets.gsheets_stamp import Owner
from sheets.marker import ForeignInstallation
from sheets.port import (
    Commit,
    InDoubt,
    Moved,
    ProofFailed,
    ShapeStep,
    SheetSpec,
    Snapshot,
    StorageError,
)

log = logging.getLogger(__name__)


class GoogleWorkbook:
    """One spreadsheet. `timer` counts seconds; `wanted` names the tabs to read, None for all."""

    def __init__(
        self,
        account: Account,
        id: str,
        *,
        timer: Timer,
        pace: Pace | None = None,
        wanted: Collection[str] | None = None,
    ) -> None:
        self.id, self.account = id, account
        self._calls = Calls(account, id)
        self._timer, self._pace = timer, pace or Pace()
        self._reader = Reader(self._calls, timer, self._pace, wanted)
        self._sender = Sender(self._calls, self._reader)
        self._taken_from = ""
        self._failed: StorageError | None = None
        self._pause, self._try_at = 0.0, 0.0

    @property
    def address(self) -> str:
        return spreadsheet_url(self.id)

    @property
    def lasting(self) -> bool:
        """The address is the spreadsheet: another one can never lie in its place."""
        return True

    def claim(self, installation: str, folder: Path, *, take_over: bool = False) -> None:
        """The name goes into the spreadsheet with the next commit."""
        if take_over:
            self._taken_from = self._reader.owner.installation
        self._sender.owner = Owner(installation, socket.gethostname(), str(folder))
        self._sender.doubts.folder = folder
        self._check_owner()

    def _check_owner(self) -> None:
        owner = self._reader.owner
        if owner.installation not in ("", self._sender.owner.installation, self._taken_from):
            raise ForeignInstallation(owner.host, owner.folder)

    def revision(self) -> str:
        return self._reader.current().revision

    def read(self, titles: Sequence[str] | None = None) -> Snapshot:
        snapshot = self._reader.current()
        if titles is None:
            return snapshot
        sheets = {title: sheet for title, sheet in snapshot.sheets.items() if title in titles}
        return Snapshot(snapshot.revision, sheets, snapshot.titles, snapshot.stamp, snapshot.saved_by)

    def write(self, commit: Commit) -> Snapshot:
        if self._failed is not None and self._timer() < self._try_at:
            raise self._failed
        try:
            after = self._write(commit)
        except (Moved, ProofFailed, InDoubt):
            raise
        except StorageError as error:
            low, high = self._pace.pauses
            self._pause = min(max(2 * self._pause, low), high)
            self._failed, self._try_at = error, self._timer() + self._pause
            raise
        self._failed, self._pause = None, 0.0
        return after

    def _write(self, commit: Commit) -> Snapshot:
        before = self._standing(commit)
        self._check(commit, before)
        ids = id_writes(commit.edits)
        others = tuple(edit for edit in commit.edits if edit not in ids)
        if not ids or not (others or commit.inserts):
            return self._sender.carry_out(commit.inserts, commit.edits, commit.stamp, before)
        after = self._sender.carry_out(commit.inserts, others, commit.stamp, before)
        meant = applied(before.sheets, commit.inserts, others)
        stayed = tuple(edit for edit in ids if is_row_as_meant(edit, meant, after.sheets))
        if not stayed:
            return after
        try:
            return self._sender.carry_out((), stayed, commit.stamp, after, after.incidents)
        except InDoubt:
            raise
        except StorageError as error:
            # What people saved stands. Ids are given again with the next commit, as to rows that moved meanwhile.
            log.warning("%s: no ids this time: %s (%s)", self.address, error, error.detail)
            return self._reader.snapshot or after

    def settle(self) -> None:
        self._sender.settle()

    def shape(self, specs: Sequence[SheetSpec], *, dry_run: bool) -> tuple[ShapeStep, ...]:

        self._reader.look()
        snapshot = self._reader.read()
        steps, requests = shape(specs, snapshot, self._reader.tabs, self._calls)
        if requests and not dry_run:
            if not self._reader.may_edit:
                raise SharedReadOnly(self.account.email)
            self._calls.batch(requests)
            self._reader.look()
            self._reader.snapshot = None
            self._reader.read()
        return tuple(steps)

    def close(self) -> None:
        self._calls.close()

    def _standing(self, commit: Commit) -> Snapshot:
        """The Snapshot the commit rests on, if it is still the current one; raises Moved."""
        reader = self._reader
        reader.look_again(min(JUST_NOW, self._pace.look))  # whose the last change was before ours
        if reader.snapshot is None or reader.is_stale:
            reader.read()
        else:
            reader.catch_up()
        if not reader.may_edit:
            raise SharedReadOnly(self.account.email)
        self._check_owner()
        if reader.snapshot is None or reader.snapshot.revision != commit.base:
            raise Moved("revision")
        return reader.snapshot

    def _check(self, commit: Commit, before: Snapshot) -> None:
        """Is every cell as the planner saw it, and may it be written?"""
        for title in {one.sheet for one in (*commit.edits, *commit.inserts)}:
            if title not in before.sheets:
                raise Moved(f"no tab {title}")
        after = applied(before.sheets, commit.inserts, ())
        for edit in commit.edits:
            check_value(edit.value, f"{edit.sheet} {edit.row},{edit.column}")
            sheet = after[edit.sheet]
            if sheet.mark(edit.row, edit.column) in UNTOUCHED:
                raise ProofFailed(f"{edit.sheet} {edit.row},{edit.column} is a formula or covered by a merge")
            if not is_same(edit.was, stands := sheet.value(edit.row, edit.column)):
                raise Moved(f"{edit.sheet} {edit.row},{edit.column} is {stands!r}, not {edit.was!r}")
