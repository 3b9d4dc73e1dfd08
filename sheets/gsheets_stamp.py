"""What every commit leaves in a spreadsheet: whose it is, how many commits it has seen, which installation writes it.

It stands in two places that are written together. Cells of a hidden tab say it in words: they come along with every
reading of the values, and go back with them when somebody restores an older version. A named range with an id of our own
choosing is the fence: a batch deletes the last one and adds the next, which can succeed for one writer only, because
deleting an id that is gone, or adding one that is there, is an error and nothing of the batch happens.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.gsheets_cells import Json, Place, Rows, quoted
from sheets.port import Stamp

TAB = "_控制台"
RANGE = f"{quoted(TAB)}!A1:A3"
PREFIX = "console_"
BAR = "x"  # no hexadecimal digit, as the other parts of an id begin with
WARNING = "控制台用这张表认出工作簿,请不要修改或删除。"
_CONTROLLED = re.compile(r"\W", re.ASCII)


@dataclass(frozen=True, slots=True)
class Owner:
    """The installation that writes a spreadsheet: its random id decides, the rest is for people."""

    installation: str = ""
    host: str = ""
    folder: str = ""


def read_stamp(rows: Rows) -> tuple[Stamp | None, Owner]:
    """From the values of `RANGE`; None where they are missing or nobody can read them."""
    cells = [str(row[0]) if row and row[0] is not None else "" for row in (*rows, (), ())]
    stamp, owner = _json(cells[0]), _json(cells[1])
    try:
        found = Stamp(str(stamp["workbook"]), int(stamp["generation"])) if stamp else None
    except (KeyError, ValueError, TypeError):
        found = None
    names = ("installation", "host", "folder")
    return found, Owner(*(str(owner.get(name, "")) for name in names))


def _json(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def tokens(answer: Json) -> tuple[str, ...]:
    """The ids of our named ranges that stand in a spreadsheet; one, unless somebody interfered."""
    named = answer.get("namedRanges", ())
    return tuple(one["namedRangeId"] for one in named if one.get("name", "").startswith(PREFIX))


def token_id(stamp: Stamp) -> str:
    """The id of the named range of this generation. The tail keeps two installations that count alike apart."""
    return f"{PREFIX}{_short(stamp.workbook)}_{stamp.generation}"


def barred(standing: Sequence[str]) -> str:
    """The id of the named range that bars the way to a batch still coming. It begins like the one it replaces, which so goes on
    telling which batch was the last to happen."""
    parts = standing[0].split("_") if standing else [PREFIX.rstrip("_")]
    return "_".join([*(part for part in parts if not part.startswith(BAR)), f"{BAR}{secrets.token_hex(8)}"])


def _short(workbook: str) -> str:
    return hashlib.sha256(workbook.encode()).hexdigest()[:12]


def fence(standing: Iterable[str], id: str, name: str, tab: int) -> list[dict[str, Any]]:
    """The requests that replace these tokens by one with this id."""
    ours = {"namedRangeId": id, "name": name, "range": _cell(tab)}
    return [
        *({"deleteNamedRange": {"namedRangeId": one}} for one in standing),
        {"addNamedRange": {"namedRange": ours}},
    ]


def token_name(stamp: Stamp, attempt: str = "") -> str:
    """Says workbook and generation to whoever looks into the list of named ranges."""
    return f"{PREFIX}{_CONTROLLED.sub('_', stamp.workbook)[:40]}_{stamp.generation}{attempt}"


def stamp_cells(stamp: Stamp, owner: Owner, tab: int) -> dict[str, Any]:
    """The request that writes the words."""
    mine = {"workbook": stamp.workbook, "generation": stamp.generation}
    texts = (
        json.dumps(mine, ensure_ascii=False),
        json.dumps(
            {"installation": owner.installation, "host": owner.host, "folder": owner.folder}, ensure_ascii=False
        ),
        WARNING,
    )
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]} for text in texts]
    start = {"sheetId": tab, "rowIndex": 0, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def hidden_tab(taken: Mapping[str, Place]) -> tuple[int, list[dict[str, Any]]]:
    """The number of the hidden tab, and the requests that make it where it is missing."""
    if TAB in taken:
        return taken[TAB].id, []
    ids = {place.id for place in taken.values()}
    id = next(one for one in iter(lambda: secrets.randbelow(2**30) + 1, 0) if one not in ids)
    properties = {
        "sheetId": id,
        "title": TAB,
        "hidden": True,
        "index": len(taken),
        "gridProperties": {"rowCount": 3, "columnCount": 1},
    }
    return id, [{"addSheet": {"properties": properties}}]


def _cell(tab: int) -> dict[str, int]:
    return {"sheetId": tab, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
