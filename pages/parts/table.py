"""The list of records: a table on a desk, cards on a phone, one click on a row opens it.

One component instead of st.dataframe: it draws texts only, marks single cells, shows the same rows at every width (a
second, narrow list would double what is sent), and its words are ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from logic import wording
from logic.desk import View
from logic.judgement import Judgement
from logic.lists.columns import listed
from logic.lists.query import Query
from logic.photos import is_photo
from logic.register import Field, Register
from logic.rules import Level
from pages.parts import photos
from pages.parts.listing import Item, own_columns, own_texts, telling
from sheets.port import CellFormat, Mark

SHOWN = 60  # characters of a cell; the drawer shows all of it
_RIGHT = (CellFormat.MONEY, CellFormat.PERCENT, CellFormat.NUMBER)

_list = component(
    "console_records",
    html='<div id="records"></div>',
    css=Path(__file__).with_name("table.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("table.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a list shows: `names` by field, `own` by header of a manager's column. `chosen`: somebody chose them,
    so that they stand there even where no record shown has anything in them, and no others do."""

    names: Sequence[str]
    own: Sequence[str] = ()
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Clicked:
    """What was just done in a list: a record to open, a column to sort by, records to act on, or all that match to be
    selected."""

    open: str = ""
    sort: str = ""
    act: tuple[str, ...] = ()
    every: bool = False


def rows_of(
    view: View, register: Register, items: Sequence[Item], layout: Layout, query: Query | None = None
) -> dict[str, Any]:
    """What the browser gets for these records. Of columns that nobody chose those are left out in which none of them
    holds anything, and those are added in which something is wrong."""
    fields = listed(register)
    mine = list(own_columns(view.judgement, register))
    headers = [_header(one, query) for one in fields] + [{"h": header, "o": 1} for header in mine]
    rows = [_row(view, register, fields, item) for item in items]
    order = query.order if query is not None else ""
    wanted = {at for at, one in enumerate(fields) if one.name in layout.names or one.name == order}
    wanted |= {at for at, header in enumerate(mine, start=len(fields)) if header in layout.own or not layout.chosen}
    if not layout.chosen:
        filled = {at for row in rows for at, text in enumerate(row["c"]) if text}
        wrong = {at for row in rows for at, mark in row.get("x", {}).items() if mark[0] != "formula"}
        wanted = (wanted & filled) | wrong
    place = {at: new for new, at in enumerate(sorted(wanted))}
    for row in rows:
        row["c"] = [row["c"][at] for at in place]
        if "x" in row:
            row["x"] = {place[at]: mark for at, mark in row["x"].items() if at in place}
    at_of = {one.name: place[at] for at, one in enumerate(fields) if at in place}
    return {
        "columns": [headers[at] for at in place],
        "state": at_of.get("status", -1),
        "naming": [at_of[name] for name in telling(register) if name in at_of],
        "rows": rows,
        "left_out": len(headers) - len(place),
    }


def _header(one: Field, query: Query | None) -> dict[str, Any]:
    """The head of a column; with a query it can be sorted by, and shows whether it is."""
    found: dict[str, Any] = {"h": one.header}
    if one.kind.format in _RIGHT:
        found["r"] = 1
    if query is not None:
        found["s"] = one.name
        if query.order == one.name:
            found["d"] = "down" if query.descending else "up"
    return found


def _row(view: View, register: Register, fields: Sequence[Field], item: Item) -> dict[str, Any]:
    record = item.record
    texts = [_short(photos.brief(record.text(one.name)) if is_photo(one) else record.text(one.name)) for one in fields]
    texts += [_short(text) for text in own_texts(view.judgement, register, record)]
    row: dict[str, Any] = {"k": item.key, "c": texts}
    chips: list[list[str]] = []
    if item.blocks:
        chips.append(["bad", f"{wording.level_label('BLOCK')} {item.blocks}"])
    if item.warns:
        chips.append(["warn", f"{wording.level_label('WARN')} {item.warns}"])
    if view.waiting(register.key, item.key):
        chips.append(["wait", "待写入"])
    if item.record.id is None or item.key.startswith("#"):
        chips.append(["plain", "未编号"])
        row["n"] = 1  # it cannot be named, so it cannot be selected
    if chips:
        row["m"] = chips
    marks = _marks(view.judgement, register, fields, item)
    if marks:
        row["x"] = marks
    return row


def _marks(judgement: Judgement, register: Register, fields: Sequence[Field], item: Item) -> Mapping[int, list[str]]:
    """By position: how a cell is marked and what is wrong with it."""
    position = {one.name: number for number, one in enumerate(fields)}
    found: dict[int, list[str]] = {}
    for number, one in enumerate(fields):
        if item.record.mark(one.name) is Mark.FORMULA:
            found[number] = ["formula", "公式,显示上次计算的结果"]
    if item.blocks or item.warns:
        for violation in judgement.violations(register.key, item.key):
            number = position.get(violation.field)
            if number is not None and found.get(number, [""])[0] not in ("bad", "warn"):
                found[number] = ["bad" if violation.level is Level.BLOCK else "warn", violation.message]
    return found


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def draw(key: str, data: Mapping[str, Any]) -> str | None:
    """Draw the rows; the key of the record that was just clicked."""
    return clicks(key, data).open or None


def clicks(key: str, data: Mapping[str, Any]) -> Clicked:
    """Draw the rows; what was just done with them."""
    # As bytes: Streamlit would escape every Chinese character into six.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    found = _list(
        key=key,
        data=text.encode(),
        on_open_change=_ignore,
        on_sort_change=_ignore,
        on_act_change=_ignore,
        on_every_change=_ignore,
    )
    act = found.act if isinstance(found.act, list) else []
    return Clicked(found.open or "", found.sort or "", tuple(map(str, act)), bool(found.every))


def _ignore() -> None:
    """Streamlit wants a callback for a value that can be triggered; the page reads the value itself."""
