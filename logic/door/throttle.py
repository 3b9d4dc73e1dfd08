"""Guessing slowed down: after some wrong passwords a name, and an address, has to wait, longer each time.

An attempt counts before its password is looked at, so that many at once are no way round; a right one is taken back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

from sqlalchemy import text

from sheets.store import Store

FREE = {"name": 5, "address": 20}  # wrong ones before the first wait
SHORTEST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(minutes=15)
FORGOTTEN = dt.timedelta(hours=1)  # without another attempt


class Throttle:
    """Counts in the store, so that a restart gives nobody a fresh start."""

    def __init__(self, store: Store, clock: Callable[[], dt.datetime]) -> None:
        self._store, self._clock = store, clock

    def begin(self, name: str, address: str) -> dt.datetime | None:
        """Count an attempt; None if it may go on, else the time until which nobody looks at a password."""
        now = self._clock()
        with self._store.transaction() as connection:
            connection.execute(text("DELETE FROM attempts WHERE last_at<=:old"), {"old": _iso(now - FORGOTTEN)})
            known = {kind: _subject(kind, said) for kind, said in (("name", name), ("address", address))}
            rows = {
                kind: connection.execute(
                    text("SELECT count AS wrong, until FROM attempts WHERE subject=:subject"), {"subject": subject}
                ).first()
                for kind, subject in known.items()
            }
            until = max((row.until for row in rows.values() if row is not None), default="")
            if until > _iso(now):
                return dt.datetime.fromisoformat(until)
            for kind, subject in known.items():
                row = rows[kind]
                count = (row.wrong if row is not None else 0) + 1
                connection.execute(
                    text("INSERT OR REPLACE INTO attempts VALUES (:subject, :count, :at, :until)"),
                    {"subject": subject, "count": count, "at": _iso(now), "until": _until(now, count - FREE[kind])},
                )
        return None

    def right(self, name: str, address: str) -> None:
        """The password was right: the name starts anew, the address gets this attempt back."""
        with self._store.transaction() as connection:
            connection.execute(text("DELETE FROM attempts WHERE subject=:s"), {"s": _subject("name", name)})
            connection.execute(
                text("UPDATE attempts SET count=count-1, until='' WHERE subject=:s"),
                {"s": _subject("address", address)},
            )


def _until(now: dt.datetime, over: int) -> str:
    """Until when the next attempt waits, after so many more than are free."""
    if over < 0:
        return ""
    return _iso(now + min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** min(over, 10)))


def _subject(kind: str, said: str) -> str:
    """Hashed: people type their password where the name belongs."""
    return f"{kind}:{hashlib.sha256(said.encode()).hexdigest()}"


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
