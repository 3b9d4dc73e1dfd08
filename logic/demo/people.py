"""The people of the demo: a roster by the head-count of the documents, and the customers who pay by transfer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from sheets.port import Serial, Value

SHOP = "晴禾家居"
SHOPS = (f"{SHOP}旗舰店", f"{SHOP}淘宝店")
WHOLESALE_SHOP = f"{SHOP}1688店"

# 姓名, 花名, 邮箱, 部门, 岗位, 职级, 直接上级, 班制, 入职几个月. Names are made up.
_ROSTER = (
    ("沈维周", "阿舟", "shenwz", "运营部", "运营总监", "总监", "", "固定", 74),
    ("林佩文", "佩文", "linpw", "运营部", "部门主管", "主管", "沈维周", "固定", 61),
    ("顾承业", "承业", "gucy", "运营部", "运营主管", "主管", "沈维周", "调休", 55),
    ("贺子墨", "子墨", "hezm", "运营部", "店铺运营", "专员", "顾承业", "调休", 38),
    ("邱若楠", "楠楠", "qiurn", "运营部", "店铺运营", "专员", "顾承业", "调休", 16),
    ("严立夏", "立夏", "yanlx", "推广部", "推广主管", "主管", "沈维周", "调休", 47),
    ("柳青禾", "青禾", "liuqh", "推广部", "活动专员", "专员", "严立夏", "调休", 22),
    ("简一凡", "一凡", "jianyf", "推广部", "直通车专员", "专员", "严立夏", "调休", 30),
    ("岑嘉树", "嘉树", "cenjs", "推广部", "钻展专员", "专员", "严立夏", "调休", 12),
    ("温书宁", "书宁", "wensn", "设计部", "美工主管", "主管", "沈维周", "固定", 52),
    ("骆小满", "小满", "luoxm", "设计部", "美工", "专员", "温书宁", "固定", 26),
    ("佟知画", "知画", "tongzh", "设计部", "美工", "专员", "温书宁", "固定", 9),
    ("穆清越", "清越", "muqy", "客服部", "客服主管", "主管", "沈维周", "调休", 49),
    ("程小桃", "桃子", "chengxt", "客服部", "售前客服", "专员", "穆清越", "调休", 33),
    ("柏秋实", "秋实", "baiqs", "客服部", "售前客服", "专员", "穆清越", "调休", 21),
    ("伍晓棠", "海棠", "wuxt", "客服部", "售前客服", "专员", "穆清越", "调休", 14),
    ("季云朵", "云朵", "jiyd", "客服部", "售前客服", "专员", "穆清越", "调休", 2),
    ("闵思源", "思源", "minsy", "客服部", "售后客服", "专员", "穆清越", "调休", 28),
    ("费梦瑶", "梦瑶", "feimy", "客服部", "售后客服", "专员", "穆清越", "调休", 17),
    ("翟大勇", "大勇", "zhaidy", "跟单部", "打单员", "专员", "林佩文", "调休", 40),
    ("殷志坚", "老殷", "yinzj", "仓储部", "仓库主管", "主管", "沈维周", "固定", 66),
    ("雷小松", "松子", "leixs", "仓储部", "配货员", "员工", "殷志坚", "固定", 11),
    ("钱慧敏", "慧敏", "qianhm", "财务部", "财务", "主管", "", "固定", 70),
    ("卜正南", "正南", "buzn", "财务部", "财务", "专员", "钱慧敏", "固定", 19),
    ("詹静怡", "静怡", "zhanjy", "人力资源部", "人资", "专员", "", "固定", 43),
    ("桑晓雨", "小雨", "sangxy", "客服部", "售前客服", "专员", "穆清越", "调休", 29),
)
REGISTRARS = ("程小桃", "柏秋实", "伍晓棠", "季云朵")
LEAVER = "桑晓雨"
FINANCE = ("钱慧敏", "卜正南")
AFTER_SALES = ("闵思源", "费梦瑶")
PRINTERS = ("翟大勇", "殷志坚")  # the second one only stands in
PACKERS = ("雷小松", "殷志坚")
STOCK = "殷志坚"
HEAD, DIRECTOR = "林佩文", "沈维周"
ACCOUNTS = ("工商银行对公户(尾号0886)", "招商银行对公户(尾号3210)")  # of retail and of wholesale
LEFT_BEFORE = 45  # days before today on which LEAVER had the last day
_KEEPER = "詹静怡"
_NO_REPORTS = frozenset({"配货员"})


def roster(today: dt.date, new_id: Callable[[str, dt.date], str]) -> list[dict[str, Value]]:
    """员工名册, a row for each person, as texts and numbers by field."""
    rows: list[dict[str, Value]] = []
    registered = Serial.of(dt.datetime.combine(today - dt.timedelta(days=100), dt.time(9, 30)))
    for number, (name, alias, mail, department, position, grade, superior, pattern, months) in enumerate(
        _ROSTER, start=1
    ):
        rows.append(
            {
                "name": name,
                "alias": alias,
                "sub_account": f"{SHOP}:{alias}",
                "staff_no": f"{number:04}",
                "email": f"{mail}@example.com",
                "phone": f"199000012{number:02}",
                "department": department,
                "position": position,
                "grade": grade,
                "superior": superior or None,
                "work_pattern": pattern,
                "reports": "否" if position in _NO_REPORTS else "是",
                "hired_on": Serial.of(today - dt.timedelta(days=months * 30 + number)),
                "staff_status": "试用" if months < 3 else "在职",
                "wangwang_account": f"{SHOP}:{alias}" if department == "客服部" else None,
                "record_id": new_id("YG", today - dt.timedelta(days=100)),
                "created_by": _KEEPER,
                "created_at": registered,
                "updated_by": _KEEPER,
                "updated_at": registered,
            }
        )
    by_name = {row["name"]: row for row in rows}
    by_name["殷志坚"]["extra_positions"] = "打单员"
    left_on = today - dt.timedelta(days=LEFT_BEFORE)
    by_name[LEAVER] |= {"staff_status": "离职", "left_on": Serial.of(left_on), "handover_mark": "已监交"}
    # Two cells as people type them; the console understands both.
    by_name["雷小松"]["phone"] = float(f"199000012{len(rows) - 4:02}")
    hired = today - dt.timedelta(days=415)
    by_name["邱若楠"]["hired_on"] = f"{hired.year}.{hired.month}.{hired.day}"
    return rows


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who pays by transfer. `wholesale`: buys in the 1688 shop, pays from a company account."""

    account: str
    name: str
    phone: str
    address: str
    payer: str
    bank: str
    last4: str
    wholesale: bool
    days: set[dt.date] = field(default_factory=set[dt.date])  # on which a transfer is on record, at most one a day


_SURNAMES = (
    "陈林黄周吴徐孙胡朱高何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范方石姚"
)
_GIVEN = (
    "雨桐", "嘉怡", "浩宇", "梓涵", "晓琳", "秀兰", "国平", "婷玉", "丽萍", "海燕", "玉梅", "春燕", "永康", "少芬", "佩珊", "立群",
    "景行", "若溪", "书瑶", "亦辰", "泽宇", "芷晴", "凤英", "桂芳", "宏达", "晓冬", "文静", "建英", "巧云", "振华",
)  # fmt: skip
_NICKS = (
    "爱吃橘子的猫",
    "小院子里的风",
    "南山下种豆",
    "阿布的杂货铺",
    "一只慢羊羊",
    "樱桃小方子",
    "住在海边的人",
    "懒懒的午后",
)
_LATIN = ("lily", "sunny", "happy", "momo", "xiaoyu", "coco", "leaf", "dudu", "kiki", "nana", "yoyo", "mint")
_PLACES = (
    "浙江省杭州市余杭区仓前街道", "浙江省宁波市鄞州区首南街道", "浙江省义乌市稠城街道", "江苏省南京市江宁区秣陵街道", "江苏省苏州市吴中区木渎镇",
    "江苏省南通市通州区川姜镇", "上海市松江区九亭镇", "上海市浦东新区川沙新镇", "山东省青岛市黄岛区长江路街道", "山东省临沂市兰山区柳青街道",
    "广东省广州市番禺区大石街道", "广东省佛山市南海区桂城街道", "广东省深圳市龙岗区布吉街道", "福建省泉州市晋江市青阳街道", "湖北省武汉市洪山区关山街道",
    "湖南省长沙市雨花区左家塘街道", "四川省成都市双流区东升街道", "重庆市渝北区龙溪街道", "河南省郑州市金水区丰产路街道", "陕西省西安市雁塔区小寨路街道",
    "北京市昌平区回龙观街道", "天津市西青区中北镇", "河北省石家庄市裕华区裕强街道", "辽宁省沈阳市浑南区五三街道", "黑龙江省哈尔滨市松北区太阳岛街道",
)  # fmt: skip
_ROADS = ("向阳路", "民安路", "育才街", "枫林路", "望湖路", "长兴街", "桃源路", "春晖路")
_COMPANIES = (
    "清禾日用品商行",
    "暖居布艺经营部",
    "远帆家居用品有限公司",
    "众邦酒店用品有限公司",
    "悦宿民宿管理有限公司",
    "和畅家纺店",
)
_BANKS = (
    "中国工商银行",
    "中国农业银行",
    "中国建设银行",
    "中国银行",
    "招商银行",
    "交通银行",
    "中国邮政储蓄银行",
    "浙江农商银行",
)


def customers(random: Random, count: int) -> list[Customer]:
    """So many different customers, every sixth of them a wholesaler."""
    names = [f"{surname}{given}" for surname in _SURNAMES for given in _GIVEN]
    made: list[Customer] = []
    for number, name in enumerate(random.sample(names, count)):
        wholesale = number % 6 == 5
        place = random.choice(_PLACES)
        city = place.split("市")[0].rpartition("省")[2]
        company = f"{city}{random.choice(_COMPANIES)}"
        made.append(
            Customer(
                account=_account(random, number),
                name=name,
                phone=f"{random.choice(('188', '199', '166'))}0000{number:04}",
                address=f"{place}{random.choice(_ROADS)}{random.randint(2, 380)}号{_door(random, wholesale)}",
                payer=company if wholesale else _payer(random, name, names),
                bank=random.choice(_BANKS),
                last4=f"{random.choice((0, random.randint(0, 9)))}{random.randint(0, 999):03}",
                wholesale=wholesale,
            )
        )
    return made


def _account(random: Random, number: int) -> str:
    shape = random.random()
    if shape < 0.5:
        return f"tb{random.randint(10_000, 99_999)}{number:03}"
    if shape < 0.8:
        return f"{random.choice(_LATIN)}_{random.randint(70, 2019)}{number:03}"
    return f"{random.choice(_NICKS)}{number:02}"


def _door(random: Random, wholesale: bool) -> str:
    if wholesale:
        return f"{random.choice('ABC')}区{random.randint(1, 60)}号商铺"
    return f"{random.randint(1, 28)}幢{random.randint(1, 3)}单元{random.randint(1, 24)}{random.randint(1, 4):02}室"


def _payer(random: Random, name: str, names: Sequence[str]) -> str:
    """Mostly the customers pay themselves; now and then somebody else of the family does."""
    return name if random.random() < 0.9 else f"{name[0]}{random.choice(names)[1:]}"
