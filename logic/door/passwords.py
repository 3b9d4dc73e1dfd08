"""Passwords: what is accepted as one, and their hashes (argon2). Only a few are worked on at a time, each takes 64 MB."""

from __future__ import annotations

import threading
from functools import cache

from pwdlib import PasswordHash

from logic.normalise import without_blanks

SHORTEST, LONGEST = 8, 128
_COMMON = (
    "password",
    "passw0rd",
    "qwertyui",
    "qwerty12",
    "iloveyou",
    "woaini1314",
    "5201314",
    "88888888",
    "1234567890",
)
_AT_ONCE = threading.BoundedSemaphore(2)
_HASHES = PasswordHash.recommended()


def fault(password: str, again: str, *names: str) -> str:
    """Why this cannot be the password, "" if it can. `names`: what everybody knows about its owner."""
    if password != again:
        return "两次输入的密码不一样,请重新输入。"
    if not SHORTEST <= len(password) <= LONGEST:
        return f"密码要 {SHORTEST} 到 {LONGEST} 个字符,现在是 {len(password)} 个。"
    plain = without_blanks(password).casefold()
    if len(set(plain)) < 4 or plain in "01234567890123456789" or plain.startswith(_COMMON):
        return "这个密码太容易猜到,请换一个,例如几个不相干的词连在一起。"
    if any(name and len(name) > 1 and plain in (name.casefold(), name.casefold() * 2) for name in names):
        return "密码不能就是自己的姓名或邮箱,请换一个。"
    return ""


def hash_of(password: str) -> str:
    with _AT_ONCE:
        return _HASHES.hash(password)


def verify(password: str, hash: str) -> tuple[bool, str]:
    """Is it this password, and its hash by today's cost where the one on record is of an older one, else "".

    Without a hash it takes as long and is wrong: nobody learns from the time whether there is such an account.
    """
    known = hash or _nobodys()
    with _AT_ONCE:
        right, renewed = _HASHES.verify_and_update(password[: LONGEST + 1], known)
    return (right, renewed or "") if hash else (False, "")


@cache
def _nobodys() -> str:
    return hash_of("nobody")
