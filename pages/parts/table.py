"""The list of records: a table on a desk, cards on a phone, one click on a row opens it.

One component instead of st.dataframe: it draws texts only, marks single cells, shows the same rows at every width (a
second, narrow list would double what is sent), and its words are ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from logic import wording
from logic.desk import View
from logic.judgement import Judgement
from logic.register import Field, Register
from logic.rules import Level
from pages.parts.listing import Item, own_columns, own_texts, telling
from sheets.port import CellFormat, Mark

SHOWN = 60  # characters of a cell; the drawer shows all of it
_ENGINE = ("created_by", "created_at", "updated_by", "updated_at", "record_id")
_RIGHT = (CellFormat.MONEY, CellFormat.PERCENT, CellFormat.NUMBER)

_list = component(
    "console_records",
    html='<div id="records"></div>',
    css=Path(__file__).with_name("table.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("table.js").read_text(encoding="utf-8"),
)


def columns(register: Register) -> list[Field]:
    """The columns of the list: 状态 and what names a record first, then as in the sheet, the console's own last;
    检查结果 is drawn apart."""
    own = [one for one in register.fields.values() if not one.engine and one.name != "status"]
    own.sort(key=lambda one: not one.naming)
    return [register.fields["status"], *own, *(register.fields[name] for name in _ENGINE)]


def rows_of(view: View, register: Register, items: Sequence[Item]) -> dict[str, Any]:
    """What the browser gets for these records. Columns in which none of them holds anything are left out: of the 41 of a
    long register most are filled late or seldom."""
    fields = columns(register)
    headers = [{"h": one.header, **({"r": 1} if one.kind.format in _RIGHT else {})} for one in fields]
    headers += [{"h": header, "o": 1} for header in own_columns(view.judgement, register)]
    rows = [_row(view, register, fields, item) for item in items]
    used = {at for row in rows for at, text in enumerate(row["c"]) if text}.union(*(row.get("x", ()) for row in rows))
    place = {at: new for new, at in enumerate(sorted(used))}
    for row in rows:
        row["c"] = [row["c"][at] for at in place]
        if "x" in row:
            row["x"] = {place[at]: mark for at, mark in row["x"].items()}
    at_of = {one.name: place[at] for at, one in enumerate(fields) if at in place}
    return {
        "columns": [headers[at] for at in place],
        "state": at_of.get("status", -1),
        "naming": [at_of[name] for name in telling(register) if name in at_of],
        "rows": rows,
        "empty": "没有符合条件的记录。",
        "left_out": len(headers) - len(place),
    }


def _row(view: View, register: Register, fields: Sequence[Field], item: Item) -> dict[str, Any]:
    record = item.record
    texts = [_short(record.text(one.name)) for one in fields]
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
    # As bytes: Streamlit would escape every Chinese character into six.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _list(key=key, data=text.encode(), on_open_change=_ignore).open


def _ignore() -> None:
    """Streamlit wants a callback for a value that can be triggered; the page reads the value itself."""
