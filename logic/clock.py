"""The department's clock: now in Asia/Shanghai, working days, and comparing times of which some lack the time of day.

All times are naive local times. The holidays of a year are known once the State Council has published them; for a year
that is not known yet only weekends count as days off.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

import chinese_calendar

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
Moment = dt.date | dt.datetime


def now() -> dt.datetime:
    """The present minute and second in Shanghai, without a time zone."""
    return dt.datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days the company works: its weekdays (Monday is 0), the state's holidays and shifted working days where they are
    known, and further days off."""

    weekdays: frozenset[int] = frozenset(range(5))
    off: frozenset[dt.date] = frozenset()

    def is_workday(self, day: dt.date) -> bool:
        return _is_workday(self, day)

    def workday_after(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`, which itself does not count."""
        return _workday_after(self, day, count)


@lru_cache(maxsize=4096)
def _is_workday(calendar: Calendar, day: dt.date) -> bool:
    if day in calendar.off:
        return False
    is_usual = day.weekday() in calendar.weekdays
    try:
        is_off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return is_usual
    # A name says that the state decided about the day; without one it is a plain weekday or weekend.
    return not is_off if holiday is not None else is_usual


@lru_cache(maxsize=4096)
def _workday_after(calendar: Calendar, day: dt.date, count: int) -> dt.date:
    while count:
        day += dt.timedelta(days=1)
        if _is_workday(calendar, day):
            count -= 1
    return day


def date_of(moment: Moment) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def has_time(moment: Moment) -> TypeGuard[dt.datetime]:
    """Is the time of day known? Midnight counts as unknown, because a sheet cannot tell the two apart."""
    return isinstance(moment, dt.datetime) and bool(moment.hour or moment.minute)


def is_after(one: Moment, other: Moment) -> bool:
    """Is `one` later than `other`? By date only where either lacks a time of day; seconds never count (DAT-08)."""
    if has_time(one) and has_time(other):
        return one > other and _to_minute(one) > _to_minute(other)
    return date_of(one) > date_of(other)


def _to_minute(moment: dt.datetime) -> dt.datetime:
    return moment.replace(second=0, microsecond=0) if moment.second or moment.microsecond else moment


def begins(moment: Moment) -> dt.datetime:
    """The first instant of a moment: midnight where the time is not known."""
    return moment if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, dt.time())
