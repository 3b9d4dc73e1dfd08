"""The first administrator: a one-time link for whoever started the console, on the terminal and in data/first-admin.txt."""

from __future__ import annotations

import os
import re
from pathlib import Path

from logic.door.door import Door
from sheets.accounts import FIRST

NAME = "first-admin.txt"
_LINK = re.compile(r"/invite/([\w-]+)")


def link(door: Door, folder: Path, base: str, *, anew: bool = False) -> str:
    """The address by which the first administrator is made, good until used; "" while there is one. The same as before
    where the file still holds it. `anew`: although there is one, for who can no longer get in."""
    file = folder / NAME
    with door.store.transaction() as connection:
        if door.accounts.administrators(connection) and not anew:
            return ""
        token = _known(door, file)
        if not token:
            token = door.accounts.invite(connection, FIRST, door.now(), "")
        address = f"{base}/invite/{token}"
        _write(file, address)
    return address


def forget(folder: Path) -> None:
    """The link was used: nothing is left of it."""
    (folder / NAME).unlink(missing_ok=True)


def _known(door: Door, file: Path) -> str:
    """The token in the file, if it is still good."""
    try:
        found = _LINK.search(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    invite = door.accounts.invited(found[1]) if found else None
    return found[1] if found and invite is not None and invite.account == FIRST else ""


def _write(file: Path, address: str) -> None:
    """Readable by the owner only, from the first moment on."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(f"第一位管理员的一次性链接,用过即失效,请勿转发:\n{address}\n")
