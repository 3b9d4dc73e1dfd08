"""What of a record goes on paper: the printouts of its register and the lines of each; the sheet itself is drawn elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from logic.records import CHECK_FIELD, Record
from logic.register import Printout, Register
from sheets.table import ID_FIELD

WHOLE = "record"  # the printout of a register that declares none: every column that is filled
_LEFT_OUT = frozenset({ID_FIELD, CHECK_FIELD})


@dataclass(frozen=True, slots=True)
class Line:
    """A column on paper."""

    name: str
    label: str
    text: str


def printouts(register: Register) -> tuple[Printout, ...]:
    """What can be printed of a record; every record can be printed somehow."""
    if register.prints:
        return register.prints
    return (Printout(key=WHOLE, title=register.title, fields=_columns(register)),)


def printout(register: Register, key: str) -> Printout | None:
    return next((one for one in printouts(register) if one.key == key), None)


def lines(register: Register, one: Printout, record: Record) -> list[Line]:
    """The columns in their order. A blank one of a declared printout stands there to be filled by hand."""
    found = [Line(name, register.fields[name].header, record.text(name)) for name in one.fields]
    return found if one in register.prints else [line for line in found if line.text]


def _columns(register: Register) -> tuple[str, ...]:
    """Every column for a reader: what the console writes for itself is left out."""
    return tuple(name for name in register.fields if name not in _LEFT_OUT)
