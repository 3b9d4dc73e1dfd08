"""Print buttons: each is a link of its own that opens the printable page once (see pages.printing)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from logic.normalise import split_parts
from logic.printing import printout, printouts
from logic.register import Printout, Register, registers
from logic.tickets import PRINTING, Ticket
from pages.parts import actor, books, markup
from pages.parts.opened import Opened
from pages.parts.turns import in_turn

REFRESH_SECONDS = 60
_RENEWED = dt.timedelta(seconds=2 * REFRESH_SECONDS)  # a link on screen is good until the next redrawing, and after


@st.fragment(run_every=REFRESH_SECONDS)
@in_turn
def links(one: Opened) -> None:
    """A button for each printout of the record; redrawn so that its link never grows old on screen."""
    assert one.record is not None
    choices = printouts(one.register)
    with st.container(horizontal=True, horizontal_alignment="right"):
        for choice in choices:
            label = "打印…" if len(choices) == 1 else f"打印{choice.title}"
            _button(one, one.register, one.record, choice, label, primary=False)


@st.fragment(run_every=REFRESH_SECONDS)
@in_turn
def offer(one: Opened) -> None:
    """What the button that was just pressed is usually followed by: the slip it made, on paper."""
    step = one.step(one.transition)
    if step is None or step.prints is None or not actor.current():
        return
    register, key = registers()[step.prints[0]], step.prints[1]
    choice = printout(register, key)
    for record in _made(one, register) if choice is not None else ():
        assert choice is not None
        _button(one, register, record, choice, f"打印{choice.title}", primary=True)


def _made(one: Opened, register: Register) -> Sequence[str]:
    """The record of this register that the last button wrote: the one it was pressed on, or the one that names."""
    step, record = one.step(one.transition), one.current()
    if step is None or record is None:
        return ()
    if register.key == one.register.key:
        return (record.key,)
    named = [
        id for effect in step.effects if effect.register == register.key for id in split_parts(record.text(effect.link))
    ]
    return [id for id in named if books.record_of(register.key, id) is not None]


def _button(one: Opened, register: Register, record: str, choice: Printout, label: str, *, primary: bool) -> None:
    place = register.key, record, choice.key
    if not PRINTING.lasts(one.links.get(place, ""), _RENEWED):
        visit = actor.visit()
        session = visit.session if visit is not None else ""
        one.links[place] = PRINTING.issue(Ticket(register.key, record, choice.key, actor.current(), session))
    st.link_button(
        markup.plain_label(label),
        f"print/{one.links[place]}",
        key=f"print-{'now' if primary else 'any'}-{choice.key}-{record}-{one.number}",
        type="primary" if primary else "secondary",
        on_click=_used,
        args=(one, place),
    )


def _used(one: Opened, place: tuple[str, str, str]) -> None:
    """The next click gets a link of its own."""
    one.links.pop(place, None)
