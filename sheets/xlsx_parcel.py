"""Snapshots on their way from the child process to the console: what the console has already is not sent again.

After a save one row of 20,000 is another. Unpickling all of them would stop every thread of the console for a tenth of a
second; and whoever compares two Snapshots later sees at once that a row is the very same object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheets.port import Sheet, Snapshot, Value

Cells = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A Snapshot without rows; `rows` has for each tab the rows, a number standing for that row (from 0) of the tab as it
    was sent last."""

    snapshot: Snapshot
    rows: Mapping[str, Sequence[int | Cells]]


class Packer:
    """Remembers what was sent; lives and dies with the process that sends."""

    def __init__(self) -> None:
        self._sent: dict[str, Sequence[Cells]] = {}

    def pack(self, snapshot: Snapshot) -> Parcel:
        rows = {title: _packed(sheet.rows, self._sent.get(title, ())) for title, sheet in snapshot.sheets.items()}
        self._sent |= {title: sheet.rows for title, sheet in snapshot.sheets.items()}
        bare = {title: replace(sheet, rows=()) for title, sheet in snapshot.sheets.items()}
        return Parcel(replace(snapshot, sheets=bare), rows)


class Unpacker:
    """Remembers what was received, which is what the Packer sent."""

    def __init__(self) -> None:
        self._received: dict[str, Sequence[Cells]] = {}

    def unpack(self, parcel: Parcel) -> Snapshot:
        sheets: dict[str, Sheet] = {}
        for title, sheet in parcel.snapshot.sheets.items():
            known = self._received.get(title, ())
            rows = tuple([known[row] if type(row) is int else row for row in parcel.rows[title]])
            self._received[title] = rows  # type: ignore[assignment]  # numbers are replaced
            sheets[title] = replace(sheet, rows=self._received[title])
        return replace(parcel.snapshot, sheets=sheets)


def _packed(rows: Sequence[Cells], known: Sequence[Cells]) -> list[int | Cells]:
    """Most rows stand where they stood; some have moved."""
    found: list[int | Cells] = []
    places: dict[tuple[object, ...], int] | None = None
    for number, cells in enumerate(rows):
        if number < len(known) and _exactly(cells) == _exactly(known[number]):
            found.append(number)
            continue
        if places is None:
            places = {_exactly(one): place for place, one in enumerate(known)}
        found.append(places.get(_exactly(cells), cells))
    return found


def _exactly(cells: Cells) -> tuple[object, ...]:
    """The cells with their types: 1, TRUE and the date 1899-12-31 are equal in Python."""
    return cells, tuple(map(type, cells))
