"""Puts a proved new file in the place of the old one without ever destroying somebody's bytes.

The old file is renamed aside, the new one linked in without clobbering, and only when the file set aside is the one the
new one was made from does it go to the backups. Whatever is interrupted is settled by `recover`: the names of the files
set aside say whose they are and what they should contain.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import os
import re
import shutil
import stat
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sheets.port import Busy, HalfSaved, Missing, Moved, NoSpace, ReadOnlyFile, Unavailable

SHANGHAI = dt.timezone(dt.timedelta(hours=8))  # no summer time since 1991; needs no zone data on Windows
KEEP_NEWEST = 20
KEEP_DAYS = 30
ABANDONED_AFTER = 60.0  # seconds after which a replacement is taken for interrupted even if its pid lives (again)
_TOKEN = re.compile(r"\.console-(\d+)-(\d+)-([0-9a-f]{8})(?:-([0-9a-f]{16})-([0-9a-f]{16}))?\.(new|old)\.xlsx$")
_NO_LINKS = {getattr(errno, name, None) for name in ("EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK")}
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", None)}
_SHARING_VIOLATIONS = (32, 33)
_active: set[str] = set()  # replacements under way in this very process


@dataclass(frozen=True, slots=True)
class Leftover:
    """A hidden file of ours beside the workbook. `base` and `new` are the heads of the hashes concerned (only .old)."""

    path: Path
    pid: int
    born: int
    base: str
    new: str
    kind: str

    def is_owned(self, now: float) -> bool:
        """Is somebody at work on it right now?"""
        if self.pid == os.getpid():
            return self.path.name in _active
        return abs(now - self.born) < ABANDONED_AFTER and _is_alive(self.pid)


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def new_file(target: Path, now: float) -> Iterator[Path]:
    """A name for a new file beside `target`; whatever still stands under it in the end is removed."""
    path = target.with_name(f".{target.stem}.console-{os.getpid()}-{int(now)}-{uuid.uuid4().hex[:8]}.new.xlsx")
    _active.add(path.name)
    try:
        yield path
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        _active.discard(path.name)


def check_writable(target: Path) -> None:
    """Raise ReadOnlyFile where file or folder may not be written; also for root, whom no permission bit stops."""
    for path in (target, target.parent):
        if path.exists() and (not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK)):
            raise ReadOnlyFile(str(path))


@contextlib.contextmanager
def translated(target: Path) -> Iterator[None]:
    """Errors of the operating system as errors of the port."""
    try:
        yield
    except FileNotFoundError as error:
        raise Missing(str(target), str(error)) from error
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(str(error)) from error
        if getattr(error, "winerror", None) in _SHARING_VIOLATIONS or error.errno == errno.ETXTBSY:
            raise Busy("", str(error)) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ReadOnlyFile(str(error)) from error
        raise Unavailable(str(error)) from error


def replace(
    new: Path, target: Path, *, base: str, backups: Path, label: str, now: float, step: Callable[[str], None]
) -> None:
    """Put `new` in the place of `target`, whose content must have the hash `base`; on an error nothing happened."""
    _adopt_owner(new, target)
    sync(new)
    step("synced")
    new_hash = file_hash(new)
    token = new.name.removesuffix(".new.xlsx")
    aside = target.with_name(f"{token}-{base[:16]}-{new_hash[:16]}.old.xlsx")
    _active.add(aside.name)
    try:
        os.rename(target, aside)
        try:
            step("displaced")
            move_in(new, target)
            step("replaced")
            if file_hash(aside) != base:
                raise Moved("saved in the instant of the replacement")
            sync_folder(target.parent)
            step("checked")
            back_up(aside, backups, target.stem, label, now)
            step("backed_up")
        except BaseException as error:
            taken = _put_back(aside, target, new_hash, backups, now)
            if taken and isinstance(error, FileExistsError):
                raise Moved("saved while the file was being replaced") from error
            raise
        aside.unlink()
        sync_folder(target.parent)
    finally:
        _active.discard(aside.name)
    with contextlib.suppress(OSError):
        prune(backups, target.stem, now)
    step("done")


def move_in(source: Path, target: Path) -> None:
    """Give `source` the name `target`; FileExistsError if there is such a file, never overwriting it."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "exists", str(target)) from error
        os.rename(source, target)  # on Windows this does not overwrite either
        return
    os.unlink(source)


def back_up(source: Path, backups: Path, stem: str, label: str, now: float) -> Path:
    """A durable copy of `source` among the backups."""
    moment = dt.datetime.fromtimestamp(now, SHANGHAI).strftime("%Y%m%d-%H%M%S")
    target = backups / f"{stem}-{label}-{moment}.xlsx"
    number = 1
    while target.exists():
        number += 1
        target = backups / f"{stem}-{label}-{moment}-{number}.xlsx"
    if not backups.is_dir():
        backups.mkdir(parents=True)
    partial = target.with_suffix(".part")
    try:
        shutil.copy2(source, partial)
        sync(partial)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(backups)
    return target


def prune(backups: Path, stem: str, now: float) -> None:
    """Keep the newest backups of a workbook and the last of each day of a month; remove the others."""
    pattern = re.compile(re.escape(stem) + r"-[^-]+-(\d{8}-\d{6}(?:-\d+)?)\.xlsx")
    named = [(match[1], path) for path in backups.iterdir() if (match := pattern.fullmatch(path.name))]
    newest_first = [path for _, path in sorted(named, reverse=True)]
    days_kept: set[str] = set()
    oldest_day = (dt.datetime.fromtimestamp(now, SHANGHAI) - dt.timedelta(days=KEEP_DAYS)).strftime("%Y%m%d")
    day_of = {path: moment[:8] for moment, path in named}
    for position, path in enumerate(newest_first):
        day = day_of[path]
        keep = position < KEEP_NEWEST or (day >= oldest_day and day not in days_kept)
        days_kept.add(day)
        if not keep:
            path.unlink()


def leftovers(target: Path) -> list[Leftover]:
    """Hidden files of ours that stand beside `target`."""
    found: list[Leftover] = []
    prefix = f".{target.stem}.console-"
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(target.parent):
            if name.startswith(prefix) and (match := _TOKEN.fullmatch(name, len(target.stem) + 1)):
                path = target.with_name(name)
                hashes = match[4] or "", match[5] or ""
                found.append(Leftover(path, int(match[1]), int(match[2]), *hashes, match[6]))
    return sorted(found, key=lambda leftover: leftover.path.stat().st_mtime, reverse=True)


def recover(target: Path, backups: Path, now: float) -> None:
    """Settle what an interrupted replacement left: a missing file comes back, somebody's save is not lost."""
    for leftover in leftovers(target):
        if leftover.is_owned(now):
            if leftover.kind == "old" and not target.exists():
                raise HalfSaved(f"being replaced by process {leftover.pid}")
            continue
        if leftover.kind == "new":
            leftover.path.unlink(missing_ok=True)
        elif not target.exists():
            move_in(leftover.path, target)
            sync_folder(target.parent)
        else:
            _settle(leftover, target, backups, now)


def _settle(leftover: Leftover, target: Path, backups: Path, now: float) -> None:
    """The new file is in place and the old one still stands aside."""
    displaced_by_us = file_hash(leftover.path)[:16] != leftover.base
    if displaced_by_us and file_hash(target)[:16] == leftover.new:
        _put_back(leftover.path, target, file_hash(target), backups, now)
    else:
        back_up(leftover.path, backups, target.stem, "中断", now)
        leftover.path.unlink()


def _put_back(aside: Path, target: Path, new_hash: str, backups: Path, now: float) -> bool:
    """Undo: what stands aside returns to `target`. True where somebody's file is there and stays."""
    ours = aside.with_name(aside.name.replace(".old.xlsx", ".new.xlsx"))
    if target.exists():
        if file_hash(target) != new_hash:
            back_up(aside, backups, target.stem, "让位", now)
            aside.unlink()
            return True
        os.rename(target, ours)
    move_in(aside, target)
    sync_folder(target.parent)
    ours.unlink(missing_ok=True)
    return False


def _adopt_owner(new: Path, target: Path) -> None:
    """Mode and, where we may, owner of the file that is replaced."""
    before = target.stat()
    os.chmod(new, stat.S_IMODE(before.st_mode))
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(new, before.st_uid, before.st_gid)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no such call; it journals the rename itself
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems refuse
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # asking may end the process there; age alone decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
