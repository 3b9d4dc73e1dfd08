"""What a record waits for, as its workflow tells: the road it is on, not everything that might be done with it."""

from __future__ import annotations

from logic.records import Record
from logic.register import Register
from logic.typed import possible
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NOW, NOW_IF_BLANK, Transition

_STAMPS = (NOW, NOW_IF_BLANK, ACTOR, ACTOR_IF_BLANK)


def awaited(register: Register, record: Record) -> tuple[Transition, ...]:
    """The buttons that a record waits for: the first that moves it on, and those that leave it where it is, as long as
    what they write is not there yet."""
    if record.id is None or record.id != record.key:
        return ()
    steps = [one for one in possible(register, record) if not one.aside and not one.reason_required]
    moving = [one for one in steps if one.target is not None][:1]
    return (*moving, *(one for one in steps if one.target is None and not _is_done(one, record)))


def _is_done(step: Transition, record: Record) -> bool:
    """Stands everything there that the button needs and writes?"""
    texts = {name: record.text(name) for name in (*step.needs, *step.stamps)}
    written = all(texts[name] == stamp for name, stamp in step.stamps.items() if stamp not in _STAMPS)
    return written and all(texts.values())
