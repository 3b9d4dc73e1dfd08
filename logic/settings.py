"""制度参数: the numbers and lists that the documents leave open, typed, each in effect from a day on (DAT-09).

What is declared stands in logic.trade.parameters; what the company chose stands in the register `settings`. A row counts
when its value can be read (a list may be emptied, a number not), it has a day and an approver, and it is not 作废;
otherwise what counted before goes on.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from logic.clock import Calendar, Moment, date_of
from logic.kinds import Kind
from logic.records import Record
from logic.source import Source

SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A declared setting. `default` is the canonical text of its kind; `source` is None where it is only a proposal.

    `used_by`: ids of the rules that ask it.
    """

    key: str
    title: str
    kind: Kind
    default: str
    help: str
    used_by: tuple[str, ...] = ()
    source: Source | None = None


class Settings:
    """What is in effect when: made from the records of 制度参数, the declared defaults where there is none."""

    def __init__(self, parameters: Mapping[str, Parameter], records: Mapping[str, Record] | None = None) -> None:
        self._defaults = {key: one.kind.parse(one.default) for key, one in parameters.items()}
        by_title = {one.title: one for one in parameters.values()}
        found: dict[str, list[tuple[dt.date, Any]]] = {}
        for record in (records or {}).values():
            row: Any = record.typed
            one = by_title.get(row.key or "")
            if one is None or row.effective_from is None or not row.approver or row.status == "作废":
                continue
            reading = one.kind.read(row.value)
            if reading.problem is None and (reading.value is not None or not one.default):
                found.setdefault(one.key, []).append((row.effective_from, reading.value))
        # Of two rows for one day the lower one counts: sorting keeps the order of the sheet.
        self._steps = {key: sorted(steps, key=lambda step: step[0]) for key, steps in found.items()}
        self._days = {key: [day for day, _ in steps] for key, steps in self._steps.items()}

    def value(self, key: str, on: Moment) -> Any:
        """The typed value in effect on that day, None where the setting is blank; raises KeyError if none is declared."""
        steps = self._steps.get(key)
        if steps:
            position = bisect_right(self._days[key], date_of(on))
            if position:
                return steps[position - 1][1]
        return self._defaults[key]

    def calendar(self, on: Moment) -> Calendar:
        """The days the company works, as the settings of that day say."""
        hours, off = self.value("work_profile", on), self.value("holidays", on)
        return Calendar(frozenset(hours.weekdays), frozenset(off or ()))

    def steps(self, key: str) -> tuple[tuple[dt.date, Any], ...]:
        """What was chosen for a setting, each from its day on, the earliest first."""
        return tuple(self._steps.get(key, ()))

    def differing(self, other: Settings) -> set[str]:
        """Keys of settings that were not always the same in both."""
        return {key for key in {*self._steps, *other._steps} if self._steps.get(key) != other._steps.get(key)}
