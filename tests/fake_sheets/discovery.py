"""Google's own description of Sheets v4 and Drive v3, held against every request received and every answer given.

The two documents come with google-api-python-client; nothing is fetched. What they do not know (a path, a parameter, a
field, a type, a value of an enum) is a mismatch, in words.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]
Check = Callable[[Any, str], Iterator[str]]

_DOCUMENTS = {"sheets": "sheets.v4.json", "drive": "drive.v3.json"}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of an API, e.g. sheets.spreadsheets.values.batchGet."""

    id: str
    http: str
    pattern: re.Pattern[str]
    parameters: Json
    request: str | None
    response: str | None

    @property
    def api(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Matched:
    method: Method
    path: dict[str, str]


class Document:
    """One API: its methods and the checks of its messages."""

    def __init__(self, name: str) -> None:
        folder = importlib.resources.files("googleapiclient.discovery_cache") / "documents"
        raw = json.loads((folder / _DOCUMENTS[name]).read_text(encoding="utf-8"))
        self.revision: str = raw["revision"]
        self.schemas: Json = raw["schemas"]
        self._general: Json = raw["parameters"]
        self.methods = tuple(self._walk(raw, raw["servicePath"]))
        self._checks: dict[str, Check] = {}

    def _walk(self, node: Json, prefix: str) -> Iterator[Method]:
        for method in node.get("methods", {}).values():
            yield Method(
                id=method["id"],
                http=method["httpMethod"],
                pattern=_pattern("/" + prefix + method.get("flatPath", method["path"])),
                parameters=method.get("parameters", {}),
                request=method.get("request", {}).get("$ref"),
                response=method.get("response", {}).get("$ref"),
            )
        for resource in node.get("resources", {}).values():
            yield from self._walk(resource, prefix)

    def parameter_faults(self, method: Method, query: dict[str, list[str]]) -> Iterator[str]:
        for name, values in query.items():
            known = method.parameters.get(name) or self._general.get(name)
            if known is None or known.get("location") == "path":
                yield f"{method.id}: unknown query parameter {name}"
                continue
            if len(values) > 1 and not known.get("repeated"):
                yield f"{method.id}: parameter {name} is given {len(values)} times"
            for value in values:
                if "enum" in known and value not in known["enum"]:
                    yield f"{method.id}: {name}={value} is none of {known['enum']}"
                elif known["type"] == "boolean" and value.lower() not in ("true", "false"):
                    yield f"{method.id}: {name}={value} is not a boolean"
                elif known["type"] == "integer" and not re.fullmatch(r"-?\d+", value):
                    yield f"{method.id}: {name}={value} is not an integer"
        for name, known in method.parameters.items():
            if known.get("required") and known["location"] == "query" and name not in query:
                yield f"{method.id}: parameter {name} is missing"

    def message_faults(self, schema: str | None, value: Any, where: str) -> Iterator[str]:
        if schema is None:
            if value not in (None, {}):
                yield f"{where}: no body is known here"
            return
        yield from self._named(schema)(value, where)

    def mask_faults(self, schema: str, tree: Json, where: str = "fields") -> Iterator[str]:
        """Names in a field mask which the message has not."""
        yield from self._mask_faults(self.schemas[schema], tree, where)

    def _mask_faults(self, schema: Json, tree: Json, where: str) -> Iterator[str]:
        schema = schema.get("items", schema)
        schema = self.schemas[schema["$ref"]] if "$ref" in schema else schema
        if "additionalProperties" in schema:
            return
        for name, inner in tree.items():
            if name == "*":
                continue
            if name not in schema.get("properties", {}):
                yield f"{where}: {schema.get('id', 'this')} has no field {name}"
            else:
                yield from self._mask_faults(schema["properties"][name], inner, f"{where}.{name}")

    def _named(self, schema: str) -> Check:
        if schema not in self._checks:
            # The name is taken before its parts are looked at: messages contain themselves.
            self._checks[schema] = lambda value, where: self._checks[schema](value, where)
            self._checks[schema] = self._check(self.schemas[schema])
        return self._checks[schema]

    def _check(self, schema: Json) -> Check:
        if "$ref" in schema:
            name = schema["$ref"]
            return lambda value, where: self._named(name)(value, where)
        kind = schema.get("type", "any")
        if kind == "array":
            return _array(self._check(schema["items"]), plain=schema["items"].get("type") == "any")
        if kind == "object":
            others = schema.get("additionalProperties")
            parts = {name: self._check(part) for name, part in schema.get("properties", {}).items()}
            return _object(parts, self._check(others) if others else None)
        return _scalar(kind, schema.get("format", ""), frozenset(schema.get("enum", ())))


def _object(parts: dict[str, Check], others: Check | None) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is not an object"
            return
        for name, part in value.items():
            inner = parts.get(name) or others
            if part is None and inner is not None:
                continue  # in JSON for messages, null is the same as left out
            if inner is None:
                yield f"{where}: unknown field {name}"
            else:
                yield from inner(part, f"{where}.{name}")

    return check


def _array(item: Check, *, plain: bool) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: {value!r} is not a list"
        elif not plain:
            for number, part in enumerate(value):
                yield from item(part, f"{where}[{number}]")

    return check


def _scalar(kind: str, form: str, allowed: frozenset[str]) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if kind == "string":
            if not isinstance(value, str):
                yield f"{where}: {value!r} is not a string"
            elif allowed and value not in allowed:
                yield f"{where}: {value!r} is none of {sorted(allowed)}"
            elif form in ("int64", "uint64") and not re.fullmatch(r"-?\d+", value):
                yield f"{where}: {value!r} is not a whole number"
        elif kind == "integer":
            if isinstance(value, bool) or not isinstance(value, int):
                yield f"{where}: {value!r} is not an integer"
            elif form == "int32" and not -(2**31) <= value < 2**31:
                yield f"{where}: {value!r} does not fit into 32 bits"
        elif kind == "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield f"{where}: {value!r} is not a number"
        elif kind == "boolean" and not isinstance(value, bool):
            yield f"{where}: {value!r} is not true or false"

    return check


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{\+?(\w+)\}", template)
    text = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            text += re.escape(part)
        else:
            # An id never holds a colon; a range does, and `:append` behind it is not part of it.
            text += f"(?P<{part}>[^/]+?)" if part == "range" else f"(?P<{part}>[^/:]+)"
    return re.compile(text)


@functools.cache
def documents() -> dict[str, Document]:
    return {name: Document(name) for name in _DOCUMENTS}


def match(http: str, path: str) -> Matched | None:
    """The method a request means, and its path parameters decoded. `values/{range}` gives way to `:append`, `:clear`."""
    best: Matched | None = None
    for document in documents().values():
        for method in document.methods:
            found = method.pattern.fullmatch(path) if method.http == http else None
            if found and (best is None or len(method.pattern.pattern) > len(best.method.pattern.pattern)):
                best = Matched(method, {name: unquote(value) for name, value in found.groupdict().items()})
    return best
