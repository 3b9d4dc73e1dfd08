"""What a person does with the file and its tabs, not with its cells."""

from __future__ import annotations

from collections.abc import Callable

from tests.fake_sheets import batch_tabs
from tests.fake_sheets.batch_common import Batch
from tests.fake_sheets.book import Book
from tests.fake_sheets.cloud import EMAIL, MANAGER, Cloud
from tests.fake_sheets.content import Content, Sheet, new_sheet


class Owner:
    """`name`: what Drive gives as the last one who changed the file."""

    def __init__(self, cloud: Cloud, book: Book, name: str = MANAGER) -> None:
        self.cloud, self.book, self.name = cloud, book, name

    def _do(self, sheet: str, change: Callable[[Content, Sheet], object]) -> None:
        def whole(content: Content) -> None:
            tab = content.titled(sheet)
            assert tab is not None, f"no tab {sheet}"
            change(content, content.writable(tab.id))

        self._do_whole(whole)

    def _do_whole(self, change: Callable[[Content], object]) -> None:
        """One change, one version, seen by the API at once."""
        with self.cloud.lock:
            content = self.book.content.copy()
            change(content)
            self.book.commit(content, self.name)

    def add_tab(self, title: str, *, rows: int = 1000, columns: int = 26) -> None:
        def change(content: Content) -> None:
            new_id = content.free_id(sheet.id for sheet in content.sheets)
            content.sheets.append(new_sheet(new_id, title, rows, columns))

        self._do_whole(change)

    def rename_tab(self, sheet: str, title: str) -> None:
        self._do(sheet, lambda content, tab: batch_tabs.rename(content, tab, title))

    def delete_tab(self, sheet: str) -> None:
        def change(content: Content, tab: Sheet) -> None:
            batch_tabs.delete_sheet(Batch(self.book, content, self.name), {"sheetId": tab.id})

        self._do(sheet, change)

    def rename_file(self, title: str) -> None:
        def change(content: Content) -> None:
            content.properties = {**content.properties, "title": title}

        self._do_whole(change)

    def delete_named_ranges(self) -> None:
        """All names, the console's own too."""
        self._do_whole(lambda content: content.named.clear())

    def save_copy(self) -> int:
        """The number of the version as it stands, for `restore`."""
        return self.book.version

    def restore(self, copy: int) -> None:
        """The history's "restore this version": the whole content, named ranges included."""
        with self.cloud.lock:
            self.book.restore(copy, self.name)

    def touch(self) -> None:
        """Something that counts as a new version and changes no cell (a comment, a share)."""
        self._do_whole(lambda _: None)

    def share(self, role: str = "writer", *, email: str = EMAIL) -> None:
        """`role`: writer or reader."""
        with self.cloud.lock:
            self.book.shares[email] = role

    def unshare(self, email: str = EMAIL) -> None:
        with self.cloud.lock:
            self.book.shares.pop(email, None)

    def trash(self, trashed: bool = True) -> None:
        """In the bin: the Sheets API still answers, Drive says trashed."""
        with self.cloud.lock:
            self.book.trashed = trashed

    def delete_file(self) -> None:
        """For good."""
        with self.cloud.lock:
            self.book.deleted = True
