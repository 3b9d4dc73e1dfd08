"""Rules as plain functions that yield what is wrong, and what the decorators remember about them.

A standing rule looks at one record as it is; a timed rule asks what is due and is judged only when somebody asks; a
diff rule compares a record before and after a change. A rule that cannot be judged yet is declared with the reason.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from logic import wording
from logic.source import Source

if TYPE_CHECKING:
    from logic.lookups import Look

NO_FORMULAS: Mapping[str, str] = MappingProxyType({})
ALL_FIELDS = ("*",)  # a rule on the whole row: every column but the engine's
StandingCheck = Callable[[Any, "Look"], Iterator["Fault"]]
DiffCheck = Callable[[Any, Any, "Look"], Iterator["Fault"]]


class Level(enum.StrEnum):
    """How serious a finding is (catalogue 0.3); staff see only the label."""

    BLOCK = "BLOCK"
    WARN = "WARN"
    REMIND = "REMIND"

    @property
    def label(self) -> str:
        return wording.level_label(self)


class Timing(enum.StrEnum):
    """When a rule is judged."""

    STANDING = "standing"
    TIMED = "timed"
    DIFF = "diff"
    ENGINE = "engine"  # judged by the engine itself for every register


@dataclass(frozen=True, slots=True)
class Across:
    """How a rule finds records of another register: those whose `there` holds what stands here in `here`.

    Both are fields; "record_id" is the id. A column of several values meets every record that holds one of them.
    """

    register: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found. The engine adds sheet, row, cell, value and source.

    `field` is the column to mark, None for the whole row. `level` and `releasable` default to the rule's.
    `until`: the instant from which the finding no longer holds although nobody edits anything.
    """

    field: str | None
    message: str
    remedy: str = ""
    releasable: bool | None = None
    until: dt.datetime | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An example of a rule: a register's sample row with some texts replaced, judged beside `others`.

    `rows` gives records of other registers. For a diff rule `before` are the texts replaced before the change.
    """

    row: Mapping[str, str]
    others: tuple[Mapping[str, str], ...] = ()
    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict[str, tuple[Mapping[str, str], ...]])
    before: Mapping[str, str] | None = None
    actor: str = ""
    now: dt.datetime | None = None


Example = Case | Mapping[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """A check with all that is said about it. `check` is None while the rule waits; `waits` says what for.

    `fields`: every column the check reads, so that an edit of one of them answers for the finding. `shares`: groups of
    columns by which it looks at other records of the register. `linked`: columns of several values through which
    records hang together. `across`: links to the records of other registers it asks. `needs`: registers without which it
    waits. `settings`: 制度参数 it asks. `looks_at`: ("staff",) where it asks who somebody is. `also`: other ids of the
    catalogue it answers. `binds`: the columns whose content a release vouches for. `texts`: it asks `look.text` about
    cells that may be unreadable; what it says of one replaces DAT-01. `formulas`: when a formula of the spreadsheet turns
    the cell of a column red (logic.formulas), only where the rule finds something in that cell.
    """

    id: str
    level: Level
    fields: tuple[str, ...]
    source: tuple[Source, ...]
    doc: str
    timing: Timing = Timing.STANDING
    check: Callable[..., Iterator[Fault]] | None = None
    releasable: bool = False
    shares: tuple[tuple[str, ...], ...] = ()
    linked: tuple[str, ...] = ()
    looks_at: tuple[str, ...] = ()
    across: tuple[Across, ...] = ()
    needs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()
    good: tuple[Case, ...] = ()
    bad: tuple[Case, ...] = ()
    waits: str = ""
    texts: bool = False
    formulas: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def grounds(self) -> str:
        """The sentences it rests on, as staff read them."""
        return " ".join(map(str, self.source))

    def active(self, registers: Collection[str]) -> bool:
        """Is it judged where these registers exist? Otherwise it waits."""
        return (self.check is not None or self.timing is Timing.ENGINE) and all(one in registers for one in self.needs)

    def why_waiting(self, registers: Collection[str]) -> str:
        """What it, or a part of it, waits for where these registers exist; "" where it waits for nothing."""
        lacking = [one for one in self.needs if one not in registers]
        return self.waits or (f"等登记表 {'、'.join(lacking)}" if lacking else "")


def rule(
    id: str,
    level: Level,
    *,
    fields: tuple[str, ...],
    source: Source | tuple[Source, ...],
    releasable: bool = False,
    shares: tuple[tuple[str, ...], ...] = (),
    linked: tuple[str, ...] = (),
    looks_at: tuple[str, ...] = (),
    across: tuple[Across, ...] = (),
    needs: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    timed: bool = False,
    release_binds: tuple[str, ...] = (),
    texts: bool = False,
    formulas: Mapping[str, str] = NO_FORMULAS,
    good: Example | tuple[Example, ...] = (),
    bad: Example | tuple[Example, ...] = (),
    waits: str = "",
) -> Callable[[StandingCheck], Rule]:
    """Declare a rule on one record; its docstring is printed in the handbook."""

    def declare(check: StandingCheck) -> Rule:
        return Rule(
            id=id,
            level=level,
            fields=fields,
            source=_sources(source),
            doc=_doc(check),
            timing=Timing.TIMED if timed else Timing.STANDING,
            check=check,
            releasable=releasable,
            shares=shares,
            linked=linked,
            looks_at=looks_at,
            across=across,
            needs=needs,
            settings=settings,
            also=also,
            binds=release_binds,
            texts=texts,
            formulas=formulas,
            good=_cases(good),
            bad=_cases(bad),
            waits=waits,
        )

    return declare


def diff_rule(
    id: str,
    level: Level,
    *,
    fields: tuple[str, ...],
    source: Source | tuple[Source, ...],
    releasable: bool = False,
    across: tuple[Across, ...] = (),
    needs: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    release_binds: tuple[str, ...] = (),
    good: Example | tuple[Example, ...] = (),
    bad: Example | tuple[Example, ...] = (),
    waits: str = "",
) -> Callable[[DiffCheck], Rule]:
    """Declare a rule on the difference a change makes; `before` is None for a new record, `look.actor` changes it."""

    def declare(check: DiffCheck) -> Rule:
        return Rule(
            id=id,
            level=level,
            fields=fields,
            source=_sources(source),
            doc=_doc(check),
            timing=Timing.DIFF,
            check=check,
            releasable=releasable,
            across=across,
            needs=needs,
            settings=settings,
            also=also,
            binds=release_binds,
            good=_cases(good),
            bad=_cases(bad),
            waits=waits,
        )

    return declare


def waiting(
    id: str, level: Level, *, fields: tuple[str, ...], source: Source | tuple[Source, ...], doc: str, waits: str
) -> Rule:
    """Declare a rule that cannot be judged yet and say what it waits for."""
    return Rule(id=id, level=level, fields=fields, source=_sources(source), doc=doc, waits=waits)


def _sources(source: Source | tuple[Source, ...]) -> tuple[Source, ...]:
    return source if isinstance(source, tuple) else (source,)


def _cases(examples: Example | tuple[Example, ...]) -> tuple[Case, ...]:
    several = examples if isinstance(examples, tuple) else (examples,)
    return tuple(example if isinstance(example, Case) else Case(example) for example in several)


def _doc(check: Callable[..., Any]) -> str:
    return wording.unwrapped(check.__doc__)
