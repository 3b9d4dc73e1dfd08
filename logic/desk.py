"""One workbook as everybody sees it now: what stands in the sheet, understood, with what is on its way there on top.

The Desk is the Planner that the Writer asks, and the View that pages and command line read. A Judgement is made once for
each Snapshot and Overlay, not for each session.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from logic.access import Actor
from logic.changes import Change, Source
from logic.discovering import Discoverer
from logic.elsewhere import Elsewhere, last_seen, records_of
from logic.findings import FindingCells, Where
from logic.judgement import Judgement
from logic.mending import Cell
from logic.observing import Compared, Observer, Sight
from logic.people import ROSTER
from logic.planning import plan
from logic.records import Amendment
from logic.register import Register
from logic.releasing import releases_of
from logic.settings import SETTINGS
from logic.violations import Releases
from sheets.findings import FindingLog
from sheets.journal import Entry, ReleaseRow
from sheets.ledger import Baseline, Observed, Standing, Texts
from sheets.merge import merge
from sheets.port import Sheet, Snapshot, StorageError
from sheets.services import Parts
from sheets.table import Table, find_table
from sheets.writer import Plan

JUDGED_AGAIN = dt.timedelta(minutes=1)  # findings that end by themselves (a date that was in the future) are seen to
UNSEEN = 200  # saved changes laid over a sheet that another process has written since it was read


class NotRead(Exception):
    """The workbook could not be read yet; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class View:
    """What everybody sees: `judgement` has the pending changes applied, `standing` is the sheet alone.

    `pending` are the changes on their way, by id; `touched` says which of them touch a record, settled ones included.
    """

    judgement: Judgement
    standing: Judgement
    pending: Mapping[str, Entry]
    touched: Mapping[Where, Sequence[str]]
    read_at: dt.datetime | None
    trouble: StorageError | None
    hold: str

    def waiting(self, register: str, record: str) -> tuple[Entry, ...]:
        """The pending changes of a record, in order."""
        ids = self.touched.get((register, record), ())
        return tuple(self.pending[id] for id in ids if id in self.pending)


@dataclass(slots=True)
class _Overlay:
    """待写入: pending changes on top of what stands in the sheet. It grows; another sheet or order begins a new one."""

    standing: Judgement
    judgement: Judgement
    ids: list[str] = field(default_factory=list[str])
    touched: dict[Where, list[str]] = field(default_factory=dict[Where, list[str]])

    def is_below(self, standing: Judgement, pending: Sequence[Entry]) -> bool:
        """Is this the beginning of the overlay of `pending`?"""
        return self.standing is standing and self.ids == [entry.id for entry in pending[: len(self.ids)]]

    def add(self, pending: Sequence[Entry], now: dt.datetime) -> None:
        """Put those of `pending` on top that are not there yet."""
        for entry in pending[len(self.ids) :]:
            change = Change.model_validate_json(entry.body)
            amendments = _amendments(self.judgement, change)
            if amendments:
                self.judgement = self.judgement.amended(amendments, now=now)
            self.ids.append(entry.id)
            for where in change.touches:
                self.touched.setdefault(where, []).append(entry.id)


class Desk:
    """Made once per workbook and process; safe to read from many threads."""

    def __init__(self, parts: Parts, registers: Mapping[str, Register], elsewhere: Elsewhere | None = None) -> None:
        self.elsewhere = elsewhere or Elsewhere(parts.journal.store, registers, {})
        self.workbook, self.journal, self.ledger, self.clock = parts.workbook, parts.journal, parts.ledger, parts.clock
        self.mirror, self.registers = parts.mirror, registers
        self._specs = {key: register.spec() for key, register in registers.items()}
        self._judging, self._viewing = threading.RLock(), threading.RLock()
        self._standing: tuple[Snapshot, Judgement] | None = None
        self._released: tuple[ReleaseRow, ...] = ()
        self._releases = Releases()
        self._rested_on: dict[str, dict[str, Texts]] = {}
        self._owners_then: dict[str, int] = {}
        self._overlay: _Overlay | None = None
        self._pending: dict[str, Entry] = {}
        self._view: tuple[tuple[Judgement, int], View] | None = None
        self._views = 0
        self._sighted: tuple[Snapshot, Compared | None] | None = None
        self._compared: tuple[Snapshot, Compared | None] | None = None
        self._known: Baseline | None = None  # read anew whenever another process advanced it
        self._sight = Sight(None)
        self._findings = FindingCells()
        self.found = FindingLog(parts.journal.store, parts.workbook)
        self._discoverer = Discoverer(self.found, registers)

    # -- what pages and command line read ------------------------------------------------------------------------------

    def view(self) -> View:
        """What everybody sees now; raises NotRead while the workbook was never read."""
        with self._viewing:
            # Read here: whoever waited with an older Snapshot would judge that again, and the next one the newer.
            snapshot = self.mirror.snapshot
            if snapshot is None:
                raise NotRead(str(self.mirror.trouble) if self.mirror.trouble else "正在读取表格,请稍等。")
            standing = self._latest(snapshot)
            found, key = self._view, (standing, self.journal.version())
            if found is None or found[0] != key:
                found = (key, self._make_view(snapshot, standing))
                self._view, self._views = found, self._views + 1
        view = found[1]
        return replace(view, read_at=self.mirror.current_at, trouble=self.mirror.trouble)

    def version(self) -> str:
        """A text that differs whenever `view()`, or what is known of the findings, would: while it stands, nothing need
        be drawn again. Cheap: every open page asks for it every other second."""
        try:
            view = self.view()
        except NotRead as trouble:
            return str(trouble)
        return f"{self._views} {view.trouble or ''} {self.found.version()}"

    def _latest(self, snapshot: Snapshot) -> Judgement:
        """The Judgement of this Snapshot, or of the one before while another thread is still judging: nobody waits."""
        known = self._standing
        if known is not None and known[0] is snapshot:
            return known[1]
        if not self._judging.acquire(blocking=known is None):
            assert known is not None
            return known[1]
        try:
            return self.judge(snapshot, self.clock())
        finally:
            self._judging.release()

    def _make_view(self, snapshot: Snapshot, standing: Judgement) -> View:
        pending = self.journal.pending(self.workbook, self._pending)
        self._pending = {entry.id: entry for entry in pending}
        entries = [*self._unseen(snapshot), *pending]
        if self._overlay is None or not self._overlay.is_below(standing, entries):
            self._overlay = _Overlay(standing, standing)
        overlay = self._overlay
        overlay.add(entries, self.clock())
        hold = self.ledger.standing().hold
        return View(overlay.judgement, standing, self._pending, overlay.touched, None, None, hold)

    def _unseen(self, snapshot: Snapshot) -> list[Entry]:
        """What another process has brought in since this Snapshot was read, so that it does not vanish for a moment."""
        stamp = snapshot.stamp
        if stamp is None or stamp.workbook != self.workbook:
            return []
        found = self.journal.unseen(self.workbook, stamp.generation, UNSEEN + 1)
        return found if len(found) <= UNSEEN else []  # a file of long ago: the Writer puts back what it lacks

    def actor(self, judgement: Judgement, name: str) -> Actor:
        """The person of this name on the roster; whom it knew, or needed not know, when they were let in stays let in."""
        return judgement.people.actor(name) or Actor(name, founder=True)

    # -- Planner -------------------------------------------------------------------------------------------------------

    def judge(self, snapshot: Snapshot, now: dt.datetime) -> Judgement:
        """The Judgement of the sheet as it stands; rows that did not change keep theirs."""
        with self._judging:
            released = tuple(self.journal.releases(self.workbook))
            tables = self._tables(snapshot)
            rested_on = self._kept(tables)
            known, is_same = self._standing, (released, rested_on) == (self._released, self._rested_on)
            is_same = is_same and (not self._owners_then or self._owners(tables) == self._owners_then)
            if known is not None and known[0] is snapshot and is_same and now - known[1].now < JUDGED_AGAIN:
                return known[1]
            if released != self._released or known is None:
                self._released, self._releases = released, releases_of(released)
            releases = self._releases
            self._rested_on, owners = rested_on, self._owners(tables)
            self._owners_then = owners  # an own commit makes another row equal to the Baseline
            every = self.elsewhere.registers
            kept = {key: records_of(every[key], texts) for key, texts in rested_on.items()}
            if known is None:
                judgement = Judgement.of(self.registers, tables, now=now, releases=releases, owners=owners, kept=kept)
            else:
                judgement = known[1].advanced(tables, now=now, releases=releases, owners=owners, kept=kept)
            self._standing = (snapshot, judgement)
            return judgement

    def observe(self, snapshot: Snapshot, standing: Standing, now: dt.datetime) -> Observed | None:
        judgement, baseline = self.judge(snapshot, now), self.ledger.baseline()
        last = self._compared[1] if self._compared is not None else None
        is_same = self._compared is not None and self._compared[0] is snapshot and self._known is baseline
        if is_same and not any(judgement.unidentified(key) for key in judgement.tables):
            return None
        self._known = baseline
        stamp = snapshot.stamp
        ours = stamp is not None and stamp.workbook == standing.id
        # Without our stamp: never written by us, or chosen by somebody to go on with. It is taken as it is.
        generation = stamp.generation if stamp is not None and ours else standing.generation
        oldest = min([generation, *(one for one in standing.registers.values() if one is not None)])
        log = self.journal.log_after(self.workbook, oldest) if oldest < standing.generation else []
        returning = self._returning()
        observer = Observer(self.registers, judgement, baseline, log, standing, generation, now, last, returning)
        self._sight = observer.sight(self.ledger.sightings())
        self._sighted = snapshot, self._sight.compared
        for register, record in self._findings.compare(judgement):
            body = {"register": register, "record": record}
            self.journal.notify(self.workbook, "finding_left", now.isoformat(timespec="seconds"), body)
        return self._sight.observed

    def _returning(self) -> dict[Cell, str]:
        """The cells that are being put back after a stale save, with what is written to them."""
        pending = [entry for entry in self.journal.pending(self.workbook) if entry.source == Source.ENGINE]
        edits = [edit for entry in pending for edit in Change.model_validate_json(entry.body).edits]
        return {(edit.register, edit.record, name): text for edit in edits for name, text in edit.values.items()}

    def plan(self, snapshot: Snapshot, pending: Sequence[Entry], now: dt.datetime) -> Plan:
        self._compared = self._sighted or self._compared  # what was seen is journaled by now
        judgement = self.judge(snapshot, now)
        self._discoverer.keep(judgement, now)
        return plan(
            judgement,
            pending,
            self._sight.id_writes,
            self._sight.nameless,
            self.registers,
            self.actor,
            self._findings.left_alone,
            self._parent_state,
        )

    def _parent_state(self, change: str) -> str:
        """What became of the change that another one follows from, "" where it is not known."""
        entry = self.journal.entry(change)
        return entry.state if entry is not None else ""

    def written(self, plan: Plan, snapshot: Snapshot) -> None:
        """Judge what stands there now before the changes stop being pending, so that no moment shows neither."""
        self._findings.wrote(plan.edits, self.judge(snapshot, self.clock()))

    def _kept(self, tables: Mapping[str, Table | None]) -> dict[str, dict[str, Texts]]:
        """The roster and the settings as last seen, where another workbook holds them, or where their tab or headers
        cannot be read: a typing error in a header must neither let everybody in nor change what is allowed."""
        found: dict[str, dict[str, Texts]] = {}
        for key in (ROSTER, SETTINGS):
            table = tables.get(key)
            texts: dict[str, Texts] = {}
            if key not in self.registers:
                texts = self.elsewhere.texts(key)
            elif table is None or not table.writable:
                texts = last_seen(self.ledger, key)
            if texts:
                found[key] = texts
        return found

    def _tables(self, snapshot: Snapshot) -> dict[str, Table | None]:
        known = dict(self._standing[1].tables) if self._standing is not None else {}
        return {
            key: self._table(snapshot.sheets.get(spec.title), known.get(key), key) for key, spec in self._specs.items()
        }

    def _table(self, sheet: Sheet | None, known: Table | None, key: str) -> Table | None:
        if sheet is None:
            return None
        return known if known is not None and known.sheet is sheet else find_table(sheet, self._specs[key], known)

    def _owners(self, tables: Mapping[str, Table | None]) -> dict[str, int]:
        """Of two rows with one id the one equal to the Baseline keeps it, else the upper."""
        owners: dict[str, int] = {}
        for key, table in tables.items():
            ids = [row.id for row in table.rows] if table is not None else []
            if len({*ids}) == len(ids):
                continue
            rows: dict[str, list[int]] = defaultdict(list)
            for position, id in enumerate(ids):
                if id is not None:
                    rows[id].append(position)
            for record_id, positions in rows.items():
                if len(positions) < 2 or table is None:
                    continue
                known = self.ledger.baseline().get(key, {}).get(record_id)
                owners[record_id] = table.rows[positions[0]].number
                for position in positions:
                    if known is not None and self._equals(key, table, position, known.texts or {}):
                        owners[record_id] = table.rows[position].number
                        break
        return owners

    def _equals(self, key: str, table: Table, position: int, texts: Mapping[str, str]) -> bool:
        cells = table.rows[position].cells
        return all(
            declared.kind.read(cells[table.index[name]]).text == texts.get(name, "")
            for name, declared in self.registers[key].fields.items()
            if not declared.engine
        )


def _amendments(judgement: Judgement, change: Change) -> list[Amendment]:
    """What a pending change adds to what everybody sees; cells that somebody changed meanwhile are left as they stand."""
    amendments: list[Amendment] = []
    for edit in change.edits:
        record = judgement.record(edit.register, edit.record)
        if judgement.tables.get(edit.register) is None or (record is None and not edit.new):
            continue
        current = {name: record.text(name) for name in edit.values} if record is not None else {}
        apply = merge(edit.values, edit.base, current).apply
        if apply:
            amendments.append(Amendment(edit.register, edit.record, apply, new=record is None))
    return amendments


def hold_sentence(hold: str) -> str:
    """Why a workbook is held, in words; empty while it is not."""
    if not hold:
        return ""
    kind = json.loads(hold)["kind"]
    if kind == "unstamped":
        return "这个位置上的文件没有控制台的标记:它可能被另一个文件替换,或用不保留标记的软件另存过。"
    return "这个位置上的文件属于另一个工作簿。"
