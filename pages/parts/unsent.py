"""What the browser keeps of a drawer until the server has it, and what else drawer.js goes by.

Streamlit sends a text when its field is left. Until the drawer says that a text was heard, the browser keeps it and puts it
back into a field that is drawn anew: after a reload, a reconnect, a restart of the console.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from logic.register import Field
from pages.parts import actor, form, markup, photos
from pages.parts.opened import Opened


def typed_into(one: Opened, forms: Iterable[tuple[form.Form, Sequence[Field]]]) -> dict[str, str]:
    """What has reached the server of each widget that was ever changed, by its key without the number of the opening."""
    found: dict[str, str] = {}
    for widgets, fields in forms:
        for field in fields:
            key = widgets.widget(field.name)
            known = key.replace(one.number, "")
            if (beside := photos.rest_key(widgets, field)) in st.session_state:
                found[beside.replace(one.number, "")] = form.text_of(st.session_state[beside])
            if key in st.session_state:
                text = form.text_of(st.session_state[key])
                begun = form.text_of(form.start(widgets, field, widgets.seen.get(field.name, "")))
                if text != begun or known in one.heard:
                    found[known] = text
    return found


def hear(one: Opened) -> None:
    """What stands in the form is in the draft: the browser need not keep it any longer."""
    one.heard |= typed_into(one, [(one.record_form(), form.editable(one.register))])


def mark(one: Opened) -> None:
    """Draw what drawer.js goes by for an open record."""
    place = f"{one.register.key}/{one.record or ''}"
    put_mark(place, one.number, one.heard, before=one.before, refused=one.refusal, wrong=_first_wrong(one))


def put_mark(
    place: str, number: str, heard: Mapping[str, str], *, before: str = "", refused: str = "", wrong: str = ""
) -> None:
    """Draw what drawer.js goes by: whose drawer this is and of what (`place`, and where that stood `before`), the `number`
    of the opening in the keys of its widgets, what was `heard`, what was `refused` and which widget is `wrong`."""
    said = {
        "who": actor.current(),
        "place": place,
        "before": before,
        "number": number,
        "heard": heard,
        "refused": refused,
        "wrong": wrong,
    }
    markup.put(f'<div data-open="{markup.escaped(json.dumps(said, ensure_ascii=False))}"></div>')


def _first_wrong(one: Opened) -> str:
    """The widget of the first column that was refused."""
    step = one.step(one.transition)
    if step is None:
        fields = form.editable(one.register)
        groups = list(dict.fromkeys(field.group for field in fields))  # the form shows group by group
        drawn = [(one.record_form(), field) for field in sorted(fields, key=lambda field: groups.index(field.group))]
    else:
        drawn = [(section.form, field) for section in one.sections(step) for field in section.fields]
    return next((widgets.widget(field.name) for widgets, field in drawn if widgets.violations.get(field.name)), "")
