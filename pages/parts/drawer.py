"""The drawer beside a list: one record opened to be changed, moved on, looked back on, or a new one.

What is open stands in the session as an `Opened`; the page draws the drawer while there is one. Everything that writes
is a callback: it runs before anything is drawn, so that no redraw can cut it short.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from logic.asking import Ask
from logic.changes import Change, Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from logic.history import undo
from logic.judgement import Record, Violation
from logic.office import desk_of, keeper_of
from logic.register import Register
from pages.parts import actor, conflict, form, listing
from sheets.drafts import NEW, Drafts

_SLOT = "drawer"
_numbers = itertools.count()


@dataclass(slots=True)
class Opened:
    """One record as somebody opened it. `record` None is a new one; `key` keeps a save from happening twice.

    `seen` is frozen here: a change of somebody else must not slip under what the person saw.
    """

    register: Register
    record: str | None
    seen: dict[str, str] = field(default_factory=dict[str, str])
    typed: dict[str, str] = field(default_factory=dict[str, str])
    key: str = ""
    number: int = 0
    draft_at: str = ""
    outcome: Outcome | None = None
    message: str = ""
    transition: str | None = None

    @property
    def desk(self) -> Desk:
        return desk_of(self.register)

    def current(self) -> Record | None:
        """The record as everybody sees it now."""
        return self.desk.view().judgement.record(self.register.key, self.record) if self.record is not None else None

    def load(self) -> None:
        """Take what stands now, and over it what an earlier draft held."""
        record = self.current()
        self.number = next(_numbers)
        self.key = uuid.uuid4().hex
        names = [one.name for one in form.editable(self.register)]
        self.seen = {name: record.text(name) for name in names} if record is not None else {}
        self.typed, self.draft_at = {}, ""
        draft = drafts(self.desk).get(actor.current(), self.register.key, self.record or NEW)
        if draft is not None:
            self.typed = {name: text for name, text in draft.body["values"].items() if name in names}
            self.seen |= {name: text for name, text in draft.body["base"].items() if name in self.typed}
            self.key, self.draft_at = draft.body["key"], draft.updated_at

    def form(self, transition: str | None = None, *, locked: bool = False) -> form.Form:
        """The widgets of the record, or those of a transition, with what was refused of the one or the other."""
        violations: dict[str, list[Violation]] = {}
        refused = self.outcome is not None and self.outcome.state == "rejected" and self.transition == transition
        for one in self.outcome.violations if self.outcome is not None and refused else ():
            if one.register == self.register.key and (self.record is None or one.record == self.record):
                violations.setdefault(one.field, []).append(one)
        return form.Form(
            register=self.register,
            key=f"{transition or 'form'}-{self.number}",
            record=self.current(),
            seen=self.seen,
            typed=self.typed if transition is None else {},
            people=actor.names(self.desk.view().judgement),
            on_change=keep_draft if transition is None else _nothing,
            used=listing.index_of(self.desk.view().judgement, self.register).used_in,
            violations=violations,
            locked=locked,
        )

    def changed(self) -> dict[str, str]:
        return form.changed(self.form(), form.editable(self.register))


def drafts(desk: Desk) -> Drafts:
    return Drafts(desk.journal.store)


def opened(register: Register) -> Opened | None:
    """What is open on the page of this register."""
    found = st.session_state.get(_SLOT)
    return found if isinstance(found, Opened) and found.register.key == register.key else None


def open_record(register: Register, record: str | None) -> None:
    """Open a record, or a new one, at the next drawing of its register's page."""
    made = Opened(register, record)
    made.load()
    st.session_state[_SLOT] = made


def close() -> None:
    st.session_state.pop(_SLOT, None)


def _open() -> Opened:
    found = st.session_state[_SLOT]
    assert isinstance(found, Opened)
    return found


# -- what the widgets and buttons of the drawer do ---------------------------------------------------------------------


def keep_draft() -> None:
    """Every blur: what is typed is on disk; what is back to what was seen leaves no draft."""
    one = _open()
    who = actor.current()
    if not who:
        return
    values = one.changed()
    record = one.record or NEW
    if not values:
        drafts(one.desk).drop(who, one.register.key, record)
        return
    body = {"values": values, "base": {name: one.seen.get(name, "") for name in values}, "key": one.key}
    drafts(one.desk).keep(who, one.register.key, record, body, one.desk.clock().isoformat(timespec="seconds"))


def drop_draft() -> None:
    """放弃草稿: the form shows again what stands."""
    one = _open()
    drafts(one.desk).drop(actor.current(), one.register.key, one.record or NEW)
    one.outcome, one.message = None, "草稿已放弃。"
    one.load()


def save() -> None:
    """Send what was changed in the form."""
    one = _open()
    values = one.changed()
    if not values:
        nothing = "没有改动,不需要保存。" if one.record is not None else "还没有填写内容。"
        one.outcome, one.message = None, nothing
        return
    _send(one, values)


def release() -> None:
    """主管放行: the same again, with the rules that stood in the way released."""
    one = _open()
    violations = one.outcome.violations if one.outcome is not None else ()
    rules = sorted({found.rule for found in violations if found.releasable})
    reason = st.session_state.get(f"release-{one.number}") or ""
    if one.transition is not None:
        _send(one, _operation_values(one, one.transition), one.transition, reason=reason, rules=rules)
    else:
        _send(one, one.changed(), reason=reason, rules=rules)


def operate(transition: str) -> None:
    """Press the button of a transition, with what was typed in its form."""
    one = _open()
    reason = st.session_state.get(f"reason-{one.number}-{transition}") or ""
    _send(one, _operation_values(one, transition), transition, reason=reason)


def operation_fields(one: Opened, transition: str) -> list[form.Field]:
    workflow = one.register.workflow
    step = workflow.transition(transition) if workflow is not None else None
    wanted = {*step.asks, *step.needs} if step is not None else set[str]()
    return [field for field in form.editable(one.register) if field.name in wanted]


def _operation_values(one: Opened, transition: str) -> dict[str, str]:
    return form.changed(one.form(transition), operation_fields(one, transition))


def _nothing() -> None:
    """A transition is pressed at once or not at all; it has no draft."""


def _send(
    one: Opened,
    values: Mapping[str, str],
    transition: str | None = None,
    *,
    reason: str = "",
    rules: Sequence[str] = (),
) -> None:
    base = {name: one.seen.get(name, "") for name in values} if one.record is not None else {}
    ask = Ask(one.register.key, one.record, values, base, transition)
    key = f"{one.key}-{transition}" if transition else one.key
    _take(one, submit(one.desk, actor.current(), [ask], reason=reason, release=rules, key=key), transition)


def _take(one: Opened, outcome: Outcome, transition: str | None = None) -> None:
    """Go on from an outcome: accepted ones show what stands now, others leave everything as it was typed."""
    one.outcome, one.message, one.transition = outcome, "", transition
    if outcome.state in ("saved", "queued"):
        keeper_of(one.register).nudge()
        if transition is None:
            drafts(one.desk).drop(actor.current(), one.register.key, one.record or NEW)
        one.record = outcome.records[0] if outcome.records else one.record
        one.load()
        return
    one.key = uuid.uuid4().hex
    if outcome.change and outcome.state != "overtaken":
        # Its author is looking at it right now, and the draft keeps what was typed.
        one.desk.journal.handle(outcome.change, one.desk.clock().isoformat(timespec="seconds"))


def take_back(change: str) -> None:
    """撤销 from the history."""
    one = _open()
    st.session_state.pop(f"history-{one.number}-confirm", None)
    _take(one, undo(one.desk, actor.current(), change), "撤销")


def settle(choices: conflict.Choices) -> None:
    """Send what was chosen on the conflict screen."""
    one = _open()
    outcome = one.outcome
    entry = one.desk.journal.entry(outcome.change) if outcome is not None else None
    if outcome is None or entry is None:
        return
    change = Change.model_validate_json(entry.body)
    settled = conflict.settle(one.desk, actor.current(), change, outcome.conflicts, choices)
    if settled is None:
        drafts(one.desk).drop(actor.current(), one.register.key, one.record or NEW)
        one.outcome, one.message = None, "已按您的选择保留表格现在的内容。"
        one.load()
    else:
        _take(one, settled)


def refresh_outcome(one: Opened) -> bool:
    """Bring a queued outcome up to date; whether it has come to its end."""
    if one.outcome is None or one.outcome.state != "queued":
        return False
    entry = one.desk.journal.entry(one.outcome.change)
    if entry is not None:
        one.outcome = outcome_of(entry)
    return one.outcome.state != "queued"
