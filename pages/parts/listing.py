"""Which records of a register are listed: search, filters and order, worked out once per Judgement for everybody.

Texts are gathered for a record once and kept while it stands unchanged, so that after an edit only one record of 20,000
is read again. Knows nothing of Streamlit.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from logic.judgement import Judgement, Record
from logic.kinds.kind import plain
from logic.kinds.texts import without_photos
from logic.lists.matching import Item, Viewer, folded, matching, value_of
from logic.lists.query import ANY, Query
from logic.normalise import split_parts
from logic.photos import is_photo
from logic.register import Register
from logic.rules import Level

__all__ = ["ANY", "Index", "Item", "Query", "index_of"]

PAGE_ROWS = 50
_KEPT_QUERIES = 64
SUGGESTED = 30
CHOOSABLE = 200  # texts of a column offered to filter by
NEWEST = 200


_Asked = tuple[Query, str, dt.date | None]


@dataclass(slots=True)
class Index:
    """All records of a register on one Judgement."""

    judgement: Judgement
    items: Sequence[Item]
    states: Mapping[str, int]
    known: Mapping[str, tuple[object, str, str]]
    used: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    holders: dict[str, dict[str, list[str]]] = field(default_factory=dict[str, dict[str, list[str]]])
    standing: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    labels: dict[str, str] | None = None
    answers: OrderedDict[_Asked, Sequence[Item]] = field(default_factory=lambda: OrderedDict[_Asked, Sequence[Item]]())

    def find(self, query: Query, viewer: Viewer | None = None) -> Sequence[Item]:
        """The records that match, in the order asked for."""
        asked: _Asked = (
            query,
            viewer.name if viewer is not None and query.whose else "",
            viewer.today if viewer is not None and query.span else None,
        )
        found = self.answers.get(asked)
        if found is None:
            found = matching(self.items, query, viewer)
            self.answers[asked] = found
            while len(self.answers) > _KEPT_QUERIES:
                self.answers.popitem(last=False)
        return found

    def values(self, column: str) -> list[str]:
        """What a column can be filtered by: the texts that stand in it, most frequent first."""
        if column not in self.standing:
            one = self.items[0].record.reader.register.fields[column] if self.items else None
            count = (
                Counter(text for item in self.items for text in value_of(item.record, one)) if one else Counter[str]()
            )
            self.standing[column] = [text for text, _ in count.most_common(CHOOSABLE)]
        return self.standing[column]

    def used_in(self, column: str) -> list[str]:
        """What stands in a column, most frequent first: what to suggest where the list of answers is open."""
        if column not in self.used:
            texts = (text for item in self.items if (text := item.record.text(column).strip()))
            many = self.items and self.items[0].record.reader.register.fields[column].kind.many
            count = Counter(part for text in texts for part in split_parts(text)) if many else Counter(texts)
            self.used[column] = [text for text, _ in count.most_common(SUGGESTED)]
        return self.used[column]

    def holding(self, column: str, part: str) -> list[str]:
        """Records whose column names this, alone or among others."""
        if column not in self.holders:
            found: dict[str, list[str]] = {}
            for item in self.items:
                for one in split_parts(item.record.text(column)):
                    found.setdefault(one, []).append(item.key)
            self.holders[column] = found
        return self.holders[column].get(part, [])

    def newest(self) -> Mapping[str, str]:
        """The records most likely meant where one is to be named, newest first: id, and the id with what names it."""
        if self.labels is None:
            known = [item for item in self.items if item.record.id == item.key][: -NEWEST - 1 : -1]
            self.labels = {item.key: _with_id(item.record) for item in known}
        return self.labels

    @property
    def troubled(self) -> int:
        """How many records have a finding."""
        return sum(1 for item in self.items if item.blocks or item.warns)


_lock = threading.Lock()
_indexes: dict[str, Index] = {}


def index_of(judgement: Judgement, register: Register) -> Index:
    """The index of this very Judgement; made by whoever asks first."""
    found = _indexes.get(register.key)
    if found is None or found.judgement is not judgement:
        with _lock:
            found = _indexes.get(register.key)
            if found is None or found.judgement is not judgement:
                found = _make(judgement, register, found.known if found is not None else {})
                _indexes[register.key] = found
    return found


def own_columns(judgement: Judgement, register: Register) -> Mapping[str, int]:
    """The columns managers added themselves, by header."""
    table = judgement.tables.get(register.key)
    return table.others if table is not None else {}


def own_texts(judgement: Judgement, register: Register, record: Record) -> list[str]:
    """What stands in the managers' own columns of a record."""
    table = judgement.tables.get(register.key)
    if table is None or not table.others or record.row_number is None:
        return []
    cells = table.sheet.rows[record.row_number - 1]
    return [plain(cells[column - 1]) if column <= len(cells) else "" for column in table.others.values()]


def _make(judgement: Judgement, register: Register, known: Mapping[str, tuple[object, str, str]]) -> Index:
    blocks: Counter[str] = Counter()
    warns: Counter[str] = Counter()
    for violation in judgement.violations(register.key):
        (blocks if violation.level is Level.BLOCK else warns)[violation.record] += 1
    items: list[Item] = []
    kept: dict[str, tuple[object, str, str]] = {}
    has_own = bool(own_columns(judgement, register))
    pictured = [name for name, one in register.fields.items() if is_photo(one)]
    for key, record in judgement.records(register.key).items():
        entry = known.get(key)
        if entry is None or entry[0] is not record.cells:
            texts = record.texts() | {name: without_photos(record.text(name)) for name in pictured}
            entry = (record.cells, folded("\n".join((key, *texts.values()))), record.text("status"))
        kept[key] = entry
        text = entry[1]
        if has_own:
            text = folded("\n".join((text, *own_texts(judgement, register, record))))
        items.append(Item(key, record, text, entry[2], blocks[key], warns[key]))
    return Index(judgement, items, Counter(item.state for item in items), kept)


def telling(register: Register) -> list[str]:
    """The naming columns. Words of a list, such as the shop, tell the least apart, so they come last."""
    return sorted(register.naming, key=lambda name: register.fields[name].kind.name == "choice")


def label_of(record: Record, register: Register) -> str:
    """A record in a few words: what is filled of its first naming columns."""
    return named(register, record.text) or (record.id or f"第 {record.row_number} 行")


def named(register: Register, text: Callable[[str], str]) -> str:
    """What is filled of the naming columns, the first two of it that differ."""
    texts = map(text, telling(register))
    said = dict.fromkeys(" ".join(one.split())[:24] for one in texts if one.strip())
    return " · ".join([*said][:2])


def _with_id(record: Record) -> str:
    label = label_of(record, record.reader.register)
    return label if label == record.key else f"{record.key} · {label}"
