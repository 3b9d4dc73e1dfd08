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
    names = [one.name for one in fillable(register)]
    sample = stage.rows[0].texts

    def header(name: str) -> str:
        return register.fields[name].header if name else _LEFT_OUT

    def remap(at: int, key: str) -> None:
        chosen = st.session_state[key]
        staged.stages(desk_of(register)).change(actor.current(), stage, lambda known: known.remapped(at, chosen))

    for start in range(0, len(stage.headers), 3):
        for at, place in zip(range(start, min(start + 3, len(stage.headers))), st.columns(3), strict=False):
            key = f"map-{stage.id}-{stage.version}-{at}"
            example = " ".join(sample[at].split())[:16]
            place.selectbox(
                markup.plain_label(f"{stage.headers[at] or '(没有列名)'}:{example}"),
                ["", *names],
                index=["", *names].index(stage.columns[at]),
                format_func=header,
                key=key,
                on_change=remap,
                args=(at, key),
            )
    missing = [name for name in names if name not in stage.columns]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("补上缺的一列", missing, index=None, format_func=header, placeholder="请选择", width=240)
        text = st.text_input("每一行都填", key=f"import-fill-{stage.version}", width=240)
        if st.button("补上", key="import-add") and name:
            declared = register.fields[name]
            staged.stages(desk_of(register)).change(
                actor.current(), stage, lambda known: known.with_column(declared, text)
            )
            st.rerun()
