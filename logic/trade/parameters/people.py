"""Settings of attendance, rosters, scoring and pay."""

from __future__ import annotations

from logic.kinds import Choice, Choices, Staff, Text, YesNo
from logic.source import Source
from logic.trade.parameters.declaring import setting
from logic.trade.parameters.shapes import Bands, Pairs, Share, Whole

_LIST = Choices(closed=False)
_DAY_OF_MONTH = Whole(1, 28)
_COUNT = Whole(0, 31)
_MINUTES = Whole(0, 240)

_LATE = Source("002:L96", "员⼯超过签到时间15分钟(含)以内签到者为迟到")
_EARLY = Source("002:L96", "下班时间提早5分钟(含)以内签到者为早退")
_REST = Source("002:L87", "营销类、客服类⼈员实⾏调休制度,每⽉假期5天")
_FLEXIBLE = Source("002:L87", "另外有⼀天机动调休假期")
_SCORING = Source("000:L182", "奖罚评分表须在月初第一天提交给上级批准处理")
_BANDS = Source("004:L369", "绩效80分以上=满额绩效奖")
_FULL_ATTENDANCE = Source("004:L367,L379", "全勤资金为基本工资10%,迟到、早退、请假3次或无故旷工一天以上取消全勤奖。")
_THREE_MONTHS = Source("004:L389,L411", "连续3个月未达成基础指标或绩效分未满60分")

ATTENDANCE = (
    setting(
        "signin_lead_minutes",
        "提前签到(分钟)",
        _MINUTES,
        "0",
        "上班签到要比上班时间提前多少分钟;选 B 上班时间的公司填 5。",
        "ATT-01",
    ),
    setting(
        "late_limit",
        "迟到上限(分钟)",
        _MINUTES,
        "15",
        "晚到多少分钟以内(含)算迟到,再晚要办请假手续。",
        "ATT-02",
        source=_LATE,
    ),
    setting(
        "early_limit",
        "早退上限(分钟)",
        _MINUTES,
        "5",
        "早走多少分钟以内(含)算早退,再早要办请假手续。",
        "ATT-03",
        source=_EARLY,
    ),
    setting(
        "attendance_submit_day",
        "部门考勤表提交日(每月几号)",
        _DAY_OF_MONTH,
        "3",
        "上个月的部门考勤表最晚几号提交人资。",
        "ATT-07",
        source=Source("002:L94", "每⽉3⽇前各部门根据打卡记录"),
    ),
    setting(
        "objection_day",
        "考勤异议截止日(每月几号)",
        _DAY_OF_MONTH,
        "5",
        "对上个月考勤有异议的,最晚几号书面提出。",
        "ATT-08",
        source=Source("002:L95", "应于每⽉5⽇前向公司⼈⼒资源部提出书⾯异议"),
    ),
)

ROSTER = (
    setting("cs_rest_days", "客服每月休息天数", _COUNT, "5", "法定节假日另外加上。", "DUT-04", source=_REST),
    setting(
        "flex_day_per_month",
        "每月机动调休天数",
        _COUNT,
        "1",
        "每周上六天班的人,每月另有多少天机动调休。",
        "DUT-04",
        source=_FLEXIBLE,
    ),
    setting("roster_cycle", "值班表周期", Choice("每月", "每周"), "每月", "值班表多长时间排一次。", "DUT-01"),
    setting(
        "roster_publish_days",
        "值班表提前发布(天)",
        _COUNT,
        "3",
        "值班表要在开始前多少天发布。",
        "DUT-01",
    ),
    setting("min_staff_presales", "每天最少售前人数", Whole(0, 99), "1", "每天至少排多少位售前客服。", "DUT-02"),
    setting("min_staff_after_sales", "每天最少售后人数", Whole(0, 99), "1", "每天至少排多少位售后客服。", "DUT-02"),
    setting(
        "two_shift_positions",
        "要排两班的岗位",
        _LIST,
        "",
        "这些岗位每天要有一位白班、一位晚班,例如运营推广主管、客服主管;没有就留空。",
        "DUT-11",
    ),
    setting("cover_24h", "值班表要覆盖全天", YesNo(), "否", "选“是”时,值班表没有排满 24 小时要说明。", "CUS-15"),
)

SCORING = (
    setting(
        "scoring_submit_day",
        "评分表提交日(每月几号)",
        _DAY_OF_MONTH,
        "1",
        "上个月的绩效奖罚评分表最晚几号提交上级。",
        "SCR-01",
        source=_SCORING,
    ),
    setting(
        "first_day_mode",
        "提交日遇放假怎么算",
        Choice("自然日", "工作日"),
        "自然日",
        "自然日:提交日不变,过了节后第一个工作日才算迟交;工作日:提交日顺延到第一个工作日。",
        "SCR-01",
    ),
    setting("scoring_approve_day", "评分表批准日(每月几号)", _DAY_OF_MONTH, "3", "上级最晚几号批准。", "SCR-01"),
    setting(
        "score_min_days",
        "参加评分的最少在职天数",
        _COUNT,
        "5",
        "当月在职不满多少天的人可以不评分。",
        "SCR-04",
    ),
    setting(
        "reward_unit",
        "奖罚单位",
        Choice("分", "元"),
        "分",
        "奖罚按分计入评分,还是按元另外登记。",
        "SCR-05",
    ),
    setting(
        "bands",
        "绩效分对应的绩效奖",
        Bands(left=Whole(0, 100), right=Share(), example="80→100%、70→80%、60→60%、0→0%"),
        "80→100%、70→80%、60→60%、0→0%",
        "写成 分数→比例,分数含本数,从高到低写到 0 分,几档之间用顿号隔开。",
        "SCR-06",
        source=_BANDS,
    ),
    setting(
        "scorer_map",
        "指定评分人",
        Pairs(left=Staff(), right=Staff(), example="王芳→陈静、李强→陈静"),
        "",
        "不由直接上级评分的,写成 被评分人→评分人,几项之间用顿号隔开;没有就留空。",
        "SCR-07",
    ),
    setting(
        "three_month_rule_positions",
        "连续不达标要提示的岗位",
        _LIST,
        "推广、客服",
        "这些岗位连续几个月不达标时提示主管和人资。",
        "SCR-11",
        source=_THREE_MONTHS,
    ),
    setting(
        "three_month_rule_months",
        "连续不达标提示(月)",
        Whole(1, 12),
        "3",
        "连续多少个月不达标时提示。",
        "SCR-11",
        source=_THREE_MONTHS,
    ),
    setting(
        "half_year_review",
        "半年考核汇总",
        YesNo(),
        "是",
        "选“是”时,每半年按月评分汇总一次。",
        "SCR-12",
        source=Source("000:L40", "考核周期:半年一次,分为上半年和下半年。"),
    ),
)

PAY = (
    setting(
        "full_attendance_pct",
        "全勤奖占基本工资",
        Share(),
        "10%",
        "全勤奖是基本工资的百分之几。",
        "PAY-01",
        source=_FULL_ATTENDANCE,
    ),
    setting(
        "full_attendance_limit",
        "取消全勤奖的迟到早退请假(次)",
        _COUNT,
        "3",
        "迟到、早退、请假达到多少次取消全勤奖。",
        "PAY-01",
        source=_FULL_ATTENDANCE,
    ),
    setting(
        "count_mode",
        "迟到早退请假怎么计次",
        Choice("合计", "分别"),
        "合计",
        "合计:三样加起来算;分别:每一样单独算。",
        "PAY-01",
    ),
    setting(
        "absent_limit_days",
        "取消全勤奖的旷工(天)",
        _COUNT,
        "1",
        "无故旷工达到多少天取消全勤奖。",
        "PAY-01",
        source=_FULL_ATTENDANCE,
    ),
    setting(
        "leave_types_not_counted",
        "不影响全勤奖的假种",
        _LIST,
        "调休、年假、公假",
        "请这些假不计入取消全勤奖的次数。",
        "PAY-01",
    ),
    setting(
        "pay_components",
        "岗位另有的工资项目",
        Pairs(left=Text(), right=Choice("特殊奖励", "提成"), example="美工→特殊奖励、推广→提成"),
        "美工→特殊奖励、推广→提成、客服→提成",
        "哪些岗位有特殊奖励或提成,写成 岗位→项目,几项之间用顿号隔开。",
        "PAY-06",
    ),
)

SETTINGS = (*ATTENDANCE, *ROSTER, *SCORING, *PAY)
