"""The roster and the settings: what a change of them brings to light elsewhere is told, and refuses nothing."""

from __future__ import annotations

import datetime as dt

from logic.access import Actor
from logic.changes import Change, Edit, Source
from logic.deciding import TOLD, Decision, decide
from logic.judgement import Judgement
from logic.register import registers
from logic.trade.parameters import PARAMETERS
from tests.tables import rows_of

KNOWN = registers()
NOW = dt.datetime(2021, 3, 10, 9, 0)
CASE = dict(KNOWN["after_sales_register"].samples[0]) | {"case_type": "其他", "status": "已登记"}
PAID = dict(KNOWN["bank_transfers"].samples[1])


def changed(judgement: Judgement, register: str, values: dict[str, str]) -> Decision:
    edit = Edit(register=register, record=f"{KNOWN[register].prefix}210310-NEWNW", new=True, values=values)
    change = Change(id="c", workbook="w", actor="王芳", source=Source.CONSOLE, at=NOW, edits=(edit,))
    return decide(judgement, change, Actor("王芳", founder=True), KNOWN)


def test_the_first_name_of_a_roster_is_taken_although_it_makes_all_others_unknown() -> None:
    cases = [CASE | {"agent": agent, "record_id": f"SH210310-2222{n}"} for n, agent in ((2, "李强"), (3, "王芳"))]
    tables = {
        "after_sales_register": rows_of(KNOWN["after_sales_register"], cases),
        "staff": rows_of(KNOWN["staff"], []),
    }
    empty = Judgement.of(KNOWN, tables, now=NOW)
    decision = changed(empty, "staff", {"name": "李强", "position": "售后客服"})
    assert decision.verdict == "accepted", decision
    assert [(one.record, one.rule, one.level) for one in decision.violations] == [("SH210310-22223", "DAT-05", "WARN")]


def test_a_new_setting_is_taken_although_rows_exceed_it_and_says_which_first() -> None:
    ids = [f"YH210310-2222{letter}" for letter in "23456789ABCDEFGHJKMNPQRST"]
    assert len(ids) == TOLD + 5
    rows = [
        PAID | {"record_id": id, "order_no": f"21030200000000000{n}", "amount_paid": "999.50"}
        for n, id in enumerate(ids, start=10)
    ]
    tables = {
        "bank_transfers": rows_of(KNOWN["bank_transfers"], rows),
        "settings": rows_of(KNOWN["settings"], []),
        "staff": rows_of(KNOWN["staff"], []),
    }
    before = Judgement.of(KNOWN, tables, now=NOW)
    assert not [one for one in before.violations() if one.rule == "BNK-07"]
    values = {
        "key": PARAMETERS["bank_tolerance"].title,
        "value": "0.10",
        "effective_from": "2021-01-01",
        "approver": "陈静",
        "changed_by": "王芳",
    }
    decision = changed(before, "settings", values)
    assert decision.verdict == "accepted", decision.violations
    assert [one.rule for one in decision.violations] == ["BNK-07"] * TOLD
    assert {one.level for one in decision.violations} == {"WARN"}
    assert sum(one.rule == "BNK-07" for one in decision.judgement.violations()) == TOLD + 5


def test_what_is_wrong_with_the_row_itself_still_refuses() -> None:
    tables = {"settings": rows_of(KNOWN["settings"], []), "staff": rows_of(KNOWN["staff"], [])}
    before = Judgement.of(KNOWN, tables, now=NOW)
    wrong = {
        "key": PARAMETERS["bank_tolerance"].title,
        "value": "五",
        "effective_from": "2021-01-01",
        "approver": "陈静",
    }
    assert changed(before, "settings", wrong).verdict == "rejected"
