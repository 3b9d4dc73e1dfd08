"""工作台: what waits for whom, what is due, what somebody registered today, and that it is worked out once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

from logic import board
from logic.access import Actor
from logic.awaited import awaited
from logic.board import SHOWN, Board, Mine
from logic.judgement import Amendment, Judgement
from logic.register import registers
from tests.tables import rows_of

Texts = Mapping[str, str]
KNOWN = registers()
NOW = dt.datetime(2026, 11, 22, 9, 0)
CLERK, AGENT, FINANCE = "李强", "赵敏", "陈静"
STAFF = (
    {"name": CLERK, "alias": "小强", "position": "打单员", "record_id": "YG210101-22222"},
    {"name": AGENT, "position": "售后客服", "record_id": "YG210101-22223"},
    {"name": FINANCE, "position": "财务", "record_id": "YG210101-22224"},
    {"name": "钱多多", "position": "售后客服", "record_id": "YG210101-22225"},
    {"name": "周平", "position": "摄影", "extra_positions": "打单员", "record_id": "YG210101-22226"},
)
CASE = {
    "record_id": "SH261121-22222",
    "case_type": "撤回包裹",
    "agent": AGENT,
    "order_no": "2611200000000001234",
    "courier": "圆通",
    "waybill_no": "YT8800123456789",
    "registered_at": "2026-11-21 10:00",
    "status": "快递已签字",
}
TRANSFER = {"record_id": "YH261120-22222", "customer_id": "tb_1", "order_no": "2611200000000001234"}


def world(**rows: Sequence[Texts]) -> Judgement:
    tables = {key: rows_of(KNOWN[key], records) for key, records in {"staff": STAFF, **rows}.items()}
    return Judgement.of(KNOWN, tables, now=NOW)


def cases(*texts: Texts) -> Judgement:
    each = [{**CASE, "record_id": f"SH261121-2222{2 + n}", **one} for n, one in enumerate(texts)]
    return world(after_sales_register=each)


def of(judgement: Judgement, name: str, made: Board | None = None, now: dt.datetime = NOW) -> Mine:
    actor = judgement.people.actor(name)
    assert actor is not None
    return (made or Board()).of(judgement, actor, now)


def waiting(judgement: Judgement, name: str) -> dict[str, int]:
    return {task.step.label: task.share.count for task in of(judgement, name).tasks}


def test_a_case_awaited_whoever_does_the_next_step() -> None:
    """Not for those who only could do something else with it: hand it over, void it, give the recall up."""
    signed, fresh = cases({}), cases({"status": "已登记"})
    assert (waiting(signed, CLERK), waiting(signed, AGENT)) == ({"签收原包裹": 1}, {})
    assert (waiting(fresh, CLERK), waiting(fresh, AGENT)) == ({}, {"已联系快递": 1})
    assert waiting(signed, "周平") == {"签收原包裹": 1}, "by 兼任岗位"
    assert waiting(signed, FINANCE) == {}


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        ({"status": "已登记"}, ["确认到账"]),
        ({"status": "已到账"}, ["通知打单"]),
        ({"status": "金额不符"}, ["金额已补足"]),
        ({"status": "已通知打单", "arrived": "否"}, ["登记发货", "补确认到账"]),
        (
            {
                "status": "已发货",
                "arrived": "是",
                "arrived_at": "2026-11-20",
                "confirmed_by": FINANCE,
                "amount_paid": "5",
                "paid_at": "2026-11-20",
            },
            ["完成"],
        ),
        ({"status": "已完成"}, []),
        ({"status": "已作废"}, []),
    ],
)
def test_a_transfer_awaited_its_next_step_and_for_what_is_not_done_yet(texts: Texts, labels: list[str]) -> None:
    register = KNOWN["bank_transfers"]
    (record,) = world(bank_transfers=[{**TRANSFER, **texts}]).records("bank_transfers").values()
    assert [step.label for step in awaited(register, record)] == labels


def test_voiding_and_what_is_closed_wait_for_nobody() -> None:
    register = KNOWN["recall_slips"]
    slips = [
        {"record_id": "TD261121-22222", "slip_no": "TD261121-22222"},
        {"record_id": "TD261121-22223", "status": "作废"},
    ]
    judgement = world(recall_slips=[slip | {"slip_no": slip["record_id"]} for slip in slips])
    assert [awaited(register, record) for record in judgement.records("recall_slips").values()] == [(), ()]


def test_a_row_without_an_id_awaited_nobody_yet() -> None:
    assert waiting(cases({"record_id": ""}), CLERK) == {}


def test_own_records_come_first_and_only_the_first_are_named() -> None:
    judgement = cases(*({"agent": AGENT if n == 6 else "钱多多", "status": "已登记"} for n in range(7)))
    (task,) = of(judgement, AGENT).tasks
    assert (task.share.count, task.share.own, len(task.share.first)) == (7, 1, SHOWN)
    assert [record.key[-1] for record in task.share.first] == ["8", "2", "3", "4", "5"]


def test_an_edit_moves_a_case_on_and_only_that_record_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made, before = Board(), cases({}, {})
    assert [task.share.count for task in of(before, CLERK, made).tasks] == [2]
    looked: list[str] = []
    known = board.awaited
    monkeypatch.setattr(board, "awaited", lambda register, record: looked.append(record.key) or known(register, record))
    edit = Amendment("after_sales_register", "SH261121-22223", {"status": "原包裹已收到"})
    after = before.amended([edit], now=NOW)
    assert [task.share.count for task in of(after, CLERK, made).tasks] == [1]
    assert [task.step.label for task in of(after, AGENT, made).tasks] == ["处理退款"]
    assert looked == ["SH261121-22223"]


def test_what_one_person_sees_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made, judgement = Board(), cases({})
    first = of(judgement, CLERK, made)
    assert of(judgement, CLERK, made, NOW + dt.timedelta(seconds=30)) is first
    assert of(judgement, AGENT, made) is not first


# What is due ----------------------------------------------------------------------------------------------------------


def test_what_is_due_stands_by_rule_the_persons_own_first() -> None:
    old = {"registered_at": "2026-11-10 10:00"}
    judgement = cases(old | {"agent": "钱多多"}, old)
    (one,) = (due for due in of(judgement, AGENT).due if due.rule == "AFS-18")
    assert (one.share.count, one.share.own) == (2, 1)
    assert [violation.record[-1] for violation in one.share.first] == ["3", "2"]


def test_what_was_changed_since_is_not_called_due_until_it_is_looked_at_again() -> None:
    made, judgement = Board(), cases({"registered_at": "2026-11-10 10:00"})
    assert [due.rule for due in of(judgement, AGENT, made).due] == ["AFS-18"]
    edit = Amendment("after_sales_register", "SH261121-22222", {"note": "已催快递"})
    after = judgement.amended([edit], now=NOW)
    assert of(after, AGENT, made, NOW + dt.timedelta(seconds=5)).due == []
    assert [due.rule for due in of(after, AGENT, made, NOW + board.DUE_AGAIN).due] == ["AFS-18"]


# What was registered --------------------------------------------------------------------------------------------------


def test_what_somebody_registered_today() -> None:
    mine = {"created_by": CLERK, "created_at": "2026-11-22 08:00"}
    judgement = cases(mine, mine | {"created_at": "2026-11-21 08:00"}, mine | {"created_by": AGENT})
    assert [record.key for record in of(judgement, CLERK).registered] == ["SH261121-22222"]
    tomorrow = NOW + dt.timedelta(days=1)
    assert list(of(judgement, CLERK, now=tomorrow).registered) == []


def test_nobody_in_particular_has_nothing_waiting() -> None:
    judgement = cases({})
    mine = Board().of(judgement, Actor("路人"), NOW)
    assert (mine.tasks, mine.registered) == ([], [])
