"""What is wrong with the demo's after-sales cases and recall slips on purpose."""

from __future__ import annotations

from logic.demo.claims import QUALITY
from logic.demo.mess import Elsewhere, Mess, Row, Scene, dotted, fullwidth
from logic.demo.recalls import RECALL
from sheets.port import Serial


def is_plain(row: Row) -> bool:
    """Closed, without anything special to it."""
    return row["status"] == "已结案" and not row.get("note") and row.get("refund_mode") != "平台自动退款"


def _recalled(row: Row) -> bool:
    return row["case_type"] == RECALL and bool(row.get("receipt_phrase"))


def _verified(row: Row) -> bool:
    return row["case_type"] == QUALITY and row.get("verified_result") == "属实"


def _helped(row: Row) -> bool:
    return bool(row.get("contacted_at"))


def _on(scene: Scene, name: str, days: float = 0) -> Serial:
    return Serial(scene.number(name) + days)


CASES: tuple[Mess, ...] = (
    # Understood.
    Mess("收件签注带了引号", lambda s: {"receipt_phrase": "“原包裹已收到”"}, on=_recalled),
    Mess("签收日期是文字 2026.9.5", lambda s: {"receipt_on": dotted(s.moment("receipt_on"))}, on=_recalled),
    Mess(
        "退款金额是全角数字,带元",
        lambda s: {"refund_amount": fullwidth(f"{s.number('refund_amount'):.2f}") + "元"},
        on=_recalled,
    ),
    Mess("订单号前面有空格", lambda s: {"order_no": f" {s.row['order_no']}"}),
    Mess("整行被隐藏", lambda s: {}, hidden=True),
    # Found.
    Mess(
        "收件签注少写一个字",
        lambda s: {"receipt_phrase": "原包裹收到"},
        (("receipt_phrase", "AFS-06"), ("refund_on", "AFS-07")),
        on=_recalled,
    ),
    Mess("签收人不是打单员", lambda s: {"receipt_by": "雷小松"}, (("receipt_by", "AFS-06"),), on=_recalled),
    Mess(
        "签收日期早于包裹退回日期",
        lambda s: {"receipt_on": _on(s, "receipt_on", -1)},
        (("receipt_on", "AFS-06"),),
        on=_recalled,
    ),
    Mess(
        "没有签收就退了款",
        lambda s: dict.fromkeys(("receipt_phrase", "receipt_by", "receipt_on")),
        (("refund_on", "AFS-07"),),
        on=_recalled,
    ),
    Mess(
        "签收和退款是同一个人",
        lambda s: {"refund_by": s.row["receipt_by"]},
        (("refund_by", "AFS-09"), ("refund_by", "AFS-07")),
        on=_recalled,
    ),
    Mess(
        "退款早于签收",
        lambda s: {"refund_on": _on(s, "receipt_on", -2)},
        (("refund_on", "AFS-08"),),
        on=_recalled,
    ),
    Mess("没有责任客服", lambda s: {"agent": None}, (("agent", "AFS-19"),)),
    Mess("撤回包裹没有快递公司", lambda s: {"courier": None}, (("courier", "AFS-01"),), on=_recalled),
    Mess(
        "没有联系快递的时间",
        lambda s: {"courier_contacted_at": None},
        (("courier_contacted_at", "AFS-01"),),
        on=_recalled,
    ),
    Mess(
        "单号抄错一位,和退回单对不上",
        lambda s: {"waybill_no": str(s.row["waybill_no"])[:-1] + "X"},
        (("waybill_no", "AFS-04"),),
        on=_recalled,
    ),
    Mess(
        "退回单编号抄错",
        lambda s: {"slip_no": f"{str(s.row['slip_no'])[:-2]}ZZ"},
        (("slip_no", "AFS-02"),),
        elsewhere=(Elsewhere("recall_slips", "case_id", (("case_id", "AFS-02"),)),),
        on=_recalled,
    ),
    Mess("结案没有处理结果", lambda s: {"resolution": None}, (("resolution", "AFS-16"),), on=_recalled),
    Mess(
        "平台退款编号按数字粘贴",
        lambda s: {"platform_refund_no": 771045209981234567.0},
        (("platform_refund_no", "DAT-06"),),
        on=_recalled,
    ),
    Mess(
        "退了款没有平台退款编号",
        lambda s: {"platform_refund_no": None},
        (("platform_refund_no", "AFS-16"),),
        on=_verified,
    ),
    Mess("售后类型是清单里没有的", lambda s: {"case_type": "仅退款"}, (("case_type", "DAT-01"),), on=_helped),
    Mess("质量问题没有照片", lambda s: {"photo_url": None}, (("photo_url", "AFS-10"),), on=_verified),
    Mess("核实不属实还退了款", lambda s: {"verified_result": "不属实"}, (("refund_on", "AFS-10"),), on=_verified),
    Mess("联系了快递没有写时间", lambda s: {"contacted_at": None}, (("contacted_at", "AFS-20"),), on=_helped),
)


def is_plain_slip(row: Row) -> bool:
    """The parcel is back and the slip with the courier."""
    return row["slip_status"] == "签字联已交还" and not row.get("note")


def _of_case(*finds: tuple[str, str]) -> tuple[Elsewhere, ...]:
    return (Elsewhere("after_sales_register", "slip_no", finds),)


SLIPS: tuple[Mess, ...] = (
    # Understood.
    Mess("签字日期是文字 2026/9/5", lambda s: {"courier_signed_on": dotted(s.moment("courier_signed_on"), "/")}),
    Mess("签字联已交还写成√", lambda s: {"signed_slip_returned": "√"}),
    # Found.
    Mess("没有快递签字人", lambda s: {"courier_signer": None}, (("courier_signer", "AFS-03"),)),
    Mess("签字联由售后客服保管", lambda s: {"slip_keeper": "闵思源"}, (("slip_keeper", "AFS-03"),)),
    Mess("单子上没有原快递单号", lambda s: {"waybill_no": None}, (("waybill_no", "AFS-04"),)),
    Mess("售后编号抄错", lambda s: {"case_id": f"{str(s.row['case_id'])[:-2]}ZZ"}, (("case_id", "AFS-02"),)),
    Mess(
        "没有打印时间",
        lambda s: {"slip_printed_at": None},
        (("slip_printed_at", "AFS-02"),),
        elsewhere=_of_case(("slip_no", "AFS-02")),
    ),
    Mess("退回单状态写成“已还”", lambda s: {"slip_status": "已还"}, (("slip_status", "DAT-01"),)),
    Mess(
        "签字联没有换回,没有写原因",
        lambda s: {"signed_slip_returned": "否", "slip_status": "已签字"},
        (("note", "AFS-05"),),
        elsewhere=_of_case(("slip_no", "AFS-05")),
    ),
)
