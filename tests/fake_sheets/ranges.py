"""Rectangles of cells: as A1 text, as Google's GridRange, as a Box with half-open zero-based bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

Json = dict[str, Any]

_CELL = r"(?:\$?([A-Za-z]{1,3}))?(?:\$?([1-9][0-9]*))?"
_RANGE = re.compile(rf"{_CELL}(?::{_CELL})?")
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Bounds(NamedTuple):
    """Half open, counted from 0; None: as far as the grid goes."""

    top: int
    left: int
    bottom: int | None
    right: int | None


@dataclass(frozen=True, slots=True)
class Box:
    """Some cells of one sheet, inside its grid."""

    sheet: int
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def contains(self, row: int, column: int) -> bool:
        return self.top <= row < self.bottom and self.left <= column < self.right

    def meets(self, other: Box) -> bool:
        return (
            self.sheet == other.sheet
            and self.top < other.bottom
            and other.top < self.bottom
            and self.left < other.right
            and other.left < self.right
        )


def column_number(letters: str) -> int:
    """A is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def split_title(text: str) -> tuple[str | None, str]:
    """The title before the exclamation mark (unquoted) and the cells behind it; no title: None."""
    quoted = re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text)
    if quoted:
        return quoted[1].replace("''", "'"), quoted[2] or ""
    title, mark, cells = text.rpartition("!")
    return (title, cells) if mark else (None, text)


def bounds_of(cells: str) -> Bounds | None:
    """A1, A1:B2, A:C, 2:5, A2:C; None if it is none of these. Corners in the wrong order are put right."""
    found = _RANGE.fullmatch(cells)
    if not found or not cells:
        return None
    left, top, right, bottom = found.groups()
    if ":" not in cells:
        if not (left and top):
            return None
        right, bottom = left, top
    if not (left or top) or not (right or bottom):
        return None
    columns = sorted(column_number(part) for part in (left, right) if part)
    rows = sorted(int(part) - 1 for part in (top, bottom) if part)
    return Bounds(
        rows[0] if rows else 0,
        columns[0] if columns else 0,
        rows[1] + 1 if len(rows) == 2 else None,
        columns[1] + 1 if len(columns) == 2 else None,
    )


def unquoted(title: str) -> str:
    return title[1:-1].replace("''", "'") if title.startswith("'") else title


def quoted_title(title: str) -> str:
    return title if _PLAIN_TITLE.fullmatch(title) else "'" + title.replace("'", "''") + "'"


def a1(title: str, top: int, left: int, bottom: int, right: int) -> str:
    """How answers echo a range: the whole of it, one cell without a colon."""
    first, last = f"{column_letters(left)}{top + 1}", f"{column_letters(right - 1)}{bottom}"
    return f"{quoted_title(title)}!{first}" + ("" if first == last else f":{last}")


def as_json(box: Box) -> Json:
    """The box as a GridRange with all its bounds."""
    return {
        "sheetId": box.sheet,
        "startRowIndex": box.top,
        "endRowIndex": box.bottom,
        "startColumnIndex": box.left,
        "endColumnIndex": box.right,
    }


def answered(grid_range: Json) -> Json:
    """A GridRange as answers carry it: what is 0 is left out, the id of the first sheet too (seen on live accounts)."""
    return {name: value for name, value in grid_range.items() if value}
