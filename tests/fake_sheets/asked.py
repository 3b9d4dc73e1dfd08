"""One decoded call to the Sheets API, as its methods are given it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fake_sheets.batch_common import Batch
from tests.fake_sheets.book import Book
from tests.fake_sheets.masks import Tree
from tests.fake_sheets.ranges import Json


@dataclass(slots=True)
class Asked:
    """One call, decoded. `applied` is called when the content has changed and the answer is not yet composed."""

    book: Book
    person: str
    path: dict[str, str]
    query: dict[str, list[str]]
    body: Json
    mask: Tree | None
    year: int
    applied: Callable[[], None] = field(default=lambda: None)

    def one(self, name: str) -> str | None:
        return self.query.get(name, [None])[0]

    def flag(self, name: str) -> bool:
        return (self.one(name) or "false").lower() == "true"

    @property
    def rendering(self) -> Json:
        return {name: values[0] for name, values in self.query.items()}

    def batch(self) -> Batch:
        return Batch(self.book, self.book.content.copy(), self.person)

    def commit(self, batch: Batch) -> None:
        """The copy becomes the content; what a test planned for this moment happens."""
        self.book.commit(batch.content, self.person)
        self.applied()
