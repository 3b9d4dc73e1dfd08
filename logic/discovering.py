"""发现时间: tells the store which findings stand in a workbook, so that since when is known, also after a restart."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping

from logic.judgement import Judgement
from logic.register import Register
from logic.violations import Violation
from sheets.findings import REMEMBERED_DAYS, FindingLog, Scope, Standing

DUE_AGAIN = dt.timedelta(minutes=1)


class Discoverer:
    """Keeps the findings of one workbook on record while this process is its writer. After an edit only the records whose
    findings changed are compared; what is found by the clock, once a minute."""

    def __init__(self, log: FindingLog, registers: Mapping[str, Register]) -> None:
        self.log, self.registers = log, registers
        self._holder = uuid.uuid4().hex
        self._judgement: Judgement | None = None
        self._compared: dict[str, Judgement] = {}
        self._due_at = dt.datetime.min

    def keep(self, judgement: Judgement, now: dt.datetime) -> None:
        is_due = now - self._due_at >= DUE_AGAIN
        if judgement is self._judgement and not is_due:
            return
        if not self.log.kept_by(self._holder):
            self._compared.clear()
            is_due = True
        scopes = [*self._found(judgement), *(self._due(judgement, now) if is_due else ())]
        forget = now - dt.timedelta(days=REMEMBERED_DAYS)
        self.log.keep(self._holder, scopes, _iso(now), _iso(forget))
        self._judgement = judgement
        self._compared = dict.fromkeys(self._readable(judgement), judgement)
        self._due_at = now if is_due else self._due_at

    def _readable(self, judgement: Judgement) -> Iterator[str]:
        """Registers whose columns are all there: what a rule cannot see for lack of a header is not put right by that."""
        for key, table in judgement.tables.items():
            if table is not None and table.writable:
                yield key

    def _found(self, judgement: Judgement) -> Iterator[Scope]:
        readable = set(self._readable(judgement))
        for key, table in judgement.tables.items():
            if table is None:
                continue
            before, at_large = self._compared.get(key), judgement.at_large(key)
            if key not in readable:
                yield Scope(key, False, frozenset({""}), _standing(at_large))
            elif before is None:
                yield Scope(key, False, None, _standing(judgement.violations(key)))
            else:
                changed = judgement.differing(key, before)
                found = [one for record in changed for one in judgement.violations(key, record)]
                yield Scope(key, False, frozenset({"", *changed}), _standing([*found, *at_large]))

    def _due(self, judgement: Judgement, now: dt.datetime) -> Iterator[Scope]:
        due = judgement.due(now)
        for key in self._readable(judgement):
            yield Scope(key, True, None, _standing(one for one in due if one.register == key))


def _standing(found: Iterable[Violation]) -> list[Standing]:
    return [
        Standing(one.record, one.rule, one.field, one.message, one.level, one.value, one.fields or (one.field,))
        for one in found
    ]


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
