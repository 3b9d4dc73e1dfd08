"""console.sqlite: the durable memory of the installation, shared by console and command line.

Opening it brings the schema to the current number; before each migration the file is copied to backups/. All times are
ISO texts of Asia/Shanghai, all bodies JSON. Readers see the last committed state (WAL); a writer takes the write lock at
once (BEGIN IMMEDIATE) and returns only when the operating system has the data on disk (synchronous=FULL).
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import OperationalError

from sheets.port import StorageError

# Append only: a published migration is never edited, because installations have run it.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE workbooks (
        id TEXT PRIMARY KEY, address TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL DEFAULT 0,
        revision TEXT NOT NULL DEFAULT '', contacted INTEGER NOT NULL DEFAULT 0, stamped INTEGER NOT NULL DEFAULT 0,
        hold TEXT NOT NULL DEFAULT '', baseline_version INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, workbook TEXT NOT NULL, actor TEXT NOT NULL,
        source TEXT NOT NULL, at TEXT NOT NULL, key TEXT, parent TEXT, state TEXT NOT NULL, body TEXT NOT NULL,
        outcome TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '', why_since TEXT NOT NULL DEFAULT '',
        generation INTEGER, settled_at TEXT, handled_at TEXT);
    CREATE UNIQUE INDEX changes_key ON changes (workbook, key) WHERE key IS NOT NULL;
    CREATE INDEX changes_state ON changes (workbook, state, seq);
    CREATE INDEX changes_actor ON changes (actor, state);
    CREATE TABLE touches (seq INTEGER NOT NULL, workbook TEXT NOT NULL, register TEXT NOT NULL, record TEXT NOT NULL,
        PRIMARY KEY (workbook, register, record, seq)) WITHOUT ROWID;
    CREATE TABLE cells (
        n INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, workbook TEXT NOT NULL, register TEXT NOT NULL,
        record TEXT NOT NULL, field TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, fresh INTEGER NOT NULL,
        generation INTEGER NOT NULL, origin INTEGER);
    CREATE INDEX cells_generation ON cells (workbook, generation);
    CREATE INDEX cells_record ON cells (workbook, register, record);
    CREATE TABLE baseline (workbook TEXT NOT NULL, register TEXT NOT NULL, record TEXT NOT NULL, texts TEXT NOT NULL,
        vanished_at TEXT, PRIMARY KEY (workbook, register, record)) WITHOUT ROWID;
    CREATE TABLE sightings (workbook TEXT NOT NULL, register TEXT NOT NULL, fingerprint TEXT NOT NULL,
        seen_at TEXT NOT NULL, PRIMARY KEY (workbook, register, fingerprint)) WITHOUT ROWID;
    CREATE TABLE commits (workbook TEXT NOT NULL, generation INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (workbook, generation)) WITHOUT ROWID;
    CREATE TABLE releases (n INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, workbook TEXT NOT NULL,
        register TEXT NOT NULL, record TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL,
        at TEXT NOT NULL, binds TEXT NOT NULL);
    CREATE TABLE notices (n INTEGER PRIMARY KEY AUTOINCREMENT, workbook TEXT NOT NULL, kind TEXT NOT NULL,
        at TEXT NOT NULL, body TEXT NOT NULL, handled_at TEXT, handled_by TEXT);
    CREATE TABLE drafts (actor TEXT NOT NULL, register TEXT NOT NULL, record TEXT NOT NULL, body TEXT NOT NULL,
        updated_at TEXT NOT NULL, PRIMARY KEY (actor, register, record)) WITHOUT ROWID;
    """,
    """
    ALTER TABLE changes ADD COLUMN behind TEXT;
    ALTER TABLE workbooks ADD COLUMN registers TEXT NOT NULL DEFAULT '{}';
    CREATE INDEX touches_seq ON touches (seq);
    CREATE INDEX changes_generation ON changes (workbook, generation);
    """,
    """
    CREATE TABLE accounts (
        id TEXT PRIMARY KEY, record TEXT NOT NULL DEFAULT '', name TEXT NOT NULL, password TEXT NOT NULL DEFAULT '',
        admin INTEGER NOT NULL DEFAULT 0, demo INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL,
        created_by TEXT NOT NULL, signed_in_at TEXT NOT NULL DEFAULT '', disabled_at TEXT NOT NULL DEFAULT '');
    CREATE UNIQUE INDEX accounts_record ON accounts (record, demo) WHERE record <> '';
    CREATE TABLE sessions (
        token TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id), created_at TEXT NOT NULL,
        seen_at TEXT NOT NULL, address TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX sessions_account ON sessions (account);
    CREATE TABLE invites (
        token TEXT PRIMARY KEY, account TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX invites_account ON invites (account);
    CREATE TABLE attempts (
        subject TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at TEXT NOT NULL, until TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE findings (
        n INTEGER PRIMARY KEY AUTOINCREMENT, workbook TEXT NOT NULL, register TEXT NOT NULL, record TEXT NOT NULL,
        rule TEXT NOT NULL, field TEXT NOT NULL, message TEXT NOT NULL, level TEXT NOT NULL, value TEXT NOT NULL,
        due INTEGER NOT NULL, source TEXT NOT NULL, seen_at TEXT NOT NULL, gone_at TEXT);
    CREATE INDEX findings_standing ON findings (workbook, register, record) WHERE gone_at IS NULL;
    CREATE INDEX findings_gone ON findings (workbook, gone_at) WHERE gone_at IS NOT NULL;
    CREATE TABLE explanations (n INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, workbook TEXT NOT NULL,
        register TEXT NOT NULL, record TEXT NOT NULL, rule TEXT NOT NULL, field TEXT NOT NULL, reason TEXT NOT NULL,
        by TEXT NOT NULL, at TEXT NOT NULL, binds TEXT NOT NULL);
    CREATE INDEX explanations_workbook ON explanations (workbook, n);
    CREATE INDEX cells_seq ON cells (seq);
    CREATE INDEX changes_log_at ON changes (at, seq);
    CREATE INDEX changes_log_actor ON changes (actor, seq);
    CREATE INDEX changes_log_source ON changes (source, seq);
    CREATE INDEX changes_log_state ON changes (state, seq);
    CREATE INDEX touches_register ON touches (workbook, register, seq);
    """,
    """
    CREATE TABLE list_columns (actor TEXT NOT NULL, register TEXT NOT NULL, columns TEXT NOT NULL,
        updated_at TEXT NOT NULL, PRIMARY KEY (actor, register)) WITHOUT ROWID;
    CREATE TABLE list_views (id TEXT PRIMARY KEY, register TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
        shared INTEGER NOT NULL, body TEXT NOT NULL, updated_at TEXT NOT NULL);
    CREATE UNIQUE INDEX list_views_name ON list_views (register, owner, name);
    """,
    """
    CREATE TABLE photos (
        name TEXT PRIMARY KEY, digest TEXT NOT NULL, register TEXT NOT NULL, field TEXT NOT NULL, by TEXT NOT NULL,
        at TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX photos_digest ON photos (digest);
    """,
)


class StoreTooNew(StorageError):
    """The file was written by a newer version of the console."""

    sentence = "数据文件 console.sqlite 来自更新版本的控制台,请先升级控制台再启动。"


class StoreFull(StorageError):
    """There is no room left for the database."""

    sentence = "控制台数据目录所在的磁盘已满,刚才的内容没有保存,请清理磁盘后再试一次。"


class Store:
    """The database of one data folder. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "console.sqlite"
        self.backups = folder / "backups"
        self.backups.mkdir(exist_ok=True)
        self._engine = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": 30})
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin_immediate)
        self._reading = self._engine.execution_options(reading=True)
        self._migrate()
        self._look_over(sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False))
        self.installation = self._installation()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One atomic step, durable when the block ends; raises StoreFull, and nothing has happened, on a full disk."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except OperationalError as error:
            if isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise StoreFull(str(error)) from error
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view that never waits for a writer."""
        with self._reading.begin() as connection:
            yield connection

    def look(self, select: str, **values: object) -> list[Any]:
        """The rows of one SELECT as named tuples, over a connection kept open. For what every run of a page asks: it takes
        10 µs where a transaction of its own takes 100 and more."""
        with self._open_guard:
            return self._open.execute(select, values).fetchall()

    def _look_over(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = _named_row
        self._open, self._open_guard = connection, threading.Lock()

    def meta(self, key: str) -> str | None:
        """What stands in the table `meta` now, whichever process wrote it."""
        rows = self.look("SELECT value FROM meta WHERE key=:key", key=key)
        return rows[0].value if rows else None

    def backup(self, target: Path) -> None:
        """A consistent copy, also while others write."""
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)

    def close(self) -> None:
        with self._open_guard:
            self._open.close()
        self._engine.dispose()

    def _migrate(self) -> None:
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            while True:
                connection.execute("BEGIN IMMEDIATE")
                number = connection.execute("PRAGMA user_version").fetchone()[0]
                if number > len(MIGRATIONS):
                    connection.execute("ROLLBACK")
                    raise StoreTooNew
                if number == len(MIGRATIONS):
                    connection.execute("ROLLBACK")
                    return
                if number:
                    self.backup(self.backups / f"console-v{number}.sqlite")
                for statement in MIGRATIONS[number].split(";"):
                    if statement.strip():
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number + 1}")
                connection.execute("COMMIT")

    def _installation(self) -> str:
        """The random id by which this installation marks its workbooks."""
        with self.transaction() as connection:
            connection.execute(
                text("INSERT OR IGNORE INTO meta VALUES ('installation', :id), ('version', '0')"),
                {"id": uuid.uuid4().hex},
            )
            return connection.execute(text("SELECT value FROM meta WHERE key='installation'")).scalar_one()


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _named_row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> tuple[Any, ...]:
    return _row_type(tuple(column[0] for column in cursor.description))(*values)


@cache
def _row_type(names: tuple[str, ...]) -> Callable[..., tuple[Any, ...]]:
    return namedtuple("Row", names, rename=True)  # type: ignore[return-value]  # known at run time only


def _begin_immediate(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
