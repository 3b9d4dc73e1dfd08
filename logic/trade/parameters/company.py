"""Settings of the whole department: working hours, who may release, lists that drop-downs offer."""

from __future__ import annotations

from logic.kinds import Choice, Choices, Staff, Text, YesNo
from logic.source import Source
from logic.trade.parameters.declaring import setting
from logic.trade.parameters.shapes import Days, Hours, Pairs, Whole

_LIST = Choices(closed=False)

SETTINGS = (
    setting(
        "timezone",
        "时区",
        Choice("Asia/Shanghai"),
        "Asia/Shanghai",
        "所有日期和时间都按北京时间,目前不能改成别的时区。",
        "DAT-08",
    ),
    setting(
        "work_profile",
        "上班时间",
        Hours(),
        "周一至周五 09:00-12:00 13:00-18:00",
        "几份制度写的不一样:填 A 是周一至周五 9 点到 18 点,填 B 是周一至周六 8 点半到 18 点,也可以照样子写自己的时间。"
        "改动要有书面通知作依据。法定节假日另按国家公布的日历。",
        "ATT-01",
        "ATT-02",
        "ATT-03",
        "ATT-13",
        "BNK-01",
        "BNK-03",
        "DUT-02",
        source=Source("002:L28", "工作时间:周一至周五,上午9:00-12:00,下午13:00-18:00。"),
    ),
    setting(
        "holidays",
        "另外的放假日",
        Days(),
        "",
        "法定节假日已经按国家公布的日历计算;国家还没有公布的年份和公司自己放假的日子写在这里,几天之间用顿号隔开。",
        "BNK-01",
        "BNK-03",
        "DUT-04",
        "SCR-01",
    ),
    setting(
        "release_roles",
        "可以放行的岗位",
        _LIST,
        "部门主管、客服主管",
        "这些岗位的人可以写明理由放行别人登记的、标着“不能保存”的记录。",
        "DAT-07",
    ),
    setting(
        "delegates",
        "授权代办",
        Pairs(left=Text(), right=Staff(), example="财务→陈静、打单员→李强", single=False),
        "",
        "某个岗位的人不在时由谁代办,写成 岗位→姓名,几项之间用顿号隔开;没有就留空。",
        "SOD-04",
        "SOD-05",
    ),
    setting(
        "allow_multi_role",
        "允许一人兼做两个环节",
        YesNo(),
        "否",
        "小店人手少时选“是”:签收和退款等环节由同一个人做时不再拦住,只要求说明。",
        "SOD-03",
        "AFS-09",
        "RET-11",
        "WHS-21",
    ),
    setting(
        "couriers",
        "快递公司名单",
        _LIST,
        "顺丰速运、中通快递、圆通速递、申通快递、韵达快递、极兔速递、邮政EMS、京东快递、德邦快递",
        "各登记表“快递公司”一列可以选的名称,几家之间用顿号隔开。",
        "OCH-07",
        "DAT-01",
    ),
    setting("shops", "店铺名单", _LIST, "", "各登记表“店铺”一列可以选的名称,几家之间用顿号隔开。", "DAT-01"),
    setting("platforms", "平台名单", _LIST, "淘宝、天猫、1688", "开店的平台,几个之间用顿号隔开。", "DAT-01"),
    setting(
        "receiving_accounts",
        "收款账户名单",
        _LIST,
        "",
        "银行转账明细表“收款账户”一列可以选的账户,写银行和户名即可,不要写完整账号。",
        "DAT-01",
    ),
    setting("leave_types", "假种名单", _LIST, "病假、事假、年假、调休、公假、其他", "请假时可以选的假种。", "DAT-01"),
    setting("shifts", "班次名单", _LIST, "白班、晚班、休息、调休、请假", "值班表可以选的班次。", "DAT-01"),
    setting(
        "password_days",
        "密码更换周期(天)",
        Whole(1, 999),
        "90",
        "密码超过多少天没有更换时提醒。",
        "SEC-02",
    ),
)
