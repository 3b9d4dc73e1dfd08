"""The stage (粘贴/导入): rows of texts waiting to become new records, each to be looked at before anything is sent.

A Stage is plain data and never changes; what a person does to it makes another one. It lives in the store's drafts, one
for each person and register, so that a reload or a restart loses nothing. What its rows are worth is judged in
logic.staging.verdicts; logic.staging.reading makes stages, logic.staging.sending sends their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from logic.asking import Ask
from logic.register import Field
from logic.staging.shelf import SentRow, Shelf
from sheets.drafts import Drafts

SHELF = "@stage"  # under this name stages stand among the drafts of their author, apart from those of the form


@dataclass(frozen=True, slots=True)
class StagedRow(SentRow):
    """One row. `number` is its line in the source."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """`columns` names the field of each column of texts, "" where the column is left out. `notes` is what the person is
    told about how the source was read; `version` tells two states of one stage apart."""

    id: str
    register: str
    origin: str
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[StagedRow, ...]
    notes: tuple[str, ...] = ()
    version: int = 0
    sending: bool = False

    @property
    def waiting(self) -> list[StagedRow]:
        """The rows that are not sent yet."""
        return [row for row in self.rows if not row.is_sent]

    @property
    def sent(self) -> list[StagedRow]:
        return [row for row in self.rows if row.is_sent]

    def row(self, number: int) -> StagedRow | None:
        return next((row for row in self.rows if row.number == number), None)

    @property
    def reason(self) -> str:
        """New records need none."""
        return ""

    def ask(self, row: StagedRow) -> Ask:
        """The row as the request for a new record; a blank cell asks for nothing."""
        values = {name: text for name, text in zip(self.columns, row.texts, strict=True) if name and text.strip()}
        return Ask(self.register, None, values)

    def key(self, row: StagedRow) -> str:
        """Under which key this row is sent: however often that happens, it becomes one record."""
        return f"stage-{self.id}-{row.number}-{row.attempt}"

    # -- what a person does to it --------------------------------------------------------------------------------------

    def corrected(self, number: int, column: int, text: str) -> Stage:
        """Another text in one cell of a row that is not sent."""

        def mend(row: StagedRow) -> StagedRow:
            return replace(row, texts=(*row.texts[:column], text, *row.texts[column + 1 :]), said=())

        return self._with({number: mend})

    def without(self, number: int) -> Stage:
        return replace(self, rows=tuple(row for row in self.rows if row.number != number or row.is_sent))

    def without_sent(self) -> Stage:
        return replace(self, rows=tuple(self.waiting))

    def remapped(self, column: int, field: str) -> Stage:
        """Another field for a column; whoever had that field before is left out."""
        columns = ["" if name == field else name for name in self.columns]
        columns[column] = field
        return replace(self, columns=tuple(columns))

    def with_column(self, field: Field, text: str) -> Stage:
        """A column that was missing, with the same text in every row; a column that had this field is left out."""
        columns = ["" if name == field.name else name for name in self.columns]
        rows = tuple(row if row.is_sent else replace(row, texts=(*row.texts, text), said=()) for row in self.rows)
        padded = tuple(replace(row, texts=(*row.texts, "")) if row.is_sent else row for row in rows)
        return replace(self, headers=(*self.headers, field.header), columns=(*columns, field.name), rows=padded)

    def settled(self, rows: Mapping[int, StagedRow]) -> Stage:
        """What became of rows that were sent."""
        return replace(self, rows=tuple(rows.get(row.number, row) for row in self.rows))

    def begun(self, sending: bool) -> Stage:
        return replace(self, sending=sending)

    def renewed(self) -> Stage:
        """The next state of it, told from this one by its version."""
        return replace(self, version=self.version + 1)

    def _with(self, changes: Mapping[int, Callable[[StagedRow], StagedRow]]) -> Stage:
        rows = (changes[row.number](row) if row.number in changes and not row.is_sent else row for row in self.rows)
        return replace(self, rows=tuple(rows))


_ROW = ("number", "texts", "attempt", "change", "record", "state", "said")


def stages(drafts: Drafts, at: Callable[[], str]) -> Shelf[Stage]:
    """The stages of everybody, in the store."""
    return Shelf(drafts, at, SHELF, _to_json, _from_json)


def _to_json(stage: Stage) -> dict[str, Any]:
    """Rows as lists: a stage is written after every cell that is corrected."""
    body = {one.name: getattr(stage, one.name) for one in fields(Stage)}
    return {**body, "rows": [[getattr(row, name) for name in _ROW] for row in stage.rows]}


def _from_json(body: Mapping[str, Any]) -> Stage:
    rows: list[StagedRow] = []
    for values in body["rows"]:
        row = dict(zip(_ROW, values, strict=True))
        rows.append(StagedRow(**{**row, "texts": tuple(row["texts"]), "said": tuple(row["said"])}))
    lists = {name: tuple(body[name]) for name in ("headers", "columns", "notes")}
    return Stage(**{**body, **lists, "rows": tuple(rows)})
