"""The kinds of column a register can declare: how a cell of each is read, checked, shown and written."""

from __future__ import annotations

from logic.kinds.choices import Choice, Choices, YesNo
from logic.kinds.dates import Date, DateTime, Moment
from logic.kinds.identifiers import Digits, Identifier, Phone, Waybill
from logic.kinds.kind import Derived, Kind, Misread, Reading
from logic.kinds.numbers import Integer, Money
from logic.kinds.texts import Email, Link, LongText, Staff, Text
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
    "Phone",
    "Reading",
    "Staff",
    "Text",
    "Waybill",
    "YesNo",
    "split_parts",
]
