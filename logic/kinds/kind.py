"""What every kind of column can do, and how a cell nobody understands keeps its text.

`parse` is for what a person typed and may fail with a Misread; `read` is for cells of a sheet and never does. Both
lead to the same value, and `show` gives its one canonical text: ``parse(show(v)) == v`` and
``read(cell(show(v))).value == v``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from logic import wording
from logic.normalise import control_character, split_parts, trimmed, utf16_length, without_blanks
from sheets.port import MAX_TEXT, CellFormat, Serial, Value

JOINT = "、"
_MEMO = 8192  # readings remembered per column: columns repeat themselves, a whole sheet must not be kept twice
_MEMO_TEXT = 200


class Misread(ValueError):
    """A text that is no value of its kind: what is wrong with it, what to type instead, and the rule that says so."""

    def __init__(self, reason: str, remedy: str, rule: str = "DAT-01") -> None:
        super().__init__(reason, remedy, rule)
        self.reason = reason
        self.remedy = remedy
        self.rule = rule

    def __str__(self) -> str:
        return f"{self.reason}。{self.remedy}。"


class Reading(NamedTuple):
    """A cell understood: `text` is canonical where `problem` is None, else the cell's content as it stands."""

    value: Any
    text: str
    problem: Misread | None


# A sheet has a million cells: this way a Reading costs half of what calling its class costs. Takes one tuple.
new_reading: Callable[[tuple[Any, str, Misread | None]], Reading] = partial(tuple.__new__, Reading)
BLANK = Reading(None, "", None)


def number_text(number: float) -> str:
    """A number as a sheet shows it, exact: whole numbers up to 15 digits without '.0', others with every digit."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(float(number)).upper()


def plain(cell: Value) -> str:
    """The text of a cell of any type, for columns of text and for cells that cannot be read."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Serial):
        try:
            moment = cell.moment()
        except ValueError:
            return number_text(cell)
        if 0 <= cell < 1:
            return f"{moment:%H:%M}"
        midnight = moment.hour == moment.minute == 0
        return moment.date().isoformat() if midnight else moment.isoformat(" ", "minutes")
    return number_text(cell)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of column. A subclass says what one text means (`_one`) and what cells that are not text mean."""

    name: str = field(default="kind", init=False)
    title: str = field(default="", init=False)
    python_type: Any = field(default=str, init=False)
    format: CellFormat = field(default=CellFormat.TEXT, init=False)
    many: bool = field(default=False, init=False)
    options: tuple[str, ...] = field(default=(), init=False)
    closed: bool = field(default=False, init=False)
    derived: bool = field(default=False, init=False)
    _memo: dict[Any, Reading] = field(default_factory=dict[Any, Reading], init=False, repr=False, compare=False)

    def parse(self, text: str) -> Any:
        """The value of a typed text, None if blank; raises Misread."""
        if len(text) * 2 > MAX_TEXT and (length := utf16_length(text)) > MAX_TEXT:
            raise Misread(*wording.text_too_long(length, MAX_TEXT))
        if strange := control_character(text):
            raise Misread(*wording.control_character(strange))
        if not without_blanks(text):
            return None
        if not self.many:
            return self._one(trimmed(text))
        values = tuple(dict.fromkeys(self._one(part) for part in self._parts(text)))
        if not values:
            raise Misread(*wording.nothing_between_separators(text))
        return values

    def read(self, cell: Value) -> Reading:
        """What a cell of the sheet means; never raises."""
        if cell is None:
            return BLANK
        if type(cell) is str:
            key: Any = cell
            found = self._memo.get(cell)
            if found is None and self._is_canonical(cell):
                return new_reading(((cell,) if self.many else cell, cell, None))
        else:
            key = (type(cell), cell)  # True, 1.0 and Serial(1) are equal but not the same
            found = self._memo.get(key)
        if found is None:
            found = self._understood(cell)
            if type(cell) is not str or len(cell) <= _MEMO_TEXT:
                if len(self._memo) >= _MEMO:
                    self._memo.clear()
                self._memo[key] = found
        return found

    def show(self, value: Any) -> str:
        """The canonical text of a value."""
        if value is None:
            return ""
        return JOINT.join(map(self._text, value)) if self.many else self._text(value)

    def cell(self, text: str) -> Value:
        """What stands in the sheet for a canonical text; a text that cannot be read stays as it is."""
        try:
            value = self.parse(text)
        except Misread:
            return text
        return None if value is None else self._cell(value)

    def _understood(self, cell: Value) -> Reading:
        try:
            if isinstance(cell, bool):
                value = self._from_truth(cell)
            elif isinstance(cell, Serial):
                value = self._from_date(cell)
            elif isinstance(cell, str):
                value = self.parse(cell)
            else:
                value = None if cell is None else self._from_number(float(cell))
        except Misread as problem:
            # The reading outlives this call: without the traceback it does not keep the frames alive.
            return Reading(None, plain(cell), problem.with_traceback(None))
        return BLANK if value is None else Reading(value, self.show(value), None)

    def _is_canonical(self, text: str) -> bool:
        """A cheap test: is this text certainly one value, its own, and canonical? False where unsure."""
        return False

    def _parts(self, text: str) -> Iterable[str]:
        """The parts of a text of several values, none of them blank."""
        return split_parts(text)

    def _one(self, text: str) -> Any:
        """The value of one trimmed, non-blank text; raises Misread."""
        return text

    def _text(self, value: Any) -> str:
        return str(value)

    def _cell(self, value: Any) -> Value:
        return self.show(value)

    def _from_truth(self, flag: bool) -> Any:
        return self.parse(plain(flag))

    def _from_date(self, serial: Serial) -> Any:
        return self.parse(plain(serial))

    def _from_number(self, number: float) -> Any:
        return self.parse(plain(number))


@dataclass(frozen=True, slots=True)
class Derived(Kind):
    """A column the console computes: read and shown like the kind it wraps, never typed by anybody."""

    of: Kind = field(default_factory=Kind)

    def __post_init__(self) -> None:
        for name in ("name", "title", "python_type", "format", "many", "options", "closed"):
            object.__setattr__(self, name, getattr(self.of, name))
        object.__setattr__(self, "derived", True)

    def parse(self, text: str) -> Any:
        return self.of.parse(text)

    def read(self, cell: Value) -> Reading:
        return self.of.read(cell)

    def show(self, value: Any) -> str:
        return self.of.show(value)

    def cell(self, text: str) -> Value:
        return self.of.cell(text)
