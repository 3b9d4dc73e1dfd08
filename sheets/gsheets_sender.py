"""Sends one batch after the other, proves each by its own answer, and makes sure of those whose answer was lost.

Right before a batch the rows concerned are read once more; a row that is not as it was stops it (Moved). What somebody's
sorting in the instant between the two sent into other rows is taken back there and written anew in its own.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence

from sheets.gsheets_batch import cells, grown, lines
from sheets.gsheets_calls import Calls
from sheets.gsheets_cells import Detail, Json, details, rows_range, spans, whole_rows
from sheets.gsheets_doubt import Doubts
from sheets.gsheets_errors import GoogleDown, TabGone
from sheets.gsheets_plan import Batch, above_stands, applied, formats, old_rows, stands
from sheets.gsheets_proof import Stray, mending, prove, prove_later
from sheets.gsheets_reader import Reader
from sheets.gsheets_stamp import (
    RANGE,
    TAB,
    Owner,
    barred,
    fence,
    hidden_tab,
    read_stamp,
    stamp_cells,
    token_id,
    token_name,
)
from sheets.gsheets_tabs import with_marks
from sheets.port import CellEdit, Incident, InDoubt, Mark, Moved, RowInsert, Snapshot, Stamp, StorageError

log = logging.getLogger(__name__)

MENDINGS = 5
SETTLINGS = 4  # a batch that comes while the way is barred to it, and one more
UNTOUCHED = (Mark.FORMULA, Mark.COVERED)


class Sender:
    """`owner`: the installation whose name every batch writes."""

    def __init__(self, calls: Calls, reader: Reader) -> None:
        self.calls, self.reader = calls, reader
        self.owner = Owner()
        self.doubts = Doubts(calls.id)
        self._unproved: tuple[Batch, ...] = ()

    def carry_out(
        self,
        inserts: Sequence[RowInsert],
        edits: Sequence[CellEdit],
        stamp: Stamp,
        before: Snapshot,
        incidents: tuple[Incident, ...] = (),
        *,
        follows: str = "",
    ) -> Snapshot:
        """One batch. `follows`: the token of the batch that this one completes, in the same commit."""
        reader = self.reader
        standing = token_id(stamp)
        token = f"{follows or standing}_{secrets.token_hex(3)}" if follows or standing in reader.tokens else standing
        after = applied(before.sheets, inserts, edits)
        batch = Batch(tuple(edits), tuple(inserts), stamp, token, before.sheets, after)
        found = self._look_closely(batch, before.stamp)
        shown = formats(found, inserts)
        tab, made = hidden_tab(reader.tabs)
        requests = [
            *lines(reader.tabs, before.sheets, inserts, edits),
            *cells(reader.tabs, edits, lambda title, row, column: shown.get((title, row), {}).get(column, "")),
            *made,
            *fence(reader.tokens, token, token_name(stamp, token.removeprefix(standing)), tab),
            stamp_cells(stamp, self.owner, tab),
        ]
        earlier = self._unproved if follows else ()
        self._doubt(*earlier, batch)
        try:
            answer = self.calls.batch(requests, batch.ranges).get("updatedSpreadsheet", {})
        except InDoubt:
            if follows:
                raise  # what it completes happened, so nobody is told that nothing did
            return self._after_doubt()
        except StorageError as error:
            self._unproved = earlier
            if not isinstance(error, TabGone):
                raise
            # A tab, a row or the token was not there any more: nothing happened.
            reader.is_stale = True
            raise Moved(error.detail) from error
        reader.tabs = grown(reader.tabs, requests)
        reader.learn(answer)
        reader.tokens = (token,)
        reader.owner = self.owner
        snapshot = self._finish(batch, answer, incidents)
        if not follows:
            self._doubt()
        return snapshot

    def _doubt(self, *batches: Batch) -> None:
        """From now on it is these of which it is not certain what became of them: a batch and what is to complete it."""
        self.doubts.keep(batches)
        self._unproved = batches

    def _after_doubt(self) -> Snapshot:
        """The answer was lost: look at once whether it happened; what did not is an ordinary failure."""
        try:
            self.settle()
        except StorageError as error:
            raise InDoubt(error.detail) from error
        snapshot = self.reader.snapshot
        if self.reader.is_stale or snapshot is None:
            raise GoogleDown("the batch was lost on its way")
        return snapshot

    def _finish(self, batch: Batch, answer: Json, incidents: tuple[Incident, ...]) -> Snapshot:
        """The batch happened; `answer` says where its cells came to stand."""
        reader = self.reader
        proof = prove(batch.before, batch.after, batch.edits, batch.new_rows, details(answer))
        if proof.calm:
            return reader.accept(batch.after, batch.stamp, incidents)
        log.warning("%s: rows moved in the moment of a commit, %d cells astray", self.calls.id, len(proof.strays))
        return self._mend(batch, proof.strays, self._as_it_stands(), incidents)

    def _as_it_stands(self) -> Snapshot:
        """After a batch that happened."""
        try:
            return self.reader.read()
        except StorageError as error:
            raise InDoubt(error.detail) from error

    def _mend(
        self, batch: Batch, strays: Sequence[Stray], snapshot: Snapshot, incidents: tuple[Incident, ...]
    ) -> Snapshot:
        """Put right what landed in other rows than its own."""
        reader, told = self.reader, list(incidents)
        for _ in range(MENDINGS if strays else 0):
            if snapshot.stamp != batch.stamp:
                return snapshot  # an older version was restored over it: that is the business of stale saves
            edits, found = mending(strays, snapshot.sheets)
            told += found
            if not edits:
                break
            try:
                return self.carry_out((), edits, batch.stamp, snapshot, tuple(told), follows=batch.token)
            except Moved:
                told, snapshot = list(incidents), self._as_it_stands()
            except StorageError as error:
                # The batch happened; what is astray is put right before anything else is done.
                raise InDoubt(error.detail) from error
        return reader.accept(snapshot.sheets, batch.stamp, tuple(told)) if told else snapshot

    def _bar(self) -> None:
        """Replace the token, so that a batch still on its way finds its own gone and fails."""
        tab, made = hidden_tab(self.reader.tabs)
        id = barred(self.reader.tokens)
        self.calls.batch([*made, *fence(self.reader.tokens, id, id, tab)])
        self.reader.tokens = (id,)

    def settle(self) -> None:
        """Find out whether the last batches happened, also another program's that died, and finish their proof; see to it that
        what did not happen never will."""
        doubted = self._unproved or self.doubts.found()
        for _ in range(SETTLINGS):
            self.reader.learn_layout()
            happened = _happened(doubted, self.reader.tokens)
            if doubted and happened == doubted:
                self._doubt(*doubted)
                batch, now = doubted[-1], self.reader.read()
                strays = prove_later(batch.before, batch.after, batch.edits, batch.new_rows, now.sheets)
                self._mend(batch, strays, now, ())
                break
            try:
                self._bar()
            except TabGone:
                continue  # it happened just now
            doubted = happened
            self._doubt(*doubted)
            self.reader.is_stale = True
            if not doubted:
                break
        else:
            raise InDoubt("tokens keep changing")
        self._doubt()

    def _look_closely(self, batch: Batch, stamp: Stamp | None) -> Mapping[str, Detail]:
        """The rows concerned and their neighbours, right before the batch; raises Moved where they are not as they were."""
        reader = self.reader
        found = reader.just_read()
        if found is None:
            known = reader.tokens
            try:
                answer = self.calls.details(self._ranges(batch)) if self._ranges(batch) else self.calls.layout()
            except TabGone as error:
                reader.is_stale = True
                raise Moved(error.detail) from error
            reader.learn(answer)
            found = details(answer)
            if known != reader.tokens or (TAB in found and read_stamp(whole_rows(found[TAB]))[0] != stamp):
                reader.is_stale = True
                raise Moved("another writer, or an older version")
        if not all(stands(edit, batch, found) for edit in batch.edits) or not above_stands(batch, found):
            reader.is_stale = True
            raise Moved("a row concerned")
        self._refuse_marked(batch, found)
        return found

    def _ranges(self, batch: Batch) -> list[str]:
        numbers = old_rows(batch.edits, batch.inserts)
        last = {title: place.rows for title, place in self.reader.tabs.items()}
        rows = [
            rows_range(title, (first, min(end, last[title])))
            for title, rows in numbers.items()
            for first, end in spans(row for row in rows if 1 <= row <= last[title])
        ]
        return [*rows, RANGE] if TAB in self.reader.tabs else rows

    def _refuse_marked(self, batch: Batch, found: Mapping[str, Detail]) -> None:
        """A formula that the polled values did not show, or a merge: the Snapshot learns of it, the planner decides anew."""
        reader = self.reader
        assert reader.snapshot is not None
        sheets = dict(batch.before)
        learnt = {title: with_marks(sheet, found[title]) for title, sheet in sheets.items() if title in found}
        marked = applied(sheets | learnt, batch.inserts, ())
        if any(marked[edit.sheet].mark(edit.row, edit.column) in UNTOUCHED for edit in batch.edits):
            reader.accept(sheets | learnt, reader.snapshot.stamp)
            raise Moved("a formula or a merge")


def _happened(doubted: Sequence[Batch], tokens: Sequence[str]) -> tuple[Batch, ...]:
    """Those of the batches, each completing the one before, up to the one that left the token, or whose completion did."""
    for count in range(len(doubted), 0, -1):
        left = doubted[count - 1].token
        if any(token == left or token.startswith(f"{left}_") for token in tokens):
            return tuple(doubted[:count])
    return ()
