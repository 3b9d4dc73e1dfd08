"""建表: first what would be made in a workbook, tab by tab, then a button that makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import streamlit as st

from logic import wording
from logic.door.door import Refused
from pages.parts import markup, outcome
from sheets.port import ShapeStep, StorageError

_UNFOLDED = 12  # so few things to do are shown unfolded
Shape = Callable[[bool], Sequence[ShapeStep]]  # takes dry_run


@dataclass(slots=True)
class _Shown:
    """`wish`: what this run is to do before it draws. `steps`: None until somebody looked."""

    wish: Literal["look", "make", ""] = ""
    steps: Sequence[ShapeStep] | None = None
    made: bool = False
    refused: tuple[str, str] = ("", "")


def draw(key: str, shape: Shape, *, at_once: bool = False) -> bool:
    """The buttons and what came of them; whether nothing is lacking any more. `at_once`: look without being asked."""
    shown = st.session_state.setdefault(f"shaped-{key}", _Shown())
    if shown.wish or (at_once and shown.steps is None and not shown.refused[0]):
        _carry_out(shown, shape)
    if shown.refused[0]:
        outcome.refuse(*shown.refused)
    steps = shown.steps
    if steps is not None and not shown.refused[0]:
        _tell(steps, made=shown.made)
    with st.container(horizontal=True):
        if steps and not shown.made:
            st.button("执行", key=f"make-{key}", type="primary", on_click=_want, args=(shown, "make"))
        label = "看看缺什么" if steps is None else "重新核对"
        st.button(label, key=f"look-{key}", on_click=_want, args=(shown, "look"))
    return steps is not None and (shown.made or not steps)


def _want(shown: _Shown, wish: Literal["look", "make"]) -> None:
    shown.wish = wish


def _carry_out(shown: _Shown, shape: Shape) -> None:
    """The outcome is kept before anything is drawn, where a run may end."""
    makes = shown.wish == "make"
    with st.spinner("正在建表,请稍等……" if makes else "正在核对表格,请稍等……"):
        try:
            shown.steps, shown.made, shown.refused = shape(not makes), makes, ("", "")
        except Refused as why:
            shown.refused = "没有做成", str(why)
        except StorageError as error:
            shown.refused = wording.storage_label(type(error)), str(error)
        shown.wish = ""


def _tell(steps: Sequence[ShapeStep], *, made: bool) -> None:
    if not steps:
        markup.put(markup.box("good", "已经齐全,没有需要改动的地方。"))
        return
    count = f"{len({step.sheet for step in steps})} 张工作表,共 {len(steps)} 处"
    if made:
        markup.put(markup.box("good", f"建表完成:{count}。"))
    else:
        said = "只补缺少的内容,从不改名、换位置或删除。现在还没有改动,点“执行”才会写入。"
        markup.put(markup.box("wait", f"要新建或补充 {count}", [said]))
    grouped = groupby(steps, lambda step: step.sheet)
    markup.put(*(_tab(title, list(mine), open=len(steps) <= _UNFOLDED) for title, mine in grouped))


def _tab(title: str, steps: Sequence[ShapeStep], *, open: bool) -> str:
    """What happens in one tab, foldable."""
    lines = "".join(f"<li>{markup.escaped(step.what)}</li>" for step in steps)
    first = f'<span class="first">{markup.escaped(steps[0].what)}</span>'
    head = f"<b>{markup.escaped(title or '工作簿')}</b> {markup.chip(f'{len(steps)} 处')}{first}"
    return f'<details class="console-made"{" open" if open else ""}><summary>{head}</summary><ul>{lines}</ul></details>'
