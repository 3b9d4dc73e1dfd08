"""The roster as rules ask it: who is known by which name, and what they act as (SOD-05)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from logic.access import Actor, Delegation, acts_as
from logic.normalise import half_width, without_blanks
from logic.records import Record

ROSTER = "staff"
ROSTER_NAMES = ("name", "alias", "sub_account")
Delegates = Sequence[tuple[dt.date, Sequence[tuple[str, str]] | None]]


class People:
    """Made from the records of 员工名册; rows that are 作废 name nobody. `delegates`: who stands in for which role, as
    (role, name), each list from its day on."""

    def __init__(self, records: Mapping[str, Record] | None = None, delegates: Delegates = ()) -> None:
        self._known: dict[str, Actor] = {}
        self._folded: dict[str, str] = {}
        rows: list[Any] = [record.typed for record in (records or {}).values() if record.typed.status != "作废"]
        actors = [(row, _actor(row, delegates)) for row in rows if row.name]
        for names in ROSTER_NAMES:
            for row, actor in actors:
                known = getattr(row, names)
                if known and known not in self._known:
                    self._known[known] = actor
                    self._folded.setdefault(folded(known), known)

    @property
    def roster_empty(self) -> bool:
        return not self._known

    def known(self, name: str) -> bool:
        return name in self._known

    def knows_all(self, values: Iterable[Any]) -> bool:
        """Are these names, or blanks, all known? Says no where it is not sure."""
        known = self._known
        return all(value is None or value in known for value in values)

    def find(self, name: str) -> Actor | None:
        """A person by 姓名, 花名 or 旺旺子账号."""
        return self._known.get(name)

    def actor(self, name: str) -> Actor | None:
        """Who acts under this name: somebody on the roster; while the roster is empty every name is taken."""
        return Actor(name, founder=True) if self.roster_empty else self.find(name)

    def same(self, one: str, other: str) -> bool:
        """Do two names mean one person?"""
        if one == other:
            return True
        first, second = self._known.get(one), self._known.get(other)
        return first is not None and second is not None and first.record == second.record and first.name == second.name

    def acts_as(self, name: str, role: str, on: dt.date | None = None) -> bool:
        actor = self._known.get(name)
        return actor is not None and acts_as(actor, role, on)

    def spelt(self, name: str) -> str | None:
        """The known name that differs from this one only in blanks, width or capitals."""
        return self._folded.get(folded(name))

    def differing(self, other: People) -> set[str]:
        """Names, folded, that mean somebody else, or nobody, in the other roster."""
        names = {*self._known, *other._known}
        return {folded(name) for name in names if self._known.get(name) != other._known.get(name)}


def _actor(row: Any, delegates: Delegates) -> Actor:
    positions = frozenset(filter(None, (row.position, *(row.extra_positions or ()))))
    names = {row.name, row.alias, row.sub_account}
    ends = [day for day, _ in delegates[1:]]
    delegations = tuple(
        Delegation(role, day, until)
        for (day, pairs), until in itertools.zip_longest(delegates, ends)
        for role, name in pairs or ()
        if name in names
    )
    return Actor(row.name, row.record_id, positions, row.staff_status or "", delegations=delegations)


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name without what two spellings of it may differ in: blanks, width, capitals."""
    return without_blanks(half_width(name)).casefold()
