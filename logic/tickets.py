"""Links that open one thing once: a token nobody can guess stands for what may be seen, by whom, for some minutes, and only
in the session it was made for.

They live in the memory of the console: a restart makes them void, and none is worth keeping.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from logic.clock import now

LIFETIME = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may see which printout of which record, in which session of theirs."""

    register: str
    record: str
    printout: str
    actor: str
    session: str


class Tickets:
    """Safe to use from many threads."""

    def __init__(self, clock: Callable[[], dt.datetime] = now) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Ticket, dt.datetime]] = {}  # oldest first

    def issue(self, ticket: Ticket) -> str:
        """A token for this, good for LIFETIME and for one look."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._forget()
            self._known[token] = ticket, self._clock() + LIFETIME
        return token

    def lasts(self, token: str, left: dt.timedelta = dt.timedelta(0)) -> bool:
        """Was it not used yet, and is it good for longer than `left`?"""
        with self._lock:
            known = self._known.get(token)
        return known is not None and known[1] - self._clock() > left

    def redeem(self, token: str, session: str) -> Ticket | None:
        """What the token stands for, the first time its own session asks and in time; another one uses nothing up."""
        with self._lock:
            self._forget()
            known = self._known.get(token)
            if known is None or known[0].session != session:
                return None
            del self._known[token]
        return known[0]

    def _forget(self) -> None:
        at = self._clock()
        self._known = {token: known for token, known in self._known.items() if known[1] > at}


PRINTING = Tickets()
