"""Drafts (草稿): what somebody typed and has not sent, kept on disk so that it survives reload, restart and conflict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from sheets.store import Store

NEW = ""  # the record of a draft for a new row


@dataclass(frozen=True, slots=True)
class Draft:
    """`body` is the page's own: what was typed and what was seen, by field."""

    actor: str
    register: str
    record: str
    body: Mapping[str, Any]
    updated_at: str


class Drafts:
    """One draft per actor and record."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, actor: str, register: str, record: str, body: Mapping[str, Any], at: str) -> None:
        with self.store.transaction() as connection:
            connection.execute(
                text("INSERT OR REPLACE INTO drafts VALUES (:a, :g, :r, :b, :at)"),
                {"a": actor, "g": register, "r": record, "b": json.dumps(body, ensure_ascii=False), "at": at},
            )

    def get(self, actor: str, register: str, record: str) -> Draft | None:
        rows = self.store.look(
            "SELECT body, updated_at FROM drafts WHERE actor=:a AND register=:g AND record=:r",
            a=actor,
            g=register,
            r=record,
        )
        return Draft(actor, register, record, json.loads(rows[0].body), rows[0].updated_at) if rows else None

    def of(self, actor: str) -> list[Draft]:
        """All drafts of a person, newest first, but for what stands under a name that is no register's (@…)."""
        rows = self.store.look(
            "SELECT register, record, body, updated_at FROM drafts WHERE actor=:a AND register NOT LIKE '@%'"
            " ORDER BY updated_at DESC",
            a=actor,
        )
        return [Draft(actor, row.register, row.record, json.loads(row.body), row.updated_at) for row in rows]

    def records(self, actor: str, register: str) -> list[str]:
        """For which records of a register a person has drafts."""
        rows = self.store.look(
            "SELECT record FROM drafts WHERE actor=:a AND register=:g ORDER BY record", a=actor, g=register
        )
        return [row.record for row in rows]

    def drop(self, actor: str, register: str, record: str) -> None:
        with self.store.transaction() as connection:
            connection.execute(
                text("DELETE FROM drafts WHERE actor=:a AND register=:g AND record=:r"),
                {"a": actor, "g": register, "r": record},
            )
