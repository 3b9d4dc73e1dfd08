"""Keeps the current Snapshot of one spreadsheet, asking Google as seldom as freshness allows.

Every two seconds Drive is asked for the file's version; only when it moved are the values of all tabs read again, in one
call, at most every four seconds and as the governor allows; and once a minute in any case. After an own commit the version
moves too, and a manager's edit of the same second cannot be told from it: then the values are read within twelve seconds. Once
a minute whatever changed is looked at in detail: formulas, errors, dates. Before a commit small tabs are read whole, in every
detail, and of large ones the rows concerned.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Mapping

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
    whole_rows,
)
from sheets.gsheets_errors import DriveApiOff, InTheBin, NoSpreadsheet, NotASpreadsheet, TabGone
from sheets.gsheets_pace import JUST_NOW, Due, Pace, Timer
from sheets.gsheets_stamp import RANGE, TAB, Owner, read_stamp, tokens
from sheets.gsheets_tabs import Cell, merged
from sheets.port import Incident, Sheet, Snapshot, Stamp, StorageError

SPREADSHEET = "application/vnd.google-apps.spreadsheet"


class Reader:
    """`wanted` names the tabs that are read; None reads all."""

    def __init__(self, calls: Calls, timer: Timer, pace: Pace, wanted: Collection[str] | None) -> None:
        self.calls, self.timer, self.pace, self.wanted = calls, timer, pace, wanted
        self.tabs: Mapping[str, Place] = {}
        self.tokens: tuple[str, ...] = ()
        self.owner = Owner()
        self.may_edit = True
        self.snapshot: Snapshot | None = None
        self.is_stale = False
        self._whole: tuple[Mapping[str, Detail], Snapshot, float] | None = None
        self._covered: dict[str, frozenset[Cell]] = {}
        self._looked_at: Mapping[str, Rows] = {}
        self._name, self._number = secrets.token_hex(4), 0
        self._version, self._own = "", False
        self._saved_by = ""
        self._due = Due(timer, pace)
        self._pause, self._try_at = 0.0, timer()
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
        if self.snapshot is None or self.is_stale or self._trouble is not None:
            self.look()
            self.read()
        else:
            self.look_again(self.pace.look)
        if (urgency := self._due.urgency) >= 0:
            if self.calls.governor.may_poll(urgency):
                self.read(paid=True)
            elif urgency >= 1:
                self.read()  # what managers type must not wait for ever behind what staff save

    def look_again(self, after: float) -> None:
        """Look, unless that was done less than so many seconds ago."""
        if self._due.look(after):
            self.look()

    def look(self) -> None:
        """Ask Drive for the version: if it moved, somebody may have changed something since the last reading."""
        self._due.looked()
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
        email = file.get("lastModifyingUser", {}).get("emailAddress", "")
        if file["version"] != self._version:
            self._due.changed(is_own=self._own and email == self.calls.account.email)
        self._version, self._own = file["version"], False

    def read(self, *, paid: bool = False) -> Snapshot:
        """Read the values of all tabs, now."""
        now = self.timer()
        closely = self.snapshot is None or self._due.closely
        if closely or self._due.tabs or TAB not in self.tabs:
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
        self.is_stale = False
        self._due.has_read(now, closely=closely)
        self.owner = owner
        return self._take(sheets, stamp)

    def catch_up(self) -> None:
        """Right before a commit, so that it is planned on what stands there: small tabs are read whole, which is the look at
        the rows concerned as well; others where something is known to have changed and nobody has to wait for it."""
        if self._is_small() and (self._due.news or self._due.unread):
            self._read_whole()
        elif self._due.news and self.calls.governor.may_poll():
            self.read(paid=True)

    def _is_small(self) -> bool:
        sheets = self.snapshot.sheets.values() if self.snapshot is not None else ()
        return bool(sheets) and sum(len(row) for sheet in sheets for row in sheet.rows) <= self.pace.whole

    def _read_whole(self) -> None:
        began = self.timer()
        try:
            answer = self.calls.details(self._ranges())
        except TabGone:
            self.read()
            return
        self.learn(answer)
        found = details(answer)
        stamp, self.owner = read_stamp(whole_rows(found[TAB])) if TAB in found else (None, Owner())
        rows = {title: whole_rows(found[title]) for title in self._read_titles()}
        self._covered |= {title: found[title].covered for title in rows}
        self._looked_at = rows
        self._due.has_read(began, closely=True)
        snapshot = self._take(self._merged(rows, found), stamp)
        self._whole = found, snapshot, self.timer()

    def just_read(self) -> Mapping[str, Detail] | None:
        """All details of the Snapshot, if they were read a moment ago."""
        if self._whole is None:
            return None
        found, snapshot, at = self._whole
        return found if snapshot is self.snapshot and self.timer() - at < JUST_NOW else None

    def accept(
        self, sheets: Mapping[str, Sheet], stamp: Stamp | None, incidents: tuple[Incident, ...] = ()
    ) -> Snapshot:
        """What an own commit, proved, left behind."""
        self._own, self._whole = True, None
        self._due.changed(is_own=True)
        return self._take(sheets, stamp, incidents)

    def learn(self, answer: Json) -> None:
        """Whatever an answer tells of tabs and tokens; it may leave out tabs."""
        self.tabs = {**self.tabs, **places(answer)}
        self.tokens = tokens(answer)

    def learn_layout(self) -> None:
        """Ask which tabs there are."""
        self._due.learnt_tabs()
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
        return self._merged(rows, self._details(rows) if closely else {})

    def _merged(self, rows: Mapping[str, Rows], found: Mapping[str, Detail]) -> dict[str, Sheet]:
        old = self.snapshot.sheets if self.snapshot is not None else {}
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
        self._looked_at = rows
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
