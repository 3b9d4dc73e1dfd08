"""What is known of each workbook: whose it is, its generation (版次), its Baseline (底稿), rows seen without an id.

The Baseline is the last seen content of every record, as canonical texts; direct edits are told from it. It advances in
the same transaction in which what explains the difference is journaled: an own commit, or a direct edit found.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from sheets.journal import CellChange, NewEntry, Settled, add_entry, add_notice, bump, settle
from sheets.store import Store

Texts = Mapping[str, str]
Baseline = dict[str, dict[str, "BaselineRow"]]
NoticeBody = tuple[str, Mapping[str, Any]]  # kind and what it says


@dataclass(frozen=True, slots=True)
class Standing:
    """A workbook as the store knows it.

    `contacted`: its content was taken into the Baseline once. `stamped`: a commit of ours was written into it, so that a
    file without our stamp at this address is another one. `hold` is why it is read-only, as JSON, or empty. `registers`:
    those met so far; a number says of which generation the content was while a register could not be read.
    """

    id: str
    address: str
    generation: int
    revision: str
    contacted: bool
    stamped: bool
    hold: str
    registers: Mapping[str, int | None] = field(default_factory=dict[str, "int | None"])


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A record as last seen; `texts` None removes it, `vanished_at` says since when it is gone from the sheet."""

    register: str
    record: str
    texts: Texts | None
    vanished_at: str | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """What reading a workbook brought to light, applied in one transaction.

    `entries` are direct edits (saved) and what the engine puts back (pending). `generation` counts up when there was
    any direct edit. `sightings` replaces what is known of rows without a usable id: (register, fingerprint) → seen at.
    `registers` replaces what the Standing says of them.
    """

    entries: tuple[NewEntry, ...] = ()
    baseline: tuple[BaselineRow, ...] = ()
    notices: tuple[NoticeBody, ...] = ()
    sightings: Mapping[tuple[str, str], str] | None = None
    generation: int | None = None
    registers: Mapping[str, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A commit about to be written: all that is needed to finish it if the process dies after the file was replaced."""

    generation: int
    at: str
    settled: tuple[Settled, ...]
    baseline: tuple[BaselineRow, ...] = field(default=())


class Ledger:
    """The store's knowledge of one workbook."""

    def __init__(self, store: Store, workbook: str) -> None:
        self.store, self.workbook = store, workbook
        self._known: tuple[int, Baseline] | None = None

    def standing(self) -> Standing:
        with self.store.reading() as connection:
            row = connection.execute(
                text(
                    "SELECT id, address, generation, revision, contacted, stamped, hold, registers FROM workbooks"
                    " WHERE id=:w"
                ),
                {"w": self.workbook},
            ).one()
        return Standing(
            row.id,
            row.address,
            row.generation,
            row.revision,
            bool(row.contacted),
            bool(row.stamped),
            row.hold,
            json.loads(row.registers),
        )

    def baseline(self) -> Baseline:
        """register → record → row, vanished ones included; read again only when another process advanced it."""
        with self.store.reading() as connection:
            version = connection.execute(
                text("SELECT baseline_version FROM workbooks WHERE id=:w"), {"w": self.workbook}
            ).scalar_one()
            if self._known is None or self._known[0] != version:
                found: Baseline = {}
                for register, record, texts, vanished in connection.execute(
                    text("SELECT register, record, texts, vanished_at FROM baseline WHERE workbook=:w"),
                    {"w": self.workbook},
                ):
                    found.setdefault(register, {})[record] = BaselineRow(register, record, json.loads(texts), vanished)
                self._known = (version, found)
            return self._known[1]

    def sightings(self) -> dict[tuple[str, str], str]:
        with self.store.reading() as connection:
            rows = connection.execute(
                text("SELECT register, fingerprint, seen_at FROM sightings WHERE workbook=:w"), {"w": self.workbook}
            )
            return {(row.register, row.fingerprint): row.seen_at for row in rows}

    def observe(self, observed: Observed, at: str) -> None:
        """Journal what was found and advance the Baseline, together."""
        with self.store.transaction() as connection:
            for entry in observed.entries:
                add_entry(connection, entry)
            self._advance(connection, observed.baseline)
            for kind, body in observed.notices:
                add_notice(connection, self.workbook, kind, at, body)
            if observed.sightings is not None:
                connection.execute(text("DELETE FROM sightings WHERE workbook=:w"), {"w": self.workbook})
                for (register, fingerprint), seen_at in observed.sightings.items():
                    connection.execute(
                        text("INSERT INTO sightings VALUES (:w, :g, :f, :at)"),
                        {"w": self.workbook, "g": register, "f": fingerprint, "at": seen_at},
                    )
            if observed.generation is not None:
                connection.execute(
                    text("UPDATE workbooks SET generation=:g WHERE id=:w"),
                    {"g": observed.generation, "w": self.workbook},
                )
            if observed.registers is not None:
                connection.execute(
                    text("UPDATE workbooks SET registers=:r WHERE id=:w"),
                    {"r": json.dumps(dict(observed.registers)), "w": self.workbook},
                )
            connection.execute(text("UPDATE workbooks SET contacted=1 WHERE id=:w"), {"w": self.workbook})
            bump(connection)
        self._remember(observed.baseline)

    def prepare(self, prepared: Prepared) -> None:
        """Remember what the commit means before the file is replaced."""
        with self.store.transaction() as connection:
            connection.execute(
                text("INSERT OR REPLACE INTO commits VALUES (:w, :g, :at, :b)"),
                {
                    "w": self.workbook,
                    "g": prepared.generation,
                    "at": prepared.at,
                    "b": json.dumps(asdict(prepared), ensure_ascii=False),
                },
            )

    def prepared(self) -> Prepared | None:
        """The commit a process died in, if any."""
        with self.store.reading() as connection:
            body = connection.execute(
                text("SELECT body FROM commits WHERE workbook=:w ORDER BY generation DESC"), {"w": self.workbook}
            ).scalar()
        return _prepared(json.loads(body)) if body else None

    def withdraw(self, prepared: Prepared) -> None:
        """The commit did not happen, or was saved over. Its generation is not given again: a copy may carry it."""
        with self.store.transaction() as connection:
            connection.execute(
                text("UPDATE workbooks SET generation=MAX(generation, :g) WHERE id=:w"),
                {"g": prepared.generation, "w": self.workbook},
            )
            connection.execute(text("DELETE FROM commits WHERE workbook=:w"), {"w": self.workbook})

    def finish(self, prepared: Prepared, revision: str | None, notices: Sequence[NoticeBody] = ()) -> None:
        """The commit stands in the sheet: outcomes, cell log, Baseline and generation in one transaction.

        `revision` is None when nothing had to be written (everything stood there already, or nothing was accepted).
        """
        with self.store.transaction() as connection:
            for settled in prepared.settled:
                settle(connection, settled, self.workbook, prepared.generation, prepared.at)
            self._advance(connection, prepared.baseline)
            for kind, body in notices:
                add_notice(connection, self.workbook, kind, prepared.at, body)
            if revision is not None:
                connection.execute(
                    text("UPDATE workbooks SET generation=:g, revision=:r, stamped=1, contacted=1 WHERE id=:w"),
                    {"g": prepared.generation, "r": revision, "w": self.workbook},
                )
            connection.execute(text("DELETE FROM commits WHERE workbook=:w"), {"w": self.workbook})
            bump(connection)
        self._remember(prepared.baseline)

    def hold(self, reason: str) -> None:
        """Make the workbook read-only with this reason (JSON), or release it with an empty one."""
        with self.store.transaction() as connection:
            moved = connection.execute(
                text("UPDATE workbooks SET hold=:h WHERE id=:w AND hold<>:h"), {"h": reason, "w": self.workbook}
            ).rowcount
            if moved:
                bump(connection)

    def catch_up(self, generation: int) -> None:
        """The file has seen more commits than the store, which was restored: go on counting from there."""
        with self.store.transaction() as connection:
            connection.execute(
                text("UPDATE workbooks SET generation=MAX(generation, :g), stamped=1 WHERE id=:w"),
                {"g": generation, "w": self.workbook},
            )
            bump(connection)

    def adopt(self, generation: int) -> None:
        """Take the file that stands at the address for this workbook, as if its stamp were ours at `generation`."""
        with self.store.transaction() as connection:
            connection.execute(
                text("UPDATE workbooks SET hold='', stamped=0, generation=MAX(generation, :g) WHERE id=:w"),
                {"g": generation, "w": self.workbook},
            )
            bump(connection)

    def _advance(self, connection: Connection, rows: Sequence[BaselineRow]) -> None:
        for row in rows:
            values = {"w": self.workbook, "g": row.register, "r": row.record, "v": row.vanished_at}
            if row.texts is None:
                connection.execute(text("DELETE FROM baseline WHERE workbook=:w AND register=:g AND record=:r"), values)
            else:
                connection.execute(
                    text("INSERT OR REPLACE INTO baseline VALUES (:w, :g, :r, :t, :v)"),
                    values | {"t": json.dumps(dict(row.texts), ensure_ascii=False)},
                )
        if rows:
            connection.execute(
                text("UPDATE workbooks SET baseline_version=baseline_version+1 WHERE id=:w"), {"w": self.workbook}
            )

    def _remember(self, rows: Sequence[BaselineRow]) -> None:
        """Bring the remembered Baseline up to what this process just committed."""
        if not rows or self._known is None:
            return
        version, known = self._known
        with self.store.reading() as connection:
            now = connection.execute(
                text("SELECT baseline_version FROM workbooks WHERE id=:w"), {"w": self.workbook}
            ).scalar_one()
        if now != version + 1:
            self._known = None
            return
        for row in rows:
            if row.texts is None:
                known.get(row.register, {}).pop(row.record, None)
            else:
                known.setdefault(row.register, {})[row.record] = row
        self._known = (now, known)


def _prepared(body: Mapping[str, Any]) -> Prepared:
    return Prepared(
        body["generation"],
        body["at"],
        tuple(
            Settled(s["id"], s["state"], s["outcome"], tuple(CellChange(**c) for c in s["cells"]))
            for s in body["settled"]
        ),
        tuple(BaselineRow(**row) for row in body["baseline"]),
    )


def workbook_at(store: Store, address: str) -> Standing | None:
    """The workbook known at this address."""
    with store.reading() as connection:
        found = connection.execute(text("SELECT id FROM workbooks WHERE address=:a"), {"a": address}).scalar()
    return Ledger(store, found).standing() if found else None


def workbook_named(store: Store, workbook: str) -> Standing | None:
    with store.reading() as connection:
        known = connection.execute(text("SELECT 1 FROM workbooks WHERE id=:w"), {"w": workbook}).scalar()
    return Ledger(store, workbook).standing() if known else None


def register_workbook(store: Store, address: str, workbook: str | None = None, generation: int = 0) -> Standing:
    """Make a workbook known at an address, with the id its stamp carries or a new one."""
    identity = workbook or uuid.uuid4().hex
    with store.transaction() as connection:
        connection.execute(
            text("INSERT OR IGNORE INTO workbooks (id, address, generation) VALUES (:w, :a, :g)"),
            {"w": identity, "a": address, "g": generation},
        )
        bump(connection)
    found = workbook_at(store, address)
    assert found is not None
    return found


def move_workbook(store: Store, workbook: str, address: str) -> None:
    """The same workbook now stands at another address."""
    with store.transaction() as connection:
        connection.execute(text("UPDATE workbooks SET address=:a WHERE id=:w"), {"a": address, "w": workbook})
        bump(connection)
