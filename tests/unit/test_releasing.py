"""主管放行: who may turn a BLOCK into a WARN, and what may be released at all (DAT-07)."""

from __future__ import annotations

import datetime as dt

from logic.access import Actor
from logic.changes import Change, Edit, Source
from logic.deciding import Decision, decide
from logic.judgement import Judgement
from logic.register import registers
from tests.tables import rows_of

NOW = dt.datetime(2026, 11, 22, 9, 0)
HEAD, SALES = Actor("林佩文", None, frozenset({"部门主管"})), Actor("程小桃", None, frozenset({"售前客服"}))
STAFF = [
    {"name": "林佩文", "position": "部门主管", "record_id": "YG260101-AAAAA"},
    {"name": "程小桃", "position": "售前客服", "record_id": "YG260101-BBBBB"},
    {"name": "钱慧敏", "position": "财务", "record_id": "YG260101-CCCCC"},
]
PAID = {
    "shop": "旗舰店",
    "customer_id": "tb1",
    "customer_name": "王小明",
    "order_no": "2103021234567890123",
    "amount_due": "100.00",
    "amount_paid": "100.00",
    "paid_at": "2026-11-20",
    "arrived": "否",
    "order_progress": "未通知打单",
    "status": "已登记",
}


def world(author: str) -> Judgement:
    row = PAID | {"record_id": "YH261120-AAAAA", "created_by": author}
    known = registers()
    tables = {"bank_transfers": rows_of(known["bank_transfers"], [row]), "staff": rows_of(known["staff"], STAFF)}
    return Judgement.of(known, tables, now=NOW)


def released(judgement: Judgement, actor: Actor, *, rule: str = "BNK-06", reason: str = "账期客户") -> Decision:
    edit = Edit(
        register="bank_transfers",
        record="YH261120-AAAAA",
        values={"status": "已通知打单", "order_progress": "已通知打单"},
        base={"status": "已登记", "order_progress": "未通知打单"},
        transition="notify_printer",
    )
    change = Change(
        id="c1",
        workbook="w",
        actor=actor.name,
        source=Source.CONSOLE,
        at=NOW,
        edits=(edit,),
        reason=reason,
        release=(rule,),
    )
    return decide(judgement, change, actor, registers())


def test_a_head_releases_what_somebody_else_registered() -> None:
    decision = released(world("程小桃"), HEAD)
    assert decision.verdict == "accepted"
    assert [(one.rule, one.level, one.released) for one in decision.violations] == [("BNK-06", "WARN", True)]
    assert [(one.rule, one.by, one.reason) for one in decision.releases] == [("BNK-06", "林佩文", "账期客户")]


def test_nobody_releases_their_own_record() -> None:
    decision = released(world("林佩文"), HEAD)
    assert decision.verdict == "rejected"
    assert "自己登记" in decision.reason


def test_a_row_typed_in_the_sheet_has_no_author_who_would_be_in_the_way() -> None:
    assert released(world(""), HEAD).verdict == "accepted"


def test_only_heads_release_and_only_with_a_reason() -> None:
    assert "部门主管" in released(world("钱慧敏"), SALES).reason
    assert "理由" in released(world("程小桃"), HEAD, reason=" ").reason


def test_releasing_another_rule_changes_nothing() -> None:
    decision = released(world("程小桃"), HEAD, rule="BNK-08")
    assert decision.verdict == "rejected"
    assert [one.rule for one in decision.violations if one.level == "BLOCK"] == ["BNK-06"]
