"""What is wrong with the demo's sheets on purpose, as it is with real ones, and how it gets into the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from sheets.port import Serial
from sheets.xlsx_demo import Content

Row = Mapping[str, Content]
Find = tuple[str, str]  # field and rule
GAP = 5  # rows from one that is spoilt to the next, so that each shows its own fault


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a fault happens: the row and the one above it."""

    row: Row
    above: Row

    def number(self, name: str) -> float:
        value = self.row[name]
        assert isinstance(value, float)
        return value

    def moment(self, name: str) -> dt.datetime:
        return Serial(self.number(name)).moment()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the fault makes wrong in another register: in the record whose `link` holds the spoilt record's id."""

    register: str
    link: str
    finds: tuple[Find, ...]


@dataclass(frozen=True, slots=True)
class Mess:
    """One row as somebody left it: what is odd, which cells say so, and what the judgement finds there.

    `finds` is empty where the console understands the cell or leaves it alone. `above`: what the row above it gets.
    `on`: rows it can happen to, beside being plain.
    """

    what: str
    cells: Callable[[Scene], Mapping[str, Content]]
    finds: tuple[Find, ...] = ()
    above: tuple[Find, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    on: Callable[[Row], bool] = lambda row: True
    hidden: bool = False
    merged: str = ""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Where a Mess went: `index` counts the rows of the table from 0; `record` is the id the row had before."""

    register: str
    mess: Mess
    index: int
    record: str


def spoil(
    register: str,
    rows: Sequence[Row],
    messes: Sequence[Mess],
    is_plain: Callable[[Row], bool],
    random: Random,
    gap: int = GAP,
) -> tuple[list[Row], list[Spoilt]]:
    """The rows with every Mess in one of them, far from the next. `is_plain`: hangs this row on no other?"""
    free = [at for at in range(1, len(rows)) if is_plain(rows[at]) and is_plain(rows[at - 1])]
    result = list(rows)
    spoilt: list[Spoilt] = []
    for mess in messes:
        index = random.choice([at for at in free if mess.on(rows[at])])
        result[index] = {**rows[index], **mess.cells(Scene(rows[index], rows[index - 1]))}
        spoilt.append(Spoilt(register, mess, index, str(rows[index]["record_id"])))
        free = [at for at in free if abs(at - index) >= gap]
    return result, spoilt


def dotted(day: dt.date, mark: str = ".") -> str:
    """A date as people type it: 2026.9.5."""
    return f"{day.year}{mark}{day.month}{mark}{day.day}"


def fullwidth(text: str) -> str:
    """As it comes out of a Chinese keyboard in full-width mode."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
