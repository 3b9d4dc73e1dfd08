"""The single one that brings accepted changes into a workbook: observe, plan, write, prove, settle.

One process at a time writes a workbook; an operating-system lock on `<data>/<workbook id>.lock` says which. What the
changes mean is decided by a Planner that logic hands in; this module knows only cells, commits and the journal.

A commit survives the death of the process at any step: it is prepared in the store with all its outcomes, the file is
replaced, the store finishes it. Whoever comes next finds the prepared commit and the stamp in the file, and knows which
of the two happened.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from sheets.journal import Entry, Journal, Settled
from sheets.ledger import BaselineRow, Ledger, NoticeBody, Observed, Prepared, Standing
from sheets.mirror import Clock, Mirror
from sheets.port import CellEdit, Commit, InDoubt, Moved, RowInsert, Snapshot, Stamp, StorageError
from sheets.store import StoreFull

log = logging.getLogger(__name__)

QUIET_EVERY = dt.timedelta(minutes=1)
ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """What the pending changes come to on one Snapshot.

    `refused` are settled without writing anything, with `notices` for the head. `settled` and `baseline` hold once the commit stands. `waiting` says
    why a change is left for later. `urgent` is False when nothing but findings (检查结果) would be written.
    """

    edits: tuple[CellEdit, ...] = ()
    inserts: tuple[RowInsert, ...] = ()
    settled: tuple[Settled, ...] = ()
    refused: tuple[Settled, ...] = ()
    notices: tuple[NoticeBody, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    baseline: tuple[BaselineRow, ...] = ()
    urgent: bool = False


class Planner(Protocol):
    """What logic knows of a workbook's content."""

    def observe(self, snapshot: Snapshot, standing: Standing, now: dt.datetime) -> Observed | None:
        """Direct edits and stale saves since the Baseline; None when there is nothing new."""
        ...

    def plan(self, snapshot: Snapshot, pending: Sequence[Entry], now: dt.datetime) -> Plan:
        """Merge and judge the pending changes, in order, on what stands in the sheet."""
        ...

    def written(self, plan: Plan, snapshot: Snapshot) -> None:
        """The plan's commit stands in the sheet, as in this Snapshot; its changes are still pending."""
        ...


class Writer:
    """Brings the pending changes of one workbook into it. Use from one thread at a time."""

    def __init__(self, mirror: Mirror, journal: Journal, ledger: Ledger, planner: Planner, clock: Clock) -> None:
        self.mirror, self.journal, self.ledger, self.planner, self.clock = mirror, journal, ledger, planner, clock
        lock = journal.store.folder / f"{ledger.workbook}.lock"
        self._lock = FileLock(lock, thread_local=False)
        self._quiet_at = dt.datetime.min
        self._waiting: set[str] = set()

    @property
    def lock_path(self) -> Path:
        return Path(self._lock.lock_file)

    @property
    def is_writer(self) -> bool:
        """Does this process hold the lock?"""
        return self._lock.is_locked

    def acquire(self, timeout: float = 0) -> bool:
        """Become the writer of this workbook; False while another process is (waiting `timeout` seconds for it)."""
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            return False
        return True

    def release(self) -> None:
        self._lock.release()

    def cycle(self) -> None:
        """One round: see what happened, write what waits. Never raises a StorageError: it becomes the reason to wait."""
        assert self._lock.is_locked
        with self.mirror.guard:
            try:
                last: StorageError = Moved()
                for _ in range(ATTEMPTS):
                    try:
                        self._round()
                    except Moved as error:
                        last = error
                        self.mirror.refresh(force=True)
                        continue
                    except InDoubt as error:
                        last = error  # the next round finds the prepared commit and makes sure of it
                        continue
                    break
                else:
                    raise last
            except StorageError as error:
                log.warning("%s: %s (%s)", self.mirror.workbook.address, error, error.detail)
                with suppress(StoreFull):  # then there is no room for the reason either
                    self._explain(str(error))

    def _round(self) -> None:
        self._recover()
        self.mirror.refresh()
        if self.mirror.trouble is not None:
            raise self.mirror.trouble
        snapshot = self.mirror.snapshot
        assert snapshot is not None
        standing = self._identify(snapshot)
        if standing is None:
            return
        observed = self.planner.observe(snapshot, standing, self.clock())
        if observed is not None:
            self.ledger.observe(observed, _iso(self.clock()))
        self._commit(snapshot)

    def _recover(self) -> None:
        """Finish or withdraw the commit that a process died in: the stamp in the file says which."""
        prepared = self.ledger.prepared()
        if prepared is None:
            return
        self.mirror.workbook.settle()
        self.mirror.refresh(force=True)
        if self.mirror.trouble is not None:
            raise self.mirror.trouble
        snapshot = self.mirror.snapshot
        assert snapshot is not None
        stamp = snapshot.stamp
        if stamp is not None and stamp.workbook == self.ledger.workbook:
            if stamp.generation >= prepared.generation:
                self.ledger.finish(prepared, snapshot.revision, incident_notices(snapshot))
            else:
                self.ledger.withdraw(prepared)
        elif not self.ledger.standing().stamped or (stamp is None and self.mirror.workbook.lasting):
            self.ledger.withdraw(prepared)
        # Else another file lies here: what became of the commit will be seen when ours is back, or another is chosen.

    def _identify(self, snapshot: Snapshot) -> Standing | None:
        """Whether the file is the one that was written before; if not, the workbook is held until somebody chooses."""
        standing = self.ledger.standing()
        stamp = snapshot.stamp
        is_lost = stamp is None and not self.mirror.workbook.lasting
        if standing.stamped and (is_lost or (stamp is not None and stamp.workbook != standing.id)):
            kind = "unstamped" if stamp is None else "foreign"
            self.ledger.hold(json.dumps({"kind": kind, "revision": snapshot.revision}))
            self._explain("这个位置上的文件不是原来的工作簿,已暂停写入,请在控制台首页选择以哪个文件为准。")
            return None
        if standing.hold:
            self.ledger.hold("")
            standing = self.ledger.standing()
        if stamp is not None and stamp.workbook == standing.id and stamp.generation > standing.generation:
            self.ledger.catch_up(stamp.generation)
            standing = self.ledger.standing()
        return standing

    def _commit(self, snapshot: Snapshot) -> None:
        now = self.clock()
        pending = self.journal.pending(self.ledger.workbook)
        plan = self.planner.plan(snapshot, pending, now)
        standing = self.ledger.standing()
        if plan.refused:
            self.ledger.finish(Prepared(standing.generation, _iso(now), plan.refused), None, plan.notices)
        for change_id, why in plan.waiting:
            self.journal.explain([change_id], why, _iso(now))
        self._waiting = {change_id for change_id, _ in plan.waiting}
        is_quiet = not plan.urgent and now - self._quiet_at < QUIET_EVERY
        if is_quiet or not (plan.edits or plan.inserts):
            if plan.settled or plan.baseline:
                done = Prepared(standing.generation, _iso(now), plan.settled, plan.baseline)
                self.ledger.finish(done, None)
            return
        prepared = Prepared(standing.generation + 1, _iso(now), plan.settled, plan.baseline)
        self.ledger.prepare(prepared)
        stamp = Stamp(self.ledger.workbook, prepared.generation)
        try:
            written = self.mirror.workbook.write(Commit(snapshot.revision, plan.edits, stamp, plan.inserts))
        except InDoubt:
            raise  # it stays prepared until it is known what became of it
        except StorageError:
            self.ledger.withdraw(prepared)
            raise
        # Mirror and Judgement first: what is no longer pending must be seen in the sheet by everybody.
        self.mirror.accept(written)
        self.planner.written(plan, written)
        self.ledger.finish(prepared, written.revision, incident_notices(written))
        if not plan.urgent:
            self._quiet_at = now

    def _explain(self, why: str) -> None:
        """Say why nothing can be written; changes that wait for another reason keep theirs."""
        ids = [entry.id for entry in self.journal.pending(self.ledger.workbook) if entry.id not in self._waiting]
        if ids:
            self.journal.explain(ids, why, _iso(self.clock()))


def incident_notices(snapshot: Snapshot) -> list[NoticeBody]:
    """What the head is told of cells that landed in another row and were put right."""
    return [("misplaced", asdict(incident)) for incident in snapshot.incidents]


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
