"""What is to be done with the selected records: one button for all, or one value for one column of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from logic.desk import Desk
from logic.office import desk_of
from logic.register import Field, Register
from logic.staging.batch import Batch, asked, pressable, settable
from logic.workflow import Transition
from pages.parts import actor, batched, form, markup, rights
from pages.parts.opened import Opened

_PRESS, _SET = "做一个操作", "改一列的值"


def draw(desk: Desk, register: Register, batch: Batch) -> None:
    """The widgets; once something is sent, only what was chosen."""
    if batch.sent:
        markup.put(markup.box("plain", _in_words(register, batch)))
        return
    steps = _steps(desk, register, batch)
    columns = [one.header for one in settable(register)] if rights.may(desk, register, "edit") else []
    ways = [*([_PRESS] if steps else []), _SET]
    way = st.segmented_control(
        "要做什么",
        ways,
        default=_SET if batch.column or not steps else _PRESS,
        required=True,
        key=f"batch-way-{batch.id}",
    )
    if way == _PRESS:
        _pressing(register, batch, steps)
    else:
        _setting(register, batch, columns or [one.header for one in settable(register)])


def _steps(desk: Desk, register: Register, batch: Batch) -> dict[str, Transition]:
    """By what stands on the button; those this person may press first."""
    counted = pressable(register, batch, desk.view().judgement)
    known = register.workflow.transitions if register.workflow is not None else ()
    steps = [step for step in known if step.key in counted]
    steps.sort(key=lambda step: not rights.may(desk, register, step.key))
    return {f"{step.label}({counted[step.key]} 条)": step for step in steps}


def _pressing(register: Register, batch: Batch, steps: dict[str, Transition]) -> None:
    key = f"batch-step-{batch.id}"
    chosen = next((label for label, step in steps.items() if step.key == batch.transition), None)

    def choose() -> None:
        step = steps.get(st.session_state[key] or "")
        _change(register, batch, lambda known: known.pressing(step.key if step is not None else ""))

    st.pills("操作", list(steps), default=chosen, key=key, format_func=markup.plain_label, on_change=choose)
    step = register.workflow.transition(batch.transition) if register.workflow and batch.transition else None
    if step is None:
        markup.put(markup.quiet("点一个操作,下面会写明每一条能不能做。括号里是状态允许的条数。"))
        return
    if step.guard:
        markup.put(markup.quiet(step.guard))
    fields = [replace(one, required=False) for one in asked(register, step)]  # most records have it already
    if fields:
        markup.put(markup.quiet("下面填的内容写进每一条;不填的,各条保留原来的内容。"))
        _fields(register, batch, fields)
    if step.reason_required:
        _reason(register, batch)


def _setting(register: Register, batch: Batch, headers: Sequence[str]) -> None:
    key = f"batch-column-{batch.id}"
    chosen = register.fields[batch.column].header if batch.column else None

    def choose() -> None:
        one = register.field(st.session_state[key] or "")
        _change(register, batch, lambda known: known.setting(one.name if one is not None else ""))

    if key not in st.session_state:
        st.session_state[key] = chosen
    st.selectbox("要改的列", headers, index=None, key=key, placeholder="请选择", on_change=choose, width=320)
    if not batch.column:
        markup.put(markup.quiet("选一列,填一个值:选中的记录这一列都改成它。"))
        return
    empties = f"batch-empty-{batch.id}-{batch.column}"

    def empty() -> None:
        wanted = bool(st.session_state[empties])
        _change(register, batch, lambda known: known.filled({} if wanted else known.values, empties=wanted))

    st.checkbox("清空这一列", value=batch.empties, key=empties, on_change=empty)
    if not batch.empties:
        _fields(register, batch, [replace(register.fields[batch.column], group="", required=False)])


def _fields(register: Register, batch: Batch, fields: Sequence[Field]) -> None:
    made = _form(register, batch)
    form.draw(replace(made, on_change=lambda: _keep(register, batch, fields)), fields, grouped=False)


def _reason(register: Register, batch: Batch) -> None:
    key = f"batch-reason-{batch.id}"
    if key not in st.session_state:
        st.session_state[key] = batch.reason

    def keep() -> None:
        _change(register, batch, lambda known: known.filled(known.values, reason=st.session_state[key]))

    st.text_area("原因 *", key=key, placeholder="请写明原因,每一条都记上", height=80, on_change=keep)


def _form(register: Register, batch: Batch) -> form.Form:
    """Widgets of their own for each button or column, filled with what was typed before."""
    made = Opened(register, None, typed=dict(batch.values)).record_form()
    return replace(made, key=f"batch-{batch.id}-{batch.transition or batch.column}")


def _keep(register: Register, batch: Batch, fields: Sequence[Field]) -> None:
    values = form.changed(_form(register, batch), fields)
    _change(register, batch, lambda known: known.filled(values, empties=False, reason=known.reason))


def _change(register: Register, batch: Batch, change: batched.Change) -> None:
    batched.shelf(desk_of(register)).change(actor.current(), batch, change)


def _in_words(register: Register, batch: Batch) -> str:
    """What is done, in one line."""
    if batch.transition:
        step = register.workflow.transition(batch.transition) if register.workflow is not None else None
        return f"操作:{step.label if step is not None else batch.transition}"
    header = register.fields[batch.column].header
    return f"把“{header}”清空" if batch.empties else f"把“{header}”改成“{batch.values.get(batch.column, '')}”"
