"""Everything that lives once per process: the store, and for each workbook its mirror, writer and keeper thread.

`start()` is called by the lifespan of streamlit_app.py and by the command line, `services()` reaches it from anywhere.
"""

from __future__ import annotations

import datetime as dt
import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheets import ledger
from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_account import Account
from sheets.gsheets_address import known_address, spreadsheet_id
from sheets.gsheets_pace import Governor
from sheets.journal import Journal
from sheets.ledger import Ledger
from sheets.mirror import Clock, Mirror
from sheets.port import AnotherWriter, ShapeStep, SheetSpec, StorageError, Workbook
from sheets.store import Store
from sheets.writer import Planner, Writer
from sheets.xlsx import LockFile, XlsxWorkbook

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
CYCLE_EVERY = dt.timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a Planner is made from."""

    workbook: str
    mirror: Mirror
    journal: Journal
    ledger: Ledger
    clock: Clock


MakePlanner = Callable[[Parts], Planner]


class Keeper:
    """One workbook in this process: brings changes in, takes direct edits up, keeps the mirror current.

    `tick()` does one round; `step()` does one if anything calls for it, again and again in a thread of its own from
    `start()` until `stop()`.
    """

    def __init__(
        self, store: Store, workbook: Workbook, make: MakePlanner, clock: Clock, *, take_over: bool = False
    ) -> None:
        self.store, self.workbook, self.clock = store, workbook, clock
        self.take_over = take_over
        self.trouble: StorageError | None = None
        self.journal = Journal(store)
        self.mirror = Mirror(workbook, clock)
        identity = _identify(store, workbook, self.mirror)
        self.ledger = Ledger(store, identity)
        self.planner = make(Parts(identity, self.mirror, self.journal, self.ledger, clock))
        self.writer = Writer(self.mirror, self.journal, self.ledger, self.planner, clock)
        self._nudge = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._seen: tuple[int, str] | None = None
        self._cycled_at = dt.datetime.min

    def tick(self, *, timeout: float = 0) -> bool:
        """One round; whether this process is the writer. While it is not, only the mirror is kept current."""
        try:
            self.workbook.claim(self.store.installation, self.store.folder, take_over=self.take_over)
            self.trouble, self.take_over = None, False
        except StorageError as error:
            self.trouble = error
            self.mirror.refresh()
            return False
        if not self.writer.acquire(timeout):
            self.mirror.refresh()
            return False
        self.writer.cycle()
        return True

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"keeper {self.workbook.address}", daemon=True)
        self._thread.start()

    def stale_locks(self) -> tuple[LockFile, ...]:
        """Owner files so old that a person may declare them left over; there are none where nothing is a file."""
        if not isinstance(self.workbook, XlsxWorkbook):
            return ()
        return tuple(lock for lock in self.workbook.lock_files() if lock.stale)

    def forget_lock(self, path: Path) -> None:
        """Somebody made sure that this owner file was left over by a program that ended."""
        assert isinstance(self.workbook, XlsxWorkbook)
        with self.mirror.guard:
            self.workbook.forget_lock(path)
        self.nudge()

    def shape(self, specs: Sequence[SheetSpec], *, dry_run: bool) -> tuple[ShapeStep, ...]:
        """What the tabs lack; unless `dry_run` they get it, between two rounds and only where this process is the writer."""
        with self.mirror.guard:
            self.mirror.refresh()
            if self.mirror.trouble is not None:
                raise self.mirror.trouble
            if not dry_run:
                self.workbook.claim(self.store.installation, self.store.folder)
                if not self.writer.is_writer:
                    raise AnotherWriter()
            steps = self.workbook.shape(specs, dry_run=dry_run)
        self.nudge()
        return steps

    def nudge(self) -> None:
        """Something was accepted: bring it in now."""
        self._nudge.set()

    def stop(self) -> None:
        self._stopping = True
        self._nudge.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
        self.writer.release()
        with self.mirror.guard:
            self.workbook.close()

    def step(self) -> None:
        """One round, if anything happened since the last one or it was long ago; whatever goes wrong, the next one may go well."""
        try:
            if self._due():
                self.tick()
                self._cycled_at = self.clock()
        except Exception:
            # The keeper must outlive any fault of a round: the changes wait in the journal and the next round tries again.
            log.exception("keeper of %s", self.workbook.address)

    def _run(self) -> None:
        is_frozen = False
        while not self._stopping:
            self.step()
            if not is_frozen and self.mirror.snapshot is not None:
                # What was just read stays: the cyclic collector would walk through it again and again, and everybody
                # would wait a third of a second each time (measured, 20,000 rows).
                gc.freeze()
                is_frozen = True
            self._nudge.wait(POLL_SECONDS)
            self._nudge.clear()

    def _due(self) -> bool:
        try:
            with self.mirror.guard:
                token = self.workbook.revision()
        except StorageError as error:
            token = str(error)
        seen = (self.journal.version(), token)
        moved = seen != self._seen
        self._seen = seen
        return moved or self.clock() - self._cycled_at >= CYCLE_EVERY


class Services:
    """The store and the keepers by the name of their workbook (台账 …)."""

    def __init__(self, store: Store, keepers: Mapping[str, Keeper], clock: Clock) -> None:
        self.store, self.keepers, self.clock = store, keepers, clock
        self.journal = Journal(store)

    def close(self) -> None:
        for keeper in self.keepers.values():
            keeper.stop()
        self.store.close()


_current: dict[str, Services] = {}


def start(
    folder: Path,
    addresses: Mapping[str, str],
    make: Callable[[str, Store], MakePlanner],
    clock: Clock,
    *,
    open: Callable[[Store, str], Workbook] | None = None,
    threads: bool = True,
) -> Services:
    """Open the store and every workbook, and start their keepers. Once per process: a second call is a mistake.

    `make` gives the maker of the Planner for the workbook of a name; `open` opens what stands at an address.
    """
    if _current:
        raise RuntimeError("services are already running in this process")
    store = Store(folder)
    keepers = {
        name: Keeper(store, (open or open_xlsx)(store, address), make(name, store), clock)
        for name, address in addresses.items()
    }
    _current["services"] = services = Services(store, keepers, clock)
    if threads:
        for keeper in keepers.values():
            keeper.start()
    return services


def services() -> Services:
    """What `start()` made in this process."""
    return _current["services"]


def stop() -> None:
    """Stop the keepers and close everything; nothing happens when nothing runs."""
    running = _current.pop("services", None)
    if running is not None:
        running.close()


def google_opener(
    secrets: Path, wanted: Collection[str] | None = None, governor: Governor | None = None
) -> Callable[[Store, str], Workbook]:
    """Opens spreadsheets with the service account of that file, all under one governor, and files as ever. `wanted`: the
    tabs of spreadsheets that are read."""
    account = Account.configured(secrets, governor)

    def open_workbook(store: Store, address: str) -> Workbook:
        id = spreadsheet_id(address)
        if id is None:
            return open_xlsx(store, address)
        return GoogleWorkbook(account, id, timer=time.monotonic, wanted=wanted)

    return open_workbook


def open_xlsx(store: Store, address: str) -> XlsxWorkbook:
    return XlsxWorkbook(Path(address), backups=store.backups)


def _identify(store: Store, workbook: Workbook, mirror: Mirror) -> str:
    """The id of the workbook at this address: known here, moved here, copied here, or met for the first time."""
    address = known_address(workbook.address)
    known = ledger.workbook_at(store, address)
    if known is not None:
        return known.id
    mirror.refresh()
    stamp = mirror.snapshot.stamp if mirror.snapshot is not None else None
    if stamp is None:
        return ledger.register_workbook(store, address).id
    elsewhere = ledger.workbook_named(store, stamp.workbook)
    if elsewhere is None:
        return ledger.register_workbook(store, address, stamp.workbook, stamp.generation).id
    if workbook.lasting or os.path.exists(elsewhere.address):
        # The old one is still there, or may be: a spreadsheet never moves, so this is a copy of it.
        return ledger.register_workbook(store, address).id
    ledger.move_workbook(store, elsewhere.id, address)
    return elsewhere.id
