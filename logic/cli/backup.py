"""`backup` and `restore`: everything an installation cannot do without, in one .zip: workbooks, console.sqlite, photos.

A backup is taken while nothing is written, where that can be had, so that file and journal are of one generation;
while a console runs, the workbook is copied before the journal: it then looks like an older save, which gets mended.
Restoring never overwrites: what stands there is moved to backups/ first.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import text

from logic import clock
from logic.cli import Trouble, remark, say
from logic.office import DEMO_MARK, addresses, data_folder, secrets_path
from sheets import ledger, photos
from sheets.accounts import Accounts
from sheets.gsheets_address import spreadsheet_id
from sheets.marker import claim
from sheets.store import Store
from sheets.xlsx_replace import sync

FORMAT = 1
MANIFEST, DATABASE, PHOTOS = "manifest.json", "console.sqlite", photos.FOLDER
DATABASE_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")


@dataclass(frozen=True, slots=True)
class Saved:
    """One workbook in a backup. `inside`: its address relative to the data folder, empty where it stands elsewhere."""

    entry: str
    id: str
    address: str
    inside: str


def run(target: Path | None) -> int:
    folder = data_folder()
    store = Store(folder) if (folder / DATABASE).is_file() else None
    try:
        known = _known(store)
        books = [Path(address) for address in known if Path(address).is_file()]
        if store is None and not books:
            raise Trouble(f"没有可以备份的内容:{folder} 里没有修改记录,也没有找到工作簿。")
        for address in known:
            if not Path(address).is_file():
                remark(f"没有找到工作簿 {address},这次没有备份它。")
        to = _free(_made(target or folder / "backups"), "备份", ".zip")
        partial = to.with_suffix(".part")
        try:
            with (
                _still(folder, [one for one in known.values() if one]) as still,
                zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as file,
            ):
                _fill(file, folder, store, [(book, known[str(book)]) for book in books])
            sync(partial)
            partial.rename(to)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise Trouble(f"备份没有完成({error.strerror or error}),请检查磁盘空间和文件夹权限。") from error
    finally:
        if store is not None:
            store.close()
    if not still:
        remark("控制台正在运行:备份以后写入的内容不在里面。")
    say(str(to))
    return 0


def restore(file: Path) -> int:
    folder = data_folder()
    _made(folder)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as unpacked:
        place = Path(unpacked)
        books = _unpack(file, place)
        with _alone(folder, [one.id for one in books]):
            _settle_database(folder)
            moved = _set_aside(folder, [_address(one, folder) for one in books])
            _put_in(place, folder, books)
    for old, new in moved:
        say(f"原来的 {old} 移到了 {new}")
    for one in books:
        say(f"已恢复工作簿 {_address(one, folder)}")
    say(f"已恢复修改记录 {folder / DATABASE}")
    return 0


# -- backup ------------------------------------------------------------------------------------------------------------


def _known(store: Store | None) -> dict[str, str]:
    """Address → id ("" where it was never opened) of every workbook configured or on record."""
    found = dict.fromkeys(addresses(secrets_path(), data_folder()).values(), "")
    if store is not None:
        with store.reading() as connection:
            found.update((row.address, row.id) for row in connection.execute(text("SELECT address, id FROM workbooks")))
    if any(spreadsheet_id(address) for address in found):
        remark("谷歌表格的内容由谷歌保存(“文件”里的“版本记录”),不在备份里;它的修改记录在里面。")
    files = {address: identity for address, identity in found.items() if spreadsheet_id(address) is None}
    return {os.path.realpath(address): identity for address, identity in files.items()}


@contextmanager
def _still(folder: Path, ids: Sequence[str]) -> Iterator[bool]:
    """Hold the writer locks of these workbooks while they are free; whether all were."""
    with ExitStack() as stack:
        try:
            for identity in ids:
                stack.enter_context(FileLock(folder / f"{identity}.lock").acquire(timeout=2))
        except Timeout:
            yield False
        else:
            yield True


def _fill(file: zipfile.ZipFile, folder: Path, store: Store | None, books: Sequence[tuple[Path, str]]) -> None:
    saved: list[Saved] = []
    for number, (book, identity) in enumerate(books, start=1):
        entry = f"workbooks/{number}/{book.name}"
        file.write(book, entry)
        inside = book.relative_to(folder).as_posix() if book.is_relative_to(folder) else ""
        saved.append(Saved(entry, identity, str(book), inside))
    if store is not None:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            copy = Path(place) / DATABASE
            store.backup(copy)
            file.write(copy, DATABASE)
    for photo in sorted((folder / PHOTOS).rglob("*")):
        if photo.is_file() and photo.suffix != photos.PARTIAL:
            file.write(photo, f"{PHOTOS}/{photo.relative_to(folder / PHOTOS).as_posix()}", zipfile.ZIP_STORED)
    manifest = {"format": FORMAT, "made_at": clock.now().isoformat(), "workbooks": [asdict(one) for one in saved]}
    file.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


# -- restore -----------------------------------------------------------------------------------------------------------


def _unpack(file: Path, place: Path) -> list[Saved]:
    """Unpack a backup and look whether it is whole, before anything is touched."""
    try:
        with zipfile.ZipFile(file) as archive:
            if (broken := archive.testzip()) is not None:
                raise Trouble(f"备份文件 {file} 里的 {broken} 已损坏,请换一份备份。")
            names = archive.namelist()
            manifest: Mapping[str, Any] = json.loads(archive.read(MANIFEST))
            books = [Saved(**one) for one in manifest["workbooks"]]
            if manifest["format"] > FORMAT:
                raise Trouble("这份备份来自更新版本的控制台,请先升级再恢复。")
            if DATABASE not in names or any(one.entry not in names for one in books):
                raise KeyError(DATABASE)
            archive.extractall(place)
    except FileNotFoundError as error:
        raise Trouble(f"找不到备份文件 {file}。") from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, IsADirectoryError) as error:
        raise Trouble(f"{file} 不是 backup 生成的备份,或者已经损坏。") from error
    except OSError as error:
        raise Trouble(f"备份没有解开({error.strerror or error}),现有的文件都没有动;请检查磁盘空间和权限。") from error
    return books


@contextmanager
def _alone(folder: Path, ids: Sequence[str]) -> Iterator[None]:
    """Hold every writer lock of this installation; refuse while anybody else holds one."""
    standing = {path.stem for path in folder.glob("*.lock")}
    with ExitStack() as stack:
        try:
            for identity in sorted(standing | {one for one in ids if one}):
                stack.enter_context(FileLock(folder / f"{identity}.lock").acquire(timeout=0))
        except Timeout:
            raise Trouble(BUSY) from None
        yield


BUSY = "控制台或另一个命令正在使用这些工作簿,请先停止它,再恢复。"


def _settle_database(folder: Path) -> None:
    """Bring the write-ahead log into console.sqlite, so that the one file is all; fails while anybody has it open."""
    if not (folder / DATABASE).is_file():
        return
    try:
        with closing(sqlite3.connect(folder / DATABASE, timeout=1)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError:
        raise Trouble(BUSY) from None
    except sqlite3.DatabaseError:
        return  # damaged: that is what it is replaced for
    if mode != "delete":
        raise Trouble(BUSY)


def _set_aside(folder: Path, books: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Move to backups/ whatever stands where something will be put."""
    backups = _made(folder / "backups")
    moved: list[tuple[Path, Path]] = []
    for old in (*books, *(folder / name for name in (*DATABASE_FILES, DEMO_MARK)), folder / PHOTOS):
        if os.path.lexists(old):
            new = _free(backups, f"恢复前-{old.stem}", old.suffix)
            shutil.move(old, new)
            moved.append((old, new))
    return moved


def _put_in(place: Path, folder: Path, books: Sequence[Saved]) -> None:
    shutil.move(place / DATABASE, folder / DATABASE)
    if (place / PHOTOS).is_dir():
        shutil.move(place / PHOTOS, folder / PHOTOS)
        photos.make_private(folder / PHOTOS)
    store = Store(folder)
    try:
        Accounts(store).forget_visitors()
        for one in books:
            address = _address(one, folder)
            _made(address.parent)
            shutil.move(place / PurePosixPath(one.entry), address)
            if one.id and str(address) != one.address:
                ledger.move_workbook(store, one.id, str(address))
            if one.id:
                claim(str(address), store.installation, folder, take_over=True)
    finally:
        store.close()


def _address(one: Saved, folder: Path) -> Path:
    """Where a workbook belongs: in this data folder if it was in that of the backup, else where it was."""
    return folder / PurePosixPath(one.inside) if one.inside else Path(one.address)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"建不了文件夹 {folder}({error.strerror or error}),请检查权限。") from error
    return folder


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """A name nobody has yet, with the time in it."""
    moment = f"{clock.now():%Y%m%d-%H%M%S}"
    number, path = 1, folder / f"{stem}-{moment}{suffix}"
    while os.path.lexists(path):
        number += 1
        path = folder / f"{stem}-{moment}-{number}{suffix}"
    return path
