"""撤回包裹 and the other after-sales cases: what the examples of the rules cannot show, because others look on or act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

from logic.access import Actor
from logic.changes import Change, Edit, Source
from logic.deciding import Decision, decide
from logic.judgement import Amendment, Judgement
from logic.register import registers
from logic.rules import Rule, Timing
from logic.violations import Violation
from tests.tables import rows_of

Texts = Mapping[str, str]
KNOWN = registers()
REGISTER = KNOWN["after_sales_register"]
NOW = dt.datetime(2021, 3, 10, 9, 0)
CASE, SLIP = "SH210302-22222", "TD210302-22222"
STAFF = (
    {"name": "赵敏", "position": "售后客服", "record_id": "YG210101-22222"},
    {"name": "李强", "position": "打单员", "record_id": "YG210101-22223"},
    {"name": "周平", "position": "配货员", "extra_positions": "打单员", "record_id": "YG210101-22224"},
    {"name": "吴刚", "position": "配货员", "record_id": "YG210101-22225"},
    {"name": "林佩文", "position": "部门主管", "record_id": "YG210101-22226"},
    {"name": "钱多多", "position": "售后客服", "record_id": "YG210101-22227"},
)
FRESH = dict(REGISTER.samples[0]) | {"record_id": CASE, "created_by": "赵敏"}
CONTACTED = FRESH | {"status": "已联系快递", "courier_contacted_at": "2021-03-02 10:20"}
SENT = CONTACTED | {"status": "快递已签字", "slip_no": SLIP}
RECEIPT = {"receipt_phrase": "原包裹已收到", "receipt_by": "李强", "receipt_on": "2021-03-05"}
BACK = SENT | RECEIPT | {"status": "原包裹已收到", "parcel_back_on": "2021-03-05", "parcel_condition": "完好"}
CLAIM = FRESH | {"case_type": "质量问题", "status": "待核实", "courier": "", "waybill_no": ""}
PROVED = {"photo_url": "漏水.jpg", "verified_by": "赵敏", "verified_at": "2021-03-03 09:30"}
TAKEN = {
    "record_id": SLIP,
    "slip_no": SLIP,
    "case_id": CASE,
    "courier": "圆通",
    "waybill_no": "YT8800123456789",
    "slip_printed_at": "2021-03-02 10:30",
    "courier_signer": "圆通王师傅",
    "courier_signed_on": "2021-03-02",
    "slip_keeper": "李强",
    "slip_status": "已签字",
}


def setting(key: str, value: str, since: str = "2021-01-01") -> dict[str, str]:
    return {"key": key, "value": value, "effective_from": since, "changed_by": "赵敏", "approver": "林佩文"}


def world(
    *cases: Texts, slips: Sequence[Texts] = (), settings: Sequence[Texts] = (), orders: Sequence[Texts] | None = None
) -> Judgement:
    rows: dict[str, Sequence[Texts]] = {
        "after_sales_register": cases,
        "recall_slips": slips,
        "staff": STAFF,
        "settings": settings,
    }
    if orders is not None:
        rows["orders"] = orders
    return Judgement.of(KNOWN, {key: rows_of(KNOWN[key], texts) for key, texts in rows.items()}, now=NOW)


def changed(
    judgement: Judgement, values: Texts, actor: str = "赵敏", release: tuple[str, ...] = (), reason: str = ""
) -> Decision:
    """What becomes of a change of the case."""
    record, person = judgement.record("after_sales_register", CASE), judgement.people.find(actor)
    assert record is not None and person is not None
    edit = Edit(
        register="after_sales_register",
        record=CASE,
        values=values,
        base={name: record.text(name) for name in values},
    )
    change = Change(
        id="c1",
        workbook="w",
        actor=actor,
        source=Source.CONSOLE,
        at=NOW,
        edits=(edit,),
        reason=reason,
        release=release,
    )
    return decide(judgement, change, Actor(person.name, person.record, person.positions), KNOWN)


def short(violations: Sequence[Violation]) -> list[str]:
    return [f"{one.level} {one.rule} {one.column}{' 已放行' if one.released else ''}" for one in violations]


def said(judgement: Judgement, rule: str) -> list[str]:
    return [text for text in short(judgement.violations("after_sales_register", CASE)) if f" {rule} " in text]


def rule_of(id: str, timing: Timing = Timing.STANDING) -> Rule:
    return next(one for one in REGISTER.rules if one.id == id and one.timing is timing)


# Catalogue, appendix C, scenario 5 ------------------------------------------------------------------------------------

REFUND = {"refund_on": "2021-03-06", "refund_by": "赵敏", "refund_amount": "59.00"}


def test_a_refund_before_the_receipt_is_refused_and_a_head_may_release_it() -> None:
    before = world(SENT, slips=[TAKEN])
    refused = changed(before, REFUND)
    assert refused.verdict == "rejected"
    assert short(refused.violations) == ["BLOCK AFS-07 退款日期"]
    assert "2021-03-06" in refused.violations[0].message and refused.violations[0].remedy
    released = changed(before, REFUND, "林佩文", release=("AFS-07",), reason="客户急用钱,快递已在途")
    assert released.verdict == "accepted"
    assert short(released.violations) == ["WARN AFS-07 退款日期 已放行"]
    assert "部门主管" in changed(before, REFUND, "赵敏", release=("AFS-07",), reason="急").reason


def test_a_refund_made_by_the_platform_is_a_fact() -> None:
    for mode in ("平台自动退款", "小二判退"):
        decision = changed(world(SENT, slips=[TAKEN]), {"refund_on": "2021-03-06", "refund_mode": mode})
        assert decision.verdict == "accepted"
        assert short(decision.violations) == ["WARN AFS-07 退款日期 已放行"]
    assert changed(world(SENT, slips=[TAKEN]), REFUND | {"refund_mode": "客服同意"}).verdict == "rejected"


def test_no_release_for_another_phrase_or_for_a_blank() -> None:
    before = world(SENT, slips=[TAKEN | {"signed_slip_returned": "是", "swapped_back_on": "2021-03-05"}])
    receipt = RECEIPT | {"parcel_back_on": "2021-03-05"}
    for wrong, column in (({"receipt_phrase": "原包裹收到"}, "收件签注"), ({"receipt_on": ""}, "签收日期")):
        decision = changed(before, receipt | wrong, "林佩文", release=("AFS-06",), reason="就这样")
        assert decision.verdict == "rejected"
        assert f"BLOCK AFS-06 {column}" in short(decision.violations)
    quoted = receipt | {"receipt_phrase": "“原包裹已收到”"}
    assert changed(before, quoted, "林佩文").verdict == "accepted"
    signed = changed(before, quoted)
    assert signed.verdict == "rejected", "an agent does not sign for the printer"
    assert "BLOCK SOD-01 收件签注" in short(signed.violations)


def test_one_person_for_receipt_and_refund() -> None:
    done = BACK | {"status": "退款处理中", "refund_by": "李强", "refund_on": "2021-03-06"}
    assert said(world(done), "AFS-09") == ["BLOCK AFS-09 退款处理人"]
    small = setting("allow_multi_role", "是")
    assert said(world(done, settings=[small]), "AFS-09") == ["WARN AFS-09 退款处理人"]
    later = setting("allow_multi_role", "是", "2021-03-03")
    assert said(world(done, settings=[later]), "AFS-09") == ["BLOCK AFS-09 退款处理人"], "judged by its own day"


def test_who_acts_as_printer_may_sign() -> None:
    """SOD-05: 兼任岗位 counts; a delegate of the settings counts; the job title alone does not."""
    assert said(world(BACK | {"receipt_by": "周平"}), "AFS-06") == []
    assert said(world(BACK | {"receipt_by": "吴刚"}), "AFS-06") == ["BLOCK AFS-06 签收人"]
    stand_in = setting("delegates", "打单员→吴刚", "2021-03-04")
    assert said(world(BACK | {"receipt_by": "吴刚"}, settings=[stand_in]), "AFS-06") == []
    early = BACK | {"receipt_by": "吴刚", "receipt_on": "2021-03-03", "parcel_back_on": "2021-03-03"}
    assert said(world(early, settings=[stand_in]), "AFS-06") == ["BLOCK AFS-06 签收人"], "not yet that day"
    released = changed(world(SENT), RECEIPT | {"receipt_by": "吴刚"}, "林佩文", ("AFS-06", "AFS-02"), "打单员休息")
    assert "WARN AFS-06 签收人 已放行" in short(released.violations)


def test_a_parcel_delivered_before_the_slip_was_printed() -> None:
    decision = changed(world(CONTACTED), {"status": "撤回失败", "recall_failed_reason": "已签收"})
    assert (decision.verdict, decision.violations) == ("accepted", ())
    assert REGISTER.workflow is not None
    for status in ("已登记", "已联系快递", "退回单已打印", "快递已签字"):
        steps = {step.key for step in REGISTER.workflow.possible(status, {"case_type": "撤回包裹"})}
        assert {"recall_failed", "receive_parcel", "wanted_again"} <= steps
    assert "recall_failed" not in {step.key for step in REGISTER.workflow.possible("原包裹已收到")}


# Scenario 6: what a manager types into the sheet ----------------------------------------------------------------------


def test_a_refund_date_typed_into_the_sheet_is_found_with_its_cell() -> None:
    judgement = world(FRESH | {"record_id": "SH210302-33333"}, SENT | {"refund_on": "2021-03-06"}, slips=[TAKEN])
    (found,) = [one for one in judgement.violations("after_sales_register") if one.rule == "AFS-07"]
    assert (found.record, found.row, found.column, found.value) == (CASE, 3, "退款日期", "2021-03-06")
    assert found.cell.endswith("3") and "由售后客服处理后期退款问题" in found.source
    record = judgement.record("after_sales_register", CASE)
    assert record is not None and "AFS-07" in judgement.finding(record)


# Scenario 7: quality claims -------------------------------------------------------------------------------------------


def test_a_quality_claim_is_proved_before_the_company_pays() -> None:
    claim = world(CLAIM)
    assert said(claim, "AFS-10") == [], "a claim without a photo is saved"
    without_photo = changed(claim, {"verified_result": "属实", "verified_by": "赵敏", "verified_at": "2021-03-03"})
    assert short(without_photo.violations) == ["BLOCK AFS-10 质量照片"]
    verified = CLAIM | PROVED | {"status": "已核实", "verified_result": "不属实"}
    refund = changed(world(verified), {"status": "退款处理中", "refund_by": "赵敏", "refund_on": "2021-03-04"})
    assert refund.verdict == "rejected" and "BLOCK AFS-10 退款日期" in short(refund.violations)
    closed = changed(world(verified), {"status": "已结案", "resolution": "照片上没有破损,已说明"})
    assert (closed.verdict, closed.violations) == ("accepted", ())
    by_platform = changed(world(verified), {"refund_mode": "小二判退", "refund_on": "2021-03-04"})
    assert short(by_platform.violations) == ["WARN AFS-10 退款日期 已放行"]


@pytest.mark.parametrize(
    ("people", "amount", "fine"),
    [
        ("赵敏", "100.00", True),
        ("赵敏", "100.01", False),
        ("赵敏、钱多多", "300.00", False),
        ("赵敏、吴刚", "300.00", True),
        ("吴刚", "300.00", False),
    ],
)
def test_large_claims_are_verified_by_the_warehouse_too(people: str, amount: str, fine: bool) -> None:
    verified = CLAIM | PROVED | {"status": "已核实", "verified_result": "属实"}
    row = verified | {"verified_by": people, "refund_amount": amount}
    assert said(world(row), "AFS-10") == [], "off by default"
    found = said(world(row, settings=[setting("verify_second_over", "100")]), "AFS-10")
    assert found == ([] if fine else ["BLOCK AFS-10 核实人"])


# Scenario 28: who answers for a case ----------------------------------------------------------------------------------


def test_handing_over_needs_a_reason_and_a_case_its_agent() -> None:
    before = world(FRESH)
    silent = changed(before, {"agent": "钱多多"})
    assert silent.verdict == "accepted" and short(silent.violations) == ["WARN AFS-19 责任客服(售后客服)"]
    handover = {"handed_over_by": "赵敏", "handed_over_at": "2021-03-10 09:00", "handover_reason": "休假"}
    assert changed(before, {"agent": "钱多多"} | handover).violations == ()
    blank = changed(before, {"agent": ""})
    assert blank.verdict == "rejected" and short(blank.violations) == ["BLOCK AFS-19 责任客服(售后客服)"]
    again = changed(world(FRESH | handover | {"agent": "钱多多"}), {"agent": "赵敏"})
    assert short(again.violations) == ["WARN AFS-19 责任客服(售后客服)"], "the old handover does not answer for this"


# The slip, the orders and the settings --------------------------------------------------------------------------------


def test_the_case_is_judged_again_when_its_slip_changes() -> None:
    judgement = world(SENT, slips=[TAKEN | {"slip_status": "已打印", "courier_signer": ""}])
    assert said(judgement, "AFS-03") == ["BLOCK AFS-03 退回单编号"]
    signed = judgement.amended([Amendment("recall_slips", SLIP, {"courier_signer": "圆通王师傅"})], now=NOW)
    assert said(signed, "AFS-03") == []
    void = signed.amended([Amendment("recall_slips", SLIP, {"status": "作废"})], now=NOW)
    assert said(void, "AFS-02") == ["BLOCK AFS-02 退回单编号"]


def test_what_a_slip_marked_as_signed_lacks_is_said_once_beside_it() -> None:
    judgement = world(SENT, slips=[TAKEN | {"courier_signer": ""}])
    assert said(judgement, "AFS-03") == []
    assert short(judgement.violations("recall_slips", SLIP)) == ["BLOCK AFS-03 快递签字人"]


def test_without_slips_the_reply_of_the_courier_is_wanted() -> None:
    """recall_slip_required = off: intercepted online."""
    off = setting("recall_slip_required", "否")
    back = CONTACTED | RECEIPT | {"status": "原包裹已收到", "parcel_back_on": "2021-03-05"}
    assert said(world(back), "AFS-02") == ["BLOCK AFS-02 退回单编号"]
    assert said(world(back, settings=[off]), "AFS-02") == ["BLOCK AFS-02 快递回复截图"]
    assert short(world(back | {"courier_reply_url": "同意拦截.png"}, settings=[off]).violations()) == []
    late = setting("recall_slip_required", "否", "2021-03-03")
    assert said(world(back, settings=[late]), "AFS-02") == ["BLOCK AFS-02 退回单编号"], "judged by its own day"


def test_only_shipped_orders_are_recalled() -> None:
    order = {"order_no": "2103020000000000001", "print_status": "已打单", "record_id": "DD210301-22222"}
    assert said(world(FRESH), "AFS-01") == said(world(FRESH, orders=[]), "AFS-01") == [], "no orders are kept here"
    assert said(world(FRESH, orders=[order]), "AFS-01") == ["BLOCK AFS-01 订单号"]
    assert said(world(FRESH, orders=[order | {"print_status": "已发货"}]), "AFS-01") == []
    assert said(world(FRESH, orders=[order | {"order_no": "7"}]), "AFS-01") == ["WARN AFS-01 订单号"]
    assert said(world(FRESH | {"order_no": ""}, orders=[order]), "AFS-01") == ["WARN AFS-01 订单号"]
    several = FRESH | {"order_no": "2103020000000000001、2103020000000000002"}
    assert said(world(several, orders=[order]), "AFS-01") == ["BLOCK AFS-01 订单号"], "one parcel, several orders"
    back = world(BACK, slips=[TAKEN], orders=[order | {"print_status": "作废"}])
    assert said(back, "AFS-01") == [], "what becomes of the order afterwards is no matter"


def test_reminders_know_the_days_of_the_settings() -> None:
    def due(judgement: Judgement, day: int) -> list[str]:
        found = judgement.due(dt.datetime(2021, 3, day, 12))
        return [f"{one.rule} {one.column}" for one in found if one.record == CASE]

    assert due(world(SENT, slips=[TAKEN]), 9) == []
    assert due(world(SENT, slips=[TAKEN]), 10) == ["AFS-18 包裹退回日期"]
    assert due(world(SENT, slips=[TAKEN], settings=[setting("recall_days", "3")]), 6) == ["AFS-18 包裹退回日期"]
    failed = FRESH | {"status": "撤回失败"}
    assert due(world(failed), 4) == ["AFS-18 撤回失败原因"]
    assert due(world(failed | {"recall_failed_reason": "已派送"}), 30) == []


def test_what_waits_for_other_registers_says_so() -> None:
    voided = rule_of("AFS-11")
    assert not voided.active({"after_sales_register"}) and "order_cancellations" in voided.why_waiting(set())
    assert voided.active({"order_cancellations"}) and voided.why_waiting({"order_cancellations"}) == ""
    assert "returns_exchanges" in rule_of("AFS-10").why_waiting(KNOWN)
    assert "returns_exchanges" in rule_of("AFS-18", Timing.TIMED).why_waiting(KNOWN)


def test_both_registers_answer_for_what_the_catalogue_asks_of_them() -> None:
    answered = {id for one in REGISTER.rules for id in (one.id, *one.also)}
    numbers = (*range(1, 12), *range(16, 21))
    assert answered == {"RMK-09", "SOD-03"} | {f"AFS-{n:02}" for n in numbers}
    headers = [one.header for one in REGISTER.fields.values()][:-8]
    assert headers == [
        "店铺", "售后类型", "登记日期", "责任客服(售后客服)", "转交人", "转交时间", "转交原因", "客户ID(旺旺)", "订单号",
        "平台退款编号", "平台处理截止", "商品及规格", "凭证(截图)", "包裹状况", "情况说明", "快递公司", "原快递单号",
        "联系快递时间", "联系人(选填)", "快递回复截图", "退回单编号", "包裹退回日期", "收件签注", "签收人", "签收日期",
        "撤回失败原因", "退款发起方式", "退款金额", "退款方式", "退款单号", "退款处理人", "退款日期", "质量照片", "核实人",
        "核实时间", "核实结论", "已联系部门/快递", "联系时间", "转退换货编号", "取消登记编号", "处理结果",
    ]  # fmt: skip
    assert [one.header for one in KNOWN["recall_slips"].fields.values()][:-8] == [
        "退回单编号", "售后编号", "快递公司", "原快递单号", "单子信息(寄件/收件/退回地址)", "退回单打印时间", "快递签字人",
        "签字日期", "签字联保管人(打单员)", "签字联已交还快递", "签字联交还日期", "退回单状态",
    ]  # fmt: skip
