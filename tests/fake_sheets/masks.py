"""Field masks: which parts of an answer are sent (`fields=` in the address), and which parts of a message are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.fake_sheets.refusals import Json, invalid

Tree = dict[str, Any]
EVERYTHING: Tree = {"*": {}}

_TOKEN = re.compile(r"[A-Za-z0-9_\-*@]+|[(),/.]")


def parse(text: str) -> Tree:
    """`a,b(c,d/e)` → {"a": {}, "b": {"c": {}, "d": {"e": {}}}}; an empty tree below a name means all of it."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise invalid(f"Invalid field selection {text}")
    tree, position = _group(tokens, 0, text)
    if position != len(tokens) or not tree:
        raise invalid(f"Invalid field selection {text}")
    return tree


def _group(tokens: list[str], position: int, text: str) -> tuple[Tree, int]:
    tree: Tree = {}
    while position < len(tokens):
        here = tree
        while True:
            name = tokens[position] if position < len(tokens) else ")"
            if name in "(),/.":
                raise invalid(f"Invalid field selection {text}")
            here = here.setdefault(name, {})
            position += 1
            if position < len(tokens) and tokens[position] in "/.":
                position += 1
                continue
            break
        if position < len(tokens) and tokens[position] == "(":
            inner, position = _group(tokens, position + 1, text)
            if position >= len(tokens) or tokens[position] != ")":
                raise invalid(f"Invalid field selection {text}")
            here.update(inner)
            position += 1
        if position < len(tokens) and tokens[position] == ",":
            position += 1
            continue
        return tree, position
    raise invalid(f"Invalid field selection {text}")


def below(tree: Tree, name: str) -> Tree | None:
    """What is asked for below `name`: None if it is not asked for, EVERYTHING if all of it is."""
    if "*" in tree:
        return tree["*"] or EVERYTHING
    if name not in tree:
        return None
    return tree[name] or EVERYTHING


def select(value: Any, tree: Tree) -> Any:
    """The parts of an answer that a mask asks for. What is empty then is left out, in lists it stays as {}."""
    if isinstance(value, list):
        return [select(item, tree) for item in value]
    if not isinstance(value, dict) or ("*" in tree and not tree["*"]):
        return value
    chosen: Json = {}
    for name, part in value.items():
        inner = below(tree, name)
        if inner is not None:
            chosen[name] = select(part, inner)
    return chosen


def paths(text: Any) -> list[tuple[str, ...]]:
    """The mask of a writing request; refused when missing, as documented (at least one field must be specified)."""
    if not isinstance(text, str) or not text.strip():
        raise invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    return list(_leaves(parse(text), ()))


def _leaves(tree: Tree, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, inner in tree.items():
        if inner:
            yield from _leaves(inner, (*before, name))
        else:
            yield (*before, name)


def written(
    old: Mapping[str, Any], new: Mapping[str, Any], mask: Iterable[tuple[str, ...]], every: Iterable[str]
) -> Json:
    """`old` with the masked parts as in `new`: what the mask names and `new` lacks is cleared. `*` means `every` field."""
    result = dict(old)
    for path in mask:
        if path == ("*",):
            for name in every:
                _put(result, new, (name,))
        else:
            _put(result, new, path)
    return result


def _put(result: Json, new: Mapping[str, Any], path: tuple[str, ...]) -> None:
    name, rest = path[0], path[1:]
    if not rest or rest == ("*",):
        if name in new:
            result[name] = new[name]
        else:
            result.pop(name, None)
        return
    inner = dict(result.get(name) or {})
    _put(inner, new.get(name) or {}, rest)
    if inner:
        result[name] = inner
    else:
        result.pop(name, None)
