"""How people like their lists: the columns each of them chose, and filters saved under a name.

What a view holds is the page's own (JSON); here it only has an owner, a name and whether everybody may use it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from sheets.store import Store


@dataclass(frozen=True, slots=True)
class StoredView:
    """A view as it was saved. `shared`: everybody may use it."""

    id: str
    register: str
    owner: str
    name: str
    shared: bool
    body: Mapping[str, Any]


class ListViews:
    """The saved views and chosen columns of everybody."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def columns(self, actor: str, register: str) -> tuple[str, ...] | None:
        """The columns a person chose, None while they chose none."""
        rows = self.store.look("SELECT columns FROM list_columns WHERE actor=:a AND register=:g", a=actor, g=register)
        return tuple(json.loads(rows[0].columns)) if rows else None

    def choose(self, actor: str, register: str, columns: Sequence[str] | None, at: str) -> None:
        """Keep the columns a person wants, or forget them."""
        values = {"a": actor, "g": register, "c": json.dumps(columns), "at": at}
        with self.store.transaction() as connection:
            if columns is None:
                connection.execute(text("DELETE FROM list_columns WHERE actor=:a AND register=:g"), values)
            else:
                connection.execute(text("INSERT OR REPLACE INTO list_columns VALUES (:a, :g, :c, :at)"), values)

    def of(self, actor: str, register: str) -> list[StoredView]:
        """The views a person may use, their own first, each group by name."""
        rows = self.store.look(
            "SELECT id, register, owner, name, shared, body FROM list_views"
            " WHERE register=:g AND (owner=:a OR shared=1) ORDER BY owner<>:a, name, id",
            a=actor,
            g=register,
        )
        return [_view(row) for row in rows]

    def get(self, id: str) -> StoredView | None:
        rows = self.store.look("SELECT id, register, owner, name, shared, body FROM list_views WHERE id=:i", i=id)
        return _view(rows[0]) if rows else None

    def save(self, actor: str, register: str, name: str, body: Mapping[str, Any], at: str) -> str:
        """Keep a view under a name of its owner; the same name again is the same view. Its id."""
        values = {
            "i": uuid.uuid4().hex,
            "g": register,
            "a": actor,
            "n": name,
            "b": json.dumps(body, ensure_ascii=False),
            "at": at,
        }
        with self.store.transaction() as connection:
            connection.execute(
                text(
                    "INSERT INTO list_views (id, register, owner, name, shared, body, updated_at)"
                    " VALUES (:i, :g, :a, :n, 0, :b, :at)"
                    " ON CONFLICT (register, owner, name) DO UPDATE SET body=:b, updated_at=:at"
                ),
                values,
            )
            return connection.execute(
                text("SELECT id FROM list_views WHERE register=:g AND owner=:a AND name=:n"), values
            ).scalar_one()

    def rename(self, id: str, name: str, at: str) -> bool:
        """Another name; False, and nothing has happened, where its owner has a view of that name already."""
        with self.store.transaction() as connection:
            taken = connection.execute(
                text(
                    "SELECT 1 FROM list_views one JOIN list_views other USING (register, owner)"
                    " WHERE one.id=:i AND other.id<>:i AND other.name=:n"
                ),
                {"i": id, "n": name},
            ).first()
            if taken is None:
                connection.execute(
                    text("UPDATE list_views SET name=:n, updated_at=:at WHERE id=:i"), {"i": id, "n": name, "at": at}
                )
        return taken is None

    def share(self, id: str, shared: bool, at: str) -> None:
        """Let everybody use a view, or only its owner again."""
        with self.store.transaction() as connection:
            connection.execute(
                text("UPDATE list_views SET shared=:s, updated_at=:at WHERE id=:i"), {"i": id, "s": shared, "at": at}
            )

    def drop(self, id: str) -> None:
        with self.store.transaction() as connection:
            connection.execute(text("DELETE FROM list_views WHERE id=:i"), {"i": id})


def _view(row: Any) -> StoredView:
    return StoredView(row.id, row.register, row.owner, row.name, bool(row.shared), json.loads(row.body))
