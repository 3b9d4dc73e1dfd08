"""Runs of pages take turns, in the order they came.

Python executes one thread at a time, however many want to run. Twenty runs at once hand the interpreter to each other at
every look into the database and every element sent, and each handing over may take 5 ms; one after another they are done
sooner, the last of them too (tests/bench/bench_pages.py).

A turn is a courtesy, not a lock: whoever takes longer than PATIENCE is overtaken. So a run that waits for the network
holds nobody up for longer than that, and nothing ever waits for good.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

PATIENCE = 0.3  # seconds; an ordinary run takes a twentieth of it

P = ParamSpec("P")
R = TypeVar("R")


class _Turn:
    """Somebody's place: `came` once it is theirs, at the time `since`."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.since = 0.0


class Turns:
    """Safe to use from many threads; `clock` in seconds."""

    def __init__(self, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience, self._clock = patience, clock
        self._guard = threading.Lock()
        self._queue: deque[_Turn] = deque()
        self._running: _Turn | None = None
        self._here = threading.local()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._queue)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and have it until the block ends; a thread that has it goes right on."""
        if getattr(self._here, "has_it", False):
            yield
            return
        turn = self._wait()
        self._here.has_it = True
        try:
            yield
        finally:
            self._here.has_it = False
            with self._guard:
                if self._running is turn:  # not overtaken
                    self._pass_on()

    def _wait(self) -> _Turn:
        turn = _Turn()
        with self._guard:
            self._queue.append(turn)
            if self._running is None:
                self._pass_on()
        while not turn.came.wait(self._patience):
            with self._guard:
                if self._running is not None and self._clock() - self._running.since >= self._patience:
                    self._pass_on()
        return turn

    def _pass_on(self) -> None:
        self._running = self._queue.popleft() if self._queue else None
        if self._running is not None:
            self._running.since = self._clock()
            self._running.came.set()


_turns = Turns()


def in_turn(function: Callable[P, R]) -> Callable[P, R]:
    """Every run of a page and of a part of it (fragment, dialog) is one of these, so that they come one after another."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with _turns.taken():
            return function(*args, **kwargs)

    return run
