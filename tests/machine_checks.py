"""What must be true in tests/machine.py: of every single write, and once everything has come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any

from logic.changes import Change, Outcome, Source
from logic.desk import Desk
from logic.register import Register
from sheets.ids import is_id
from sheets.journal import Entry, LoggedCell, Notice
from sheets.ledger import BaselineRow
from sheets.port import Commit, Snapshot, Value
from tests.machine_registers import HEADER_ROW, HEADERS, REGISTERS, column_of, record_rows, value_at

if TYPE_CHECKING:
    from tests.machine import Typed, World

Rows = Sequence[Sequence[Value]]
ENGINE = ("created_by", "created_at", "updated_by", "updated_at", "check_result")


# -- of every write ----------------------------------------------------------------------------------------------------


def audit(desk: Desk, commit: Commit, after: Snapshot) -> None:
    """Every cell that differs after a write was asked for by somebody who knew what stood there; no row went astray."""
    before = desk.mirror.snapshot
    assert before is not None and before.revision == commit.base
    pending = [Change.model_validate_json(entry.body) for entry in desk.journal.pending(desk.workbook)]
    by_title = {register.title: register for register in desk.registers.values()}
    for title, sheet in after.sheets.items():
        old = [list(row) for row in before.sheets[title].rows]
        for insert in commit.inserts:
            if insert.sheet == title:
                old[insert.row - 1 : insert.row - 1] = [[] for _ in range(insert.count)]
        for row, (was, now) in enumerate(zip_longest(old, sheet.rows, fillvalue=()), start=1):
            for column, (one, other) in enumerate(zip_longest(was, now), start=1):
                if one != other:
                    assert title in by_title, f"{title} {row},{column} is nobody's: {one!r} became {other!r}"
                    _audit_cell(by_title[title], row, column, old, sheet.rows, pending)


def _audit_cell(register: Register, row: int, column: int, old: Rows, new: Rows, pending: Sequence[Change]) -> None:
    headers = HEADERS[register.key]
    place = f"{register.title} {row},{column}: {value_at(old, row, column)!r} became {value_at(new, row, column)!r}"
    assert row > HEADER_ROW[register.key] and column <= len(headers), place
    declared = register.field(headers[column - 1])
    assert declared is not None, f"{place}, a column of the manager's own"
    record = value_at(new, row, column_of(register.key, "record_id"))
    if declared.name in ENGINE:
        return
    if declared.name == "record_id":
        was = value_at(old, row, column)
        ids = [value_at(old, number, column) for number in range(1, len(old) + 1)]
        assert was is None or ids.count(was) > 1 or not is_id(str(was)), f"{place}, an id somebody had"
        return
    edits = [
        edit
        for change in pending
        for edit in change.edits
        if (edit.register, edit.record) == (register.key, record) and declared.name in edit.values
    ]
    reached = {str(value_at(old, row, column) or "")}
    for edit in [*edits, *edits]:  # what is put back goes before what was asked for earlier
        if edit.base.get(declared.name, "") in reached:
            reached.add(edit.values[declared.name])
    assert str(value_at(new, row, column) or "") in reached, f"{place}, asked for by {edits}"


# -- at rest -----------------------------------------------------------------------------------------------------------


@dataclass
class Rest:
    """Everything there is to know once nothing moves any more."""

    world: World
    entries: list[Entry]
    log: list[LoggedCell]
    notices: list[Notice]
    baseline: Mapping[str, Mapping[str, BaselineRow]]
    texts: dict[tuple[str, str], dict[str, str]]
    vanished: set[tuple[str, str]]

    def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        return [notice.body for notice in self.notices if notice.kind == kind]


def check(world: World) -> None:
    """The promise: nothing acknowledged is lost, nothing lands in the wrong place."""
    rest = _rest(world)
    _nothing_waits(rest)
    _ids(rest)
    _baseline_is_the_sheet(rest)
    _log_ends_in_the_sheet(rest)
    _direct_edits_have_a_cause(rest)
    _every_value_is_accounted_for(rest)
    _no_row_is_doubled(rest)


def _rest(world: World) -> Rest:
    desk = world.desk
    entries = world.entries()
    baseline = desk.ledger.baseline()
    texts: dict[tuple[str, str], dict[str, str]] = {}
    grids = world.disk.grids()
    for key, register in REGISTERS.items():
        rows = grids[register.title]
        assert rows[HEADER_ROW[key] - 1][: len(HEADERS[key])] == list(HEADERS[key]), rows[:3]
        for number in record_rows(key, rows):
            record = value_at(rows, number, column_of(key, "record_id"))
            assert isinstance(record, str) and is_id(record), (
                f"{register.title} row {number} has no id: {rows[number - 1]}"
            )
            assert (key, record) not in texts, f"{record} stands twice"
            names = [name for name, declared in register.fields.items() if not declared.engine]
            found = {name: value_at(rows, number, column_of(key, name)) for name in names}
            texts[key, record] = {name: str(value) for name, value in found.items() if value is not None}
    vanished = {
        (key, record)
        for key, known in baseline.items()
        for record, row in known.items()
        if row.vanished_at is not None and (key, record) not in texts
    }
    return Rest(
        world, entries, desk.journal.log_after(desk.workbook, -1), desk.journal.notices(desk.workbook),
        baseline, texts, vanished,
    )  # fmt: skip


def _nothing_waits(rest: Rest) -> None:
    for change in rest.world.queued:
        entry = next((entry for entry in rest.entries if entry.id == change), None)
        assert entry is not None, f"{change} was acknowledged and is not in the journal"
        assert entry.state in ("saved", "overtaken", "rejected"), entry
        if entry.state != "saved":
            outcome = Outcome.model_validate_json(entry.outcome)
            assert entry.actor in rest.world.actors and outcome.reason, entry
            assert entry.state == "overtaken", f"there are no rules, and yet: {outcome}"


def _ids(rest: Rest) -> None:
    """Ids are as they were given; none was given to two records."""
    named = {(body["register"], body["record"]) for body in rest.bodies("vanished")}
    for where in rest.vanished:
        assert where in named, f"{where} vanished and nobody is told"
    for change, records in rest.world.queued.items():
        entry = next(entry for entry in rest.entries if entry.id == change)
        if entry.state == "saved":
            for edit in Change.model_validate_json(entry.body).edits:
                where = edit.register, edit.record
                assert where in rest.texts or where in rest.vanished, f"{where} of {records} is gone without a trace"
    fresh = Counter((cell.register, cell.record, cell.field, cell.actor) for cell in rest.log if cell.fresh)
    engine = {entry.seq for entry in rest.entries if entry.source == Source.ENGINE}
    twice = Counter((c.register, c.record, c.field) for c in rest.log if c.fresh and c.seq not in engine)
    assert all(count == 1 for count in twice.values()), f"made twice: {twice} {fresh}"


def _baseline_is_the_sheet(rest: Rest) -> None:
    for (key, record), texts in rest.texts.items():
        row = rest.baseline.get(key, {}).get(record)
        assert row is not None and row.vanished_at is None, f"{record} stands in the sheet and is not known"
        known = {name: text for name, text in (row.texts or {}).items() if not REGISTERS[key].fields[name].engine}
        assert known == texts, f"{record}: {known} is known, {texts} stands there"
    for key, known in rest.baseline.items():
        for record, row in known.items():
            assert (key, record) in rest.texts or row.vanished_at is not None, f"{record} is known and not there"


def _last(rest: Rest) -> dict[tuple[str, str, str], list[LoggedCell]]:
    chains: dict[tuple[str, str, str], list[LoggedCell]] = {}
    for cell in rest.log:
        chains.setdefault((cell.register, cell.record, cell.field), []).append(cell)
    return chains


def _log_ends_in_the_sheet(rest: Rest) -> None:
    """What the journal says was written last is what stands there, or its author was told that it does not."""
    conflicts = {(c.register, c.field, c.mine) for c in _conflicts(rest)}
    for (key, record, name), chain in _last(rest).items():
        if (key, record) in rest.texts and not REGISTERS[key].fields[name].engine:
            stands, last = rest.texts[key, record].get(name, ""), chain[-1].after
            told = last == stands or (key, name, last) in conflicts
            assert told, f"{record} {name} is {stands!r}, the journal says {_shown(chain)}"


def _direct_edits_have_a_cause(rest: Rest) -> None:
    """A direct edit is journaled once, and only where the person made it or the head is told."""
    sheet = {entry.seq for entry in rest.entries if entry.source == Source.SHEET}
    said = {(b["register"], b["record"], b["field"], b["now"]) for b in rest.bodies("taken_back")}
    said |= {(c.register, c.record, c.field, c.theirs) for c in _conflicts(rest)}
    said |= {(b["register"], b["record"], b["field"], b["now"]) for b in rest.bodies("overwritten")}
    put_back = {
        (body["register"], body["record"], cell["field"], cell["sheet"])
        for body in rest.bodies("put_back")
        for cell in body["cells"]
    }
    # A commit that died and was saved over may come back in a copy opened in between, after its change has failed.
    failed = {entry.id for entry in rest.entries if entry.state == "overtaken"}
    said |= {(v.register, str(v.record), v.field, text) for text, v in rest.world.values.items() if v.change in failed}
    unplaced = {(v.register, v.field, text) for text, v in rest.world.values.items() if v.record is None}
    for where, chain in _last(rest).items():
        for one, next_one in pairwise(chain):
            follows = one.after == next_one.before or (*where, next_one.before) in put_back
            assert next_one.seq not in sheet or next_one.fresh or follows, f"{where}: {_shown(chain)}"
            twice = (one.before, one.after) == (next_one.before, next_one.after)
            assert not (twice and {one.seq, next_one.seq} <= sheet), f"journaled twice {where}: {_shown(chain)}"
        for cell in chain:
            if cell.seq in sheet and not cell.fresh:
                typed = (*where, cell.after) in rest.world.typed_cells or (where[0], where[2], cell.after) in unplaced
                assert typed or (*where, cell.after) in said, f"nobody made {cell}: {_shown(chain)}"


def _conflicts(rest: Rest) -> Iterator:
    for entry in rest.entries:
        if entry.state == "overtaken" and entry.actor in rest.world.actors:
            yield from Outcome.model_validate_json(entry.outcome).conflicts


def _every_value_is_accounted_for(rest: Rest) -> None:
    superseded = set(_superseded(rest))
    listed = {(c.register, c.field, c.mine) for c in _conflicts(rest)}
    listed |= {
        (b["register"], b["field"], b["was"]) for kind in ("taken_back", "overwritten") for b in rest.bodies(kind)
    }
    for body in rest.bodies("put_back"):
        listed |= {(body["register"], cell["field"], cell["sheet"]) for cell in body["cells"]}
    failed = {entry.id for entry in rest.entries if entry.state == "overtaken"}
    for text, meant in rest.world.values.items():
        if text in rest.world.excused or meant.change in failed or (meant.register, meant.field, text) in listed:
            continue
        if _stands(rest, text, meant) or (meant.register, meant.field, text) in superseded:
            continue
        chains = [_shown(c) for w, c in _last(rest).items() if any(text in (x.before, x.after) for x in c)]
        raise AssertionError(f"{text!r} of {meant} is lost: {chains}")


def _stands(rest: Rest, text: str, meant: Typed) -> bool:
    """Where it was meant to be, or, typed into a row without an id, anywhere in its column; also in a row that vanished."""
    every = dict(rest.texts)
    for key, record in rest.vanished:
        every[key, record] = dict(rest.baseline[key][record].texts or {})
    if meant.change is not None:
        assert meant.record is not None
        return every.get((meant.register, meant.record), {}).get(meant.field) == text
    if any(texts.get(meant.field) == text for (key, _), texts in every.items() if key == meant.register):
        return True
    grid = rest.world.disk.grids()[
        REGISTERS[meant.register].title
    ]  # beside what was in that row by mistake, and is gone
    column = column_of(meant.register, meant.field)
    return any(value_at(grid, row, column) == text for row in range(HEADER_ROW[meant.register] + 1, len(grid) + 1))


def _superseded(rest: Rest) -> Iterator[tuple[str, str, str]]:
    """What somebody saw and replaced in the console, or a person twice in one sitting (DESIGN 7)."""
    for entry in rest.entries:
        if entry.state == "saved" and entry.source in (Source.CONSOLE, Source.COMMAND):
            for edit in Change.model_validate_json(entry.body).edits:
                yield from ((edit.register, name, edit.base.get(name, "")) for name in edit.values)
    for (key, _, name), chain in _last(rest).items():
        for one, next_one in pairwise(chain):
            if one.origin is not None and one.origin == next_one.origin:
                yield key, name, one.after


def _no_row_is_doubled(rest: Rest) -> None:
    for key in REGISTERS:
        for column in ("name",):
            found = Counter(texts.get(column, "") for (register, _), texts in rest.texts.items() if register == key)
            for text, count in found.items():
                allowed = 1 + rest.world.copies[text]
                assert not text or count <= allowed, f"{text!r} stands {count} times, {allowed} were made"


def _shown(chain: Sequence[LoggedCell]) -> str:
    return " ".join(f"[{c.seq} {c.actor} {c.before}→{c.after} g{c.generation} o{c.origin}]" for c in chain)
