"""What every request of a batch is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fake_sheets.book import Book
from tests.fake_sheets.content import Content
from tests.fake_sheets.ranges import Box, Json
from tests.fake_sheets.refusals import invalid


@dataclass(frozen=True, slots=True)
class Batch:
    """`content` is the copy the batch works on; it becomes the book's only when every request went through."""

    book: Book
    content: Content
    person: str

    def check_protection(self, box: Box) -> None:
        """Refused where a protected range names other editors; a range that only warns holds nobody up."""
        for item in self.content.sheet(box.sheet).protected:
            if not may_edit(item, self.person, self.book.owner) and self.content.grid_box(item["range"]).meets(box):
                raise invalid(
                    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to "
                    "remove protection if you need to edit."
                )

    def check_growth(self, sheet_id: int, rows: bool, at: int) -> None:
        """Refused where a line inserted before line `at` would fall inside somebody else's protected range."""
        for item in self.content.sheet(sheet_id).protected:
            box = self.content.grid_box(item["range"])
            inside = box.top < at < box.bottom if rows else box.left < at < box.right
            if inside:
                self.check_protection(box)


def may_edit(protected: Json, person: str, owner: str) -> bool:
    return bool(protected.get("warningOnly")) or person in (owner, *protected.get("editors", {}).get("users", ()))


Handler = Callable[[Batch, Json], Json]
