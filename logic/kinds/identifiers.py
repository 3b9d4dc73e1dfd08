"""Columns of numbers that are names: order numbers, waybills, phones, ids of other records. Text from end to end, leading zeros kept.

A sheet that took one for a number may have lost its last digits for good: that is reported (DAT-06), not repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from logic import wording
from logic.kinds.kind import Kind, Misread, number_text, plain
from logic.normalise import half_width, without_blanks
from sheets.ids import is_id
from sheets.port import Serial

_QUICK = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch
# The look of 1.23457E+18: one digit, a signed exponent. 2024E12 and 75E1234 are ordinary identifiers.
_EXPONENT = re.compile(r"-?\d(?:\.\d+)?E\+\d{2,}", re.IGNORECASE | re.ASCII)
_SEPARATOR = re.compile(r"[、,;\n\t]")
_WAYBILL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{6,29}")
_COUNTRY = re.compile(r"(?:\+|00)86-?|86(?=1\d{10}(?!\d))", re.ASCII)
_MOBILE = re.compile(r"(1\d{2})-?(\d{4})-?(\d{4})(?:-(\d{1,6}))?", re.ASCII)
_LANDLINE = re.compile(r"\(?(0(?:10|2\d|[3-9]\d{2}))\)?-?(\d{7,8})(?:-(\d{1,6}))?", re.ASCII)
_DASHES = str.maketrans("‐‑‒–—―−", "-" * 7)
_EXTENSION = re.compile(r"(?:转|ext\.?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Identifier(Kind):
    """A number that is a name. `pattern` is a regular expression for the whole of it, `example` one that matches."""

    name: str = field(default="identifier", init=False)
    title: str = field(default="号码", init=False)
    many: bool = False
    pattern: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        if self.many:
            object.__setattr__(self, "python_type", tuple[str, ...])

    def _sample(self) -> str:
        """A number this column would take, for a remedy; "" where none is known."""
        return self.example or ("" if self.pattern else "2103021234567890123")

    def _is_canonical(self, text: str) -> bool:
        return _QUICK(text) is not None and not self.pattern

    def _one(self, text: str) -> Any:
        text = half_width(text)
        if _SEPARATOR.search(text):
            raise Misread(*wording.several_in_one(text, self._sample()))
        text = without_blanks(text)
        if _EXPONENT.fullmatch(text):
            raise Misread(*wording.number_damaged(), rule="DAT-06")
        return self._shaped(text)

    def _shaped(self, text: str) -> str:
        """The canonical form of an identifier without blanks; raises Misread where it has another shape."""
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Misread(*wording.identifier_shape(text, self.example))
        return text

    def _from_number(self, number: float) -> Any:
        if not (number.is_integer() and 0 <= number < 1e15):
            raise Misread(*wording.number_damaged(), rule="DAT-06")
        return self.parse(number_text(number))

    def _from_date(self, serial: Serial) -> Any:
        raise Misread(*wording.number_became_date(plain(serial)), rule="DAT-06")

    def _from_truth(self, flag: bool) -> Any:
        raise Misread(*wording.truth_not_number(plain(flag), self._sample()))


@dataclass(frozen=True, slots=True)
class Phone(Identifier):
    """A mobile number, or area code-number; an extension (also of a privacy number) follows a hyphen."""

    name: str = field(default="phone", init=False)
    title: str = field(default="电话", init=False)

    def _sample(self) -> str:
        return self.example or "13800138000"

    def _is_canonical(self, text: str) -> bool:
        return len(text) == 11 and text[0] == "1" and text.isascii() and text.isdigit() and not self.pattern

    def _shaped(self, text: str) -> str:
        if "*" in text:
            raise Misread(*wording.phone_hidden(text))
        number = _EXTENSION.sub("-", text)
        if country := _COUNTRY.match(number):
            number = number[country.end() :]
            if not number.startswith(("1", "0", "(")):  # +86 571 … drops the 0 of the area code
                number = f"0{number}"
        if found := _MOBILE.fullmatch(number):
            *mobile, extension = found.groups()
            return "".join(mobile) + (f"-{extension}" if extension else "")
        if found := _LANDLINE.fullmatch(number):
            return "-".join(part for part in found.groups() if part)
        raise Misread(*wording.phone_shape(text))


@dataclass(frozen=True, slots=True)
class Waybill(Identifier):
    """The number of a parcel. Another shape than usual is not refused here: a rule may ask about it (RET-08)."""

    name: str = field(default="waybill", init=False)
    title: str = field(default="快递单号", init=False)

    @staticmethod
    def is_usual(text: str) -> bool:
        """Has this waybill the shape couriers use?"""
        return _WAYBILL.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Digits(Identifier):
    """Exactly so many digits, as text."""

    name: str = field(default="digits", init=False)
    title: str = field(default="几位数字", init=False)
    many: bool = field(default=False, init=False)
    pattern: str = field(default="", init=False)
    example: str = field(default="", init=False)
    length: int = 4

    def _sample(self) -> str:
        return wording.sample_digits(self.length)

    def _is_canonical(self, text: str) -> bool:
        return len(text) == self.length and text.isascii() and text.isdigit()

    def _shaped(self, text: str) -> str:
        if not (text.isascii() and text.isdigit()):
            raise Misread(*wording.digits_count(text, self.length, None))
        if len(text) != self.length:
            raise Misread(*wording.digits_count(text, self.length, len(text)))
        return text

    def _from_number(self, number: float) -> Any:
        if number.is_integer() and 0 <= number < 10 ** (self.length - 1):
            raise Misread(*wording.digits_lost(number_text(number), self.length), rule="DAT-06")
        return Identifier._from_number(self, number)


@dataclass(frozen=True, slots=True)
class Ref(Kind):
    """The id of one or several records of another register, as the console makes them. Whether they exist is for rules."""

    name: str = field(default="reference", init=False)
    title: str = field(default="关联记录", init=False)
    many: bool = field(default=False, kw_only=True)
    register: str

    def __post_init__(self) -> None:
        if not self.register:
            raise ValueError("a reference names the register it leads to")
        if self.many:
            object.__setattr__(self, "python_type", tuple[str, ...])

    def _is_canonical(self, text: str) -> bool:
        return is_id(text)

    def _one(self, text: str) -> Any:
        if _SEPARATOR.search(half_width(text)):
            raise Misread(*wording.several_record_ids(text))
        found = without_blanks(half_width(text)).translate(_DASHES).upper()
        if not is_id(found):
            raise Misread(*wording.record_id_shape(text))
        return found
