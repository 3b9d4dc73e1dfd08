"""A small world in which everything that can happen to a shared workbook does: the state machine's hands and its memory.

Two consoles and a command line, each with its own Store object and Keeper on one data folder and one workbook, and a
person who edits the sheet itself, also in copies opened long ago. Any of the programs may die at any step; what a kill -9
leaves on disk is kept as it was at that instant. `World.settle()` lets everything come to rest; what must be true then,
and at every write, stands in tests/machine_checks.py.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, text

from logic.asking import Ask
from logic.changes import Outcome, Source
from logic.desk import Desk
from logic.edits import submit
from logic.history import undo
from sheets.journal import Entry
from sheets.port import NoSpace, StorageError, Value, WorkerDied
from sheets.services import Keeper
from sheets.store import Store
from tests.conftest import Clock
from tests.machine_checks import audit, check
from tests.machine_disks import Disk, Grids, MemoryDisk, XlsxDisk
from tests.machine_effects import Effect
from tests.machine_google import GOOGLE_STEPS, GoogleDisk
from tests.machine_registers import (
    HEADER_ROW,
    HEADERS,
    KEYS,
    NOTES,
    OWN_COLUMN,
    REGISTERS,
    TYPED,
    column_of,
    record_rows,
    tabs,
    value_at,
)

ACTORS = ("张三", "李四", "王五")
APPEND = 5  # see World._rows
REST = 60  # rounds within which everything must have come to rest


class Killed(BaseException):
    """kill -9: nothing of the program runs after this."""


@dataclass
class Figures:
    """What happened, over all examples."""

    examples: int = 0
    steps: int = 0
    kills: int = 0
    stale_saves: int = 0
    conflicts: int = 0
    put_back: int = 0
    direct: int = 0
    commits: int = 0
    changes: int = 0
    misplaced: int = 0


FIGURES = Figures()


class CountedStore(Store):
    """Tells before each transaction, so that a program can be killed between any two of them."""

    step: Callable[[str], None] | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        if self.step is not None:
            self.step("transaction")
        with super().transaction() as connection:
            yield connection


# -- the programs ------------------------------------------------------------------------------------------------------


class Site:
    """A console or a command line; `keeper` is None while it is not running."""

    def __init__(self, world: World, name: str, source: Source) -> None:
        self.world, self.name, self.source = world, name, source
        self.keeper: Keeper | None = None
        self._transactions = 0
        self._ticking = False

    @property
    def desk(self) -> Desk:
        assert self.keeper is not None
        return cast(Desk, self.keeper.planner)

    def start(self) -> None:
        store = CountedStore(self.world.folder / "data")
        workbook = self.world.disk.open(self._step, lambda commit, after: audit(self.desk, commit, after))
        self.keeper = Keeper(store, workbook, lambda parts: Desk(parts, REGISTERS), self.world.clock)
        store.step = self._step
        self.keeper.mirror.refresh()

    def stop(self) -> None:
        """Ends in good order."""
        if self.keeper is not None:
            keeper, self.keeper = self.keeper, None
            keeper.stop()
            keeper.store.close()

    def die(self) -> None:
        """What the kernel does when a process ends: the lock is released, nothing else happens."""
        if self.keeper is not None:
            keeper, self.keeper = self.keeper, None
            keeper.writer._lock.release(force=True)
            keeper.store.close()

    def tick(self) -> bool:
        assert self.keeper is not None
        self._transactions, self._ticking = 0, True
        self.world.thaw = None
        try:
            return self.keeper.tick()
        except Killed:
            FIGURES.kills += 1
            self.die()
            if self.world.thaw is not None:
                self.world.thaw()
            return False
        finally:
            self._ticking = False
            self.world.fault = None

    def _step(self, name: str) -> None:
        if not self._ticking:
            return
        if name == "transaction":
            name = f"transaction {self._transactions}"
            self._transactions += 1
        self.world.on_step(name)


# -- the world ---------------------------------------------------------------------------------------------------------


@dataclass
class Typed:
    """A value that is unlike any other, and where somebody meant it to stand; `record` is None in a row without an id."""

    register: str
    field: str
    record: str | None
    change: str | None = None


@dataclass
class Opened:
    """A copy of the workbook in somebody's spreadsheet program."""

    copy: Any
    grids: Grids
    typed: dict[str, Typed] = field(default_factory=dict[str, Typed])
    over: set[str] = field(default_factory=set[str])
    cells: set[tuple[str, str, str, str]] = field(default_factory=set[tuple[str, str, str, str]])
    copies: Counter[str] = field(default_factory=Counter[str])


class World:
    """See the module. Every choice comes in as a small number, so that a failing story can be made short."""

    def __init__(self, backend: str, folder: Path) -> None:
        self.backend, self.folder = backend, folder
        self.clock = Clock(dt.datetime(2026, 11, 22, 9, 0))
        self.disk: Disk = _disk(backend, folder, self.clock)
        self.hands = self.disk.hands
        self.sites = [
            Site(self, "甲", Source.CONSOLE),
            Site(self, "乙", Source.CONSOLE),
            Site(self, "命令行", Source.COMMAND),
        ]
        self.fault: tuple[str, Callable[[], None]] | None = None
        self.then_fault: tuple[str, Callable[[], None]] | None = None  # and after that one
        self.thaw: Callable[[], None] | None = None
        self.opened: list[Opened] = []
        self.values: dict[str, Typed] = {}
        self.excused: set[str] = set()  # typed over by somebody who saw it, or gone before any program could see it
        self.typed_cells: set[tuple[str, str, str, str]] = set()  # register, record, field, value typed by the person
        self.copies: Counter[str] = Counter()
        self.queued: dict[str, tuple[str, ...]] = {}
        self.keys: list[tuple[str, int, list[Ask], str]] = []
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self.renamed: dict[str, int] = {}
        self.away = ""
        self.held = False
        self._number = 0
        for site in self.sites[:2]:
            site.start()
        self.actors = ACTORS
        self.tick(0)
        self.new_record(0, 1, False)  # from here on the file carries our stamp
        self.tick(0)
        self.rows_live(APPEND, 0, 1)
        self.open_copy()  # somebody has the file open all the time, with a row in it that has no id yet
        FIGURES.examples += 1

    # -- what the programs do ------------------------------------------------------------------------------------------

    def site(self, number: int) -> Site:
        found = self.sites[number % len(self.sites)]
        if found.keeper is None:
            found.start()
        return found

    def tick(self, number: int) -> None:
        site = self.site(number)
        if number % 2:
            self._let_arrive()
        site.tick()
        if self.google is not None:
            self.clock.advance(seconds=3)
        self._let_arrive()
        if site.source is Source.COMMAND:
            site.stop()

    def stop(self, number: int) -> None:
        self.sites[number % len(self.sites)].stop()

    def die(self, number: int) -> None:
        site = self.sites[number % len(self.sites)]
        if site.keeper is not None:
            FIGURES.kills += 1
            site.die()

    def tick_and_die(self, number: int, step: int) -> None:
        """A program that is killed at a step of a commit, or between any two transactions."""
        steps = [*self.disk.steps, *(f"transaction {n}" for n in range(6))]

        def kill() -> None:
            self.thaw = self.disk.frozen()
            if self.google is not None and step % 2:
                self.google.late = self.google.asking  # what it was asking for is on its way all the same
            raise Killed

        self.fault = steps[step % len(steps)], kill
        self.tick(number)

    def tick_with_fault(self, number: int, step: int) -> None:
        if self.google is not None:
            self.google.break_next(step)
            self.tick(number)
            return
        steps = self.disk.steps[:-1]
        error: type[StorageError] = (NoSpace, WorkerDied)[step % 2]

        def fail() -> None:
            raise error("injected")

        self.fault = steps[step % len(steps)], fail
        self.tick(number)

    def tick_while_somebody_saves(self, number: int, step: int, copy: int, row: int, place: int) -> None:
        """Somebody saves in the very instant of a commit what they opened just now, or earlier."""
        opened = self._opened(copy)
        if opened is not None:
            self._type(opened, row, place, 0)
        self._tick_while(number, step, opened)

    def tick_while_rows_move(self, number: int, step: int, what: int, row: int, other: int) -> None:
        """Somebody sorts, inserts, deletes, cuts and pastes in the very instant of a commit."""
        opened = self._opened(0)
        if opened is not None:
            self._rows(opened, what, row, other)
        self._tick_while(number, step, opened)

    def tick_and_die_while_rows_move(self, number: int, step: int, what: int, row: int, other: int) -> None:
        """And the program is killed before it could put right what went astray, or while it does."""
        if self.google is not None:

            def kill() -> None:
                if self.google is not None and step % 4 > 1:
                    self.google.late = self.google.asking
                raise Killed

            self.then_fault = ("answered", "asked")[step % 2], kill
            step = GOOGLE_STEPS.index("asked")
        self.tick_while_rows_move(number, step, what, row, other)
        self.then_fault = None

    def _opened(self, copy: int) -> Opened | None:
        if not self._is_there():
            return None
        return self._open() if copy == 0 or not self.opened else self.opened[copy % len(self.opened)]

    def _tick_while(self, number: int, step: int, opened: Opened | None) -> None:
        if opened is not None:
            steps = self.disk.steps[:-1]
            save = self._save if self.google is None else self._restore_unstamped
            self.fault = steps[step % len(steps)], lambda: save(opened)
        if self.google is None:
            self.tick(number)
            return
        self.google.is_disturbed, began, known = True, len(self.google.effects.found), self._records()
        self.tick(number)
        self.google.is_disturbed = False
        if opened is not None:
            self._excuse_written_over(opened, self.google.effects.found[began:], known)

    def _restore_unstamped(self, opened: Opened) -> None:
        """A version from before somebody's typing, but of the last commit: putting it back is typing the old again."""
        now, astray = self.disk.grids(), self._astray(opened)
        for key, register in REGISTERS.items():
            there, then = (_cells(key, grids[register.title]) for grids in (now, opened.grids))
            for where, value in then.items():
                if there.get(where, value) != value:
                    typed = self._is_typed(there[where]) or (key, *where, there[where]) in self.typed_cells
                    if typed or there[where] in astray:
                        self.excused.add(there[where])
                    self.typed_cells.add((key, *where, value))
        self._save(opened)

    def _is_typed(self, text: str) -> bool:
        """By a person in the sheet; not acknowledged by a program."""
        return (meant := self.values.get(text)) is None or meant.change is None

    def _astray(self, opened: Opened) -> set[str]:
        """What stands in another row than its own: it comes from the moment between a commit and its mending, which carry the
        same stamp, so that restoring that very version is typing it."""
        places: dict[str, set[Value]] = {}
        for key, register in REGISTERS.items():
            grid = opened.grids[register.title]
            for row in range(HEADER_ROW[key] + 1, len(grid) + 1):
                record = value_at(grid, row, column_of(key, "record_id"))
                for name in TYPED[key]:
                    text = str(value_at(grid, row, column_of(key, name)))
                    meant = self.values.get(text)
                    if meant is not None and meant.change is not None and (meant.register, meant.field) == (key, name):
                        places.setdefault(text, set()).add(record)
        return {text for text, records in places.items() if self.values[text].record not in records}

    def _excuse_written_over(self, opened: Opened, effects: Sequence[Effect], records: set[str]) -> None:
        """What a person typed between our reading and our writing of the same cell: Google keeps the later, and tells nobody.
        The same with a record that stood nowhere at our reading, and was restored into the place of another."""
        known, overwritten = self._known_texts(), {effect.was for effect in effects}
        self.excused |= {value for value in opened.typed if value in overwritten and value not in known}
        for effect in effects:
            register = next((one for one in REGISTERS.values() if one.title == effect.title), None)
            if register is not None and isinstance(effect.record, str) and effect.record not in records:
                declared = register.field(str(HEADERS[register.key][effect.column - 1]))
                if declared is not None:
                    self.typed_cells.add((register.key, effect.record, declared.name, effect.now))
                    self.excused.add(effect.was)

    def _records(self) -> set[str]:
        """The ids that stand in the sheet."""
        grids = self.disk.grids()
        return {record for key, register in REGISTERS.items() for record, _ in _cells(key, grids[register.title])}

    @property
    def google(self) -> GoogleDisk | None:
        return self.disk if isinstance(self.disk, GoogleDisk) else None

    def _let_arrive(self) -> None:
        if self.google is not None:
            with suppress(StorageError):
                self.google.arrive()

    def on_step(self, name: str) -> None:
        if self.fault is not None and self.fault[0] == name:
            _, act = self.fault
            self.fault, self.then_fault = self.then_fault, None
            act()

    def open_form(self, site: int, register: int, row: int) -> None:
        """Somebody looks at a record and will save later."""
        found = self._seen(self.site(site), register, row)
        if found is not None:
            self.forms.append(found)

    def new_record(self, site: int, register: int, with_key: bool) -> None:
        key = KEYS[register % 2]
        names = TYPED[key][: 2 + register % 2]
        values = {name: self._value(number) for number, name in enumerate(names)}
        self._submit(site, [Ask(key, None, dict(values))], with_key)

    def edit(self, site: int, register: int, row: int, cells: int, form: int, with_key: bool, blank: bool) -> None:
        """Edit one or several cells of a record, as seen now or in a form opened earlier."""
        asks = self._edit(self.site(site), register, row, cells, form, blank)
        if asks is not None:
            self._submit(site, [asks], with_key)

    def edit_several(self, site: int, row: int, other: int, cells: int, form: int) -> None:
        """Two records, or one and a new one, all or nothing."""
        first = self._edit(self.site(site), 0, row, cells, form, False)
        second = self._edit(self.site(site), other % 2, other // 2, 1, 0, False)
        if first is None:
            return
        if second is None or (second.register, second.record) == (first.register, first.record):
            second = Ask("spares", None, {"name": self._value(0)})
        self._submit(site, [first, second], False)

    def transit(self, site: int, row: int, which: int) -> None:
        found = self._seen(self.site(site), 0, row)
        if found is not None:
            self._submit(site, [Ask(found[0], found[1], transition=("close", "void")[which % 2])], False)

    def undo(self, site: int, which: int) -> None:
        desk = self._read(self.site(site))
        if desk is None:
            return
        saved = [entry for entry in desk.journal.recent(desk.workbook, 50) if entry.state == "saved"]
        if saved:
            entry = saved[which % len(saved)]
            self._count(undo(desk, ACTORS[site % 3], entry.id))

    def repeat_key(self, site: int, which: int) -> None:
        """The same submission again, as after a lost answer: nothing happens, and the first outcome comes back."""
        desk = self._read(self.site(site))
        if desk is None or not self.keys:
            return
        key, actor, asks, change = self.keys[which % len(self.keys)]
        before = desk.journal.recent(desk.workbook, 1)[0].seq
        again = submit(desk, ACTORS[actor], asks, key=key)
        assert again.change == change, "a key gave another change"
        assert desk.journal.recent(desk.workbook, 1)[0].seq == before, "a key seen before was journaled again"

    def resolve(self, site: int, which: int, mine: bool) -> None:
        """Somebody looks into 需要您处理 and chooses."""
        desk = self._read(self.site(site))
        if desk is None:
            return
        failed = [entry for actor in ACTORS for entry in desk.journal.attention(actor)]
        if not failed:
            return
        entry = failed[which % len(failed)]
        outcome = Outcome.model_validate_json(entry.outcome)
        if mine:
            for conflict in outcome.conflicts:
                if TYPED[conflict.register].count(conflict.field):
                    ask = Ask(
                        conflict.register,
                        conflict.record,
                        {conflict.field: conflict.mine},
                        {conflict.field: conflict.theirs},
                    )
                    self._count(submit(desk, entry.actor, [ask], undoes=entry.id))
        desk.journal.handle(entry.id, self.clock().isoformat(timespec="seconds"))

    def pass_time(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    # -- what the person does ------------------------------------------------------------------------------------------

    def open_copy(self) -> None:
        if self._is_there():
            self.opened.append(self._open())

    def type_in_copy(self, copy: int, row: int, at: int, old: int) -> None:
        if self.opened:
            self._type(self.opened[copy % len(self.opened)], row, at, old)

    def rows_in_copy(self, copy: int, what: int, row: int, other: int) -> None:
        if self.opened:
            self._rows(self.opened[copy % len(self.opened)], what, row, other)

    def save_copy(self, copy: int, keep: bool) -> None:
        """Save what was opened earlier over what stands now; the program may stay open."""
        if self.opened and not self.away:
            opened = self.opened[copy % len(self.opened)]
            if not keep:
                self.opened.remove(opened)
            FIGURES.stale_saves += 1
            if self.google is not None and (self.google.is_of_this_commit(opened.copy) or self._astray(opened)):
                self._restore_unstamped(opened)
            else:
                self._save(opened)

    def type_live(self, row: int, at: int, old: int) -> None:
        self._live(lambda opened: self._type(opened, row, at, old))

    def rows_live(self, what: int, row: int, other: int) -> None:
        self._live(lambda opened: self._rows(opened, what, row, other))

    def rename_header(self, register: int, which: int) -> None:
        """A header is changed, and later put right again."""
        key = KEYS[register % 2]
        if not self._is_there():
            return
        if key in self.renamed:
            at = self.renamed.pop(key)
            self.hands.type(REGISTERS[key].title, HEADER_ROW[key], at, HEADERS[key][at - 1])
        elif self.disk.grids()[REGISTERS[key].title][HEADER_ROW[key] - 1] == list(HEADERS[key]):
            names = [name for name in HEADERS[key] if name != "经理批注"]
            at = HEADERS[key].index(names[which % len(names)]) + 1
            self.renamed[key] = at
            self.hands.type(REGISTERS[key].title, HEADER_ROW[key], at, "改过的表头")

    def hold(self) -> None:
        if self.held:
            self.hands.release()
        else:
            self.hands.hold()
        self.held = not self.held

    def take_away(self, impostor: bool) -> None:
        """The file is copied away and back, or another one lies in its place for a while."""
        if self.away:
            self.disk.bring_back()
            self.away = ""
        elif not self._is_there():
            return
        elif impostor and self._is_stamped():
            self.disk.impose()
            self.away = "another"
        elif not impostor:
            self.disk.put_away()
            self.away = "missing"

    # -- in the end ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Everybody lets go, all failed changes are looked at, and the programs come to rest."""
        self.fault = None
        if self.google is not None:
            self.google.cloud.plans.clear()
            self._let_arrive()
        self.opened.clear()
        if self.away:
            self.take_away(False)
        if self.held:
            self.hold()
        self.site(0)
        self.tick(0)  # a file that a dead program had set aside is back now
        for key, header_row in HEADER_ROW.items():
            headers = self.disk.grids()[REGISTERS[key].title][header_row - 1]
            for number, header in enumerate(HEADERS[key], start=1):
                if headers[number - 1] != header:
                    self.hands.type(REGISTERS[key].title, header_row, number, header)
        before = (-1, "")
        for _ in range(REST):
            self.clock.advance(seconds=61)
            for site in self.sites:
                if site.keeper is not None:
                    site.tick()
            desk = self.desk
            now = (desk.journal.version(), desk.mirror.snapshot.revision if desk.mirror.snapshot else "")
            if now == before and not desk.journal.pending(desk.workbook):
                return
            for entry in self.entries():
                if entry.state in ("overtaken", "rejected") and entry.handled_at is None:
                    desk.journal.handle(entry.id, self.clock().isoformat(timespec="seconds"))
            before = now
        pending = [(entry.why, entry.body) for entry in self.desk.journal.pending(self.desk.workbook)]
        raise AssertionError(f"no rest: {pending} {self.desk.mirror.trouble!r} {self.desk.ledger.standing()}")

    def close(self) -> None:
        for site in self.sites:
            site.stop()

    @property
    def desk(self) -> Desk:
        return next(site.desk for site in self.sites if site.keeper is not None and site.keeper.writer.is_writer)

    def check(self) -> None:
        """What must be true once everything is at rest."""
        check(self)
        entries = self.entries()
        if self.google is not None:
            self.google.effects.check(entries, self.disk.grids())
        FIGURES.commits += self.desk.ledger.standing().generation
        FIGURES.conflicts += sum(entry.state == "overtaken" for entry in entries)
        FIGURES.direct += sum(entry.source == Source.SHEET for entry in entries)
        FIGURES.misplaced += sum(notice.kind == "misplaced" for notice in self.desk.journal.notices(self.desk.workbook))
        FIGURES.put_back += sum(entry.source == Source.ENGINE for entry in entries)

    # -- inside: programs ----------------------------------------------------------------------------------------------

    def _read(self, site: Site) -> Desk | None:
        """The desk of a program that sees the workbook."""
        assert site.keeper is not None
        if site.keeper.mirror.snapshot is None:
            site.keeper.mirror.refresh()
        return site.desk if site.keeper.mirror.snapshot is not None else None

    def _seen(self, site: Site, register: int, row: int) -> tuple[str, str, dict[str, str]] | None:
        desk = self._read(site)
        if desk is None:
            return None
        key = KEYS[register % 2]
        records = [record for record in desk.view().judgement.records(key).values() if not record.key.startswith("#")]
        if not records:
            return None
        record = records[row % len(records)]
        return key, record.key, {name: record.text(name) for name in REGISTERS[key].fields}

    def _edit(self, site: Site, register: int, row: int, cells: int, form: int, blank: bool) -> Ask | None:
        found = self.forms[form % len(self.forms)] if form and self.forms else self._seen(site, register, row)
        if found is None:
            return None
        key, record, texts = found
        names = TYPED[key]
        wanted = [names[(cells + n) % len(names)] for n in range(1 + cells % 2)]
        values = {name: "" if blank and name != "name" else self._value(cells + n) for n, name in enumerate(wanted)}
        return Ask(key, record, dict(values), {name: texts[name] for name in values})

    def _submit(self, number: int, asks: list[Ask], with_key: bool) -> None:
        site = self.site(number)
        desk = self._read(site)
        if desk is None:
            return
        key = f"k{len(self.keys)}" if with_key else None
        actor = ACTORS[number % 3]
        outcome = submit(desk, actor, asks, source=site.source, key=key)
        if outcome.state == "queued":
            for ask, record in zip(asks, outcome.records, strict=True):
                for name, value in ask.values.items():
                    if value:
                        self.values[str(value)] = Typed(ask.register, name, record, outcome.change)
            self._see_everywhere(site, desk, asks, outcome)
        if key is not None and outcome.change and outcome.state in ("queued", "saved", "overtaken"):
            self.keys.append((key, number % 3, asks, outcome.change))
        self._count(outcome)

    def _count(self, outcome: Outcome) -> None:
        if outcome.state == "queued":
            self.queued[outcome.change] = outcome.records
            FIGURES.changes += 1

    def _see_everywhere(self, site: Site, desk: Desk, asks: Sequence[Ask], outcome: Outcome) -> None:
        """What was just acknowledged is on every screen at once, however old the sheet is that it lies upon."""
        for other in self.sites:
            if other.keeper is None or self._read(other) is None:
                continue
            view = other.desk.view().judgement
            same = other is site or other.keeper.mirror.snapshot is desk.mirror.snapshot
            for ask, key in zip(asks, outcome.records, strict=True):
                record = view.record(ask.register, key)
                if view.tables.get(ask.register) is None:
                    continue  # another file lies in this place
                assert record is not None or not (same or ask.record is None), f"{key} is not seen by {other.name}"
                for name, value in ask.values.items():
                    if record is not None and same:
                        assert record.text(name) == (value or ""), f"{key} {name} is not seen by {other.name}"

    def _is_stamped(self) -> bool:
        """Was anything ever written, so that another file in this place can be told?"""
        return any(site.keeper is not None and site.keeper.ledger.standing().stamped for site in self.sites)

    def entries(self) -> list[Entry]:
        return self.desk.journal.recent(self.desk.workbook, 10_000)[::-1]

    # -- inside: the person --------------------------------------------------------------------------------------------

    def _value(self, shape: int) -> str:
        """A text nobody typed before, of a shape that programs like to damage."""
        self._number += 1
        n = self._number
        shapes = (f"值{n}", f"{n:05d}", f"６{n}", f"62258812345678{n:05d}", f"{n}E12", f"=1+{n}")
        return shapes[shape % len(shapes)]

    def _live(self, act: Callable[[Opened], None]) -> None:
        if self._is_there():
            opened = self._open()
            act(opened)
            self._save(opened)

    def _is_there(self) -> bool:
        """Is the workbook where it belongs? It is not while a program that was replacing it lies dead."""
        return not self.away and self.disk.exists()

    def _open(self) -> Opened:
        return Opened(self.hands.save_copy(), self.disk.grids())

    def _save(self, opened: Opened) -> None:
        """The file becomes what this person has on the screen; what nobody ever saw of the old one is theirs to answer."""
        known = self._known_texts()
        present = {str(value) for grid in opened.grids.values() for row in grid for value in row if value is not None}
        for value, meant in self.values.items():
            if meant.change is None and value not in present and value not in known:
                self.excused.add(value)
        self.hands.restore(opened.copy)
        self.values.update({value: meant for value, meant in opened.typed.items() if value in present})
        self.excused |= opened.over
        self.typed_cells |= opened.cells
        self.copies += opened.copies

    def _known_texts(self) -> set[str]:
        """Every text that the Baseline or the log has taken down."""
        store = Store(self.folder / "data")
        with store.reading() as connection:
            known = {
                value for (body,) in connection.execute(text("SELECT texts FROM baseline")) for value in _texts(body)
            }
            known |= set(connection.execute(text("SELECT after FROM cells")).scalars())
        store.close()
        return known

    def _type(self, opened: Opened, row: int, at: int, old: int) -> None:
        """Type into a declared cell, an own column or another tab; `old`: a value that once stood in this column."""
        place = at % 8
        if place == 6:
            self._change(opened, lambda hands: hands.type("工单", 3 + row % 4, OWN_COLUMN, f"批{self._next()}"))
            return
        if place == 7:
            self._change(opened, lambda hands: hands.type(NOTES, 1 + row % 4, 1 + row % 2, f"注{self._next()}"))
            return
        key = "tickets" if place < 4 else "spares"
        rows = record_rows(key, opened.grids[REGISTERS[key].title])
        if not rows:
            return
        names = TYPED[key]
        name = names[place % len(names)]
        number = rows[row % len(rows)]
        col = column_of(key, name)
        grid = opened.grids[REGISTERS[key].title]
        was, record = value_at(grid, number, col), value_at(grid, number, column_of(key, "record_id"))
        olds = sorted(value for value, meant in self.values.items() if (meant.register, meant.field) == (key, name))
        value = olds[old % len(olds)] if old and olds else self._value(at)
        if was == value:
            return
        if was is not None:
            opened.over.add(str(was))
        opened.over |= {
            text
            for text in self._astray(opened)  # what was to stand here, and landed in another row
            if (meant := self.values[text]).record == record and meant.field == name
        }
        opened.over.discard(value)
        if isinstance(record, str):
            opened.cells.add((key, record, name, value))
        if value not in self.values and value not in opened.typed:
            opened.typed[value] = Typed(key, name, record if isinstance(record, str) else None)
        if old:
            opened.copies[value] += 2  # the same text on purpose in another row
        self._change(opened, lambda hands: hands.type(REGISTERS[key].title, number, col, value))

    def _rows(self, opened: Opened, what: int, row: int, other: int) -> None:
        """Insert a blank row, delete, sort, copy (ids double), cut and paste, append a row, clear an id."""
        key = KEYS[other % 2]
        title = REGISTERS[key].title
        rows = record_rows(key, opened.grids[REGISTERS[key].title])
        first = HEADER_ROW[key] + 1
        if not rows:
            return
        number = rows[row % len(rows)]
        grid = opened.grids[title]
        match what % 7:
            case 0:
                self._change(opened, lambda hands: hands.insert_row(title, number))
            case 1:
                ids = [value_at(grid, one, column_of(key, "record_id")) for one in rows]
                id = value_at(grid, number, column_of(key, "record_id"))
                if (
                    id is None or ids.count(id) > 1
                ):  # what is deleted is a row that nobody knows, or all but a copy of it
                    opened.over |= {str(value) for value in grid[number - 1] if value}
                self._change(opened, lambda hands: hands.delete_row(title, number))
            case 2:
                self._change(opened, lambda hands: hands.sort(title, first, 1 + row % 2, descending=bool(other % 3)))
            case 3:
                for value in grid[number - 1]:
                    if value is not None:
                        opened.copies[str(value)] += 1
                record = value_at(grid, number, column_of(key, "record_id"))
                if record is not None:  # and the copy is the record, once the row it was made of is deleted
                    cells = ((name, value_at(grid, number, column_of(key, name))) for name in TYPED[key])
                    opened.cells |= {(key, str(record), name, "" if one is None else str(one)) for name, one in cells}
                self._change(opened, lambda hands: hands.copy_row(title, number, len(grid) + 1))
            case 4:
                self._change(opened, lambda hands: _cut_and_paste(hands, title, number, len(grid) + 1))
            case 5:  # APPEND
                at = len(grid) + 1
                for n, name in enumerate(TYPED[key][:2]):
                    value = self._value(n)
                    opened.typed[value] = Typed(key, name, None)
                    column = column_of(key, name)
                    self._change(opened, lambda hands, c=column, v=value: hands.type(title, at, c, v))
            case _:
                if value_at(grid, number, column_of(key, "record_id")) is not None:
                    for value in grid[number - 1]:
                        if value is not None:
                            opened.copies[str(value)] += 1  # the record may come back while the row becomes another
                    self._change(opened, lambda hands: hands.type(title, number, column_of(key, "record_id"), None))

    def _change(self, opened: Opened, edit: Callable[[Any], None]) -> None:
        opened.copy = self.disk.edited(opened.copy, edit)
        opened.grids = self.disk.grids(opened.copy)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _disk(backend: str, folder: Path, clock: Clock) -> Disk:
    if backend == "google":
        return GoogleDisk(tabs(), clock)
    return MemoryDisk(folder, tabs()) if backend == "memory" else XlsxDisk(folder, tabs(), clock)


def _cells(key: str, grid: Sequence[Sequence[Value]]) -> dict[tuple[str, str], str]:
    """The texts of the declared columns of a tab, by record and field."""
    found: dict[tuple[str, str], str] = {}
    for row in record_rows(key, grid):
        record = value_at(grid, row, column_of(key, "record_id"))
        if isinstance(record, str):
            for name in (*TYPED[key], "status"):
                value = value_at(grid, row, column_of(key, name))
                found[record, name] = "" if value is None else str(value)
    return found


def _texts(body: str) -> list[str]:
    return list(json.loads(body).values())


def _cut_and_paste(hands: Any, title: str, number: int, to: int) -> None:
    hands.copy_row(title, number, to)
    hands.delete_row(title, number)
