"""The examples of rules, told in the words of the sheet and judged by the engine itself: what would the console say?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from logic.access import Actor
from logic.judgement import Amendment, Judgement
from logic.register import Register
from logic.rules import Case, Rule, Timing
from logic.violations import Violation
from sheets.port import Sheet
from sheets.table import Table, find_table

NOW = dt.datetime(2021, 3, 10, 9, 0)  # when an example is judged that names no time of its own
BLANK = "(空)"
Registers = Mapping[str, Register]
Texts = Mapping[str, str]


def table_of(register: Register, records: Sequence[Texts]) -> Table:
    """The table of a register with these records, given by field name as the texts somebody would type."""
    headers = tuple(one.header for one in register.fields.values())
    rows = [tuple(record.get(name) or None for name in register.fields) for record in records]
    return find_table(Sheet(register.title, [headers, *rows]), register.spec())


def verdict(register: Register, rule: Rule, case: Case, known: Registers) -> list[Violation]:
    """What the rule says to one of its examples, whose row is the register's sample with some texts replaced."""
    now, base = case.now or NOW, register.samples[0]
    key = f"{register.prefix}210302-22222"
    before = {**base, "record_id": key, **(case.row if case.before is None else case.before)}
    others = [{**base, "record_id": f"{register.prefix}210302-2222{3 + n}", **one} for n, one in enumerate(case.others)]
    tables: dict[str, Table | None] = {}
    for other, rows in case.rows.items():
        ids = [f"{known[other].prefix}210302-3333{2 + n}" for n in range(len(rows))]
        tables[other] = table_of(known[other], [{"record_id": id, **row} for id, row in zip(ids, rows, strict=True)])
    tables[register.key] = table_of(register, [before, *others])
    judgement = Judgement.of(known, tables, now=now)
    if rule.timing is Timing.TIMED:
        found = judgement.due(now)
    elif rule.timing is Timing.DIFF:
        wanted = {**base, **case.row}
        values = {name: wanted.get(name, "") for name in {*wanted, *before} - {"record_id"}}
        after = judgement.amended([Amendment(register.key, key, values)], now=now)
        actor = judgement.people.find(case.actor) or (Actor(case.actor) if case.actor else None)
        found = after.added(judgement, {(register.key, key): set(values)}, actor, now)
    else:
        found = judgement.violations(register.key, key)
    return [one for one in found if one.rule == rule.id and one.record == key]


def told(register: Register, case: Case, known: Registers) -> tuple[str, ...]:
    """An example as staff would describe it: only what differs from the sample record."""
    lines: list[str] = []
    changed = _differing(register, case.row)
    if case.before is not None:
        lines += [f"改之前:{_pairs(register, _differing(register, case.before)) or '和样例一样'}"]
        changed = {name: text for name, text in changed.items() if case.before.get(name) != text}
        undone = [name for name in _differing(register, case.before) if name not in case.row]
        changed |= {name: register.samples[0].get(name, "") for name in undone}
        lines += [f"改成:{_pairs(register, changed) or '没有改动'}"]
    else:
        lines += [_pairs(register, changed) or "和样例一样"]
    lines += [f"同表另有:{_pairs(register, _differing(register, one)) or '和样例一样的一条'}" for one in case.others]
    for key, rows in case.rows.items():
        other = known.get(key)
        title = other.title if other is not None else key
        lines += [f"“{title}”里有:{_pairs(other, row)}" for row in rows]
    lines += [f"修改人:{case.actor}"] if case.actor else []
    lines += [f"检查的时间:{case.now:%Y-%m-%d %H:%M}"] if case.now is not None else []
    return tuple(lines)


def sample(register: Register) -> tuple[tuple[str, str], ...]:
    """The record that the examples start from: headers and texts."""
    return tuple((_header(register, name), text) for name, text in register.samples[0].items() if text)


def _differing(register: Register, texts: Texts) -> dict[str, str]:
    base = register.samples[0]
    return {name: text for name, text in texts.items() if base.get(name, "") != text}


def _pairs(register: Register | None, texts: Texts) -> str:
    return ";".join(f"{_header(register, name)}:{text or BLANK}" for name, text in texts.items())


def _header(register: Register | None, name: str) -> str:
    return register.fields[name].header if register is not None and name in register.fields else name


def headers(register: Register, names: Iterable[str]) -> tuple[str, ...]:
    """The headers of some fields, each once."""
    return tuple(dict.fromkeys(_header(register, name) for name in names))
