"""快件退回单。"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from logic.vocabulary import (
    BLOCK,
    WARN,
    Across,
    Case,
    Choice,
    Date,
    Fault,
    Identifier,
    LongText,
    Look,
    Moment,
    Printout,
    Ref,
    Register,
    Row,
    Source,
    Staff,
    Text,
    Waybill,
    YesNo,
    acts_as,
    field,
    rule,
    voidable,
)

PRINTING = Source("000:L229", "然后打出两联快件退回单")
PRINTING_DETAIL = Source("000:L229", "然后打出两联快件退回单", inferred=True)
KEEPING = Source("000:L229", "一联给快递公司人员签字后交由打单人员保管")
TAKING_ALONG = Source("000:L229", "一联由快递公司人员带回,根据单子上的信息及单号帮忙退回包裹")
SLIP_NUMBER = Source("000:L229", "根据单子上的信息及单号帮忙退回包裹")
SWAPPED = Source("000:L229", "以包裹换回签过字的单子")
SWAPPING = Source("000:L229", "包裹退回之后,快递人员直接交给打单人员,以包裹换回签过字的单子")

VOID = "作废"
SIGNED = frozenset({"已签字", "签字联已交还"})
CASE = Across("after_sales_register", here="case_id", there="record_id")


class RecallSlip(Row):
    """快件退回单:撤回包裹时打出的两联单,一张一行。在售后登记表点“打印快件退回单(两联)”时自动生成:一联由快递人员签字后交打单员
    保管,一联由快递带走;包裹退回时,快递用包裹换回签过字的一联。"""

    slip_no: str | None = field(
        "退回单编号", Identifier(), help="打印时自动编号,印在单子上", source=PRINTING_DETAIL, naming=True, group="单子"
    )
    case_id: str | None = field(
        "售后编号",
        Ref("after_sales_register"),
        help="售后登记表里的记录编号,打印时自动填写",
        source=PRINTING_DETAIL,
        naming=True,
        group="单子",
    )
    courier: str | None = field(
        "快递公司",
        Choice(closed=False),
        help="从售后登记表抄来",
        source=SLIP_NUMBER,
        options_from="couriers",
        group="单子",
    )
    waybill_no: str | None = field(
        "原快递单号", Waybill(), help="从售后登记表抄来;快递凭它找包裹", source=SLIP_NUMBER, naming=True, group="单子"
    )
    slip_info: str | None = field(
        "单子信息(寄件/收件/退回地址)",
        LongText(),
        help="寄件人、收件人、退回到哪里、什么商品,照发货时的快递单写",
        source=SLIP_NUMBER,
        sensitive=True,
        group="单子",
    )
    slip_printed_at: dt.date | dt.datetime | None = field(
        "退回单打印时间", Moment(), help="打印时自动填写", source=PRINTING, group="单子"
    )
    courier_signer: str | None = field(
        "快递签字人", Text(), help="在签字联上签字的快递人员", source=KEEPING, group="签字"
    )
    courier_signed_on: dt.date | None = field(
        "签字日期", Date(), help="点“快递已签字”时自动填写", source=KEEPING, group="签字"
    )
    slip_keeper: str | None = field(
        "签字联保管人(打单员)",
        Staff(),
        help="保管签字联的打单员,不填就是点“快递已签字”的人",
        source=KEEPING,
        group="签字",
    )
    signed_slip_returned: bool | None = field(
        "签字联已交还快递",
        YesNo(),
        help="包裹退回时把签字联还给快递;填“否”的在备注写明原因",
        source=SWAPPED,
        group="交还",
    )
    swapped_back_on: dt.date | None = field(
        "签字联交还日期", Date(), help="点“签收原包裹”时自动填写", source=SWAPPED, group="交还"
    )
    slip_status: str | None = field(
        "退回单状态",
        Choice("已打印", "已签字", "签字联已交还", VOID),
        help="由售后登记表的操作按钮改变",
        source=PRINTING_DETAIL,
        group="单子",
    )


def is_void(row: RecallSlip) -> bool:
    return row.status == VOID or row.slip_status == VOID


# 规则 -----------------------------------------------------------------------------------------------------------------

SAMPLE = {
    "slip_no": "TD210302-22222",
    "case_id": "SH210302-33332",
    "courier": "圆通",
    "waybill_no": "YT8800123456789",
    "slip_info": "寄:某某旗舰店;收:张三;退回:杭州市余杭区文一西路 1 号仓库",
    "slip_printed_at": "2021-03-02 10:30",
    "slip_status": "已打印",
}
TAKEN = SAMPLE | {
    "courier_signer": "圆通王师傅",
    "courier_signed_on": "2021-03-02",
    "slip_keeper": "李强",
    "slip_status": "已签字",
}
RETURNED = TAKEN | {"signed_slip_returned": "是", "swapped_back_on": "2021-03-05", "slip_status": "签字联已交还"}
ITS_CASE = {"case_type": "撤回包裹", "waybill_no": "YT8800123456789", "slip_no": "TD210302-22222"}
STAFF = (
    {"name": "李强", "position": "打单员"},
    {"name": "周平", "position": "配货员", "extra_positions": "打单员"},
    {"name": "赵敏", "position": "售后客服"},
)


@rule(
    "AFS-02",
    BLOCK,
    fields=("case_id", "slip_printed_at", "slip_status", "status"),
    source=PRINTING,
    across=(CASE,),
    good=(
        {},
        Case({}, rows={"after_sales_register": (ITS_CASE,)}),
        Case({"slip_status": VOID}, rows={"after_sales_register": (ITS_CASE | {"slip_no": ""},)}),
    ),
    bad=(
        {"slip_printed_at": ""},
        {"case_id": ""},
        Case({"case_id": "SH210302-99999"}, rows={"after_sales_register": (ITS_CASE,)}),
        Case({}, rows={"after_sales_register": (ITS_CASE | {"slip_no": "TD210302-77777"},)}),
    ),
)
def belongs_to_case(row: RecallSlip, look: Look) -> Iterator[Fault]:
    """每张退回单都属于售后登记表里的一件撤回包裹,并有打印时间。"""
    if is_void(row):
        return
    if row.slip_printed_at is None:
        yield Fault("slip_printed_at", "退回单没有打印时间", "请在售后登记表点“打印快件退回单(两联)”,时间会自动填写")
    if row.case_id is None:
        yield Fault("case_id", "退回单没有售后编号", "请填写售后登记表里的记录编号;打错的请作废")
    elif look.has(CASE.register):
        cases = look.across(row, CASE)
        if not cases:
            yield Fault("case_id", f"售后登记表里没有编号 {row.case_id}", "请核对编号;打错的请作废")
        elif row.record_id is not None and cases[0].slip_no != row.record_id:
            message = f"售后登记表 {row.case_id} 用的退回单是 {cases[0].slip_no or '(空)'},不是这一张"
            yield Fault("case_id", message, "多打的请作废一张,或请说明", level=WARN)


@rule(
    "AFS-03",
    BLOCK,
    fields=("courier_signer", "courier_signed_on", "slip_keeper", "slip_status", "status"),
    source=KEEPING,
    releasable=True,
    looks_at=("staff",),
    release_binds=("slip_no", "courier_signer", "slip_keeper"),
    good=({}, TAKEN, Case(TAKEN | {"slip_keeper": "周平"}, rows={"staff": STAFF})),
    bad=(
        TAKEN | {"courier_signer": ""},
        TAKEN | {"courier_signed_on": ""},
        TAKEN | {"slip_keeper": ""},
        Case(TAKEN | {"slip_keeper": "赵敏"}, rows={"staff": STAFF}),
    ),
)
def signed_and_kept(row: RecallSlip, look: Look) -> Iterator[Fault]:
    """已签字的退回单要有快递签字人、签字日期和保管签字联的打单员(兼任的也算)。"""
    if is_void(row):
        return
    if row.slip_status in SIGNED:
        for name, header in (
            ("courier_signer", "快递签字人"),
            ("courier_signed_on", "签字日期"),
            ("slip_keeper", "签字联保管人"),
        ):
            if getattr(row, name) is None:
                yield Fault(name, f"退回单{row.slip_status},但没有{header}", f"请补上{header};没有签过字的请主管放行")
    keeper = look.people.find(row.slip_keeper) if row.slip_keeper is not None else None
    if (
        keeper is not None
        and keeper.status not in ("调岗", "离职")
        and not acts_as(keeper, "打单员", row.courier_signed_on)
    ):
        message = f"签字联保管人{row.slip_keeper}不是打单员"
        yield Fault("slip_keeper", message, "请填写保管签字联的打单员;临时代班的请在员工名册填写兼任岗位")


@rule(
    "AFS-04",
    BLOCK,
    fields=("courier", "waybill_no", "slip_status", "status"),
    source=TAKING_ALONG,
    good=(TAKEN, {"courier": ""}),
    bad=(TAKEN | {"courier": ""}, TAKEN | {"waybill_no": ""}),
)
def names_the_parcel(row: RecallSlip, look: Look) -> Iterator[Fault]:
    """已签字的退回单要写明快递公司和原快递单号,快递凭带走的一联退回包裹。"""
    if is_void(row) or row.slip_status not in SIGNED:
        return
    for name, header in (("courier", "快递公司"), ("waybill_no", "原快递单号")):
        if getattr(row, name) is None:
            yield Fault(name, f"退回单{row.slip_status},但没有{header}", f"请照售后登记表补上{header}")


@rule(
    "AFS-05",
    WARN,
    fields=("signed_slip_returned", "swapped_back_on", "slip_status", "note", "status"),
    source=SWAPPING,
    good=(TAKEN, RETURNED, TAKEN | {"signed_slip_returned": "否", "note": "别的快递送回,签字联已撕毁"}),
    bad=(
        TAKEN | {"signed_slip_returned": "否"},
        RETURNED | {"swapped_back_on": ""},
        RETURNED | {"signed_slip_returned": "否", "note": "单子丢了"},
    ),
)
def swapped_for_the_parcel(row: RecallSlip, look: Look) -> Iterator[Fault]:
    """签字联交还快递的要有交还日期;没有交还的(别的快递送来、单子丢了)在备注写明原因。"""
    if is_void(row):
        return
    if row.signed_slip_returned is False and row.note is None:
        yield Fault("note", "签字联没有交还快递,没有写原因", "请在备注写明原因,例如别的快递送来、签字联丢了")
    if row.signed_slip_returned and row.swapped_back_on is None:
        yield Fault("swapped_back_on", "签字联已交还快递,没有交还日期", "请补上交还日期")
    if row.slip_status == "签字联已交还" and not row.signed_slip_returned:
        shown = "否" if row.signed_slip_returned is False else "空"
        message = f"退回单状态是签字联已交还,“签字联已交还快递”却是{shown}"
        yield Fault("signed_slip_returned", message, "请核对签字联有没有还给快递")


REGISTER = Register(
    key="recall_slips",
    title="快件退回单",
    prefix="TD",
    area="customer_service",
    model=RecallSlip,
    rules=(belongs_to_case, signed_and_kept, names_the_parcel, swapped_for_the_parcel),
    workflow=voidable(
        ("售后客服",), "没有用上的单子;打错了的请在售后登记表撤销打印,再重打", stamps={"slip_status": VOID}
    ),
    samples=(SAMPLE, RETURNED),
    answerable=("created_by", "slip_keeper"),
    grants={"部门主管": "V", "客服主管": "V", "售后客服": "CE", "打单员": "S", "仓库主管": "V", "仓库员": "V"},
    prints=(
        Printout(
            key="slip",
            title="快件退回单",
            copies=("第一联:快递公司人员签字后由打单人员保管", "第二联:由快递公司人员带回"),
            fields=("slip_no", "case_id", "courier", "waybill_no", "slip_info", "slip_printed_at"),
            signatures=("快递公司人员签字", "打单人员"),
            note="请快递公司按原快递单号帮忙退回包裹,直接交给打单人员,并换回签过字的第一联。",
        ),
    ),
)
