"""员工名册。"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from logic.vocabulary import (
    BLOCK,
    WARN,
    Case,
    Choice,
    Choices,
    Date,
    Email,
    Fault,
    Identifier,
    Look,
    Phone,
    Register,
    Row,
    Source,
    Staff,
    Text,
    YesNo,
    field,
    rule,
    voidable,
)

# 各份制度里出现过的岗位;“客服”就是售前客服。
POSITIONS = (
    "董事长", "总经理", "副总", "运营总监", "电子商务总监", "店长", "部门主管", "电商部主管", "部门经理",
    "电商经理", "运营经理", "运营主管", "项目运营", "店铺运营", "运营专员", "推广主管", "活动专员",
    "直通车专员", "钻展专员", "推广专员", "美工主管", "美工", "设计师", "摄影", "策划主管", "策划", "文案",
    "产品编辑", "网店编辑", "商品编辑", "商品经理", "销售主管", "客服主管", "客服经理", "客服", "售前客服",
    "售后客服", "打单员", "跟单员", "仓库主管", "物流主管", "入库员", "配货员", "打包员", "保管员", "仓库员",
    "质检员", "财务", "人资", "综合部", "安全管理员", "网络安全员", "分销主管", "渠道员", "分销客服", "公关员",
    "采购人员", "数据分析师", "前端工程师", "后端工程师", "数据工程师", "网络安全工程师", "产品经理",
    "营销专员", "市场策划经理", "网站编辑",
)  # fmt: skip

DUTIES = Source("000:L26", "员工根据职责分配,拥有相应的操作权限。")
WHO = Source("000:L26", "员工根据职责分配,拥有相应的操作权限。", inferred=True)
REPORT_UPWARDS = Source("002:L145", "对工作职务报告遵从逐级向上报告的原则,不宜越级呈报。")
HOURS = Source("002:L87", "营销类、客服类⼈员实⾏调休制度,每⽉假期5天")
HANDOVER = Source("002:L242", "工作人员办理交接手续,由主管领导监交。")


class StaffMember(Row):
    """员工名册:部门里每个人一行。别的登记表填写的人名、每个人能做什么操作,都以这里为准。工资不在这张表里。"""

    name: str | None = field(
        "姓名", Staff(), help="真实姓名,不能和别人重复", source=WHO, required=True, naming=True, group="基本信息"
    )
    alias: str | None = field("花名", Staff(), help="备注、插旗时用的名字", source=WHO, group="基本信息")
    sub_account: str | None = field(
        "旺旺子账号", Identifier(), help="千牛子账号,例如 某某旗舰店:小芳", source=WHO, group="基本信息"
    )
    staff_no: str | None = field("工号", Identifier(), source=WHO, group="基本信息")
    email: str | None = field("登录邮箱", Email(), help="用这个邮箱登录的人就是本人", source=DUTIES, group="基本信息")
    phone: str | None = field("手机", Phone(), source=WHO, sensitive=True, group="基本信息")
    department: str | None = field("部门", Text(), source=WHO, group="岗位")
    position: str | None = field("岗位", Choice(*POSITIONS), help="决定能做什么操作", source=DUTIES, group="岗位")
    extra_positions: tuple[str, ...] | None = field(
        "兼任岗位", Choices(*POSITIONS), help="同时负责的其他岗位,几个之间用顿号隔开", source=DUTIES, group="岗位"
    )
    grade: str | None = field("职级", Text(), source=WHO, group="岗位")
    superior: str | None = field("直接上级", Staff(), help="审批先到这里", source=REPORT_UPWARDS, group="岗位")
    work_pattern: str | None = field("班制", Choice("固定", "调休"), source=HOURS, group="岗位")
    reports: bool | None = field(
        "要交周报月报",
        YesNo(),
        help="不填时按岗位:主管、运营、推广、美工、策划、客服要交,配货、打包、入库不交",
        source=Source("002:L234", "电商部工作人员每周五,每月1号向上级提交相关统计数据、报表。"),
        group="岗位",
    )
    hired_on: dt.date | None = field("入职日期", Date(), source=WHO, group="在职情况")
    left_on: dt.date | None = field("离职日期", Date(), source=WHO, group="在职情况")
    staff_status: str | None = field(
        "人员状态", Choice("在职", "试用", "调岗", "离职"), help="不填按在职算", source=WHO, group="在职情况"
    )
    handover_id: str | None = field("交接编号", Identifier(), source=HANDOVER, group="在职情况")
    handover_mark: str | None = field("交接情况", Choice("已监交", "未交接"), source=HANDOVER, group="在职情况")
    wangwang_account: str | None = field("旺旺号", Identifier(), source=WHO, group="基本信息")


ANOTHER = {"name": "李强", "alias": "小强", "sub_account": "旗舰店:小强"}


@rule(
    "DAT-05",
    BLOCK,
    fields=("name", "alias", "sub_account", "status"),
    source=WHO,
    shares=(("name",), ("alias",), ("sub_account",)),
    good=Case({}, others=(ANOTHER,)),
    bad=(Case({}, others=(ANOTHER | {"name": "王芳"},)), Case({}, others=(ANOTHER | {"alias": "芳芳"},))),
)
def one_name_one_person(row: StaffMember, look: Look) -> Iterator[Fault]:
    """姓名不能重复;花名、旺旺子账号和别人相同时需要说明,因为看不出填的是谁。"""
    if row.status == "作废":
        return
    for name, header, level in (("name", "姓名", BLOCK), ("alias", "花名", WARN), ("sub_account", "旺旺子账号", WARN)):
        if getattr(row, name) is None:
            continue
        for other in look.sharing(row, name):
            if other.status != "作废":
                message = f"{header}“{getattr(row, name)}”和 {look.label(other)} 重复"
                yield Fault(name, message, f"请改成能分清两个人的{header},或作废重复的一行", level=level)
                break


REGISTER = Register(
    key="staff",
    title="员工名册",
    prefix="YG",
    area="system",
    model=StaffMember,
    rules=(one_name_one_person,),
    workflow=voidable(("部门主管", "人资"), "登记错了才作废;员工离职请填写离职日期和人员状态"),
    samples=(
        {
            "name": "王芳",
            "alias": "芳芳",
            "sub_account": "旗舰店:芳芳",
            "staff_no": "0012",
            "email": "wangfang@example.com",
            "phone": "13800138000",
            "department": "客服部",
            "position": "售前客服",
            "extra_positions": "打单员",
            "grade": "P2",
            "work_pattern": "调休",
            "reports": "是",
            "hired_on": "2021-03-01",
            "staff_status": "在职",
            "wangwang_account": "旗舰店:芳芳",
        },
        {"name": "陈静", "position": "财务", "staff_status": "在职"},
    ),
)
