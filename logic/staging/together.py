"""Several rows decided as one change, to tell what would become of each: as they will see each other once all are sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from logic.access import Actor
from logic.changes import Change, Edit, Source
from logic.deciding import Decision, Registers, decide
from logic.judgement import Judgement
from logic.rules import Level
from logic.violations import Violation

Tone = Literal["good", "explain", "refused", "same"]


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """`violations` are what the rules say; `said` are sentences about the row as a whole. "same": nothing would change."""

    tone: Tone
    violations: tuple[Violation, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """By number of row. `refusal`: why none of them can be sent at all."""

    rows: Mapping[int, RowVerdict] = field(default_factory=dict[int, RowVerdict])
    refusal: str = ""

    def having(self, *tones: Tone) -> list[int]:
        return [number for number, one in self.rows.items() if one.tone in tones]


def verdict(violations: Sequence[Violation], said: Sequence[str]) -> RowVerdict:
    levels = {violation.level for violation in violations}
    tone: Tone = "refused" if Level.BLOCK in levels else "explain" if Level.WARN in levels or said else "good"
    return RowVerdict(tone, tuple(violations), tuple(said))


def in_short(verdict: RowVerdict) -> str:
    """A verdict on one line, "" where there is nothing to say."""
    said = list(verdict.said)
    said += [f"{one.column}:{one.message}" if one.column else one.message for one in verdict.violations]
    return ";".join(text.rstrip("。") for text in said)


class Together:
    """`edits` by number of row, all of one register, each of a record of its own."""

    def __init__(
        self,
        register: str,
        registers: Registers,
        judgement: Judgement,
        actor: Actor,
        now: dt.datetime,
        edits: Mapping[int, Sequence[Edit]],
        reason: str = "",
    ) -> None:
        self._register, self._judgement, self._actor, self._now = register, judgement, actor, now
        self._registers, self._edits, self._reason = registers, edits, reason
        self.numbers = {own.record: number for number, (own, *_) in edits.items()}
        self.decision = self.decide([edit for several in edits.values() for edit in several])

    @property
    def refusal(self) -> str:
        """Why the actor may not do this at all."""
        return self.decision.reason if self.decision.verdict == "denied" else ""

    def violations(self) -> dict[int, list[Violation]]:
        """What the rules say of each row."""
        by_row: dict[int, list[Violation]] = {number: [] for number in self._edits}
        elsewhere: set[str] = set()
        for one in self.decision.violations:
            number = self.numbers.get(one.record) if one.register == self._register else None
            if number is not None:
                by_row[number].append(one)
            elif one.level is Level.BLOCK:
                elsewhere.add(one.rule)
        if elsewhere - {one.rule for found in by_row.values() for one in found}:
            self._blame(by_row)  # found on another record alone: only each row by itself tells who is the cause
        return by_row

    def decide(self, edits: Sequence[Edit]) -> Decision:
        """What would become of these alone."""
        change = Change(
            id="stage",
            workbook="",
            actor=self._actor.name,
            source=Source.CONSOLE,
            at=self._now,
            edits=tuple(edits),
            reason=self._reason,
        )
        return decide(self._judgement, change, self._actor, self._registers)

    def _blame(self, by_row: Mapping[int, list[Violation]]) -> None:
        for number, found in by_row.items():
            if not any(violation.level is Level.BLOCK for violation in found):
                alone, record = self.decide(self._edits[number]), self._edits[number][0].record
                found.extend(other for other in alone.violations if other.record != record)
