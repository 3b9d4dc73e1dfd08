"""Merges what somebody typed with what has become of the cells meanwhile, cell by cell.

All texts are canonical texts of the cell's kind, so `100` and `100.00` in a money column are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that somebody else changed to something else since it was seen."""

    field: str
    mine: str
    theirs: str
    base: str


@dataclass(frozen=True, slots=True)
class Merge:
    """`apply` is what is left to write; what already stands there needs no writing; any clash stops the whole change."""

    apply: Mapping[str, str]
    clashes: tuple[Clash, ...]


def merge(mine: Mapping[str, str], base: Mapping[str, str], current: Mapping[str, str]) -> Merge:
    """Three-way merge. Cells absent from `base` or `current` were, or are, empty."""
    apply: dict[str, str] = {}
    clashes: list[Clash] = []
    for field, wanted in mine.items():
        now, seen = current.get(field, ""), base.get(field, "")
        if now == wanted:
            continue
        if now == seen:
            apply[field] = wanted
        else:
            clashes.append(Clash(field, wanted, now, seen))
    return Merge(apply, tuple(clashes))
