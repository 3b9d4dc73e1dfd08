"""检查结果 in the sheet is the console's own column; if somebody else keeps rewriting a cell of it, that cell is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from logic.judgement import Judgement
from logic.records import CHECK_FIELD
from sheets.port import CellEdit

Where = tuple[str, str]  # register, record
REWRITES_BORNE = 2


class FindingCells:
    """Remembers what this process wrote into 检查结果, and how often somebody else replaced it."""

    def __init__(self) -> None:
        self._written: dict[Where, str] = {}
        self._rewrites: Counter[Where] = Counter()

    @property
    def left_alone(self) -> frozenset[Where]:
        return frozenset(where for where, count in self._rewrites.items() if count >= REWRITES_BORNE)

    def wrote(self, edits: Iterable[CellEdit], judgement: Judgement) -> None:
        columns = {
            (table.sheet.title, table.columns[CHECK_FIELD]): key
            for key, table in judgement.tables.items()
            if table is not None and CHECK_FIELD in table.columns
        }
        for edit in edits:
            register = columns.get((edit.sheet, edit.column))
            if register is not None and edit.record is not None:
                self._written[register, edit.record] = str(edit.value or "")

    def compare(self, judgement: Judgement) -> list[Where]:
        """Look at what stands there now; the cells that are left alone from now on."""
        given_up: list[Where] = []
        for where, finding in list(self._written.items()):
            record = judgement.record(*where)
            shown = record.text(CHECK_FIELD) if record is not None else finding
            if shown == finding and record is not None:
                continue
            del self._written[where]
            # Only a finding that is still right was replaced by somebody; another one is due, or another process wrote it.
            if record is not None and judgement.finding(record) == finding:
                self._rewrites[where] += 1
                if self._rewrites[where] == REWRITES_BORNE:
                    given_up.append(where)
        return given_up
