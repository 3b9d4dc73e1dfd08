"""What is found wrong: a Violation as everybody sees it, and the releases (主管放行) that turn a BLOCK into a WARN."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import Field

from logic.frozen import Frozen
from logic.rules import Level, Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """A Fault with its level settled, kept beside the record; it knows no address, because rows move.

    `crashed`: the rule itself failed on this record, `message` says how. `released`: a fact stands behind it (DAT-07 a).
    """

    rule: Rule
    field: str | None
    level: Level
    message: str
    remedy: str
    releasable: bool
    until: dt.datetime | None = None
    crashed: bool = False
    released: bool = False


class Violation(Frozen):
    """A finding with its place in the sheet. `record` is "" where the whole register, or a rule itself, is at fault.

    `fields` are the columns the rule reads, `column` is the header of the one to mark. `binds`: the texts a release
    would vouch for, filled only where 主管放行 is possible.
    """

    register: str
    record: str
    sheet: str
    row: int | None
    cell: str
    column: str
    field: str
    rule: str
    level: Level
    value: str
    message: str
    remedy: str
    source: str
    fields: tuple[str, ...] = ()
    released: bool = False
    releasable: bool = False
    binds: Mapping[str, str] = Field(default_factory=dict)
    until: dt.datetime | None = None

    @property
    def identity(self) -> tuple[str, str, str, str, str]:
        """Two violations with the same identity are the same finding, wherever the row has moved."""
        return self.register, self.record, self.rule, self.field, self.message


@dataclass(frozen=True, slots=True)
class Release:
    """主管放行 of one rule on one record. It holds while the columns it vouches for read as they did then."""

    register: str
    record: str
    rule: str
    reason: str
    by: str
    at: dt.datetime
    binds: Mapping[str, str] = field(default_factory=dict[str, str])


class Releases:
    """The releases on record."""

    def __init__(self, releases: Iterable[Release] = ()) -> None:
        self._by_rule: dict[tuple[str, str, str], list[Release]] = {}
        for one in releases:
            self._by_rule.setdefault((one.register, one.record, one.rule), []).append(one)

    def __len__(self) -> int:
        return sum(map(len, self._by_rule.values()))

    def find(self, register: str, record: str, rule: str, texts: Mapping[str, str]) -> Release | None:
        """The latest release of this rule that still holds for a record that reads `texts`."""
        for release in reversed(self._by_rule.get((register, record, rule), ())):
            if all(texts.get(name, "") == text for name, text in release.binds.items()):
                return release
        return None

    def concern(self, register: str, record: str, rule: str) -> bool:
        """Is there any release of this rule for the record, whether or not it still holds?"""
        return (register, record, rule) in self._by_rule

    def adding(self, more: Iterable[Release]) -> Releases:
        return Releases([*(one for group in self._by_rule.values() for one in group), *more])
