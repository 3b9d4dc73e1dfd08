"""Record ids such as YH261122-7K3QD: letters first, random, never read as a number or a date by a spreadsheet. Names of
photos such as 202611/7K3QD2M9XH4T.jpg: nobody guesses one."""

from __future__ import annotations

import datetime as dt
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which people mistake
PHOTO_NAME = rf"[0-9]{{6}}/[{ALPHABET}]{{12}}\.(?:jpg|png)"
_SHAPE = re.compile(rf"[A-Z]{{2,4}}\d{{6}}-[{ALPHABET}]{{5}}")


def new_id(prefix: str, day: dt.date) -> str:
    """A fresh id; one in 33 million repeats within a prefix and day, and the judgement of doubled ids catches that."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return f"{prefix}{day:%y%m%d}-{tail}"


def is_id(text: str | None) -> bool:
    return text is not None and _SHAPE.fullmatch(text) is not None


def new_photo_name(day: dt.date, ending: str) -> str:
    """A name for a new photo, of 60 random bits, in the folder of its month."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"{day:%Y%m}/{tail}.{ending}"


def is_photo_name(text: str) -> bool:
    return re.fullmatch(PHOTO_NAME, text) is not None
