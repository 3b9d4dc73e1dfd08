"""One affair on a page: which records it is about, and what happened to them in order of time, each with a way there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import streamlit as st

from logic.masking import masked
from logic.records import Record
from logic.register import Register
from logic.searching import Hit, MayRead
from logic.tracing import CUSTOMER, Affair, Event, timeline
from pages.parts import listing, markup, menu

EVENTS = 60  # shown of one affair


def head(affair: Affair, may_read: MayRead) -> str:
    """What it is about in a few words, by what it was found, and its records with their states. HTML."""
    orders, customers = affair.orders, _customers(affair)
    words = [f"订单 {'、'.join(orders[:3])}{'…' if len(orders) > 3 else ''}"] if orders else []
    words += [f"客户 {'、'.join(customers[:3])}"] if customers else []
    if not words:
        record = affair.records[0]
        words = [listing.label_of(record, record.reader.register)]
    chips = [
        markup.chip(found, "wait")
        for found in dict.fromkeys(map(lambda hit: _found_by(hit, may_read), affair.hits[:3]))
    ]
    for record in affair.records:
        state = record.text("status")
        chips.append(markup.chip(record.reader.register.title + (f" · {state}" if state else "")))
    return f'<div class="console-head">{markup.escaped(" · ".join(words))}</div>{"".join(chips)}'


def draw(affair: Affair, registers: Mapping[str, Register], may_read: MayRead, now: dt.datetime) -> None:
    """The whole affair."""
    markup.put(head(affair, may_read))
    events = timeline(affair.records, registers)
    for number, event in enumerate(events[-EVENTS:]):
        _row(f"event-{number}", _when(event.at), event.what, event.who, event.record, is_ahead=_is_ahead(event, now))
    if len(events) > EVENTS:
        markup.put(markup.quiet(f"一共 {len(events)} 件,只列出最近的 {EVENTS} 件。"))
    told = {id(event.record) for event in events}
    silent = [record for record in affair.records if id(record) not in told]
    for number, record in enumerate(silent):
        _row(f"event-still-{number}", "没有填时间", _label(record), "", record)
    _draw_beside(affair.beside)


def _draw_beside(records: Sequence[Record]) -> None:
    if not records:
        return
    st.header("同一客户的其他记录", anchor=False)
    for number, record in enumerate(records):
        _row(f"event-beside-{number}", record.text("created_at")[:10] or "没有登记时间", _label(record), "", record)


def _row(key: str, when: str, what: str, who: str, record: Record, *, is_ahead: bool = False) -> None:
    title = record.reader.register.title
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        markup.put(
            f'<div class="console-event"><time>{markup.escaped(when)}</time><div><b>{markup.escaped(what)}</b>',
            f'<span class="who">{markup.escaped(who)}</span> ' if who else " ",
            markup.chip(title),
            markup.chip("还没到", "wait") if is_ahead else "",
            "</div></div>",
        )
        menu.link(record.register, record.key)


def _when(at: dt.date | dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if isinstance(at, dt.datetime) else f"{at:%Y-%m-%d}"


def _is_ahead(event: Event, now: dt.datetime) -> bool:
    return event.at > now if isinstance(event.at, dt.datetime) else event.at > now.date()


def _label(record: Record) -> str:
    return listing.label_of(record, record.reader.register)


def _customers(affair: Affair) -> list[str]:
    fields = ((record, record.reader.register.fields) for record in affair.records)
    return list(
        dict.fromkeys(text for record, known in fields if CUSTOMER in known and (text := record.text(CUSTOMER)))
    )


def _found_by(hit: Hit, may_read: MayRead) -> str:
    """The column that held what was looked for, and its text; sensitive ones masked for whoever may not change them."""
    one = hit.columns[0]
    text = hit.record.text(one.name)
    shown = masked(one, text) if one.sensitive and not may_read(hit.record) else text
    return f"{one.header} {shown}"
