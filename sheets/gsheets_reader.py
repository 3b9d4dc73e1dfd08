"""Keeps the current Snapshot of one spreadsheet, asking Google as seldom as freshness allows.

Every two seconds Drive is asked for the file's version; only when it moved are the values of all tabs read again, in one
call, at most every four seconds and as the governor allows; and once a minute in any case. After an own commit the version
moves too, and a manager's edit of the same second cannot be told from it: then the values are read within twelve seconds. Once
a minute whatever changed is looked at in detail: formulas, errors, dates; before a commit the rows concerned are.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sheets.gsheets_address import spreadsheet_url
from sheets.gsheets_calls import Calls
from sheets.gsheets_cells import (
    Detail,
    Json,
    Place,
    Rows,
    Span,
    changed_span,
    details,
    places,
    quoted,
    rows_range,
    value_rows,
)
from sheets.gsheets_errors import DriveApiOff, InTheBin, NoSpreadsheet, NotASpreadsheet, TabGone
from sheets.gsheets_pace import Timer
from sheets.gsheets_stamp import RANGE, TAB, Owner, read_stamp, tokens
from sheets.gsheets_tabs import Cell, merged
from sheets.port import Incident, Sheet, Snapshot, Stamp, StorageError

SPREADSHEET = "application/vnd.google-apps.spreadsheet"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `look`: between two looks at the version; `again`: between two readings after a foreign change; `own`:
    after an own one; `always`: in any case; `patience`: how long a reading that is due gives way to saves; `pauses`: the
    first and the longest pause while something is wrong."""

    look: float = 2.0
    again: float = 4.0
    own: float = 12.0
    always: float = 60.0
    patience: float = 8.0
    pauses: tuple[float, float] = (2.0, 30.0)


class Reader:
    """`wanted` names the tabs that are read; None reads all."""

    def __init__(self, calls: Calls, timer: Timer, pace: Pace, wanted: Collection[str] | None) -> None:
        self.calls, self.timer, self.pace, self.wanted = calls, timer, pace, wanted
        self.tabs: Mapping[str, Place] = {}
        self.tokens: tuple[str, ...] = ()
        self.owner = Owner()
        self.may_edit = True
        self.snapshot: Snapshot | None = None
        self.is_stale = self.is_behind = False
        self._covered: dict[str, frozenset[Cell]] = {}
        self._looked_at: dict[str, Rows] = {}
        self._name, self._number = secrets.token_hex(4), 0
        self._version, self._own = "", False
        self._saved_by = ""
        self._look_at = self._read_at = self._closely_at = self._due_at = self._try_at = timer()
        self._pause = 0.0
        self._trouble: StorageError | None = None
        self._chance = random.Random()

    def current(self) -> Snapshot:
        """The Snapshot, renewed if it is time; raises what stands in the way, without asking again at every call."""
        if self._trouble is not None and self.timer() < self._try_at:
            raise self._trouble
        try:
            self._keep_current()
        except StorageError as error:
            low, high = self.pace.pauses
            self._pause = min(max(self._pause * 2, low), high)
            self._try_at = self.timer() + self._pause * self._chance.uniform(0.8, 1.2)
            self._trouble = error
            raise
        self._trouble, self._pause = None, 0.0
        assert self.snapshot is not None
        return self.snapshot

    def _keep_current(self) -> None:
        now = self.timer()
        if self.snapshot is None or self.is_stale or self._trouble is not None:
            self.look()
            self.read()
        elif now >= self._look_at:
            self.look()
        if (late := self.timer() - self._due_at) >= 0:
            if self.calls.governor.may_poll():
                self.read(paid=True)
            elif late >= self.pace.patience:
                self.read()  # what managers type must not wait for ever behind what staff save

    def look(self) -> None:
        """Ask Drive for the version: `is_behind` if somebody else may have changed something since the last reading."""
        self._look_at = self.timer() + self.pace.look
        try:
            file = self.calls.file()
        except NoSpreadsheet:
            self.calls.layout()  # Drive hides what is not shared; the other interface says which of the two it is
            raise
        if file.get("trashed"):
            raise InTheBin(spreadsheet_url(self.calls.id))
        if file.get("mimeType", SPREADSHEET) != SPREADSHEET:
            raise NotASpreadsheet(file["mimeType"])
        if "version" not in file:
            raise DriveApiOff("no version")
        self.may_edit = file.get("capabilities", {}).get("canEdit", True)
        self._saved_by = file.get("lastModifyingUser", {}).get("displayName", "")
        moved = file["version"] != self._version
        is_own = self._own and file.get("lastModifyingUser", {}).get("emailAddress", "") == self.calls.account.email
        if moved:
            wait = self.pace.own if is_own else self.pace.again
            self._due_at = min(self._due_at, self._read_at + wait)
        self.is_behind |= moved and not is_own
        self._version, self._own = file["version"], False

    def read(self, *, paid: bool = False) -> Snapshot:
        """Read the values of all tabs, now."""
        now = self.timer()
        closely = self.snapshot is None or now - self._closely_at >= self.pace.always
        if closely or TAB not in self.tabs:
            self.learn_layout()  # without our tab nothing would say that an older version was restored
        for _ in range(3):
            try:
                answer = self.calls.values(self._ranges(), paid=paid)
                break
            except TabGone:
                paid = False
                self.learn_layout()
        else:
            raise TabGone("tabs keep changing their names")
        stamp, owner, rows = self._sorted(answer)
        sheets = self._sheets(rows, closely=closely)
        self._closely_at = now if closely else self._closely_at
        self._read_at, self._due_at = now, now + self.pace.always
        self.is_stale = self.is_behind = False
        self.owner = owner
        return self._take(sheets, stamp)

    def accept(
        self, sheets: Mapping[str, Sheet], stamp: Stamp | None, incidents: tuple[Incident, ...] = ()
    ) -> Snapshot:
        """What an own commit, proved, left behind."""
        self._own = True
        self._due_at = min(self._due_at, self._read_at + self.pace.own)
        return self._take(sheets, stamp, incidents)

    def learn(self, answer: Json) -> None:
        """Whatever an answer tells of tabs and tokens; it may leave out tabs."""
        self.tabs = {**self.tabs, **places(answer)}
        self.tokens = tokens(answer)

    def learn_layout(self) -> None:
        """Ask which tabs there are."""
        answer = self.calls.layout()
        self.tabs, self.tokens = places(answer), tokens(answer)
        self._covered = {title: detail.covered for title, detail in details(answer).items()}

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(title for title in self.tabs if title != TAB)

    def _read_titles(self) -> list[str]:
        return [title for title in self.titles if self.wanted is None or title in self.wanted]

    def _ranges(self) -> list[str]:
        stamp = [RANGE] if TAB in self.tabs else []
        return [*stamp, *map(quoted, self._read_titles())]

    def _sorted(self, answer: Json) -> tuple[Stamp | None, Owner, dict[str, Rows]]:
        """The answer's parts come in the order in which they were asked for."""
        parts = list(answer.get("valueRanges", ()))
        stamp, owner = read_stamp(value_rows(TAB, parts.pop(0))) if TAB in self.tabs else (None, Owner())
        rows = {title: value_rows(title, part) for title, part in zip(self._read_titles(), parts, strict=True)}
        return stamp, owner, rows

    def _sheets(self, rows: Mapping[str, Rows], *, closely: bool) -> dict[str, Sheet]:
        """`closely`: what changed since the last such reading is looked at in detail."""
        old = self.snapshot.sheets if self.snapshot is not None else {}
        found = self._details(rows) if closely else {}
        return {
            title: merged(title, old.get(title), now, found.get(title), self._covered.get(title, frozenset()))
            for title, now in rows.items()
        }

    def _details(self, rows: Mapping[str, Rows]) -> Mapping[str, Detail]:
        """Formulas, errors, dates and hidden rows of whatever changed since they were looked at last."""
        changed: dict[str, Span] = {}
        for title, now in rows.items():
            span = changed_span(self._looked_at.get(title, ()), now)
            if span is not None and span[1][0] <= span[1][1]:
                changed[title] = span[1]
        if not changed:
            return {}
        answer = self.calls.details([rows_range(title, span) for title, span in changed.items()])
        found = details(answer)
        self._covered |= {title: detail.covered for title, detail in found.items()}
        self._looked_at = dict(rows)
        return found

    def _take(self, sheets: Mapping[str, Sheet], stamp: Stamp | None, incidents: tuple[Incident, ...] = ()) -> Snapshot:
        known = self.snapshot
        if known is not None and not incidents and (known.stamp, known.titles) == (stamp, self.titles):
            same = known.sheets.keys() == sheets.keys()
            if same and all(sheets[title] is known.sheets[title] for title in sheets):
                return known
        self._number += 1
        revision = f"g{self._name}-{self._number}"
        self.snapshot = Snapshot(revision, sheets, self.titles, stamp, self._saved_by, incidents)
        return self.snapshot
