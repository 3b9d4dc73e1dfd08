"""One row of the stage, opened beside the list: every text as it came, what is wrong under it; to be corrected or dropped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from logic.desk import Desk
from logic.judgement import Violation
from logic.office import desk_of
from logic.register import Register
from logic.staging.stage import Stage, StagedRow
from logic.staging.verdicts import RowVerdict
from pages.parts import actor, markup, outcome, staged
from pages.parts.turns import in_turn

WIDTH = 640
_SLOT = "staged-row"


def open_row(number: int) -> None:
    st.session_state[_SLOT] = number


def close() -> None:
    st.session_state.pop(_SLOT, None)


def draw(register: Register) -> None:
    """The drawer, while a row is open."""
    if _SLOT in st.session_state:
        st.dialog(f"{register.title} · 改正一行", width=WIDTH, position="right", on_dismiss=close)(in_turn(_content))(
            register
        )


def _content(register: Register) -> None:
    desk = desk_of(register)
    stage = staged.current(desk, register)
    row = stage.row(st.session_state.get(_SLOT, 0)) if stage is not None else None
    if stage is None or row is None:
        markup.put(markup.box("plain", "这一行已经不在这里了,请关闭后看列表。"))
        return
    verdict = staged.verdicts(desk, stage).rows.get(row.number)
    _head(stage, row, verdict)
    if row.is_sent:
        texts = ((header, text) for header, text in zip(stage.headers, row.texts, strict=True) if text)
        markup.put(markup.table(("列", "内容"), texts))
        return
    for at, name in enumerate(stage.columns):
        if name:
            _cell(
                register, stage, row, at, [one for one in (verdict.violations if verdict else ()) if one.field == name]
            )
    left_out = [(header, text) for header, text, name in _cells(stage, row) if text and not name]
    if left_out:
        markup.put(markup.quiet("没有导入的列:"), markup.table(("列", "内容"), left_out))
    _buttons(desk, register, stage, row)


def _cells(stage: Stage, row: StagedRow) -> Sequence[tuple[str, str, str]]:
    return list(zip(stage.headers, row.texts, stage.columns, strict=True))


def _head(stage: Stage, row: StagedRow, verdict: RowVerdict | None) -> None:
    """Which row this is, and what is said of it as a whole or of columns it does not have."""
    tones: dict[str, markup.Tone] = {"refused": "bad", "explain": "warn", "good": "good"}
    tone = verdict.tone if verdict is not None else ""
    label = staged.LABELS.get(staged.SENT if row.is_sent else tone, "")
    chips = [markup.chip(f"第 {row.number} 行")]
    if label:
        chips.append(markup.chip(label, tones.get(tone, "plain")))
    if row.record:
        chips.append(markup.chip(row.record))
    markup.put("".join(chips))
    said = [*(verdict.said if verdict is not None else row.said)]
    if said:
        markup.put(markup.box(tones.get(tone, "warn"), "", [f"{text.rstrip('。')}。" for text in said]))
    for one in verdict.violations if verdict is not None else ():
        if one.field not in stage.columns:
            markup.put(outcome.found(one, with_column=True))


def _cell(register: Register, stage: Stage, row: StagedRow, at: int, violations: Sequence[Violation]) -> None:
    declared = register.fields[stage.columns[at]]
    key = f"cell-{stage.id}-{row.number}-{at}"
    if key not in st.session_state:
        st.session_state[key] = row.texts[at]
    label = markup.plain_label(declared.label)
    help = markup.plain_label(declared.help) or None
    if declared.kind.name == "long_text" or "\n" in row.texts[at]:
        st.text_area(label, key=key, help=help, height=88, on_change=_correct, args=(register, row.number, at, key))
    else:
        st.text_input(label, key=key, help=help, on_change=_correct, args=(register, row.number, at, key))
    outcome.under(violations)


def _buttons(desk: Desk, register: Register, stage: Stage, row: StagedRow) -> None:
    found = staged.verdicts(desk, stage)
    bad = [number for number in found.having("refused", "explain") if number != row.number]
    after = next((number for number in bad if number > row.number), bad[0] if bad else None)
    with st.container(horizontal=True):
        if st.button("完成", key=f"done-{row.number}", type="primary"):
            close()
            st.rerun()
        if after is not None:
            st.button(f"下一个有问题的行(第 {after} 行)", key=f"after-{row.number}", on_click=open_row, args=(after,))
        if st.button("删掉这一行", key=f"drop-{row.number}"):
            staged.stages(desk).change(actor.current(), stage, lambda known: known.without(row.number))
            close()
            st.rerun()


def _correct(register: Register, number: int, at: int, key: str) -> None:
    """Every blur: the corrected text is in the stage, on disk."""
    desk, text = desk_of(register), st.session_state[key]
    stage = staged.current(desk, register)
    if stage is not None:
        staged.stages(desk).change(actor.current(), stage, lambda known: known.corrected(number, at, text))
