"""Columns of dates and times, local time of the department, to the minute.

A sheet keeps a Serial; people type 2021.1.1, 2021年1月1日 下午3点. Nothing is guessed: 3/5 and 1/2/2021 are refused.
Midnight means that the time of day is not known, because a sheet cannot tell the two apart (see DAT-08).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from logic import wording
from logic.kinds.kind import Kind, Misread, Reading, new_reading, number_text, plain
from logic.normalise import half_width, without_hidden
from sheets.port import EPOCH, CellFormat, Serial, Value

_DAY = r"(?:([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?|([0-9]{4})([0-9]{2})([0-9]{2}))"
_PERIODS = "凌晨|早上|上午|中午|下午|晚上"
_TIME = (
    rf"({_PERIODS})?\s*([0-9]{{1,2}})\s*"
    r"(?::\s*([0-9]{2})(?:\s*:\s*([0-9]{2})(?:\.[0-9]+)?)?|[点时]\s*(?:(半)|整|(?:([0-9]{1,2})\s*分?\s*(?:([0-9]{1,2})\s*秒)?)?))"
    r"\s*(am|pm)?"
)
FULL = re.compile(rf"{_DAY}(?:(?:\s+|\s*T\s*|(?<=[日号])|(?={_PERIODS})){_TIME})?", re.IGNORECASE)
DAY_FIRST = re.compile(rf"{_DAY}(?![0-9])")
CLOCK = re.compile(_TIME, re.IGNORECASE)
_YEAR_UNCLEAR = re.compile(r"[0-9]{1,2}\s*[-/.年月]\s*[0-9]{1,2}(?![0-9])")
_NO_DAY = re.compile(r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*月?")
ONLY_DIGITS = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
# Excel counts a 29 February 1900 that never was: below this date Excel and Google Sheets disagree.
EARLIEST = dt.datetime(1900, 3, 1)
_FIRST_SERIAL, _LAST_SERIAL = 61, 2_958_465
# A bare number in a date column is taken for a date only from 1970-01-01 to 2099-12-31.
BARE_NUMBERS = (25_569.0, 73_051.0)
MOMENT_EXAMPLE = "2021-03-02 10:32"
_MINUTES = tuple((dt.timedelta(minutes=n), f" {n // 60:02}:{n % 60:02}") for n in range(24 * 60))


def written(text: str) -> str:
    """What somebody wrote, in half-width characters and with single blanks, which patterns match in no time."""
    return " ".join(half_width(without_hidden(text)).split())


def _understand(text: str) -> dt.datetime:
    """The moment a typed text names, midnight where no time is written; raises Misread."""
    found = FULL.fullmatch(written(text))
    if found is None:
        raise Misread(*_why_not(text))
    parts = found.groups()
    year, month, day = (int(a or b) for a, b in zip(parts[:3], parts[3:6], strict=True))
    try:
        date = dt.date(year, month, day)
    except ValueError:
        date = None
    if date is None:
        raise Misread(*wording.date_impossible(text))
    if date < EARLIEST.date():
        raise Misread(*wording.date_too_early(text))
    return dt.datetime.combine(date, dt.time() if parts[7] is None else clock_time(parts[6:], text))


def clock_time(parts: tuple[str | None, ...], text: str, example: str = MOMENT_EXAMPLE) -> dt.time:
    """The time of day that the groups of CLOCK name in `text`; raises Misread, with `example` in its remedy."""
    period, hour_text, minute_colon, second_colon, half, minute_word, second_word, suffix = parts
    hour = int(hour_text or 0)
    minute = 30 if half else int(minute_colon or minute_word or 0)
    second = int(second_colon or second_word or 0)
    period = {"am": "上午", "pm": "下午"}.get((suffix or "").lower(), period)
    if (hour == 12 and period in ("晚上", "早上")) or (hour > 12 and period in ("凌晨", "早上", "上午")):
        raise Misread(*wording.time_unclear(text, example))  # 晚上12点 is midnight, but of which day?
    if (hour < 12 and period in ("下午", "晚上")) or (hour < 3 and period == "中午"):
        hour += 12
    elif period in ("上午", "凌晨") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        raise Misread(*wording.time_impossible(text, example))
    return dt.time(hour, minute)


def _why_not(text: str) -> wording.Words:
    """The reason why a text is no date, as near to the cause as can be told."""
    words = written(text)
    if _YEAR_UNCLEAR.match(words):
        return wording.year_unclear(text)
    if ONLY_DIGITS.fullmatch(words):
        return wording.serial_typed(text)
    if DAY_FIRST.match(words):
        return wording.time_unclear(text, MOMENT_EXAMPLE)
    if _NO_DAY.fullmatch(words):
        return wording.day_missing(text)
    if CLOCK.fullmatch(words):
        return wording.date_missing(text)
    return wording.not_date(text)


@lru_cache(maxsize=4096)
def _day(number: int) -> tuple[dt.datetime, str]:
    """Midnight and the text of a day, by the sheet's count."""
    midnight = EPOCH + dt.timedelta(days=number)
    return midnight, midnight.date().isoformat()


@dataclass(frozen=True, slots=True)
class Date(Kind):
    """A calendar date; a time written beside it is left out."""

    name: str = field(default="date", init=False)
    title: str = field(default="日期", init=False)
    python_type: Any = field(default=dt.date, init=False)
    format: CellFormat = field(default=CellFormat.DATE, init=False)

    def _made(self, moment: dt.datetime) -> Any:
        """The value for a date and time; midnight where no time is written."""
        return moment.date()

    def _one(self, text: str) -> Any:
        return self._made(_understand(text))

    def _text(self, value: Any) -> str:
        return value.isoformat()

    def _cell(self, value: Any) -> Value:
        return Serial.of(value)

    def _from_date(self, serial: Serial) -> Any:
        shown = plain(serial)
        try:
            moment = serial.moment().replace(second=0)
        except ValueError:
            moment = None
        if moment is None:
            raise Misread(*wording.number_not_date(shown))
        if 0 <= serial < 1:
            raise Misread(*wording.date_missing(shown))
        if moment < EARLIEST:
            raise Misread(*wording.date_too_early(shown))
        return self._made(moment)

    def _from_number(self, number: float) -> Any:
        if BARE_NUMBERS[0] <= number < BARE_NUMBERS[1]:
            return self._from_date(Serial(number))
        text = number_text(number)
        if len(text) == 8 and text.isdigit():  # 20210101 typed into a cell
            return self.parse(text)
        raise Misread(*wording.number_not_date(text))

    def _from_truth(self, flag: bool) -> Any:
        raise Misread(*wording.truth_not_date(plain(flag)))


@dataclass(frozen=True, slots=True)
class DateTime(Date):
    """A date with a time; seconds are cut off (DAT-08)."""

    name: str = field(default="datetime", init=False)
    title: str = field(default="日期时间", init=False)
    python_type: Any = field(default=dt.datetime, init=False)
    format: CellFormat = field(default=CellFormat.DATETIME, init=False)

    def read(self, cell: Value) -> Reading:
        # Nearly every moment of a column differs, so remembering whole readings is no help: days and minutes are.
        if type(cell) is Serial and _FIRST_SERIAL <= cell < _LAST_SERIAL:
            day, minute = divmod(round(cell * 86_400) // 60, 1440)
            midnight, date_text = _day(day)
            delta, clock = _MINUTES[minute]
            return new_reading((midnight + delta, date_text + clock, None))
        return Kind.read(self, cell)

    def _made(self, moment: dt.datetime) -> Any:
        return moment

    def _text(self, value: Any) -> str:
        return value.isoformat(" ", "minutes")


@dataclass(frozen=True, slots=True)
class Moment(Date):
    """A date, with its time only where that is known: a `date` or a `datetime` that is not midnight."""

    name: str = field(default="moment", init=False)
    title: str = field(default="日期(时间)", init=False)
    python_type: Any = field(default=dt.date | dt.datetime, init=False)
    format: CellFormat = field(default=CellFormat.DATETIME, init=False)

    def read(self, cell: Value) -> Reading:
        if type(cell) is Serial and _FIRST_SERIAL <= cell < _LAST_SERIAL:
            day, minute = divmod(round(cell * 86_400) // 60, 1440)
            midnight, date_text = _day(day)
            if not minute:
                return new_reading((midnight.date(), date_text, None))
            delta, clock = _MINUTES[minute]
            return new_reading((midnight + delta, date_text + clock, None))
        return Kind.read(self, cell)

    def _made(self, moment: dt.datetime) -> Any:
        return moment if moment.hour or moment.minute else moment.date()

    def _text(self, value: Any) -> str:
        return value.isoformat(" ", "minutes") if isinstance(value, dt.datetime) else value.isoformat()
