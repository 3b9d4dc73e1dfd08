"""Rules the engine judges for every register by itself (DAT, SOD-05), and those of all registers that still wait."""

from __future__ import annotations

from collections.abc import Iterator

from logic.people import People
from logic.records import Record
from logic.rules import Fault, Level, Rule, Timing
from logic.source import Source

_TRUE = Source("002:L235", "报表以及统计数据资料必须真实、准确、完整")
_TRUE_INFERRED = Source("002:L235", "报表以及统计数据资料必须真实、准确、完整", inferred=True)
_DUTIES = Source("000:L26", "员工根据职责分配,拥有相应的操作权限。", inferred=True)


def _engine(id: str, level: Level, source: Source, doc: str, waits: str = "") -> Rule:
    return Rule(id=id, level=level, fields=(), source=(source,), doc=doc, timing=Timing.ENGINE, waits=waits)


DAT_01 = _engine(
    "DAT-01",
    Level.BLOCK,
    _TRUE,
    "每一格都要是这一列能填的内容:日期真实存在、金额两位小数、数量是整数、选项在清单里;必填的列不能空。",
)
DAT_02 = _engine(
    "DAT-02",
    Level.BLOCK,
    _TRUE_INFERRED,
    "记录编号不能重复,也不能自己编;记录不删除,只能作废并写明原因。",
)
DAT_03 = _engine(
    "DAT-03",
    Level.BLOCK,
    _TRUE_INFERRED,
    "打开以后别人改了同一格时,这次修改一格也不写入,由本人逐格选择;改的是不同的格子就合并保存。",
)
DAT_04 = _engine(
    "DAT-04",
    Level.BLOCK,
    _TRUE_INFERRED,
    "表头缺失或重复时,这一个登记表只能查看,直到表头改正;列可以换位置,自己加的列原样保留。",
)
DAT_05 = _engine(
    "DAT-05",
    Level.BLOCK,
    _TRUE_INFERRED,
    "填写的人名要在员工名册里(姓名、花名或旺旺子账号);同一个名字有两种写法时需要说明。名册还没有人时不检查。",
)
DAT_06 = _engine(
    "DAT-06",
    Level.BLOCK,
    _TRUE_INFERRED,
    "订单号、电话、快递单号等号码按文本保存,开头的 0 保留;已经被表格改成数字的长号码不能保存。",
)
DAT_07 = _engine(
    "DAT-07",
    Level.BLOCK,
    _DUTIES,
    "步骤先后、经办角色、金额方面的“不能保存”可以由部门主管或客服主管写明理由放行,放行人不能是登记人;"
    "平台自动退款、小二判退的记录自动放行,仍然列出。",
)
DAT_08 = _engine(
    "DAT-08",
    Level.BLOCK,
    _TRUE_INFERRED,
    "比较两个时间,有一边没有写几点几分时只比较日期,同一天算符合;秒一律不计。",
)
SOD_05 = _engine(
    "SOD-05",
    Level.BLOCK,
    _DUTIES,
    "要求由某个岗位经手时,岗位或兼任岗位是它的人都可以,制度参数“授权代办”里替它代办的人也可以。",
    waits="按值班表代班等登记表 duty_roster",
)


def _waiting(id: str, level: Level, source: Source, doc: str, waits: str) -> Rule:
    return Rule(id=id, level=level, fields=(), source=(source,), doc=doc, waits=waits)


DAT_09 = _engine(
    "DAT-09",
    Level.BLOCK,
    Source("002:L24", "本制度自发布之日起实施,原有相关规定与本制度不符的,以本制度为准。"),
    "制度参数的修改要有生效日期和批准人;记录按自己日期当天有效的参数判断。",
)
SOD_01 = _engine(
    "SOD-01",
    Level.BLOCK,
    Source("000:L26", "员工根据职责分配,拥有相应的操作权限。"),
    "只有权限允许的岗位才能新增、修改和签字;不能放行。",
    waits="没有写明权限的登记表,等登录和权限启用",
)
SOD_02 = _engine(
    "SOD-02",
    Level.BLOCK,
    _DUTIES,
    "审核、批准、放行的人不能是登记人自己;不能放行。",
    waits="审批流程等有审批的登记表",
)
SOD_04 = _waiting(
    "SOD-04",
    Level.WARN,
    Source("002:L145", "对工作职务报告遵从逐级向上报告的原则,不宜越级呈报。"),
    "审批先到直接上级;直接上级不在时才能越级。",
    "等有审批的登记表",
)

ENGINE_RULES = (
    DAT_01, DAT_02, DAT_03, DAT_04, DAT_05, DAT_06, DAT_07, DAT_08, DAT_09, SOD_01, SOD_02, SOD_04, SOD_05,
)  # fmt: skip
BY_ID = {rule.id: rule for rule in ENGINE_RULES}


def problems(record: Record, required: tuple[tuple[str, str], ...]) -> Iterator[tuple[Rule, Fault]]:
    """Cells that cannot be read (DAT-01, DAT-06) and required ones that are blank (`required`: field and header)."""
    for name, misread in record.problems.items():
        found = DAT_06 if misread.rule == DAT_06.id else DAT_01
        yield found, Fault(name or None, misread.reason, misread.remedy)
    for name, header in required:
        if name not in record.problems and getattr(record.typed, name) is None:
            yield DAT_01, Fault(name, f"“{header}”没有填", f"请填写“{header}”")


def identity(record: Record, doubled: bool) -> Iterator[tuple[Rule, Fault]]:
    """An id that stands twice, or that the console did not make (DAT-02)."""
    shown = record.text("record_id")
    if doubled:
        remedy = "请清空其中后加那一行的记录编号,控制台会另外编号"
        yield DAT_02, Fault("record_id", f"记录编号 {shown} 有两行在用", remedy)
    elif shown and record.key.startswith("#"):
        yield DAT_02, Fault("record_id", f"记录编号“{shown[:30]}”不是控制台编的", "请清空这一格,控制台会自动编号")


def names(record: Record, fields: tuple[tuple[str, str], ...], people: People) -> Iterator[tuple[Rule, Fault]]:
    """People nobody knows (DAT-05). Call only where there is a roster."""
    for name, header in fields:
        value = getattr(record.typed, name)
        if value is None:
            continue
        for person in (value,) if isinstance(value, str) else value:
            if people.known(person):
                continue
            spelt = people.spelt(person)
            if spelt is not None:
                message = f"“{header}”写的“{person}”和员工名册的“{spelt}”写法不同"
                yield DAT_05, Fault(name, message, f"请改成“{spelt}”", level=Level.WARN)
            else:
                message = f"“{header}”写的“{person}”不在员工名册里"
                yield DAT_05, Fault(name, message, "请核对姓名;新同事请先登记到员工名册")


def headers_missing(header: str) -> Fault:
    return Fault(None, f"表头“{header}”不见了", "请在表头行补上这一列,列名要一字不差")


def headers_doubled(header: str, cells: tuple[str, ...]) -> Fault:
    return Fault(None, f"表头“{header}”在 {'、'.join(cells)} 重复出现", "请只保留一列,另一列改名或删除")


def header_row_missing() -> Fault:
    remedy = "请在工作表前 30 行内恢复表头,或用 python -m logic init 重建表头"
    return Fault(None, "找不到表头行,一个列名也没有认出来", remedy)
