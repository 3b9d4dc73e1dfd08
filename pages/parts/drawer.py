"""The drawer beside a list: one record opened to be changed, moved on, looked back on, or a new one.

What is open stands in the session (see pages.parts.opened); the page draws the drawer while something does. Everything
that writes is a callback: it runs before anything is drawn, so that no redraw can cut it short.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import streamlit as st

from logic import versions
from logic.asking import Ask
from logic.changes import Change, Outcome
from logic.edits import outcome_of, submit
from logic.history import undo
from logic.office import keeper_of, presence
from logic.presence import Present
from logic.previewing import Unclear, preview
from logic.register import Register
from logic.versions import version
from pages.parts import actor, books, conflict, form, unsent
from pages.parts.opened import SLOT, Opened, drafts
from sheets.drafts import NEW


def open_record(register: Register, record: str | None, begin: str = "", tab: str = "") -> None:
    """Open a record, or a new one, at the next drawing of its register's page; `begin`: to press this button; `tab`: to
    look at this first."""
    made = Opened(register, record, begin=begin, tab=tab)
    made.load()
    _leave()
    st.session_state[SLOT] = made


def close() -> None:
    """The drawer is closed; what is typed and not saved stays as a draft, and that is said."""
    if SLOT not in st.session_state:
        return
    keep_draft()  # the last field may have been left by closing
    one = current()
    _leave()
    del st.session_state[SLOT]
    if drafts(one.desk).get(actor.current(), one.register.key, one.record or NEW) is not None:
        st.toast("没有保存的内容已存成草稿,再打开这里时可以接着填写。")


def _leave() -> None:
    """What was open is not any more, and others see that."""
    one = st.session_state.get(SLOT)
    if isinstance(one, Opened) and one.record is not None:
        presence().leave(one.register.key, one.record, one.opening)


def others(one: Opened) -> list[Present]:
    """Who else has this record open; tells them that this person has."""
    who = actor.current()
    if one.record is None or not who:
        return []
    presence().tell(one.register.key, one.record, one.opening, who, edits=is_draft(one))
    return presence().others(one.register.key, one.record, who)


def is_draft(one: Opened) -> bool:
    """Has something been typed that is not saved?"""
    return one.changed() not in ({}, one.carried)


def current() -> Opened:
    """What is open."""
    found = st.session_state[SLOT]
    assert isinstance(found, Opened)
    return found


# -- what the widgets and buttons of the drawer do ---------------------------------------------------------------------


def keep_draft() -> None:
    """Every blur: what is typed is on disk; what is back to what was seen leaves no draft."""
    who = actor.current()
    if not who or SLOT not in st.session_state:  # closed in the same moment
        return
    one = current()
    one.preview = None  # it was made of other texts
    unsent.hear(one)
    values = one.changed()
    record = one.record or NEW
    if not is_draft(one):
        drafts(one.desk).drop(who, one.register.key, record)
        return
    body = {"values": values, "base": {name: one.seen.get(name, "") for name in values}, "key": one.key}
    drafts(one.desk).keep(who, one.register.key, record, body, one.desk.clock().isoformat(timespec="seconds"))


def drop_draft() -> None:
    """放弃草稿: the form shows again what stands."""
    one = current()
    unsent.hear(one)
    drafts(one.desk).drop(actor.current(), one.register.key, one.record or NEW)
    one.outcome, one.message = None, "草稿已放弃。"
    one.load()


def save() -> None:
    """Send what was changed in the form."""
    one = current()
    unsent.hear(one)
    values = one.changed()
    if not is_draft(one):
        nothing = "没有改动,不需要保存。" if one.record is not None else "还没有填写内容。"
        one.outcome, one.message = None, nothing
        return
    _send(one, values)


def release() -> None:
    """主管放行: the same again, with the rules that stood in the way released."""
    one = current()
    violations = one.outcome.violations if one.outcome is not None else ()
    rules = sorted({found.rule for found in violations if found.releasable})
    reason = st.session_state.get(f"release-{one.number}") or ""
    if one.transition is not None:
        _press(one, one.transition, reason, rules)
    else:
        unsent.hear(one)
        _send(one, one.changed(), reason=reason, rules=rules)
    one.heard["release-"] = reason


def operate(transition: str) -> None:
    """Press the button of a transition, with what was typed in its form."""
    one = current()
    _press(one, transition, st.session_state.get(f"reason-{one.number}-{transition}") or "")


def _press(one: Opened, transition: str, reason: str, rules: Sequence[str] = ()) -> None:
    """Send what was typed into a button's form, of the record and of the others it writes to: their columns differ. There
    is no draft of it, so that the browser keeps it until it is accepted."""
    step = one.step(transition)
    sections = one.sections(step) if step is not None else []
    values: dict[str, str] = {}
    for section in sections:
        values = form.changed(section.form, section.fields) | values
    typed = unsent.typed_into(one, ((section.form, section.fields) for section in sections)) | {
        f"reason--{transition}": reason
    }
    _send(one, values, transition, reason=reason, rules=rules)
    if one.outcome is not None and one.outcome.state in ("saved", "queued"):
        one.heard |= typed


def _seen(one: Opened, values: Mapping[str, str], transition: str | None) -> dict[str, str]:
    """What the person saw in the columns of `values`, those of the record's own register first."""
    step = one.step(transition)
    texts: dict[str, str] = {}
    for section in one.sections(step) if step is not None else ():
        texts |= section.form.seen
    texts |= one.seen
    return {name: texts.get(name, "") for name in values}


def look_ahead() -> None:
    """预览影响 of what is typed, in a row of 制度参数."""
    one = current()
    one.preview = None
    try:
        one.preview = preview(books.judgements(), one.record, one.changed(), one.desk.clock())
        one.message = ""
    except Unclear as unclear:
        one.message = str(unclear)


def _send(
    one: Opened,
    values: Mapping[str, str],
    transition: str | None = None,
    *,
    reason: str = "",
    rules: Sequence[str] = (),
) -> None:
    base = _seen(one, values, transition) if one.record is not None else {}
    ask = Ask(one.register.key, one.record, values, base, transition)
    key = f"{one.key}-{transition}" if transition else one.key
    _take(one, submit(one.desk, actor.current(), [ask], reason=reason, release=rules, key=key), transition, values)


def _take(one: Opened, outcome: Outcome, transition: str | None = None, sent: Mapping[str, str] | None = None) -> None:
    """Go on from an outcome: accepted ones show what stands now, others leave everything as it was typed."""
    one.outcome, one.message, one.transition = outcome, "", transition
    if outcome.state in ("saved", "queued"):
        keeper_of(one.register).nudge()
        if transition is None:
            drafts(one.desk).drop(actor.current(), one.register.key, one.record or NEW)
        if one.record is None and outcome.records:
            one.record, one.before, one.carried = outcome.records[0], f"{one.register.key}/", {}
        if transition is None and sent is not None:
            one.go_on(sent)
        else:
            one.load()
        return
    one.key = one.refusal = uuid.uuid4().hex
    if outcome.change and outcome.state != "overtaken":
        # Its author is looking at it right now, and the draft keeps what was typed.
        one.desk.journal.handle(outcome.change, one.desk.clock().isoformat(timespec="seconds"))


def take_back(change: str) -> None:
    """撤销 from the history."""
    one = current()
    st.session_state.pop(f"history-{one.number}-confirm", None)
    _take(one, undo(one.desk, actor.current(), change), "撤销")


def look_back(change: str) -> None:
    """回到此版本: work out what it would change; "" puts it away."""
    one = current()
    one.version = None
    if change and one.record is not None:
        one.version = version(one.desk, actor.current(), one.register.key, one.record, change)


def go_back() -> None:
    """回到此版本, as it was shown."""
    one = current()
    if one.version is not None:
        wanted, one.version = one.version, None
        _take(one, versions.go_back(one.desk, actor.current(), wanted), "回到版本")


def settle(choices: conflict.Choices) -> None:
    """Send what was chosen on the conflict screen."""
    one = current()
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
