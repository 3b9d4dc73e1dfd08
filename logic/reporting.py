"""Turns findings into Violations: with the place in the sheet as it is now, value, sentence and release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from logic import engine_rules
from logic.parts import Part
from logic.records import Record
from logic.register import Register
from logic.rules import Fault, Level
from logic.violations import Finding, Releases, Violation
from sheets.port import Mark

ERROR_VALUE = "错误值"  # what an error cell is said to hold: the file keeps no other value of it
_ORDER = {Level.BLOCK: 0, Level.WARN: 1, Level.REMIND: 2}


def by_level(violation: Violation) -> int:
    return _ORDER[violation.level]


def in_order(found: Iterable[Violation]) -> list[Violation]:
    """BLOCK first, then from top to bottom, records that are not in the sheet yet last."""
    return sorted(found, key=lambda one: (_ORDER[one.level], one.row is None, one.row or 0))


def worded(violation: Violation) -> str:
    """The message for those who see no label beside it; its text alone would read as if somebody still had to act."""
    return f"已放行:{violation.message}" if violation.released else violation.message


def in_short(violation: Violation) -> str:
    """A violation as it stands in 检查结果."""
    label = "已放行" if violation.released else violation.level.label
    return f"{label} {violation.rule} {violation.message}"


def report(part: Part, record: Record, finding: Finding, releases: Releases) -> Violation:
    """A finding on a record; a BLOCK that was released is a WARN."""
    header = part.book.register.fields[finding.field].header if finding.field else ""
    value = record.text(finding.field) if finding.field else ""
    if finding.field and record.mark(finding.field) is Mark.ERROR:
        value = ERROR_VALUE
    found = place(part, record.key, record, finding, header, value)
    if finding.released:
        return found.model_copy(update={"released": True})
    if not (finding.releasable and finding.level is Level.BLOCK):
        return found
    where = (found.register, found.record, found.rule)
    if releases.concern(*where) and releases.find(*where, record.texts()) is not None:
        return found.model_copy(update={"level": Level.WARN, "released": True})
    binds = {name: record.text(name) for name in finding.rule.binds or finding.rule.fields}
    return found.model_copy(update={"releasable": True, "binds": binds})


def report_headers(part: Part) -> Iterator[Violation]:
    """What is wrong with the headers of a register (DAT-04)."""
    if part.table.header_row is None:
        yield _of_register(part, engine_rules.header_row_missing())
        return
    for one in part.table.faults:
        if one.kind == "missing":
            yield _of_register(part, engine_rules.headers_missing(one.header), one.header)
        else:
            yield _of_register(part, engine_rules.headers_doubled(one.header, one.cells), one.header, one.cells[0])


def _of_register(part: Part, fault: Fault, header: str = "", cell: str = "") -> Violation:
    finding = Finding(engine_rules.DAT_04, None, Level.BLOCK, fault.message, fault.remedy, False)
    found = place(part, "", None, finding, header, header if cell else "")
    return found.model_copy(update={"row": part.table.header_row, "cell": cell})


def report_crashes(part: Part, findings: Iterable[tuple[str, Finding]]) -> list[Violation]:
    """One violation for each rule that failed, however many records it failed on."""
    failed: dict[str, list[tuple[str, Finding]]] = {}
    for key, one in findings:
        if one.crashed:
            failed.setdefault(one.rule.id, []).append((key, one))
    found: list[Violation] = []
    for rule_id, cases in failed.items():
        key, finding = cases[0]
        message = f"规则 {rule_id} 本身出错,有 {len(cases)} 条记录没有按它检查,例如 {key}({finding.message})"
        said = replace(finding, message=message, remedy="请把这句话转给管理员;其他规则照常检查")
        found.append(place(part, "", None, said, "", ""))
    return found


def place(part: Part, key: str, record: Record | None, finding: Finding, header: str, value: str) -> Violation:
    """A finding with its address; rows move, so the address is looked up each time."""
    row = record.row_number if record is not None else None
    cell = part.table.address(row, finding.field) if row is not None and finding.field else ""
    found = unplaced(part.book.register, key, finding, header, value)
    return found.model_copy(update={"sheet": part.table.sheet.title, "row": row, "cell": cell})


def unplaced(register: Register, key: str, finding: Finding, header: str, value: str) -> Violation:
    """A finding on what stands in no sheet yet."""
    return Violation(
        register=register.key,
        record=key,
        sheet=register.title,
        row=None,
        cell="",
        column=header,
        field=finding.field or "",
        rule=finding.rule.id,
        level=finding.level,
        value=value,
        message=finding.message,
        remedy=finding.remedy,
        source=finding.rule.grounds,
        fields=finding.rule.fields or ((finding.field,) if finding.field else ()),
        until=finding.until,
    )
