"""The department's clock: now in Asia/Shanghai, working days, and comparing times of which some lack the time of day.

All times are naive local times. The holidays of a year are known once the State Council has published them; for a year
that is not known yet only weekends count as days off.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TypeGuard

import chinese_calendar

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
Moment = dt.date | dt.datetime


def now() -> dt.datetime:
    """The present minute and second in Shanghai, without a time zone."""
    return dt.datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


@lru_cache(maxsize=4096)
def is_workday(day: dt.date) -> bool:
    """Does the company's calendar work that day, holidays and shifted working days included where they are known?"""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=4096)
def workday_after(day: dt.date, count: int) -> dt.date:
    """The `count`-th working day after `day`, which itself does not count."""
    while count:
        day += dt.timedelta(days=1)
        if is_workday(day):
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
