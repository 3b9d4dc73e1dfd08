"""What the person at the console may do, asked before they fill in a form for nothing. Sending asks again."""

from __future__ import annotations

from logic.access import Verdict, permit
from logic.desk import Desk
from logic.judgement import Record
from logic.register import Register
from pages.parts import actor


def may(desk: Desk, register: Register, action: str, record: Record | None = None) -> Verdict:
    """`action` is create, edit, or the key of a transition. Who is not known yet is told so when they send."""
    judgement, now = desk.view().judgement, desk.clock()
    person = judgement.people.actor(actor.current())
    if person is None:
        return Verdict(True, "")
    return permit(person, register, action, (), record, now.date(), judgement.heads(now))
