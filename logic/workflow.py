"""Who may move a record from which state to which, what must be filled before, and what the button writes itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOW, NOW_IF_BLANK = "now", "now if blank"
ACTOR, ACTOR_IF_BLANK = "actor", "actor if blank"
NEW_ID = "id of the new record"
STATUS = "status"
VOID = "作废"
NO_STAMPS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Copy:
    """Stands for the text of a column of the record whose button was pressed; "record_id" is its id."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a button writes into another record (连带修改), in one step with its own.

    `link` is the column of the record that names the other one; with `creates` a new record is made and its id is written
    there, otherwise nothing happens where it is blank. `values`: texts, stamps, Copy(…) or NEW_ID. `asks`: columns of the
    other record that stand in the button's form, `needs` those that must be filled.
    """

    register: str
    link: str
    values: Mapping[str, str | Copy] = field(default_factory=dict[str, "str | Copy"])
    creates: bool = False
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a button should be pressed, as staff read it, and the rule that watches it ("" where only the text says so)."""

    text: str
    rule: str = ""


def stamped(stamp: str, standing: str, actor: str, now: dt.datetime) -> str | None:
    """What a stamp writes into a cell that shows `standing`; None where that stays."""
    if stamp in (NOW_IF_BLANK, ACTOR_IF_BLANK) and standing:
        return None
    if stamp in (NOW, NOW_IF_BLANK):
        return now.isoformat(" ", "minutes")
    return actor if stamp in (ACTOR, ACTOR_IF_BLANK) else stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One button. `target` None keeps the state. `needs`: filled before it may be pressed; `asks`: shown in its form.

    `stamps` are columns the button writes: NOW, ACTOR, their *_IF_BLANK forms, or a text. `roles`: who acts as one of
    these may press it. `only`: it concerns records whose columns hold one of these texts. `effects` are written with it
    into other records. `prints`: the printout of the register named (with `effects`: of the record made) is offered then.
    `guard` tells staff what else is looked at. `aside`: it may be pressed, but no record waits for it; nor does one for a
    button that asks for a reason.
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
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    effects: tuple[Effect, ...] = ()
    deadline: Deadline | None = None
    prints: tuple[str, str] | None = None
    aside: bool = False

    def concerns(self, texts: Mapping[str, str]) -> bool:
        """Is a record that reads `texts` of the sort this button is for?"""
        return all(texts.get(name, "") in wanted for name, wanted in self.only.items())

    def writes(self, texts: Mapping[str, str], actor: str, now: dt.datetime) -> dict[str, str]:
        """Texts the button writes into a record that shows `texts` (what was just typed included), state included."""
        written: dict[str, str] = {} if self.target is None else {STATUS: self.target}
        for name, stamp in self.stamps.items():
            text = stamped(stamp, texts.get(name, ""), actor, now)
            if text is not None:
                written[name] = text
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

    def possible(self, status: str | None, texts: Mapping[str, str] | None = None) -> tuple[Transition, ...]:
        """The transitions that start from a state, for a record that reads `texts` where they are given."""
        state = self.state(status)
        return tuple(
            step for step in self.transitions if state in step.source_states and (texts is None or step.concerns(texts))
        )

    def transition(self, key: str) -> Transition | None:
        """A transition by its key or its label."""
        return next((step for step in self.transitions if key in (step.key, step.label)), None)


def voiding(
    source_states: tuple[str, ...],
    roles: tuple[str, ...],
    guard: str,
    *,
    target: str = VOID,
    stamps: Mapping[str, str] = NO_STAMPS,
) -> Transition:
    """作废: what every register needs, because rows are never deleted (DAT-02) and a new record must be undone."""
    return Transition(
        key="void",
        label=VOID,
        source_states=source_states,
        target=target,
        roles=roles,
        stamps=stamps,
        reason_required=True,
        guard=guard,
    )


def voidable(roles: tuple[str, ...], guard: str, stamps: Mapping[str, str] = NO_STAMPS) -> Workflow:
    """The workflow of a register without states of its own: 状态 is blank or 作废 (DAT-02)."""
    step = voiding(("",), roles, guard, stamps=stamps)
    return Workflow(states=(VOID,), initial="", closed_states=frozenset({VOID}), transitions=(step,))
