"""Who holds a workbook file open: the owner files that Excel, WPS and LibreOffice put beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

LEFT_OVER_AFTER = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class LockFile:
    """An owner file beside the workbook; `holder` is the name in it, empty where it tells none."""

    path: Path
    holder: str
    age: dt.timedelta

    @property
    def stale(self) -> bool:
        """Old enough that a person may declare it left over."""
        return self.age >= LEFT_OVER_AFTER


def find_locks(workbook: Path, now: float) -> tuple[LockFile, ...]:
    """The owner files that stand beside `workbook`, Excel's first."""
    found: list[LockFile] = []
    for name in (f"~${workbook.name}", f".~{workbook.name}", f".~lock.{workbook.name}#"):
        path = workbook.with_name(name)
        try:
            modified = path.stat().st_mtime
            content = path.read_bytes()[:1024]
        except FileNotFoundError:
            continue
        except OSError:  # Windows lets nobody read it while Excel holds it
            modified, content = now, b""
        holder = _libreoffice_holder(content) if name.endswith("#") else _owner(content)
        found.append(LockFile(path, holder, dt.timedelta(seconds=max(0.0, now - modified))))
    return tuple(found)


def _owner(content: bytes) -> str:
    """The user name in an owner file: its length and text in the local code page, then the same as UTF-16."""
    if len(content) >= 57:
        length = int.from_bytes(content[55:57], "little")
        wide = content[57 : 57 + 2 * length].decode("utf-16-le", errors="ignore").strip("\0 ").strip()
        if wide:
            return wide
    if not content:
        return ""
    raw = content[1 : 1 + min(content[0], 54)]
    for encoding in ("utf-8", "gb18030", "latin-1"):
        try:
            return raw.decode(encoding).strip("\0 ").strip()
        except UnicodeDecodeError:
            continue
    return ""


def _libreoffice_holder(content: bytes) -> str:
    """`name,user,host,time,profile;` where the first field may be empty."""
    fields = content.decode("utf-8", errors="replace").split(",")
    name = fields[0].strip() or (fields[1].strip() if len(fields) > 1 else "")
    host = fields[2].strip() if len(fields) > 2 else ""
    return f"{name}({host})" if name and host else name or host
