"""What is wrong with the demo's transfers on purpose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from logic.demo.mess import Mess, Row, Scene, dotted, fullwidth
from logic.demo.people import SHOP
from sheets.port import Serial
from sheets.xlsx_demo import Content, Formula

_NOT_YET: Mapping[str, Content] = {
    "status": "已登记",
    "order_progress": "未通知打单",
    "arrived": "否",
    **dict.fromkeys(("arrived_at", "confirmed_by", "waybill_no", "shipped_at")),
}
_COPIED = (
    "shop", "registered_at", "customer_id", "customer_name", "phone", "address", "order_no", "goods", "amount_due",
    "amount_paid", "paid_at", "payer_name", "payer_bank", "payer_last4",
)  # fmt: skip
_OF_WHOM = ("customer_id", "customer_name", "phone", "address", "order_no")
_NAME_BY_ACCOUNT = f'INDEX({{员工名册!name:column}},MATCH("{SHOP}:小七",{{员工名册!sub_account:column}},0))'


def is_plain(row: Row) -> bool:
    """One order, paid at once, and done with: what becomes of it hangs on no other row."""
    return row["status"] == "已完成" and "、" not in str(row["order_no"]) and not row.get("note")


def _paid_on(scene: Scene) -> dt.date:
    return scene.moment("paid_at").date()


MESS: tuple[Mess, ...] = (
    # Understood: odd to look at, but there is only one thing it can mean.
    Mess("转账金额是全角数字", lambda s: {"amount_paid": fullwidth(f"{s.number('amount_paid'):.2f}")}),
    Mess("转账日期是文字 2026.9.5", lambda s: {"paid_at": dotted(_paid_on(s))}),
    Mess(
        "转账日期是文字 2026年9月5日",
        lambda s: {"paid_at": f"{_paid_on(s).year}年{_paid_on(s).month}月{_paid_on(s).day}日"},
    ),
    Mess("联系电话被存成数字", lambda s: {"phone": float(str(s.row["phone"]))}),
    Mess("订单号前后有空格,到账确认写成√", lambda s: {"order_no": f" {s.row['order_no']} ", "arrived": "√"}),
    Mess(
        "转账金额是公式",
        lambda s: {"amount_paid": Formula(f"{s.number('amount_paid') - 50:.2f}+50", s.number("amount_paid"))},
    ),
    Mess("整行被隐藏", lambda s: {}, hidden=True),
    Mess("只登记了付款人,没有客户ID、姓名和订单号", lambda s: {**_NOT_YET, **dict.fromkeys(_OF_WHOM)}),
    # Found: each of these rows needs somebody.
    Mess(
        "金额写成汉字,日期不存在",
        lambda s: {"amount_paid": "三百", "paid_at": f"{_paid_on(s).year}-02-30"},
        (("amount_paid", "DAT-01"), ("paid_at", "DAT-01")),
    ),
    Mess("金额是 0", lambda s: {"amount_paid": 0.0}, (("amount_paid", "BNK-07"),)),
    Mess(
        "金额有三位小数,状态是清单里没有的",
        lambda s: {"amount_paid": s.number("amount_paid") + 0.005, "status": "处理中"},
        (("amount_paid", "DAT-01"), ("status", "DAT-01")),
    ),
    Mess(
        "19 位订单号按数字粘贴,账号后四位丢了开头的零",
        lambda s: {"order_no": 2871630914452083457.0, "payer_last4": 12.0},
        (("order_no", "DAT-06"), ("payer_last4", "DAT-06")),
    ),
    Mess(
        "订单号成了 1.23457E+18,付款账号填了整个卡号",
        lambda s: {"order_no": "1.23457E+18", "payer_last4": "6222021234567890"},
        (("order_no", "DAT-06"), ("payer_last4", "BNK-11")),
    ),
    Mess("财务自己登记又自己确认", lambda s: {"created_by": s.row["confirmed_by"]}, (("confirmed_by", "BNK-05"),)),
    Mess(
        "到账写了是,没有时间和确认人",
        lambda s: {"arrived_at": None, "confirmed_by": None},
        (("arrived_at", "BNK-04"), ("confirmed_by", "BNK-04")),
    ),
    Mess(
        "没到账就发了货",
        lambda s: {"arrived": "否", "arrived_at": None, "confirmed_by": None},
        (("order_progress", "BNK-06"),),
    ),
    Mess(
        "发货时间早于到账时间,跟踪人不在员工名册里",
        lambda s: {"shipped_at": Serial.of(_paid_on(s) - dt.timedelta(days=2)), "tracked_by": "小陈"},
        (("shipped_at", "BNK-10"), ("tracked_by", "DAT-05")),
    ),
    Mess(
        "转账日期写成了明年",
        lambda s: {"paid_at": Serial.of(_paid_on(s) + dt.timedelta(days=365))},
        (("paid_at", "BNK-10"), ("arrived_at", "BNK-10")),
    ),
    Mess(
        "复制上一行再改,记录编号也一起复制了",
        lambda s: {"record_id": s.above["record_id"]},
        (("record_id", "DAT-02"),),
        above=(("record_id", "DAT-02"),),
    ),
    Mess(
        "同一笔转账登记了两次",
        lambda s: {**_NOT_YET, **{name: s.above.get(name) for name in _COPIED}},
        (("amount_paid", "BNK-08"), ("order_no", "BNK-08")),
        above=(("amount_paid", "BNK-08"), ("order_no", "BNK-08")),
    ),
    Mess(
        "登记晚了十几天",
        lambda s: {"registered_at": Serial(s.number("registered_at") + 12)},
        (("registered_at", "BNK-01"),),
    ),
    Mess("店铺空着", lambda s: {"shop": None}, (("shop", "BNK-02"),)),
    Mess(
        "跟踪人用公式从员工名册取,取不到",
        lambda s: {"tracked_by": Formula(_NAME_BY_ACCOUNT, "#N/A")},
        (("tracked_by", "DAT-01"),),
    ),
    Mess("和上一行的收货地址合并成一格", lambda s: {"address": None}, (("address", "DAT-01"),), merged="address"),
)
