"""What would become of each row of a stage: asked of the same engine that decides when the rows are sent.

All rows are judged together, so that two rows of one paste see each other as they would once both stood in the sheet.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from logic.access import Actor
from logic.asking import Ask, Refused, Understood, understand
from logic.changes import Edit
from logic.desk import Desk
from logic.judgement import Judgement, Record
from logic.photos import strange
from logic.register import Register
from logic.staging.stage import Stage, StagedRow
from logic.staging.texts import damage
from logic.staging.together import RowVerdict, Together, Verdicts, in_short, verdict
from logic.violations import Violation

__all__ = ["RowVerdict", "Verdicts", "in_short", "judge"]

_SAME_COLUMNS = 3  # columns by which rows with the same content are looked for
_SAME_AT_LEAST = 3  # filled cells from which on the same content is no coincidence
_SAME_CROWD = 200
_NAMES = ("identifier", "waybill", "phone")  # kinds whose values tell records apart best


@dataclass(frozen=True, slots=True)
class _Asked:
    row: StagedRow
    given: Mapping[str, str]
    edit: Edit


def judge(stage: Stage, desk: Desk, judgement: Judgement, actor: str) -> Verdicts:
    """The verdict on every row that is not sent yet, on what everybody sees."""
    person = judgement.people.actor(actor)
    if person is None:
        return Verdicts(refusal=f"员工名册里没有“{actor}”,请主管先在员工名册登记。")
    now = desk.clock()
    found: dict[int, RowVerdict] = {}
    asked: list[_Asked] = []
    refusals: list[str] = []
    for row in stage.waiting:
        ask = stage.ask(row)
        try:
            understood = _understood(ask, desk, judgement, person, now)
        except Refused as refusal:
            refusals.append(str(refusal))
            found[row.number] = RowVerdict("refused", said=(str(refusal),))
            continue
        if understood.violations:
            found[row.number] = RowVerdict("refused", tuple(understood.violations))
        else:
            given = {name: text for name, text in understood.edit.values.items() if name in ask.values}
            # Among thousands of random ids two may be equal; these are no real ones, and messages name the rows by them.
            edit = understood.edit.model_copy(update={"record": f"{understood.edit.record[:-5]}{row.number:07d}"})
            asked.append(_Asked(row, given, edit))
    if refusals and len(refusals) == len(stage.waiting) and len(set(refusals)) == 1:
        return Verdicts(refusal=refusals[0])
    if asked:
        judged = _judged(stage, desk, judgement, person, now, asked)
        if judged.refusal:
            return judged
        found |= judged.rows
    return Verdicts({row.number: _with_said(row, found[row.number]) for row in stage.waiting})


def _understood(ask: Ask, desk: Desk, judgement: Judgement, person: Actor, now: dt.datetime) -> Understood:
    """The request read; a cell that only stands for one nobody can use is found before it is taken for a text."""
    broken = {name: problem for name, text in ask.values.items() if (problem := damage(str(text))) is not None}
    readable = {**ask.values, **dict.fromkeys(broken, "")}
    plain_ask = Ask(ask.register, None, readable)
    understood = understand(plain_ask, judgement, desk.registers, person, now, "", desk.elsewhere)
    understood.violations.extend(strange(desk, judgement, person, understood))
    for name, problem in broken.items():
        key, text = understood.edit.record, str(ask.values[name])
        understood.violations.append(judgement.misread(desk.registers[ask.register], key, name, text, problem))
    return understood


def _with_said(row: StagedRow, known: RowVerdict) -> RowVerdict:
    """A row that was refused when it was sent stays so until somebody changes it, whatever the rules say of it now."""
    if not row.said:
        return known
    return RowVerdict("refused", known.violations, (*row.said, *known.said))


def _judged(
    stage: Stage, desk: Desk, judgement: Judgement, actor: Actor, now: dt.datetime, asked: Sequence[_Asked]
) -> Verdicts:
    """The rows that could be read, decided as one change."""
    register = desk.registers[stage.register]
    edits = {one.row.number: (one.edit,) for one in asked}
    together = Together(register.key, desk.registers, judgement, actor, now, edits)
    if together.refusal:
        return Verdicts(refusal=together.refusal)
    same, named = _same_content(asked, judgement, register), _naming(register, together.numbers)
    found = together.violations()
    return Verdicts(
        {number: verdict([named(one) for one in several], same.get(number, ())) for number, several in found.items()}
    )


def _naming(register: Register, numbers: Mapping[str, int]) -> Callable[[Violation], Violation]:
    """Rows have no record ids yet: a message names them by their line."""
    ids = re.compile(rf"{re.escape(register.prefix)}\d{{6}}-\d{{7}}")

    def line(found: re.Match[str]) -> str:
        number = numbers.get(found[0])
        return found[0] if number is None else f"本次第 {number} 行"

    def named(violation: Violation) -> Violation:
        words = {"message": ids.sub(line, violation.message), "remedy": ids.sub(line, violation.remedy)}
        return violation.model_copy(update=words)

    return named


def _same_content(asked: Sequence[_Asked], judgement: Judgement, register: Register) -> dict[int, list[str]]:
    """Rows with the same content as an earlier row, or as a record: nobody forbids it, but it may be a second paste."""
    found: dict[int, list[str]] = {}
    first: dict[frozenset[tuple[str, str]], int] = {}
    for one in asked:
        number, content = one.row.number, frozenset(one.given.items())
        if content in first:
            found[number] = [f"和本次第 {first[content]} 行内容完全相同"]
        first.setdefault(content, number)
    for number, said in _again(asked, judgement, register):
        found.setdefault(number, []).append(said)
    by_text = _records_by_text(asked, judgement, register)
    for one in asked:
        if len(one.given) < _SAME_AT_LEAST:
            continue
        groups = [group.get(one.given[name], []) for name, group in by_text.items() if name in one.given]
        twin = _twin(one.given, min(groups, key=len, default=[])[:_SAME_CROWD])
        if twin is not None:
            found.setdefault(one.row.number, []).append(f"和已登记的 {twin} 内容相同,可能已经登记过")
    return found


def _again(asked: Sequence[_Asked], judgement: Judgement, register: Register) -> Iterator[tuple[int, str]]:
    """Rows with a text that usually stands in one record only, an order number for one, and who has it already."""
    for name in register.once:
        header, wanted = register.fields[name].header, {one.given[name] for one in asked if name in one.given}
        owners: dict[str, str] = {}
        for record in judgement.records(register.key).values():
            text = record.text(name)
            if text in wanted:
                owners.setdefault(text, f"已登记的 {record.id or f'第 {record.row_number} 行'}")
        for one in asked:
            text = one.given.get(name)
            if text in owners:
                remedy = "登记会多出一条;要改已有的记录,请在列表里打开它"
                yield one.row.number, f"{header} {text} 和{owners[text]} 相同,{remedy}"
            elif text is not None:
                owners[text] = f"本次第 {one.row.number} 行"


def _twin(given: Mapping[str, str], records: Iterable[Record]) -> str | None:
    for record in records:
        if all(record.text(name) == text for name, text in given.items()):
            return record.id or f"第 {record.row_number} 行"
    return None


def _records_by_text(
    asked: Sequence[_Asked], judgement: Judgement, register: Register
) -> dict[str, dict[str, list[Record]]]:
    """The records that hold a text of the stage, for the columns whose texts differ most."""
    texts: dict[str, set[str]] = {}
    for one in asked:
        for name, text in one.given.items():
            texts.setdefault(name, set()).add(text)
    filled = Counter(name for one in asked for name in one.given)

    def telling(name: str) -> tuple[float, bool]:
        return len(texts[name]) / filled[name], register.fields[name].kind.name in _NAMES

    chosen = sorted(texts, key=telling, reverse=True)[:_SAME_COLUMNS]
    found: dict[str, dict[str, list[Record]]] = {name: {} for name in chosen}
    for record in judgement.records(register.key).values():
        for name in chosen:
            text = record.text(name)
            if text in texts[name]:
                found[name].setdefault(text, []).append(record)
    return found
