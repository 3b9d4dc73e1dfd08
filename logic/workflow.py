"""Who may move a record from which state to which, what must be filled before, and what the button writes itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

NOW, NOW_IF_BLANK = "now", "now if blank"
ACTOR, ACTOR_IF_BLANK = "actor", "actor if blank"
STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One button. `target` None keeps the state. `needs`: filled before it may be pressed; `asks`: shown in its form.

    `stamps` are columns the button writes: NOW, ACTOR, their *_IF_BLANK forms, or a text. `roles`: who acts as one of
    these may press it. `guard` tells staff what else is looked at.
    """

    key: str
    label: str
    source_states: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    stamps: Mapping[str, str] = field(default_factory=dict[str, str])
    asks: tuple[str, ...] = ()
    reason_required: bool = False
    guard: str = ""

    def writes(self, texts: Mapping[str, str], actor: str, now: dt.datetime) -> dict[str, str]:
        """Texts the button writes into a record that shows `texts` (what was just typed included), state included."""
        written: dict[str, str] = {} if self.target is None else {STATUS: self.target}
        for name, stamp in self.stamps.items():
            if stamp in (NOW_IF_BLANK, ACTOR_IF_BLANK) and texts.get(name):
                continue
            if stamp in (NOW, NOW_IF_BLANK):
                stamp = now.isoformat(" ", "minutes")
            elif stamp in (ACTOR, ACTOR_IF_BLANK):
                stamp = actor
            written[name] = stamp
        return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The states of a register's records in their usual order. A record without a state is in the initial one.

    `initial` "" means that records usually carry no state. `closed_states`: nothing is left to do there.
    """

    states: tuple[str, ...]
    initial: str
    closed_states: frozenset[str]
    transitions: tuple[Transition, ...]

    def state(self, status: str | None) -> str:
        return status or self.initial

    def possible(self, status: str | None) -> tuple[Transition, ...]:
        """The transitions that start from a state."""
        state = self.state(status)
        return tuple(step for step in self.transitions if state in step.source_states)

    def transition(self, key: str) -> Transition | None:
        """A transition by its key or its label."""
        return next((step for step in self.transitions if key in (step.key, step.label)), None)
