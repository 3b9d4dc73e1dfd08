"""The records of any register as everybody sees them now, whichever workbook holds it; none while it was never read."""

from __future__ import annotations

from collections.abc import Sequence

from logic.desk import NotRead
from logic.judgement import Judgement, Record
from logic.office import desk_of
from logic.register import registers


def judgement_of(register: str) -> Judgement | None:
    known = registers().get(register)
    try:
        return desk_of(known).view().judgement if known is not None else None
    except NotRead:
        return None


def record_of(register: str, id: str) -> Record | None:
    judgement = judgement_of(register)
    return judgement.record(register, id) if judgement is not None else None


def judgements() -> Sequence[Judgement]:
    """One for each workbook that was read."""
    desks = {id(desk): desk for desk in map(desk_of, registers().values())}
    return [desk.view().judgement for desk in desks.values() if desk.mirror.snapshot is not None]
