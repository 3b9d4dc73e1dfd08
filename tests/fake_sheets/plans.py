"""What a test schedules: faults, and things a person does in the very moment of a request.

BEFORE: the request has arrived, nothing was looked at. APPLIED: the content has changed, the answer is not yet composed.
AFTER: the answer is composed and not yet sent. Something done BEFORE a commit happens between our read and our write.
"""

from __future__ import annotations

import enum
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fake_sheets.refusals import Refusal


class When(enum.Enum):
    BEFORE = "before"
    APPLIED = "applied"
    AFTER = "after"


class Cut(Exception):
    """The connection ends without an answer, or in the middle of it."""

    def __init__(self, *, halfway: bool = False) -> None:
        super().__init__("cut")
        self.halfway = halfway


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came over the wire; `path` without the query, still encoded."""

    http: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.http} {self.path}"


Action = Callable[[Call], object]


@dataclass(slots=True)
class Plan:
    """`on`: a pattern searched in `METHOD /path`. `times`: how often; None for ever."""

    when: When
    on: re.Pattern[str]
    action: Action
    times: int | None
    done: int = 0


@dataclass(slots=True)
class Plans:
    """In the order they were made; all that match a request are carried out, until one raises."""

    _plans: list[Plan] = field(default_factory=list[Plan])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def do(self, action: Action, *, when: When = When.BEFORE, on: str = "", times: int | None = 1) -> Plan:
        plan = Plan(when, re.compile(on), action, times)
        with self._lock:
            self._plans.append(plan)
        return plan

    def fail(self, fault: Exception, *, when: When = When.BEFORE, on: str = "", times: int | None = 1) -> Plan:
        """A Refusal (see refusals.py) or a Cut instead of the answer."""

        def refuse(_: Call) -> None:
            if isinstance(fault, Refusal):
                raise Refusal(fault.status, fault.message, details=fault.details, reason=fault.reason, name=fault.name)
            raise fault

        return self.do(refuse, when=when, on=on, times=times)

    def clear(self) -> None:
        with self._lock:
            self._plans.clear()

    @property
    def waiting(self) -> int:
        """How many have not happened yet as often as they should (those for ever: not once)."""
        with self._lock:
            return sum(plan.times is not None or not plan.done for plan in self._plans)

    def run(self, when: When, call: Call) -> None:
        for plan in self._due(when, call):
            plan.action(call)

    def _due(self, when: When, call: Call) -> list[Plan]:
        due: list[Plan] = []
        with self._lock:
            for plan in list(self._plans):
                if plan.when is when and plan.on.search(call.line):
                    plan.done += 1
                    if plan.times is not None and plan.done >= plan.times:
                        self._plans.remove(plan)
                    due.append(plan)
        return due
