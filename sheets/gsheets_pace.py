"""How often Google is asked: one governor for all spreadsheets of a service account, below Google's 60 + 60 a minute.

For reads and writes alike: never more than 40 in any minute, and after twelve in one go only as many as come back in time,
so that nobody waits long because others were quick. What people saved goes first: polling takes what is left over, and the
longer a reading is overdue, the less it leaves.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sheets.gsheets_errors import QuotaUsedUp

MOST, MINUTE = 40, 61.0  # calls, seconds: a call may take a little longer than another to arrive
AT_ONCE = 12.0  # calls in one go
SPREAD = 6  # so many, the last of a minute, are spread over what is left of it
LONGEST_WAIT = 20.0  # seconds a save waits for its turn before it says so and stays queued
JUST_NOW = 0.5  # seconds within which what was read still stands, as far as anybody can know
PENALTY = (10.0, 30.0)  # seconds of silence after Google said that the quota is used up, chosen at random

Timer = Callable[[], float]
Sleep = Callable[[float], object]


class Kind(StrEnum):
    READ = "read"
    WRITE = "write"


KEPT = 8.0, 20  # what polling that just became due leaves for saves: in one go, in the minute


class Turns:
    """The calls of one kind."""

    def __init__(self, most: float, at_once: float, now: float) -> None:
        self._most, self._capacity = most, at_once
        self._left, self._at = at_once, now
        self._times = deque[float]()  # also of those still to come

    def wait(self, now: float, kept: tuple[float, int] = (0, 0)) -> float:
        """Seconds until the next call may go that leaves so much for others."""
        self._forget(now)
        short = max(0.0, 1 + min(kept[0], self._capacity - 1) - self._left) * MINUTE / self._most
        most, used = int(max(self._most - kept[1], 1)), len(self._times)
        if used >= most:
            return max(short, self._times[-most] + MINUTE - now)
        if used >= self._most - SPREAD:
            last, gap = self._times[-1], (self._times[0] + MINUTE - self._times[-1]) / (most - used + 1)
            return max(short, last + gap - now)
        return short

    def take(self, at: float) -> None:
        self._left -= 1  # later ones queue up behind
        self._times.append(at)

    def _forget(self, now: float) -> None:
        self._left = min(self._capacity, self._left + (now - self._at) * self._most / MINUTE)
        self._at = now
        while self._times and self._times[0] <= now - MINUTE:
            self._times.popleft()


class Governor:
    """`timer` counts seconds; `sleep` waits them. Shared by the keeper threads of all spreadsheets."""

    def __init__(
        self,
        timer: Timer = time.monotonic,
        sleep: Sleep = time.sleep,
        *,
        most: float = MOST,
        at_once: float = AT_ONCE,
        chance: random.Random | None = None,
    ) -> None:
        self.timer, self.sleep = timer, sleep
        self._chance = chance or random.Random()
        now = self._silent_until = timer()
        self._turns = {kind: Turns(most, at_once, now) for kind in Kind}
        self._lock = threading.Lock()

    def may_poll(self, urgency: float = 0.0) -> bool:
        """Take a read for polling, if that leaves enough for saves; the more urgent it is (up to 1), the less."""
        with self._lock:
            now, reads, part = self.timer(), self._turns[Kind.READ], max(0.0, 1 - urgency)
            if now < self._silent_until or reads.wait(now, (KEPT[0] * part, round(KEPT[1] * part))) > 0:
                return False
            reads.take(now)
            return True

    def take(self, kind: Kind) -> None:
        """Take a turn for what somebody waits for, waiting for it; raises QuotaUsedUp where that would take too long."""
        with self._lock:
            now = self.timer()
            wait = max(self._turns[kind].wait(now), self._silent_until - now, 0.0)
            if wait > LONGEST_WAIT:
                raise QuotaUsedUp(f"{kind}: {wait:.0f} s")
            self._turns[kind].take(now + wait)
        if wait > 0:
            self.sleep(wait)

    def scold(self) -> None:
        """Google said 429: nobody asks anything for a while."""
        with self._lock:
            self._silent_until = max(self._silent_until, self.timer() + self._chance.uniform(*PENALTY))


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `look`: between two looks at the version; `again`: between two readings after a foreign change; `own`:
    after an own one; `always`: in any case; `tabs`: between two looks at which tabs there are; `patience`: how long a
    reading that is due gives way to saves, after a foreign change and without; `pauses`: the first and the longest pause
    while something is wrong. `whole`: up to so many cells are read in every detail; Google advises against answers of more
    than 2 MB."""

    look: float = 2.0
    again: float = 4.0
    own: float = 12.0
    always: float = 60.0
    tabs: float = 180.0
    patience: tuple[float, float] = (12.0, 20.0)
    pauses: tuple[float, float] = (2.0, 30.0)
    whole: int = 20_000


class Due:
    """What of one spreadsheet is to be asked next, and when. Numbers are moments of `timer`."""

    def __init__(self, timer: Timer, pace: Pace) -> None:
        self.timer, self.pace = timer, pace
        self._looked = self._read = self._closely = self._tabs = self._routine = timer()
        self._news = math.inf  # when a foreign change that was noticed is to be read
        self._is_unread = False  # something may have changed since the last reading, and be it an own commit

    def look(self, after: float) -> bool:
        """Was the last look so many seconds ago?"""
        return self.timer() - self._looked >= after

    @property
    def news(self) -> bool:
        """Is a foreign change known that was not read yet?"""
        return self._news < math.inf

    @property
    def unread(self) -> bool:
        """May something have changed since the last reading, some seconds ago?"""
        return self._is_unread and self.timer() - self._read >= self.pace.again

    @property
    def urgency(self) -> float:
        """Negative while no reading is due, 1 once it must not wait any longer."""
        late = self.timer() - self._news, self.timer() - self._routine
        return max(one / most for one, most in zip(late, self.pace.patience, strict=True))

    @property
    def closely(self) -> bool:
        return self.timer() - self._closely >= self.pace.always

    @property
    def tabs(self) -> bool:
        return self.timer() - self._tabs >= self.pace.tabs

    def looked(self) -> None:
        self._looked = self.timer()

    def learnt_tabs(self) -> None:
        self._tabs = self.timer()

    def changed(self, *, is_own: bool) -> None:
        """Something changed, as far as is known by ourselves only."""
        self._is_unread = True
        if is_own:
            self._routine = min(self._routine, self._read + self.pace.own)
        else:
            self._news = min(self._news, self._read + self.pace.again)

    def has_read(self, began: float, *, closely: bool) -> None:
        self._closely = began if closely else self._closely
        self._read, self._news, self._is_unread = began, math.inf, False
        self._routine = min(began + self.pace.always, self._closely + self.pace.always, self._tabs + self.pace.tabs)
