"""What somebody without need does not see of sensitive columns, in the views on the engine (保护客户隐私).

Until roles say who may look at what, whoever may edit a column of a record sees what it holds.
"""

from __future__ import annotations

import datetime as dt

from logic.access import Actor, permit
from logic.records import Record
from logic.register import Register

MASK = "＊＊＊"


def sees(actor: Actor | None, register: Register | None, name: str, record: Record | None, on: dt.date) -> bool:
    """May this person see what the column holds? `register` is None where it is declared no longer: then nobody knows
    whether it was sensitive."""
    if register is None:
        return False
    declared = register.fields.get(name)
    if not name or (declared is not None and not declared.sensitive):
        return True
    if actor is None:
        return False
    # A record that is closed to them they may still read.
    return any(permit(actor, register, "edit", record=one, on=on) for one in (record, None))


def hidden(text: str) -> str:
    """What stands there instead; that a cell is empty is no secret."""
    return MASK if text else ""


def without(sentence: str, value: str) -> str:
    """A sentence without the value it quotes."""
    return sentence.replace(value, MASK) if value else sentence
