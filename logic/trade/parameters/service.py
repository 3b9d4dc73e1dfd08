"""Settings of after-sales service and of the care for customers."""

from __future__ import annotations

from logic.kinds import Choice, Text, YesNo
from logic.source import Source
from logic.trade.parameters.declaring import setting
from logic.trade.parameters.shapes import Amount, Pairs, Whole

_DAYS = Whole(0, 999)
_HOURS = Whole(0, 999)

AFTER_SALES = (
    setting(
        "recall_days",
        "撤回包裹跟进天数",
        _DAYS,
        "7",
        "登记后多少天还没有收到退回的包裹要跟进。",
        "AFS-18",
    ),
    setting(
        "recall_slip_required",
        "撤回包裹要打快件退回单",
        YesNo(),
        "是",
        "选“否”表示在线拦截,不打退回单,改为上传快递回复截图。",
        "AFS-02",
        "AFS-03",
        "AFS-04",
        "AFS-05",
        source=Source("000:L229", "然后打出两联快件退回单"),
    ),
    setting(
        "refund_handle_hours",
        "退款维权处理时限(小时)",
        _HOURS,
        "24",
        "提醒以后多少小时内要处理;平台处理截止时间更早的,以平台为准。",
        "AFS-15",
    ),
    setting(
        "verify_second_over",
        "质量问题要仓库复核的金额(元)",
        Amount(may_be_lifted=True),
        "不限",
        "金额超过多少的质量问题,除售后客服外还要仓库核实;填“不限”表示不用仓库复核。",
        "AFS-10",
    ),
    setting(
        "escalation_hours",
        "上报难沟通客户时限(小时)",
        _HOURS,
        "2",
        "遇到无法顺利沟通的客户,多少小时内上报主管。",
        "AFS-12",
    ),
    setting(
        "platform_refund_by",
        "平台退款由谁操作",
        Choice("售后客服", "财务"),
        "售后客服",
        "在平台上点退款的岗位;线下打款和返还运费始终由财务操作。",
        "RFD-03",
        "RET-19",
        source=Source("000:L229", "由售后客服处理后期退款问题"),
    ),
    setting(
        "refund_approval_limit",
        "退款要主管审批的金额(元)",
        Amount(may_be_lifted=True),
        "不限",
        "退款金额超过多少时要部门主管审批;填“不限”表示都不用审批。",
        "RFD-04",
    ),
    setting(
        "finance_pay_days", "财务打款时限(工作日)", _DAYS, "2", "提交财务后多少个工作日还没有打款时提醒。", "RFD-05"
    ),
    setting(
        "inspection_by",
        "退回商品由谁质检",
        Choice("仓库", "售后客服", "任一"),
        "仓库",
        "由谁检查客户退回的商品;选“任一”表示仓库和售后客服都可以。",
        "RET-11",
        source=Source("001:L687,L703", "仓库收到顾客退回的需换货的商品后要进行质检"),
    ),
    setting(
        "packaging_counts",
        "包装不完整算影响二次销售",
        YesNo(),
        "是",
        "选“是”时,包装不完整的先按影响二次销售算,质检的人可以写明理由改为否。",
        "RET-01",
        source=Source("000:L231", "确保产品完好无损,包装完整,并且不影响第二次销售"),
    ),
    setting(
        "courier_damage_as",
        "快递损坏由谁承担",
        Choice("公司", "客户"),
        "公司",
        "快递途中损坏的,对客户按谁的责任处理。",
        "RET-12",
    ),
    setting(
        "exchange_resend_freight",
        "无质量问题换货的重发运费",
        Choice("客户", "公司"),
        "客户",
        "没有质量问题的换货,再次发货的运费由谁出。",
        "RET-18",
        source=Source("001:L691", "此种情况联系客户进行邮费的补交,然后通知仓库发货"),
    ),
    setting(
        "return_register_hours",
        "退货单号登记时限(小时)",
        _HOURS,
        "24",
        "客户告知退货单号后,多少小时内登记。",
        "RET-07",
    ),
    setting(
        "notify_merchandiser_hours",
        "收到退货后通知跟单部时限(小时)",
        _HOURS,
        "4",
        "收到退货后,多少小时内通知跟单部。",
        "RET-09",
    ),
    setting("freight_refund_days", "返还运费时限(天)", _DAYS, "3", "收到退货后多少天还没有返还运费时提醒。", "RET-05"),
    setting(
        "freight_refund_limit",
        "每件包裹返还运费上限(元)",
        Amount(may_be_lifted=True),
        "20.00",
        "公司承担运费时,每件包裹最多返还多少;没有上限填“不限”。",
        "RET-04",
    ),
    setting(
        "refuse_return_hours",
        "不能退换时退回客户时限(小时)",
        _HOURS,
        "72",
        "质检以后多少小时内,把不能退换的商品退回客户。",
        "RET-13",
        source=Source("001:L691,L707", "在72小时内退回产品给顾客"),
    ),
    setting(
        "dispute_return_days",
        "维权胜诉后退回时限(天)",
        _DAYS,
        "3",
        "公司胜诉以后多少天内把原件退还客户,按自然日计算。",
        "RET-15",
        source=Source("001:L691,L707", "公司若胜诉便在三天内原件退还顾客"),
    ),
)

CUSTOMERS = (
    setting(
        "vip_visit_days",
        "各级 VIP 回访间隔(天)",
        Pairs(left=Text(), right=Whole(1, 999), example="VIP1→30、VIP2→15、VIP3→7"),
        "VIP1→30、VIP2→15、VIP3→7",
        "每一级 VIP 客户隔多少天回访一次,写成 级别→天数,几级之间用顿号隔开。",
        "CUS-04",
    ),
    setting(
        "issue_report_hours",
        "重要问题上报时限(小时)",
        _HOURS,
        "4",
        "客户反馈的重要问题,多少小时内上报。",
        "CUS-08",
    ),
    setting(
        "incident_hours",
        "突发事件处理时限(小时)",
        _HOURS,
        "24",
        "突发事件和重要投诉超过多少小时没有处理完时提醒。",
        "CUS-14",
    ),
    setting("review_days", "签收后跟进评价时限(天)", _DAYS, "3", "签收后多少天内要有评价跟进记录。", "CUS-17"),
    setting(
        "spot_check_days",
        "客服抽查间隔(天)",
        Whole(1, 999),
        "7",
        "每位客服隔多少天至少抽查一次聊天记录和货品熟悉情况。",
        "TRN-06",
    ),
    setting(
        "wangwang_check",
        "旺旺登录检查方式",
        Choice("抽查", "每天"),
        "抽查",
        "由主管抽查,还是每天上班时登记。",
        "TRN-08",
    ),
)

SETTINGS = (*AFTER_SALES, *CUSTOMERS)
