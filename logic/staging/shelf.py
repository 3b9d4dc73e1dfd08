"""What waits to be sent, row by row, and where it is kept: imports (logic.staging.stage) and actions on many records
(logic.staging.batch) alike.

It is plain data and never changes; what a person does to it makes another one. It lives in the store's drafts, one of each
sort for each person and register, so that a reload or a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, Self, TypeVar

from logic.asking import Ask
from logic.changes import Outcome
from sheets.drafts import Drafts

ACCEPTED = ("queued", "saved")


@dataclass(frozen=True, slots=True)
class SentRow:
    """One row. `change`, `record` and `state` tell what became of it once sent; `said` why it was refused when it was.
    `attempt` counts the refusals, so that the next attempt is another one."""

    number: int
    attempt: int = field(default=0, kw_only=True)
    change: str = field(default="", kw_only=True)
    record: str = field(default="", kw_only=True)
    state: str = field(default="", kw_only=True)
    said: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def is_sent(self) -> bool:
        return bool(self.state)

    def after(self, outcome: Outcome) -> Self:
        """Out of the way once accepted, else back with the reason and ready for another attempt."""
        if outcome.state in ACCEPTED:
            record = outcome.records[0] if outcome.records else self.record
            return replace(self, change=outcome.change, record=record, state=outcome.state, said=())
        return replace(self, attempt=self.attempt + 1, said=sentences(outcome))

    def became(self, outcome: Outcome) -> Self:
        """What was on its way into the sheet has come to its end."""
        return replace(self, state=outcome.state, said=sentences(outcome))


def sentences(outcome: Outcome) -> tuple[str, ...]:
    """Why it was not saved."""
    if outcome.state == "saved":
        return ()
    found = [f"{one.column}:{one.message}" if one.column else one.message for one in outcome.violations]
    return tuple(found or [outcome.reason])


class Shipment(Protocol):
    """Rows to be sent. `reason` goes with each of them."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def register(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def waiting(self) -> Sequence[Any]: ...
    @property
    def sent(self) -> Sequence[Any]: ...

    def ask(self, row: Any) -> Ask: ...
    def key(self, row: Any) -> str: ...
    def settled(self, rows: Mapping[int, Any]) -> Self: ...
    def begun(self, sending: bool) -> Self: ...
    def renewed(self) -> Self: ...


S = TypeVar("S", bound=Shipment)


class Shelf(Generic[S]):
    """Those of one sort, of everybody. `at` is the time that is written beside them, `name` stands for a register."""

    def __init__(
        self,
        drafts: Drafts,
        at: Callable[[], str],
        name: str,
        to_json: Callable[[S], dict[str, Any]],
        from_json: Callable[[Mapping[str, Any]], S],
    ) -> None:
        self._drafts, self._at, self._name = drafts, at, name
        self._to_json, self._from_json = to_json, from_json

    def all(self, actor: str) -> list[S]:
        """Those of a person, of all registers."""
        found = [self.load(actor, register) for register in self._drafts.records(actor, self._name)]
        return [one for one in found if one is not None]

    def load(self, actor: str, register: str) -> S | None:
        draft = self._drafts.get(actor, self._name, register)
        return self._from_json(draft.body) if draft is not None else None

    def keep(self, actor: str, shipment: S) -> S:
        newer = shipment.renewed()
        self._drafts.keep(actor, self._name, shipment.register, self._to_json(newer), self._at())
        return newer

    def drop(self, actor: str, register: str) -> None:
        self._drafts.drop(actor, self._name, register)

    def change(self, actor: str, shipment: S, change: Callable[[S], S]) -> S | None:
        """Do something to it as it stands in the store now; None if it has gone, or is another one, meanwhile."""
        known = self.load(actor, shipment.register)
        if known is None or known.id != shipment.id:
            return None
        return self.keep(actor, change(known))
