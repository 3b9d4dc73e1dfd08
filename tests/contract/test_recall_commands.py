"""撤回包裹 by command line, from the first registration to the closed case, and every refusal on the way: real processes,
a real .xlsx file, read back with another library."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from logic.clock import now

ROOT = Path(__file__).resolve().parents[2]
BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode")}
CASES, SLIPS = "售后登记表", "快件退回单"
PEOPLE = (
    ("赵敏", "售后客服", ""), ("钱多多", "售后客服", ""), ("李强", "打单员", ""), ("周平", "配货员", "打单员"),
    ("王芳", "售前客服", ""), ("林佩文", "部门主管", ""), ("何总", "运营总监", ""),
)  # fmt: skip
RECALL = {
    "店铺": "晴禾家居",
    "售后类型": "撤回包裹",
    "责任客服(售后客服)": "赵敏",
    "客户ID(旺旺)": "tb_8801",
    "订单号": "2103020000000000001",
    "情况说明": "拍错颜色,不想要了",
    "快递公司": "圆通速递",
    "原快递单号": "YT8800123456789",
}
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Book:
    """A workbook and the command line that writes it."""

    path: Path
    data: Path

    def run(self, *arguments: str, lines: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "logic", arguments[0], str(self.path), *arguments[1:]],
            cwd=ROOT,
            env={**os.environ, **BYTECODE, "CONSOLE_DATA": str(self.data)},
            input=lines.encode(),
            capture_output=True,
            timeout=120,
        )
        assert done.returncode in (0, 1), done.stderr.decode()
        return done.stdout.decode()

    def submit(self, actor: str, *lines: Mapping[str, Any]) -> list[Answer]:
        text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
        answers = [json.loads(line) for line in self.run("submit", "--actor", actor, lines=text).splitlines()]
        assert len(answers) == len(lines)
        return answers

    def saved(self, actor: str, *lines: Mapping[str, Any]) -> list[Answer]:
        answers = self.submit(actor, *lines)
        assert [one["outcome"] for one in answers] == ["saved"] * len(lines), answers
        return answers

    def row(self, tab: str, record: str) -> dict[str, Any]:
        """A record as it stands in the file, without its blank cells."""
        header, *rows = openpyxl.load_workbook(self.path)[tab].iter_rows(values_only=True)
        found = [dict(zip(map(str, header), row, strict=True)) for row in rows]
        (one,) = [row for row in found if row["记录编号"] == record]
        return {name: value for name, value in one.items() if value is not None}

    def found(self) -> set[tuple[str, str, str]]:
        """What `check` says: sheet, level, rule."""
        found = map(json.loads, self.run("check", "--json").splitlines())
        return {(one["sheet"], one["level"], one["rule"]) for one in found}


def case(identity: str | None, /, step: str = "", **more: Any) -> dict[str, Any]:
    line = {"register": "after_sales_register", "id": identity, **more}
    return line | {"transition": step} if step else line


def values(identity: str | None, given: Mapping[str, str | None], step: str = "", **more: Any) -> dict[str, Any]:
    return case(identity, step, values=given, **more)


def slip(identity: str, given: Mapping[str, str | None]) -> dict[str, Any]:
    return {"register": "recall_slips", "id": identity, "values": given}


def refused(answer: Answer, rule: str, column: str) -> bool:
    blocks = {(one["rule"], one["column"]) for one in answer["violations"] if one["level"] == "BLOCK"}
    assert answer["outcome"] == "rejected" and (rule, column) in blocks, answer
    assert all(one["message"] and one["remedy"] for one in answer["violations"]), answer
    return True


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with people in it, unknown to any installation."""
    folder = tmp_path_factory.mktemp("recall")
    book = Book(folder / "台账.xlsx", folder / "data")
    book.run("init")
    people = [
        {"register": "staff", "values": {"姓名": name, "岗位": position, "兼任岗位": extra}}
        for name, position, extra in PEOPLE
    ]
    book.saved("店长", {"edits": people})
    book.path.with_name(f".{book.path.name}.console").unlink()
    return book.path


@pytest.fixture
def book(staffed: Path, tmp_path: Path) -> Book:
    return Book(Path(shutil.copy(staffed, tmp_path / "台账.xlsx")), tmp_path / "data")


def test_the_whole_recall_with_every_refusal_on_the_way(book: Book) -> None:
    today = now().date()

    # 登记
    no_waybill, nobody, made = book.submit(
        "赵敏",
        values(None, RECALL | {"原快递单号": ""}),
        values(None, RECALL | {"责任客服(售后客服)": ""}),
        values(None, RECALL),
    )
    assert refused(no_waybill, "AFS-01", "原快递单号") and refused(nobody, "AFS-19", "责任客服(售后客服)")
    one = str(made["id"])
    assert made["outcome"] == "saved"
    assert book.submit("李强", values(None, RECALL))[0]["outcome"] == "denied", "a printer does not register"

    # 联系快递;没有联系、没有退回单就签收
    (early,) = book.submit("李强", case(one, "签收原包裹"))
    assert refused(early, "AFS-01", "联系快递时间") and refused(early, "AFS-02", "退回单编号")
    book.saved("赵敏", case(one, "已联系快递"), case(one, "打印快件退回单(两联)", values={"slip_info": "退回杭州仓"}))
    number = str(book.row(CASES, one)["退回单编号"])
    assert re.fullmatch(r"TD\d{6}-[2-9A-Z]{5}", number)
    printed = book.row(SLIPS, number)
    assert (printed["退回单编号"], printed["售后编号"], printed["退回单状态"]) == (number, one, "已打印")
    assert (printed["快递公司"], printed["原快递单号"]) == (RECALL["快递公司"], RECALL["原快递单号"])
    assert printed["退回单打印时间"].date() == today and printed["登记人"] == "赵敏"

    # 快递签字
    book.saved("赵敏", slip(number, {"原快递单号": None}))
    (blank_number,) = book.submit("李强", case(one, "快递已签字", values={"快递签字人": "王师傅"}))
    assert refused(blank_number, "AFS-04", "原快递单号")
    book.saved("赵敏", slip(number, {"原快递单号": RECALL["原快递单号"]}))
    unsigned, too_early, keeper, signed = book.submit(
        "李强",
        case(one, "快递已签字"),
        case(one, "快递已签字", values={"快递签字人": "王师傅", "签字日期": "2021-01-01"}),
        case(one, "快递已签字", values={"快递签字人": "王师傅", "签字联保管人(打单员)": "王芳"}),
        case(one, "快递已签字", values={"快递签字人": "王师傅"}),
    )
    assert refused(unsigned, "AFS-03", "快递签字人") and refused(keeper, "AFS-03", "签字联保管人(打单员)")
    assert refused(too_early, "AFS-08", "退回单编号")
    assert signed["outcome"] == "saved", signed

    # 退款在签收之前
    early_refund, released, denied = book.submit(
        "赵敏",
        values(one, {"退款日期": f"{today}"}),
        values(one, {"退款日期": f"{today}"}, release=["AFS-07"], reason="客户急"),
        case(one, "签收原包裹"),
    )
    assert refused(early_refund, "AFS-07", "退款日期")
    assert released["outcome"] == "rejected" and "部门主管" in released["reason"]
    assert denied["outcome"] == "denied" and "打单员" in denied["reason"]

    # 签收:写错签注、签收日期在将来、不是打单员
    phrase, future, received = book.submit(
        "李强",
        case(one, "签收原包裹", values={"收件签注": "原包裹收到"}),
        case(one, "签收原包裹", values={"签收日期": f"{today + dt.timedelta(days=1)}"}),
        case(one, "签收原包裹", values={"包裹状况": "完好"}),
    )
    assert refused(phrase, "AFS-06", "收件签注") and refused(future, "AFS-06", "签收日期")
    assert received["outcome"] == "saved" and received["violations"] == []
    (other,) = book.submit("赵敏", values(one, {"签收人": "王芳"}))
    assert refused(other, "AFS-06", "签收人")

    # 退款、结案
    same, started, refunded, blank, no_result, contacted, unfinished = book.submit(
        "赵敏",
        case(one, "处理退款", values={"退款处理人": "李强"}),
        case(one, "处理退款", values={"退款发起方式": "客服同意", "退款金额": "59"}),
        case(one, "登记退款"),
        case(one, "结案", values={"处理结果": "已撤回退款"}),
        case(one, "结案", values={"平台退款编号": "770000000000000001"}),
        values(one, {"已联系部门/快递": "圆通客服"}),
        case(one, "结案", values={"处理结果": "已撤回退款", "平台退款编号": "770000000000000001"}),
    )
    assert refused(same, "AFS-09", "退款处理人") and refused(same, "AFS-07", "退款处理人")
    assert {started["outcome"], refunded["outcome"], contacted["outcome"]} == {"saved"}
    assert refused(blank, "AFS-16", "平台退款编号") and refused(no_result, "AFS-16", "处理结果")
    assert refused(unfinished, "AFS-20", "联系时间")
    book.saved(
        "赵敏",
        case(one, "登记已联系"),
        case(one, "结案", values={"处理结果": "已撤回退款", "平台退款编号": "770000000000000001"}),
    )
    _stands_in_the_file(book, one, number, today)
    assert not {rule for _, level, rule in book.found() if level == "BLOCK"}


def _stands_in_the_file(book: Book, one: str, number: str, today: dt.date) -> None:
    row, paper = book.row(CASES, one), book.row(SLIPS, number)
    day = dt.datetime.combine(today, dt.time())
    times = ("登记日期", "联系快递时间", "联系时间", "登记时间", "最后修改时间")
    assert [row.pop(name).date() for name in times] == [today] * len(times)
    assert row == RECALL | {
        "退回单编号": number, "包裹状况": "完好", "包裹退回日期": day, "收件签注": "原包裹已收到", "签收人": "李强",
        "签收日期": day, "退款发起方式": "客服同意", "退款金额": 59, "退款处理人": "赵敏", "退款日期": day,
        "平台退款编号": "770000000000000001", "已联系部门/快递": "圆通客服", "处理结果": "已撤回退款", "状态": "已结案",
        "记录编号": one, "登记人": "赵敏", "最后修改人": "赵敏",
    }  # fmt: skip
    times = ("退回单打印时间", "登记时间", "最后修改时间")
    assert [paper.pop(name).date() for name in times] == [today] * len(times)
    assert paper == {
        "退回单编号": number, "售后编号": one, "快递公司": "圆通速递", "原快递单号": "YT8800123456789",
        "单子信息(寄件/收件/退回地址)": "退回杭州仓", "快递签字人": "王师傅", "签字日期": day, "签字联保管人(打单员)": "李强",
        "签字联已交还快递": "是", "签字联交还日期": day, "退回单状态": "签字联已交还", "记录编号": number,
        "登记人": "赵敏", "最后修改人": "李强",
    }  # fmt: skip


def test_a_head_releases_the_platform_refunds_and_a_recall_fails(book: Book) -> None:
    """DAT-07 both ways; 撤回失败 from 已联系快递; 兼任岗位 signs; the signed part that never came back."""
    today = f"{now().date()}"
    made = book.saved(
        "赵敏",
        *(values(None, RECALL | {"原快递单号": f"YT880012345678{n}", "客户ID(旺旺)": f"tb_{n}"}) for n in range(4)),
    )
    early, platform, failed, lost = (str(one["id"]) for one in made)
    everyone = (early, platform, failed, lost)
    book.saved("赵敏", *(case(one, "contact_courier") for one in everyone))
    book.saved("赵敏", *(case(one, "print_slip") for one in everyone if one != failed))
    book.saved("李强", case(lost, "courier_signed", values={"courier_signer": "王师傅"}))

    released, himself = book.submit(
        "林佩文",
        values(early, {"退款日期": today, "退款金额": "59", "退款处理人": "赵敏"}, release=["AFS-07"], reason="客户急"),
        values(early, {"退款日期": today, "退款处理人": "林佩文"}),
    )
    assert [(one["rule"], one["level"]) for one in released["violations"]] == [("AFS-07", "WARN")]
    assert released["outcome"] == "saved" and refused(himself, "AFS-07", "退款处理人")

    fact, reasonless, gone = book.submit(
        "钱多多",
        values(platform, {"退款发起方式": "平台自动退款", "退款日期": today, "平台退款编号": "7700000000000000002"}),
        case(failed, "撤回失败"),
        case(failed, "撤回失败", values={"撤回失败原因": "已签收"}),
    )
    assert fact["outcome"] == gone["outcome"] == "saved" and reasonless["outcome"] == "rejected"
    assert [(one["rule"], one["level"]) for one in fact["violations"]] == [("AFS-07", "WARN")]

    (swapped,) = book.saved("周平", case(lost, "receive_without_swap"))
    number = str(book.row(CASES, lost)["退回单编号"])
    assert {one["rule"] for one in swapped["violations"]} == {"AFS-05"}
    assert (book.row(CASES, lost)["签收人"], book.row(SLIPS, number)["签字联已交还快递"]) == ("周平", "否")
    book.saved(
        "赵敏", slip(number, {"备注": "快递把单子弄丢了"}), case(failed, "结案", values={"处理结果": "已转退换货"})
    )
    assert "AFS-05" not in {rule for _, _, rule in book.found()}
    assert book.row(CASES, failed)["状态"] == "已结案"


def test_quality_claims_and_handing_over(book: Book) -> None:
    claim = {name: text for name, text in RECALL.items() if name not in ("快递公司", "原快递单号")}
    (made,) = book.saved("赵敏", values(None, claim | {"售后类型": "质量问题", "情况说明": "杯盖漏水"}))
    one = str(made["id"])
    recalled, asked, unseen, verified, refund, silent, nobody, given = book.submit(
        "赵敏",
        case(one, "打印快件退回单(两联)"),
        case(one, "请客户拍照"),
        case(one, "核实", values={"核实结论": "不属实"}),
        case(one, "核实", values={"核实结论": "不属实", "质量照片": "漏水.jpg"}),
        case(one, "处理退款"),
        values(one, {"责任客服(售后客服)": "钱多多"}),
        values(one, {"责任客服(售后客服)": None}),
        case(one, "转交", values={"责任客服(售后客服)": "赵敏", "转交原因": "原来的客服"}),
    )
    assert recalled["outcome"] == "rejected" and "打印快件退回单" in recalled["reason"], "no button of this case"
    assert asked["outcome"] == verified["outcome"] == given["outcome"] == "saved"
    assert refused(unseen, "AFS-10", "质量照片") and refused(refund, "AFS-10", "退款处理人")
    assert refused(nobody, "AFS-19", "责任客服(售后客服)")
    assert silent["outcome"] == "saved"
    assert [(one["rule"], one["level"]) for one in silent["violations"]] == [("AFS-19", "WARN")]
    assert given["violations"] == []
    book.saved("赵敏", case(one, "结案", values={"处理结果": "照片看不出漏水,已说明"}))
    row = book.row(CASES, one)
    assert (row["状态"], row["核实人"], row["转交人"], row["责任客服(售后客服)"]) == ("已结案", "赵敏", "赵敏", "赵敏")


def test_what_the_company_sets_for_itself(book: Book) -> None:
    """Without slips (在线拦截), and one person for two steps; two recalls of one parcel are asked about."""
    since = {"生效日期": "2021-01-01", "修改人": "林佩文", "批准人": "何总"}
    book.saved(
        "何总",
        {"register": "settings", "values": since | {"参数名": "recall_slip_required", "值": "否"}},
        {"register": "settings", "values": since | {"参数名": "allow_multi_role", "值": "是"}},
    )
    made, twin = book.saved("赵敏", values(None, RECALL), values(None, RECALL | {"客户ID(旺旺)": "tb_9"}))
    assert "AFS-17" in {one["rule"] for one in twin["violations"] if one["level"] == "WARN"}
    one = str(made["id"])
    book.saved("赵敏", case(str(twin["id"]), "作废", reason="重复登记"), case(one, "已联系快递"))
    (unproved,) = book.submit("李强", case(one, "签收原包裹"))
    assert refused(unproved, "AFS-02", "快递回复截图")
    book.saved("赵敏", values(one, {"快递回复截图": "同意拦截.png"}))
    book.saved("李强", case(one, "签收原包裹"))
    (both,) = book.submit(
        "赵敏", case(one, "处理退款", values={"退款处理人": "李强"}, release=["AFS-07"], reason="小店")
    )
    assert ("AFS-09", "WARN") in {(one["rule"], one["level"]) for one in both["violations"]}
    assert refused(both, "AFS-07", "退款处理人")
    assert book.row(CASES, one)["状态"] == "原包裹已收到"
