"""Who else has a record open at this moment: kept in memory, told by every open drawer again and again, never in the way.

Who stops telling (signed out, closed the browser, lost the line) is gone after a few seconds by itself.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

FORGOTTEN_AFTER = dt.timedelta(seconds=8)  # four missed beats of an open drawer
_Place = tuple[str, str]  # register and record


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody at a record. `edits`: there is a draft of theirs."""

    name: str
    since: dt.datetime
    edits: bool
    told_at: dt.datetime


class Presence:
    """By record, and there by opening: one person may have it open twice."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._there: dict[_Place, dict[str, Present]] = {}

    def tell(self, register: str, record: str, opening: str, name: str, *, edits: bool) -> None:
        """`name` has the record open, since the first time this opening told so."""
        now = self._clock()
        with self._lock:
            openings = self._there.setdefault((register, record), {})
            known = openings.get(opening, Present(name, now, edits, now))
            openings[opening] = replace(known, edits=edits, told_at=now)

    def leave(self, register: str, record: str, opening: str) -> None:
        with self._lock:
            openings = self._there.get((register, record), {})
            openings.pop(opening, None)
            if not openings:
                self._there.pop((register, record), None)

    def others(self, register: str, record: str, name: str) -> list[Present]:
        """Who else has it open, each once, the longest first; who edits in any window edits."""
        earliest = self._clock() - FORGOTTEN_AFTER
        with self._lock:
            for place, openings in list(self._there.items()):
                alive = {key: one for key, one in openings.items() if one.told_at >= earliest}
                if alive:
                    self._there[place] = alive
                else:
                    del self._there[place]
            present = [one for one in self._there.get((register, record), {}).values() if one.name != name]
        found: dict[str, Present] = {}
        for one in sorted(present, key=lambda one: one.since):
            first = found.get(one.name, one)
            found[one.name] = replace(first, edits=first.edits or one.edits)
        return list(found.values())
