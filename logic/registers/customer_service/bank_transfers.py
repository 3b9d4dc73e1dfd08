"""银行转账明细表。"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from logic.vocabulary import (
    ACTOR,
    ACTOR_IF_BLANK,
    ALL_FIELDS,
    BLOCK,
    NOW,
    NOW_IF_BLANK,
    REMIND,
    WARN,
    Across,
    Case,
    Choice,
    Digits,
    Fault,
    Identifier,
    Link,
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
    acts_as,
    after,
    among,
    begins,
    blank,
    column_reads,
    date_of,
    dated,
    diff_rule,
    every,
    field,
    is_after,
    matches,
    no_or_blank,
    not_above_zero,
    reads,
    rule,
    some,
    stands_twice,
    to_come,
    voiding,
)

REGISTERING = Source("000:L217", "银行转账客户要及时在银行转账明细表里登记好客户信息")
CUSTOMER = Source("000:L217", "登记好客户信息")
CUSTOMER_DETAIL = Source("000:L217", "登记好客户信息", inferred=True)
TRACKING = Source("000:L217", "并跟踪订单顺利进行")
TRACKING_DETAIL = Source("000:L217", "并跟踪订单顺利进行", inferred=True)
CONFIRMING = Source("002:L194", "与财务部门进行支付确认,确保客户支付的款项及时到账")
CONFIRMING_DETAIL = Source("002:L194", "与财务部门进行支付确认,确保客户支付的款项及时到账", inferred=True)
CONFIRM_FIRST = Source("002:L194", "客户下单后,销售团队及时确认订单,并与财务部门进行支付确认")
THEN_SHIP = Source("002:L195", "销售团队与供应链部门合作,安排产品的发货和物流")
SECRETS = Source("002:L149", "绝不泄露公司的机密")
PRIVACY = Source("002:L107", "保护客户隐私")
TRUE_RECORDS = Source("002:L235", "报表以及统计数据资料必须真实、准确、完整", inferred=True)

TRACK_WARN_DAYS = 3

STATES = ("已登记", "已到账", "已通知打单", "已发货", "已完成", "超时未到账", "金额不符", "已退款", "已作废")
SENT_TO_PRINTER = ("已通知打单", "已发货", "已完成")
CANCELLED = frozenset({"已退款", "已作废"})
CLOSED = CANCELLED | {"已完成"}
LINKED_LIMIT = 200


class BankTransfer(Row):
    """银行转账明细表:不走平台付款、直接转账到公司账户的客户,每笔转账一行。售前客服当日登记并每天跟踪,财务核对流水后确认到账,
    之后才通知打单、发货。一笔转账可以付几个订单,一个订单也可以分几笔付(定金、尾款)。"""

    shop: str | None = field(
        "店铺",
        Choice(closed=False),
        help="客户在哪个店铺下单",
        source=CUSTOMER_DETAIL,
        naming=True,
        group="客户信息",
        options_from="shops",
    )
    registered_at: dt.date | dt.datetime | None = field(
        "登记日期", Moment(), help="登记时自动填写", source=REGISTERING, initial="now", group="客户信息"
    )
    customer_id: str | None = field(
        "客户ID(旺旺)",
        Identifier(),
        help="客户的旺旺号;和付款人户名至少填一项",
        source=CUSTOMER,
        naming=True,
        group="客户信息",
    )
    customer_name: str | None = field(
        "客户姓名", Text(), help="通知打单前要填", source=CUSTOMER, naming=True, group="客户信息"
    )
    phone: str | None = field(
        "联系电话",
        Phone(),
        help="没有平台订单的,通知打单前要填",
        source=CUSTOMER_DETAIL,
        sensitive=True,
        group="客户信息",
    )
    address: str | None = field(
        "收货地址",
        LongText(),
        help="没有平台订单的,通知打单前要填",
        source=CUSTOMER_DETAIL,
        sensitive=True,
        group="客户信息",
    )
    order_no: tuple[str, ...] | None = field(
        "订单号",
        Identifier(many=True),
        help="这笔转账所付的订单,几个之间用顿号隔开;通知打单前要填",
        source=TRACKING_DETAIL,
        naming=True,
        group="订单",
    )
    goods: str | None = field("商品及数量", LongText(), source=TRACKING_DETAIL, group="订单")
    amount_due: Decimal | None = field(
        "应付金额(所列订单合计)",
        Money(),
        gt=0,
        help="本行所列订单一共应付多少;一个订单分几笔付时,每行都填订单合计",
        source=CONFIRMING_DETAIL,
        group="金额",
    )
    amount_paid: Decimal | None = field(
        "转账金额", Money(), help="这一笔转了多少", source=CONFIRMING_DETAIL, group="金额"
    )
    paid_at: dt.date | dt.datetime | None = field(
        "转账日期时间", Moment(), help="知道几点几分就一起填,不知道只填日期", source=CONFIRMING_DETAIL, group="金额"
    )
    payer_name: str | None = field(
        "付款人户名",
        Text(),
        help="转账人的户名;和客户ID(旺旺)至少填一项",
        source=CONFIRMING_DETAIL,
        naming=True,
        sensitive=True,
        group="付款账户",
    )
    payer_bank: str | None = field("付款银行", Text(), source=CONFIRMING_DETAIL, group="付款账户")
    payer_last4: str | None = field(
        "付款账号后四位",
        Digits(4),
        help="只登记后四位,供财务核对流水,不要填完整账号",
        source=(SECRETS, PRIVACY),
        sensitive=True,
        group="付款账户",
    )
    receiving_account: str | None = field(
        "收款账户",
        Choice(closed=False),
        help="钱转到公司哪个账户",
        source=CONFIRMING_DETAIL,
        group="付款账户",
        options_from="receiving_accounts",
    )
    proof_url: str | None = field(
        "转账凭证", Link(), help="截图的链接或文件名", source=CONFIRMING_DETAIL, group="付款账户"
    )
    arrived: bool | None = field(
        "到账确认", YesNo(), help="由财务核对流水后点“确认到账”填写", source=CONFIRMING, group="到账"
    )
    arrived_at: dt.date | dt.datetime | None = field(
        "到账时间", Moment(), help="点“确认到账”时自动填写;流水上的时间不同可以改", source=CONFIRMING, group="到账"
    )
    confirmed_by: str | None = field(
        "确认人", Staff(), help="点“确认到账”的财务人员,不能是登记人", source=CONFIRMING, group="到账"
    )
    order_progress: str | None = field(
        "订单进度",
        Choice("未通知打单", "已通知打单", "已发货", "已完成"),
        help="和状态一起由操作按钮改变",
        source=TRACKING,
        initial="未通知打单",
        group="跟踪",
    )
    track_note: str | None = field("跟踪记录", LongText(), source=TRACKING, group="跟踪")
    last_tracked_at: dt.date | dt.datetime | None = field(
        "最近跟踪时间", Moment(), help="点“跟踪”时自动填写", source=TRACKING_DETAIL, group="跟踪"
    )
    tracked_by: str | None = field("跟踪人", Staff(), help="点“跟踪”时自动填写", source=TRACKING_DETAIL, group="跟踪")
    waybill_no: str | None = field("快递单号", Waybill(), source=TRACKING_DETAIL, group="跟踪")
    shipped_at: dt.date | dt.datetime | None = field(
        "发货时间", Moment(), help="点“登记发货”时自动填写", source=TRACKING_DETAIL, group="跟踪"
    )


# 规则 -----------------------------------------------------------------------------------------------------------------

ORDER = Across("orders", here="order_no", there="order_no")


def own_day(row: BankTransfer) -> dt.date | dt.datetime | None:
    """The day whose settings a transfer is judged by (DAT-09)."""
    return row.paid_at or row.registered_at or row.created_at


@rule(
    "BNK-01",
    WARN,
    fields=("registered_at", "paid_at", "order_no", "status"),
    source=REGISTERING,
    across=(ORDER,),
    settings=("bank_register_deadline", "work_profile", "holidays"),
    good=(
        {"paid_at": "2021-03-02 10:32", "registered_at": "2021-03-02 18:00"},
        {"paid_at": "2021-03-02 18:01", "registered_at": "2021-03-03 12:00"},
        {"paid_at": "2021-03-05 20:00", "registered_at": "2021-03-08 11:59"},
        {"paid_at": "2021-03-02", "registered_at": "2021-03-03"},
        {"paid_at": "2021-03-02 10:32", "registered_at": "2021-03-04", "status": "已作废"},
    ),
    bad=(
        {"paid_at": "2021-03-02 10:32", "registered_at": "2021-03-02 18:01"},
        {"paid_at": "2021-03-02 18:01", "registered_at": "2021-03-03 12:01"},
        {"paid_at": "2021-03-02", "registered_at": "2021-03-04"},
        Case(
            {"paid_at": "2021-03-02", "registered_at": "2021-03-03"},
            rows={"orders": ({"order_no": "2103020000000000001", "paid_at": "2021-03-02 10:30"},)},
        ),
    ),
)
def registered_in_time(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """上班时间付款的转账,当日下班前要登记;下班后或休息日付款的,下一个工作日在制度参数规定的时间(默认 12:00)以前登记。
    转账只写了日期的,看平台订单的付款时间;还不知道几点的,按下班后付款算。"""
    if row.registered_at is None or row.paid_at is None or row.status == "已作废":
        return
    paid = row.paid_at if isinstance(row.paid_at, dt.datetime) else _paid_on_platform(row, row.paid_at, look)
    hours, next_day = look.setting("work_profile", paid), look.setting("bank_register_deadline", paid)
    due = hours.same_day_or(paid, next_day, look.calendar(paid))
    if is_after(row.registered_at, due):
        message = f"{said(paid)} 转账,登记时限是 {said(due)},登记日期是 {said(row.registered_at)}"
        yield Fault("registered_at", message, "请核对转账和登记的时间;确实登记晚了的,请说明原因")


def _paid_on_platform(row: BankTransfer, day: dt.date, look: Look) -> dt.date | dt.datetime:
    """When of that day the orders were paid, where one of them says so."""
    times = [one.paid_at for one in look.across(row, ORDER) if isinstance(one.paid_at, dt.datetime)]
    return max((time for time in times if time.date() == day), default=day)


def is_sent(row: BankTransfer) -> bool:
    """Has the printer been told, by the state or by the progress of the order?"""
    return row.status in SENT_TO_PRINTER or row.order_progress in SENT_TO_PRINTER


AT_CREATION = ("shop", "customer_id", "payer_name", "amount_paid", "paid_at")
BEFORE_PRINTING = ("order_no", "customer_name")
WITHOUT_ORDER = ("phone", "address")
PRINTED = {"status": "已通知打单", "order_progress": "已通知打单"}
REACHABLE = {"phone": "13800138000", "address": "浙江省杭州市某某路 1 号"}
# 表格里自动标红的条件,见 BNK-02、BNK-06。
VALID = among("status", STATES, without=("已作废",))
SENT = some(reads("status", *SENT_TO_PRINTER), reads("order_progress", *SENT_TO_PRINTER))


@rule(
    "BNK-02",
    BLOCK,
    fields=(*AT_CREATION, *BEFORE_PRINTING, *WITHOUT_ORDER, "order_progress", "status"),
    source=CUSTOMER,
    across=(ORDER,),
    formulas={
        "shop": every(VALID, blank("shop")),
        "customer_id": every(VALID, blank("customer_id", "payer_name")),
        "amount_paid": every(VALID, blank("amount_paid")),
        "paid_at": every(VALID, blank("paid_at")),
        "order_no": every(VALID, SENT, blank("order_no")),
        "customer_name": every(VALID, SENT, blank("customer_name")),
    },
    good=(
        {"customer_id": "", "order_no": "", "customer_name": ""},
        {"customer_id": "", "paid_at": "2021-03-02"},
        PRINTED,
        Case(PRINTED, rows={"orders": ()}),
        Case(PRINTED, rows={"orders": ({"order_no": "2103020000000000001"},)}),
        Case(PRINTED | REACHABLE, rows={"orders": ({"order_no": "2103020000000000009"},)}),
    ),
    bad=(
        {"shop": ""},
        {"customer_id": "", "payer_name": ""},
        {"amount_paid": ""},
        {"paid_at": ""},
        PRINTED | {"order_no": ""},
        PRINTED | {"customer_name": ""},
        Case(PRINTED, rows={"orders": ({"order_no": "2103020000000000009"},)}),
        Case(PRINTED | REACHABLE | {"address": ""}, rows={"orders": ({"order_no": "2103020000000000009"},)}),
    ),
)
def enough_known(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """登记时要有店铺、转账金额、转账日期,以及客户ID(旺旺)或付款人户名;通知打单前还要有订单号和客户姓名,
    所列订单都不在订单打单状态表里的,还要有联系电话和收货地址。订单打单状态表还没有使用时不看这一条。"""
    if row.status == "已作废":
        return
    if row.shop is None:
        yield Fault("shop", "缺少店铺", "请选择客户在哪个店铺下单")
    if row.customer_id is None and row.payer_name is None:
        yield Fault("customer_id", "客户ID(旺旺)和付款人户名都没有填", "至少填一项,才知道是谁付的款")
    if row.amount_paid is None:
        yield Fault("amount_paid", "缺少转账金额", "请填写这一笔转了多少")
    if row.paid_at is None:
        yield Fault("paid_at", "缺少转账日期", "请填写转账日期,不知道几点只填日期")
    if is_sent(row):
        if row.order_no is None:
            yield Fault("order_no", "还没有订单号,不能通知打单", "请填写这笔转账所付的订单号")
        if row.customer_name is None:
            yield Fault("customer_name", "还没有客户姓名,不能通知打单", "请填写客户姓名")
        if row.order_no is not None and look.uses("orders") and not look.across(row, ORDER):
            yield from _reachable(row)


def _reachable(row: BankTransfer) -> Iterator[Fault]:
    """Without an order on the platform nobody else knows where the goods go."""
    for name, header in (("phone", "联系电话"), ("address", "收货地址")):
        if getattr(row, name) is None:
            message = f"订单打单状态表里没有所列订单,也没有{header},不能通知打单"
            yield Fault(name, message, f"请核对订单号;没有平台订单的请填写{header}")


@rule(
    "BNK-03",
    REMIND,
    fields=("last_tracked_at", "registered_at", "paid_at", "status"),
    source=TRACKING,
    settings=("bank_track_days", "work_profile", "holidays"),
    timed=True,
    good=Case({"status": "已登记", "last_tracked_at": "2021-03-04 17:00"}, now=dt.datetime(2021, 3, 5, 9)),
    bad=(
        Case({"status": "已登记", "last_tracked_at": "2021-03-02 17:00"}, now=dt.datetime(2021, 3, 4, 9)),
        Case({"status": "已到账", "last_tracked_at": ""}, now=dt.datetime(2021, 3, 9, 9)),
    ),
)
def tracked_every_day(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """没有完成、退款或作废的转账,每隔制度参数规定的工作日(默认 1 个)至少跟踪一次;超过 3 个工作日没有跟踪要说明。"""
    if row.status in CLOSED:
        return
    since = row.last_tracked_at or row.registered_at or row.created_at or row.paid_at
    if since is None:
        return
    day, today = date_of(since), look.now.date()
    interval = look.setting("bank_track_days", own_day(row))
    calendar = look.calendar(day)
    if today <= calendar.workday_after(day, interval):
        return
    late = today > calendar.workday_after(day, max(interval, TRACK_WARN_DAYS))
    what = "最近一次跟踪" if row.last_tracked_at else "登记后还没有跟踪,登记"
    yield Fault(
        "last_tracked_at", f"{what}是 {day}", "请联系客户或打单员,点“跟踪”写明进展", level=WARN if late else REMIND
    )


@rule(
    "BNK-04",
    BLOCK,
    fields=("arrived", "arrived_at", "confirmed_by"),
    source=CONFIRMING,
    looks_at=("staff",),
    good=Case(
        {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静"},
        rows={"staff": ({"name": "陈静", "position": "财务"},)},
    ),
    bad=(
        {"arrived": "是", "arrived_at": "", "confirmed_by": "陈静"},
        {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": ""},
        Case(
            {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "李强"},
            rows={"staff": ({"name": "李强", "position": "打单员"},)},
        ),
    ),
)
def arrival_signed(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """到账确认是“是”时,要有到账时间和确认人,确认人要是财务。已调岗、离职的人不再核对岗位。"""
    if not row.arrived:
        return
    if row.arrived_at is None:
        yield Fault("arrived_at", "已确认到账,但没有到账时间", "请填写银行流水上的到账时间,只知道日期就填日期")
    if row.confirmed_by is None:
        yield Fault("confirmed_by", "已确认到账,但没有确认人", "请由财务点“确认到账”")
        return
    person = look.people.find(row.confirmed_by)
    if person is not None and person.status not in ("调岗", "离职") and not acts_as(person, "财务"):
        message = f"确认人{row.confirmed_by}不是财务"
        yield Fault("confirmed_by", message, "请由财务核对流水后点“确认到账”", releasable=True)


@rule(
    "BNK-05",
    BLOCK,
    fields=("confirmed_by", "created_by"),
    source=CONFIRMING,
    looks_at=("staff",),
    good={"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静", "created_by": "王芳"},
    bad={"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "王芳", "created_by": "王芳"},
)
def not_confirmed_by_registrar(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """登记人不能自己确认到账:登记和确认是销售和财务两方的事。不能放行。"""
    if row.confirmed_by and row.created_by and look.people.same(row.confirmed_by, row.created_by):
        yield Fault("confirmed_by", f"确认人和登记人都是{row.created_by}", "请由另一位财务人员核对流水后确认")


@diff_rule(
    "BNK-05",
    BLOCK,
    fields=("arrived", "created_by"),
    source=CONFIRMING,
    good=Case(
        {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静"},
        before={"arrived": "否"},
        actor="陈静",
        rows={"staff": ({"name": "陈静", "position": "财务"},)},
    ),
    bad=(
        Case(
            {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静"},
            before={"arrived": "否"},
            actor="李强",
            rows={"staff": ({"name": "陈静", "position": "财务"}, {"name": "李强", "position": "售前客服"})},
        ),
        Case(
            {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静", "created_by": "李强"},
            before={"arrived": "否", "created_by": "李强"},
            actor="李强",
            rows={"staff": ({"name": "陈静", "position": "财务"}, {"name": "李强", "position": "财务"})},
        ),
    ),
)
def only_finance_confirms(before: BankTransfer | None, after: BankTransfer, look: Look) -> Iterator[Fault]:
    """只有财务可以改“到账确认”,登记人不能确认自己登记的,也不能替别人确认。不能放行。在表格里直接改的看不出是谁。"""
    was = before is not None and before.arrived
    if bool(was) == bool(after.arrived) or look.actor is None or look.people.roster_empty:
        return
    if not acts_as(look.actor, "财务"):
        yield Fault("arrived", f"{look.actor.name}不是财务,不能改“到账确认”", "请由财务核对流水后点“确认到账”")
    elif after.arrived and after.created_by and look.people.same(look.actor.name, after.created_by):
        message = f"这笔转账是{after.created_by}登记的,不能由登记人确认到账"
        yield Fault("arrived", message, "请由另一位财务人员核对流水后点“确认到账”")


PAID = {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静"}


@rule(
    "BNK-06",
    BLOCK,
    fields=("order_progress", "arrived", "status"),
    source=(CONFIRM_FIRST, THEN_SHIP),
    releasable=True,
    release_binds=("order_no", "amount_due"),
    formulas={"order_progress": every(among("status", STATES, CANCELLED), SENT, no_or_blank("arrived"))},
    good=(
        {"status": "已登记", "order_progress": "未通知打单", "arrived": "否"},
        PAID | PRINTED,
    ),
    bad={"status": "已通知打单", "order_progress": "已通知打单", "arrived": "否"},
)
def arrived_before_printing(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """确认到账以后才能通知打单、发货。先发货后付款(账期客户)由主管放行。"""
    if is_sent(row) and not row.arrived and row.status not in CANCELLED:
        yield Fault("order_progress", "款项还没有确认到账,不能通知打单或发货", "请等财务确认到账;账期客户请主管放行")


ORDERED = {"order_no": "2103020000000000001", "amount_due": "1000.00", "print_status": "未打单"}
OTHER_PART = PAID | {"amount_paid": "700.00", "customer_id": "tb_8802"}


@rule(
    "BNK-07",
    BLOCK,
    fields=("amount_paid", "amount_due", "order_no", "arrived", "status", "order_progress", "paid_at"),
    source=CONFIRMING_DETAIL,
    releasable=True,
    linked=("order_no",),
    across=(ORDER,),
    settings=("bank_tolerance",),
    release_binds=("order_no", "amount_due", "amount_paid"),
    formulas={"amount_paid": not_above_zero("amount_paid")},
    good=(
        Case(PAID | PRINTED | {"amount_due": ""}, rows={"orders": (ORDERED,)}),
        PAID | PRINTED,
        Case(PAID | PRINTED | {"amount_paid": "300.00"}, others=(OTHER_PART,)),
        PAID | PRINTED | {"amount_paid": "999.00"},
        {"amount_due": ""},
    ),
    bad=(
        PAID | PRINTED | {"amount_paid": "995.00"},
        Case(PAID | PRINTED | {"amount_paid": "20.00", "amount_due": ""}, rows={"orders": (ORDERED,)}),
        Case(PAID | PRINTED, rows={"orders": (ORDERED | {"amount_due": "5000.00"},)}),
        PAID | {"amount_paid": "995.00"},
        PAID | {"amount_paid": "1005.00"},
        {"amount_paid": "-5"},
        Case(PAID | PRINTED | {"amount_paid": "295.00"}, others=(OTHER_PART,)),
        Case(PAID | {"amount_paid": "300.00"}, others=(OTHER_PART | {"amount_due": "900.00"},)),
    ),
)
def arrived_in_full(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """转账金额要大于 0。相关订单已到账的合计,和这些订单应付的合计相差不超过制度参数规定的金额(默认 1.00 元):少了不能
    通知打单、发货(可由主管放行),多了要说明。一个订单分几笔付的,每行都填订单合计,只算一次。"""
    if row.amount_paid is not None and row.amount_paid <= 0:
        yield Fault("amount_paid", f"转账金额是 {row.amount_paid:.2f},要大于 0", "请核对金额", releasable=False)
        return
    if row.amount_paid is None or row.status in CANCELLED:
        return
    group = look.linked(row, "order_no")
    if len(group) == 1 and not look.uses("orders"):
        if row.arrived and row.amount_due is not None and row.amount_due != row.amount_paid:
            yield from _compare(row, Sums(group), tolerance(row, look))
        return
    if len(group) > LINKED_LIMIT:
        yield Fault("order_no", f"这个订单号关联了 {LINKED_LIMIT} 多行,不像真的订单号", "请核对订单号", level=WARN)
        return
    allowed = tolerance(row, look)
    ordered = _ordered(group, look)
    due = _due_on_platform(row, ordered)
    if due is not None and row.amount_due is not None and abs(due - row.amount_due) > allowed:
        message = f"应付金额写的是 {row.amount_due:.2f},这些订单在订单打单状态表里合计 {due:.2f}"
        yield Fault("amount_due", message, "请核对应付金额和订单号", level=WARN)
    alike = _due_of_same_orders(row, group, allowed)
    if alike is not None:
        message = f"同样的订单,应付金额这里是 {row.amount_due},{look.label(alike)} 是 {alike.amount_due}"
        yield Fault("amount_due", message, "同一批订单的每一行都填订单合计,请核对", level=WARN)
    if row.arrived:
        yield from _compare(row, Sums(group, ordered), allowed)


def _ordered(group: Iterable[BankTransfer], look: Look) -> dict[str, Decimal]:
    """What is due for the orders of these transfers, as far as the platform's orders say so."""
    found: dict[str, Decimal] = {}
    for row in group:
        for order in look.across(row, ORDER):
            if order.amount_due is not None and order.print_status != "作废":
                found[order.order_no] = order.amount_due
    return found


def _due_on_platform(row: BankTransfer, ordered: Mapping[str, Decimal]) -> Decimal | None:
    """What is due for all orders of a transfer; None where one of them is not known."""
    amounts = [ordered.get(number) for number in row.order_no or ()]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known and len(known) == len(amounts) else None


def tolerance(row: BankTransfer, look: Look) -> Decimal:
    """By how much what arrived may differ from what was due, on the day of this transfer."""
    return look.setting("bank_tolerance", own_day(row))


def _compare(row: BankTransfer, sums: Sums, allowed: Decimal) -> Iterator[Fault]:
    """A row whose own money has arrived, against all that arrived and is due for its orders."""
    if sums.overlapping:
        yield Fault("order_no", "几行所列的订单互相交叉,算不出应付合计", "请让同时付的订单列在同一行", level=WARN)
    if sums.due is None:
        return
    lacking, sent = sums.due - sums.arrived, is_sent(row)
    if lacking > allowed and (sent or lacking - sums.expected > allowed):
        message = f"已到账合计 {sums.arrived:.2f},应付 {sums.due:.2f},还差 {lacking:.2f}"
        remedy = "请联系客户补足或退款;要先发货请主管放行" if sent else "请联系客户补足,或点“标记金额不符”"
        yield Fault("amount_paid", message, remedy, level=BLOCK if sent else WARN)
    elif sums.complete and -lacking > allowed:
        message = f"已到账合计 {sums.arrived:.2f},应付 {sums.due:.2f},多了 {-lacking:.2f}"
        yield Fault("amount_paid", message, "请核对订单号和应付金额;确实多付的,请在备注说明怎么处理", level=WARN)


class Sums:
    """What is due for the orders of some transfers that hang together, what of it arrived and what is expected.

    Each row states what is due for all orders it lists (`ordered` says it where the row does not), so a set of orders
    counts once however many rows name it, and a
    set within a larger one is counted there. `overlapping`: sets that cross without one holding the other cannot be
    added up. `complete`: every order is covered by a statement, so that too much can be told from not enough stated.
    """

    def __init__(self, group: Iterable[BankTransfer], ordered: Mapping[str, Decimal] = MappingProxyType({})) -> None:
        rows = [row for row in group if row.status not in CANCELLED and row.amount_paid is not None]
        self.arrived = sum((row.amount_paid or Decimal() for row in rows if row.arrived), Decimal())
        waiting_for = [row for row in rows if not row.arrived and row.status != "超时未到账"]
        self.expected = sum((row.amount_paid or Decimal() for row in waiting_for), Decimal())
        stated: dict[frozenset[str], Decimal] = {}
        for row in rows:
            due = row.amount_due if row.amount_due is not None else _due_on_platform(row, ordered)
            if due is not None:
                orders = frozenset(row.order_no or ())
                stated[orders] = max(due, stated.get(orders, Decimal()))
        widest = [orders for orders in stated if not any(orders < other for other in stated)]
        covered = frozenset[str]().union(*widest)
        self.overlapping = len(covered) < sum(map(len, widest))
        self.complete = all(covered.issuperset(row.order_no or ()) for row in rows)
        total = sum((stated[orders] for orders in widest), Decimal())
        self.due: Decimal | None = total if widest and not self.overlapping else None


def _due_of_same_orders(row: BankTransfer, group: Iterable[BankTransfer], allowed: Decimal) -> BankTransfer | None:
    """Another row that lists the very same orders with another amount due."""
    if row.amount_due is None or not row.order_no:
        return None
    orders = set(row.order_no)
    for other in group:
        differs = other.amount_due is not None and abs(other.amount_due - row.amount_due) > allowed
        if differs and other.status not in CANCELLED and set(other.order_no or ()) == orders:
            return other
    return None


TWIN = {"order_no": "2103020000000000002"}


@rule(
    "BNK-08",
    WARN,
    fields=("customer_id", "amount_paid", "paid_at", "payer_last4", "order_no", "amount_due", "status"),
    source=CONFIRMING_DETAIL,
    shares=(("customer_id", "amount_paid"),),
    linked=("order_no",),
    settings=("bank_tolerance",),
    formulas={
        "amount_paid": every(
            among("status", STATES, CANCELLED),
            matches("customer_id", r"[\p{L}\p{N}_-]+"),
            "N({amount_paid})<>0",
            dated("paid_at"),
            stands_twice(
                "customer_id",
                "({amount_paid:}={amount_paid})",
                "({paid_at:}>=INT({paid_at}))",
                "({paid_at:}<INT({paid_at})+1)",
                "EXACT({payer_last4:},{payer_last4})",
                column_reads("status", "", *(one for one in STATES if one not in CANCELLED)),
            ),
        )
    },
    good=(
        Case({}, others=(TWIN | {"paid_at": "2021-03-03"},)),
        Case({"amount_paid": "300.00"}, others=({"amount_paid": "700.00"},)),
    ),
    bad=(
        Case({}, others=(TWIN,)),
        Case({"amount_paid": "400.00"}, others=({"amount_paid": "700.00"},)),
    ),
)
def registered_once(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """客户、金额、转账日期、付款账号后四位都相同的两行可能是重复登记;同一订单有几笔转账,合计超过应付时也要说明。"""
    if row.status in CANCELLED:
        return
    if row.paid_at is not None:
        day = date_of(row.paid_at)
        for other in look.sharing(row, "customer_id", "amount_paid"):
            same_day = other.paid_at is not None and date_of(other.paid_at) == day
            if same_day and other.payer_last4 == row.payer_last4 and other.status not in CANCELLED:
                yield Fault("amount_paid", f"与 {look.label(other)} 重复(客户、金额、日期相同)", "重复登记的请作废一行")
                break
    if row.order_no is None:
        return
    group = look.linked(row, "order_no")
    if len(group) == 1:
        return
    standing = [other for other in group if other.status not in CANCELLED]
    if not 1 < len(standing) <= LINKED_LIMIT:
        return
    sums = Sums(standing)
    paid = sums.arrived + sums.expected
    if sums.due is not None and sums.complete and paid - sums.due > tolerance(row, look):
        message = f"同一订单有 {len(standing)} 笔转账,合计 {paid:.2f},超过应付 {sums.due:.2f}"
        yield Fault("order_no", message, "请核对有没有重复登记或填错订单号")


@rule(
    "BNK-09",
    REMIND,
    fields=("arrived", "paid_at", "status"),
    source=Source("002:L194", "确保客户支付的款项及时到账", inferred=True),
    settings=("bank_arrival_days",),
    timed=True,
    good=Case({"arrived": "否"}, now=dt.datetime(2021, 3, 4, 9)),
    bad=Case({"arrived": "否"}, now=dt.datetime(2021, 3, 5, 9)),
)
def arrives_in_time(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """转账后超过制度参数规定的天数(默认 2 天)还没有确认到账的要催:请财务查流水,联系客户,并标记超时未到账。"""
    if row.arrived or row.paid_at is None or row.status in CLOSED:
        return
    if look.now.date() > date_of(row.paid_at) + dt.timedelta(days=look.setting("bank_arrival_days", row.paid_at)):
        told = row.status == "超时未到账"
        remedy = "请联系客户;确定不会付的请作废" if told else "请财务查流水并联系客户,仍未到账请点“标记超时未到账”"
        yield Fault("arrived", f"{date_of(row.paid_at)} 转账,还没有确认到账", remedy)


@rule(
    "BNK-10",
    BLOCK,
    fields=("paid_at", "arrived_at", "shipped_at"),
    source=CONFIRMING_DETAIL,
    releasable=True,
    formulas={
        "paid_at": to_come("paid_at"),
        "arrived_at": some(after("paid_at", "arrived_at"), to_come("arrived_at")),
        "shipped_at": some(
            after("arrived_at", "shipped_at"),
            every(blank("arrived_at"), after("paid_at", "shipped_at")),
            to_come("shipped_at"),
        ),
    },
    good=(
        {"paid_at": "2021-03-02 10:32", "arrived_at": "2021-03-02"},
        {"paid_at": "2021-03-02 10:32", "arrived_at": "2021-03-02 10:32", "shipped_at": "2021-03-03"},
    ),
    bad=(
        {"paid_at": "2021-03-02 10:32", "arrived_at": "2021-03-02 10:31"},
        {"paid_at": "2021-03-02", "arrived_at": "2021-03-03", "shipped_at": "2021-03-02 18:00"},
        Case({"paid_at": "2021-03-12"}, now=dt.datetime(2021, 3, 11, 9)),
    ),
)
def in_order_of_time(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """转账时间不晚于到账时间,到账时间不晚于发货时间,都不能在将来;有一边没写几点的只比较日期。"""
    paid, arrived, shipped, now = row.paid_at, row.arrived_at, row.shipped_at, look.now
    if paid is not None and arrived is not None and is_after(paid, arrived):
        yield _disordered("arrived_at", "到账时间", arrived, "转账日期时间", paid)
    before_shipping, what = (paid, "转账日期时间") if arrived is None else (arrived, "到账时间")
    if shipped is not None and before_shipping is not None and is_after(before_shipping, shipped):
        yield _disordered("shipped_at", "发货时间", shipped, what, before_shipping)
    for name, header, moment in (
        ("paid_at", "转账日期时间", paid),
        ("arrived_at", "到账时间", arrived),
        ("shipped_at", "发货时间", shipped),
    ):
        if moment is not None and is_after(moment, now):
            yield Fault(name, f"{header} {said(moment)} 还没有到", "请核对年份和日期", until=begins(moment))


def _disordered(name: str, later: str, second: dt.date, earlier: str, first: dt.date) -> Fault:
    return Fault(name, f"{later} {said(second)} 早于{earlier} {said(first)}", "请核对这两个时间")


def said(moment: dt.date) -> str:
    """A moment inside a sentence, with its time where that is known."""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, dt.datetime) else f"{moment:%Y-%m-%d}"


@rule(
    "BNK-11",
    BLOCK,
    fields=("payer_last4",),
    source=(SECRETS, PRIVACY),
    texts=True,
    good={"payer_last4": "0123"},
    bad=({"payer_last4": "6222021234567890123"}, {"payer_last4": "6222 0212 3456 7890"}),
)
def four_digits_only(row: BankTransfer, look: Look) -> Iterator[Fault]:
    """付款账号只登记后四位,不能填完整账号。"""
    if row.payer_last4 is None:
        digits = "".join(look.text("payer_last4").replace("-", " ").split())
        if len(digits) > 4 and digits.isdigit():
            yield Fault("payer_last4", f"付款账号填了 {len(digits)} 位,只能登记后四位", "请只留最后四位数字")


@diff_rule(
    "BNK-12",
    BLOCK,
    fields=ALL_FIELDS,
    source=TRUE_RECORDS,
    releasable=True,
    good=Case({"note": "客户要发票"}, before={}),
    bad=Case(
        PAID | {"status": "已完成", "order_progress": "已完成", "note": "改备注"},
        before=PAID | {"status": "已完成", "order_progress": "已完成"},
    ),
)
def locked_when_completed(before: BankTransfer | None, after: BankTransfer, look: Look) -> Iterator[Fault]:
    """已完成的记录不能再改;确实登记错了的,由主管写明理由放行,每次改动放行一次。"""
    if before is None or before.status != "已完成":
        return
    for name in CHECKED_AFTER_COMPLETION:
        if getattr(before, name) != getattr(after, name):
            header = REGISTER.fields[name].header
            yield Fault(name, f"这一行已完成,“{header}”不能再改", "确实要更正,请主管写明理由放行")


# 流程 -----------------------------------------------------------------------------------------------------------------

SALES = ("售前客服", "部门主管")
FINANCE = ("财务", "部门主管")

WORKFLOW = Workflow(
    states=STATES,
    initial="已登记",
    closed_states=CLOSED,
    transitions=(
        Transition(
            key="confirm_arrival",
            label="确认到账",
            source_states=("已登记", "超时未到账"),
            target="已到账",
            roles=("财务",),
            needs=("amount_paid", "paid_at"),
            stamps={"arrived": "是", "arrived_at": NOW_IF_BLANK, "confirmed_by": ACTOR},
            asks=("arrived_at",),
            guard="财务核对银行流水;不能确认自己登记的转账(BNK-05)",
        ),
        Transition(
            key="confirm_late_arrival",
            label="补确认到账",
            source_states=("已通知打单", "已发货"),
            target=None,
            roles=("财务",),
            needs=("amount_paid", "paid_at"),
            stamps={"arrived": "是", "arrived_at": NOW_IF_BLANK, "confirmed_by": ACTOR},
            asks=("arrived_at",),
            guard="先发货后付款的转账,款到以后补确认;状态不变",
        ),
        Transition(
            key="settle_mismatch",
            label="金额已补足",
            source_states=("金额不符",),
            target="已到账",
            roles=("财务",),
            stamps={"arrived": "是", "arrived_at": NOW_IF_BLANK, "confirmed_by": ACTOR_IF_BLANK},
            asks=("arrived_at",),
        ),
        Transition(
            key="notify_printer",
            label="通知打单",
            source_states=("已登记", "已到账", "金额不符"),
            target="已通知打单",
            roles=SALES,
            needs=("order_no", "customer_name"),
            stamps={"order_progress": "已通知打单"},
            asks=("order_no", "customer_name"),
            guard="款已到账(BNK-06)、金额相符(BNK-07),或主管放行",
        ),
        Transition(
            key="ship",
            label="登记发货",
            source_states=("已通知打单",),
            target="已发货",
            roles=("售前客服", "打单员", "部门主管"),
            stamps={"order_progress": "已发货", "shipped_at": NOW_IF_BLANK},
            asks=("waybill_no", "shipped_at"),
            guard="款已到账、金额相符,或主管放行",
        ),
        Transition(
            key="complete",
            label="完成",
            source_states=("已发货",),
            target="已完成",
            roles=SALES,
            stamps={"order_progress": "已完成"},
            guard="完成后整行锁定(BNK-12)",
        ),
        Transition(
            key="mark_overdue",
            label="标记超时未到账",
            source_states=("已登记",),
            target="超时未到账",
            roles=("售前客服", *FINANCE),
            asks=("track_note",),
        ),
        Transition(
            key="mark_mismatch",
            label="标记金额不符",
            source_states=("已登记", "已到账"),
            target="金额不符",
            roles=FINANCE,
            asks=("note",),
            guard="到账合计和应付合计不一致",
        ),
        Transition(
            key="refund",
            label="已退款",
            source_states=("已到账", "金额不符"),
            target="已退款",
            roles=("售前客服", *FINANCE),
            reason_required=True,
            guard="客户取消订单,或金额不符后退款",
        ),
        voiding(("已登记", "超时未到账"), SALES, "客户没有付款,或登记错了", target="已作废"),
        Transition(
            key="track",
            label="跟踪",
            source_states=("已登记", "已到账", "已通知打单", "已发货", "超时未到账", "金额不符"),
            target=None,
            roles=SALES,
            needs=("track_note",),
            stamps={"last_tracked_at": NOW, "tracked_by": ACTOR},
            asks=("track_note",),
            aside=True,
        ),
    ),
)

SAMPLE = {
    "shop": "某某旗舰店",
    "registered_at": "2021-03-02 11:00",
    "customer_id": "tb_8801",
    "customer_name": "张三",
    "order_no": "2103020000000000001",
    "goods": "保温杯 2 个",
    "amount_due": "1000.00",
    "amount_paid": "1000.00",
    "paid_at": "2021-03-02 10:32",
    "payer_name": "张三",
    "payer_bank": "建设银行",
    "payer_last4": "0123",
    "arrived": "否",
    "order_progress": "未通知打单",
    "status": "已登记",
}

REGISTER = Register(
    key="bank_transfers",
    title="银行转账明细表",
    prefix="YH",
    area="customer_service",
    model=BankTransfer,
    rules=(
        registered_in_time,
        enough_known,
        tracked_every_day,
        arrival_signed,
        not_confirmed_by_registrar,
        only_finance_confirms,
        arrived_before_printing,
        arrived_in_full,
        registered_once,
        arrives_in_time,
        in_order_of_time,
        four_digits_only,
        locked_when_completed,
    ),
    workflow=WORKFLOW,
    answerable=("created_by", "tracked_by"),
    samples=(
        SAMPLE,
        SAMPLE
        | PAID
        | {
            "order_no": "2103020000000000003",
            "customer_id": "",
            "status": "已完成",
            "order_progress": "已完成",
            "waybill_no": "YT8800123456789",
            "shipped_at": "2021-03-03 18:00",
        },
    ),
)
CHECKED_AFTER_COMPLETION = tuple(name for name, declared in REGISTER.fields.items() if not declared.engine)
