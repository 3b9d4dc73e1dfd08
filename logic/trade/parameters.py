"""Every setting the rules ask, with its default (catalogue 4.6)."""

from __future__ import annotations

from collections.abc import Mapping

from logic.kinds import Integer, Money, YesNo
from logic.settings import Parameter

_ALL = (
    Parameter(
        key="bank_tolerance",
        title="银行转账允许差额(元)",
        kind=Money(),
        default="1.00",
        help="到账合计和应付合计相差多少以内算相符",
        used_by=("BNK-07",),
    ),
    Parameter(
        key="recall_days",
        title="撤回包裹跟进天数",
        kind=Integer(),
        default="7",
        help="登记后多少天还没有收到退回的包裹要跟进",
        used_by=("AFS-18",),
    ),
    Parameter(
        key="recall_slip_required",
        title="撤回包裹要打快件退回单",
        kind=YesNo(),
        default="是",
        help="选“否”表示在线拦截,不打退回单,改为上传快递回复截图",
        used_by=("AFS-02", "AFS-03", "AFS-04", "AFS-05"),
    ),
)

PARAMETERS: Mapping[str, Parameter] = {one.key: one for one in _ALL}
