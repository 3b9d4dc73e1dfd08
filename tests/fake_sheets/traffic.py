"""What goes over the wire, noted and encoded: log lines, answers, and which quota a call counts against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.fake_sheets import sheets_api
from tests.fake_sheets.discovery import Matched
from tests.fake_sheets.plans import Call, Cut
from tests.fake_sheets.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `kind`: read, write, drive or token. `status` 0: the connection was cut."""

    time: float
    http: str
    path: str
    method: str
    kind: str
    status: int
    received: int
    sent: int
    person: str


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes
    cut: Cut | None = None
    method: str = ""
    kind: str = ""
    person: str = ""


def without_nulls(part: Any) -> Any:
    """Null is the same as left out, except among the values of a row, where it means: leave this cell alone."""
    if isinstance(part, dict):
        return {name: without_nulls(inner) for name, inner in part.items() if inner is not None}
    return [without_nulls(inner) for inner in part] if isinstance(part, list) else part


def kind_of(method: str) -> str:
    if method.startswith("drive."):
        return "drive"
    return "read" if method in sheets_api.READS else "write"


def scope_fits(matched: Matched, scopes: frozenset[str]) -> bool:
    """Sheets takes the spreadsheets scope or Drive's; the read-only ones read."""
    prefix = "https://www.googleapis.com/auth/"
    names = {scope.removeprefix(prefix) for scope in scopes}
    reads = kind_of(matched.method.id) == "read" or matched.method.http == "GET"
    fitting = {"drive"} | ({"spreadsheets"} if matched.method.api == "sheets" else {"drive.metadata"})
    if reads:
        fitting |= {"drive.readonly"} | (
            {"spreadsheets.readonly"} if matched.method.api == "sheets" else {"drive.metadata.readonly"}
        )
    return bool(names & fitting)


def refused(refusal: Refusal, call: Call) -> Answer:
    if call.path == "/token":
        return Answer(refusal.status, as_json({"error": "internal_failure", "error_description": refusal.message}))
    return Answer(refusal.status, as_json(refusal.body(drive=call.path.startswith("/drive/"))))


def as_json(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
