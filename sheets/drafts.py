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
        with self.store.reading() as connection:
            row = connection.execute(
                text("SELECT body, updated_at FROM drafts WHERE actor=:a AND register=:g AND record=:r"),
                {"a": actor, "g": register, "r": record},
            ).first()
        return Draft(actor, register, record, json.loads(row.body), row.updated_at) if row is not None else None

    def of(self, actor: str) -> list[Draft]:
        """All drafts of a person, newest first."""
        with self.store.reading() as connection:
            rows = connection.execute(
                text("SELECT register, record, body, updated_at FROM drafts WHERE actor=:a ORDER BY updated_at DESC"),
                {"a": actor},
            )
            return [Draft(actor, row.register, row.record, json.loads(row.body), row.updated_at) for row in rows]

    def drop(self, actor: str, register: str, record: str) -> None:
        with self.store.transaction() as connection:
            connection.execute(
                text("DELETE FROM drafts WHERE actor=:a AND register=:g AND record=:r"),
                {"a": actor, "g": register, "r": record},
            )
