"""Tells the address of a Google spreadsheet from the path of a file."""

from __future__ import annotations

import os
import re

_URL = re.compile(r"https?://[^\s/]+/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]{20,})(?:[/?#].*)?$")
_ID = re.compile(r"[A-Za-z0-9_-]{30,}")


def spreadsheet_id(address: str) -> str | None:
    """The id in a pasted address, or a bare id; None for anything else, such as the path of a file."""
    text = address.strip()
    found = _URL.match(text)
    if found is not None:
        return found.group(1)
    return text if _ID.fullmatch(text) and not os.path.exists(text) else None


def spreadsheet_url(id: str) -> str:
    """The one address under which a spreadsheet is known here; people may open it."""
    return f"https://docs.google.com/spreadsheets/d/{id}"


def known_address(address: str) -> str:
    """How an address is written down: a spreadsheet's own, a file's real path, anything else as it is."""
    id = spreadsheet_id(address)
    if id is not None:
        return spreadsheet_url(id)
    return os.path.realpath(address) if os.path.sep in address else address
