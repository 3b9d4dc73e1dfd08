"""The durable log of everything asked and done (修改记录), and what waits in it for its workbook (待写入).

A change is `pending` from the moment it is on disk until the Writer has settled it: `saved`, `overtaken` or `rejected`.
What was refused at the door is kept too (`rejected`, `denied`), so that nothing typed is lost. Bodies and outcomes are
JSON texts which only logic reads. A direct edit is a saved entry of source `sheet`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from sheets.store import Store

PENDING = "pending"
FAILED = ("overtaken", "rejected", "denied")
SHEET_ACTOR = "表格直接修改"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as the journal holds it. `behind`: a failed change of its author that it was asked for on top of."""

    seq: int
    id: str
    workbook: str
    actor: str
    source: str
    at: str
    key: str | None
    parent: str | None
    state: str
    body: str
    outcome: str
    why: str
    why_since: str
    generation: int | None
    settled_at: str | None
    handled_at: str | None
    behind: str | None = None


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell before and after, as canonical texts. `fresh`: the record was made by this very change."""

    register: str
    record: str
    field: str
    before: str
    after: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class LoggedCell:
    """A cell change with the generation it belongs to. `origin` is the generation of the file a direct edit came in."""

    seq: int
    register: str
    record: str
    field: str
    before: str
    after: str
    fresh: bool
    generation: int
    origin: int | None
    actor: str


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A rule released for a record by somebody entitled to (主管放行)."""

    register: str
    record: str
    rule: str
    reason: str
    by: str
    at: str
    binds: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """A finding explained by somebody entitled to (已说明); an empty reason takes an earlier explanation back."""

    register: str
    record: str
    rule: str
    field: str
    reason: str
    by: str
    at: str
    binds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be journaled. `touches` are the (register, record) pairs the change edits."""

    id: str
    workbook: str
    actor: str
    source: str
    at: str
    state: str
    body: str
    touches: tuple[tuple[str, str], ...]
    key: str | None = None
    parent: str | None = None
    outcome: str = ""
    cells: tuple[CellChange, ...] = ()
    releases: tuple[ReleaseRow, ...] = ()
    explanations: tuple[ExplanationRow, ...] = ()
    generation: int | None = None
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a pending change."""

    id: str
    state: str
    outcome: str
    cells: tuple[CellChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a head should know of: cells put back, an incident, a doubled id settled."""

    n: int
    workbook: str
    kind: str
    at: str
    body: Mapping[str, Any]
    handled_at: str | None


_BEHIND = "(SELECT f.id FROM changes f WHERE f.id=changes.behind AND f.handled_at IS NULL)"
_ENTRY = (
    "seq, id, workbook, actor, source, at, key, parent, state, body, outcome, why, why_since, generation, settled_at,"
    f" handled_at, {_BEHIND}"
)


_WAITING = text(f"SELECT id, why, why_since, {_BEHIND} FROM changes WHERE workbook=:w AND state='pending' ORDER BY seq")
_NAMED = text(f"SELECT {_ENTRY} FROM changes WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


class Outrun(Exception):
    """Something was journaled since the version an entry was made in sight of."""


class Journal:
    """Reading and writing the log. Every writing method is one durable transaction and moves `version()`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def version(self) -> int:
        """A number that differs whenever anything in the journal or a baseline changed, whichever process did it."""
        return int(self.store.meta("version") or 0)

    def append(self, entry: NewEntry, since: int | None = None, also: Sequence[NewEntry] = ()) -> Entry:
        """Put a change on disk, together with those of other workbooks that follow from it (`also`). A key seen before
        gives the first entry back and writes nothing.

        `since`: raise Outrun, and write nothing, if anything moved after this version.
        """
        with self.store.transaction() as connection:
            if since is not None and since != _version(connection):
                raise Outrun
            if entry.key is not None:
                known = _entry_where(connection, "workbook=:w AND key=:k", w=entry.workbook, k=entry.key)
                if known is not None:
                    return known
            for one in (entry, *also):
                add_entry(connection, one)
            bump(connection)
            found = _entry_where(connection, "id=:id", id=entry.id)
        assert found is not None
        return found

    def entry(self, change_id: str) -> Entry | None:
        with self.store.reading() as connection:
            return _entry_where(connection, "id=:id", id=change_id)

    def following(self, change_id: str) -> list[Entry]:
        """The changes of other workbooks that followed from this one."""
        return self._entries("parent=:p ORDER BY seq", p=change_id)

    def by_key(self, workbook: str, key: str) -> Entry | None:
        with self.store.reading() as connection:
            return _entry_where(connection, "workbook=:w AND key=:k", w=workbook, k=key)

    def pending(self, workbook: str, known: Mapping[str, Entry] = MappingProxyType({})) -> list[Entry]:
        """Accepted and not yet in the sheet, in the order of acceptance. `known`: entries read before, by id, whose
        bodies are not read again, because thousands of them may wait."""
        if not known:
            return self._entries("workbook=:w AND state='pending' ORDER BY seq", w=workbook)
        with self.store.reading() as connection:
            rows = connection.execute(_WAITING, {"w": workbook}).all()
            fresh = [row[0] for row in rows if row[0] not in known]
            read = connection.execute(_NAMED, {"ids": fresh})
            entries = {entry.id: entry for entry in (Entry(*row) for row in read)}
        return [
            entries[id] if id in entries else _explained(known[id], why, why_since, behind)
            for id, why, why_since, behind in rows
        ]

    def attention(self, actor: str) -> list[Entry]:
        """What failed after the person left and still stands in their 需要您处理."""
        return self._entries(
            "actor=:a AND state IN ('overtaken','rejected','denied') AND handled_at IS NULL ORDER BY seq DESC", a=actor
        )

    def unseen(self, workbook: str, generation: int, limit: int) -> list[Entry]:
        """What commits after this generation brought in, as a sheet of that generation does not show it yet."""
        # The + keeps SQLite from walking through everything that was ever saved.
        return self._entries(
            "workbook=:w AND generation>:g AND +state='saved' AND source<>'sheet' "
            " ORDER BY generation, source<>'engine', seq LIMIT :n",
            w=workbook,
            g=generation,
            n=limit,
        )

    def history(self, workbook: str, register: str, record: str) -> list[Entry]:
        """All changes of a record, newest first."""
        return self._entries(
            "seq IN (SELECT seq FROM touches WHERE workbook=:w AND register=:g AND record=:r) ORDER BY seq DESC",
            w=workbook,
            g=register,
            r=record,
        )

    def recent(self, workbook: str, limit: int) -> list[Entry]:
        return self._entries("workbook=:w ORDER BY seq DESC LIMIT :n", w=workbook, n=limit)

    def cells(self, seqs: Iterable[int]) -> dict[int, list[LoggedCell]]:
        """The cells that each of these changes wrote."""
        wanted = list(seqs)
        found: dict[int, list[LoggedCell]] = {seq: [] for seq in wanted}
        marks = ",".join(str(int(seq)) for seq in wanted)
        with self.store.reading() as connection:
            for row in connection.execute(text(_LOGGED + f" WHERE cells.seq IN ({marks}) ORDER BY n")):
                found[row.seq].append(_logged(row))
        return found

    def log_after(self, workbook: str, generation: int) -> list[LoggedCell]:
        """Every cell written after this generation, oldest first; what a file of that generation cannot know."""
        with self.store.reading() as connection:
            rows = connection.execute(
                text(_LOGGED + " WHERE cells.workbook=:w AND cells.generation>:g ORDER BY n"),
                {"w": workbook, "g": generation},
            )
            return [_logged(row) for row in rows]

    def releases(self, workbook: str) -> list[ReleaseRow]:
        """Releases whose change is in the sheet or on its way there."""
        with self.store.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT r.register, r.record, r.rule, r.reason, r.by, r.at, r.binds FROM releases r JOIN changes c"
                    " ON c.seq=r.seq WHERE r.workbook=:w AND c.state IN ('pending','saved') ORDER BY r.n"
                ),
                {"w": workbook},
            )
            return [ReleaseRow(*row[:6], binds=json.loads(row[6])) for row in rows]

    def explanations(self, workbook: str) -> list[ExplanationRow]:
        """What was explained, oldest first."""
        with self.store.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT register, record, rule, field, reason, by, at, binds FROM explanations WHERE workbook=:w"
                    " ORDER BY n"
                ),
                {"w": workbook},
            )
            return [ExplanationRow(*row[:7], binds=json.loads(row[7])) for row in rows]

    def explain(self, ids: Sequence[str], why: str, at: str) -> None:
        """Say why these changes are still queued; the time of the first saying stays."""
        with self.store.transaction() as connection:
            moved = 0
            for change_id in ids:
                moved += connection.execute(
                    text(
                        "UPDATE changes SET why_since=CASE WHEN why='' THEN :at ELSE why_since END, why=:why"
                        " WHERE id=:id AND state='pending' AND why<>:why"
                    ),
                    {"id": change_id, "why": why, "at": at},
                ).rowcount
            if moved:
                bump(connection)

    def handle(self, change_id: str, at: str) -> None:
        """Its author has taken care of it."""
        with self.store.transaction() as connection:
            connection.execute(
                text("UPDATE changes SET handled_at=:at WHERE id=:id AND handled_at IS NULL"),
                {"id": change_id, "at": at},
            )
            bump(connection)

    def notices(self, workbook: str) -> list[Notice]:
        """Unhandled notices, newest first."""
        rows = self.store.look(
            "SELECT n, workbook, kind, at, body, handled_at FROM notices WHERE workbook=:w AND handled_at IS NULL"
            " ORDER BY n DESC",
            w=workbook,
        )
        return [Notice(row.n, row.workbook, row.kind, row.at, json.loads(row.body), row.handled_at) for row in rows]

    def notify(self, workbook: str, kind: str, at: str, body: Mapping[str, Any]) -> None:
        """Leave a notice, unless an equal one still stands."""
        with self.store.transaction() as connection:
            add_notice(connection, workbook, kind, at, body)
            bump(connection)

    def dismiss(self, n: int, by: str, at: str) -> None:
        with self.store.transaction() as connection:
            connection.execute(
                text("UPDATE notices SET handled_at=:at, handled_by=:by WHERE n=:n"), {"n": n, "at": at, "by": by}
            )
            bump(connection)

    def _entries(self, where: str, **values: object) -> list[Entry]:
        return [Entry(*row) for row in self.store.look(f"SELECT {_ENTRY} FROM changes WHERE {where}", **values)]


_LOGGED = (
    "SELECT cells.seq, register, record, field, before, after, fresh, cells.generation, origin, changes.actor"
    " FROM cells JOIN changes ON changes.seq=cells.seq"
)


def _explained(entry: Entry, why: str, why_since: str, behind: str | None) -> Entry:
    if (entry.why, entry.why_since, entry.behind) == (why, why_since, behind):
        return entry
    return replace(entry, why=why, why_since=why_since, behind=behind)


def _logged(row: Row[Any]) -> LoggedCell:
    seq, register, record, name, before, after, fresh, generation, origin, actor = tuple(row)
    return LoggedCell(seq, register, record, name, before, after, bool(fresh), generation, origin, actor)


def _entry_where(connection: Connection, where: str, **values: object) -> Entry | None:
    row = connection.execute(text(f"SELECT {_ENTRY} FROM changes WHERE {where}"), values).first()
    return Entry(*row) if row is not None else None


def _version(connection: Connection) -> int:
    return int(connection.execute(text("SELECT value FROM meta WHERE key='version'")).scalar_one())


def bump(connection: Connection) -> None:
    """Tell every process that something moved."""
    connection.execute(text("UPDATE meta SET value=CAST(value AS INTEGER)+1 WHERE key='version'"))


def add_entry(connection: Connection, entry: NewEntry) -> int:
    """Write an entry with its touches, cells, releases and explanations; the seq."""
    seq = connection.execute(
        text(
            "INSERT INTO changes (id, workbook, actor, source, at, key, parent, state, body, outcome, generation,"
            " settled_at) VALUES (:id, :workbook, :actor, :source, :at, :key, :parent, :state, :body, :outcome,"
            " :generation, CASE WHEN :state='saved' THEN :at END) RETURNING seq"
        ),
        {
            name: getattr(entry, name)
            for name in (
                "id", "workbook", "actor", "source", "at", "key", "parent", "state", "body", "outcome", "generation",
            )
        },
    ).scalar_one()  # fmt: skip
    for register, record in entry.touches:
        connection.execute(
            text("INSERT OR IGNORE INTO touches VALUES (:s, :w, :g, :r)"),
            {"s": seq, "w": entry.workbook, "g": register, "r": record},
        )
    if entry.cells:
        assert entry.generation is not None
        add_cells(connection, seq, entry.workbook, entry.cells, entry.generation, entry.origin)
    for release in entry.releases:
        values = asdict(release) | {"binds": json.dumps(dict(release.binds), ensure_ascii=False), "s": seq}
        connection.execute(
            text(
                "INSERT INTO releases (seq, workbook, register, record, rule, reason, by, at, binds)"
                " VALUES (:s, :w, :register, :record, :rule, :reason, :by, :at, :binds)"
            ),
            values | {"w": entry.workbook},
        )
    for one in entry.explanations:
        values = asdict(one) | {"binds": json.dumps(dict(one.binds), ensure_ascii=False), "s": seq}
        connection.execute(
            text(
                "INSERT INTO explanations (seq, workbook, register, record, rule, field, reason, by, at, binds)"
                " VALUES (:s, :w, :register, :record, :rule, :field, :reason, :by, :at, :binds)"
            ),
            values | {"w": entry.workbook},
        )
    return seq


def add_cells(
    connection: Connection, seq: int, workbook: str, cells: Sequence[CellChange], generation: int, origin: int | None
) -> None:
    if cells:
        connection.execute(
            text(
                "INSERT INTO cells (seq, workbook, register, record, field, before, after, fresh, generation, origin)"
                " VALUES (:s, :w, :register, :record, :field, :before, :after, :fresh, :g, :o)"
            ),
            [asdict(cell) | {"s": seq, "w": workbook, "g": generation, "o": origin} for cell in cells],
        )


def settle(connection: Connection, settled: Settled, workbook: str, generation: int, at: str) -> None:
    """Turn a pending change into its outcome; settling twice changes nothing (recovery after a crash)."""
    row = connection.execute(
        text(
            "UPDATE changes SET state=:state, outcome=:outcome, generation=:g, settled_at=:at, why='', why_since=''"
            " WHERE id=:id AND state='pending' RETURNING seq, actor"
        ),
        {"id": settled.id, "state": settled.state, "outcome": settled.outcome, "g": generation, "at": at},
    ).first()
    if row is None:
        return
    add_cells(connection, row.seq, workbook, settled.cells, generation, None)
    if settled.state in FAILED:
        # What its author asked for on top of it, on the same records, waits until they have taken care of it.
        connection.execute(
            text(
                "UPDATE changes SET behind=:id WHERE workbook=:w AND state='pending' AND actor=:a AND source<>'engine'"
                " AND seq IN (SELECT later.seq FROM touches failed JOIN touches later USING (workbook, register, record)"
                " WHERE failed.seq=:s AND later.seq>:s)"
            ),
            {"id": settled.id, "w": workbook, "a": row.actor, "s": row.seq},
        )


def add_notice(connection: Connection, workbook: str, kind: str, at: str, body: Mapping[str, Any]) -> None:
    values = {"w": workbook, "k": kind, "at": at, "b": json.dumps(body, ensure_ascii=False, sort_keys=True)}
    connection.execute(
        text(
            "INSERT INTO notices (workbook, kind, at, body) SELECT :w, :k, :at, :b WHERE NOT EXISTS"
            " (SELECT 1 FROM notices WHERE workbook=:w AND kind=:k AND body=:b AND handled_at IS NULL)"
        ),
        values,
    )
