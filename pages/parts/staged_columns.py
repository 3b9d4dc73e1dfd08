"""Which column of a stage is which: what was found, what is left out and why, and the choice by hand."""

from __future__ import annotations

import streamlit as st

from logic.office import desk_of
from logic.register import Register
from logic.staging.reading import columns_of, fillable
from logic.staging.stage import Stage
from pages.parts import actor, markup, staged

_LEFT_OUT = "不导入"


def draw(register: Register, stage: Stage) -> None:
    """What was read, what was left out and why; and the way to change it."""
    left_out: list[str] = []
    for one in columns_of(stage, register):
        if not one.field:
            near = f",最接近的是{'、'.join(f'“{name}”' for name in one.nearest)}" if one.nearest else ""
            left_out.append(f"“{one.header or '(空)'}”({one.why_not}{near})")
    lines = list(stage.notes)
    if left_out:
        lines.append(f"没有导入的列:{'、'.join(left_out)}。")
    lines.append("点一行可以看到全部内容和问题,逐格改正,或者删掉这一行。")
    markup.put(markup.box("plain", f"{stage.origin}:{len(stage.rows)} 行", lines))
    if st.toggle("调整列的对应", key=f"import-map-{stage.id}"):
        _mapping(register, stage)


def _mapping(register: Register, stage: Stage) -> None:
    """The boxes keep their keys while the stage changes: who is quick goes on choosing and typing in them meanwhile."""
    names = [one.name for one in fillable(register)]
    sample = stage.rows[0].texts

    def header(name: str) -> str:
        return register.fields[name].header if name else _LEFT_OUT

    def remap(at: int, key: str) -> None:
        chosen = st.session_state[key]
        staged.stages(desk_of(register)).change(actor.current(), stage, lambda known: known.remapped(at, chosen))

    for start in range(0, len(stage.headers), 3):
        for at, place in zip(range(start, min(start + 3, len(stage.headers))), st.columns(3), strict=False):
            key = f"map-{stage.id}-{at}"
            st.session_state[key] = stage.columns[at]  # another box may have taken its column
            example = " ".join(sample[at].split())[:16]
            place.selectbox(
                markup.plain_label(f"{stage.headers[at] or '(没有列名)'}:{example}"),
                ["", *names],
                format_func=header,
                key=key,
                on_change=remap,
                args=(at, key),
            )
    _missing_column(register, stage, [name for name in names if name not in stage.columns])


def _missing_column(register: Register, stage: Stage, missing: list[str]) -> None:
    which, what, said = (f"import-{part}-{stage.id}" for part in ("missing", "fill", "fill-said"))

    def add() -> None:
        name = st.session_state.get(which)
        st.session_state[said] = "" if name else "请先选择要补上的列。"
        if name:
            column, text = register.fields[name], st.session_state.get(what) or ""
            staged.stages(desk_of(register)).change(
                actor.current(), stage, lambda known: known.with_column(column, text)
            )
            st.session_state.update({which: None, what: ""})

    # Only where another box has found it: what is put here goes before what is just being chosen in the browser.
    if st.session_state.get(which) not in (None, *missing):
        st.session_state[which] = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "补上缺的一列",
            missing,
            index=None,
            format_func=lambda name: register.fields[name].header,
            placeholder="请选择",
            key=which,
            width=240,
        )
        st.text_input("每一行都填", key=what, width=240)
        st.button("补上", key="import-add", on_click=add)
    if st.session_state.get(said):
        markup.put(markup.box("warn", st.session_state[said]))
