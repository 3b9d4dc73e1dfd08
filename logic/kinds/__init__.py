"""The kinds of column a register can declare: how a cell of each is read, checked, shown and written."""

from __future__ import annotations

from logic.kinds.choices import Choice, Choices, YesNo
from logic.kinds.dates import Date, DateTime, Moment
from logic.kinds.identifiers import Digits, Identifier, Phone, Ref, Waybill
from logic.kinds.kind import Derived, Kind, Misread, Reading
from logic.kinds.numbers import Integer, Money, Percent
from logic.kinds.texts import Email, Link, LongText, Photo, Staff, Text
from logic.kinds.times import Month, Time, TimeBand
from logic.normalise import split_parts

__all__ = [
    "Choice",
    "Choices",
    "Date",
    "DateTime",
    "Derived",
    "Digits",
    "Email",
    "Identifier",
    "Integer",
    "Kind",
    "Link",
    "LongText",
    "Misread",
    "Moment",
    "Money",
    "Month",
    "Percent",
    "Phone",
    "Photo",
    "Reading",
    "Ref",
    "Staff",
    "Text",
    "Time",
    "TimeBand",
    "Waybill",
    "YesNo",
    "split_parts",
]
