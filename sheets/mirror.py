"""The shared current Snapshot of one workbook: everybody reads this, only the keeper of the workbook refreshes it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from sheets.port import Snapshot, StorageError, Workbook

Clock = Callable[[], dt.datetime]
FULL_READ_EVERY = dt.timedelta(minutes=1)


class Mirror:
    """Holds the last Snapshot, when it was known to be current (数据时间), and what is wrong if it cannot be renewed.

    `guard` must be held by whoever calls the workbook; readers of the attributes need no lock.
    """

    def __init__(self, workbook: Workbook, clock: Clock) -> None:
        self.workbook = workbook
        self.guard = threading.RLock()
        self.snapshot: Snapshot | None = None
        self.trouble: StorageError | None = None
        self.current_at: dt.datetime | None = None
        self._clock = clock
        self._token = ""
        self._read_at = dt.datetime.min

    def refresh(self, *, force: bool = False) -> bool:
        """Read again if the revision moved (or a minute has passed); whether there is a new Snapshot.

        A StorageError does not escape: it becomes `trouble`, and the last Snapshot stays.
        """
        with self.guard:
            now = self._clock()
            try:
                token = self.workbook.revision()
                stale = force or token != self._token or now - self._read_at >= FULL_READ_EVERY
                if self.snapshot is not None and self.trouble is None and not stale:
                    self.current_at = now
                    return False
                snapshot = self.workbook.read()
            except StorageError as error:
                self.trouble = error
                return False
            self._token, self._read_at = token, now
            return self._take(snapshot, now)

    def accept(self, snapshot: Snapshot) -> None:
        """Take the Snapshot that an own commit gave back."""
        with self.guard:
            self._token, self._read_at = snapshot.revision, self._clock()
            self._take(snapshot, self._read_at)

    def _take(self, snapshot: Snapshot, now: dt.datetime) -> bool:
        moved = self.snapshot is None or self.snapshot.revision != snapshot.revision
        if moved:
            self.snapshot = snapshot
        self.trouble, self.current_at = None, now
        return moved
