"""Which columns a record of this sort and state needs; the form shows them first and folds the rest.

Nothing is declared for it: the buttons of the workflow say which columns they ask for, need and write, and for which sort
of record (`only`) they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from logic.register import Register
from logic.workflow import STATUS, VOID


def needed(register: Register, texts: Mapping[str, str]) -> frozenset[str]:
    """The columns, by name, that a record needs which reads `texts`, state included: what names it, what must be filled,
    what is filled, what the buttons that lead on from here ask for, and every column of a group that no button fills in.
    What a rule finds wrong is for the caller to add."""
    fields = [one for one in register.fields.values() if not one.engine]
    flow = register.workflow
    steps = flow.transitions if flow is not None else ()
    written = {name for step in steps for name in step.stamps}
    later = {one.group for one in fields if one.group and one.name in written}
    found = {one.name for one in fields if one.naming or one.required or one.initial is not None or texts.get(one.name)}
    found |= {one.name for one in fields if one.group not in later}
    for step in flow.possible(texts.get(STATUS), texts) if flow is not None else ():
        leads_on = step.target not in (None, VOID) and not step.aside and not step.reason_required
        if leads_on:
            found |= {*step.needs, *step.asks}
    return frozenset(found)


def deciding(register: Register) -> tuple[str, ...]:
    """The columns on which it depends what else is needed: the sort of the record, and its state."""
    flow = register.workflow
    names = [STATUS, *(name for step in (flow.transitions if flow is not None else ()) for name in step.only)]
    return tuple(dict.fromkeys(names))
