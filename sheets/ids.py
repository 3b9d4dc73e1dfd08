"""Record ids such as YH261122-7K3QD: letters first, random, never read as a number or a date by a spreadsheet."""

from __future__ import annotations

import datetime as dt
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which people mistake
_SHAPE = re.compile(rf"[A-Z]{{2,4}}\d{{6}}-[{ALPHABET}]{{5}}")


def new_id(prefix: str, day: dt.date) -> str:
    """A fresh id; one in 33 million repeats within a prefix and day, and the judgement of doubled ids catches that."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return f"{prefix}{day:%y%m%d}-{tail}"


def is_id(text: str | None) -> bool:
    return text is not None and _SHAPE.fullmatch(text) is not None
