"""Everything about one order: which records belong to it, and what happened when, as the declarations say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from logic.judgement import Judgement
from logic.register import registers
from logic.searching import library_of
from logic.tracing import Affair, gather, markers, timeline
from tests.tables import rows_of

Texts = Mapping[str, str]
KNOWN = registers()
NOW = dt.datetime(2026, 11, 30, 9, 0)
NUMBER, WAYBILL = "2611200000000001234", "YT8800123456789"
ORDER = {
    "record_id": "DD261120-22222",
    "order_no": NUMBER,
    "customer_id": "tb_8801",
    "ordered_at": "2026-11-20 08:00",
    "paid_at": "2026-11-20 08:30",
    "printed_by": "李强",
    "printed_at": "2026-11-20 10:00",
    "shipped_at": "2026-11-20 18:00",
    "waybill_no": WAYBILL,
    "print_status": "已发货",
    "created_by": "李强",
    "created_at": "2026-11-20 09:00",
}
TRANSFER = {
    "record_id": "YH261120-22222",
    "order_no": NUMBER,
    "customer_id": "tb_8801",
    "registered_at": "2026-11-20 08:40",
    "paid_at": "2026-11-20 08:30",
    "arrived": "是",
    "arrived_at": "2026-11-20 08:50",
    "confirmed_by": "陈静",
    "created_by": "王芳",
    "created_at": "2026-11-20 08:41",
}
CASE = {
    "record_id": "SH261121-22222",
    "case_type": "撤回包裹",
    "agent": "赵敏",
    "order_no": NUMBER,
    "customer_id": "tb_8801",
    "waybill_no": WAYBILL,
    "registered_at": "2026-11-21",
    "created_by": "赵敏",
    "courier_contacted_at": "2026-11-21 11:00",
    "slip_no": "TD261121-22222",
    "receipt_by": "李强",
    "receipt_on": "2026-11-23",
    "refund_by": "赵敏",
    "refund_on": "2026-11-24",
    "status": "退款处理中",
}
SLIP = {
    "record_id": "TD261121-22222",
    "slip_no": "TD261121-22222",
    "case_id": "SH261121-22222",
    "waybill_no": WAYBILL,
    "slip_printed_at": "2026-11-21 11:10",
    "courier_signed_on": "2026-11-21",
    "slip_keeper": "李强",
    "slip_status": "已签字",
}
WHOLE = {"orders": [ORDER], "bank_transfers": [TRANSFER], "after_sales_register": [CASE], "recall_slips": [SLIP]}


def affairs(query: str, rows: Mapping[str, Sequence[Texts]] = WHOLE) -> list[Affair]:
    tables = {key: rows_of(KNOWN[key], records) for key, records in rows.items()}
    library = library_of([Judgement.of(KNOWN, tables, now=NOW)])
    return gather(library, library.find(query, lambda record: True))


def keys(affair: Affair) -> set[str]:
    return {record.key for record in affair.records}


ALL = {"DD261120-22222", "YH261120-22222", "SH261121-22222", "TD261121-22222"}


def test_an_order_brings_its_transfer_its_case_and_by_way_of_that_its_slip() -> None:
    (one,) = affairs(NUMBER)
    assert keys(one) == ALL
    assert one.orders == [NUMBER]
    assert one.beside == ()


def test_any_number_leads_to_the_same_affair() -> None:
    for query in (WAYBILL, "6789", "tb_8801", CASE["record_id"], "1234"):
        (one,) = affairs(query)
        assert keys(one) == ALL, query


def test_a_slip_leads_one_step_further_only() -> None:
    (one,) = affairs(SLIP["record_id"])
    assert keys(one) == ALL, "the case holds the number of the slip, so that it was found itself"
    alone = WHOLE | {"after_sales_register": []}
    (one,) = affairs(SLIP["record_id"], alone)
    assert keys(one) == {SLIP["record_id"], ORDER["record_id"]}, "the waybill leads to the order"


def test_a_transfer_for_two_orders_does_not_mix_them() -> None:
    """Found by one order it does not bring the other; found itself, it brings both."""
    other = ORDER | {
        "record_id": "DD261120-22223",
        "order_no": "2611200000000005678",
        "waybill_no": "",
        "customer_id": "",
    }
    both = {"orders": [ORDER, other], "bank_transfers": [TRANSFER | {"order_no": f"{NUMBER}、{other['order_no']}"}]}
    (one,) = affairs(NUMBER, both)
    assert keys(one) == {ORDER["record_id"], TRANSFER["record_id"]}
    (one,) = affairs(TRANSFER["record_id"], both)
    assert keys(one) == {ORDER["record_id"], other["record_id"], TRANSFER["record_id"]}


def test_other_orders_of_the_customer_stand_beside() -> None:
    later = ORDER | {"record_id": "DD261125-22222", "order_no": "2611250000000004444", "waybill_no": "YT8800999999999"}
    two = WHOLE | {"orders": [ORDER, later]}
    (one,) = affairs(NUMBER, two)
    assert keys(one) == ALL
    assert [record.key for record in one.beside] == [later["record_id"]]
    assert [len(one.records) for one in affairs("tb_8801", two)] == [1, 4], (
        "the customer has two affairs, the newest first"
    )


def test_what_a_crowd_shares_is_no_number() -> None:
    crowd = [
        ORDER | {"record_id": f"DD26112{day}-2222{n}", "order_no": "无无无无无无"}
        for day in range(10)
        for n in range(2, 8)
    ]
    found = affairs(crowd[0]["record_id"], {"orders": [one | {"waybill_no": "", "customer_id": ""} for one in crowd]})
    assert [keys(one) for one in found] == [{crowd[0]["record_id"]}]


def told(records: Sequence[Texts], register: str) -> list[tuple[str, str, str]]:
    judgement = Judgement.of(KNOWN, {register: rows_of(KNOWN[register], records)}, now=NOW)
    events = timeline(list(judgement.records(register).values()), KNOWN)
    return [(str(event.at), event.what, event.who) for event in events]


def test_events_stand_in_order_of_time_with_who_did_them() -> None:
    (one,) = affairs(NUMBER)
    events = timeline(one.records, KNOWN)
    assert [(f"{event.at}", event.record.key[:2], event.what, event.who) for event in events] == [
        ("2026-11-20 08:00:00", "DD", "下单时间", ""),
        ("2026-11-20 08:30:00", "YH", "转账日期时间", ""),
        ("2026-11-20 08:30:00", "DD", "付款时间", ""),
        ("2026-11-20 08:40:00", "YH", "登记", "王芳"),
        ("2026-11-20 08:50:00", "YH", "到账时间", "陈静"),
        ("2026-11-20 09:00:00", "DD", "登记", "李强"),
        ("2026-11-20 10:00:00", "DD", "打单", "李强"),
        ("2026-11-20 18:00:00", "DD", "发货", ""),
        ("2026-11-21", "SH", "登记", "赵敏"),
        ("2026-11-21 11:00:00", "SH", "已联系快递", ""),
        ("2026-11-21 11:10:00", "TD", "打印快件退回单(两联)", ""),
        ("2026-11-21", "TD", "快递已签字", "李强"),
        ("2026-11-23", "SH", "签收原包裹", "李强"),
        ("2026-11-24", "SH", "登记退款", "赵敏"),
    ]


def test_what_happened_at_once_is_one_event() -> None:
    assert told([SLIP | {"created_at": "2026-11-21 11:10", "created_by": "赵敏"}], "recall_slips")[0] == (
        "2026-11-21 11:10:00",
        "登记、打印快件退回单(两联)",
        "赵敏",
    )
    both = CASE | {"parcel_back_on": "2026-11-23"}
    assert ("2026-11-23", "签收原包裹", "李强") in told([both], "after_sales_register")


def test_a_date_that_cannot_be_read_is_no_event() -> None:
    assert told([{"record_id": "DD261120-22222", "order_no": "1", "shipped_at": "不知道"}], "orders") == []


def test_every_register_says_what_its_dates_mean() -> None:
    """Nothing is lost: each column of dates that staff fill is told, by the button that writes it or by its header."""
    known = markers(KNOWN)
    for key, register in KNOWN.items():
        dates = {one.name for one in register.fields.values() if one.kind.name in ("date", "datetime", "moment")}
        stamped = {one.name for one in register.fields.values() if one.initial == "now" or one.engine}
        assert {marker.field.name for marker in known[key]} == dates - stamped
    words = {marker.field.name: marker.what for marker in known["orders"]}
    assert (words["packed_at"], words["ordered_at"]) == ("打包贴单", "下单时间")
