"""售后登记表。"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from logic.vocabulary import (
    ACTOR,
    ACTOR_IF_BLANK,
    BLOCK,
    NEW_ID,
    NOW,
    NOW_IF_BLANK,
    REMIND,
    WARN,
    Across,
    Case,
    Choice,
    Copy,
    Date,
    Deadline,
    Effect,
    Fault,
    Identifier,
    LongText,
    Look,
    Moment,
    Money,
    Photo,
    Ref,
    Register,
    Row,
    Source,
    Staff,
    Text,
    Transition,
    Waybill,
    Workflow,
    acts_as,
    after,
    among,
    begins,
    blank,
    column_reads,
    contains,
    date_of,
    dated,
    diff_rule,
    every,
    field,
    is_after,
    matches,
    other_day,
    reads,
    rule,
    some,
    stands_twice,
    to_come,
    voiding,
    written,
)

RECALL = Source("000:L229", "订单已发货,客户又不想要了的,要联系快递公司撤回包裹,并且在售后登记表上登记好情况")
RECALL_DETAIL = Source("000:L229", "要联系快递公司撤回包裹,并且在售后登记表上登记好情况", inferred=True)
CONTACTING = Source("000:L229", "要联系快递公司撤回包裹")
CONTACTING_DETAIL = Source("000:L229", "要联系快递公司撤回包裹", inferred=True)
REGISTERING = Source("000:L229", "在售后登记表上登记好情况")
PRINTING = Source("000:L229", "然后打出两联快件退回单")
PRINTING_DETAIL = Source("000:L229", "然后打出两联快件退回单", inferred=True)
KEEPING = Source("000:L229", "一联给快递公司人员签字后交由打单人员保管")
TAKING_ALONG = Source("000:L229", "一联由快递公司人员带回,根据单子上的信息及单号帮忙退回包裹")
SLIP_NUMBER = Source("000:L229", "根据单子上的信息及单号帮忙退回包裹")
COMING_BACK = Source("000:L229", "包裹退回之后,快递人员直接交给打单人员")
SWAPPING = Source("000:L229", "包裹退回之后,快递人员直接交给打单人员,以包裹换回签过字的单子")
SWAPPING_DETAIL = Source("000:L229", "以包裹换回签过字的单子", inferred=True)
SIGNING = Source("000:L229", "打单人员在售后登记表上签上“原包裹已收到”丶姓名及日期")
SIGNING_DETAIL = Source("000:L229", "打单人员在售后登记表上签上“原包裹已收到”丶姓名及日期", inferred=True)
REFUNDING = Source("000:L229", "由售后客服处理后期退款问题")
REFUNDING_DETAIL = Source("000:L229", "由售后客服处理后期退款问题", inferred=True)
QUALITY = Source("000:L230", "如客户说商品有质量问题,要求客户拍照证实,核实确实是质量问题再妥善处理")
VERIFYING = Source("000:L230", "要求客户拍照证实,核实确实是质量问题再妥善处理")
VOIDED = Source("000:L214", "确认已作废之后通知售后客服处理退款问题")
VOIDED_DETAIL = Source("000:L214", "确认已作废之后通知售后客服处理退款问题", inferred=True)
RECORDING = Source("000:L35", "订单售后:接受客户的售后服务请求,解决问题并进行记录。")
RESOLVING = Source("000:L35", "解决问题并进行记录")
REQUEST_DETAIL = Source("000:L35", "接受客户的售后服务请求,解决问题并进行记录", inferred=True)
ANSWERABLE = Source("004:L393", "实行顾客问责制,处理网站客人有关售后的问题")
ANSWERABLE_DETAIL = Source("004:L393", "实行顾客问责制,处理网站客人有关售后的问题", inferred=True)
HELPING = Source("000:L225", "帮助客户联系公司相关部门或者快递妥善解决")

PARCEL, CANCELLED, FAULTY = "撤回包裹", "未发货取消退款", "质量问题"
TYPES = (
    PARCEL, CANCELLED, FAULTY, "错发/漏发", "破损", "丢件/未收到", "改址转寄", "补发", "退差价/补偿", "其他",
)  # fmt: skip
RECEIVED = "原包裹已收到"  # 收件签注,也是状态名
PLATFORM = ("平台自动退款", "小二判退")
REFUND_MODES = ("客服同意", *PLATFORM, "财务打款")

REGISTERED, VOID, WANTED, FAILED = "已登记", "作废", "客户又要了", "撤回失败"
CLOSED = frozenset({"已结案", WANTED, VOID})
ON_THE_WAY = (REGISTERED, "已联系快递", "退回单已打印", "快递已签字")  # 原包裹回来以前
OPEN = (*ON_THE_WAY, RECEIVED, "待核实", "已核实", "退款处理中", FAILED)
STATES = (*ON_THE_WAY, RECEIVED, "待核实", "已核实", "退款处理中", "已结案", FAILED, WANTED, VOID)
PRINTED = ("退回单已打印", "快递已签字", RECEIVED)
SIGNED = frozenset({"快递已签字", RECEIVED})

ORDER = Across("orders", here="order_no", there="order_no")
SLIP = Across("recall_slips", here="slip_no", there="record_id")
CANCELLATION = Across("order_cancellations", here="cancellation_id", there="record_id")


class AfterSalesCase(Row):
    """售后登记表:客户的每件售后事项一行,由一位责任客服负责到底。已发货又不要了的,联系快递撤回包裹并打出两联快件退回单,
    包裹退回、打单员签上“原包裹已收到”以后才退款。货要退回来的退换货登记在售后退换货表格,不退货的(仅退款、补发、补偿)登记在这里。"""

    shop: str | None = field(
        "店铺",
        Choice(closed=False),
        help="客户在哪个店铺下单",
        source=REQUEST_DETAIL,
        naming=True,
        options_from="shops",
        group="客户与订单",
    )
    case_type: str | None = field(
        "售后类型",
        Choice(*TYPES),
        help="决定后面要填什么、走哪些步骤",
        source=REQUEST_DETAIL,
        required=True,
        naming=True,
        group="客户与订单",
    )
    registered_at: dt.date | dt.datetime | None = field(
        "登记日期", Moment(), help="登记时自动填写", source=REQUEST_DETAIL, initial="now", group="客户与订单"
    )
    agent: str | None = field(
        "责任客服(售后客服)",
        Staff(),
        help="每件售后有且只有一位责任客服;要换人请点“转交”",
        source=ANSWERABLE,
        group="客户与订单",
    )
    handed_over_by: str | None = field(
        "转交人", Staff(), help="点“转交”时自动填写", source=ANSWERABLE_DETAIL, group="处理"
    )
    handed_over_at: dt.date | dt.datetime | None = field(
        "转交时间", Moment(), help="点“转交”时自动填写", source=ANSWERABLE_DETAIL, group="处理"
    )
    handover_reason: str | None = field(
        "转交原因", Text(), help="为什么换责任客服", source=ANSWERABLE_DETAIL, group="处理"
    )
    customer_id: str | None = field(
        "客户ID(旺旺)", Identifier(), help="客户的旺旺号", source=REQUEST_DETAIL, naming=True, group="客户与订单"
    )
    order_no: tuple[str, ...] | None = field(
        "订单号",
        Identifier(many=True),
        help="一个包裹里合并发了几个订单的,都填,用顿号隔开",
        source=REQUEST_DETAIL,
        naming=True,
        group="客户与订单",
    )
    platform_refund_no: tuple[str, ...] | None = field(
        "平台退款编号",
        Identifier(many=True),
        help="平台“退款管理”里的编号;平台退款的,结案前要填",
        source=REFUNDING_DETAIL,
        group="退款",
    )
    platform_due_at: dt.date | dt.datetime | None = field(
        "平台处理截止", Moment(), help="平台要求最晚什么时候处理,超时会自动退款", source=REFUNDING_DETAIL, group="退款"
    )
    goods: str | None = field("商品及规格", LongText(), source=REQUEST_DETAIL, group="客户与订单")
    proof_url: tuple[str, ...] | None = field(
        "凭证(截图)", Photo(), help="聊天记录、物流页面等截图", source=REQUEST_DETAIL, group="客户与订单"
    )
    parcel_condition: str | None = field(
        "包裹状况", Choice("完好", "拆封", "破损"), help="签收时看到的样子", source=SIGNING_DETAIL, group="签收"
    )
    situation: str | None = field(
        "情况说明", LongText(), help="客户为什么不要了、有什么要求;撤回包裹必填", source=REGISTERING, group="客户与订单"
    )
    courier: str | None = field(
        "快递公司",
        Choice(closed=False),
        help="撤回包裹必填",
        source=CONTACTING,
        options_from="couriers",
        group="包裹撤回",
    )
    waybill_no: str | None = field(
        "原快递单号", Waybill(), help="发货时的快递单号;撤回包裹必填", source=SLIP_NUMBER, naming=True, group="包裹撤回"
    )
    courier_contacted_at: dt.date | dt.datetime | None = field(
        "联系快递时间", Moment(), help="点“已联系快递”时自动填写", source=CONTACTING, group="包裹撤回"
    )
    courier_contact: str | None = field(
        "联系人(选填)", Text(), help="快递公司接电话的人", source=CONTACTING_DETAIL, group="包裹撤回"
    )
    courier_reply_url: tuple[str, ...] | None = field(
        "快递回复截图",
        Photo(),
        help="在线拦截、不打退回单时,要有快递同意拦截的截图",
        source=CONTACTING_DETAIL,
        group="包裹撤回",
    )
    slip_no: str | None = field(
        "退回单编号",
        Ref("recall_slips"),
        help="点“打印快件退回单(两联)”时自动填写;签字、保管、交还都记在退回单上",
        source=PRINTING_DETAIL,
        group="包裹撤回",
    )
    parcel_back_on: dt.date | None = field(
        "包裹退回日期", Date(), help="点“签收原包裹”时自动填写;早几天就退回的可以改", source=COMING_BACK, group="签收"
    )
    receipt_phrase: str | None = field(
        "收件签注",
        Choice(
            RECEIVED, aliases={f"{left}{RECEIVED}{right}": RECEIVED for left, right in ("“”", "「」", "『』", '""')}
        ),
        help="一字不差写“原包裹已收到”,由打单员点“签收原包裹”填写",
        source=SIGNING,
        group="签收",
    )
    receipt_by: str | None = field(
        "签收人", Staff(), help="收下包裹的打单员,点“签收原包裹”时自动填写", source=SIGNING, group="签收"
    )
    receipt_on: dt.date | None = field(
        "签收日期", Date(), help="点“签收原包裹”时自动填写", source=SIGNING, group="签收"
    )
    recall_failed_reason: str | None = field(
        "撤回失败原因",
        Choice("已签收", "已派送", "快递无法拦截"),
        help="点“撤回失败”时选择;之后按退换货处理",
        source=CONTACTING_DETAIL,
        group="包裹撤回",
    )
    refund_mode: str | None = field(
        "退款发起方式",
        Choice(*REFUND_MODES),
        help="平台自己退的选“平台自动退款”或“小二判退”:钱已经退了,步骤不全也能登记,以后补齐",
        source=REFUNDING_DETAIL,
        group="退款",
    )
    refund_amount: Decimal | None = field("退款金额", Money(), gt=0, source=REFUNDING_DETAIL, group="退款")
    refund_route: str | None = field(
        "退款方式",
        Choice("平台退款", "平台小额打款", "支付宝转账", "银行转账", closed=False),
        source=REFUNDING_DETAIL,
        group="退款",
    )
    refund_id: str | None = field(
        "退款单号", Ref("refund_requests"), help="由财务打款的才有", source=REFUNDING_DETAIL, group="退款"
    )
    refund_by: str | None = field("退款处理人", Staff(), help="点“处理退款”的售后客服", source=REFUNDING, group="退款")
    refund_on: dt.date | None = field(
        "退款日期", Date(), help="点“登记退款”时自动填写;平台上的日期不同可以改", source=REFUNDING, group="退款"
    )
    photo_url: tuple[str, ...] | None = field(
        "质量照片", Photo(), help="客户拍的照片;写核实结论之前要有", source=VERIFYING, group="质量核实"
    )
    verified_by: tuple[str, ...] | None = field(
        "核实人",
        Staff(many=True),
        help="点“核实”时自动填写;金额大、要仓库一起核实的,两个人都填",
        source=VERIFYING,
        group="质量核实",
    )
    verified_at: dt.date | dt.datetime | None = field(
        "核实时间", Moment(), help="点“核实”时自动填写", source=VERIFYING, group="质量核实"
    )
    verified_result: str | None = field(
        "核实结论", Choice("属实", "不属实"), help="属实的才由公司退款、补发", source=VERIFYING, group="质量核实"
    )
    contacted_party: str | None = field(
        "已联系部门/快递", Text(), help="帮客户联系了哪个部门或快递", source=HELPING, group="处理"
    )
    contacted_at: dt.date | dt.datetime | None = field(
        "联系时间", Moment(), help="点“登记已联系”时自动填写", source=HELPING, group="处理"
    )
    returns_id: str | None = field(
        "转退换货编号",
        Ref("returns_exchanges"),
        help="转到售后退换货表格以后,那边的记录编号",
        source=REQUEST_DETAIL,
        group="处理",
    )
    cancellation_id: str | None = field(
        "取消登记编号",
        Ref("order_cancellations"),
        help="未发货取消退款的,付款后取消订单登记表里的记录编号",
        source=VOIDED_DETAIL,
        group="处理",
    )
    resolution: str | None = field("处理结果", LongText(), help="结案前要填", source=RESOLVING, group="处理")


# 规则要问的 -----------------------------------------------------------------------------------------------------------


def is_recall(row: AfterSalesCase) -> bool:
    return row.case_type == PARCEL and row.status != VOID


def has_come_back(row: AfterSalesCase) -> bool:
    """Is the parcel back, by the state or by what stands in the row?"""
    return row.status == RECEIVED or row.parcel_back_on is not None or row.receipt_phrase is not None


def own_day(row: AfterSalesCase) -> dt.date | dt.datetime | None:
    """The day whose settings count for this row (DAT-09)."""
    return row.registered_at or row.created_at


def slip_of(row: AfterSalesCase, look: Look) -> Any:
    """The slip of a recall, None where there is none that counts or none is asked for."""
    if row.slip_no is None or not is_recall(row) or not look.setting("recall_slip_required", own_day(row)):
        return None
    return next((slip for slip in look.across(row, SLIP) if not is_void(slip)), None)


def is_void(slip: Any) -> bool:
    return slip.status == VOID or slip.slip_status == VOID


def signs_itself(slip: Any) -> bool:
    """Is the slip marked as signed? Then what it lacks is said beside its own row."""
    return slip.slip_status in ("已签字", "签字联已交还")


def is_other(look: Look, name: str, role: str, on: dt.date | None) -> bool:
    """Is this somebody known who does not act as `role` that day (SOD-05)? Who moved on or left is not asked any more."""
    person = look.people.find(name)
    return person is not None and person.status not in ("调岗", "离职") and not acts_as(person, role, on)


def money_went_back(row: AfterSalesCase) -> bool:
    facts = (row.refund_mode, row.refund_amount, row.refund_id, row.refund_by, row.refund_on)
    return any(fact is not None for fact in facts)


def said(moment: dt.date) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, dt.datetime) else f"{moment:%Y-%m-%d}"


# 例子里的记录 ---------------------------------------------------------------------------------------------------------

SAMPLE = {
    "shop": "某某旗舰店",
    "case_type": PARCEL,
    "registered_at": "2021-03-02 10:00",
    "agent": "赵敏",
    "customer_id": "tb_8801",
    "order_no": "2103020000000000001",
    "goods": "保温杯 黑色 1 个",
    "situation": "客户拍错颜色,不想要了",
    "courier": "圆通",
    "waybill_no": "YT8800123456789",
    "status": REGISTERED,
}
CONTACTED = {"status": "已联系快递", "courier_contacted_at": "2021-03-02 10:20"}
WITH_SLIP = CONTACTED | {"status": "退回单已打印", "slip_no": "TD210302-33332"}
WITH_COURIER = WITH_SLIP | {"status": "快递已签字"}
RECEIPT = {"receipt_phrase": RECEIVED, "receipt_by": "李强", "receipt_on": "2021-03-05"}
BACK = WITH_COURIER | RECEIPT | {"status": RECEIVED, "parcel_back_on": "2021-03-05", "parcel_condition": "完好"}
REFUND = {
    "status": "退款处理中",
    "refund_mode": "客服同意",
    "refund_amount": "59.00",
    "platform_refund_no": "7700000000000000001",
    "refund_by": "赵敏",
    "refund_on": "2021-03-06",
}
DONE = BACK | REFUND | {"status": "已结案", "resolution": "包裹撤回,已退款"}
CLAIM = {"case_type": FAULTY, "courier": "", "waybill_no": "", "situation": "客户说杯盖漏水", "status": "待核实"}
PROVED = {"photo_url": "漏水.jpg", "verified_by": "赵敏", "verified_at": "2021-03-03 09:30"}
VERIFIED = CLAIM | PROVED | {"status": "已核实", "verified_result": "属实"}
REFUSED = VERIFIED | {"verified_result": "不属实"}

SLIP_PRINTED = {
    "slip_no": "TD210302-33332",
    "case_id": "SH210302-22222",
    "courier": "圆通",
    "waybill_no": "YT8800123456789",
    "slip_printed_at": "2021-03-02 10:30",
    "slip_status": "已打印",
}
SLIP_SIGNED = SLIP_PRINTED | {
    "courier_signer": "圆通王师傅",
    "courier_signed_on": "2021-03-02",
    "slip_keeper": "李强",
    "slip_status": "已签字",
}
SLIP_RETURNED = SLIP_SIGNED | {
    "signed_slip_returned": "是",
    "swapped_back_on": "2021-03-05",
    "slip_status": "签字联已交还",
}
STAFF = (
    {"name": "赵敏", "position": "售后客服"},
    {"name": "李强", "position": "打单员"},
    {"name": "周平", "position": "配货员", "extra_positions": "打单员"},
    {"name": "吴刚", "position": "配货员"},
)


# 表格里自动标红的条件 -------------------------------------------------------------------------------------------------

VALID = among("status", STATES, without=(VOID,))
VALID_RECALL = every(reads("case_type", PARCEL), VALID)
VALID_CLAIM = every(reads("case_type", FAULTY), VALID)
PENDING = tuple(state for state in STATES if state not in (*CLOSED, FAILED))
UNSIGNED = some(blank("receipt_phrase"), blank("receipt_by"), blank("receipt_on"))
UNPROVED = reads("verified_result", "", "不属实")
CLOSED_NOW = reads("status", "已结案")
GIVEN_BACK = some(
    reads("refund_mode", *REFUND_MODES),
    written("refund_by"),
    dated("refund_on"),
    reads("case_type", CANCELLED),
    every(reads("case_type", PARCEL), reads("receipt_phrase", RECEIVED)),
)


def too_early(refused: str) -> dict[str, str]:
    """The first of the refund's cells that is filled, or the state, where a refund is refused."""
    return {
        "refund_on": every(refused, dated("refund_on")),
        "refund_by": every(refused, blank("refund_on"), written("refund_by")),
        "status": every(refused, reads("status", "退款处理中"), blank("refund_on", "refund_by", "refund_id")),
    }


def receipt_formula(name: str) -> str:
    """One of the three cells of the receipt is blank while another, or the state, says that it was signed."""
    others = (written(other) for other in ("receipt_phrase", "receipt_by", "receipt_on") if other != name)
    return every(blank(name), some(reads("status", RECEIVED), *others))


# 规则 -----------------------------------------------------------------------------------------------------------------

AT_CREATION = (
    ("courier", "快递公司", "请选择发货的快递公司"),
    ("waybill_no", "原快递单号", "请填写发货时的快递单号,快递凭它找包裹"),
    ("situation", "情况说明", "请写明客户为什么不要了"),
)
SHIPPED = {"order_no": "2103020000000000001", "print_status": "已发货"}


@rule(
    "AFS-01",
    BLOCK,
    fields=(
        "case_type", "courier", "waybill_no", "situation", "courier_contacted_at", "order_no", "slip_no",
        "parcel_back_on", "receipt_phrase", "status",
    ),
    source=RECALL,
    releasable=True,
    across=(ORDER,),
    release_binds=("order_no", "waybill_no"),
    formulas={
        "courier": every(VALID_RECALL, blank("courier")),
        "waybill_no": every(VALID_RECALL, blank("waybill_no")),
        "situation": every(VALID_RECALL, blank("situation")),
        "courier_contacted_at": every(
            VALID_RECALL,
            blank("courier_contacted_at"),
            some(reads("status", *PRINTED), dated("parcel_back_on"), reads("receipt_phrase", RECEIVED)),
        ),
    },
    good=(
        {},
        WITH_SLIP,
        Case({}, rows={"orders": (SHIPPED,)}),
        Case(BACK, rows={"orders": (SHIPPED | {"print_status": "作废"},)}),
        {"case_type": "补发", "courier": "", "waybill_no": "", "situation": ""},
    ),
    bad=(
        {"courier": ""},
        {"waybill_no": ""},
        {"situation": ""},
        WITH_SLIP | {"courier_contacted_at": ""},
        Case({}, rows={"orders": (SHIPPED | {"print_status": "已打单"},)}),
        Case({}, rows={"orders": (SHIPPED | {"order_no": "2103020000000000009"},)}),
    ),
)  # fmt: skip
def recall_registered(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """撤回包裹登记时要有快递公司、原快递单号和情况说明;联系了快递才能打退回单。订单打单状态表里的订单要是已发货的,
    表里有订单却查不到这一个时需要说明。"""
    if not is_recall(row):
        return
    for name, header, remedy in AT_CREATION:
        if getattr(row, name) is None:
            yield Fault(name, f"撤回包裹缺少{header}", remedy, releasable=False)
    if row.courier_contacted_at is None and (row.status in PRINTED or row.slip_no or has_come_back(row)):
        yield Fault("courier_contacted_at", "还没有登记联系快递的时间,不能先打退回单", "请联系快递后点“已联系快递”")
    if (row.status or REGISTERED) in ON_THE_WAY and not has_come_back(row):
        yield from _not_shipped(row, look)


def _not_shipped(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """Orders of a parcel on its way that were not sent, as far as the list of orders knows them."""
    orders = look.across(row, ORDER)
    for order in orders:
        if order.print_status != "已发货":
            message = f"订单 {order.order_no} 的打单状态是“{order.print_status or '空'}”,还没有发货"
            remedy = "没有发货的按取消订单处理;确实发出了的请先更新打单状态,或请主管放行"
            yield Fault("order_no", message, remedy, level=BLOCK if order.print_status else WARN)
    if not orders and look.uses("orders"):
        numbers = "、".join(row.order_no or ())
        message = f"订单打单状态表里没有订单 {numbers}" if numbers else "没有填订单号"
        yield Fault("order_no", f"{message},无法核对是不是已发货", "请核对订单号;没有导入的订单请说明", level=WARN)


@rule(
    "AFS-02",
    BLOCK,
    fields=(
        "case_type", "slip_no", "registered_at", "courier_reply_url", "parcel_back_on", "receipt_phrase", "status",
    ),
    source=PRINTING,
    releasable=True,
    across=(SLIP,),
    settings=("recall_slip_required",),
    release_binds=("slip_no", "waybill_no"),
    good=(
        CONTACTED,
        WITH_SLIP,
        Case(WITH_SLIP, rows={"recall_slips": (SLIP_PRINTED,)}),
        Case(WITH_SLIP, rows={"recall_slips": (SLIP_PRINTED | {"slip_printed_at": "2021-03-02"},)}),
    ),
    bad=(
        WITH_SLIP | {"slip_no": ""},
        CONTACTED | RECEIPT | {"status": RECEIVED},
        Case(WITH_SLIP | {"slip_no": "TD210302-99999"}, rows={"recall_slips": (SLIP_PRINTED,)}),
        Case(WITH_SLIP, rows={"recall_slips": (SLIP_PRINTED | {"slip_status": VOID},)}),
        Case(WITH_SLIP, rows={"recall_slips": (SLIP_PRINTED | {"slip_printed_at": ""},)}),
        Case(WITH_SLIP, rows={"recall_slips": (SLIP_PRINTED | {"slip_printed_at": "2021-03-02 09:59"},)}),
    ),
)  # fmt: skip
def slip_printed(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """撤回包裹要打出两联快件退回单,打印时间不早于登记时间。制度参数“撤回包裹要打快件退回单”选“否”(在线拦截)时不打单,
    改为收到包裹前上传快递回复截图。"""
    if not is_recall(row):
        return
    if not look.setting("recall_slip_required", own_day(row)):
        if has_come_back(row) and row.courier_reply_url is None:
            yield Fault("courier_reply_url", "在线拦截的包裹没有快递回复截图", "请上传快递同意拦截的截图")
        return
    if row.status not in PRINTED and not has_come_back(row):
        return
    if row.slip_no is None:
        yield Fault("slip_no", "还没有打印快件退回单", "请先点“打印快件退回单(两联)”;包裹已经退回的请主管放行")
    elif look.has(SLIP.register):
        yield from _slip_wrong(row, look)


def _slip_wrong(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    slip = next(iter(look.across(row, SLIP)), None)
    if slip is None:
        remedy = "请核对编号;没有打过的请点“打印快件退回单(两联)”"
        yield Fault("slip_no", f"快件退回单里没有编号 {row.slip_no}", remedy, releasable=False)
    elif is_void(slip):
        yield Fault("slip_no", f"退回单 {row.slip_no} 已作废", "请撤销打印后重新打一张,或请主管放行")
    elif slip.slip_printed_at is None:
        yield Fault("slip_no", f"退回单 {row.slip_no} 没有打印时间", "请在快件退回单里补上退回单打印时间")
    elif row.registered_at is not None and is_after(row.registered_at, slip.slip_printed_at):
        message = f"退回单打印时间 {said(slip.slip_printed_at)} 早于登记日期 {said(row.registered_at)}"
        yield Fault("registered_at", message, "请核对这两个时间")


@rule(
    "AFS-03",
    BLOCK,
    fields=("case_type", "slip_no", "parcel_back_on", "receipt_phrase", "status", "registered_at"),
    source=KEEPING,
    releasable=True,
    across=(SLIP,),
    settings=("recall_slip_required",),
    release_binds=("slip_no",),
    good=(
        Case(WITH_SLIP, rows={"recall_slips": (SLIP_PRINTED,)}),
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_SIGNED,)}),
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_SIGNED | {"slip_status": ""},)}),
    ),
    bad=(
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_PRINTED,)}),
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_SIGNED | {"slip_status": "", "slip_keeper": ""},)}),
        Case(WITH_SLIP | {"parcel_back_on": "2021-03-05"}, rows={"recall_slips": (SLIP_PRINTED,)}),
    ),
)
def slip_signed(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """快递签字以后,退回单上要有快递签字人、签字日期和保管签字联的打单员;包裹退回之前就要签好。"""
    slip = slip_of(row, look) if row.status in SIGNED or has_come_back(row) else None
    if slip is None or signs_itself(slip):
        return
    wanted = (("快递签字人", slip.courier_signer), ("签字日期", slip.courier_signed_on), ("保管人", slip.slip_keeper))
    lacking = [header for header, value in wanted if value is None]
    if lacking:
        message = f"退回单 {row.slip_no} 上没有{'、'.join(lacking)}"
        yield Fault("slip_no", message, "请快递人员签字后点“快递已签字”;没有签字就退回的请主管放行")


@rule(
    "AFS-04",
    BLOCK,
    fields=("case_type", "slip_no", "waybill_no", "parcel_back_on", "receipt_phrase", "status", "registered_at"),
    source=TAKING_ALONG,
    across=(SLIP,),
    settings=("recall_slip_required",),
    good=(
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_SIGNED,)}),
        Case(WITH_SLIP, rows={"recall_slips": (SLIP_PRINTED | {"waybill_no": ""},)}),
    ),
    bad=(
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_PRINTED | {"waybill_no": ""},)}),
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_PRINTED | {"courier": ""},)}),
        Case(WITH_SLIP | {"waybill_no": "YT8800123456780"}, rows={"recall_slips": (SLIP_PRINTED,)}),
    ),
)
def slip_names_parcel(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """快递带走的一联要写明快递公司和原快递单号,快递凭单号退回包裹;单号和登记表不一致时需要说明。"""
    slip = slip_of(row, look)
    if slip is None:
        return
    if slip.waybill_no is not None and row.waybill_no is not None and slip.waybill_no != row.waybill_no:
        message = f"原快递单号是 {row.waybill_no},退回单 {row.slip_no} 上是 {slip.waybill_no}"
        yield Fault("waybill_no", message, "请核对单号;退回单打错了的请撤销打印后重打", level=WARN)
    if signs_itself(slip) or not (row.status in SIGNED or has_come_back(row)):
        return
    lacking = [header for header, value in (("快递公司", slip.courier), ("原快递单号", slip.waybill_no)) if not value]
    if lacking:
        yield Fault("slip_no", f"退回单 {row.slip_no} 上没有{'、'.join(lacking)}", "请在快件退回单里补上")


@rule(
    "AFS-05",
    WARN,
    fields=("case_type", "slip_no", "parcel_back_on", "registered_at", "status"),
    source=SWAPPING,
    across=(SLIP,),
    settings=("recall_slip_required",),
    good=(
        Case(BACK, rows={"recall_slips": (SLIP_RETURNED,)}),
        Case(BACK, rows={"recall_slips": (SLIP_SIGNED | {"signed_slip_returned": "否", "note": "别的快递送回"},)}),
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_SIGNED,)}),
    ),
    bad=(
        Case(BACK, rows={"recall_slips": (SLIP_SIGNED,)}),
        Case(BACK, rows={"recall_slips": (SLIP_SIGNED | {"signed_slip_returned": "否"},)}),
    ),
)
def slip_swapped(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """包裹退回时,快递用包裹换回他签过字的单子;没有换回的(别的快递送来、单子丢了),在退回单的备注写明原因。"""
    slip = slip_of(row, look) if row.parcel_back_on is not None else None
    if slip is None or slip.signed_slip_returned:
        return
    if slip.signed_slip_returned is None:
        message = f"包裹 {row.parcel_back_on} 已退回,退回单 {row.slip_no} 没有写签字联有没有交还快递"
        yield Fault("slip_no", message, "请在快件退回单里填写“签字联已交还快递”")
    elif slip.note is None:
        message = f"退回单 {row.slip_no} 的签字联没有交还快递,也没有写原因"
        yield Fault("slip_no", message, "请在快件退回单的备注写明原因")


RECEIPT_COLUMNS = (("receipt_phrase", "收件签注"), ("receipt_by", "签收人"), ("receipt_on", "签收日期"))


@rule(
    "AFS-06",
    BLOCK,
    fields=("receipt_phrase", "receipt_by", "receipt_on", "parcel_back_on", "status"),
    source=SIGNING,
    also=("RMK-09",),
    looks_at=("staff",),
    texts=True,
    release_binds=("receipt_by", "receipt_on"),
    formulas={
        "receipt_phrase": some(
            receipt_formula("receipt_phrase"),
            every(written("receipt_phrase"), f"NOT({contains('receipt_phrase', RECEIVED)})"),
        ),
        "receipt_by": receipt_formula("receipt_by"),
        "receipt_on": some(receipt_formula("receipt_on"), after("parcel_back_on", "receipt_on"), to_come("receipt_on")),
    },
    good=(
        BACK,
        BACK | {"receipt_phrase": "“原包裹已收到”"},
        Case(BACK | {"receipt_by": "周平"}, rows={"staff": STAFF}),
        BACK | {"receipt_on": "2021-03-06"},
    ),
    bad=(
        BACK | {"receipt_phrase": "原包裹收到"},
        BACK | {"receipt_phrase": ""},
        BACK | {"receipt_by": ""},
        BACK | {"receipt_on": ""},
        WITH_COURIER | {"receipt_by": "李强"},
        WITH_COURIER | {"status": RECEIVED},
        BACK | {"receipt_on": "2021-03-04"},
        Case(BACK, now=dt.datetime(2021, 3, 4, 18)),
        Case(BACK | {"receipt_by": "吴刚"}, rows={"staff": STAFF}),
    ),
)
def receipt_signed(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """收件签注一字不差写“原包裹已收到”,和签收人、签收日期三样齐全;签收人要是打单员(兼任的也算),
    签收日期不早于包裹退回日期,不晚于今天。"""
    texts = {name: look.text(name) for name, _ in RECEIPT_COLUMNS}
    if row.receipt_phrase is None and texts["receipt_phrase"]:
        message = f"收件签注写的是“{texts['receipt_phrase'][:30]}”,要一字不差写“{RECEIVED}”"
        yield Fault("receipt_phrase", message, "请改正,或由打单员点“签收原包裹”")
    if row.status == RECEIVED or any(texts.values()):
        for name, header in RECEIPT_COLUMNS:
            if not texts[name]:
                yield Fault(name, f"签收缺少{header}", "请由收下包裹的打单员点“签收原包裹”,三样一起填写")
    if row.receipt_by is not None and is_other(look, row.receipt_by, "打单员", row.receipt_on):
        remedy = "请由打单员签收;临时代班的请在员工名册填写兼任岗位,或请主管放行"
        yield Fault("receipt_by", f"签收人{row.receipt_by}不是打单员", remedy, releasable=True)
    if row.receipt_on is None:
        return
    if row.parcel_back_on is not None and is_after(row.parcel_back_on, row.receipt_on):
        message = f"签收日期 {row.receipt_on} 早于包裹退回日期 {row.parcel_back_on}"
        yield Fault("receipt_on", message, "请核对这两个日期", releasable=True)
    if is_after(row.receipt_on, look.now):
        message = f"签收日期 {row.receipt_on} 还没有到"
        yield Fault("receipt_on", message, "请核对日期", releasable=True, until=begins(row.receipt_on))


REFUND_COLUMNS = (("refund_on", "退款日期"), ("refund_by", "退款处理人"), ("refund_id", "退款单号"))


@rule(
    "AFS-07",
    BLOCK,
    fields=(
        "case_type", "refund_by", "refund_on", "refund_id", "refund_mode", "receipt_phrase", "receipt_by",
        "receipt_on", "status",
    ),
    source=REFUNDING,
    releasable=True,
    looks_at=("staff",),
    release_binds=("order_no", "waybill_no", "refund_amount", "refund_by"),
    formulas=too_early(every(VALID_RECALL, UNSIGNED)),
    good=(
        BACK | REFUND,
        Case(BACK | REFUND, rows={"staff": STAFF}),
        WITH_COURIER | {"refund_mode": "客服同意", "refund_amount": "59.00"},
        {"case_type": "退差价/补偿", "refund_by": "赵敏", "refund_on": "2021-03-02"},
    ),
    bad=(
        WITH_COURIER | {"refund_on": "2021-03-06"},
        WITH_COURIER | {"refund_by": "赵敏"},
        WITH_COURIER | {"refund_id": "TK210306-22222"},
        WITH_COURIER | {"status": "退款处理中"},
        WITH_COURIER | {"refund_on": "2021-03-06", "refund_mode": "平台自动退款"},
        BACK | REFUND | {"receipt_on": ""},
        Case(BACK | REFUND | {"refund_by": "李强"}, rows={"staff": STAFF}),
    ),
)  # fmt: skip
def refunded_after_receipt(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """撤回的包裹,打单员签上“原包裹已收到”、姓名和日期以后才能退款,由售后客服处理。平台自己退的款照实登记,需要说明。"""
    if not is_recall(row):
        return
    entered = next(((name, header) for name, header in REFUND_COLUMNS if getattr(row, name) is not None), None)
    if entered is None and row.status == "退款处理中":
        entered = ("status", "状态")
    lacking = [header for name, header in RECEIPT_COLUMNS if getattr(row, name) is None]
    if entered is not None and lacking:
        name, header = entered
        message = f"{header}已填“{getattr(row, name)}”,但“{RECEIVED}”还没有签收(缺{'、'.join(lacking)}),不能退款"
        yield Fault(name, message, "请等打单员点“签收原包裹”;平台已经退的请选退款发起方式,要先退款的请主管放行")
    if row.refund_by is not None and is_other(look, row.refund_by, "售后客服", row.refund_on):
        remedy = "请由售后客服处理;临时代班的请在员工名册填写兼任岗位,或请主管放行"
        yield Fault("refund_by", f"退款处理人{row.refund_by}不是售后客服", remedy)


# 另有规则专门说的两对时间:AFS-02 和 AFS-06。
SAID_ELSEWHERE = frozenset({("登记日期", "退回单打印时间"), ("包裹退回日期", "签收日期")})


@rule(
    "AFS-08",
    BLOCK,
    fields=(
        "case_type", "registered_at", "courier_contacted_at", "slip_no", "parcel_back_on", "receipt_on", "refund_on",
        "status",
    ),
    source=(RECALL_DETAIL, SWAPPING_DETAIL, REFUNDING_DETAIL),
    releasable=True,
    across=(SLIP,),
    settings=("recall_slip_required",),
    release_binds=("registered_at", "courier_contacted_at", "slip_no"),
    formulas={
        "courier_contacted_at": every(VALID_RECALL, other_day("registered_at", "courier_contacted_at")),
        "parcel_back_on": every(
            VALID_RECALL,
            blank("slip_no"),
            some(after("registered_at", "parcel_back_on"), after("courier_contacted_at", "parcel_back_on")),
        ),
        "refund_on": every(
            VALID_RECALL,
            some(
                after("receipt_on", "refund_on"), every(blank("receipt_on"), after("parcel_back_on", "refund_on"))
            ),
        ),
    },
    good=(
        Case(DONE, rows={"recall_slips": (SLIP_RETURNED,)}),
        BACK | {"courier_contacted_at": "2021-03-02"},
        DONE | {"refund_on": "2021-03-05"},
    ),
    bad=(
        Case(WITH_SLIP | {"courier_contacted_at": "2021-03-02 10:31"}, rows={"recall_slips": (SLIP_PRINTED,)}),
        Case(WITH_COURIER, rows={"recall_slips": (SLIP_SIGNED | {"courier_signed_on": "2021-03-01"},)}),
        Case(BACK, rows={"recall_slips": (SLIP_RETURNED | {"courier_signed_on": "2021-03-06"},)}),
        BACK | {"parcel_back_on": "2021-03-01"},
        BACK | {"parcel_back_on": "2021-03-01", "slip_no": ""},
        DONE | {"refund_on": "2021-03-04"},
        WITH_COURIER | {"parcel_back_on": "2021-03-05", "refund_on": "2021-03-04"},
        CONTACTED | {"courier_contacted_at": "2021-03-03 09:00"},
    ),
)  # fmt: skip
def in_order_of_time(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """登记和联系快递、打印退回单、快递签字、包裹退回、签收、退款,时间依次不能倒过来,有一边没写几点的只比较日期;
    联系快递和登记不在同一天的需要说明。"""
    if not is_recall(row):
        return
    registered, contacted = row.registered_at, row.courier_contacted_at
    if registered is not None and contacted is not None and date_of(registered) != date_of(contacted):
        message = f"联系快递是 {date_of(contacted)},登记是 {date_of(registered)},不在同一天"
        yield Fault("courier_contacted_at", message, "联系快递和登记要在同一天,请核对或说明", level=WARN)
    slip = slip_of(row, look)
    begun = ("courier_contacted_at", "联系快递时间", contacted)
    if registered is not None and (contacted is None or is_after(registered, contacted)):
        begun = ("registered_at", "登记日期", registered)
    steps: tuple[tuple[str, str, dt.date | None], ...] = (
        begun,
        ("slip_no", "退回单打印时间", slip.slip_printed_at if slip is not None else None),
        ("slip_no", "快递签字日期", slip.courier_signed_on if slip is not None else None),
        ("parcel_back_on", "包裹退回日期", row.parcel_back_on),
        ("receipt_on", "签收日期", row.receipt_on),
        ("refund_on", "退款日期", row.refund_on),
    )
    known = [(name, header, moment) for name, header, moment in steps if moment is not None]
    for (_, earlier, first), (name, later, second) in itertools.pairwise(known):
        if is_after(first, second) and (earlier, later) not in SAID_ELSEWHERE:
            yield Fault(name, f"{later} {said(second)} 早于{earlier} {said(first)}", "请核对这两个时间")


@rule(
    "AFS-09",
    BLOCK,
    fields=("receipt_by", "refund_by", "registered_at", "status"),
    source=(SIGNING_DETAIL, REFUNDING_DETAIL),
    releasable=True,
    also=("SOD-03",),
    looks_at=("staff",),
    settings=("allow_multi_role",),
    release_binds=("receipt_by", "refund_by"),
    formulas={"refund_by": every(VALID, written("receipt_by"), "EXACT({receipt_by},{refund_by})")},
    good=(DONE, BACK),
    bad=(
        DONE | {"refund_by": "李强"},
        Case(
            DONE | {"refund_by": "小强"},
            rows={"staff": ({"name": "李强", "alias": "小强", "position": "打单员", "extra_positions": "售后客服"},)},
        ),
    ),
    waits="质检人、打款人也要分开,等登记表 returns_exchanges、refund_requests",
)
def two_people(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """签收原包裹的人和处理退款的人不能是同一个人;制度参数允许一人多岗时,改为需要说明。"""
    if row.status == VOID or row.receipt_by is None or row.refund_by is None:
        return
    if look.people.same(row.receipt_by, row.refund_by):
        allowed = look.setting("allow_multi_role", own_day(row))
        message = f"签收人和退款处理人都是{row.receipt_by}"
        remedy = "请说明为什么由一个人经手" if allowed else "请由另一位售后客服处理退款,或请主管放行"
        yield Fault("refund_by", message, remedy, level=WARN if allowed else BLOCK)


EVIDENCE = (("photo_url", "质量照片"), ("verified_by", "核实人"), ("verified_at", "核实时间"))


@rule(
    "AFS-10",
    BLOCK,
    fields=(
        "case_type", "photo_url", "verified_by", "verified_at", "verified_result", "refund_by", "refund_on",
        "refund_id", "refund_amount", "registered_at", "status",
    ),
    source=QUALITY,
    releasable=True,
    looks_at=("staff",),
    settings=("verify_second_over",),
    release_binds=("order_no", "verified_result", "refund_amount"),
    formulas={
        "verified_result": every(VALID_CLAIM, reads("status", "已核实"), blank("verified_result")),
        **{
            name: every(VALID_CLAIM, reads("verified_result", "属实", "不属实"), blank(name))
            for name in ("photo_url", "verified_by", "verified_at")
        },
        **too_early(every(VALID_CLAIM, UNPROVED)),
    },
    good=(
        CLAIM,
        CLAIM | {"status": REGISTERED},
        VERIFIED | REFUND,
        REFUSED | {"status": "已结案", "resolution": "照片看不出漏水,已向客户说明"},
    ),
    bad=(
        VERIFIED | {"photo_url": ""},
        VERIFIED | {"verified_by": ""},
        VERIFIED | {"verified_at": ""},
        VERIFIED | {"verified_result": ""},
        REFUSED | REFUND,
        CLAIM | {"status": "退款处理中"},
        CLAIM | {"refund_on": "2021-03-06"},
        CLAIM | {"refund_by": "赵敏"},
    ),
    waits="售后退换货表格里的质量问题等登记表 returns_exchanges",
)  # fmt: skip
def quality_verified(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """质量问题先请客户拍照,再核实:写核实结论之前要有质量照片、核实人和核实时间。属实的才由公司退款、补发;不属实的写明处理结果
    结案,或按非质量问题转退换货。退款金额超过制度参数规定的,还要有仓库的人一起核实。"""
    if row.case_type != FAULTY or row.status == VOID:
        return
    if row.status == "已核实" and row.verified_result is None:
        yield Fault("verified_result", "状态是已核实,但没有核实结论", "请选择属实或不属实", releasable=False)
    if row.verified_result is not None:
        for name, header in EVIDENCE:
            if getattr(row, name) is None:
                message = f"核实结论写了“{row.verified_result}”,但没有{header}"
                yield Fault(name, message, "请先让客户拍照,核实以后再写结论", releasable=False)
    if row.verified_result != "属实":
        entered = next(((name, header) for name, header in REFUND_COLUMNS if getattr(row, name) is not None), None)
        if entered is not None or row.status == "退款处理中":
            name, header = entered or ("status", "状态")
            why = "核实不属实" if row.verified_result else "还没有核实"
            message = f"{header}已填“{getattr(row, name)}”,但质量问题{why},不能由公司退款"
            yield Fault(name, message, "请先核实;不属实的写明处理结果结案,或按非质量问题转退换货")
    else:
        yield from _second_verifier(row, look)


def _second_verifier(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """Above the limit of the settings somebody of the warehouse looks too."""
    limit, people = look.setting("verify_second_over", own_day(row)), row.verified_by or ()
    if limit is None or row.refund_amount is None or row.refund_amount <= limit or not people:
        return
    day = date_of(row.verified_at) if row.verified_at is not None else None
    of_warehouse = any(not is_other(look, name, role, day) for name in people for role in ("仓库员", "仓库主管"))
    if len(people) < 2 or not of_warehouse:
        message = f"退款金额 {row.refund_amount:.2f} 超过 {limit:.2f},核实人只有{'、'.join(people)}"
        yield Fault("verified_by", message, "请仓库的人一起核实,两个人的姓名都填在核实人里")


@rule(
    "AFS-11",
    BLOCK,
    fields=("case_type", "cancellation_id", "status"),
    source=VOIDED,
    releasable=True,
    across=(CANCELLATION,),
    needs=("order_cancellations",),
    release_binds=("order_no", "cancellation_id"),
)
def voided_before_refund(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """未发货取消退款要关联付款后取消订单登记表里的记录,打单员在那里确认作废以后才处理退款。"""
    if row.case_type != CANCELLED or row.status == VOID:
        return
    found = look.across(row, CANCELLATION)
    if row.cancellation_id is None:
        remedy = "请售前客服在付款后取消订单登记表里点“通知售后退款”"
        yield Fault("cancellation_id", "未发货取消退款没有取消登记编号", remedy)
    elif not found:
        yield Fault("cancellation_id", f"付款后取消订单登记表里没有编号 {row.cancellation_id}", "请核对编号")
    elif getattr(found[0], "void_confirmed_at", None) is None:
        remedy = "请打单员先在取消登记里点“确认作废”,再处理退款"
        yield Fault("cancellation_id", f"取消登记 {row.cancellation_id} 的订单还没有确认作废", remedy)


@rule(
    "AFS-16",
    BLOCK,
    fields=(
        "case_type", "resolution", "refund_id", "platform_refund_no", "refund_on", "refund_mode", "refund_amount",
        "refund_by", "receipt_phrase", "contacted_party", "status",
    ),
    source=RECORDING,
    release_binds=("order_no", "refund_mode", "refund_amount"),
    formulas={
        "resolution": every(CLOSED_NOW, blank("resolution", "contacted_party")),
        "platform_refund_no": every(CLOSED_NOW, blank("platform_refund_no", "refund_id"), GIVEN_BACK),
        "refund_on": every(CLOSED_NOW, blank("refund_on", "refund_id"), GIVEN_BACK),
    },
    good=(
        DONE,
        DONE | {"platform_refund_no": "", "refund_id": "TK210306-22222"},
        REFUSED | {"status": "已结案", "resolution": "照片看不出漏水,已向客户说明"},
        BACK,
    ),
    bad=(
        DONE | {"resolution": ""},
        DONE | {"platform_refund_no": ""},
        DONE | {"refund_on": ""},
        BACK | {"status": "已结案", "resolution": "包裹已撤回"},
        {"case_type": CANCELLED, "status": "已结案", "resolution": "已退款"},
    ),
)  # fmt: skip
def closed_with_result(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """结案时要写处理结果;退了款的要有退款单号(财务打款),或者平台退款编号和退款日期。"""
    if row.status != "已结案":
        return
    if row.resolution is None and row.contacted_party is None:
        yield Fault("resolution", "已结案,但没有写处理结果", "请写明怎么解决的")
    is_due = money_went_back(row) or row.case_type == CANCELLED or (row.case_type == PARCEL and row.receipt_phrase)
    if not is_due or row.refund_id is not None:
        return
    # 财务打款的退款单在另一张表里,补不上编号时由主管放行,不让一件办完的事结不了案。
    for name, header in (("platform_refund_no", "平台退款编号"), ("refund_on", "退款日期")):
        if getattr(row, name) is None:
            message = f"已结案,但没有{header},也没有退款单号"
            yield Fault(name, message, f"平台退款请填{header},财务打款请填退款单号", releasable=True)


@rule(
    "AFS-17",
    WARN,
    fields=("waybill_no", "case_type", "status"),
    source=RECALL_DETAIL,
    shares=(("waybill_no",),),
    formulas={
        "waybill_no": every(
            reads("case_type", PARCEL),
            among("status", PENDING),
            matches("waybill_no", "[A-Za-z0-9-]+"),
            stands_twice("waybill_no", column_reads("case_type", PARCEL), column_reads("status", "", *PENDING)),
        )
    },
    good=(
        Case({}, others=({"waybill_no": "YT8800123456780"},)),
        Case({}, others=({"status": "已结案"}, {"status": FAILED}, {"case_type": "破损"})),
    ),
    bad=Case({}, others=({"customer_id": "tb_8802"},)),
)
def one_recall_a_parcel(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """一个快递单号同时只有一件没办完的撤回包裹。"""
    if row.case_type != PARCEL or row.status in CLOSED or row.status == FAILED:
        return
    for other in look.sharing(row, "waybill_no"):
        if other.case_type == PARCEL and other.status not in CLOSED and other.status != FAILED:
            message = f"快递单号 {row.waybill_no} 在 {look.label(other)} 也在撤回"
            yield Fault("waybill_no", message, "重复登记的请作废一行")
            return


@rule(
    "AFS-18",
    REMIND,
    fields=(
        "case_type",
        "registered_at",
        "parcel_back_on",
        "recall_failed_reason",
        "returns_id",
        "status",
        "receipt_phrase",
    ),
    source=RECALL_DETAIL,
    timed=True,
    settings=("recall_days",),
    good=(
        Case(WITH_COURIER, now=dt.datetime(2021, 3, 9, 18)),
        Case(BACK, now=dt.datetime(2021, 3, 20, 9)),
        Case({"case_type": "其他"}, now=dt.datetime(2021, 3, 20, 9)),
    ),
    bad=(
        Case(WITH_COURIER, now=dt.datetime(2021, 3, 10, 9)),
        Case({}, now=dt.datetime(2021, 3, 20, 9)),
        {"status": FAILED},
    ),
    waits="撤回失败后转到售后退换货表格等登记表 returns_exchanges",
)
def parcel_back_in_time(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """登记撤回 7 天(制度参数)后包裹还没有退回的要催;已签收、已派送或拦不下来的点“撤回失败”,写明原因,按退换货处理。"""
    if not is_recall(row):
        return
    if row.status == FAILED:
        if row.recall_failed_reason is None:
            remedy = "请选择已签收、已派送或快递无法拦截"
            yield Fault("recall_failed_reason", "撤回失败,没有写原因", remedy)
        elif row.returns_id is None and look.has("returns_exchanges"):
            message = f"撤回失败({row.recall_failed_reason}),还没有转退换货"
            yield Fault("returns_id", message, "请转到售后退换货表格,或写明处理结果结案")
        return
    registered = own_day(row)
    if registered is None or (row.status or REGISTERED) not in ON_THE_WAY or has_come_back(row):
        return
    if look.now.date() > date_of(registered) + dt.timedelta(days=look.setting("recall_days", registered)):
        message = f"{date_of(registered)} 登记撤回,包裹还没有退回"
        yield Fault("parcel_back_on", message, "请催快递;已签收、已派送或拦不下来的点“撤回失败”")


@rule(
    "AFS-19",
    BLOCK,
    fields=("agent", "status"),
    source=ANSWERABLE,
    formulas={"agent": every(VALID, blank("agent"))},
    good={},
    bad={"agent": ""},
)
def one_answerable(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """每件售后都要有一位责任客服。"""
    if row.agent is None and row.status != VOID:
        yield Fault("agent", "没有责任客服", "请填写负责这件售后的客服")


@diff_rule(
    "AFS-19",
    WARN,
    fields=("agent", "handed_over_by", "handed_over_at", "handover_reason"),
    source=ANSWERABLE,
    good=(
        Case(
            {
                "agent": "钱多多",
                "handed_over_by": "赵敏",
                "handed_over_at": "2021-03-04 18:00",
                "handover_reason": "休假",
            },
            before={},
        ),
        Case({"situation": "补充说明"}, before={}),
    ),
    bad=(
        Case({"agent": "钱多多"}, before={}),
        Case({"agent": "钱多多", "handed_over_by": "赵敏", "handed_over_at": "2021-03-04 18:00"}, before={}),
    ),
)
def handed_over_with_reason(before: AfterSalesCase | None, after: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """换责任客服要写转交人、转交时间和转交原因,请点“转交”。"""
    if before is None or before.agent is None or after.agent is None or look.people.same(before.agent, after.agent):
        return
    lacking = [
        header
        for header, value in (
            ("转交人", after.handed_over_by),
            ("转交时间", after.handed_over_at if after.handed_over_at != before.handed_over_at else None),
            ("转交原因", after.handover_reason),
        )
        if value is None
    ]
    if lacking:
        message = f"责任客服由{before.agent}改成{after.agent},没有写这次的{'、'.join(lacking)}"
        yield Fault("agent", message, "请点“转交”并写明原因,时间和姓名会自动填写")


@rule(
    "AFS-20",
    BLOCK,
    fields=("contacted_party", "contacted_at", "resolution", "status"),
    source=HELPING,
    formulas={
        "contacted_party": every(CLOSED_NOW, blank("contacted_party"), dated("contacted_at")),
        "contacted_at": every(CLOSED_NOW, written("contacted_party"), blank("contacted_at")),
        "resolution": every(CLOSED_NOW, written("contacted_party"), blank("resolution")),
    },
    good=(
        DONE | {"contacted_party": "圆通客服", "contacted_at": "2021-03-03 09:00"},
        {"contacted_party": "圆通客服"},
        DONE,
    ),
    bad=(
        DONE | {"contacted_party": "圆通客服"},
        DONE | {"contacted_at": "2021-03-03 09:00"},
        DONE | {"contacted_party": "圆通客服", "contacted_at": "2021-03-03 09:00", "resolution": ""},
    ),
)
def help_recorded(row: AfterSalesCase, look: Look) -> Iterator[Fault]:
    """帮客户联系了部门或快递的,结案前要有联系了谁、什么时候联系的和处理结果。"""
    if row.status != "已结案" or (row.contacted_party is None and row.contacted_at is None):
        return
    if row.contacted_party is None:
        yield Fault(
            "contacted_party", f"{said(row.contacted_at or look.now)} 联系过,没有写联系了谁", "请补上部门或快递"
        )
    if row.contacted_at is None:
        yield Fault("contacted_at", f"联系了{row.contacted_party},没有联系时间", "请补上联系时间")
    if row.contacted_party is not None and row.resolution is None:
        yield Fault("resolution", f"联系了{row.contacted_party},没有写处理结果", "请写明结果再结案")


# 流程 -----------------------------------------------------------------------------------------------------------------

AGENTS = ("售后客服", "客服主管", "部门主管")
SIGNERS = ("打单员", "客服主管", "部门主管")  # 主管只在放行时代为登记,签收人仍要是打单员(AFS-06)
RECALLS = {"case_type": (PARCEL,)}
CLAIMS = {"case_type": (FAULTY,)}
WITHOUT_PARCEL = {"case_type": tuple(one for one in TYPES if one not in (PARCEL, FAULTY))}
RECEIVING = {"receipt_phrase": RECEIVED, "receipt_by": ACTOR, "receipt_on": NOW, "parcel_back_on": NOW_IF_BLANK}
REFUND_DETAILS = ("refund_mode", "refund_amount", "refund_route", "platform_refund_no", "refund_id")

WORKFLOW = Workflow(
    states=STATES,
    initial=REGISTERED,
    closed_states=CLOSED,
    transitions=(
        Transition(
            key="contact_courier",
            label="已联系快递",
            source_states=(REGISTERED,),
            target="已联系快递",
            roles=AGENTS,
            only=RECALLS,
            needs=("courier", "waybill_no", "situation"),
            stamps={"courier_contacted_at": NOW_IF_BLANK},
            asks=("courier", "waybill_no", "situation", "courier_contact", "courier_reply_url"),
            guard="联系快递和登记先后不限,都要在打退回单之前;不在同一天的需要说明(AFS-08)",
            deadline=Deadline("登记当天", rule="AFS-08"),
        ),
        Transition(
            key="print_slip",
            label="打印快件退回单(两联)",
            source_states=("已联系快递",),
            target="退回单已打印",
            roles=AGENTS,
            only=RECALLS,
            needs=("courier", "waybill_no"),
            asks=("courier", "waybill_no"),
            effects=(
                Effect(
                    register="recall_slips",
                    link="slip_no",
                    creates=True,
                    values={
                        "slip_no": NEW_ID,
                        "case_id": Copy("record_id"),
                        "courier": Copy("courier"),
                        "waybill_no": Copy("waybill_no"),
                        "slip_printed_at": NOW,
                        "slip_status": "已打印",
                    },
                    asks=("slip_info",),
                ),
            ),
            prints=("recall_slips", "slip"),
            guard="联系过快递(AFS-01);一次打两联",
        ),
        Transition(
            key="courier_signed",
            label="快递已签字",
            source_states=("退回单已打印",),
            target="快递已签字",
            roles=("打单员", *AGENTS),
            only=RECALLS,
            effects=(
                Effect(
                    register="recall_slips",
                    link="slip_no",
                    values={"courier_signed_on": NOW_IF_BLANK, "slip_keeper": ACTOR_IF_BLANK, "slip_status": "已签字"},
                    asks=("courier_signer", "courier_signed_on", "slip_keeper"),
                    needs=("courier_signer",),
                ),
            ),
            guard="快递人员在一联上签字,交打单员保管(AFS-03),另一联由快递带走(AFS-04)",
        ),
        Transition(
            key="receive_parcel",
            label="签收原包裹",
            source_states=ON_THE_WAY,
            target=RECEIVED,
            roles=SIGNERS,
            only=RECALLS,
            stamps=RECEIVING,
            asks=("parcel_condition", "parcel_back_on", "receipt_by"),
            effects=(
                Effect(
                    register="recall_slips",
                    link="slip_no",
                    values={
                        "signed_slip_returned": "是",
                        "swapped_back_on": NOW_IF_BLANK,
                        "slip_status": "签字联已交还",
                    },
                    asks=("swapped_back_on",),
                ),
            ),
            guard="退回单已签字(AFS-02、AFS-03),或在线拦截有快递回复截图;没走完前几步就退回的由主管放行",
            deadline=Deadline("登记后 7 天内", rule="AFS-18"),
        ),
        Transition(
            key="receive_without_swap",
            label="签收原包裹(签字联没有换回)",
            source_states=("退回单已打印", "快递已签字"),
            target=RECEIVED,
            roles=SIGNERS,
            only=RECALLS,
            stamps=RECEIVING,
            asks=("parcel_condition", "parcel_back_on", "receipt_by"),
            effects=(Effect(register="recall_slips", link="slip_no", values={"signed_slip_returned": "否"}),),
            guard="别的快递送来或签字联丢了;之后在退回单的备注写明原因(AFS-05)",
        ),
        Transition(
            key="recall_failed",
            label="撤回失败",
            source_states=ON_THE_WAY,
            target=FAILED,
            roles=AGENTS,
            only=RECALLS,
            needs=("recall_failed_reason",),
            asks=("recall_failed_reason",),
            guard="已签收、已派送或快递无法拦截;之后按退换货处理",
        ),
        Transition(
            key="ask_photo",
            label="请客户拍照",
            source_states=(REGISTERED,),
            target="待核实",
            roles=AGENTS,
            only=CLAIMS,
            asks=("photo_url",),
        ),
        Transition(
            key="verify",
            label="核实",
            source_states=("待核实",),
            target="已核实",
            roles=AGENTS,
            only=CLAIMS,
            needs=("verified_result",),
            stamps={"verified_by": ACTOR_IF_BLANK, "verified_at": NOW},
            asks=("photo_url", "verified_result", "verified_by"),
            guard="有质量照片;金额大的要仓库的人一起核实(AFS-10)",
        ),
        Transition(
            key="start_refund",
            label="处理退款",
            source_states=(RECEIVED, "已核实"),
            target="退款处理中",
            roles=AGENTS,
            stamps={"refund_by": ACTOR_IF_BLANK},
            asks=(*REFUND_DETAILS, "refund_by"),
            guard="原包裹已签收(AFS-07),或质量问题属实(AFS-10)",
        ),
        Transition(
            key="handle",
            label="开始处理",
            source_states=(REGISTERED,),
            target="退款处理中",
            roles=AGENTS,
            only=WITHOUT_PARCEL,
            asks=("situation", *REFUND_DETAILS),
            guard="未发货取消退款要先确认作废(AFS-11)",
        ),
        Transition(
            key="refund",
            label="登记退款",
            source_states=("退款处理中",),
            target=None,
            roles=AGENTS,
            stamps={"refund_by": ACTOR_IF_BLANK, "refund_on": NOW_IF_BLANK},
            asks=(*REFUND_DETAILS, "refund_by", "refund_on"),
            deadline=Deadline("财务打款 2 个工作日内"),
        ),
        Transition(
            key="close",
            label="结案",
            source_states=("退款处理中", "已核实", FAILED),
            target="已结案",
            roles=AGENTS,
            needs=("resolution",),
            asks=("resolution", "platform_refund_no", "refund_id", "refund_on", "returns_id"),
            guard="有处理结果;退了款的有退款单号,或平台退款编号和退款日期(AFS-16)",
        ),
        Transition(
            key="wanted_again",
            label="客户又要了",
            source_states=OPEN,
            target=WANTED,
            roles=AGENTS,
            asks=("note",),
            reason_required=True,
        ),
        Transition(
            key="contact_party",
            label="登记已联系",
            source_states=OPEN,
            target=None,
            roles=AGENTS,
            needs=("contacted_party",),
            stamps={"contacted_at": NOW},
            asks=("contacted_party",),
            aside=True,
        ),
        Transition(
            key="hand_over",
            label="转交",
            source_states=OPEN,
            target=None,
            roles=AGENTS,
            needs=("agent", "handover_reason"),
            stamps={"handed_over_by": ACTOR, "handed_over_at": NOW},
            asks=("agent", "handover_reason"),
            guard="换一位责任客服,写明原因(AFS-19)",
            aside=True,
        ),
        voiding(OPEN, AGENTS, "登记错了才作废", target=VOID),
    ),
)

REGISTER = Register(
    key="after_sales_register",
    title="售后登记表",
    prefix="SH",
    area="customer_service",
    model=AfterSalesCase,
    rules=(
        recall_registered,
        slip_printed,
        slip_signed,
        slip_names_parcel,
        slip_swapped,
        receipt_signed,
        refunded_after_receipt,
        in_order_of_time,
        two_people,
        quality_verified,
        voided_before_refund,
        closed_with_result,
        one_recall_a_parcel,
        parcel_back_in_time,
        one_answerable,
        handed_over_with_reason,
        help_recorded,
    ),
    workflow=WORKFLOW,
    samples=(SAMPLE, SAMPLE | DONE, SAMPLE | VERIFIED),
    grants={
        "总经理": "V",
        "运营总监": "V",
        "店长": "V",
        "部门主管": "EA",
        "运营主管": "V",
        "店铺运营": "V",
        "客服主管": "E",
        "售前客服": "V",
        "售后客服": "CE",
        "打单员": "S",
        "仓库主管": "V",
        "仓库员": "V",
        "财务": "V",
    },
    released_when={"refund_mode": PLATFORM},
    answerable=("agent", "created_by"),
)
