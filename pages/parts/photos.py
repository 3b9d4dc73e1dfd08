"""Photos in the form, in the history and on the conflict screen: thumbnails, and the place where new ones come in.

The place is a component of our own: photos are chosen, taken, pasted or dropped there, and go to the route of pages.photos
at once. What it sends back is the list of names, which becomes the text of the column like any typed text.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.components.v2 import component

from logic.desk import NotRead
from logic.kinds.texts import photo_names, photo_text, without_photos
from logic.office import desk_of, door
from logic.photos import is_photo, usable
from logic.register import Field, Register, registers
from pages.parts import actor, markup
from pages.photos import Place, address, door_to
from sheets.ids import is_photo_name
from sheets.photos import Photos
from sheets.pictures import LARGEST_BYTES

if TYPE_CHECKING:
    from pages.parts.form import Form

MISSING = "找不到照片"
_SCRIPTS = ("photos_viewer.js", "photos_queue.js", "photos.js")
_place = component(
    "console_photos",
    html='<div id="photos"></div>',
    css=Path(__file__).with_name("photos.css").read_text(encoding="utf-8"),
    js="".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


def draw(form: Form, one: Field, common: dict[str, Any]) -> None:
    """The photos of a column, the place for new ones, and the links and names of files that stand there besides."""
    key, locked = common["key"], common["disabled"]
    text = st.session_state[key]
    names, rest = photo_names(text), _lines(without_photos(text))
    visit = actor.visit()
    record = form.record.key if form.record is not None else ""
    place = Place(form.register.key, one.name, record)
    standing = photo_names(form.record.text(one.name)) if form.record is not None else []
    session = visit.session if visit is not None else ""
    data = {
        "label": one.header,
        "photos": _shown(place, names, standing),
        "to": door_to(session, place) if visit is not None and not locked else "",
        "most": LARGEST_BYTES,
        "count": _counted(key),
        "stands": form.seen.get(one.name, ""),
    }
    with st.container(key=key), st.container(key=f"photos-{key}", gap="xsmall"):
        st.markdown(common["label"], help=common["help"])
        _place(key=_component(key), data=data, on_photos_change=lambda: _took(form, one))
        if rest:
            _draw_rest(form, one, rest, locked=locked)
        elif not locked:
            with st.popover("填链接或文件名", type="tertiary"):
                _draw_rest(form, one, rest, locked=locked)


def cell(register: Register, record: str, header: str, text: str, standing: str) -> str:
    """HTML of a cell: thumbnails, if it is one of photos, each leading to the whole photo. `standing`: all that is known
    to have stood in this cell."""
    one = next((one for one in register.fields.values() if one.header == header), None)
    names = photo_names(text) if is_photo(one) else []
    if one is None or not names:
        return markup.cell(text)
    shown = _shown(Place(register.key, one.name, record), names, photo_names(standing))
    tiles = "".join(_tile(photo, number) for number, photo in enumerate(shown, start=1))
    rest = _lines(without_photos(text))
    return f'<div class="console-photos">{tiles}</div>{markup.escaped(rest)}'


def brief(text: str) -> str:
    """A text of a column of photos where there is no room for thumbnails."""
    names = photo_names(text)
    parts = [f"照片 {len(names)} 张"] if names else []
    return "、".join([*parts, *_lines(without_photos(text)).split("\n")]).strip("、")


def _tile(photo: dict[str, str], number: int) -> str:
    if "small" not in photo:
        return f'<span class="gone">{MISSING}</span>'
    small, full = markup.escaped(photo["small"]), markup.escaped(photo["full"])
    return f'<a href="{full}" target="_blank"><img src="{small}" alt="照片 {number}" loading="lazy"></a>'


def _shown(place: Place, names: Collection[str], standing: Collection[str]) -> list[dict[str, str]]:
    """Each photo with where it is seen; without, where there is none that this person may see."""
    visit = actor.visit()
    if visit is None or not names:
        return [{"name": name} for name in names]
    known = registers()
    try:
        desk = desk_of(known[place.register])
        person = desk.view().judgement.people.actor(visit.name)
    except NotRead:
        return [{"name": name} for name in names]
    today = desk.clock().date()
    found = usable(Photos(door().store), names, standing, person, visit.name, known, today)
    return [
        {
            "name": name,
            "small": address(visit.session, place, name, small=True),
            "full": address(visit.session, place, name),
        }
        if name in found
        else {"name": name}
        for name in names
    ]


def rest_key(form: Form, one: Field) -> str:
    """The field of the links and names of files that stand beside the photos of a column."""
    return f"{form.widget(one.name)}-rest"


def _draw_rest(form: Form, one: Field, rest: str, *, locked: bool) -> None:
    key = rest_key(form, one)
    if _lines(without_photos(st.session_state.get(key) or "")) != rest:
        st.session_state[key] = rest
    st.text_area(
        f"{markup.plain_label(one.header)}:链接或文件名",
        key=key,
        placeholder="一行一个,例 https://… 或 凭证.jpg",
        height=88,
        disabled=locked,
        on_change=_typed,
        args=(form, one),
    )


def _took(form: Form, one: Field) -> None:
    """The list of photos has changed in the browser."""
    key = form.widget(one.name)
    sent = _sent(key)
    names = [name for name in sent.get("names", ()) if isinstance(name, str) and is_photo_name(name)]
    _put(form, key, names, without_photos(st.session_state.get(key, "")))


def _typed(form: Form, one: Field) -> None:
    """Links and names of files were typed; a photo's name that was typed or pasted among them is a photo."""
    key = form.widget(one.name)
    typed = st.session_state.get(rest_key(form, one)) or ""
    names = [*photo_names(st.session_state.get(key, "")), *photo_names(typed)]
    if photo_names(typed):
        st.session_state[rest_key(form, one)] = _lines(without_photos(typed))
    _put(form, key, names, without_photos(typed))


def _put(form: Form, key: str, names: Collection[str], rest: str) -> None:
    lines = [*map(photo_text, dict.fromkeys(names)), *filter(None, _lines(rest).split("\n"))]
    st.session_state[key] = "\n".join(lines)
    form.on_change()


def _component(key: str) -> str:
    return f"{key}-photos"


def _sent(key: str) -> dict[str, Any]:
    """What the browser sent last: the names, and how many lists it has sent."""
    state = st.session_state.get(_component(key))
    sent = state.get("photos") if isinstance(state, dict) else None
    return sent if isinstance(sent, dict) else {}


def _counted(key: str) -> int:
    count = _sent(key).get("count", 0)
    return count if isinstance(count, int) else 0


def _lines(text: str) -> str:
    """A line for each part, without what only separated it from a photo."""
    parts = (line.strip(" \t、,;，；") for line in text.split("\n"))
    return "\n".join(part for part in parts if part)
