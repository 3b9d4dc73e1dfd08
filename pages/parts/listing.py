"""Which records of a register are listed: search, filters and order, worked out once per Judgement for everybody.

Texts are gathered for a record once and kept while it stands unchanged, so that after an edit only one record of 20,000
is read again. Knows nothing of Streamlit.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from logic.judgement import Judgement, Record
from logic.kinds.kind import plain
from logic.normalise import half_width, split_parts
from logic.register import Register
from logic.rules import Level

PAGE_ROWS = 50
_KEPT_QUERIES = 64
ANY = "any"
SUGGESTED = 30
NEWEST = 200


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. `check` is "", a level, or ANY for every record with a finding."""

    search: str = ""
    states: tuple[str, ...] = ()
    check: str = ""
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A record in the list: what it is searched by, its state, how many findings of which level."""

    key: str
    record: Record
    text: str
    state: str
    blocks: int
    warns: int


@dataclass(slots=True)
class Index:
    """All records of a register on one Judgement."""

    judgement: Judgement
    items: Sequence[Item]
    states: Mapping[str, int]
    known: Mapping[str, tuple[object, str, str]]
    used: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    holders: dict[str, dict[str, list[str]]] = field(default_factory=dict[str, dict[str, list[str]]])
    labels: dict[str, str] | None = None
    answers: OrderedDict[Query, Sequence[Item]] = field(default_factory=OrderedDict[Query, Sequence[Item]])

    def find(self, query: Query) -> Sequence[Item]:
        """The records that match, in the order asked for."""
        found = self.answers.get(query)
        if found is None:
            found = self._find(query)
            self.answers[query] = found
            while len(self.answers) > _KEPT_QUERIES:
                self.answers.popitem(last=False)
        return found

    def _find(self, query: Query) -> Sequence[Item]:
        items = self.items
        for word in folded(query.search).split():
            items = [item for item in items if word in item.text]
        if query.states:
            items = [item for item in items if item.state in query.states]
        if query.check:
            wanted = {ANY: lambda item: item.blocks or item.warns, Level.BLOCK: lambda item: item.blocks}
            matches = wanted.get(query.check, lambda item: item.warns)
            items = [item for item in items if matches(item)]
        return items if query.oldest_first else items[::-1]

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


def folded(text: str) -> str:
    """What search compares: width and capitals do not matter."""
    return half_width(text).casefold()


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
    for key, record in judgement.records(register.key).items():
        entry = known.get(key)
        if entry is None or entry[0] is not record.cells:
            entry = (record.cells, folded("\n".join((key, *record.texts().values()))), record.text("status"))
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
