"""Several programs in one simulated time: while one sleeps the others work, and the clock jumps to whoever wakes next.

Every program is a thread, and one runs at a time, so that the same things happen in the same order in every run. A thread that
answers for a program (a server's, say) may sleep in its place.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import threading
from collections.abc import Callable

from tests.conftest import Clock

Act = Callable[[], object]


class Alarm:
    """What ends a sleep early: like threading.Event, a ring while nobody sleeps ends the next sleep at once."""

    def __init__(self) -> None:
        self.rung = False
        self.sleeper: threading.Event | None = None


class Simulation:
    """`run()` belongs to the thread that made it; everything else may be called by anybody whose turn it is."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._due: list[tuple[float, int, Act]] = []
        self._numbers = itertools.count()
        self._back = threading.Semaphore(0)
        self._trouble: BaseException | None = None

    def seconds(self) -> float:
        return self.clock.now.timestamp()

    def at(self, moment: float, act: Act) -> None:
        """Something that takes no time."""
        heapq.heappush(self._due, (moment, next(self._numbers), act))

    def program(self, work: Act) -> None:
        """Begins now and goes on beside the others until it returns."""

        def run() -> None:
            try:
                work()
            except BaseException as error:  # told by `run()`
                self._trouble = error
            finally:
                self._back.release()

        thread = threading.Thread(target=run, daemon=True)
        self.at(self.seconds(), lambda: (thread.start(), self._back.acquire()))

    def sleep(self, seconds: float, alarm: Alarm | None = None) -> None:
        """Let the others work for so long, or until the alarm rings."""
        if alarm is not None and alarm.rung:
            alarm.rung = False
            return
        woken = threading.Event()
        if alarm is not None:
            alarm.sleeper = woken
        self.at(self.seconds() + seconds, lambda: self._go_on(woken))
        self._back.release()
        woken.wait()
        if alarm is not None:
            alarm.rung, alarm.sleeper = False, None

    def ring(self, alarm: Alarm) -> None:
        alarm.rung = True
        if (sleeper := alarm.sleeper) is not None:
            self.at(self.seconds(), lambda: self._go_on(sleeper))

    def run(self) -> None:
        """Until every program has ended and nothing is due any more."""
        while self._due and self._trouble is None:
            moment, _, act = heapq.heappop(self._due)
            if moment > self.seconds():
                self.clock.now = dt.datetime.fromtimestamp(moment)
            act()
        if self._trouble is not None:
            raise self._trouble

    def _go_on(self, woken: threading.Event) -> None:
        if not woken.is_set():
            woken.set()
            self._back.acquire()
