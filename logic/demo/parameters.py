"""What the demo's company has decided about its settings, in the order in which it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from logic.demo.orders import COURIERS, Record
from logic.demo.people import ACCOUNTS, DIRECTOR, HEAD, SHOPS, WHOLESALE_SHOP
from sheets.port import Serial

# 参数名, 值, 说明, 从几天前起, 依据. A day before zero is still to come.
_DECIDED = (
    ("店铺名单", "、".join((*SHOPS, WHOLESALE_SHOP)), "新开店铺时在后面加", 420, ""),
    ("快递公司名单", "、".join(name for name, *_ in COURIERS), "合同内的四家", 420, ""),
    ("收款账户名单", "、".join(ACCOUNTS), "", 420, ""),
    ("上班时间", "周一至周五 09:00-12:00 13:00-18:00", "", 420, "人资通知第 1 号"),
    ("可以放行的岗位", "部门主管、客服主管", "", 420, ""),
    ("银行转账到账时限(天)", "3", "跨行转账有时要三天", 400, ""),
    ("银行转账允许差额(元)", "2.00", "银行手续费有时要两元", 365, "财务通知第 4 号"),
    ("快递面单种类", "电子面单", "四家快递都换了电子面单", 300, "跟单部通知第 2 号"),
    ("撤回包裹跟进天数", "10", "偏远地区退回慢", 280, ""),
    ("撤回包裹跟进天数", "7", "快递合同改为七天内退回", 130, "物流合同补充条款"),
    ("退款要主管审批的金额(元)", "2000.00", "", 128, "财务通知第 7 号"),
    ("质量问题要仓库复核的金额(元)", "1500.00", "", 128, "财务通知第 7 号"),
    ("银行转账到账时限(天)", "2", "改用对公快捷到账", 120, "财务通知第 8 号"),
    ("退款维权处理时限(小时)", "12", "催得紧一点", 95, ""),
    ("发货后签收时限(天)", "6", "快递旺季慢", 33, ""),
    ("当天发货的付款截止时间", "15:30", "双十二期间快递提前收件", -9, "运营通知第 11 号"),
)


def settings(today: dt.date, new_id: Callable[[str, dt.date], str]) -> list[Record]:
    """制度参数, a row for each decision; one that was taken back before it took effect is 作废."""
    rows = [_row(decided, today, new_id) for decided in _DECIDED]
    taken_back = _row(("旺旺登录检查方式", "每天", "先不改了,等旺季过后再看", -20, ""), today, new_id)
    return [*rows, taken_back | {"status": "作废"}]


def _row(decided: tuple[str, str, str, int, str], today: dt.date, new_id: Callable[[str, dt.date], str]) -> Record:
    key, value, why, ago, basis = decided
    day = today - dt.timedelta(days=max(ago, 0) + 6)
    made = Serial.of(dt.datetime.combine(day, dt.time(10, 20)))
    return {
        "key": key,
        "value": value,
        "description": why or None,
        "effective_from": Serial.of(today - dt.timedelta(days=ago)),
        "basis": basis or None,
        "changed_by": HEAD,
        "approver": DIRECTOR,
        "record_id": new_id("CS", day),
        "created_by": HEAD,
        "created_at": made,
        "updated_by": HEAD,
        "updated_at": made,
    }
