"""A workbook that is an .xlsx file on disk, which people may open in Excel, WPS or LibreOffice at any time.

Reading and editing happen in a child process (`xlsx_worker`); this side looks after the file itself: who holds it, what
its content is called (the hash is the revision), and that nothing is lost when a new version takes its place.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sheets.marker import claim
from sheets.port import (
    Busy,
    Commit,
    HalfSaved,
    Missing,
    Moved,
    NotAWorkbook,
    ShapeStep,
    SheetSpec,
    Snapshot,
    Unusable,
    WorkerDied,
)
from sheets.xlsx_child import Child
from sheets.xlsx_locks import LockFile, find_locks
from sheets.xlsx_replace import (
    SHANGHAI,
    check_writable,
    file_hash,
    move_in,
    new_file,
    recover,
    replace,
    sync,
    sync_folder,
    translated,
)

__all__ = ["HALF_SAVED", "LockFile", "Poisonous", "XlsxWorkbook"]

HALF_SAVED = 30.0  # seconds during which a file that cannot be read counts as being saved
MAX_DEATHS = 2
TIMEOUT = 120.0
NEW_FILE_MODE = 0o644  # the editing library makes its files executable


def shanghai_now() -> dt.datetime:
    return dt.datetime.now(SHANGHAI).replace(tzinfo=None)


class Poisonous(Unusable):
    """This very content ended the reading process twice; it is not tried again until the file changes."""

    sentence = (
        "这个文件两次让读写表格的进程意外退出,已暂停读写,文件没有改动。"
        "请用 Excel 或 WPS 打开后另存一次,或从 data/backups 恢复;文件一有变化就会自动重试。"
    )


class XlsxWorkbook:
    """One .xlsx file. `clock` gives Shanghai time without a zone; `on_step` is told every step of a replacement."""

    def __init__(
        self,
        path: str | Path,
        *,
        backups: Path,
        clock: Callable[[], dt.datetime] = shanghai_now,
        on_step: Callable[[str], None] | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._path = Path(path).absolute()
        self._backups = backups
        self._clock = clock
        self._on_step = on_step
        self._child = Child(timeout)
        self._known: tuple[tuple[int, ...], str] | None = None
        self._deaths: tuple[str, int] = ("", 0)
        self._forgotten: set[tuple[Path, int]] = set()
        with translated(self._path):
            recover(self._target, self._backups, self._now())

    @property
    def address(self) -> str:
        return str(self._path)

    @property
    def lasting(self) -> bool:
        return False

    def claim(self, installation: str, folder: Path, *, take_over: bool = False) -> None:
        claim(self.address, installation, folder, take_over=take_over)

    @property
    def worker_pid(self) -> int | None:
        return self._child.pid

    def revision(self) -> str:
        """The hash of the content, looked at again only when size, time or identity of the file moved."""
        with translated(self._path):
            self._recover()
            return self._revision()

    def read(self, titles: Sequence[str] | None = None) -> Snapshot:
        with translated(self._path):
            self._recover()
            revision = self._revision()
            self._refuse_poison(revision)
            return self._ask(revision, "read", str(self._target), None if titles is None else tuple(titles))

    def write(self, commit: Commit) -> Snapshot:
        with translated(self._path):
            target = self._ready(commit.base)
            self._step("started")
            with new_file(target, self._now()) as new:
                snapshot: Snapshot = self._ask(commit.base, "write", str(target), str(new), commit)
                self._step("edited")
                self._step("proved")
                self._replace(new, target, commit.base, str(commit.stamp.generation))
        return snapshot

    def settle(self) -> None:
        """A file is replaced or it is not."""

    def shape(self, specs: Sequence[SheetSpec], *, dry_run: bool) -> tuple[ShapeStep, ...]:
        with translated(self._path):
            self._recover()
            target = self._target
            if not target.exists():
                return self._create(target, specs, dry_run)
            base = self._revision()
            if dry_run:
                self._refuse_poison(base)
                return self._ask(base, "shape", str(target), None, tuple(specs))[0]
            self._ready(base)
            with new_file(target, self._now()) as new:
                steps, found = self._ask(base, "shape", str(target), str(new), tuple(specs))
                if found != base:
                    raise Moved("revision")
                if new.exists():
                    self._step("proved")
                    self._replace(new, target, base, "调整")
            return steps

    def close(self) -> None:
        self._child.close()

    def lock_files(self) -> tuple[LockFile, ...]:
        """The owner files beside the workbook that count, with holder and age."""
        locks = find_locks(self._target, self._now())
        return tuple(lock for lock in locks if _identity(lock.path) not in self._forgotten)

    def forget_lock(self, path: Path) -> None:
        """A person says this owner file is left over. It is not deleted; a newer one of the same name counts again."""
        if (identity := _identity(path)) is not None:
            self._forgotten.add(identity)

    @property
    def _target(self) -> Path:
        return self._path.resolve()

    def _now(self) -> float:
        """The clock in seconds since 1970, to compare with the times of files."""
        return self._clock().replace(tzinfo=SHANGHAI).timestamp()

    def _step(self, name: str) -> None:
        if self._on_step is not None:
            self._on_step(name)

    def _recover(self) -> None:
        recover(self._target, self._backups, self._now())

    def _revision(self) -> str:
        stat = self._target.stat()
        seen = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
        if self._known is None or self._known[0] != seen:
            self._known = (seen, file_hash(self._target))
        return self._known[1]

    def _ready(self, base: str) -> Path:
        """The file to replace, if nobody holds it, it may be written, and it is still the one with the hash `base`."""
        self._recover()
        target = self._target
        if not target.exists():
            raise Missing(str(self._path))
        locks = self.lock_files()
        if locks:
            raise Busy(locks[0].holder, str(locks[0].path))
        check_writable(target)
        self._refuse_poison(base)
        if file_hash(target) != base:
            raise Moved("revision")
        return target

    def _replace(self, new: Path, target: Path, base: str, label: str) -> None:
        locks = self.lock_files()
        if locks:
            raise Busy(locks[0].holder, str(locks[0].path))
        replace(new, target, base=base, backups=self._backups, label=label, now=self._now(), step=self._step)

    def _create(self, target: Path, specs: Sequence[SheetSpec], dry_run: bool) -> tuple[ShapeStep, ...]:
        created = ShapeStep("", f"新建工作簿文件 {target.name}")
        if dry_run:
            return created, *self._ask("", "shape", None, None, tuple(specs))[0]
        if not target.parent.is_dir():
            raise Missing(str(target.parent))
        check_writable(target)
        with new_file(target, self._now()) as new:
            steps, _ = self._ask("", "shape", None, str(new), tuple(specs))
            os.chmod(new, NEW_FILE_MODE)
            sync(new)
            self._step("proved")
            try:
                move_in(new, target)
            except FileExistsError as error:
                raise Moved("created by somebody else") from error
            sync_folder(target.parent)
        self._step("done")
        return created, *steps

    def _ask(self, revision: str, request: str, *arguments: object) -> Any:
        """Ask the child about the content with the hash `revision`, and remember if it died of it."""
        try:
            answer = self._child.ask(request, *arguments)
        except WorkerDied as error:
            content, deaths = self._deaths
            self._deaths = (revision, deaths + 1 if content == revision else 1)
            if self._deaths[1] >= MAX_DEATHS:
                raise Poisonous(error.detail) from error
            raise
        except NotAWorkbook as error:
            if abs(self._now() - self._target.stat().st_mtime) < HALF_SAVED:
                raise HalfSaved(error.detail) from error
            raise
        if self._deaths[0] == revision:
            self._deaths = ("", 0)
        return answer

    def _refuse_poison(self, revision: str) -> None:
        if self._deaths[0] == revision and self._deaths[1] >= MAX_DEATHS:
            raise Poisonous("died twice of this content")


def _identity(path: Path) -> tuple[Path, int] | None:
    try:
        return path, path.stat().st_mtime_ns
    except OSError:
        return None
