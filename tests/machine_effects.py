"""What each batch of a program did to the spreadsheet, seen from behind: nothing may have been changed but what was asked for.

Other than the audit of a write (tests/machine_checks.py) it does not ask what the program knew, whether a person was typing or
sorting in that very instant, whether the answer arrived or whether the program lived to see it: the sheet is looked at right
before and right after each batch. What landed in another row than its own must have been taken back in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from logic.changes import Change, Source
from sheets.journal import Entry
from sheets.port import Value
from tests.machine_checks import ENGINE
from tests.machine_disks import Grid, Grids
from tests.machine_registers import HEADER_ROW, HEADERS, REGISTERS, column_of, value_at

KEY_OF = {register.title: key for key, register in REGISTERS.items()}
Request = Mapping[str, Any]


@dataclass(frozen=True)
class Effect:
    """One cell that a batch changed. `record`: the id in its row, or where there is none whatever else stands there."""

    title: str
    record: Value | tuple[Value, ...]
    column: int
    was: str
    now: str

    @property
    def cell(self) -> tuple[object, ...]:
        return self.title, self.record, self.column


class Effects:
    """Of one story, in their order."""

    def __init__(self, grids: Callable[[], Grids], titles: Callable[[], Mapping[int, str]]) -> None:
        self._grids, self._titles = grids, titles
        self.found: list[Effect] = []

    def of(self, requests: Sequence[Request], send: Callable[[], Any]) -> Any:
        """Send a batch and take down what it does, also if its answer is lost."""
        before = self._grids()
        try:
            return send()
        finally:
            after = self._grids()
            if after != before:
                self.found += _effects(self._with_rows(before, requests), after)

    def _with_rows(self, grids: Grids, requests: Sequence[Request]) -> Grids:
        """The grids with the rows that the batch inserted."""
        titles = self._titles()
        for request in requests:
            span = request.get("insertDimension", {}).get("range")
            if span is not None:
                grid = grids[titles[span["sheetId"]]]
                grid[span["startIndex"] : span["startIndex"]] = [
                    [] for _ in range(span["endIndex"] - span["startIndex"])
                ]
        return grids

    def check(self, entries: Sequence[Entry], grids: Grids) -> None:
        """Every effect was asked for by somebody, or was taken back in the end."""
        asked = {
            (edit.register, edit.record, name, value)
            for entry in entries
            if entry.source != Source.SHEET
            for edit in Change.model_validate_json(entry.body).edits
            for name, value in edit.values.items()
        }
        astray: dict[tuple[object, ...], Effect] = {}
        for effect in self.found:
            gone = astray.pop(effect.cell, None) or astray.pop(_undone(effect, astray.values()), None)
            if gone is not None and gone.was == effect.now:
                continue
            if not _is_asked(effect, asked):
                astray[effect.cell] = effect if gone is None else Effect(*effect.cell, gone.was, effect.now)  # type: ignore[arg-type]
        for effect in astray.values():
            assert effect.now not in _standing(effect, grids), f"landed astray and stays there: {effect}"


def _undone(effect: Effect, astray: Iterable[Effect]) -> tuple[object, ...]:
    """What this takes back in a row without an id, which looks otherwise while several of its cells are astray."""
    back = (effect.title, effect.column, effect.now, effect.was)
    unnamed = [one for one in astray if isinstance(one.record, tuple) and isinstance(effect.record, tuple)]
    return next((one.cell for one in unnamed if (one.title, one.column, one.was, one.now) == back), ())


def _effects(before: Grids, after: Grids) -> Iterator[Effect]:
    for title, rows in after.items():
        for old, new in zip_longest(before.get(title, []), rows, fillvalue=[]):
            for column, (was, now) in enumerate(zip_longest(old, new), start=1):
                if was != now:
                    yield Effect(title, _record(title, new, column), column, _text(was), _text(now))


def _record(title: str, row: Sequence[Value], column: int) -> Value | tuple[Value, ...]:
    key = KEY_OF.get(title)
    id = value_at([list(row)], 1, column_of(key, "record_id")) if key is not None else None
    if id is not None and key is not None and column != column_of(key, "record_id"):
        return id
    return tuple(value for at, value in enumerate(row, start=1) if at != column)


def _is_asked(effect: Effect, asked: set[tuple[str, str, str, str]]) -> bool:
    key = KEY_OF.get(effect.title)
    if key is None or effect.column > len(HEADERS[key]):
        return False
    declared = REGISTERS[key].field(HEADERS[key][effect.column - 1])
    if declared is None:
        return False
    # Ids are given, and found missing or doubled, by rules of their own: see `_audit_cell` and `_ids`.
    if declared.name in (*ENGINE, "record_id"):
        return True
    return (key, effect.record, declared.name, effect.now) in asked


def _standing(effect: Effect, grids: Grids) -> set[str]:
    grid: Grid = grids.get(effect.title, [])
    first = HEADER_ROW[KEY_OF[effect.title]] if effect.title in KEY_OF else 0
    return {
        _text(value_at([row], 1, effect.column))
        for row in grid[first:]
        if _record(effect.title, row, effect.column) == effect.record
    } - {""}


def _text(value: Value) -> str:
    return "" if value is None else str(value)
