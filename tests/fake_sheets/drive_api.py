"""The methods of Drive v3 that are used: one file's metadata, the list of files, their revisions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from tests.fake_sheets.book import SPREADSHEET, Book, Version
from tests.fake_sheets.masks import Tree, select
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.refusals import invalid, unsupported

_TERM = re.compile(r"""\s*(name|mimeType|trashed)\s*=\s*(?:(['"])((?:\\.|(?!\2).)*)\2|(true|false))\s*""")


def file(book: Book, person: str) -> Json:
    """The File message with everything this server knows; the mask picks from it."""
    shown, role = book.shown_version(), book.role(person)
    return {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": book.mime_type,
        "version": str(shown.number),
        "createdTime": stamp(book.created),
        "modifiedTime": stamp(shown.time),
        "trashed": book.trashed,
        "capabilities": {"canEdit": role == "writer", "canShare": role == "writer", "canDownload": True},
        "lastModifyingUser": _user(shown.person),
        "owners": [_user(book.owner)],
        "ownedByMe": book.owner == person,
        "shared": bool(book.shares),
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{book.id}/edit?usp=drivesdk",
    }


def _user(address: str) -> Json:
    return {"kind": "drive#user", "displayName": address.partition("@")[0], "emailAddress": address, "me": False}


def stamp(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def get(book: Book, person: str, mask: Tree | None) -> Json:
    return select(file(book, person), mask or {name: {} for name in ("kind", "id", "name", "mimeType")})


def listed(books: Iterable[Book], person: str, query: dict[str, list[str]], mask: Tree | None) -> Json:
    wanted = _terms(query.get("q", [""])[0])
    found: list[Json] = []
    for book in books:
        if book.deleted or book.role(person) is None:
            continue
        whole = file(book, person)
        if all(whole[name] == value for name, value in wanted):
            found.append(whole if mask else select(whole, {name: {} for name in ("kind", "id", "name", "mimeType")}))
    return select({"kind": "drive#fileList", "incompleteSearch": False, "files": found}, mask or {"*": {}})


def _terms(text: str) -> list[tuple[str, Any]]:
    terms: list[tuple[str, Any]] = []
    for part in re.split(r"\sand\s", text) if text else []:
        found = _TERM.fullmatch(part)
        if not found:
            raise unsupported(f"files.list q={text}")
        name, _, quoted, truth = found.groups()
        terms.append((name, truth == "true" if truth else re.sub(r"\\(.)", r"\1", quoted)))
    return terms


def revisions(book: Book, mask: Tree | None) -> Json:
    """Drive merges and leaves out revisions as it likes; this server shows all it still has."""
    items = [_revision(version) for version in book.versions]
    return select({"kind": "drive#revisionList", "revisions": items}, mask or {"*": {}})


def _revision(version: Version) -> Json:
    return {
        "kind": "drive#revision",
        "id": str(version.number),
        "mimeType": SPREADSHEET,
        "modifiedTime": stamp(version.time),
        "lastModifyingUser": _user(version.person),
    }


def check_page(query: dict[str, list[str]]) -> None:
    if "pageToken" in query:
        raise invalid("Invalid Value: pageToken")
