"""Who looks at a list: what is theirs, what waits for them, which columns they see."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from logic.access import Actor
from logic.board import board_of
from logic.desk import Desk
from logic.lists.columns import fitting
from logic.lists.matching import Viewer
from logic.lists.views import COLUMNS
from logic.register import Register
from pages.parts import actor
from pages.parts.listing import own_columns
from pages.parts.table import Layout
from sheets.views import ListViews


def person_of(desk: Desk) -> Actor | None:
    """The person at the console as the roster knows them."""
    return desk.view().judgement.people.actor(actor.current()) if actor.current() else None


def viewer_of(desk: Desk, register: Register) -> Viewer:
    return viewer_named(desk, register, actor.current())


def viewer_named(desk: Desk, register: Register, name: str) -> Viewer:
    """The one of this name, "" for nobody."""
    judgement, now = desk.view().judgement, desk.clock()
    person = judgement.people.actor(name) if name else None

    def awaited() -> frozenset[str]:
        if person is None:
            return frozenset()
        return board_of(desk.workbook).awaiting(judgement, person, register.key, now.date())

    return Viewer(name, now.date(), lambda other: bool(name) and judgement.people.same(other, name), awaited)


def views_of(desk: Desk) -> ListViews:
    return ListViews(desk.journal.store)


# -- columns -----------------------------------------------------------------------------------------------------------


def take_columns(register: Register) -> None:
    """The columns that a link names, for as long as the person stays; a reload shows their own again."""
    key = f"{register.key}_{COLUMNS}"
    if key in st.query_params:
        show_columns(register, st.query_params.get_all(key))
        del st.query_params[key]


def show_columns(register: Register, headers: Sequence[str] | None) -> None:
    """Show these columns until another view is chosen; None for the person's own."""
    slot = _slot(register)
    if headers is None:
        st.session_state.pop(slot, None)
    else:
        st.session_state[slot] = tuple(headers)


def asked_columns(register: Register) -> tuple[str, ...] | None:
    """The headers that a view or a link asks for."""
    return st.session_state.get(_slot(register))


def layout_of(desk: Desk, register: Register) -> Layout:
    """What the list shows: what a view asks for, else what the person chose, else what fits their work."""
    headers = asked_columns(register)
    if headers is None:
        headers = views_of(desk).columns(actor.current(), register.key)
    if headers is not None:
        mine = own_columns(desk.view().judgement, register)
        names = [one.name for header in headers if header.strip() and (one := register.field(header)) is not None]
        own = [header for header in headers if header in mine]
        if names or own:
            return Layout(names, own, chosen=True)
    return Layout(fitting(register, person_of(desk), desk.clock().date()))


def _slot(register: Register) -> str:
    return f"shown-columns-{register.key}"


# -- the one dialog of a list ------------------------------------------------------------------------------------------

_DIALOG = "list-dialog"


def open_dialog(register: Register, which: str) -> None:
    st.session_state[_DIALOG] = register.key, which


def opened_dialog(register: Register) -> str:
    """Which dialog of this list is open, "" for none."""
    key, which = st.session_state.get(_DIALOG, ("", ""))
    return which if key == register.key else ""


def close() -> None:
    st.session_state.pop(_DIALOG, None)
