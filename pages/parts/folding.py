"""The groups of a new record's form that are folded: what a button fills in later is not asked for at the start.

Nothing is declared for it: the buttons of the workflow say which columns they write and which must be filled before. A
record that exists shows all of its groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from logic.register import Field
from pages.parts import markup

if TYPE_CHECKING:
    from pages.parts.form import Form


def is_later(form: Form, members: Sequence[Field]) -> bool:
    """Is this group of a new record filled by buttons, and asked for by nothing yet? What the button needs that takes
    this sort of record on is asked for; so is a group in which something stood when it was opened."""
    flow = form.register.workflow
    names = {one.name for one in members}
    if form.record is not None or flow is None or not any(names & step.stamps.keys() for step in flow.transitions):
        return False
    if any(one.required or one.initial is not None for one in members):
        return False
    if any(form.seen.get(name) or form.typed.get(name) for name in names):
        return False
    texts = {name: form.text(name) for name in form.register.fields}
    onwards = (step for step in flow.possible("", texts) if step.only and step.target is not None)
    return not any(names.intersection(step.needs) for step in onwards)


def draw(form: Form, title: str, members: Sequence[Field], widgets: Callable[[Form, Sequence[Field]], None]) -> None:
    """A group whose widgets are made when it is opened; from then on they stay, for they hold what was typed."""
    key = form.widget(f"fold-{title}")
    if any(form.violations.get(one.name) for one in members):
        st.session_state[key] = True
    made = any(form.widget(one.name) in st.session_state for one in members)
    with st.expander(markup.plain_label(title), key=key, on_change="rerun") as group:
        if group.open or made:
            widgets(form, members)
