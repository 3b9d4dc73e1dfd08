"""A workbook that is a Google spreadsheet, which managers edit in their browsers at any moment.

Reading is the business of `gsheets_reader`. A commit is one atomic `spreadsheets.batchUpdate`; right before it the rows
concerned are read and compared, and its own answer says where every cell came to stand. Sorting in the very moment between
the two is the one thing Google lets nobody exclude: a cell that landed in another row is taken back there and written anew
in its own, and the head is told (Incident). Ids for rows that have none go in a batch of their own. A named range that each
batch replaces lets one writer through only, and tells whether a batch whose answer was lost has happened.
"""

from __future__ import annotations

import logging
import secrets
import socket
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheets.cells import check_value, is_same
from sheets.gsheets_account import Account
from sheets.gsheets_address import spreadsheet_url
from sheets.gsheets_batch import cells, grown, lines
from sheets.gsheets_calls import Calls
from sheets.gsheets_cells import Detail, Json, details, rows_range, spans
from sheets.gsheets_errors import GoogleDown, SharedReadOnly, TabGone
from sheets.gsheets_pace import Timer
from sheets.gsheets_proof import mending, prove
from sheets.gsheets_reader import Pace, Reader
from sheets.gsheets_shape import shape
from sheets.gsheets_stamp import PREFIX, Owner, fence, hidden_tab, stamp_cells, token_id, token_name
from sheets.gsheets_tabs import with_marks
from sheets.marker import ForeignInstallation
from sheets.port import (
    CellEdit,
    Commit,
    Incident,
    InDoubt,
    Mark,
    Moved,
    ProofFailed,
    RowInsert,
    ShapeStep,
    Sheet,
    SheetSpec,
    Snapshot,
    Stamp,
    StorageError,
)
from sheets.tab import Tab

log = logging.getLogger(__name__)

MENDINGS = 5


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one batch is to do: `before` as it stood, `after` as it is meant to stand. `token` is what it leaves behind."""

    edits: tuple[CellEdit, ...]
    inserts: tuple[RowInsert, ...]
    stamp: Stamp
    token: str
    before: Mapping[str, Sheet]
    after: Mapping[str, Sheet]

    @property
    def ranges(self) -> list[str]:
        titles = dict.fromkeys(edit.sheet for edit in self.edits)
        rows = {title: {edit.row for edit in self.edits if edit.sheet == title} for title in titles}
        return [rows_range(title, span) for title, numbers in rows.items() for span in spans(numbers)]


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
        self._owner, self._taken_from = Owner(), ""
        self._doubt: _Batch | None = None
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
        self._owner = Owner(installation, socket.gethostname(), str(folder))
        self._check_owner()

    def _check_owner(self) -> None:
        owner = self._reader.owner
        if owner.installation not in ("", self._owner.installation, self._taken_from):
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
        ids = _id_writes(commit.edits)
        others = tuple(edit for edit in commit.edits if edit not in ids)
        if not ids or not (others or commit.inserts):
            return self._carry_out(commit.inserts, commit.edits, commit.stamp, before)
        after = self._carry_out(commit.inserts, others, commit.stamp, before)
        try:
            return self._carry_out((), tuple(ids), commit.stamp, after, after.incidents)
        except InDoubt:
            raise
        except StorageError as error:
            # What people saved stands. Ids are given again with the next commit.
            log.warning("%s: no ids this time: %s (%s)", self.address, error, error.detail)
            return self._reader.snapshot or after

    def settle(self) -> None:
        """Find out whether the last batch happened, and where it did not, see to it that it never will."""
        for _ in range(3):
            self._reader.learn_layout()
            doubt = self._doubt
            if doubt is not None and doubt.token in self._reader.tokens:
                self._finish(doubt, self._calls.details(doubt.ranges) if doubt.ranges else {}, ())
                self._doubt = None
                return
            try:
                self._bar()
            except TabGone:
                continue  # it happened just now
            self._doubt = None
            self._reader.is_stale = True
            return
        raise InDoubt("tokens keep changing")

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

    # -- before a batch ------------------------------------------------------------------------------------------------

    def _standing(self, commit: Commit) -> Snapshot:
        """The Snapshot the commit rests on, if it is still the current one; raises Moved."""
        reader = self._reader
        if reader.look() or reader.snapshot is None or reader.is_stale:
            reader.read()
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
        after = _applied(before.sheets, commit.inserts, ())
        for edit in commit.edits:
            check_value(edit.value, f"{edit.sheet} {edit.row},{edit.column}")
            sheet = after[edit.sheet]
            if sheet.mark(edit.row, edit.column) in (Mark.FORMULA, Mark.COVERED):
                raise ProofFailed(f"{edit.sheet} {edit.row},{edit.column} is a formula or covered by a merge")
            if not is_same(edit.was, stands := sheet.value(edit.row, edit.column)):
                raise Moved(f"{edit.sheet} {edit.row},{edit.column} is {stands!r}, not {edit.was!r}")

    def _look_closely(self, batch: _Batch) -> Mapping[str, Detail]:
        """The rows concerned and their neighbours, right before the batch; raises Moved where they are not as they were."""
        reader = self._reader
        numbers = _old_rows(batch.edits, batch.inserts)
        last = {title: place.rows for title, place in reader.tabs.items()}
        ranges = [
            rows_range(title, (first, min(end, last[title])))
            for title, rows in numbers.items()
            for first, end in spans(row for row in rows if 1 <= row <= last[title])
        ]
        known = reader.tokens
        answer = self._calls.details(ranges) if ranges else self._calls.layout()
        reader.learn(answer)
        if known != reader.tokens:
            reader.is_stale = True
            raise Moved("another writer, or an older version")
        found = details(answer)
        if any(not _stands(edit, batch, found) for edit in batch.edits):
            reader.is_stale = True
            raise Moved("a row concerned")
        self._refuse_marked(batch, found)
        return found

    def _refuse_marked(self, batch: _Batch, found: Mapping[str, Detail]) -> None:
        """A formula that the polled values did not show, or a merge: the Snapshot learns of it, the planner decides anew."""
        reader = self._reader
        assert reader.snapshot is not None
        sheets = dict(batch.before)
        learnt = {title: with_marks(sheet, found[title]) for title, sheet in sheets.items() if title in found}
        marked = _applied(sheets | learnt, batch.inserts, ())
        if any(marked[edit.sheet].mark(edit.row, edit.column) for edit in batch.edits if edit.sheet in learnt):
            stamp = reader.snapshot.stamp
            if stamp is not None and any(learnt[title] is not sheets[title] for title in learnt):
                reader.accept(sheets | learnt, stamp)
            else:
                reader.is_stale = True
            raise Moved("a formula or a merge")

    # -- a batch and its proof -----------------------------------------------------------------------------------------

    def _carry_out(
        self,
        inserts: Sequence[RowInsert],
        edits: Sequence[CellEdit],
        stamp: Stamp,
        before: Snapshot,
        incidents: tuple[Incident, ...] = (),
    ) -> Snapshot:
        reader = self._reader
        standing = token_id(stamp)
        token = standing if standing not in reader.tokens else f"{standing}_{secrets.token_hex(3)}"
        after = _applied(before.sheets, inserts, edits)
        batch = _Batch(tuple(edits), tuple(inserts), stamp, token, before.sheets, after)
        found = self._look_closely(batch)
        formats = _formats(found, inserts)
        tab, made = hidden_tab(reader.tabs)
        requests = [
            *lines(reader.tabs, before.sheets, inserts, edits),
            *cells(reader.tabs, edits, lambda title, row, column: formats.get((title, row), {}).get(column, "")),
            *made,
            *fence(reader.tokens, token, token_name(stamp, token.removeprefix(standing)), tab),
            stamp_cells(stamp, self._owner, tab),
        ]
        try:
            answer = self._calls.batch(requests, batch.ranges).get("updatedSpreadsheet", {})
        except TabGone as error:
            # A tab, a row or the token was not there any more: nothing happened.
            reader.is_stale = True
            raise Moved(error.detail) from error
        except InDoubt:
            self._doubt = batch
            return self._after_doubt(batch)
        reader.tabs = grown(reader.tabs, requests)
        return self._finish(batch, answer, incidents)

    def _after_doubt(self, batch: _Batch) -> Snapshot:
        """The answer was lost: look at once whether it happened; what did not is an ordinary failure."""
        try:
            self.settle()
        except StorageError as error:
            self._doubt = batch
            raise InDoubt(error.detail) from error
        snapshot = self._reader.snapshot
        if self._reader.is_stale or snapshot is None:
            raise GoogleDown("the batch was lost on its way")
        return snapshot

    def _finish(self, batch: _Batch, answer: Json, incidents: tuple[Incident, ...]) -> Snapshot:
        """The batch happened; `answer` says where its cells came to stand."""
        reader = self._reader
        reader.learn(answer)
        reader.tokens = (batch.token,)
        reader.owner = self._owner
        proof = prove(batch.before, batch.after, batch.edits, details(answer))
        if proof.calm:
            return reader.accept(batch.after, batch.stamp, incidents)
        log.warning("%s: rows moved in the moment of a commit, %d cells astray", self.address, len(proof.strays))
        snapshot = reader.read()
        told = list(incidents)
        strays = proof.strays
        for _ in range(MENDINGS if strays else 0):
            if snapshot.stamp != batch.stamp:
                return snapshot  # an older version was restored over it: that is the business of stale saves
            edits, found = mending(strays, snapshot.sheets)
            told += found
            if not edits:
                break
            strays = ()
            try:
                snapshot = self._carry_out((), edits, batch.stamp, snapshot, tuple(told))
                break
            except Moved:
                strays = proof.strays
                told = list(incidents)
                snapshot = reader.read()
        return reader.accept(snapshot.sheets, batch.stamp, tuple(told)) if told else snapshot

    def _bar(self) -> None:
        """Replace the token, so that a batch still on its way finds its own gone and fails."""
        tab, made = hidden_tab(self._reader.tabs)
        id = f"{PREFIX}{secrets.token_hex(8)}"
        self._calls.batch([*made, *fence(self._reader.tokens, id, id, tab)])
        self._reader.tokens = (id,)


def _id_writes(edits: Sequence[CellEdit]) -> dict[CellEdit, None]:
    """Those that give an id to a row that stands in the sheet already, and write nothing else there."""
    cells = Counter((edit.sheet, edit.row) for edit in edits)
    return {
        edit: None
        for edit in edits
        if edit.record is None and edit.id_column == edit.column and cells[edit.sheet, edit.row] == 1
    }


def _applied(sheets: Mapping[str, Sheet], inserts: Sequence[RowInsert], edits: Sequence[CellEdit]) -> dict[str, Sheet]:
    """The tabs as they stand after that; untouched ones are the same objects."""
    after = dict(sheets)
    for title in {one.sheet for one in (*inserts, *edits)}:
        tab = Tab.of(sheets[title])
        tab.carry_out([one for one in inserts if one.sheet == title], [one for one in edits if one.sheet == title])
        after[title] = tab.sheet(title, live=True)
    return after


def _old_rows(edits: Sequence[CellEdit], inserts: Sequence[RowInsert]) -> dict[str, set[int]]:
    """Where the rows concerned stood before the inserts, with the row above each inserted one."""
    found: dict[str, set[int]] = {}
    for edit in edits:
        row = _old_row(edit.sheet, edit.row, inserts)
        found.setdefault(edit.sheet, set()).add(row if row is not None else edit.row)
    for insert in inserts:
        found.setdefault(insert.sheet, set()).add(max(1, insert.row - 1))
    return found


def _old_row(title: str, row: int, inserts: Sequence[RowInsert]) -> int | None:
    """Where a final row stood before the inserts; None for an inserted one."""
    for insert in reversed([one for one in inserts if one.sheet == title]):
        if row >= insert.row + insert.count:
            row -= insert.count
        elif row >= insert.row:
            return None
    return row


def _stands(edit: CellEdit, batch: _Batch, found: Mapping[str, Detail]) -> bool:
    """Does the row of this edit still say what it said: the cell itself, and who it is?"""
    row = _old_row(edit.sheet, edit.row, batch.inserts)
    if row is None:
        return True
    detail = found.get(edit.sheet)
    told = detail.rows[row].values if detail is not None and row in detail.rows else ()
    known = batch.before[edit.sheet].rows[row - 1] if row <= len(batch.before[edit.sheet].rows) else ()
    columns = {edit.column} if edit.record is not None else set(range(1, max(len(told), len(known)) + 1))
    columns |= {edit.id_column} if edit.id_column is not None else set()
    return all(
        is_same(told[column - 1] if column <= len(told) else None, known[column - 1] if column <= len(known) else None)
        for column in columns
    )


def _formats(found: Mapping[str, Detail], inserts: Sequence[RowInsert]) -> dict[tuple[str, int], Mapping[int, str]]:
    """The number formats of final rows; an inserted row has those of the row above it."""
    formats: dict[tuple[str, int], Mapping[int, str]] = {}
    for title, detail in found.items():
        mine = [one for one in inserts if one.sheet == title]
        rows = {number: row.formats for number, row in detail.rows.items()}
        for insert in mine:
            above = rows.get(insert.row - 1, {})
            rows = {number + insert.count if number >= insert.row else number: one for number, one in rows.items()}
            rows |= {insert.row + at: above for at in range(insert.count)}
        formats |= {(title, number): one for number, one in rows.items()}
    return formats
