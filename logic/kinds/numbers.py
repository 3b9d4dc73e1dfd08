"""Columns of amounts, shares and counts: decimals from end to end, the binary noise of the sheet's numbers cut off."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any, ClassVar

from logic import wording
from logic.kinds.kind import Kind, Misread, Reading, new_reading, number_text, plain
from logic.normalise import half_width, without_blanks
from sheets.port import CellFormat, Serial, Value

_MINUS = str.maketrans("−–", "--")
_CURRENCY = re.compile(r"^([+-]?)(?:¥|RMB|CNY|人民币)+", re.IGNORECASE)
_UNIT = re.compile(r"(?:元整?|圆整?|RMB|CNY|人民币){1,3}$", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?)(\d+(?:,\d+)*|(?=\.\d))(?:\.(\d*))?", re.ASCII)
_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_LIMIT = Decimal("1e13")  # thirteen digits and two decimals: what the sheet's float keeps exactly
_CENTS = (0.001, 1e13)
_WHOLE_LIMIT = 10**15
_NOISE = 1e-6
_PERCENT_SIGN = str.maketrans("﹪", "%")
_PER_HUNDRED = "百分之"
_SHARES = 10_000  # how often the smallest share, 0.01%, goes into the whole
_SHARE_NOISE = 1e-8
_QUICK_SHARES = (0.0, 1e5)
_NUMERALS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SPELT = re.compile(
    r"(?:一?(百)|([一二三四五六七八九]?)(十)([一二三四五六七八九]?)|([〇零一二两三四五六七八九]))(?:点([〇零一二三四五六七八九]+))?"
)


def _digits(text: str, example: str) -> tuple[str, str, str] | None:
    """Sign, whole part and decimals of a written number, or None; raises Misread on commas out of place."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, decimals = found.groups(default="")
    if "," in whole and not _GROUPS.fullmatch(whole):
        raise Misread(*wording.thousands_misplaced(text, example))
    return sign, whole.replace(",", "") or "0", decimals


@dataclass(frozen=True, slots=True)
class _Quantity(Kind):
    """What amounts, shares and counts have in common: only numbers are numbers."""

    _example: ClassVar[str] = "12"
    _form: ClassVar[str] = "数值"

    def _from_truth(self, flag: bool) -> Any:
        raise Misread(*wording.truth_not_amount(plain(flag), self._example))

    def _from_date(self, serial: Serial) -> Any:
        raise Misread(*wording.date_not_amount(plain(serial), self._example, self._form))


@dataclass(frozen=True, slots=True)
class Money(_Quantity):
    """An amount in yuan with two decimals; the sign is a matter of rules."""

    name: str = field(default="money", init=False)
    title: str = field(default="金额", init=False)
    python_type: Any = field(default=Decimal, init=False)
    format: CellFormat = field(default=CellFormat.MONEY, init=False)
    _example: ClassVar[str] = "1234.50"

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
        parts = _digits(written, self._example)
        if parts is None:
            raise Misread(*wording.not_money(text))
        sign, whole, decimals = parts
        if len(decimals) > 2:
            raise Misread(*wording.money_decimals(text))
        return _amount(f"{sign}{whole}.{decimals:0<2}")

    def _from_number(self, number: float) -> Any:
        if not isfinite(number):
            raise Misread(*wording.not_finite(self._example))
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
    if abs(value) >= _LIMIT:
        raise Misread(*wording.number_too_large(written, Money._example))
    return value


@dataclass(frozen=True, slots=True)
class Percent(_Quantity):
    """A share in percent points with up to two decimals: 30% is ``Decimal("30")``, in the sheet the fraction 0.3.

    A typed number needs its sign or 百分之: 30 alone may be meant as 30% or, as sheets count, as 3000%. Only nought is
    nought either way. A number in a cell is a fraction, because that is what a sheet keeps behind 30%.
    """

    name: str = field(default="percent", init=False)
    title: str = field(default="百分数", init=False)
    python_type: Any = field(default=Decimal, init=False)
    format: CellFormat = field(default=CellFormat.PERCENT, init=False)
    _example: ClassVar[str] = "30%"
    _form: ClassVar[str] = "百分比"

    def read(self, cell: Value) -> Reading:
        # Like amounts: exact hundredths of a percent are read at once.
        if type(cell) is float and _QUICK_SHARES[0] < cell < _QUICK_SHARES[1]:
            shares = round(cell * _SHARES)
            if shares / _SHARES == cell:
                value = Decimal(shares).scaleb(-2)
                return new_reading((value, self._text(value), None))
        return Kind.read(self, cell)

    def _one(self, text: str) -> Any:
        written = without_blanks(half_width(text)).translate(_MINUS).translate(_PERCENT_SIGN)
        number = written.removeprefix(_PER_HUNDRED) if written.startswith(_PER_HUNDRED) else written.removesuffix("%")
        parts = _digits(number, self._example) or (_spelt(number) if written.startswith(_PER_HUNDRED) else None)
        if parts is None:
            raise Misread(*wording.not_percent(text))
        sign, whole, decimals = parts
        if len(whole.lstrip("0")) > 13:
            raise Misread(*wording.number_too_large(text, self._example))
        value = Decimal(f"{sign}{whole}.{decimals}") + 0
        if number == written and value:
            raise Misread(*wording.percent_sign_missing(text, self._text(value), self._text(value * 100)))
        if len(decimals) > 2:
            raise Misread(*wording.percent_decimals(text))
        return value

    def _from_number(self, number: float) -> Any:
        if not isfinite(number):
            raise Misread(*wording.not_finite(self._example))
        if abs(number) * 100 >= _LIMIT:
            raise Misread(*wording.number_too_large(number_text(number), self._example))
        rounded = f"{number:.4f}"
        if abs(float(rounded) - number) >= _SHARE_NOISE:
            raise Misread(*wording.percent_decimals(self._text(Decimal(repr(number)).scaleb(2))))
        return Decimal(rounded).scaleb(2) + 0

    def _text(self, value: Decimal) -> str:
        digits = f"{value:f}"
        return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + "%"

    def _cell(self, value: Decimal) -> Value:
        return float(value.scaleb(-2))


def _spelt(text: str) -> tuple[str, str, str] | None:
    """Sign, whole part and decimals of a number up to a hundred in Chinese numerals, e.g. 三十 or 五点五, or None."""
    found = _SPELT.fullmatch(text)
    if found is None:
        return None
    hundred, tens, ten, ones, single, decimals = found.groups(default="")
    whole = 100 if hundred else 10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0) if ten else _NUMERALS[single]
    return "", str(whole), "".join(str(_NUMERALS[numeral]) for numeral in decimals)


@dataclass(frozen=True, slots=True)
class Integer(_Quantity):
    """A whole number of things."""

    name: str = field(default="integer", init=False)
    title: str = field(default="整数", init=False)
    python_type: Any = field(default=int, init=False)
    format: CellFormat = field(default=CellFormat.NUMBER, init=False)

    def _one(self, text: str) -> Any:
        parts = _digits(without_blanks(half_width(text)).translate(_MINUS), self._example)
        if parts is None or parts[2].strip("0"):
            raise Misread(*wording.not_whole(text))
        if len(parts[1].lstrip("0")) > 15:
            raise Misread(*wording.number_too_large(text, self._example))
        return int(parts[0] + parts[1])

    def _from_number(self, number: float) -> Any:
        if not isfinite(number):
            raise Misread(*wording.not_finite(self._example))
        value = round(number)
        if abs(value) >= _WHOLE_LIMIT:
            raise Misread(*wording.number_too_large(number_text(number), self._example))
        if abs(value - number) >= _NOISE:
            raise Misread(*wording.not_whole(number_text(number)))
        return value

    def _cell(self, value: int) -> Value:
        return float(value)
