"""What is wrong with the demo's orders on purpose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from logic.demo.mess import Mess, Row, Scene, dotted, fullwidth
from logic.demo.orders import BANK
from sheets.port import Serial
from sheets.xlsx_demo import Formula


def plain_but(linked: Collection[str]) -> Callable[[Row], bool]:
    """Delivered, paid on the platform, and in no after-sales case."""

    def is_plain(row: Row) -> bool:
        return bool(row["delivered_at"]) and row["payment_method"] != BANK and row["order_no"] not in linked

    return is_plain


def _ordered(scene: Scene) -> dt.datetime:
    return scene.moment("ordered_at")


MESS: tuple[Mess, ...] = (
    # Understood.
    Mess(
        "数量和应付金额是全角数字",
        lambda s: {
            "qty": fullwidth(f"{s.number('qty'):.0f}"),
            "amount_due": fullwidth(f"{s.number('amount_due'):.2f}"),
        },
    ),
    Mess("下单时间是文字 2026.9.5 14:03", lambda s: {"ordered_at": f"{dotted(_ordered(s))} {_ordered(s):%H:%M}"}),
    Mess("发货时间只写了日期", lambda s: {"shipped_at": Serial.of(s.moment("shipped_at").date())}),
    Mess(
        "电话被存成数字,订单号前后有空格",
        lambda s: {"phone": float(str(s.row["phone"])), "order_no": f" {s.row['order_no']} "},
    ),
    Mess("应付金额带货币符号", lambda s: {"amount_due": f"¥{s.number('amount_due'):,.2f}元"}),
    Mess("交易状态只写了前半句", lambda s: {"trade_status": "交易成功"}),
    Mess("整行被隐藏", lambda s: {}, hidden=True),
    Mess("登记重了,这一行作废", lambda s: {"status": "作废", "note": "重复导入"}),
    # Found.
    Mess("19 位订单号按数字粘贴", lambda s: {"order_no": 4871630914452083457.0}, (("order_no", "DAT-06"),)),
    Mess("订单号成了 4.87163E+18", lambda s: {"order_no": "4.87163E+18"}, (("order_no", "DAT-06"),)),
    Mess("快递单号按数字粘贴,末几位没了", lambda s: {"waybill_no": 7731620045189234000.0}, (("waybill_no", "DAT-06"),)),
    Mess("打单状态空着", lambda s: {"print_status": None}, (("print_status", "DAT-01"),)),
    Mess("数量写成“两件”", lambda s: {"qty": "两件"}, (("qty", "DAT-01"),)),
    Mess("数量是 0", lambda s: {"qty": 0.0}, (("qty", "DAT-01"),)),
    Mess("应付金额是负数", lambda s: {"amount_due": -s.number("amount_due")}, (("amount_due", "DAT-01"),)),
    Mess("付款时间写成“昨天下午”", lambda s: {"paid_at": "昨天下午"}, (("paid_at", "DAT-01"),)),
    Mess("打单人写了外号,员工名册里没有", lambda s: {"printed_by": "翟哥"}, (("printed_by", "DAT-05"),)),
    Mess("审核结果写成 OK", lambda s: {"audit_result": "OK"}, (("audit_result", "DAT-01"),)),
    Mess("评价分是 6", lambda s: {"rating": 6.0}, (("rating", "DAT-01"),)),
    Mess("作废的订单有发货时间", lambda s: {"print_status": "作废"}, (("shipped_at", "CAN-06"),)),
    Mess("签收时间的公式取不到", lambda s: {"delivered_at": Formula("NA()", "#N/A")}, (("delivered_at", "DAT-01"),)),
    Mess("电话少了几位", lambda s: {"phone": "1390000"}, (("phone", "DAT-01"),)),
    Mess("和上一行的地址合并成一格", lambda s: {"address": None}, (("address", "DAT-01"),), merged="address"),
    Mess(
        "复制上一行再改,记录编号也一起复制了",
        lambda s: {"record_id": s.above["record_id"]},
        (("record_id", "DAT-02"),),
        above=(("record_id", "DAT-02"),),
    ),
)
