"""Columns of amounts and counts: decimals from end to end, the binary noise of the sheet's numbers cut off."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from logic import wording
from logic.kinds.kind import Kind, Misread, Reading, new_reading, number_text, plain
from logic.normalise import half_width, without_blanks
from sheets.port import CellFormat, Serial, Value

_MINUS = str.maketrans("−–", "--")
_CURRENCY = re.compile(r"^([+-]?)(?:¥|RMB|CNY|人民币)+", re.IGNORECASE)
_UNIT = re.compile(r"(?:元整?|圆整?|RMB|CNY|人民币)+$", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?)(\d+(?:,\d+)*|(?=\.\d))(?:\.(\d*))?", re.ASCII)
_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_MONEY_LIMIT = Decimal("1e13")  # thirteen digits and two decimals: what the sheet's float keeps exactly
_CENTS = (0.001, 1e13)
_WHOLE_LIMIT = 10**15
_NOISE = 1e-6


def _digits(text: str) -> tuple[str, str, str] | None:
    """Sign, whole part and decimals of a written number, or None; raises Misread on commas out of place."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, decimals = found.groups(default="")
    if "," in whole and not _GROUPS.fullmatch(whole):
        raise Misread(*wording.thousands_misplaced(text))
    return sign, whole.replace(",", "") or "0", decimals


@dataclass(frozen=True, slots=True)
class _Quantity(Kind):
    """What amounts and counts have in common: only numbers are numbers."""

    def _from_truth(self, flag: bool) -> Any:
        raise Misread(*wording.truth_not_amount(plain(flag)))

    def _from_date(self, serial: Serial) -> Any:
        raise Misread(*wording.date_not_amount(plain(serial)))


@dataclass(frozen=True, slots=True)
class Money(_Quantity):
    """An amount in yuan with two decimals; the sign is a matter of rules."""

    name: str = field(default="money", init=False)
    title: str = field(default="金额", init=False)
    python_type: Any = field(default=Decimal, init=False)
    format: CellFormat = field(default=CellFormat.MONEY, init=False)

    def read(self, cell: Value) -> Reading:
        # Amounts rarely repeat, so the common case, exact cents, is read at once instead of being remembered.
        if type(cell) is float and _CENTS[0] < cell < _CENTS[1]:
            text = f"{cell:.2f}"
            if float(text) == cell:
                return new_reading((Decimal(text), text, None))
        return Kind.read(self, cell)

    def _one(self, text: str) -> Any:
        written = without_blanks(half_width(text)).translate(_MINUS)
        written = _UNIT.sub("", _CURRENCY.sub(r"\1", written))
        parts = _digits(written)
        if parts is None:
            raise Misread(*wording.not_money(text))
        sign, whole, decimals = parts
        if len(decimals) > 2:
            raise Misread(*wording.money_decimals(text))
        return _amount(f"{sign}{whole}.{decimals:0<2}")

    def _from_number(self, number: float) -> Any:
        if not isfinite(number):
            raise Misread(*wording.not_finite())
        rounded = f"{number:.2f}"
        if abs(float(rounded) - number) >= _NOISE:
            raise Misread(*wording.money_decimals(number_text(number)))
        return _amount(rounded)

    def _text(self, value: Decimal) -> str:
        return f"{value:.2f}"

    def _cell(self, value: Decimal) -> Value:
        return float(value)


def _amount(written: str) -> Decimal:
    """The Decimal of a plain number with two decimals; never -0.00."""
    value = Decimal(written) + 0
    if abs(value) >= _MONEY_LIMIT:
        raise Misread(*wording.number_too_large(written))
    return value


@dataclass(frozen=True, slots=True)
class Integer(_Quantity):
    """A whole number of things."""

    name: str = field(default="integer", init=False)
    title: str = field(default="整数", init=False)
    python_type: Any = field(default=int, init=False)
    format: CellFormat = field(default=CellFormat.NUMBER, init=False)

    def _one(self, text: str) -> Any:
        parts = _digits(without_blanks(half_width(text)).translate(_MINUS))
        if parts is None or parts[2].strip("0"):
            raise Misread(*wording.not_whole(text))
        if len(parts[1].lstrip("0")) > 15:
            raise Misread(*wording.number_too_large(text))
        return int(parts[0] + parts[1])

    def _from_number(self, number: float) -> Any:
        if not isfinite(number):
            raise Misread(*wording.not_finite())
        value = round(number)
        if abs(value) >= _WHOLE_LIMIT:
            raise Misread(*wording.number_too_large(number_text(number)))
        if abs(value - number) >= _NOISE:
            raise Misread(*wording.not_whole(number_text(number)))
        return value

    def _cell(self, value: int) -> Value:
        return float(value)
