"""Settings of reports, products, activities, plans and the warehouse."""

from __future__ import annotations

from logic.kinds import Choice, Choices, Time
from logic.source import Source
from logic.trade.parameters.declaring import setting
from logic.trade.parameters.shapes import Share, Whole

_DAYS = Whole(0, 999)
_HOURS = Whole(0, 999)
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_REPORTS = Source("002:L234", "电商部工作人员每周五,每月1号向上级提交相关统计数据、报表。")

REPORTS = (
    setting(
        "daily_duty_days",
        "每日工作在休息日怎么办",
        Choice("每天", "仅上班日"),
        "每天",
        "每天:休息日由值班的人做;仅上班日:上班后第一天补报,标为休息日补报。",
        "RPT-01",
        "RPT-02",
        "AFS-13",
        source=Source("000:L181,L197", "每日查看店铺退款中以及维权中的订单"),
    ),
    setting(
        "daily_report_deadline",
        "店铺日报提交截止时间",
        Time(),
        "10:00",
        "前一日的店铺数据报表最晚几点提交。",
        "RPT-01",
        source=Source("000:L198", "每日早上10点前提交前一日店铺数据报表"),
    ),
    setting("daily_report_remind", "店铺日报提醒时间", Time(), "09:00", "几点开始提醒还没有提交的日报。", "RPT-01"),
    setting(
        "weekly_report_day",
        "周报提交日",
        Choice(*_WEEKDAYS, aliases={f"星期{day[1]}": day for day in _WEEKDAYS}),
        "周五",
        "每周星期几交周报;这天放假的提前到上一个工作日。",
        "RPT-07",
        source=_REPORTS,
    ),
    setting(
        "monthly_report_day",
        "月报提交日(每月几号)",
        Whole(1, 28),
        "1",
        "每月几号交月报;这天放假的,过了节后第一个工作日才算迟交。",
        "RPT-07",
        source=_REPORTS,
    ),
    setting(
        "reports",
        "默认要交周报月报的岗位",
        Choices(closed=False),
        "主管、运营、推广、美工、策划、客服",
        "这些岗位默认要交,配货、打包、入库等其他岗位默认不交;个别的人在员工名册里另外填写。",
        "RPT-07",
    ),
    setting("anomaly_pct_uv", "访客数异常幅度", Share(), "30%", "与前四周同一天的平均相差超过多少算异常。", "RPT-04"),
    setting(
        "anomaly_pct_conversion",
        "支付转化率异常幅度",
        Share(),
        "30%",
        "与前四周同一天的平均相差超过多少算异常。",
        "RPT-04",
    ),
    setting(
        "anomaly_pct_avg_order_value",
        "客单价异常幅度",
        Share(),
        "25%",
        "与前四周同一天的平均相差超过多少算异常。",
        "RPT-04",
    ),
    setting(
        "anomaly_pct_units", "支付件数异常幅度", Share(), "40%", "与前四周同一天的平均相差超过多少算异常。", "RPT-04"
    ),
    setting(
        "anomaly_pct_ad_spend", "推广花费异常幅度", Share(), "30%", "与前四周同一天的平均相差超过多少算异常。", "RPT-04"
    ),
    setting(
        "anomaly_min_uv",
        "判断异常的最少访客数",
        Whole(0, 999_999),
        "100",
        "访客数不到这么多的日子不判断异常。",
        "RPT-04",
    ),
    setting(
        "anomaly_report_hours",
        "数据异常上报时限(小时)",
        _HOURS,
        "2",
        "发现数据异常后,多少小时内上报上级。",
        "RPT-03",
    ),
    setting(
        "first_thing_minutes",
        "上班后看日报时限(分钟)",
        Whole(0, 999),
        "30",
        "销售主管上班后多少分钟内看前一天的数据。",
        "RPT-08",
    ),
)

PRODUCTS = (
    setting(
        "new_product_listing_days",
        "新产品上架期限(天)",
        Whole(1, 999),
        "14",
        "两份制度写的是 14 天和 30 天,默认按较严的 14 天。",
        "PRD-04",
        source=Source("000:L117", "新产品上架时权限为14 天。"),
    ),
    setting(
        "new_product_limit_meaning",
        "新产品上架期限的意思",
        Choice("到货后上架期限", "上架信息有效期"),
        "到货后上架期限",
        "到货后上架期限:到货以后这么多天内要上架;上架信息有效期:上架以后每隔这么多天要更新。",
        "PRD-04",
    ),
    setting(
        "title_days",
        "标题优化间隔(天)",
        Whole(1, 999),
        "7",
        "主推商品的标题隔多少天优化一次。",
        "PRD-08",
        source=Source("003:L47", "标题优化:7天一优化"),
    ),
    setting(
        "activity_feedback_hours",
        "活动进度反馈时限(小时)",
        _HOURS,
        "4",
        "活动进度有变化后,多少小时内反馈运营。",
        "ACT-04",
    ),
    setting("activity_summary_days", "活动总结时限(天)", _DAYS, "3", "活动结束后多少天内写总结。", "ACT-05"),
    setting(
        "target_tolerance",
        "目标分解允许误差",
        Share(),
        "1%",
        "下级目标合计和上级目标相差多少以内算相符。",
        "PLN-02",
    ),
)

WAREHOUSE = (
    setting(
        "quarter_count_days",
        "季末盘点在最后(天)",
        Whole(1, 31),
        "5",
        "3、6、9、12 月的最后多少天内要做季末盘点。",
        "WHS-08",
    ),
    setting("discrepancy_days", "盘点差异报告时限(天)", _DAYS, "3", "发现差异后多少天内提交书面报告。", "WHS-11"),
    setting(
        "packing_check_mode",
        "打包核对方式",
        Choice("按批", "按单"),
        "按批",
        "按批:一批打一次勾,另写例外订单;按单:每个订单都打勾。",
        "WHS-20",
    ),
)

SETTINGS = (*REPORTS, *PRODUCTS, *WAREHOUSE)
