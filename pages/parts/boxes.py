"""Boxes to filter by that live in the address, so that a link or a reload shows the same.

`back` leads to the first page when somebody asks for something else. `kept`: what stands in the box is still there when the
person comes back from another page; the boxes of a register's list are not, a list opened from the menu shows all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from pages.parts import markup

Back = Callable[[], None]


def text(label: str, key: str, placeholder: str, width: int, back: Back, *, kept: bool = True) -> str:
    """A text, without blanks around it."""
    typed = st.text_input(
        label,
        key=key,
        bind="query-params",
        persist_state=_lasting(kept),
        placeholder=placeholder,
        on_change=back,
        width=width,
    )
    return (typed or "").strip()


def one(
    label: str, options: Sequence[str], key: str, placeholder: str, width: Any, back: Back, *, kept: bool = True
) -> str:
    """One of these, "" for none."""
    found = st.selectbox(
        markup.plain_label(label),
        options,
        index=None,
        key=key,
        bind="query-params",
        persist_state=_lasting(kept),
        placeholder=placeholder,
        on_change=back,
        width=width,
    )
    return found or ""


def always_one(label: str, options: Sequence[str], key: str, width: int, back: Back, *, kept: bool = True) -> str:
    """One of these, the first while nobody chose."""
    return st.selectbox(
        label, options, key=key, bind="query-params", persist_state=_lasting(kept), on_change=back, width=width
    )


def several(
    label: str, options: Sequence[str], key: str, placeholder: str, width: Any, back: Back, *, kept: bool = True
) -> list[str]:
    """Any number of these."""
    return st.multiselect(
        markup.plain_label(label),
        options,
        key=key,
        bind="query-params",
        persist_state=_lasting(kept),
        placeholder=placeholder,
        on_change=back,
        width=width,
    )


def _lasting(kept: bool) -> Literal["session"] | None:
    return "session" if kept else None
