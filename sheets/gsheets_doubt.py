"""The batch that is being sent, kept on disk until it is proved, with what is sent to complete it.

A program may die after Google carried out its batch and before what landed in other rows was put right. Whoever writes next on
the same data folder finds the batch here and finishes the proof in its place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sheets.gsheets_plan import Batch, applied
from sheets.port import CellEdit, NoSpace, RowInsert, Serial, Sheet, Stamp, Value

Json = dict[str, Any]


class Doubts:
    """Of one spreadsheet. Without a folder nothing is kept: the command line's `check` never writes."""

    def __init__(self, id: str) -> None:
        self._id = id
        self.folder: Path | None = None

    @property
    def _path(self) -> Path | None:
        return self.folder / f"{self._id}.batch.json" if self.folder is not None else None

    def keep(self, batches: Sequence[Batch]) -> None:
        """On disk when this returns; raises NoSpace. Nothing is kept of no batches."""
        if self._path is None:
            return
        if not batches:
            self._path.unlink(missing_ok=True)
            return
        fresh = self._path.with_suffix(".new")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                json.dump([_as_json(one) for one in batches], file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self._path)
        except OSError as error:
            raise NoSpace(str(error)) from error

    def found(self) -> tuple[Batch, ...]:
        if self._path is None or not self._path.exists():
            return ()
        return tuple(map(_batch, json.loads(self._path.read_text(encoding="utf-8"))))


def _as_json(batch: Batch) -> Json:
    return {
        "edits": [asdict(edit) | {"value": _kept(edit.value), "was": _kept(edit.was)} for edit in batch.edits],
        "inserts": [asdict(insert) for insert in batch.inserts],
        "stamp": asdict(batch.stamp),
        "token": batch.token,
        "before": {title: _rows(batch, title) for title in {edit.sheet for edit in batch.edits}},
    }


def _rows(batch: Batch, title: str) -> list[Json]:
    """What the proof looks at: rows without an id and rows concerned whole, of all others the id and the columns written; all
    rows whole where ids are given, because one that lost its own to another row's is known by all else that it says."""
    edits = [edit for edit in batch.edits if edit.sheet == title]
    ids = {edit.id_column for edit in edits if edit.id_column is not None}
    columns, records = ids | {edit.column for edit in edits}, {edit.record for edit in edits}
    gives_ids = any(edit.column in ids and (title, edit.row) not in batch.new_rows for edit in edits)

    def row(values: Sequence[Value]) -> Json:
        cells = {column: value for column, value in enumerate(values, start=1) if value is not None}
        named = [cells[column] for column in ids if column in cells]
        if named and len(named) == len(ids) and not gives_ids and records.isdisjoint(map(str, named)):
            cells = {column: value for column, value in cells.items() if column in columns}
        return {str(column): _kept(value) for column, value in cells.items()}

    return [row(values) for values in batch.before[title].rows]


def _batch(known: Mapping[str, Any]) -> Batch:
    edits = tuple(
        CellEdit(**edit | {"value": _value(edit["value"]), "was": _value(edit["was"])}) for edit in known["edits"]
    )
    inserts = tuple(RowInsert(**insert) for insert in known["inserts"])
    before = {title: Sheet(title, tuple(map(_row, rows)), live=True) for title, rows in known["before"].items()}
    told = {one.sheet for one in (*edits, *inserts)}
    before |= {title: Sheet(title, (), live=True) for title in told - before.keys()}
    return Batch(edits, inserts, Stamp(**known["stamp"]), known["token"], before, applied(before, inserts, edits))


def _row(cells: Mapping[str, Any]) -> tuple[Value, ...]:
    width = max(map(int, cells), default=0)
    return tuple(_value(cells.get(str(column))) for column in range(1, width + 1))


def _kept(value: Value) -> Any:
    return {"serial": float(value)} if isinstance(value, Serial) else value


def _value(kept: Any) -> Value:
    return Serial(kept["serial"]) if isinstance(kept, dict) else kept
