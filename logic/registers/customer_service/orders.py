"""订单打单状态表。"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from logic.vocabulary import (
    ACTOR,
    BLOCK,
    NOW,
    NOW_IF_BLANK,
    REMIND,
    WARN,
    Across,
    Case,
    Choice,
    Date,
    Fault,
    Identifier,
    Integer,
    LongText,
    Look,
    Moment,
    Money,
    Phone,
    Register,
    Row,
    Source,
    Staff,
    Text,
    Transition,
    Waybill,
    Workflow,
    YesNo,
    diff_rule,
    field,
    rule,
    voiding,
)

SEARCHING = Source("000:L214,L215", "查看此 ID 订单是否已经打单")
FINDING = Source("000:L215", "首先在易掌柜搜索客户 ID")
FINDING_DETAIL = Source("000:L215", "首先在易掌柜搜索客户 ID", inferred=True)
PARCEL = Source("003:L90", "包括快递公司、地址、电话、产品货号、颜色、尺码、礼品等信息")
PARCEL_DETAIL = Source("003:L90", "包括快递公司、地址、电话、产品货号、颜色、尺码、礼品等信息", inferred=True)
PAID_BY = Source("000:L219", "当天 16:00 以前付款都可以告诉客户可以当天发货")
TRANSFER = Source("000:L217", "银行转账客户")
AUDITING = Source("003:L81", "针对每天产生的订单进行审核和打印")
AUDITING_DETAIL = Source("003:L81", "针对每天产生的订单进行审核和打印", inferred=True)
DELIVERING = Source("003:L84", "将每天发出的订单在系统中减除,确保系统库存无误")
DELIVERING_DETAIL = Source("003:L84", "将每天发出的订单在系统中减除,确保系统库存无误", inferred=True)
IN_STOCK = Source("000:L219", "在有库存的情况下")
LOOKING_UP = Source("000:L218", "售前客服必须学会自己查看库存情况。")
URGENT = Source("000:L219", "特别着急,要求快点发货的,应和仓库确认库存后再回复客户")
PROMISING = Source("000:L219", "可以告诉客户可以当天发货")
RED_FLAG = Source("000:L212,L213", "在后台红旗备注")
TRADE_DONE = Source("001:L711", "交易成功")
FIVE_POINTS = Source("002:L278", "直到顾客做出最终的5分满意评价")
REGISTERING = Source("000:L217", "银行转账客户要及时在银行转账明细表里登记好客户信息")
VOIDING = Source("000:L214", "直接将此订单作废")

NOT_PRINTED, PRINTED, PACKED, SHIPPED, VOID = "未打单", "已打单", "已打包贴单", "已发货", "作废"
BY_TRANSFER = "银行转账"


class Order(Row):
    """订单打单状态表:每个订单一行,从店铺后台导入或由打单员登记。改地址、取消、撤回包裹之前,先在这里查订单打单了没有。"""

    order_no: str | None = field(
        "订单号", Identifier(), help="平台上的订单号", source=FINDING_DETAIL, required=True, naming=True, group="订单"
    )
    shop: str | None = field("店铺", Choice(closed=False), source=FINDING_DETAIL, options_from="shops", group="订单")
    customer_id: str | None = field("客户ID(旺旺)", Identifier(), source=FINDING, naming=True, group="订单")
    goods: str | None = field("商品", LongText(), source=PARCEL, group="商品")
    sku: str | None = field("货号", Text(), source=PARCEL, group="商品")
    color: str | None = field("颜色", Text(), source=PARCEL, group="商品")
    size: str | None = field("尺码", Text(), source=PARCEL, group="商品")
    qty: int | None = field("数量", Integer(), ge=1, source=PARCEL_DETAIL, group="商品")
    gift: str | None = field("礼品", Text(), source=PARCEL, group="商品")
    receiver: str | None = field("收件人", Text(), source=PARCEL_DETAIL, sensitive=True, group="收件")
    phone: str | None = field("电话", Phone(), source=PARCEL, sensitive=True, group="收件")
    address: str | None = field("地址", LongText(), source=PARCEL, sensitive=True, group="收件")
    ordered_at: dt.date | dt.datetime | None = field("下单时间", Moment(), source=PAID_BY, group="付款")
    paid_at: dt.date | dt.datetime | None = field(
        "付款时间", Moment(), help="平台上的付款时间,没有付款就留空", source=PAID_BY, group="付款"
    )
    payment_method: str | None = field(
        "付款方式",
        Choice("支付宝", BY_TRANSFER, closed=False, aliases={"对公转账": BY_TRANSFER, "银行汇款": BY_TRANSFER}),
        help="银行转账的还要登记银行转账明细表",
        source=TRANSFER,
        group="付款",
    )
    amount_due: Decimal | None = field("应付金额", Money(), ge=0, source=FINDING_DETAIL, group="付款")
    amount_paid: Decimal | None = field("实付金额", Money(), ge=0, source=FINDING_DETAIL, group="付款")
    print_status: str | None = field(
        "打单状态",
        Choice("未付款", NOT_PRINTED, PRINTED, PACKED, SHIPPED, VOID),
        help="点“打单”“打包贴单”“发货”时自动改变",
        source=SEARCHING,
        required=True,
        initial=NOT_PRINTED,
        group="打单",
    )
    audit_result: str | None = field("审核结果", Choice("通过", "有疑义"), source=AUDITING, group="打单")
    audited_by: str | None = field("审核人", Staff(), help="点“审核”时自动填写", source=AUDITING, group="打单")
    printed_by: str | None = field("打单人", Staff(), help="点“打单”时自动填写", source=AUDITING_DETAIL, group="打单")
    printed_at: dt.date | dt.datetime | None = field(
        "打单时间", Moment(), help="点“打单”时自动填写", source=AUDITING_DETAIL, group="打单"
    )
    packed_by: str | None = field("打包人", Staff(), help="点“打包贴单”时自动填写", source=PARCEL_DETAIL, group="打单")
    packed_at: dt.date | dt.datetime | None = field(
        "打包时间", Moment(), help="点“打包贴单”时自动填写", source=PARCEL_DETAIL, group="打单"
    )
    courier: str | None = field("快递公司", Choice(closed=False), source=PARCEL, options_from="couriers", group="发货")
    waybill_no: str | None = field("快递单号", Waybill(), source=DELIVERING_DETAIL, group="发货")
    shipped_at: dt.date | dt.datetime | None = field(
        "发货时间", Moment(), help="点“发货”时自动填写,可以改", source=DELIVERING, group="发货"
    )
    delivered_at: dt.date | dt.datetime | None = field("签收时间", Moment(), source=DELIVERING_DETAIL, group="发货")
    platform_ship_due_at: dt.date | dt.datetime | None = field(
        "平台最晚发货时间",
        Moment(),
        help="平台自己的发货时限,一般是付款后 48 小时",
        source=DELIVERING_DETAIL,
        group="发货",
    )
    urgent: bool | None = field("加急", YesNo(), help="客户特别着急的填“是”", source=URGENT, group="承诺发货")
    stock_seen: str | None = field(
        "查看库存结果", Choice("有货", "无货", "未查"), source=(IN_STOCK, LOOKING_UP), group="承诺发货"
    )
    warehouse_confirmed_by: str | None = field(
        "仓库确认人", Staff(), help="仓库点“仓库确认”时自动填写", source=URGENT, group="承诺发货"
    )
    warehouse_confirmed_at: dt.date | dt.datetime | None = field(
        "仓库确认时间", Moment(), help="仓库点“仓库确认”时自动填写", source=URGENT, group="承诺发货"
    )
    customer_replied_at: dt.date | dt.datetime | None = field(
        "回复客户时间", Moment(), help="点“回复客户”时自动填写", source=URGENT, group="承诺发货"
    )
    promised_ship_date: dt.date | None = field(
        "承诺发货日", Date(), help="答应客户哪天发货", source=PROMISING, group="承诺发货"
    )
    flag: str | None = field("插旗颜色", Choice("红旗", closed=False), source=RED_FLAG, group="备注和评价")
    remark: str | None = field("备注内容", LongText(), help="店铺后台里的备注", source=RED_FLAG, group="备注和评价")
    trade_status: str | None = field(
        "交易状态",
        Choice(
            "未成功(客户未确认收货)",
            "交易成功(已确认收货)",
            aliases={"未成功": "未成功(客户未确认收货)", "交易成功": "交易成功(已确认收货)"},
        ),
        source=TRADE_DONE,
        group="备注和评价",
    )
    rating: int | None = field(
        "评价分", Integer(), ge=1, le=5, help="1 到 5 分", source=FIVE_POINTS, group="备注和评价"
    )


# 规则 -----------------------------------------------------------------------------------------------------------------

TRANSFERS = Across("bank_transfers", here="order_no", there="order_no")
BY_BANK = {"payment_method": BY_TRANSFER, "paid_at": "2021-03-02 10:32"}
ITS_TRANSFER = {"order_no": "2103020000000000009、2103020000000000001", "payer_name": "张三"}
ANOTHER_TRANSFER = {"order_no": "2103020000000000009", "payer_name": "张三"}


@rule(
    "BNK-01",
    REMIND,
    fields=("payment_method", "paid_at", "order_no", "print_status"),
    source=REGISTERING,
    across=(TRANSFERS,),
    needs=("bank_transfers",),
    settings=("bank_register_deadline", "work_profile", "holidays"),
    timed=True,
    good=(
        Case(BY_BANK, rows={"bank_transfers": (ITS_TRANSFER,)}, now=dt.datetime(2021, 3, 9, 9)),
        Case(BY_BANK | {"payment_method": "支付宝"}, rows={"bank_transfers": ()}, now=dt.datetime(2021, 3, 9, 9)),
        Case(BY_BANK | {"paid_at": ""}, rows={"bank_transfers": ()}, now=dt.datetime(2021, 3, 9, 9)),
        Case(BY_BANK | {"print_status": VOID}, rows={"bank_transfers": ()}, now=dt.datetime(2021, 3, 9, 9)),
    ),
    bad=(
        Case(BY_BANK, rows={"bank_transfers": (ANOTHER_TRANSFER,)}, now=dt.datetime(2021, 3, 2, 15)),
        Case(BY_BANK, rows={"bank_transfers": ()}, now=dt.datetime(2021, 3, 2, 18, 1)),
        Case(
            BY_BANK,
            rows={"bank_transfers": (ITS_TRANSFER | {"status": "已作废"},)},
            now=dt.datetime(2021, 3, 3, 9),
        ),
    ),
)
def transfer_registered(row: Order, look: Look) -> Iterator[Fault]:
    """用银行转账付款的订单,上班时间付款的当日下班前要登记到银行转账明细表;下班后或休息日付款的,下一个工作日在制度参数规定的
    时间(默认 12:00)以前登记。到时限以前提醒,过了时限要说明。"""
    if row.payment_method != BY_TRANSFER or row.paid_at is None or row.print_status == VOID:
        return
    if any(one.status != "已作废" for one in look.across(row, TRANSFERS)):
        return
    hours = look.setting("work_profile", row.paid_at)
    next_day = look.setting("bank_register_deadline", row.paid_at)
    due = hours.same_day_or(row.paid_at, next_day, look.calendar(row.paid_at))
    late = look.now > due
    until = f"{'已经过了' if late else '时限是'} {due:%Y-%m-%d %H:%M}"
    yield Fault(
        "payment_method",
        f"用银行转账付款,还没有登记银行转账明细表,{until}",
        "请售前客服到银行转账明细表登记这笔转账,写上这个订单号",
        level=WARN if late else REMIND,
    )


CANCELLED = {"print_status": VOID, "waybill_no": "", "shipped_at": ""}


@rule(
    "CAN-06",
    BLOCK,
    fields=("print_status", "shipped_at", "status"),
    source=VOIDING,
    releasable=True,
    good=(
        CANCELLED,
        CANCELLED | {"waybill_no": "YT8800123456789"},
        {"print_status": SHIPPED, "shipped_at": "2021-03-03"},
    ),
    bad=CANCELLED | {"shipped_at": "2021-03-03"},
    waits="取消登记里确认作废后打单状态自动改为作废:等登记表 order_cancellations",
)
def void_is_not_shipped(row: Order, look: Look) -> Iterator[Fault]:
    """作废的订单不能有发货时间。"""
    if row.print_status == VOID and row.shipped_at is not None and row.status != "作废":
        yield Fault("shipped_at", "订单已作废,却有发货时间", "没有发货的请清空发货时间;已经发货的请交售后客服处理")


@diff_rule(
    "CAN-06",
    BLOCK,
    fields=("print_status", "waybill_no"),
    source=VOIDING,
    releasable=True,
    good=(
        Case(CANCELLED | {"waybill_no": "YT8800123456789"}, before=CANCELLED | {"waybill_no": "YT8800123456789"}),
        Case({"print_status": NOT_PRINTED}, before=CANCELLED),
    ),
    bad=(
        Case(CANCELLED | {"waybill_no": "YT8800123456789"}, before=CANCELLED),
        Case({"print_status": SHIPPED}, before=CANCELLED),
    ),
)
def void_goes_no_further(before: Order | None, after: Order, look: Look) -> Iterator[Fault]:
    """作废的订单不能再填快递单号,也不能改成已发货。"""
    if before is None or before.print_status != VOID:
        return
    if after.waybill_no is not None and after.waybill_no != before.waybill_no:
        yield Fault("waybill_no", "订单已作废,不能再填快递单号", "请不要发货,并通知仓库;确实要发的请主管放行")
    if after.print_status == SHIPPED:
        yield Fault("print_status", "订单已作废,不能改成已发货", "请核对订单号;确实已经发货的请主管放行")


# 流程 -----------------------------------------------------------------------------------------------------------------

PRINTERS = ("打单员",)
OPEN = ("",)

WORKFLOW = Workflow(
    states=("作废",),
    initial="",
    closed_states=frozenset({"作废"}),
    transitions=(
        Transition(
            key="promise",
            label="承诺发货",
            source_states=OPEN,
            target=None,
            roles=("售前客服",),
            needs=("promised_ship_date",),
            asks=("stock_seen", "urgent", "promised_ship_date"),
            only={"print_status": ("未付款", NOT_PRINTED, PRINTED, PACKED)},
            guard="先查看库存;特别着急的先请仓库确认,再回复客户",
            aside=True,
        ),
        Transition(
            key="confirm_stock",
            label="仓库确认",
            source_states=OPEN,
            target=None,
            roles=("仓库员",),
            stamps={"warehouse_confirmed_by": ACTOR, "warehouse_confirmed_at": NOW},
            only={"urgent": ("是",)},
            guard="加急的订单,仓库确认有货以后才回复客户",
        ),
        Transition(
            key="reply",
            label="回复客户",
            source_states=OPEN,
            target=None,
            roles=("售前客服",),
            stamps={"customer_replied_at": NOW},
            only={"urgent": ("是",)},
            guard="仓库确认以后回复",
        ),
        Transition(
            key="audit",
            label="审核",
            source_states=OPEN,
            target=None,
            roles=PRINTERS,
            needs=("audit_result",),
            stamps={"audited_by": ACTOR},
            asks=("audit_result",),
            only={"print_status": (NOT_PRINTED,)},
        ),
        Transition(
            key="print",
            label="打单",
            source_states=OPEN,
            target=None,
            roles=PRINTERS,
            stamps={"print_status": PRINTED, "printed_by": ACTOR, "printed_at": NOW},
            asks=("courier", "waybill_no"),
            only={"print_status": (NOT_PRINTED,)},
        ),
        Transition(
            key="pack",
            label="打包贴单",
            source_states=OPEN,
            target=None,
            roles=("仓库员", *PRINTERS),
            stamps={"print_status": PACKED, "packed_by": ACTOR, "packed_at": NOW},
            only={"print_status": (PRINTED,)},
        ),
        Transition(
            key="ship",
            label="发货",
            source_states=OPEN,
            target=None,
            roles=PRINTERS,
            needs=("waybill_no",),
            stamps={"print_status": SHIPPED, "shipped_at": NOW_IF_BLANK},
            asks=("courier", "waybill_no", "shipped_at"),
            only={"print_status": (PRINTED, PACKED)},
        ),
        voiding(OPEN, ("打单员", "部门主管"), "这一行登记错了才作废;客户不要了的订单,把打单状态改为作废"),
    ),
)

SAMPLE = {
    "order_no": "2103020000000000001",
    "shop": "某某旗舰店",
    "customer_id": "tb_8801",
    "goods": "保温杯",
    "sku": "BW-500",
    "color": "黑色",
    "size": "500ml",
    "qty": "2",
    "receiver": "张三",
    "phone": "13800138000",
    "address": "浙江省杭州市某某路 1 号",
    "ordered_at": "2021-03-02 10:20",
    "paid_at": "2021-03-02 10:32",
    "payment_method": "支付宝",
    "amount_due": "1000.00",
    "amount_paid": "1000.00",
    "print_status": NOT_PRINTED,
    "stock_seen": "有货",
    "promised_ship_date": "2021-03-02",
    "platform_ship_due_at": "2021-03-04 10:32",
}

REGISTER = Register(
    key="orders",
    title="订单打单状态表",
    prefix="DD",
    area="customer_service",
    model=Order,
    rules=(transfer_registered, void_is_not_shipped, void_goes_no_further),
    workflow=WORKFLOW,
    once=("order_no",),
    grants={
        "打单员": "CE",
        "部门主管": "E",
        "售前客服": "S",
        "仓库员": "S",
        **dict.fromkeys(
            ("总经理", "运营总监", "店长", "运营主管", "店铺运营", "客服主管", "售后客服", "仓库主管", "财务"), "V"
        ),
    },
    answerable=("printed_by", "created_by"),
    samples=(
        SAMPLE,
        SAMPLE
        | {
            "order_no": "2103020000000000002",
            "print_status": SHIPPED,
            "audit_result": "通过",
            "audited_by": "李强",
            "printed_by": "李强",
            "printed_at": "2021-03-02 11:00",
            "packed_by": "赵六",
            "packed_at": "2021-03-02 14:00",
            "courier": "圆通速递",
            "waybill_no": "YT8800123456789",
            "shipped_at": "2021-03-02 18:00",
            "delivered_at": "2021-03-05 12:00",
            "trade_status": "交易成功",
            "rating": "5",
        },
    ),
)
