"""预览影响 in the drawer of 制度参数: what would break if the row counted."""

from __future__ import annotations

import streamlit as st

from logic import wording
from logic.previewing import Impact, Preview
from logic.register import Register, registers
from pages.parts import books, drawer, listing, markup, menu
from pages.parts.opened import Opened

SHOWN = 20


def button(one: Opened) -> None:
    """It judges every row of some registers: never on a rerun by itself."""
    st.button("预览影响", key=f"preview-{one.number}", on_click=drawer.look_ahead, width="stretch")


def draw(found: Preview) -> None:
    """What was found, with leads to what would break."""
    with st.container(key="impact"):
        _show(found)


def _show(found: Preview) -> None:
    name = f"“{found.parameter.title}”改为“{found.value or '(空)'}”,从 {found.since} 起"
    head = f"按这个参数,会有 {found.after} 行不符合规定(现在 {found.before} 行)"
    lines = [f"{name}。只是试算:没有保存,也不看是否已经批准。"]
    if not found.impacts:
        lines.append("现在没有登记表的规则用到这个参数。")
    markup.put(markup.box("warn" if found.broken else "good", head, lines))
    known = registers()
    rows = [
        (
            _rule(known[impact.register], impact),
            str(impact.before),
            str(impact.after),
        )
        for impact in found.impacts
        if impact.before or impact.after
    ]
    if rows:
        markup.put(markup.table(("规则", "现在", "改后"), rows))
    if found.broken:
        markup.put(f"<b>新出现的 {len(found.broken)} 处</b>")
    for violation in found.broken[:SHOWN]:
        record = books.record_of(violation.register, violation.record)
        named = f"{listing.label_of(record, known[violation.register])} · " if record is not None else ""
        markup.put(markup.quiet(f"{named}{violation.rule}:{violation.message}"))
        if record is not None and record.id == record.key:
            menu.link(violation.register, violation.record)
    if len(found.broken) > SHOWN:
        markup.put(markup.quiet(f"只列出前 {SHOWN} 处。"))


def _rule(register: Register, impact: Impact) -> str:
    """Where the rule stands, how strict it is, and the beginning of what it asks for."""
    said = next((one.doc for one in register.rules if one.id == impact.rule), "")
    return f"{register.title} {impact.rule}({wording.level_label(impact.level)})\n{said.split('。')[0]}".strip()
