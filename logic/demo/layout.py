"""How the demo's tabs look: titles, widths, totals and the managers' own columns and chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from logic.demo.mess import Row, Spoilt
from logic.demo.orders import DAYS
from logic.register import registers
from sheets.port import Serial
from sheets.xlsx_demo import ChartTab, Content, Formula, OwnColumn, Tab

_COMMISSION = "IF(ISNUMBER({amount_paid}),ROUND({amount_paid}*0.5%,2),0)"
_TRAVELLED = 'IF(AND(ISNUMBER({parcel_back_on}),ISNUMBER({registered_at})),{parcel_back_on}-INT({registered_at}),"")'
_NOTES = {
    "bank_transfers": "说明:每天下班前登记;到账由财务填;红色的是超时未到账或金额不符,请先跟进。提成一列是经理自用,请不要改动。",
    "after_sales_register": "说明:撤回包裹先联系快递再打退回单;打单员签上“原包裹已收到”以后才退款。退回天数一列是经理自用。",
}
_WIDTHS = {
    "registered_at": 16.0, "customer_id": 18.0, "address": 44.0, "order_no": 22.0, "goods": 28.0, "paid_at": 16.0,
    "payer_name": 24.0, "receiving_account": 26.0, "proof_url": 22.0, "arrived": 9.0, "waybill_no": 18.0,
    "arrived_at": 16.0, "last_tracked_at": 16.0, "shipped_at": 16.0, "delivered_at": 16.0, "ordered_at": 16.0,
    "printed_at": 16.0, "packed_at": 16.0, "platform_ship_due_at": 16.0, "trade_status": 24.0, "situation": 30.0,
    "courier_contacted_at": 16.0, "slip_no": 18.0, "case_id": 18.0, "slip_info": 44.0, "slip_printed_at": 16.0,
    "platform_refund_no": 22.0, "photo_url": 30.0, "verified_at": 16.0, "resolution": 30.0, "key": 26.0, "value": 34.0,
    "description": 28.0, "basis": 20.0, "email": 24.0, "sub_account": 18.0, "record_id": 18.0, "created_at": 16.0,
}  # fmt: skip
_ALARMS = {
    "bank_transfers": (("status", "超时未到账"), ("status", "金额不符")),
    "after_sales_register": (("status", "撤回失败"),),
    "orders": (("print_status", "作废"),),
}
_FROZEN = {"bank_transfers": 3, "after_sales_register": 2, "orders": 1, "recall_slips": 1, "settings": 1, "staff": 1}


def tab(register: str, rows: Sequence[Row], spoilt: Sequence[Spoilt], today: dt.date) -> Tab:
    """A register's tab as its manager keeps it."""
    here = [one for one in spoilt if one.register == register]
    above, below = _around(register, rows, today)
    return Tab(
        spec=registers()[register].spec(),
        rows=rows,
        above=above,
        below=below,
        own=_own(register, rows),
        hidden=frozenset(one.index for one in here if one.mess.hidden),
        merged=tuple((one.index, one.mess.merged) for one in here if one.mess.merged),
        widths=_WIDTHS,
        alarms=_ALARMS.get(register, ()),
        frozen_columns=_FROZEN.get(register, 0),
    )


def _around(
    register: str, rows: Sequence[Row], today: dt.date
) -> tuple[tuple[str, ...], tuple[Mapping[str, Content], ...]]:
    """What stands above the header and below the last record."""
    first, last = today - dt.timedelta(days=DAYS), today - dt.timedelta(days=1)
    title = f"{registers()[register].title}  {_said(first)} 至 {_said(last)}"
    if register == "bank_transfers":
        checked = f"{first.month}月的流水已和财务核对过"
        below = (
            {"shop": "合计", "amount_paid": _total("amount_paid", rows)},
            {"shop": "说明", "registered_at": checked},
        )
        return (title, _NOTES[register]), below
    if register == "after_sales_register":
        return (title, _NOTES[register]), ({"shop": "合计", "refund_amount": _total("refund_amount", rows)},)
    if register == "recall_slips":
        return (title,), ()
    if register == "settings":
        return (), ({"key": "说明", "value": "改参数请先发书面通知,再在这里加一行"},)
    return (), ()


def _said(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _total(name: str, rows: Sequence[Row]) -> Formula:
    text = f"SUM({{{name}:first}}:INDEX({{{name}:column}},ROW()-1))"
    return Formula(text, round(sum(number(row.get(name)) for row in rows), 6))


def _own(register: str, rows: Sequence[Row]) -> tuple[OwnColumn, ...]:
    if register == "bank_transfers":
        return (OwnColumn("提成(经理自用)", [Formula(_COMMISSION, _commission(row)) for row in rows]),)
    if register == "after_sales_register":
        return (OwnColumn("退回天数(经理自用)", [Formula(_TRAVELLED, _travelled(row)) for row in rows], code="0"),)
    return ()


def number(value: Content) -> float:
    """What a formula sees in a cell: nothing where a text stands."""
    value = value.result if isinstance(value, Formula) else value
    return value if isinstance(value, float) else 0.0


def _commission(row: Row) -> float:
    """What the formula of the manager's own column gives: sheets round halves up."""
    return float((Decimal(str(number(row["amount_paid"]))) * Decimal("0.005")).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _travelled(row: Row) -> float | str:
    back, registered = row.get("parcel_back_on"), row.get("registered_at")
    return back - int(registered) if isinstance(back, float) and isinstance(registered, float) else ""


def chart(rows: Sequence[Row], today: dt.date) -> ChartTab:
    """What was transferred in each month the quarter touches, counted by formulas from the sheet itself."""
    months: list[dt.date] = []
    day = (today - dt.timedelta(days=DAYS)).replace(day=1)
    while day < today:
        months.append(day)
        day = (day + dt.timedelta(days=31)).replace(day=1)
    amounts, dates = "{银行转账明细表!amount_paid:column}", "{银行转账明细表!paid_at:column}"
    lines: list[tuple[Content, ...]] = []
    for month in months:
        after = (month + dt.timedelta(days=31)).replace(day=1)
        within = f'{dates},">="&DATE({month.year},{month.month},1),{dates},"<"&DATE({after.year},{after.month},1)'
        paid = [number(row["amount_paid"]) for row in rows if _is_within(row, month, after)]
        lines.append(
            (
                f"{month.year}年{month.month}月",
                Formula(f"COUNTIFS({within})", float(len(paid))),
                Formula(f"SUMIFS({amounts},{within})", round(sum(paid), 6)),
            )
        )
    return ChartTab("月度图", ("月份", "笔数", "每月转账金额"), lines, charted=3)


def _is_within(row: Row, month: dt.date, after: dt.date) -> bool:
    paid_at = row["paid_at"]
    return isinstance(paid_at, Serial) and Serial.of(month) <= paid_at < Serial.of(after)
