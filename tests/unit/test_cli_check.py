"""How `check` words a finding, and what it counts."""

from __future__ import annotations

import datetime as dt

from logic.cli.check import KEYS, as_line, as_object, findings
from logic.register import registers
from logic.rules import Level
from logic.violations import Releases, Violation
from sheets.port import Sheet, Snapshot

FOUND = Violation(
    register="staff", record="YG1", sheet="员工名册", row=12, cell="A12", column="姓名", field="name", rule="DAT-01",
    level=Level.BLOCK, value="甲\t乙\n丙", message="看不懂", remedy="请重填", source="「真实」(某处)",
)  # fmt: skip


def test_a_finding_is_one_line_whatever_the_cell_holds() -> None:
    said = as_line(FOUND)
    assert (
        said
        == "员工名册 | 第12行 | A12 姓名 | DAT-01 | 不能保存(BLOCK) | “甲 乙 丙” | 看不懂 | 请重填 | 「真实」(某处)"
    )
    assert as_line(FOUND.model_copy(update={"row": None, "cell": "", "column": "", "value": ""})).startswith(
        "员工名册 | - | - | DAT-01 | 不能保存(BLOCK) | (空)"
    )
    released = FOUND.model_copy(update={"released": True, "level": Level.WARN})
    assert "已放行(WARN)" in as_line(released)


def test_the_json_of_a_finding() -> None:
    assert list(as_object(FOUND)) == list(KEYS) and as_object(FOUND)["level"] == "BLOCK"


def test_the_message_of_a_released_finding_says_so_where_no_label_does() -> None:
    released = FOUND.model_copy(update={"released": True, "level": Level.WARN})
    assert as_object(released)["message"] == "已放行:看不懂" and as_object(FOUND)["message"] == "看不懂"
    assert "已放行:" not in as_line(released)


def test_findings_come_from_top_to_bottom_with_what_is_due() -> None:
    """
    店铺     | 转账金额 | 转账日期时间
    (空)     | 100      | 2026-01-05
    晴禾家居 | 一百     | 2026-01-05
    """
    known = registers()
    headers = [declared.header for declared in known["bank_transfers"].fields.values()]
    values = (
        {"客户ID(旺旺)": "a", "转账金额": 100.0, "转账日期时间": "2026-01-05"},
        {
            "店铺": "晴禾家居",
            "客户ID(旺旺)": "b",
            "转账金额": "一百",
            "转账日期时间": "2026-01-05",
            "最近跟踪时间": "2026-01-09",
        },
    )
    rows = (tuple(headers), *(tuple(row.get(header) for header in headers) for row in values))
    title = known["bank_transfers"].title
    snapshot = Snapshot("r", {title: Sheet(title, rows)}, (title,))
    found = findings(snapshot, known, dt.datetime(2026, 1, 9, 9), Releases())
    assert {one.register for one in found} == {"bank_transfers"}
    assert [one.row for one in found] == sorted(one.row or 0 for one in found)
    assert {(one.row, one.rule) for one in found} >= {(2, "BNK-02"), (2, "BNK-03"), (3, "DAT-01"), (3, "BNK-09")}
