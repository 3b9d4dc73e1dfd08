"""Which records of a register are listed: search, filters and order, worked out once per Judgement for everybody.

What was made of a record is kept while it stands unchanged, so that after an edit only one of 20,000 is read again, and
searches in which neither its old nor its new texts appear keep their answers. Knows nothing of Streamlit.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from logic.judgement import Judgement
from logic.kinds.kind import plain
from logic.kinds.texts import without_photos
from logic.lists.matching import Item, Viewer, folded, matching, value_of
from logic.lists.query import ANY, Query
from logic.lookups import flattened
from logic.normalise import split_parts
from logic.photos import is_photo
from logic.records import Record
from logic.register import Register
from logic.rules import Level

__all__ = ["ANY", "Index", "Item", "Query", "index_of"]

PAGE_ROWS = 50
_KEPT_QUERIES = 256
_CARRIED = 50  # after more changes than this every search is made again
SUGGESTED = 30
CHOOSABLE = 200  # texts of a column offered to filter by
NEWEST = 200


_Asked = tuple[Query, str, dt.date | None]


@dataclass(slots=True)
class Index:
    """All records of a register on one Judgement."""

    judgement: Judgement
    known: Mapping[str, Item]
    items: Sequence[Item]
    states: Mapping[str, int]
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

    def carry(self, answers: Mapping[_Asked, Sequence[Item]], changed: Collection[Item]) -> None:
        """Take over the answers of the index before, but for those that one of `changed`, as it was or as it is, has a
        part in, and those that depend on who looks or on the day."""
        for asked, found in answers.items():
            query = asked[0]
            if not (query.whose or query.span or matching([*changed], query, None)):
                self.answers[asked] = found


_STANDING = 4  # indexes kept of a register: right after a save some threads still look at the judgement before it
_lock = threading.Lock()
_indexes: dict[str, tuple[Index, ...]] = {}


def index_of(judgement: Judgement, register: Register) -> Index:
    """The index of this very Judgement; made by whoever asks first."""
    found = _known_index(judgement, register)
    if found is None:
        with _lock:
            found = _known_index(judgement, register)
            if found is None:
                standing = _indexes.get(register.key, ())
                found = _make(judgement, register, standing[0] if standing else None)
                _indexes[register.key] = (found, *standing)[:_STANDING]
    return found


def _known_index(judgement: Judgement, register: Register) -> Index | None:
    return next((one for one in _indexes.get(register.key, ()) if one.judgement is judgement), None)


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


def _make(judgement: Judgement, register: Register, before: Index | None) -> Index:
    """What stands as it did in `before` is taken from there."""
    known = _known(judgement, register, before)
    items = [*known.values()]
    index = Index(judgement, known, items, Counter(item.state for item in items))
    if before is not None:
        gone = [item for key, item in before.known.items() if known.get(key) is not item]
        came = [item for key, item in known.items() if before.known.get(key) is not item]
        if len(gone) + len(came) <= _CARRIED and _is_same_order(before.known, known):
            index.carry(before.answers, (*gone, *came))
    return index


def _known(judgement: Judgement, register: Register, before: Index | None) -> Mapping[str, Item]:
    """The items by key, in the order of the sheet."""
    records, found = flattened(judgement.records(register.key)), judgement.found(register.key)
    has_own = bool(own_columns(judgement, register))
    if before is None or before.judgement.releases is not judgement.releases:
        old, among = {}, records.keys()
    else:
        old, among = before.known, judgement.changed_since(register.key, before.judgement)
    if has_own:
        among = records.keys()

    def item(key: str, record: Record) -> Item:
        standing, findings = old.get(key), found.get(key)
        is_read = standing is not None and standing.record.cells is record.cells and not has_own
        text = standing.text if standing is not None and is_read else _text(judgement, register, key, record)
        if standing is not None and standing.record is record and standing.found == findings and standing.text == text:
            return standing
        levels = Counter(one.level for one in judgement.violations(register.key, key)) if findings else Counter[Level]()
        blocks = levels[Level.BLOCK]
        return Item(key, record, text, record.text("status"), blocks, levels.total() - blocks, findings)

    return {key: item(key, record) if key in among or key not in old else old[key] for key, record in records.items()}


def _text(judgement: Judgement, register: Register, key: str, record: Record) -> str:
    """What a record is searched by."""
    pictured = {name: without_photos(record.text(name)) for name, one in register.fields.items() if is_photo(one)}
    texts = record.texts() | pictured
    return folded("\n".join((key, *texts.values(), *own_texts(judgement, register, record))))


def _is_same_order(one: Mapping[str, Item], other: Mapping[str, Item]) -> bool:
    """Do the records that are in both follow each other in the same order?"""
    return [key for key in one if key in other] == [key for key in other if key in one]


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
