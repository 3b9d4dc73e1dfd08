"""Which rows without an id of their own are known records, and when the others get one (DESIGN 5)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from logic.judgement import Judgement
from logic.register import Register
from sheets.ids import is_id, new_id
from sheets.ledger import BaselineRow, Texts

STABLE_FOR = dt.timedelta(seconds=10)
Sightings = Mapping[tuple[str, str], str]  # register and fingerprint of a row → since when it reads like that


@dataclass(frozen=True, slots=True)
class IdWrite:
    """An id to write into a row that has none, lost its own, or carries another row's. `origin`: the row it is a copy of."""

    register: str
    key: str
    id: str
    origin: str | None = None


class Naming:
    """`found`: register and key of a row without an id → the record that it is."""

    def __init__(self, registers: Mapping[str, Register], judgement: Judgement, now: dt.datetime) -> None:
        self.registers, self.judgement, self.now = registers, judgement, now
        self.found: dict[tuple[str, str], str] = {}

    def match(
        self,
        key: str,
        known: Mapping[str, BaselineRow],
        missing: Sequence[str],
        born: Callable[[str], Texts | None],
    ) -> None:
        """Find the `missing` records of a register among its rows without an id.

        A record lost its id where a row reads as it did. Where a stale file was opened before the record got its id, the
        row reads as the record did when it was `born`, or has at least its name.
        """
        rows = _Rows(self.registers[key], {one.key: one.texts() for one in self.judgement.unidentified(key)})
        # A record that vanished just now is meant rather than one that vanished long ago and looked the same.
        for record in sorted(missing, key=lambda record: known[record].vanished_at is not None) if rows.left else ():
            row = rows.reading_like(known[record].texts or {})
            if row is not None:
                self.found[key, row] = record
        taken = set(self.found.values())
        for record in missing if rows.left else ():
            texts = None if record in taken or known[record].vanished_at is not None else born(record)
            if texts is not None:
                row = rows.reading_like(texts) or rows.named_like(texts)
                if row is not None:
                    self.found[key, row] = record

    def id_writes(
        self, readable: Sequence[str], sightings: Sightings
    ) -> tuple[tuple[IdWrite, ...], dict[tuple[str, str], str]]:
        """Ids for rows that stood unchanged long enough, and since when each row without one was seen."""
        writes: list[IdWrite] = []
        seen: dict[tuple[str, str], str] = {}
        for key in readable:
            register = self.registers[key]
            compared = compared_fields(register)
            counter: Counter[str] = Counter()
            for record in self.judgement.unidentified(key):
                content = _digest(record.texts(), compared)
                counter[content] += 1
                fingerprint = f"{content}:{counter[content]}"
                since = sightings.get((key, fingerprint))
                seen[key, fingerprint] = since or self.now.isoformat(timespec="seconds")
                if since is not None and self.now - dt.datetime.fromisoformat(since) >= STABLE_FOR:
                    lost = self.found.get((key, record.key))
                    origin = record.id if lost is None and is_id(record.id) else None
                    writes.append(IdWrite(key, record.key, lost or new_id(register.prefix, self.now.date()), origin))
        return tuple(writes), seen


class _Rows:
    """The rows of a register that are no record yet, to be found by what they read; each is taken once."""

    def __init__(self, register: Register, texts: Mapping[str, Texts]) -> None:
        self._compared, self._naming = compared_fields(register), register.naming
        self.left = set(texts)
        self._places: dict[tuple[str, ...], list[str]] = {}
        for row, read in texts.items():
            for place in (self._all(read), self._names(read)):
                self._places.setdefault(place, []).append(row)

    def reading_like(self, texts: Texts) -> str | None:
        return self._take(self._all(texts))

    def named_like(self, texts: Texts) -> str | None:
        return self._take(self._names(texts)) if any(map(texts.get, self._naming)) else None

    def _all(self, texts: Texts) -> tuple[str, ...]:
        return "all", *(texts.get(name, "") for name in self._compared)

    def _names(self, texts: Texts) -> tuple[str, ...]:
        return "names", *(texts.get(name, "") for name in self._naming)

    def _take(self, place: tuple[str, ...]) -> str | None:
        row = next((row for row in self._places.get(place, ()) if row in self.left), None)
        self.left.discard(row or "")
        return row


def compared_fields(register: Register) -> list[str]:
    """The columns that count for base, merge and fingerprint: all but the engine's."""
    return [name for name, declared in register.fields.items() if not declared.engine]


def _digest(texts: Texts, names: Sequence[str]) -> str:
    shown = json.dumps([texts.get(name, "") for name in names], ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()[:24]
