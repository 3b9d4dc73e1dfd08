"""The journal read newest first, a page at a time (修改记录): every cell a change wrote, or would have written.

A page begins at a Cursor, so that it stays the same while others go on working, and costs the same however long the
journal is: each filter has an index.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from sheets.journal import FAILED
from sheets.store import Store


@dataclass(frozen=True, slots=True)
class Filter:
    """Which changes; what is empty does not matter. `first` and `last`: days, as ISO texts. `workbook` goes with
    `register`, `register` with `record`. `hidden`: fields that are not listed."""

    actor: str = ""
    source: str = ""
    states: tuple[str, ...] = ()
    workbook: str = ""
    register: str = ""
    record: str = ""
    first: str = ""
    last: str = ""
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: at this change, after so many of its lines."""

    seq: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """One cell of one change; a change without cells is one line with an empty field. `rules`: what it was refused for."""

    seq: int
    at: str
    actor: str
    source: str
    state: str
    workbook: str
    register: str
    record: str
    field: str
    before: str
    after: str
    reason: str
    why: str
    rules: tuple[str, ...]
    explains: tuple[str, ...]


class LogReader:
    """Reads the journal of all workbooks."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def page(self, wanted: Filter, start: Cursor | None, count: int) -> tuple[list[LoggedLine], Cursor | None]:
        """So many lines from `start` on, the newest first, and where the next page begins; None where there is none."""
        lines: list[LoggedLine] = []
        with self.store.reading() as connection:
            for entry in _entries(connection, wanted, start, count + 1):
                skip = start.skip if start is not None and entry.seq == start.seq else 0
                room = count - len(lines)
                found = list(_lines(connection, entry, wanted, skip, room + 1))
                lines += found[:room]
                if len(found) > room:
                    return lines, Cursor(entry.seq, skip + room)
        return lines, None

    def actors(self) -> list[str]:
        """Everybody who ever asked for a change, in order."""
        # From one name to the next by the index, however many changes each has.
        query = (
            "WITH RECURSIVE known(name) AS (SELECT min(actor) FROM changes UNION ALL SELECT"
            " (SELECT min(actor) FROM changes WHERE actor>known.name) FROM known WHERE known.name IS NOT NULL)"
            " SELECT name FROM known WHERE name IS NOT NULL"
        )
        with self.store.reading() as connection:
            return list(connection.execute(text(query)).scalars())


def _entries(connection: Connection, wanted: Filter, start: Cursor | None, count: int) -> Sequence[Row[Any]]:
    """The changes of a page, without their bodies, which may be long."""
    where, values = _where(connection, wanted)
    if start is not None:
        where.append("c.seq<=:start")
        values["start"] = start.seq
    clause = " AND ".join(where) or "1"
    query = text(
        "SELECT c.seq, c.workbook, c.actor, c.source, c.at, c.state FROM changes c"
        f" WHERE {clause} ORDER BY c.seq DESC LIMIT :count"
    )
    if wanted.states:
        query = query.bindparams(bindparam("states", expanding=True))
    return connection.execute(query, values | {"count": count}).all()


def _where(connection: Connection, wanted: Filter) -> tuple[list[str], dict[str, object]]:
    where: list[str] = []
    values: dict[str, object] = {}
    if wanted.record:
        where.append(
            "c.seq IN (SELECT seq FROM touches WHERE workbook=:workbook AND register=:register AND record=:record)"
        )
        values |= {"workbook": wanted.workbook, "register": wanted.register, "record": wanted.record}
    elif wanted.register:
        where.append("c.seq IN (SELECT seq FROM touches WHERE workbook=:workbook AND register=:register)")
        values |= {"workbook": wanted.workbook, "register": wanted.register}
    for name in ("actor", "source"):
        if value := getattr(wanted, name):
            where.append(f"c.{name}=:{name}")
            values[name] = value
    if wanted.states:
        where.append("c.state IN :states")
        values["states"] = list(wanted.states)
    if wanted.first or wanted.last:
        bounds = {"first": wanted.first, "last": f"{wanted.last}T99" if wanted.last else "9999"}
        # Changes are numbered in the order of time, but for the seconds in which two programs take turns.
        query = "SELECT min(seq), max(seq) FROM changes WHERE at>=:first AND at<=:last"
        lowest, highest = connection.execute(text(query), bounds).one()
        where += ["c.seq BETWEEN :lowest AND :highest", "c.at>=:first", "c.at<=:last"]
        values |= bounds | {"lowest": lowest or 0, "highest": highest or 0}
    return where, values


def _lines(connection: Connection, entry: Row[Any], wanted: Filter, skip: int, count: int) -> Iterator[LoggedLine]:
    """The lines of one change, at most `count` after the first `skip`; a change whose cells are all hidden has one."""
    body, outcome = _told(connection, entry)
    said = {
        "seq": entry.seq, "at": entry.at, "actor": entry.actor, "source": entry.source, "state": entry.state,
        "workbook": entry.workbook, "reason": body["reason"] or "", "explains": tuple(body["explains"]),
        "why": outcome["reason"] if entry.state in FAILED else "", "rules": tuple(outcome["rules"]),
    }  # fmt: skip
    read = _written if entry.state == "saved" else _asked
    cells = read(connection, entry.seq, wanted, skip, count)
    for register, record, field, before, after in cells:
        yield LoggedLine(**said, register=register, record=record, field=field, before=before, after=after)
    if not cells and not skip:
        register, record = _touched(connection, entry, wanted)
        yield LoggedLine(**said, register=register, record=record, field="", before="", after="")


def _told(connection: Connection, entry: Row[Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The reason and the explained rules of a change; the reason and the rules of its outcome. The rest of the body of a
    change may be thousands of cells, which SQLite passes over."""
    row = connection.execute(
        text(
            "SELECT json_extract(body, '$.reason'), json_extract(body, '$.explains'), outcome FROM changes WHERE seq=:s"
        ),
        {"s": entry.seq},
    ).one()
    outcome = json.loads(row[2]) if row[2] and entry.state in FAILED else {}
    rules = dict.fromkeys(one["rule"] for one in outcome.get("violations", ()))
    told = {"reason": row[0], "explains": json.loads(row[1] or "[]")}
    return told, {"reason": outcome.get("reason", ""), "rules": rules}


def _written(connection: Connection, seq: int, wanted: Filter, skip: int, count: int) -> Sequence[Any]:
    where, values = ["seq=:seq"], {"seq": seq, "skip": skip, "count": count, "hidden": list(wanted.hidden)}
    for name in ("register", "record"):
        if value := getattr(wanted, name):
            where.append(f"{name}=:{name}")
            values[name] = value
    query = text(
        f"SELECT register, record, field, before, after FROM cells WHERE {' AND '.join(where)}"
        " AND field NOT IN :hidden ORDER BY n LIMIT :count OFFSET :skip"
    ).bindparams(bindparam("hidden", expanding=True))
    return connection.execute(query, values).all()


def _asked(connection: Connection, seq: int, wanted: Filter, skip: int, count: int) -> Sequence[Any]:
    """What a change that did not come into the sheet, or not yet, would write."""
    body = connection.execute(text("SELECT body FROM changes WHERE seq=:s"), {"s": seq}).scalar_one()
    cells = (
        (edit["register"], edit["record"], name, edit["base"].get(name, ""), after)
        for edit in json.loads(body)["edits"]
        if wanted.register in ("", edit["register"]) and wanted.record in ("", edit["record"])
        for name, after in edit["values"].items()
        if name not in wanted.hidden
    )
    return list(itertools.islice(cells, skip, skip + count))


def _touched(connection: Connection, entry: Row[Any], wanted: Filter) -> tuple[str, str]:
    """The first record that a change without cells is about."""
    if wanted.record:
        return wanted.register, wanted.record
    query = "SELECT register, record FROM touches WHERE seq=:s ORDER BY register, record LIMIT 1"
    row = connection.execute(text(query), {"s": entry.seq}).first()
    return (row.register, row.record) if row is not None else ("", "")
