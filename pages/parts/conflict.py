"""The conflict screen: somebody else changed the same cells, and the author chooses cell by cell.

Used by the drawer and by 需要您处理. The choice becomes a new Change whose base is what stands now, so that it can be
overtaken again but never overwrite what nobody saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from logic.asking import STATUS, Ask
from logic.changes import Change, Conflict, Edit, Outcome
from logic.desk import Desk
from logic.edits import submit
from logic.register import Register
from pages.parts import markup, photos

MINE, THEIRS, BASE = "用我的", "用表格现在的", "恢复成打开时的"
Choices = Mapping[tuple[str, str, str], str]
Clashes = Mapping[tuple[str, str, str], Conflict]


def choose(desk: Desk, conflicts: Sequence[Conflict], key: str) -> Choices | None:
    """Draw the cells in conflict; the choices once every cell has one."""
    chosen: dict[tuple[str, str, str], str] = {}
    for number, one in enumerate(conflicts):
        with st.container(border=True):
            register = desk.registers[one.register]
            texts = (one.mine, one.theirs, one.base)
            rows = [[photos.cell(register, one.record, one.column, text, one.theirs) for text in texts]]
            table = markup.table_of(("我的", "表格现在的", "打开时的"), rows)
            markup.put(f"<b>{markup.escaped(one.column)}</b>", table)
            choice = st.radio(
                f"{markup.plain_label(one.column)}以哪个为准",
                [MINE, THEIRS, BASE],
                index=None,
                horizontal=True,
                key=f"{key}-{number}",
                label_visibility="collapsed",
            )
        if choice:
            chosen[one.register, one.record, one.field] = choice
    return chosen if len(chosen) == len(conflicts) else None


def settle(
    desk: Desk, actor: str, overtaken: Change, conflicts: Sequence[Conflict], choices: Choices
) -> Outcome | None:
    """Send what was chosen, with all of the change that was not in conflict; None where nothing is left to send."""
    clashes = {(one.register, one.record, one.field): one for one in conflicts}
    asks = [
        _with_effects(_ask(edit, desk.registers[edit.register], clashes, choices), overtaken, clashes, choices, desk)
        for edit in overtaken.edits
        if not edit.effect
    ]
    asks = [ask for ask in asks if ask.values or ask.transition]
    outcome = None
    if asks:
        reason = overtaken.reason
        outcome = submit(desk, actor, asks, reason=reason, release=overtaken.release, undoes=overtaken.id)
    if outcome is None or outcome.state in ("saved", "queued", "overtaken"):
        desk.journal.handle(overtaken.id, desk.clock().isoformat(timespec="seconds"))
    return outcome


def _ask(edit: Edit, register: Register, clashes: Clashes, choices: Choices) -> Ask:
    values: dict[str, str] = {}
    base: dict[str, str] = {}
    transition = edit.transition
    for name, mine in edit.values.items():
        where = (edit.register, edit.record, name)
        clash = clashes.get(where)
        if register.fields[name].engine:
            continue
        if name == STATUS:
            # The state is moved by the operation alone; whoever keeps the other one's state gives the operation up.
            if clash is not None and choices[where] != MINE:
                transition = None
            continue
        if clash is None:
            values[name], base[name] = mine, edit.base.get(name, "")
        elif choices[where] != THEIRS:
            values[name], base[name] = (mine if choices[where] == MINE else clash.base), clash.theirs
    return Ask(edit.register, edit.record, values, base, transition)


def _with_effects(ask: Ask, overtaken: Change, clashes: Clashes, choices: Choices, desk: Desk) -> Ask:
    """A button writes its other records anew; what was typed for them goes with it."""
    workflow = desk.registers[ask.register].workflow
    step = workflow.transition(ask.transition) if workflow is not None and ask.transition else None
    typed: dict[str, str] = {}
    for effect in step.effects if step is not None else ():
        for edit in overtaken.edits:
            if edit.effect and edit.register == effect.register:
                typed |= {name: _chosen(edit, name, clashes, choices) for name in effect.asks if name in edit.values}
    return replace(ask, values=typed | dict(ask.values))


def _chosen(edit: Edit, name: str, clashes: Clashes, choices: Choices) -> str:
    where = (edit.register, edit.record, name)
    clash = clashes.get(where)
    if clash is None or choices[where] == MINE:
        return edit.values[name]
    return clash.theirs if choices[where] == THEIRS else clash.base
