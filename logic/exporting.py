"""A register as a file to download: all its declared columns, numbers that are names as texts, real dates and amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from logic.judgement import Record
from logic.register import Register
from sheets.port import Value
from sheets.tabular import protected, write_csv, write_xlsx


def file_name(register: Register, day: dt.date, suffix: str) -> str:
    return f"{register.title}-{day}.{suffix}"


def as_xlsx(register: Register, records: Iterable[Record]) -> bytes:
    """Cells as the console itself would write them into the sheet; what cannot be read stays the text that stands there."""
    return write_xlsx(register.spec(), ([value for _, value in _cells(register, record)] for record in records))


def as_csv(register: Register, records: Iterable[Record]) -> bytes:
    """Canonical texts; only amounts, counts and dates stand there bare, a text is kept from being taken for a formula."""
    headers = [one.header for one in register.fields.values()]

    def line(record: Record) -> list[str]:
        cells = _cells(register, record)
        return [protected(text) if isinstance(value, str) else text for text, value in cells]

    return write_csv(headers, map(line, records))


def _cells(register: Register, record: Record) -> Iterator[tuple[str, Value]]:
    """The text and the value of every column. The text of a cell nobody can read is never read anew: it would become
    something it was not."""
    for one, cell in zip(register.fields.values(), record.cells, strict=True):
        reading = one.kind.read(cell)
        yield reading.text, one.kind.cell(reading.text) if reading.problem is None else reading.text
