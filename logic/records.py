"""A row understood: typed values where its cells can be read, and what is wrong with those that cannot.

pydantic validates the typed values of every record; what it refuses becomes a problem of the column (DAT-01) as much as
a text that is no value of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from logic import wording
from logic.fields import Row
from logic.kinds import Misread
from logic.register import Register
from sheets.port import Mark, Value
from sheets.table import ID_FIELD

Marks = Mapping[int, Mark]
NO_MARKS: Marks = {}
NO_PROBLEMS: Mapping[str, Misread] = {}
CHECK_FIELD = "check_result"
UNREAD = frozenset({"updated_by", "updated_at", CHECK_FIELD})  # written with every save, the ground of nothing

# pydantic's memory of which fields were given takes more room than the row itself, and nobody asks for it.
_NO_FIELDS: set[str] = set()
_set = object.__setattr__

ERROR_CELL = Misread("单元格里是错误值,没有可用的内容", "请改正公式,或直接填写")
COVERED_CELL = Misread("单元格被合并到别的单元格里了,读不到自己的内容", "请在表格里取消合并,再逐行填写")


class Record:
    """One record of a register. `key` is its id, or "#12" for row 12 while it has no id of its own.

    `cells` follow the order of the register's columns; `row_number` is None while the record is not in the sheet.
    Records are never changed; an edit makes another one.
    """

    __slots__ = ("cells", "id", "key", "marks", "problems", "reader", "row_number", "typed")

    def __init__(
        self,
        reader: Reader,
        key: str,
        id: str | None,
        row_number: int | None,
        cells: tuple[Value, ...],
        marks: Marks,
        typed: Row,
        problems: Mapping[str, Misread],
    ) -> None:
        self.reader = reader
        self.key = key
        self.id = id
        self.row_number = row_number
        self.cells = cells
        self.marks = marks
        self.typed = typed
        self.problems = problems

    def __repr__(self) -> str:
        return f"<Record {self.register} {self.key} row {self.row_number}>"

    @property
    def register(self) -> str:
        return self.reader.register.key

    def text(self, field: str) -> str:
        """The canonical text of a cell, or its text as it stands where it cannot be read; "" is empty."""
        position = self.reader.position[field]
        return self.reader.reads[position](self.cells[position]).text

    def texts(self) -> dict[str, str]:
        """The texts of all cells that are not empty, but for 检查结果."""
        texts = {
            name: read(cell).text
            for name, read, cell in zip(self.reader.names, self.reader.reads, self.cells, strict=True)
            if cell is not None and name != CHECK_FIELD
        }
        return {name: text for name, text in texts.items() if text}

    def mark(self, field: str) -> Mark | None:
        """What makes the cell more than its value: a formula, an error, covered by a merge."""
        return self.marks.get(self.reader.position[field]) if self.marks else None

    def is_formula(self, fields: Sequence[str]) -> bool:
        """Does any of these cells hold a formula, so that its value is only 上次计算?"""
        return any(self.mark(name) is Mark.FORMULA for name in fields)

    def moved(self, row_number: int) -> Record:
        """The same content at another place of the sheet."""
        return Record(self.reader, self.key, self.id, row_number, self.cells, self.marks, self.typed, self.problems)


@dataclass(frozen=True, slots=True)
class Amendment:
    """Texts to see in the cells of one record as if they stood in the sheet; the overlay is made of these."""

    register: str
    key: str
    values: Mapping[str, str]
    new: bool = False


class Reader:
    """Makes Records of one register."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.names = tuple(register.fields)
        self.position = {name: index for index, name in enumerate(self.names)}
        self.reads = tuple(declared.kind.read for declared in register.fields.values())
        self._validate = register.model.__pydantic_validator__.validate_python
        self._read_names = tuple(name for name in self.names if name not in UNREAD)

    def record(
        self, key: str, id: str | None, row_number: int | None, cells: tuple[Value, ...], marks: Marks = NO_MARKS
    ) -> Record:
        typed, problems = self.understand(cells, marks)
        return Record(self, key, id, row_number, cells, marks, typed, problems)

    def amended(self, record: Record | None, amendment: Amendment) -> Record:
        """A record, or a new one, with the amendment's texts in its cells; what was a formula there no longer is."""
        cells: list[Value] = [None] * len(self.names) if record is None else list(record.cells)
        marks = NO_MARKS if record is None else record.marks
        for name, text in amendment.values.items():
            cells[self.position[name]] = text or None
        if record is None:
            cells[self.position[ID_FIELD]] = amendment.key
            return self.record(amendment.key, amendment.key, None, tuple(cells))
        if marks:
            changed = {self.position[name] for name in amendment.values}
            marks = {position: mark for position, mark in marks.items() if position not in changed}
        return self.record(record.key, record.id, record.row_number, tuple(cells), marks)

    def understand(self, cells: tuple[Value, ...], marks: Marks) -> tuple[Row, Mapping[str, Misread]]:
        """The typed row, with None where a cell is blank or cannot be read, and why it cannot."""
        values: dict[str, Any] = {}
        problems: dict[str, Misread] | None = None
        for name, read, cell in zip(self._read_names, self.reads, cells):  # noqa: B905  # unread columns are the last
            if cell is None:
                continue
            reading = read(cell)
            if reading[0] is not None:
                values[name] = reading[0]
            elif (problem := reading[2]) is not None:
                problems = problems or {}
                problems[name] = problem
        if marks:
            problems = self._marked(values, marks, problems or {})
        try:
            typed = self._validate(values)
        except ValidationError as error:
            return self._refused(values, problems or {}, error)
        _set(typed, "__pydantic_fields_set__", _NO_FIELDS)
        return typed, problems or NO_PROBLEMS

    def _marked(self, values: dict[str, Any], marks: Marks, problems: dict[str, Misread]) -> dict[str, Misread] | None:
        for position, mark in marks.items():
            name = self.names[position]
            if mark is Mark.FORMULA or name in UNREAD:
                continue
            values.pop(name, None)
            problems[name] = ERROR_CELL if mark is Mark.ERROR else COVERED_CELL
        return problems or None

    def _refused(
        self, values: dict[str, Any], problems: dict[str, Misread], error: ValidationError
    ) -> tuple[Row, Mapping[str, Misread]]:
        """Leave out what pydantic refuses, column by column; a refusal of the whole row concerns no column ("")."""
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0]) if detail["loc"] else ""
            words = wording.model_error(detail["type"], detail.get("ctx"))
            problems.setdefault(name, Misread(words.reason, words.remedy))
            values.pop(name, None)
        try:
            return self._validate(values), problems
        except ValidationError as again:
            # Either columns refused only now, or a check of the whole row that no cell alone can satisfy.
            if any(detail["loc"] for detail in again.errors(include_url=False)):
                return self._refused(values, problems, again)
            return self.register.model.model_construct(**values), problems
