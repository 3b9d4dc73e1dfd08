"""Accounts, sessions and one-time links in console.sqlite. Tokens are kept as their hash: who reads the file cannot use them.

What may be done with them is decided in logic.door; all times come from there.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from sheets.store import Store

FIRST = ""  # the account of an invite that makes the first administrator


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in. `record`: the row of the roster it belongs to, "" for an administrator who stands in none; `name`:
    as the roster last said; `password`: its hash, "" until one was set; `demo`: signs in without one, in demo mode only."""

    id: str
    record: str
    name: str
    password: str
    admin: bool
    demo: bool
    created_at: str
    signed_in_at: str
    disabled_at: str


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in; `token` is the hash of what it shows."""

    token: str
    account: Account
    created_at: str
    seen_at: str
    address: str


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that sets a password once. `expires_at` "" while it is good until used."""

    token: str
    account: str
    expires_at: str


_COLUMNS = "a.id, a.record, a.name, a.password, a.admin, a.demo, a.created_at, a.signed_in_at, a.disabled_at"


def new_token() -> str:
    """256 random bits, for an address or a cookie."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Accounts:
    """The tables. What changes several rows takes part in the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def secret(self) -> bytes:
        """What cookies and forms of this installation are signed with; made once."""
        with self.store.transaction() as connection:
            connection.execute(text("INSERT OR IGNORE INTO meta VALUES ('door', :new)"), {"new": secrets.token_hex(32)})
            value = connection.execute(text("SELECT value FROM meta WHERE key='door'")).scalar_one()
        return bytes.fromhex(value)

    # -- accounts ------------------------------------------------------------------------------------------------------

    def all(self) -> list[Account]:
        with self.store.reading() as connection:
            return _accounts(connection, "ORDER BY a.name, a.demo")

    def get(self, id: str) -> Account | None:
        with self.store.reading() as connection:
            return next(iter(_accounts(connection, "WHERE a.id=:id", id=id)), None)

    def add(self, connection: Connection, name: str, record: str, at: str, by: str, *, admin: bool, demo: bool) -> str:
        id = uuid.uuid4().hex
        connection.execute(
            text(
                "INSERT INTO accounts (id, record, name, admin, demo, created_at, created_by) "
                "VALUES (:id, :record, :name, :admin, :demo, :at, :by)"
            ),
            {"id": id, "record": record, "name": name, "admin": admin, "demo": demo, "at": at, "by": by},
        )
        return id

    def of_record(self, connection: Connection, record: str, *, demo: bool) -> Account | None:
        found = _accounts(connection, "WHERE a.record=:record AND a.demo=:demo", record=record, demo=demo)
        return found[0] if found else None

    def update(self, connection: Connection, id: str, **values: str | bool) -> None:
        """Set columns of an account; their names are ours, never a visitor's."""
        columns = ", ".join(f"{name}=:{name}" for name in values)
        connection.execute(text(f"UPDATE accounts SET {columns} WHERE id=:id"), {**values, "id": id})

    def administrators(self, connection: Connection) -> list[Account]:
        """Those who can sign in with a password."""
        return _accounts(connection, "WHERE a.admin=1 AND a.demo=0 AND a.disabled_at='' AND a.password<>''")

    # -- sessions ------------------------------------------------------------------------------------------------------

    def open_session(self, connection: Connection, account: str, at: str, address: str) -> str:
        """The token of a new session; nobody chooses it."""
        token = new_token()
        connection.execute(
            text("INSERT INTO sessions VALUES (:token, :account, :at, :at, :address)"),
            {"token": hashed(token), "account": account, "at": at, "address": address},
        )
        self.update(connection, account, signed_in_at=at)
        return token

    def session(self, token: str) -> Session | None:
        """The session of this hash, whether it is still good or not."""
        found = self.store.look(
            f"SELECT {_COLUMNS}, s.created_at AS begun_at, s.seen_at, s.address "
            "FROM sessions s JOIN accounts a ON a.id=s.account WHERE s.token=:token",
            token=token,
        )
        return next((Session(token, _account(row), row.begun_at, row.seen_at, row.address) for row in found), None)

    def sessions(self) -> dict[str, list[str]]:
        """When each session of an account was last used, by account."""
        found: dict[str, list[str]] = {}
        with self.store.reading() as connection:
            for row in connection.execute(text("SELECT account, seen_at FROM sessions")):
                found.setdefault(row.account, []).append(row.seen_at)
        return found

    def touch(self, token: str, at: str) -> None:
        with self.store.transaction() as connection:
            connection.execute(text("UPDATE sessions SET seen_at=:at WHERE token=:token"), {"at": at, "token": token})

    def end(self, connection: Connection, *, token: str = "", account: str = "", but: str = "") -> None:
        """End one session, or all of an account but one."""
        connection.execute(
            text("DELETE FROM sessions WHERE (token=:token OR account=:account) AND token<>:but"),
            {"token": token, "account": account, "but": but},
        )

    def end_old(self, connection: Connection, *, unseen_since: str, begun_before: str) -> None:
        connection.execute(
            text("DELETE FROM sessions WHERE seen_at<=:seen OR created_at<=:begun"),
            {"seen": unseen_since, "begun": begun_before},
        )

    def forget_visitors(self) -> None:
        """Whoever was signed in, and whoever had a link, is so no more: this is a file of some time ago."""
        with self.store.transaction() as connection:
            connection.execute(text("DELETE FROM sessions"))
            connection.execute(text("DELETE FROM invites"))

    # -- one-time links ------------------------------------------------------------------------------------------------

    def invite(self, connection: Connection, account: str, at: str, expires_at: str) -> str:
        """The token of a new link; earlier ones of this account end."""
        token = new_token()
        self.forget_invites(connection, account)
        connection.execute(
            text("INSERT INTO invites VALUES (:token, :account, :at, :expires_at)"),
            {"token": hashed(token), "account": account, "at": at, "expires_at": expires_at},
        )
        return token

    def invited(self, token: str) -> Invite | None:
        with self.store.reading() as connection:
            row = connection.execute(
                text("SELECT account, expires_at FROM invites WHERE token=:token"), {"token": hashed(token)}
            ).first()
        return Invite(hashed(token), row.account, row.expires_at) if row is not None else None

    def use_invite(self, connection: Connection, token: str) -> bool:
        """Take the link; only one taker gets it."""
        return connection.execute(text("DELETE FROM invites WHERE token=:t"), {"t": hashed(token)}).rowcount == 1

    def forget_invites(self, connection: Connection, account: str) -> None:
        connection.execute(text("DELETE FROM invites WHERE account=:account"), {"account": account})


def _accounts(connection: Connection, rest: str, **values: str | bool) -> list[Account]:
    return [_account(row) for row in connection.execute(text(f"SELECT {_COLUMNS} FROM accounts a {rest}"), values)]


def _account(row: Any) -> Account:
    return Account(
        row.id,
        row.record,
        row.name,
        row.password,
        bool(row.admin),
        bool(row.demo),
        row.created_at,
        row.signed_in_at,
        row.disabled_at,
    )
