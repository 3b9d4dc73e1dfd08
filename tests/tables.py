"""Sheets written down as text: a small Chinese table in, a Sheet, a Table or a Judgement out.

Columns are separated by ``|``, the first line holds the headers. A cell in square brackets is not text: ``[12.5]`` is a
number, ``[date 2021-03-02]`` a date cell, ``[true]``, ``[formula 100]`` a formula with its last result, ``[error]``,
``[covered]`` a cell hidden under a merge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from logic.handbook.examples import NOW, verdict
from logic.handbook.examples import table_of as rows_of
from logic.judgement import Judgement, Violation
from logic.register import Register, registers
from logic.rules import Case, Rule
from sheets.port import Mark, Serial, Sheet, Value
from sheets.table import Table, find_table

__all__ = ["NOW", "found", "judge", "judge_case", "rows_of", "sheet", "table"]

_MARKS = {"formula": Mark.FORMULA, "error": Mark.ERROR, "covered": Mark.COVERED}


def sheet(title: str, text: str) -> Sheet:
    """A tab that holds the table from its first row on."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    rows: list[tuple[Value, ...]] = []
    marks: dict[tuple[int, int], Mark] = {}
    for number, line in enumerate(lines, start=1):
        cells = [_cell(part.strip()) for part in line.split("|")]
        rows.append(tuple(value for value, _ in cells))
        marks.update({(number, column): mark for column, (_, mark) in enumerate(cells, start=1) if mark is not None})
    return Sheet(title, rows, marks)


def _cell(text: str) -> tuple[Value, Mark | None]:
    if not (text.startswith("[") and text.endswith("]")):
        return text or None, None
    word, _, rest = text[1:-1].partition(" ")
    if word in _MARKS:
        return (_cell(f"[{rest}]")[0] if rest else None), _MARKS[word]
    if word == "date":
        return Serial.of(dt.datetime.fromisoformat(rest)), None
    return (word == "true" if word in ("true", "false") else float(word)), None


def table(register: Register, text: str, *, complete: bool = True) -> Table:
    """The table of a register; headers it does not mention stand at its right end, unless `complete` is off."""
    written = sheet(register.title, text)
    if not complete:
        return find_table(written, register.spec())
    named = written.rows[0]
    missing = [one.header for one in register.fields.values() if one.header not in named]
    headers = (*named, *missing)
    rows = [headers, *(row + (None,) * (len(named) - len(row)) for row in written.rows[1:])]
    return find_table(Sheet(written.title, rows, written.marks), register.spec())


def judge(now: dt.datetime = NOW, **tables: str) -> Judgement:
    """The judgement of some registers, each written down as a table; the others have no tab."""
    known = registers()
    return Judgement.of(known, {key: table(known[key], text) for key, text in tables.items()}, now=now)


def found(violations: Sequence[Violation]) -> list[str]:
    """Findings in short: level, rule and column."""
    return [f"{one.level} {one.rule} {one.column}".strip() for one in violations]


def judge_case(register: Register, rule: Rule, case: Case) -> list[Violation]:
    """What the rule says to one of its examples."""
    return verdict(register, rule, case, dict(registers()) | {register.key: register})
