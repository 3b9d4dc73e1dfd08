"""Sentences of the documents that are rules, but that no register can show: named in the handbook, checked by people."""

from __future__ import annotations

from dataclasses import dataclass

from logic.source import Source


@dataclass(frozen=True, slots=True)
class Uncheckable:
    """Some sentences of one sort: `why` no rule judges them, and `instead`, where the department keeps an eye on them."""

    sources: tuple[Source, ...]
    why: str
    instead: str


_BEHAVIOUR = "是态度和做法,登记表里没有可以对照的内容"
_NOWHERE = "不写进软件"

UNCHECKABLE: tuple[Uncheckable, ...] = (
    Uncheckable(
        (Source("000:L220", "交流结束,订单确认后,必须及时关闭聊天窗口,否则会影响旺旺响应度。"),),
        "发生在聊天软件里,表格看不到",
        "看客服服务数据里的响应度,并在客服抽查时查看",
    ),
    Uncheckable(
        (Source("000:L210", "服务流程:欢迎语---活动告知---宝贝介绍---订单确认---收藏店铺。"),),
        "不可能每次聊天都逐项打勾",
        "把话术写进快捷回复,在客服抽查时查看",
    ),
    Uncheckable(
        (Source("000:L211", "严禁抱着“成不成交与我无关”的心态"),),
        "是态度,表格看不到",
        "客服抽查",
    ),
    Uncheckable(
        (Source("000:L207", "没有客户咨询时,应多浏览熟悉店铺商品。"),),
        _BEHAVIOUR,
        "客服抽查里的“货品熟悉”",
    ),
    Uncheckable(
        (Source("002:L277", "售后工作人员在处理顾客问题时尽量避免争执现象"),),
        _BEHAVIOUR,
        "客服抽查;发生了争执的登记为异常事件",
    ),
    Uncheckable(
        (
            Source("002:L238", "上班时间不得做与工作无关事情。"),
            Source("002:L239", "认真服务的态度对待每一位客户。"),
            Source("002:L240", "与其他部门同事间要互帮互助、共同解决问题。"),
        ),
        _BEHAVIOUR,
        "每月考核的评分项",
    ),
    Uncheckable(
        (
            Source("000:L156", "员工必须穿着整洁、得体的服装上班。"),
            Source("002:L12", "女员工不得浓妆艳抹"),
            Source("002:L13", "男性员工不得留长发、烫发、染发。"),
            Source("002:L11", "不得在工作场所吸烟、饮酒"),
        ),
        "是仪容和举止,表格看不到;其中区分男女的两句不应由软件来查",
        "由主管提醒,需要时登记奖惩",
    ),
    Uncheckable(
        (
            Source("002:L57", "员工应正确佩戴安全帽、手套等防护用品"),
            Source("002:L71", "仓库内不得堆放杂物,保持通道畅通"),
            Source("002:L73", "不得在办公区域使用明火,禁止在办公室吸烟"),
        ),
        "要到现场看",
        "安全检查的检查项",
    ),
    Uncheckable(
        (
            Source("002:L67", "不得下载、传播、使用非法软件"),
            Source("002:L64", "不得利用公司网络从事违法活动"),
        ),
        "发生在电脑和网络上,表格看不到",
        "由网络安全人员检查,需要时登记奖惩",
    ),
    Uncheckable(
        (Source("002:L154", "在工作时间之内,不兼任本公司以外的职务及工作"),),
        "发生在公司以外",
        "人事档案",
    ),
    Uncheckable(
        (
            Source("000:L176", "出现问题及时处理"),
            Source("004:L11", "耐心回答客户提出各种问题"),
        ),
        "没有说明多久算及时、怎样算耐心",
        "每月考核的评分项",
    ),
    Uncheckable(
        (
            Source("004:L435,L575", "身体健康,年龄45岁以下"),
            Source("002:L158", "无性别、地域、户口等区分"),
        ),
        "是招聘条件,年龄限制不应由软件来执行",
        _NOWHERE,
    ),
    Uncheckable(
        (Source("002:L159", "物业部员工须保持制服乾净"),),
        "是物业公司的条文,误收进了本部门的文件",
        _NOWHERE,
    ),
)
