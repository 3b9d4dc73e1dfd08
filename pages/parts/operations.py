"""操作: the buttons that the state of a record admits, each with the form of what it asks for."""

from __future__ import annotations

import streamlit as st

from logic.judgement import Record
from logic.typed import possible
from logic.workflow import Transition
from pages.parts import drawer, form, markup, rights
from pages.parts.opened import Opened


def draw(one: Opened, record: Record, *, locked: bool) -> None:
    """The transitions that the state admits: choose one, fill what it asks for, press its button."""
    steps = possible(one.register, record)
    if not steps:
        markup.put(markup.quiet("现在没有可以做的操作。"))
        return
    # What this person may do comes first; the rest stays in sight, so that they see who does it.
    allowed = {step.label: rights.may(one.desk, one.register, step.key, record) for step in steps}
    labels = {step.label: step for step in sorted(steps, key=lambda step: not allowed[step.label])}
    begin = next((step.label for step in steps if step.key == one.begin), "")
    first = begin or next(iter(labels))
    chosen = st.pills("要做的操作", list(labels), key=f"steps-{one.number}", default=first, required=True)
    step = labels[chosen or first]
    _explain(step, record)
    if not allowed[step.label]:
        markup.put(markup.box("wait", allowed[step.label].reason))
        return
    if one.changed():
        markup.put(markup.box("warn", "“修改”里还有没保存的内容,这个操作不会带上它们。"))
    for section in one.sections(step, locked=locked):
        if section.title:
            markup.put(f"<b>{markup.escaped(f'同时写入:{section.title}')}</b>")
        form.draw(section.form, section.fields, grouped=not section.title)
    if step.reason_required:
        st.text_area("原因 *", key=f"reason-{one.number}-{step.key}", placeholder="请写明原因", height=80)
    st.button(
        step.label,
        key=f"do-{one.number}-{step.key}",
        type="primary",
        on_click=drawer.operate,
        args=(step.key,),
        disabled=locked,
        width="stretch",
    )


def _explain(step: Transition, record: Record) -> None:
    """What the button does, who may press it, by when, and what else is looked at."""
    standing = record.text("status")
    moves = "状态不变" if step.target is None else f"{standing} → {step.target}" if standing else f"改为{step.target}"
    said = [moves, f"可以做的人:{'、'.join(step.roles)}"]
    said += [f"期限:{step.deadline.text}"] if step.deadline is not None else []
    markup.put(markup.quiet(";".join(said)), markup.quiet(step.guard) if step.guard else "")
