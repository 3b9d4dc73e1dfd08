"""制度参数: what is declared, what counts on which day, and what a broken row does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from logic.clock import Calendar
from logic.judgement import Judgement
from logic.kinds import Misread, Staff, Text
from logic.register import registers
from logic.source import verify
from logic.trade.parameters import PARAMETERS, company, operations, orders, people, service
from logic.trade.parameters.shapes import UNLIMITED, Amount, Bands, Days, Hours, Pairs, Share, Whole, WorkHours
from tests.tables import NOW, found, rows_of

TOLERANCE = PARAMETERS["bank_tolerance"].title
ROW = {"key": TOLERANCE, "value": "5.00", "effective_from": "2021-03-05", "changed_by": "王芳", "approver": "陈静"}

# Catalogue 4.6: every key, and where one became several.
KEYS = """timezone work_profile release_roles daily_duty_days signin_lead_minutes late_limit early_limit cs_rest_days
flex_day_per_month roster_cycle roster_publish_days min_staff_presales min_staff_after_sales two_shift_positions
daily_report_deadline daily_report_remind weekly_report_day monthly_report_day anomaly_pct_uv anomaly_pct_conversion
anomaly_pct_avg_order_value anomaly_pct_units anomaly_pct_ad_spend anomaly_min_uv anomaly_report_hours scoring_submit_day
scoring_approve_day score_min_days bands full_attendance_pct full_attendance_limit count_mode absent_limit_days
three_month_rule_positions three_month_rule_months half_year_review reward_unit attendance_submit_day objection_day
same_day_ship_cutoff printer_notice_minutes exception_handover_minutes refuse_return_hours dispute_return_days
return_register_hours notify_merchandiser_hours freight_refund_days finance_pay_days refund_handle_hours recall_days
recall_slip_required waybill_kind remark_flag invoice_medium platform_refund_by inspection_by verify_second_over
refund_approval_limit bank_register_deadline bank_track_days bank_arrival_days bank_tolerance new_product_listing_days
new_product_limit_meaning title_days spot_check_days vip_visit_days quarter_count_days discrepancy_days password_days
couriers leave_types shops platforms holidays shifts receiving_accounts packing_check_mode wangwang_check reports
order_audit_hours delivery_days courier_damage_as packaging_counts exchange_resend_freight freight_refund_limit
escalation_hours incident_hours issue_report_hours activity_feedback_hours activity_summary_days first_thing_minutes
payment_reminder_hours review_days target_tolerance first_day_mode leave_types_not_counted pay_components cover_24h
allow_multi_role scorer_map delegates"""

# The numbers of 4.6 that come from the documents; every other number is a proposal.
FROM_THE_DOCUMENTS = """daily_report_deadline same_day_ship_cutoff refuse_return_hours dispute_return_days
scoring_submit_day monthly_report_day attendance_submit_day objection_day late_limit early_limit cs_rest_days
flex_day_per_month full_attendance_pct full_attendance_limit absent_limit_days three_month_rule_months bands
new_product_listing_days title_days"""


# What is declared ---------------------------------------------------------------------------------------------------------


def test_every_setting_of_the_catalogue_is_declared_once() -> None:
    declared = [one for part in (company, orders, service, people, operations) for one in part.SETTINGS]
    assert sorted(one.key for one in declared) == sorted(KEYS.split())
    assert len({one.title for one in declared}) == len(declared) == len(PARAMETERS)


@pytest.mark.parametrize("key", PARAMETERS)
def test_a_declaration_is_in_order(key: str) -> None:
    one = PARAMETERS[key]
    assert one.kind.show(one.kind.parse(one.default)) == one.default, "the default is canonical"
    assert len(one.title) <= 30 and one.help.endswith("。")
    assert all(re.fullmatch(r"[A-Z]{3}-\d{2}", id) for id in one.used_by)
    assert one.source is None or verify(one.source) is None


def test_numbers_are_cited_only_where_the_documents_name_them() -> None:
    numbers = {key for key, one in PARAMETERS.items() if one.kind.name in ("integer", "money", "percent", "time")}
    cited = {key for key in (*numbers, "bands") if PARAMETERS[key].source is not None}
    assert cited == set(FROM_THE_DOCUMENTS.split())


def test_rules_ask_for_settings_that_exist_and_are_named_by_them() -> None:
    for register in registers().values():
        for rule in register.rules:
            assert set(rule.settings) <= PARAMETERS.keys(), rule.id
            if register.key in ("bank_transfers", "orders"):
                assert all(rule.id in PARAMETERS[key].used_by for key in rule.settings), rule.id


# Kinds of settings --------------------------------------------------------------------------------------------------------

VISITS = Pairs(left=Text(), right=Whole(1, 999))
BANDS = Bands(left=Whole(0, 100), right=Share())
DELEGATES = Pairs(left=Text(), right=Staff(), single=False)


@pytest.mark.parametrize(
    ("kind", "typed", "canonical"),
    [
        (Whole(1, 28), " 3 ", "3"),
        (Amount(), "¥1", "1.00"),
        (Amount(may_be_lifted=True), "无", "不限"),
        (Amount(may_be_lifted=True), "20元", "20.00"),
        (Share(), "百分之十", "10%"),
        (Days(), "2027.1.1,2027年2月5日", "2027-01-01、2027-02-05"),
        (VISITS, "VIP1 -> 30, VIP2:15", "VIP1→30、VIP2→15"),
        (DELEGATES, "财务=陈静;财务=李强", "财务→陈静、财务→李强"),
        (BANDS, "0→0%、80→100%、60→60%", "80→100%、60→60%、0→0%"),
        (Hours(), "a", "周一至周五 09:00-12:00 13:00-18:00"),
        (Hours(), "B", "周一至周六 08:30-12:00 14:00-18:00"),
        (Hours(), "周一到周日、9:00-18:30", "周一至周日 09:00-18:30"),
        (Hours(), "星期一至星期五 9:00~12:00,13:00~18:00", "周一至周五 09:00-12:00 13:00-18:00"),
    ],
)
def test_a_value_has_one_canonical_text(kind: Any, typed: str, canonical: str) -> None:
    value = kind.parse(typed)
    assert kind.show(value) == canonical
    assert kind.parse(canonical) == value == kind.read(canonical).value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Whole(1, 28), "0"),
        (Whole(1, 28), "29"),
        (Whole(1, 28), "三"),
        (Amount(), "-1"),
        (Amount(), "不限"),
        (Share(), "101%"),
        (Share(), "10"),
        (Days(), "2027-02-30"),
        (VISITS, "VIP1"),
        (VISITS, "VIP1→30→15"),
        (VISITS, "→30"),
        (VISITS, "VIP1→30、VIP1→15"),
        (BANDS, "80→100%、60→60%"),
        (Hours(), "朝九晚五"),
        (Hours(), "周五至周一 09:00-18:00"),
        (Hours(), "周一至周五 13:00-12:00"),
        (Hours(), "周一至周五 09:00-25:00"),
    ],
)
def test_what_cannot_be_a_value_says_what_is_wanted(kind: Any, typed: str) -> None:
    with pytest.raises(Misread) as caught:
        kind.parse(typed)
    assert caught.value.reason and caught.value.remedy


def test_no_amount_exceeds_what_is_unlimited() -> None:
    assert Decimal("1e12") < UNLIMITED


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2021-03-02 10:32", "2021-03-02 18:00"),
        ("2021-03-02 18:00", "2021-03-02 18:00"),
        ("2021-03-02 18:01", "2021-03-03 12:00"),
        ("2021-03-02 06:00", "2021-03-02 18:00"),
        ("2021-03-05 20:00", "2021-03-08 12:00"),
        ("2021-03-06 10:00", "2021-03-08 12:00"),
        ("2021-09-30 19:00", "2021-10-08 12:00"),
        ("2021-10-09 10:00", "2021-10-09 18:00"),
    ],
)
def test_the_working_day_ends_or_the_next_one_comes(moment: str, due: str) -> None:
    hours: WorkHours = PARAMETERS["work_profile"].kind.parse("A")
    paid = dt.datetime.fromisoformat(moment)
    usual = Calendar()
    assert hours.same_day_or(paid, dt.time(12), usual) == dt.datetime.fromisoformat(due)
    assert hours.same_day_or(paid.date(), dt.time(12), usual) >= dt.datetime.fromisoformat(due), "a day alone is later"


# What counts on which day -------------------------------------------------------------------------------------------------


def judged(*rows: Mapping[str, str]) -> Judgement:
    known = registers()
    ids = [f"CS210302-2222{n}" for n in range(2, 2 + len(rows))]
    table = rows_of(known["settings"], [{"record_id": id, **row} for id, row in zip(ids, rows, strict=True)])
    return Judgement.of(known, {"settings": table}, now=NOW)


def on(judgement: Judgement, *days: str) -> list[str]:
    return [str(judgement.settings.value("bank_tolerance", dt.date.fromisoformat(day))) for day in days]


def test_a_value_counts_from_its_day_on() -> None:
    judgement = judged(ROW, ROW | {"value": "2.00", "effective_from": "2021-03-09"})
    assert found(judgement.violations()) == []
    days = ("2021-03-04", "2021-03-05", "2021-03-08", "2021-03-09", "2022-01-01")
    assert on(judgement, *days) == ["1.00", "5.00", "5.00", "2.00", "2.00"]


def test_the_order_in_the_sheet_does_not_matter() -> None:
    judgement = judged(ROW | {"value": "2.00", "effective_from": "2021-03-09"}, ROW)
    assert on(judgement, "2021-03-05", "2021-03-09") == ["5.00", "2.00"]


def test_a_typed_key_works_as_well_as_the_name() -> None:
    judgement = judged(ROW | {"key": "bank_tolerance"})
    assert found(judgement.violations()) == []
    assert on(judgement, "2021-03-05") == ["5.00"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"value": "五块"}, ["BLOCK DAT-01 值"]),
        ({"value": "-1"}, ["BLOCK DAT-01 值"]),
        ({"approver": ""}, ["BLOCK DAT-09 批准人"]),
        ({"effective_from": ""}, ["BLOCK DAT-09 生效日期"]),
        ({"effective_from": "下个月"}, ["BLOCK DAT-01 生效日期"]),
        ({"key": "不存在的参数"}, ["BLOCK DAT-01 参数名"]),
        ({"status": "作废"}, []),
    ],
)
def test_a_broken_row_is_found_and_the_old_value_goes_on(broken: dict[str, str], said: list[str]) -> None:
    judgement = judged(ROW | {"value": "3.00", "effective_from": "2021-03-01"}, ROW | broken)
    assert found(judgement.violations()) == said
    assert on(judgement, "2021-02-28", "2021-03-05") == ["1.00", "3.00"]


def test_a_broken_value_is_told_with_what_is_wanted() -> None:
    (finding,) = judged(ROW | {"value": "五块"}).violations()
    assert finding.message == "“银行转账允许差额(元)”:“五块”不是金额"
    assert "1234.50" in finding.remedy and not finding.releasable


def test_of_two_rows_for_one_day_the_lower_counts_and_both_are_asked_about() -> None:
    judgement = judged(ROW, ROW | {"value": "9.00"})
    assert found(judgement.violations()) == ["WARN DAT-09 生效日期", "WARN DAT-09 生效日期"]
    assert on(judgement, "2021-03-05") == ["9.00"]


def test_a_list_may_be_emptied() -> None:
    judgement = judged(
        ROW | {"key": "店铺名单", "value": "甲店、乙店"},
        ROW | {"key": "shops", "value": "", "effective_from": "2021-03-08"},
    )
    assert found(judgement.violations()) == []
    days = [dt.date(2021, 3, 5), dt.date(2021, 3, 8)]
    assert [judgement.settings.value("shops", day) for day in days] == [("甲店", "乙店"), None]
