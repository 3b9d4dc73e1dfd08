"""Settings of orders, printing and bank transfers."""

from __future__ import annotations

from logic.kinds import Choice, Time
from logic.source import Source
from logic.trade.parameters.declaring import setting
from logic.trade.parameters.shapes import Amount, Whole

_DAYS = Whole(0, 999)
_HOURS = Whole(0, 999)
_MINUTES = Whole(0, 999)

ORDERS = (
    setting(
        "same_day_ship_cutoff",
        "当天发货的付款截止时间",
        Time(),
        "16:00",
        "有库存时,这个时间以前(含)付款的可以答应当天发货。",
        "OCH-13",
        source=Source("000:L219", "在有库存的情况下,当天 16:00 以前付款都可以告诉客户可以当天发货"),
    ),
    setting(
        "printer_notice_minutes",
        "通知打单时限(分钟)",
        _MINUTES,
        "15",
        "跟客户确认以后,多少分钟内要通知打单员。",
        "OCH-02",
    ),
    setting(
        "exception_handover_minutes",
        "缺货延期移交客服时限(分钟)",
        _MINUTES,
        "60",
        "发现订单缺货或要延期后,多少分钟内移交客服。",
        "OCH-17",
    ),
    setting(
        "order_audit_hours",
        "订单审核打单时限(工作小时)",
        _HOURS,
        "2",
        "付款后多少个工作小时还没有审核、打单时提醒。",
        "OCH-19",
    ),
    setting("delivery_days", "发货后签收时限(天)", _DAYS, "5", "发货后多少天还没有签收时提醒跟进。", "OCH-18"),
    setting(
        "payment_reminder_hours",
        "下单后催付时限(小时)",
        _HOURS,
        "2",
        "下单后多少小时还没有付款时提醒催付。",
    ),
    setting(
        "waybill_kind",
        "快递面单种类",
        Choice("手写面单", "电子面单"),
        "手写面单",
        "手写面单可以直接在单子上改地址;电子面单改地址要取回重新打单。",
        "OCH-10",
        "RMK-04",
        source=Source("000:L215", "直接在发货单与快递单上做修改"),
    ),
    setting(
        "remark_flag",
        "后台备注的插旗颜色",
        Choice("红旗", "黄旗", "绿旗", "蓝旗", "紫旗"),
        "红旗",
        "在后台备注订单时要插的旗。",
        "RMK-07",
        source=Source("000:L212,L213", "在后台红旗备注"),
    ),
    setting(
        "invoice_medium",
        "发票种类",
        Choice("纸质发票", "电子发票"),
        "纸质发票",
        "纸质发票通知打单员随货寄出,电子发票通知财务开具。",
        "OCH-04",
    ),
)

BANK = (
    setting(
        "bank_register_deadline",
        "下班后转账的登记时限(次工作日)",
        Time(),
        "12:00",
        "上班时间付款的转账,当日下班前登记;下班后或休息日付款的,下一个工作日到这个时间以前登记。下班时间见“上班时间”。",
        "BNK-01",
    ),
    setting(
        "bank_track_days",
        "银行转账跟踪间隔(工作日)",
        Whole(1, 30),
        "1",
        "没有完结的转账,每隔多少个工作日至少跟踪一次。",
        "BNK-03",
    ),
    setting(
        "bank_arrival_days",
        "银行转账到账时限(天)",
        _DAYS,
        "2",
        "转账后多少天还没有确认到账时提醒。",
        "BNK-09",
    ),
    setting(
        "bank_tolerance",
        "银行转账允许差额(元)",
        Amount(),
        "1.00",
        "到账合计和应付合计相差多少以内算相符。",
        "BNK-07",
        "BNK-08",
    ),
)

SETTINGS = (*ORDERS, *BANK)
