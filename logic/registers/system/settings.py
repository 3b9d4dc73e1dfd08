"""制度参数。"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from logic.vocabulary import (
    BLOCK,
    PARAMETERS,
    WARN,
    Case,
    Choice,
    Date,
    Fault,
    LongText,
    Look,
    Parameter,
    Register,
    Row,
    Source,
    Staff,
    diff_rule,
    field,
    rule,
    voidable,
)

NEW_RULES = Source("002:L24", "本制度自发布之日起实施,原有相关规定与本制度不符的,以本制度为准。")
NEW_RULES_DETAIL = Source("002:L24", "本制度自发布之日起实施,原有相关规定与本制度不符的,以本制度为准。", inferred=True)
HOURS_CHANGE = Source("002:L90", "因公司业务需要,公司可适时改变⼯作时间。")
IN_WRITING = Source("002:L91", "届时以公司书⾯通知为准。")
TRUE_RECORDS = Source("002:L235", "报表以及统计数据资料必须真实、准确、完整")
DUTIES = Source("000:L26", "员工根据职责分配,拥有相应的操作权限。", inferred=True)

BY_TITLE = {one.title: one for one in PARAMETERS.values()}
WORKING_HOURS = PARAMETERS["work_profile"].title


class Setting(Row):
    """制度参数:制度里没有写明、由公司自己定的数字和名单,例如时限、金额、快递公司名单。没有登记的参数按默认值。要改时新增一行,
    写明从哪天起生效、由谁批准;以前的记录仍按当时的参数判断。"""

    key: str | None = field(
        "参数名",
        Choice(*BY_TITLE, aliases={one.key: one.title for one in PARAMETERS.values()}),
        help="要改哪一个参数",
        source=NEW_RULES_DETAIL,
        required=True,
        naming=True,
    )
    value: str | None = field(
        "值", LongText(), help="照填报手册里这个参数的默认值的样子填写;几项之间用顿号隔开", source=NEW_RULES_DETAIL
    )
    description: str | None = field("说明", LongText(), help="为什么这样定,可以不填", source=NEW_RULES_DETAIL)
    effective_from: dt.date | None = field("生效日期", Date(), help="从哪天起按新的值判断", source=NEW_RULES)
    basis: str | None = field(
        "依据(书面通知)", LongText(), help="书面通知的名称或编号;改上班时间时要有", source=IN_WRITING
    )
    changed_by: str | None = field("修改人", Staff(), help="提出修改的人", source=NEW_RULES_DETAIL)
    approver: str | None = field("批准人", Staff(), help="总经理或运营总监,不能是修改人自己", source=NEW_RULES_DETAIL)


# 规则 -----------------------------------------------------------------------------------------------------------------


def wrong_value(one: Parameter, text: str | None) -> tuple[str, str] | None:
    """Why this text is no value of the parameter, and what to write; None where it is one."""
    if not text:
        # A list may be emptied; a number that nobody filled in would leave the rules without it.
        return ("没有填值", f"请填写,默认值是 {one.default}") if one.default else None
    problem = one.kind.read(text).problem
    return None if problem is None else (problem.reason, problem.remedy)


@rule(
    "DAT-01",
    BLOCK,
    fields=("key", "value", "status"),
    source=TRUE_RECORDS,
    good=(
        {"value": "0.5"},
        {"key": "same_day_ship_cutoff", "value": "15点30分"},
        {"key": "店铺名单", "value": ""},
        {"key": "上班时间", "value": "B"},
        {"value": "两块", "status": "作废"},
    ),
    bad=(
        {"value": "两块"},
        {"value": ""},
        {"key": "撤回包裹要打快件退回单", "value": "看情况"},
        {"key": "全勤奖占基本工资", "value": "10"},
        {"key": "绩效分对应的绩效奖", "value": "80→100%、60→60%"},
        {"key": "上班时间", "value": "周一至周五 18:00-09:00"},
    ),
)
def value_of_its_kind(row: Setting, look: Look) -> Iterator[Fault]:
    """值要是这个参数能用的内容,例如天数是整数、金额两位小数、百分数带百分号;看不懂的值不会生效,原来的值继续有效。"""
    one = BY_TITLE.get(row.key or "")
    if one is None or row.status == "作废":
        return
    wrong = wrong_value(one, row.value)
    if wrong is not None:
        yield Fault("value", f"“{one.title}”:{wrong[0]}", wrong[1])


@rule(
    "DAT-09",
    BLOCK,
    fields=("key", "value", "effective_from", "approver", "status"),
    source=NEW_RULES,
    shares=(("key", "effective_from"),),
    good=(
        {},
        {"effective_from": "", "approver": "", "status": "作废"},
        Case({}, others=({"effective_from": "2021-05-01"}, {"value": "9.00", "status": "作废"})),
    ),
    bad=({"effective_from": ""}, {"approver": ""}, Case({}, others=({"value": "9.00"},))),
)
def dated_and_approved(row: Setting, look: Look) -> Iterator[Fault]:
    """每次修改要有生效日期和批准人,缺一样就不生效;同一个参数同一天有两行时要说明,以下面一行为准。"""
    if row.key is None or row.status == "作废":
        return
    if row.effective_from is None:
        yield Fault("effective_from", "没有生效日期,这一行不会生效", "请填写从哪天起按新的值判断")
    if row.approver is None:
        yield Fault("approver", "没有批准人,这一行不会生效", "请填写批准这次修改的总经理或运营总监")
    for other in look.sharing(row, "key", "effective_from"):
        if other.status != "作废":
            message = f"“{row.key}”在 {row.effective_from} 有两行,另一行是 {look.label(other)}"
            yield Fault("effective_from", message, "请把不要的一行作废,否则以下面一行为准", level=WARN)
            break


def was_in_effect(row: Setting, today: dt.date) -> bool:
    """Has this row been what records were judged by?"""
    one = BY_TITLE.get(row.key or "")
    if one is None or row.status == "作废" or row.approver is None or row.effective_from is None:
        return False
    return row.effective_from <= today and wrong_value(one, row.value) is None


@diff_rule(
    "DAT-09",
    BLOCK,
    fields=("key", "value", "effective_from", "approver", "status"),
    source=NEW_RULES,
    releasable=True,
    release_binds=("key", "value", "effective_from"),
    good=(
        Case({"value": "3.00"}, before={}),
        Case({"effective_from": "2021-03-01", "description": "改说明"}, before={"effective_from": "2021-03-01"}),
        Case({"effective_from": "2021-03-01"}, before={"effective_from": "2021-03-01", "value": "两块"}),
    ),
    bad=(
        Case({"effective_from": "2021-03-01", "value": "3.00"}, before={"effective_from": "2021-03-01"}),
        Case({"effective_from": "2021-04-01"}, before={"effective_from": "2021-03-10"}),
        Case({"effective_from": "2021-03-01", "status": "作废"}, before={"effective_from": "2021-03-01"}),
    ),
)
def kept_once_in_effect(before: Setting | None, after: Setting, look: Look) -> Iterator[Fault]:
    """已经生效的参数不再改动,因为以前的记录按它判断过;要改就新增一行。确实登记错了的,由主管写明理由放行。"""
    if before is None or not was_in_effect(before, look.now.date()):
        return
    for name in ("key", "value", "effective_from", "approver", "status"):
        if getattr(before, name) != getattr(after, name):
            header = REGISTER.fields[name].header
            message = f"这一行从 {before.effective_from} 起已经生效,“{header}”不能再改"
            yield Fault(name, message, "请新增一行,写明新的生效日期;确实登记错了请主管放行")


@rule(
    "SOD-02",
    BLOCK,
    fields=("changed_by", "created_by", "approver", "status"),
    source=DUTIES,
    looks_at=("staff",),
    good=({}, {"approver": ""}, {"approver": "王芳", "status": "作废"}),
    bad=({"approver": "王芳"}, {"changed_by": "", "created_by": "王芳", "approver": "王芳"}),
)
def approved_by_another(row: Setting, look: Look) -> Iterator[Fault]:
    """批准人不能是修改人自己;没有写修改人的,登记人就是修改人。不能放行。"""
    header, author = ("修改人", row.changed_by) if row.changed_by else ("登记人", row.created_by)
    if row.status != "作废" and row.approver and author and look.people.same(author, row.approver):
        yield Fault("approver", f"{header}和批准人都是{row.approver}", "请由另一位有权批准的人批准")


NOTICED = {"key": WORKING_HOURS, "value": "B", "basis": "2021 年第 3 号通知"}


@diff_rule(
    "ATT-13",
    WARN,
    fields=("key", "value", "effective_from", "basis"),
    source=(HOURS_CHANGE, IN_WRITING),
    good=(
        Case(NOTICED, before={"key": WORKING_HOURS, "value": "A"}),
        Case({"value": "3.00", "basis": ""}, before={}),
        Case(NOTICED | {"basis": "", "note": "催办"}, before=NOTICED | {"basis": ""}),
    ),
    bad=(
        Case(NOTICED | {"basis": ""}, before={"key": WORKING_HOURS, "value": "A"}),
        Case(NOTICED | {"effective_from": "2021-03-09"}, before={"key": WORKING_HOURS, "value": "A"}),
    ),
)
def hours_changed_in_writing(before: Setting | None, after: Setting, look: Look) -> Iterator[Fault]:
    """改上班时间要有书面通知作依据,生效日期不早于今天,否则要说明。"""
    decisive = ("key", "value", "effective_from", "basis")
    changed = before is None or any(getattr(before, name) != getattr(after, name) for name in decisive)
    if after.key != WORKING_HOURS or not changed:
        return
    if after.basis is None:
        yield Fault("basis", "改上班时间没有写依据", "请填写书面通知的名称或编号")
    if after.effective_from is not None and after.effective_from < look.now.date():
        message = f"上班时间从 {after.effective_from} 起改,早于今天"
        yield Fault("effective_from", message, "请填写今天或以后的日期;确实要追溯的请在备注说明")


# 流程 -----------------------------------------------------------------------------------------------------------------

READERS = (
    "店长", "运营主管", "店铺运营", "客服主管", "售前客服", "售后客服", "打单员", "仓库主管", "仓库员", "财务", "人资",
    "推广主管", "推广专员", "美工主管", "美工", "综合部",
)  # fmt: skip

SAMPLE = {
    "key": "银行转账允许差额(元)",
    "value": "2.00",
    "description": "银行手续费有时要两元",
    "effective_from": "2021-04-01",
    "basis": "2021 年第 2 号通知",
    "changed_by": "王芳",
    "approver": "陈静",
}

REGISTER = Register(
    key="settings",
    title="制度参数",
    prefix="CS",
    area="system",
    model=Setting,
    rules=(
        value_of_its_kind,
        dated_and_approved,
        kept_once_in_effect,
        approved_by_another,
        hours_changed_in_writing,
    ),
    workflow=voidable(("部门主管", "运营总监"), "还没有生效的可以作废;已经生效的请新增一行,登记错了由主管放行(DAT-09)"),
    answerable=("changed_by", "created_by"),
    grants={"总经理": "A", "运营总监": "ACE", "部门主管": "CE", **dict.fromkeys(READERS, "V")},
    samples=(
        SAMPLE,
        {
            "key": "快递公司名单",
            "value": "顺丰速运、中通快递、圆通速递",
            "effective_from": "2021-03-01",
            "changed_by": "王芳",
            "approver": "陈静",
        },
    ),
)
