"""How often Google is asked: one governor for all spreadsheets of a service account, below Google's 60 + 60 a minute.

A token bucket for reads and one for writes. With `capacity` 4 and 36 a minute no minute ever sees more than 40 calls of
a kind. Polling may not take the last tokens: they are kept for what people have saved.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from enum import StrEnum

from sheets.gsheets_errors import QuotaUsedUp

CAPACITY = 4.0
PER_SECOND = 36 / 60
KEPT_FOR_SAVES = 2.0
LONGEST_WAIT = 20.0  # seconds a save waits for its turn before it says so and stays queued
PENALTY = (10.0, 30.0)  # seconds of silence after Google said that the quota is used up, chosen at random

Timer = Callable[[], float]
Sleep = Callable[[float], object]


class Kind(StrEnum):
    READ = "read"
    WRITE = "write"


class Governor:
    """`timer` counts seconds; `sleep` waits them. Shared by the keeper threads of all spreadsheets."""

    def __init__(
        self,
        timer: Timer = time.monotonic,
        sleep: Sleep = time.sleep,
        *,
        capacity: float = CAPACITY,
        per_second: float = PER_SECOND,
        chance: random.Random | None = None,
    ) -> None:
        self.timer, self.sleep = timer, sleep
        self._capacity, self._rate = capacity, per_second
        self._chance = chance or random.Random()
        self._tokens = dict.fromkeys(Kind, capacity)
        self._at = timer()
        self._silent_until = self._at
        self._lock = threading.Lock()

    def may_poll(self) -> bool:
        """Take a read for polling, if that leaves enough for saves."""
        with self._lock:
            self._refill()
            if self._at < self._silent_until or self._tokens[Kind.READ] < 1 + min(KEPT_FOR_SAVES, self._capacity - 1):
                return False
            self._tokens[Kind.READ] -= 1
            return True

    def take(self, kind: Kind) -> None:
        """Take a token for what somebody waits for, waiting for it; raises QuotaUsedUp where that would take too long."""
        with self._lock:
            self._refill()
            self._tokens[kind] -= 1  # later ones queue up behind
            short = -self._tokens[kind] / self._rate
            wait = max(short, self._silent_until - self._at, 0.0)
            if wait > LONGEST_WAIT:
                self._tokens[kind] += 1
                raise QuotaUsedUp(f"{kind}: {wait:.0f} s")
        if wait > 0:
            self.sleep(wait)

    def scold(self) -> None:
        """Google said 429: nobody asks anything for a while."""
        with self._lock:
            self._refill()
            self._silent_until = max(self._silent_until, self._at + self._chance.uniform(*PENALTY))

    def _refill(self) -> None:
        now = self.timer()
        for kind in Kind:
            self._tokens[kind] = min(self._capacity, self._tokens[kind] + (now - self._at) * self._rate)
        self._at = now
