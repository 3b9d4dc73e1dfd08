"""Photos (照片): files under data/photos with random names, and a table that knows for which column each was sent.

A file is never changed and never deleted: the sheet, the journal, drafts and backups name it, and what takes a change back
needs it again. Files are readable by the account of the console alone.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, text

from sheets.ids import is_photo_name, new_photo_name
from sheets.pictures import Picture, made
from sheets.port import StorageError
from sheets.store import Store
from sheets.xlsx_replace import sync_folder

FOLDER, PARTIAL = "photos", ".part"
_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # Windows has no quota of this name
RESERVE = 500 * 1024 * 1024  # bytes left for the journal and the workbooks


class PhotosFull(StorageError):
    """There is no room left for photos."""

    sentence = "控制台数据目录所在的磁盘快满了,照片没有保存,请清理磁盘后再上传。"


class PhotosShut(StorageError):
    """The folder cannot be written."""

    sentence = "照片没有保存:控制台写不了数据目录里的 photos 文件夹,请管理员检查权限和磁盘后再上传。"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was sent: `name` as in 202611/7K3QD2M9XH4T.jpg, by whom, for which column of which register."""

    name: str
    register: str
    field: str
    by: str
    at: str
    width: int
    height: int


class Photos:
    """The photos of one data folder. Safe to use from many threads."""

    def __init__(self, store: Store, reserve: int = RESERVE) -> None:
        self.store, self.reserve = store, reserve
        self.folder = store.folder / FOLDER

    def add(self, content: bytes, register: str, field: str, by: str, at: dt.datetime) -> Photo:
        """Keep a photo; it is on disk when this returns. The same one sent again by the same person for the same column
        is the one that is there. Raises Unfit, PhotosFull, PhotosShut."""
        digest = hashlib.sha256(content).hexdigest()
        again = self._same(digest, register, field, by)
        if again is not None and self.path(again.name) is not None:
            return again
        picture = made(content)
        name = self._keep(picture, at)
        photo = Photo(name, register, field, by, at.isoformat(timespec="seconds"), picture.width, picture.height)
        row = {"d": digest, "n": name, "g": register, "f": field, "b": by, "a": photo.at}
        row |= {"w": photo.width, "h": photo.height}
        with self.store.transaction() as connection:
            connection.execute(text("INSERT INTO photos VALUES (:n, :d, :g, :f, :b, :a, :w, :h)"), row)
        return photo

    def known(self, names: Collection[str]) -> Mapping[str, Photo]:
        """Those of these names that were sent here and whose file is there."""
        wanted = [name for name in names if self.path(name) is not None]
        if not wanted:
            return {}
        query = text("SELECT name, register, field, by, at, width, height FROM photos WHERE name IN :names")
        with self.store.reading() as connection:
            rows = connection.execute(query.bindparams(bindparam("names", wanted, expanding=True)))
            return {row.name: Photo(*row) for row in rows}

    def path(self, name: str, *, small: bool = False) -> Path | None:
        """The file of a photo, or of its thumbnail; None where there is none."""
        if not is_photo_name(name):
            return None
        path = self.folder / (_small(name) if small else name)
        return path if path.is_file() else None

    def _same(self, digest: str, register: str, field: str, by: str) -> Photo | None:
        query = text(
            "SELECT name, register, field, by, at, width, height FROM photos"
            " WHERE digest=:d AND register=:g AND field=:f AND by=:b"
        )
        with self.store.reading() as connection:
            row = connection.execute(query, {"d": digest, "g": register, "f": field, "b": by}).first()
        return Photo(*row) if row is not None else None

    def _keep(self, picture: Picture, at: dt.datetime) -> str:
        """Write both files under a new name, which nobody can name before both are whole."""
        name = new_photo_name(at.date(), picture.ending)
        path, small = self.folder / name, self.folder / _small(name)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self.folder).free < self.reserve + len(picture.content):
                raise PhotosFull
            _write(small, picture.thumbnail)
            _write(path, picture.content)
            sync_folder(path.parent)
        except OSError as error:
            raise (PhotosFull if error.errno in _NO_ROOM else PhotosShut)(str(error)) from error
        return name


def make_private(folder: Path) -> None:
    """Photos that were unpacked from a backup are readable by the account of the console alone again."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _small(name: str) -> str:
    return f"{name.rpartition('.')[0]}.small.jpg"


def _write(path: Path, content: bytes) -> None:
    """A new file, whole or not at all."""
    partial = path.with_suffix(PARTIAL)
    try:
        with open(partial, "xb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
