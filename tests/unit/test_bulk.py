"""批量操作: a verdict for each record, one change for each, nobody else's edit overwritten, nothing doubled or lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from logic.asking import Ask
from logic.changes import Change, Outcome
from logic.edits import submit
from logic.staging.batch import MOST, Batch, BatchRow, batches, made, pressable, take_back
from logic.staging.sending import refreshed, resumed, send
from logic.staging.shelf import Shelf
from logic.staging.together import RowVerdict, Verdicts, in_short
from logic.staging.worth import judge
from sheets.drafts import Drafts
from sheets.port import Mark
from tests.conftest import Clock
from tests.staged import WHO, Office

GOOD = {
    "shop": "晴禾家居旗舰店",
    "order_no": "2611220000000012345",
    "customer_name": "张三",
    "amount_due": "100",
    "amount_paid": "100",
    "paid_at": "2026-11-21",
}
FINANCE = "钱慧敏"


class Desk:
    """An office with some transfers in the sheet, and what somebody selected of them."""

    def __init__(self, office: Office, count: int = 4) -> None:
        self.office, self.desk = office, office.desk
        self.shelf: Shelf[Batch] = batches(Drafts(office.store), lambda: office.clock().isoformat())
        self.ids = [self.add(number) for number in range(count)]
        office.tick()

    def add(self, number: int) -> str:
        texts = GOOD | {"customer_id": f"tb_{number}", "order_no": f"26112200000{number:08d}"}
        return self.do(WHO, Ask("bank_transfers", None, texts)).records[0]

    def do(self, who: str, ask: Ask, reason: str = "") -> Outcome:
        outcome = submit(self.desk, who, [ask], reason=reason)
        assert outcome.state == "queued", outcome
        return outcome

    def select(self, *ids: str, who: str = WHO) -> Batch:
        return self.shelf.keep(who, made(self.desk.view().judgement, "bank_transfers", ids or self.ids))

    def keep(self, batch: Batch, who: str = WHO) -> Batch:
        return self.shelf.keep(who, batch)

    def current(self, who: str = WHO) -> Batch:
        batch = self.shelf.load(who, "bank_transfers")
        assert batch is not None
        return batch

    def verdicts(self, who: str = WHO) -> Verdicts:
        return judge(self.current(who), self.desk, self.desk.view().judgement, who)

    def tones(self, who: str = WHO) -> list[str]:
        return [one.tone for one in self.verdicts(who).rows.values()]

    def verdict(self, number: int, who: str = WHO) -> RowVerdict:
        return self.verdicts(who).rows[number]

    def send(self, *numbers: int, who: str = WHO) -> Batch:
        for _ in send(self.desk, self.shelf, who, self.current(who), numbers or self.verdicts(who).having("good")):
            pass
        return self.current(who)

    def settle(self, who: str = WHO) -> Batch:
        self.office.tick()
        batch = refreshed(self.desk, self.shelf, who, self.current(who))
        assert batch is not None
        return batch

    def text(self, number: int, field: str) -> str:
        record = self.desk.view().judgement.record("bank_transfers", self.ids[number])
        assert record is not None
        return record.text(field)


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    office = Office(tmp_path, clock)
    yield Desk(office)
    office.close()


def setting(batch: Batch, column: str, text: str) -> Batch:
    return batch.setting(column).filled({column: text})


def test_one_value_for_a_column_of_all(desk: Desk) -> None:
    desk.keep(setting(desk.select(), "payer_bank", "工商银行"))
    assert desk.tones() == ["good"] * 4
    sent = desk.send()
    assert [row.state for row in sent.sent] == ["queued"] * 4
    assert len({row.change for row in sent.sent}) == 4, "a change of its own for each record"
    done = desk.settle()
    assert [row.state for row in done.rows] == ["saved"] * 4
    assert desk.office.column("payer_bank") == ["工商银行"] * 4


def test_one_button_for_all_stamps_each(desk: Desk) -> None:
    desk.keep(desk.select().pressing("mark_overdue").filled({"track_note": "电话没有人接"}))
    assert desk.tones() == ["good"] * 4
    desk.send()
    assert [desk.text(at, "status") for at in range(4)] == ["超时未到账"] * 4
    assert desk.text(2, "track_note") == "电话没有人接"


def test_a_blank_field_of_a_button_leaves_what_each_has(desk: Desk) -> None:
    desk.do(WHO, Ask("bank_transfers", desk.ids[0], {"track_note": "原来的"}, {}))
    desk.keep(desk.select().pressing("mark_overdue").filled({"track_note": " "}))
    desk.send()
    assert [desk.text(at, "track_note") for at in (0, 1)] == ["原来的", ""]


def test_emptying_a_column_has_to_be_said(desk: Desk) -> None:
    desk.keep(desk.select().setting("shop").filled({"shop": ""}))
    assert desk.verdicts().refusal
    desk.keep(desk.current().filled({}, empties=True))
    assert not desk.verdicts().refusal
    desk.keep(setting(desk.current(), "payer_bank", "x").filled({}, empties=True))
    assert desk.tones() == ["same"] * 4
    assert in_short(desk.verdict(1)) == "内容已经是这样,不用改"


def test_records_that_the_rules_refuse_stay_out_and_say_why(desk: Desk) -> None:
    """A BLOCK on one of them does not hold back the others."""
    desk.keep(setting(desk.select(), "amount_paid", "一百块"))
    assert desk.tones() == ["refused"] * 4
    assert "“一百块”不是金额" in in_short(desk.verdict(1))
    desk.do(WHO, Ask("bank_transfers", desk.ids[1], {"customer_name": ""}, {"customer_name": "张三"}))
    desk.keep(desk.select().pressing("notify_printer"))
    found = desk.verdicts().rows
    assert "customer_name" in {one.field for one in found[2].violations}
    assert found[2].tone == "refused"
    assert any(one.source for one in found[1].violations), "the rule quotes its sentence"


def test_a_button_is_for_its_states(desk: Desk) -> None:
    desk.do(WHO, Ask("bank_transfers", desk.ids[3], {}, {}, "mark_overdue"))
    batch = desk.keep(desk.select().pressing("mark_overdue"))
    assert desk.tones() == ["good", "good", "good", "refused"]
    assert "状态是“超时未到账”的记录不能做" in in_short(desk.verdict(4))
    counted = pressable(desk.office.register, batch, desk.desk.view().judgement)
    assert (counted["mark_overdue"], counted["confirm_arrival"]) == (3, 4)
    assert "complete" not in counted


def test_permission_is_asked_for_each_record_on_the_server(tmp_path: Path, clock: Clock) -> None:
    """By what the roster says when it is sent, whatever the browser shows; one's own records count as one's own."""
    office = Office(tmp_path, clock, "orders")
    shelf = batches(Drafts(office.store), lambda: clock().isoformat())
    asks = [Ask("orders", None, {"order_no": f"26112200000{at:08d}"}) for at in (1, 2)]
    ids = [submit(office.desk, WHO, [ask]).records[0] for ask in asks]
    office.tick()
    office.hire(WHO, "售前客服")
    office.hire(FINANCE, "打单员")

    def told(who: str, batch: Batch) -> list[str]:
        kept = shelf.keep(who, batch)
        found = judge(kept, office.desk, office.desk.view().judgement, who)
        return [in_short(one) if one.tone == "refused" else one.tone for one in found.rows.values()]

    selected = made(office.desk.view().judgement, "orders", ids)
    audit = selected.pressing("audit").filled({"audit_result": "通过"})
    assert [one[:9] for one in told(WHO, audit)] == ["“审核”由打单员来"] * 2
    assert list(send(office.desk, shelf, WHO, audit, [1, 2])) == [1, 2], "the browser says what it likes"
    kept = shelf.load(WHO, "orders")
    assert kept is not None
    assert kept.sent == []
    assert "“审核”由打单员来做" in kept.rows[0].said[0]
    assert [one[:12] for one in told(WHO, setting(selected, "goods", "保温杯"))] == ["修改“订单打单状态表”由"] * 2
    assert told(FINANCE, setting(selected, "goods", "保温杯")) == ["good", "good"]
    assert judge(audit, office.desk, office.desk.view().judgement, "陌生人").refusal
    office.close()


def test_what_somebody_changed_since_it_was_selected_is_not_overwritten(desk: Desk) -> None:
    """Neither by a value nor by what a button writes into a cell that was empty then."""
    selected = desk.select()
    desk.do(FINANCE, Ask("bank_transfers", desk.ids[0], {"payer_bank": "建设银行"}, {}))
    desk.keep(setting(selected, "payer_bank", "工商银行"))
    assert desk.tones() == ["refused", "good", "good", "good"]
    assert "被别人从“(空)”改成了“建设银行”" in in_short(desk.verdict(1))
    desk.send(1, 2, 3, 4)
    assert [desk.text(at, "payer_bank") for at in range(4)] == ["建设银行", *["工商银行"] * 3]
    assert desk.current().rows[0].said
    desk.shelf.change(WHO, desk.current(), lambda known: known.looked_at(desk.desk.view().judgement))
    assert desk.tones() == ["good"], "looked at again, it is meant so"
    desk.send()
    assert desk.text(0, "payer_bank") == "工商银行"

    again = desk.select()
    desk.do(FINANCE, Ask("bank_transfers", desk.ids[0], {"last_tracked_at": "2026-11-20"}, {}))
    desk.keep(again.pressing("track").filled({"track_note": "已联系"}))
    assert desk.tones() == ["refused", "good", "good", "good"]


def test_a_formula_is_not_overwritten_and_holds_back_no_other(desk: Desk) -> None:
    table = desk.desk.view().judgement.tables["bank_transfers"]
    assert table is not None
    at = table.index["payer_bank"] + 1
    sheet, row = desk.office.register.title, table.rows[1].number
    desk.office.book.type(sheet, row, at, "算出来的")  # type: ignore[attr-defined]
    desk.office.book._tabs[sheet].marks[row, at] = Mark.FORMULA  # type: ignore[attr-defined]
    desk.office.tick()
    desk.keep(setting(desk.select(), "payer_bank", "工商银行"))
    assert desk.tones() == ["good", "refused", "good", "good"]
    assert "公式" in in_short(desk.verdict(2))


def test_what_cannot_stand_side_by_side_is_found_before_it_is_sent(desk: Desk) -> None:
    """One order number for all of them: each alone might pass."""
    desk.keep(setting(desk.select(), "order_no", "2611229999999912345"))
    together = desk.tones()
    desk.keep(setting(desk.select(desk.ids[0]), "order_no", "2611229999999912345"))
    assert desk.tones() == ["good"]
    assert together != ["good"] * 4


def test_a_reason_is_asked_for_once_and_written_with_each(desk: Desk) -> None:
    desk.keep(desk.select().pressing("void"))
    assert "需要写明原因" in in_short(desk.verdict(1))
    desk.keep(desk.current().filled({}, reason="重复登记"))
    assert desk.tones() == ["good"] * 4
    sent = desk.send()
    entry = desk.desk.journal.entry(sent.rows[0].change)
    assert entry is not None
    assert Change.model_validate_json(entry.body).reason == "重复登记"


def test_sending_twice_does_it_once(desk: Desk) -> None:
    """A double click: two runs of the same page, and a browser that sends the old state again."""
    before = desk.keep(desk.select().pressing("track").filled({"track_note": "已联系"}))
    first = desk.send()
    for _ in send(desk.desk, desk.shelf, WHO, before, [1, 2, 3, 4]):
        pass
    desk.shelf.keep(WHO, replace(before, version=99))
    second = desk.send(1, 2, 3, 4)
    assert [row.change for row in second.rows] == [row.change for row in first.rows]
    assert len(desk.desk.journal.pending(desk.desk.workbook)) == 4


def test_a_sending_that_is_cut_off_is_told_and_goes_on(desk: Desk) -> None:
    desk.keep(setting(desk.select(), "payer_bank", "工商银行"))
    steps = send(desk.desk, desk.shelf, WHO, desk.current(), [1, 2, 3, 4])
    assert [next(steps), next(steps)] == [1, 2]
    halfway = desk.current()
    assert halfway.sending, "killed here, nothing of the two is on the shelf yet"
    steps.close()
    assert [row.is_sent for row in desk.current().rows] == [True, True, False, False]
    desk.shelf.keep(WHO, halfway)
    known = resumed(desk.desk, desk.shelf, WHO, desk.current())
    assert known is not None
    assert [row.is_sent for row in known.rows] == [True, True, False, False], "the journal knows"
    assert not known.sending
    desk.send()
    done = desk.settle()
    assert [row.state for row in done.rows] == ["saved"] * 4


def test_another_batch_meanwhile_is_left_alone(desk: Desk) -> None:
    old = desk.keep(setting(desk.select(), "payer_bank", "工商银行"))
    new = desk.select(desk.ids[1])
    for _ in send(desk.desk, desk.shelf, WHO, old, [1, 2]):
        pytest.fail("the batch is gone")
    assert desk.current().id == new.id


def test_what_was_written_is_taken_back(desk: Desk) -> None:
    """A button with its stamps; what somebody changed since stays theirs, and is said."""
    desk.keep(desk.select().pressing("mark_overdue").filled({"track_note": "催过"}))
    desk.send(1, 2, 3)
    desk.settle()
    desk.do(FINANCE, Ask("bank_transfers", desk.ids[2], {"track_note": "又催过"}, {"track_note": "催过"}))
    assert list(take_back(desk.desk, desk.shelf, WHO, desk.current())) == [1, 2, 3]
    rows = desk.current().rows
    assert [bool(row.undone) for row in rows] == [True, True, False, False]
    assert rows[2].said
    assert [desk.text(at, "status") for at in range(4)] == ["已登记", "已登记", "超时未到账", "已登记"]
    assert desk.text(2, "track_note") == "又催过"
    assert list(take_back(desk.desk, desk.shelf, WHO, desk.current())) == [1], "only what is not taken back yet"


def test_taking_back_that_is_cut_off_does_no_harm(desk: Desk) -> None:
    desk.keep(setting(desk.select(), "payer_bank", "工商银行"))
    desk.send()
    written = desk.settle()
    for _ in take_back(desk.desk, desk.shelf, WHO, written):
        pass
    desk.office.tick()
    desk.shelf.keep(WHO, written)  # as it was before anything was told to the shelf
    for _ in take_back(desk.desk, desk.shelf, WHO, desk.current()):
        pass
    assert all(row.undone for row in desk.current().rows)
    assert [desk.text(at, "payer_bank") for at in range(4)] == [""] * 4


def test_only_records_that_are_there_and_have_an_id_are_taken(desk: Desk) -> None:
    judgement = desk.desk.view().judgement
    batch = made(judgement, "bank_transfers", [desk.ids[0], "YH261122-ZZZZZ", "#3", desk.ids[0], desk.ids[1]])
    assert [row.record for row in batch.rows] == desk.ids[:2]
    assert len(batch.rows) <= MOST
    gone = replace(batch, rows=(BatchRow(1, {}, record="YH261122-ZZZZZ"),))
    desk.keep(setting(gone, "payer_bank", "x"))
    assert "没有记录编号为 YH261122-ZZZZZ 的记录" in in_short(desk.verdict(1))


def test_what_is_chosen_cannot_be_changed_once_something_is_sent(desk: Desk) -> None:
    desk.keep(setting(desk.select(), "payer_bank", "工商银行"))
    sent = desk.send(1)
    assert sent.pressing("void") == sent
    assert sent.filled({"payer_bank": "别的"}) == sent
    assert sent.without(1) == sent
    assert len(sent.without(2).rows) == 3


def test_a_batch_is_the_same_from_the_shelf(desk: Desk) -> None:
    batch = desk.keep(desk.select().pressing("void").filled({"note": "🙂\n<b>"}, reason="重复"))
    assert desk.current() == batch
    assert desk.shelf.load(FINANCE, "bank_transfers") is None
