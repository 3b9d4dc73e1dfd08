"""Columns of parts of the calendar: a time of day, a band of hours, a month. As in dates, nothing is guessed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from logic import wording
from logic.kinds.dates import BARE_NUMBERS, CLOCK, DAY_FIRST, EARLIEST, FULL, ONLY_DIGITS, clock_time, written
from logic.kinds.kind import Kind, Misread, number_text, plain
from logic.normalise import without_blanks
from sheets.port import CellFormat, Serial, Value

BANDS = ("上午", "下午", "晚上", "周末", "工作日")
_EXAMPLE = "09:00"
_BAND_EXAMPLE = "09:00-12:00"
_DAY_MINUTES, _DAY_SECONDS = 1440, 86_400
_NOISE = 1e-6
_BETWEEN = re.compile("[-‐‑‒–—―−~〜∼]+|至|到")
_HOUR_WITHOUT_UNIT = re.compile(r"\D*[0-9]{1,2}")
_MONTH = re.compile(r"([0-9]{4})\s*(?:[-/.]\s*([0-9]{1,2})|年\s*([0-9]{1,2})\s*(?:月份?)?)")
_MONTH_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})")
_NO_YEAR = re.compile(r"(?:[0-9]{2}\s*[-/.年]\s*)?[0-9]{1,2}\s*月份?|[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}")


def _clock(parts: tuple[str | None, ...], text: str, example: str) -> dt.time:
    """The time of day that the groups of CLOCK name; 24:00 belongs to the next day."""
    hour, later = parts[1], parts[2:7]
    if hour == "24" and not any(part.strip("0") for part in later if part):
        raise Misread(*wording.time_after_midnight(text))
    return clock_time(parts, text, example)


@dataclass(frozen=True, slots=True)
class Time(Kind):
    """A time of day; seconds are cut off (DAT-08)."""

    name: str = field(default="time", init=False)
    title: str = field(default="时间", init=False)
    python_type: Any = field(default=dt.time, init=False)
    format: CellFormat = field(default=CellFormat.TIME, init=False)

    def _one(self, text: str) -> Any:
        words = written(text)
        found = CLOCK.fullmatch(words)
        if found is not None:
            return _clock(found.groups(), text, _EXAMPLE)
        if ONLY_DIGITS.fullmatch(words):
            raise Misread(*wording.number_not_time(text))
        raise Misread(*(wording.time_with_date(text) if DAY_FIRST.match(words) else wording.not_time(text)))

    def _text(self, value: dt.time) -> str:
        return value.isoformat("minutes")

    def _cell(self, value: dt.time) -> Value:
        return Serial((value.hour * 60 + value.minute) / _DAY_MINUTES)

    def _from_date(self, serial: Serial) -> Any:
        shown = plain(serial)
        if 0 <= serial < 1:
            hour, minute = divmod(min(round(serial * _DAY_SECONDS), _DAY_SECONDS - 1) // 60, 60)
            return dt.time(hour, minute)
        known = shown != number_text(serial)  # a date, not a number outside the calendar
        raise Misread(*(wording.time_with_date(shown) if known else wording.number_not_time(shown)))

    def _from_number(self, number: float) -> Any:
        # A time whose format was lost: 9:00 is 0.375. Nought may be anything.
        if 0 < number < 1 and abs(number * _DAY_MINUTES - round(number * _DAY_MINUTES)) < _NOISE:
            return self._from_date(Serial(number))
        raise Misread(*wording.number_not_time(number_text(number)))


@dataclass(frozen=True, slots=True)
class TimeBand(Kind):
    """Hours of one day, such as 09:00-12:00, or one of the words in BANDS."""

    name: str = field(default="time_band", init=False)
    title: str = field(default="时间段", init=False)

    def _one(self, text: str) -> Any:
        words = written(text)
        word = without_blanks(words)
        if word in BANDS:
            return word
        first, *others = (end.strip() for end in _BETWEEN.split(words))
        if len(others) != 1:
            raise Misread(*wording.not_time_band(text, BANDS))
        if _HOUR_WITHOUT_UNIT.fullmatch(first) and ("点" in others[0] or "时" in others[0]):
            first += "点"  # 2-5点
        start, end = CLOCK.fullmatch(first), CLOCK.fullmatch(others[0])
        if start is None or end is None:
            raise Misread(*wording.not_time_band(text, BANDS))
        begins, ends = _both(start.groups(), end.groups(), text)
        return f"{begins:%H:%M}-{ends:%H:%M}"


def _both(start: tuple[str | None, ...], end: tuple[str | None, ...], text: str) -> tuple[dt.time, dt.time]:
    """Begin and end of a band. In 下午2点-5点 the second is in the afternoon too: else it would lie before the first."""
    if bool(start[-1]) is not bool(end[-1]):  # 2:00-5:00 pm: the first in the night or in the afternoon?
        raise Misread(*wording.time_unclear(text, _BAND_EXAMPLE))
    begins, ends = _clock(start, text, _BAND_EXAMPLE), _clock(end, text, _BAND_EXAMPLE)
    if ends <= begins and start[0] and not end[0]:
        ends = _clock((start[0], *end[1:]), text, _BAND_EXAMPLE)
    if ends <= begins:
        raise Misread(*wording.time_band_backwards(text))
    return begins, ends


@dataclass(frozen=True, slots=True)
class Month(Kind):
    """A month as the text 2021-03. Spreadsheets make the first day of the month of it: that is understood, no other day."""

    name: str = field(default="month", init=False)
    title: str = field(default="月份", init=False)

    def _one(self, text: str) -> Any:
        words = written(text)
        if found := _MONTH.fullmatch(words):
            return _month(found[1], found[2] or found[3], text)
        if found := _MONTH_DIGITS.fullmatch(words):
            # 200103 may be 2001-03 or 2020-01-03, and 210301 is meant as a day: only where no day is possible.
            if not 1970 <= int(found[1]) <= 2099 or 1 <= int(found[1][2:]) <= 12:
                raise Misread(*wording.month_unclear(text))
            return _month(found[1], found[2], text)
        if found := FULL.fullmatch(words):
            year, month, day = (
                one or other for one, other in zip(found.groups()[:3], found.groups()[3:6], strict=True)
            )
            if int(day) != 1 or found[8] is not None:
                raise Misread(*wording.month_with_day(text))
            return _month(year, month, text)
        raise Misread(*(wording.month_year_missing(text) if _NO_YEAR.fullmatch(words) else wording.not_month(text)))

    def _from_date(self, serial: Serial) -> Any:
        shown = plain(serial)
        try:
            moment = serial.moment()
        except ValueError:
            moment = None
        if moment is None or 0 <= serial < 1:
            raise Misread(*wording.not_month(shown))
        if moment < EARLIEST:
            raise Misread(*wording.month_impossible(shown))
        if moment.day != 1 or moment.time() != dt.time():
            raise Misread(*wording.month_with_day(shown))
        return f"{moment:%Y-%m}"

    def _from_number(self, number: float) -> Any:
        if number.is_integer() and BARE_NUMBERS[0] <= number < BARE_NUMBERS[1]:
            return self._from_date(Serial(number))
        if number.is_integer():
            return self.parse(number_text(number))
        raise Misread(*wording.not_month(number_text(number)))  # 2021.1 may have been January or October


def _month(year: str, month: str, text: str) -> str:
    if int(year) < EARLIEST.year or not 1 <= int(month) <= 12:
        raise Misread(*wording.month_impossible(text))
    return f"{year}-{int(month):02}"
