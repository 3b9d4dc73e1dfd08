"""What a record waits for, as its workflow tells: the road it is on, not everything that might be done with it."""

from __future__ import annotations

from logic.records import Record
from logic.register import Register
from logic.typed import possible
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NOW, NOW_IF_BLANK, STATUS, Transition

VOID = "void"  # the transition by which a new record is undone
_STAMPS = (NOW, NOW_IF_BLANK, ACTOR, ACTOR_IF_BLANK)


def awaited(register: Register, record: Record) -> tuple[Transition, ...]:
    """The buttons that a record waits for: the first that moves it on, and those that leave it where it is, as long as
    what they write is not there yet."""
    workflow = register.workflow
    if workflow is None or record.id != record.key or record.text(STATUS) in workflow.closed_states:
        return ()
    steps = [one for one in possible(register, record) if not (one.aside or one.reason_required or one.key == VOID)]
    moving = [one for one in steps if one.target is not None][:1]
    return (*moving, *(one for one in steps if one.target is None and not _is_done(one, record)))


def _is_done(step: Transition, record: Record) -> bool:
    """Stands everything there that the button needs and writes?"""
    stamped = [name for name, stamp in step.stamps.items() if stamp in _STAMPS]
    fixed = {name: text for name, text in step.stamps.items() if text not in _STAMPS}
    is_filled = all(record.text(name) for name in (*step.needs, *stamped))
    return is_filled and all(record.text(name) == text for name, text in fixed.items())
