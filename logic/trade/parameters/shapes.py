"""Kinds that only settings have: numbers within bounds, amounts that may be lifted, days, tables of two columns, hours."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from logic.clock import Calendar, Moment, date_of, has_time
from logic.kinds import Date, Integer, Kind, Misread, Money, Percent, split_parts
from logic.normalise import half_width, without_blanks
from logic.wording import quoted
from sheets.port import Serial

UNLIMITED = Decimal("Infinity")
_UNLIMITED_WORDS = ("不限", "无", "无上限", "off")
_ARROW = re.compile(r"\s*(?:→|->|[=:\uff1d\uff1a])\s*")
_WEEKDAYS = "一二三四五六日"
_HOURS = re.compile(
    r"(?:周|星期)([一二三四五六日天])(?:至|到|-|~)(?:周|星期)?([一二三四五六日天])[、,;]?"
    r"((?:\d{1,2}:\d{2}(?:-|~|至|到)\d{1,2}:\d{2}[、,;]?)+)",
    re.ASCII,
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_PROFILES = {"a": "周一至周五 09:00-12:00 13:00-18:00", "b": "周一至周六 08:30-12:00 14:00-18:00"}


@dataclass(frozen=True, slots=True)
class Whole(Integer):
    """A whole number from `least` to `most`."""

    least: int = 0
    most: int = 9999

    def _one(self, text: str) -> Any:
        value = Integer._one(self, text)
        if not self.least <= value <= self.most:
            raise Misread(
                f"{quoted(text)}不在 {self.least} 到 {self.most} 之间", f"请填 {self.least} 到 {self.most} 的整数"
            )
        return value


@dataclass(frozen=True, slots=True)
class Share(Percent):
    """From 0% to 100%."""

    def _one(self, text: str) -> Any:
        value = Percent._one(self, text)
        if not 0 <= value <= 100:
            raise Misread(f"{quoted(text)}不在 0% 到 100% 之间", "请填 0% 到 100% 的百分数,例如 30%")
        return value


@dataclass(frozen=True, slots=True)
class Amount(Money):
    """An amount that is not negative; with `may_be_lifted` also 不限, which is more than any amount."""

    may_be_lifted: bool = False

    def _one(self, text: str) -> Any:
        if self.may_be_lifted and without_blanks(half_width(text)).casefold() in _UNLIMITED_WORDS:
            return UNLIMITED
        value = Money._one(self, text)
        if value < 0:
            raise Misread(
                f"{quoted(text)}是负数", f"请填 0 或更大的金额{',没有上限填“不限”' if self.may_be_lifted else ''}"
            )
        return value

    def _text(self, value: Decimal) -> str:
        return _UNLIMITED_WORDS[0] if value == UNLIMITED else Money._text(self, value)


@dataclass(frozen=True, slots=True)
class Days(Date):
    """Several calendar dates."""

    title: str = field(default="几个日期", init=False)
    many: bool = field(default=True, init=False)
    python_type: Any = field(default=tuple[dt.date, ...], init=False)

    def _from_date(self, serial: Serial) -> Any:
        return (Date._from_date(self, serial),)


@dataclass(frozen=True, slots=True)
class Pairs(Kind):
    """Lines such as 甲→乙, each side of a kind of its own. `single`: the left side stands once."""

    name: str = field(default="pairs", init=False)
    title: str = field(default="对应表", init=False)
    many: bool = field(default=True, init=False)
    python_type: Any = field(default=tuple[tuple[Any, Any], ...], init=False)
    left: Kind = field(default_factory=Kind)
    right: Kind = field(default_factory=Kind)
    example: str = "甲→乙"
    single: bool = True

    def parse(self, text: str) -> Any:
        pairs = Kind.parse(self, text)
        lefts = [self.left.show(one) for one, _ in pairs or ()]
        double = next((one for one in lefts if lefts.count(one) > 1), None)
        if self.single and double is not None:
            raise Misread(f"{quoted(double)}写了两次", f"箭头左边每项只写一次,例如 {self.example}")
        return self._checked(pairs)

    def _checked(self, pairs: Any) -> Any:
        return pairs

    def _parts(self, text: str) -> Iterable[str]:
        return split_parts(_ARROW.sub("→", text))

    def _one(self, text: str) -> Any:
        sides = text.split("→")
        if len(sides) != 2 or not all(sides):
            raise Misread(f"{quoted(text)}看不出哪个对应哪个", f"请用箭头连接,几项之间用顿号隔开,例如 {self.example}")
        return self.left.parse(sides[0]), self.right.parse(sides[1])

    def _text(self, value: tuple[Any, Any]) -> str:
        return f"{self.left.show(value[0])}→{self.right.show(value[1])}"


@dataclass(frozen=True, slots=True)
class Bands(Pairs):
    """Lower bounds, included, and what each gives; from the highest down to 0."""

    def _checked(self, pairs: Any) -> Any:
        ordered = tuple(sorted(pairs or (), key=lambda pair: pair[0], reverse=True))
        if not ordered or ordered[-1][0] != 0:
            raise Misread("最低一档不是从 0 分开始", f"请写到 0 分为止,例如 {self.example}")
        return ordered


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The company's working hours: weekdays (Monday is 0) and from when to when."""

    weekdays: tuple[int, ...]
    spans: tuple[tuple[dt.time, dt.time], ...]
    # Asked once for every transfer, of which there are thousands on few days.
    _known: dict[tuple[dt.date, dt.time, Calendar], tuple[dt.datetime, dt.datetime]] = field(
        default_factory=dict[tuple[dt.date, dt.time, Calendar], tuple[dt.datetime, dt.datetime]],
        init=False,
        repr=False,
        compare=False,
    )

    @property
    def end(self) -> dt.time:
        """When the day's work is over."""
        return self.spans[-1][1]

    def same_day_or(self, moment: Moment, next_day: dt.time, calendar: Calendar) -> dt.datetime:
        """The end of the working day in which `moment` falls; after hours, on a day off, and where the time of day is not
        known, `next_day` on the next working day."""
        day = date_of(moment)
        key = day, next_day, calendar
        found = self._known.get(key)
        if found is None:
            end = dt.datetime.combine(day, self.end) if calendar.is_workday(day) else dt.datetime.min
            found = self._known[key] = end, dt.datetime.combine(calendar.workday_after(day, 1), next_day)
        end, later = found
        return end if isinstance(moment, dt.datetime) and has_time(moment) and moment <= end else later


@dataclass(frozen=True, slots=True)
class Hours(Kind):
    """Working hours such as 周一至周五 09:00-12:00 13:00-18:00; A and B stand for the two sets of the documents."""

    name: str = field(default="hours", init=False)
    title: str = field(default="工作时间", init=False)
    python_type: Any = field(default=WorkHours, init=False)

    def _one(self, text: str) -> Any:
        found = _HOURS.fullmatch(without_blanks(half_width(_PROFILES.get(text.casefold(), text))))
        hours = _work_hours(*found.groups()) if found else None
        if hours is None:
            raise Misread(f"{quoted(text)}不是能看懂的工作时间", f"请按先后写清星期和钟点,例如 {_PROFILES['a']}")
        return hours

    def _text(self, value: WorkHours) -> str:
        days = f"周{_WEEKDAYS[value.weekdays[0]]}至周{_WEEKDAYS[value.weekdays[-1]]}"
        return " ".join([days, *(f"{start:%H:%M}-{end:%H:%M}" for start, end in value.spans)])


def _work_hours(first: str, last: str, spans: str) -> WorkHours | None:
    """The hours written, None where a time does not exist or something runs backwards."""
    days = range(_WEEKDAYS.index(first.replace("天", "日")), _WEEKDAYS.index(last.replace("天", "日")) + 1)
    try:
        times = [dt.time(int(hour), int(minute)) for hour, minute in _CLOCK.findall(spans)]
    except ValueError:
        return None
    if not days or sorted(set(times)) != times:
        return None
    return WorkHours(tuple(days), tuple(zip(times[::2], times[1::2], strict=True)))
