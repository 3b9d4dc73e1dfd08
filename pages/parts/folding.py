"""「其余 N 列」: what a record of this sort and state does not need stands folded below the rest (logic.needed).

What is shown first is worked out when the record is opened, when its sort or state changes, and when something was
refused; in between nothing moves under the hands of whoever types. A column that holds or held something, or that
something is wrong with, is never folded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from logic.needed import deciding, needed
from logic.register import Field

if TYPE_CHECKING:
    from pages.parts.form import Form


def first(form: Form) -> frozenset[str]:
    """The columns shown first."""
    state = form.record.text("status") if form.record is not None else ""
    texts = {name: form.text(name) for name in form.register.fields} | {"status": state}
    wrong = {name for name, found in form.violations.items() if found}
    key = form.widget("first")
    cause = (*(texts.get(name, "") for name in deciding(form.register)), *sorted(wrong))
    known = st.session_state.get(key)
    if known is not None and known[0] == cause:
        return known[1]
    held = {name for name in texts if form.seen.get(name) or form.typed.get(name)}
    found = needed(form.register, texts) | held | wrong
    st.session_state[key] = (cause, found)
    return found


def draw(form: Form, members: Sequence[Field], widgets: Callable[[Form, Sequence[Field]], None]) -> None:
    """The rest. Its widgets are made when it is opened; from then on they stay, for they hold what was typed."""
    key = form.widget("rest")
    made = any(form.widget(one.name) in st.session_state for one in members)
    with st.expander(f"其余 {len(members)} 列", key=key, on_change="rerun") as rest:
        if rest.open or made:
            widgets(form, members)
