"""A register as a file to download: all its declared columns, numbers that are names as texts, real dates and amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from logic.judgement import Record
from logic.register import Register
from sheets.port import CellFormat, ColumnSpec, Serial, SheetSpec, Value
from sheets.tabular import protected, write_csv, write_xlsx

ViewRow = Sequence[str | dt.datetime | None]


def file_name(title: str, day: dt.date, suffix: str) -> str:
    return f"{title}-{day}.{suffix}"


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


def view_as_xlsx(title: str, columns: Mapping[str, CellFormat], rows: Iterable[ViewRow]) -> bytes:
    """A view on the engine, such as 修改记录: texts and times. `columns`: headers with their formats."""
    specs = tuple(ColumnSpec(name, name, one, width=18.0) for name, one in columns.items())
    return write_xlsx(SheetSpec(title, specs), ([_value(cell) for cell in row] for row in rows))


def view_as_csv(columns: Iterable[str], rows: Iterable[ViewRow]) -> bytes:
    return write_csv(list(columns), ([_bare(cell) for cell in row] for row in rows))


def _value(cell: str | dt.datetime | None) -> Value:
    return Serial.of(cell) if isinstance(cell, dt.datetime) else cell or None


def _bare(cell: str | dt.datetime | None) -> str:
    return f"{cell:%Y-%m-%d %H:%M:%S}" if isinstance(cell, dt.datetime) else protected(cell or "")


def _cells(register: Register, record: Record) -> Iterator[tuple[str, Value]]:
    """The text and the value of every column. The text of a cell nobody can read is never read anew: it would become
    something it was not."""
    for one, cell in zip(register.fields.values(), record.cells, strict=True):
        reading = one.kind.read(cell)
        yield reading.text, one.kind.cell(reading.text) if reading.problem is None else reading.text
