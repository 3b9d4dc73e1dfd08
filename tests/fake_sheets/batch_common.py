"""What every request of a batch is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fake_sheets.book import Book
from tests.fake_sheets.content import Content
from tests.fake_sheets.ranges import Json


@dataclass(frozen=True, slots=True)
class Batch:
    """`content` is the copy the batch works on; it becomes the book's only when every request went through."""

    book: Book
    content: Content


Handler = Callable[[Batch, Json], Json]
