"""Whether a request and its answer are what the discovery documents describe."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fake_sheets.discovery import Matched, documents
from tests.fake_sheets.masks import Tree, parse
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.refusals import Refusal

# What the masks inside the requests of a batch speak of.
_MASKED = {
    "updateCells": "CellData",
    "repeatCell": "CellData",
    "appendCells": "CellData",
    "updateSheetProperties": "SheetProperties",
    "updateSpreadsheetProperties": "SpreadsheetProperties",
    "updateDimensionProperties": "DimensionProperties",
    "updateNamedRange": "NamedRange",
    "updateProtectedRange": "ProtectedRange",
    "updateDeveloperMetadata": "DeveloperMetadata",
}


def request_faults(matched: Matched, query: dict[str, list[str]], body: object) -> Iterator[str]:
    method, document = matched.method, documents()[matched.method.api]
    yield from document.parameter_faults(method, query)
    yield from document.message_faults(method.request, body, method.id)
    requests = body.get("requests") if isinstance(body, dict) else None
    if method.id == "sheets.spreadsheets.batchUpdate" and isinstance(requests, list):
        for number, request in enumerate(requests):
            yield from _mask_faults(request, f"requests[{number}]")


def _mask_faults(request: object, where: str) -> Iterator[str]:
    if not isinstance(request, dict):
        return
    for name, part in request.items():
        text = part.get("fields") if isinstance(part, dict) and name in _MASKED else None
        if isinstance(text, str) and text.strip():
            yield from named_faults("sheets", _MASKED[name], text, f"{where}.{name}.fields")


def named_faults(api: str, schema: str, text: str, where: str = "fields") -> Iterator[str]:
    """Names in a field mask that the message has not, or a mask that cannot be read."""
    try:
        tree = parse(text)
    except Refusal as refusal:
        yield f"{where}: {refusal.message}"
        return
    yield from documents()[api].mask_faults(schema, tree, where)


def mask_of(matched: Matched, query: dict[str, list[str]]) -> tuple[Tree | None, list[str]]:
    """The mask of the answer and what is wrong with it."""
    text = query.get("fields", [""])[0]
    if not text or matched.method.response is None:
        return None, []
    faults = list(named_faults(matched.method.api, matched.method.response, text))
    return (None if faults else parse(text)), faults


def answer_faults(matched: Matched, answer: Json) -> Iterator[str]:
    document = documents()[matched.method.api]
    yield from document.message_faults(matched.method.response, answer, f"{matched.method.id} answer")
