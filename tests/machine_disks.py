"""The workbook that everybody of tests/machine.py shares: in memory, or a real file, with a person's hands and thieves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import openpyxl
import python_calamine

from sheets.cells import plain
from sheets.memory import MemoryWorkbook, StaleCopy
from sheets.port import Commit, ShapeStep, Sheet, SheetSpec, Snapshot, Value, Workbook
from sheets.xlsx import XlsxWorkbook
from sheets.xlsx_child import Child
from tests.conftest import Clock
from tests.hands import Hands

Grid = list[list[Value]]
Grids = dict[str, Grid]
Step = Callable[[str], None]
Audit = Callable[[Commit, Snapshot], None]
MEMORY_STEPS = ("started", "done")
XLSX_STEPS = ("started", "edited", "proved", "synced", "displaced", "replaced", "checked", "backed_up", "done")


class Disk(Protocol):
    """Where the one workbook lies. A copy is what somebody's spreadsheet program holds of it."""

    hands: Any
    address: str
    steps: tuple[str, ...]

    def open(self, step: Step, audit: Audit) -> Workbook: ...
    def exists(self) -> bool: ...
    def grids(self, copy: Any = None) -> Grids: ...
    def edited(self, copy: Any, edit: Callable[[Any], None]) -> Any: ...
    def frozen(self) -> Callable[[], None]: ...
    def put_away(self) -> None: ...
    def impose(self) -> None: ...
    def bring_back(self) -> None: ...


class MemoryDisk:
    """The one workbook, in memory."""

    steps: tuple[str, ...] = MEMORY_STEPS

    def __init__(self, folder: Path, tabs: Mapping[str, Grid]) -> None:
        self.book = MemoryWorkbook(
            [Sheet(title, tuple(map(tuple, rows))) for title, rows in tabs.items()], address=str(folder / "账")
        )
        self.address = self.book.address
        self.hands: Any = self.book
        self._away: StaleCopy | None = None

    def open(self, step: Step, audit: Audit) -> Workbook:
        return Watched(self.book, audit, step)

    def exists(self) -> bool:
        return self.book._exists

    def grids(self, copy: StaleCopy | None = None) -> Grids:
        tabs = self.book._tabs if copy is None else copy.tabs
        return {title: [list(row) for row in tab.sheet(title).rows] for title, tab in tabs.items()}

    def edited(self, copy: StaleCopy, edit: Callable[[Any], None]) -> StaleCopy:
        elsewhere = MemoryWorkbook()
        elsewhere.restore(copy)
        edit(elsewhere)
        return elsewhere.save_copy()

    def frozen(self) -> Callable[[], None]:
        return lambda: None  # a write in memory either happened or did not

    def put_away(self) -> None:
        self._away = self.book.save_copy()
        self.book._exists = False
        self.book._changes += 1

    def impose(self) -> None:
        self._away = self.book.save_copy()
        self.book.restore(MemoryWorkbook([Sheet("别人的", (("甲", "乙"),))]).save_copy())

    def bring_back(self) -> None:
        assert self._away is not None
        self.book._exists = True
        self.book.restore(self._away)


class XlsxDisk:
    """The one workbook, a real file. All programs share one child process, which keeps nothing between requests."""

    steps: tuple[str, ...] = XLSX_STEPS
    child: Child | None = None

    def __init__(self, folder: Path, tabs: Mapping[str, Grid], clock: Clock) -> None:
        self.folder = folder / "共享"
        self.folder.mkdir()
        self.path = self.folder / "账.xlsx"
        self.address = str(self.path)
        self.backups = folder / "data" / "backups"
        self.clock = clock
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in tabs.items():
            tab = book.create_sheet(title)
            for row in rows:
                tab.append(row)
        book.save(self.path)
        self.hands: Any = Hands(self.path)
        self._elsewhere = folder / "副本.xlsx"
        self._away = b""

    def open(self, step: Step, audit: Audit) -> Workbook:
        if XlsxDisk.child is None:
            XlsxDisk.child = Child(60.0)
        workbook = XlsxWorkbook(self.path, backups=self.backups, clock=self.clock, on_step=step)
        workbook._child = _Lent(XlsxDisk.child)  # type: ignore[assignment]
        return Watched(workbook, audit)

    @classmethod
    def end_child(cls) -> None:
        if cls.child is not None:
            cls.child.close()
            cls.child = None

    def exists(self) -> bool:
        return self.path.exists()

    def grids(self, copy: bytes | None = None) -> Grids:
        path = self.path
        if copy is not None:
            path = self._elsewhere
            path.write_bytes(copy)
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return {
            title: [
                [plain(value) for value in row]  # type: ignore[arg-type]
                for row in book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            ]
            for title in book.sheet_names
        }

    def edited(self, copy: bytes, edit: Callable[[Any], None]) -> bytes:
        self._elsewhere.write_bytes(copy)
        edit(Hands(self._elsewhere))
        return self._elsewhere.read_bytes()

    def frozen(self) -> Callable[[], None]:
        """Puts the folders back as they are now: what a killed program would still have tidied up stays."""
        folders = [folder for folder in (self.folder, self.backups) if folder.is_dir()]
        files = {path: path.read_bytes() for folder in folders for path in folder.iterdir() if path.is_file()}

        def thaw() -> None:
            for folder in folders:
                for path in folder.iterdir():
                    if path.is_file() and path not in files:
                        path.unlink()
            for path, content in files.items():
                if not path.exists() or path.read_bytes() != content:
                    path.write_bytes(content)

        return thaw

    def put_away(self) -> None:
        self._away = self.path.read_bytes()
        self.path.unlink()

    def impose(self) -> None:
        self._away = self.path.read_bytes()
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active["A1"] = "甲"
        book.save(self.path)

    def bring_back(self) -> None:
        self.path.write_bytes(self._away)


class Watched:
    """A program's own Workbook object; every write is audited, and in memory its steps are told."""

    def __init__(self, inner: Workbook, audit: Audit, step: Step = lambda name: None) -> None:
        self._inner, self._audit, self._step = inner, audit, step

    @property
    def address(self) -> str:
        return self._inner.address

    @property
    def lasting(self) -> bool:
        return self._inner.lasting

    def claim(self, installation: str, folder: Path, *, take_over: bool = False) -> None:
        self._inner.claim(installation, folder, take_over=take_over)

    def revision(self) -> str:
        return self._inner.revision()

    def read(self, titles: Sequence[str] | None = None) -> Snapshot:
        return self._inner.read(titles)

    def write(self, commit: Commit) -> Snapshot:
        self._step("started")
        written = self._inner.write(commit)
        self._audit(commit, written)
        self._step("done")
        return written

    def settle(self) -> None:
        self._inner.settle()

    def shape(self, specs: Sequence[SheetSpec], *, dry_run: bool) -> tuple[ShapeStep, ...]:
        return self._inner.shape(specs, dry_run=dry_run)

    def close(self) -> None:
        self._inner.close()


class _Lent:
    """A child process that outlives the workbook it is lent to."""

    def __init__(self, child: Child) -> None:
        self._child = child

    @property
    def pid(self) -> int | None:
        return self._child.pid

    def ask(self, name: str, *arguments: object) -> Any:
        return self._child.ask(name, *arguments)

    def close(self) -> None:
        """The next example goes on with it."""
