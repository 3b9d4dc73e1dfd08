"""A register is one file: found by itself, examined at start, and everything follows from the declaration."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from logic.declarations import DeclarationError, examine, unlisted_rules
from logic.fields import Row, field
from logic.formulas import blank
from logic.handbook.entries import registers_data
from logic.judgement import Judgement
from logic.kinds import Choice, Integer, Money, Staff, Text, YesNo
from logic.register import Printout, Register, registers
from logic.rules import Across, Fault, Level, Rule, rule, waiting
from logic.source import Source
from logic.workflow import NOW, Effect, Transition, Workflow
from tests.tables import found, table

SOURCE = Source("000:L217", "并跟踪订单顺利进行")
STANDARD = ["状态", "备注", "记录编号", "登记人", "登记时间", "最后修改人", "最后修改时间", "检查结果"]


class Parcel(Row):
    """测试用的登记表。"""

    number: str | None = field("编号", Text(), naming=True, source=SOURCE)
    count: int | None = field("件数", Integer())
    price: Decimal | None = field("单价", required=True, formerly=("价格",))


def register(**changes: object) -> Register:
    given: dict[str, object] = {
        "key": "parcels",
        "title": "包裹表",
        "prefix": "BG",
        "area": "system",
        "model": Parcel,
        "samples": ({"number": "1"},),
    }
    return Register(**(given | changes))  # type: ignore[arg-type]


def ids(one: Register) -> set[str]:
    return {finding.id for finding in examine([one])}


def test_columns_come_in_the_order_of_the_declaration_with_the_standard_ones_last() -> None:
    one = register()
    assert [column.header for column in one.spec().columns] == ["编号", "件数", "单价", *STANDARD]
    assert isinstance(one.fields["price"].kind, Money), "the kind follows from the annotation"
    assert one.field("价格") is one.field("price") is one.fields["price"]
    assert one.field("单 价＊") is one.field(" 单价 *") is one.fields["price"]
    assert one.field("单") is None
    assert one.nearest("单价格") == ("单价",)
    assert one.fields["number"].note == f"依据:{SOURCE}"
    assert one.fields["status"].kind.options == ("作废",)


def test_pydantic_keeps_our_field_in_its_metadata() -> None:
    info = Parcel.model_fields["price"]
    assert [item.header for item in info.metadata if hasattr(item, "header")] == ["单价"]


@pytest.mark.parametrize("key", list(registers()))
def test_the_registers_are_found_by_themselves(key: str) -> None:
    one = registers()[key]
    headers = [column.header for column in one.spec().columns]
    assert headers[-8:] == STANDARD
    assert len(set(headers)) == len(headers)
    assert one.doc


def test_bank_transfers_has_the_columns_of_the_catalogue() -> None:
    assert [one.header for one in registers()["bank_transfers"].fields.values()][:-8] == [
        "店铺", "登记日期", "客户ID(旺旺)", "客户姓名", "联系电话", "收货地址", "订单号", "商品及数量",
        "应付金额(所列订单合计)", "转账金额", "转账日期时间", "付款人户名", "付款银行", "付款账号后四位", "收款账户", "转账凭证",
        "到账确认", "到账时间", "确认人", "订单进度", "跟踪记录", "最近跟踪时间", "跟踪人", "快递单号", "发货时间",
    ]  # fmt: skip


def test_staff_has_the_columns_of_the_catalogue() -> None:
    assert [one.header for one in registers()["staff"].fields.values()][:-8] == [
        "姓名", "花名", "旺旺子账号", "工号", "登录邮箱", "手机", "部门", "岗位", "兼任岗位", "职级", "直接上级", "班制",
        "要交周报月报", "入职日期", "离职日期", "人员状态", "交接编号", "交接情况", "旺旺号",
    ]  # fmt: skip


# Declarations that contradict themselves --------------------------------------------------------------------------------


def model(**columns: tuple[object, object]) -> type[Row]:
    """A row model with these columns beside 编号."""
    named = {"number": (str | None, field("编号", Text(), naming=True))} | columns
    annotations = {name: annotation for name, (annotation, _) in named.items()}
    values = {name: info for name, (_, info) in named.items()}
    return type("Wrong", (Row,), {"__annotations__": annotations, "__module__": __name__, **values})


STEP = Transition(key="go", label="走", source_states=("开始",), target="结束", roles=())
FLOW = Workflow(states=("开始", "结束"), initial="开始", closed_states=frozenset(), transitions=())


WITH_PERSON = model(who=(str | None, field("谁", Staff())))


def flow(**changes: object) -> Workflow:
    return dataclasses.replace(FLOW, transitions=(dataclasses.replace(STEP, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        ("D03", {"prefix": "b1"}),
        ("D04", {"title": "包裹/表"}),
        ("D04", {"title": "包" * 32}),
        ("D05", {"area": "nowhere"}),
        ("D06", {"model": model(number=(str | None, field("编号", Text())))}),
        ("D07", {"samples": ()}),
        ("D08", {"samples": ({"nobody": "1"},)}),
        ("D09", {"model": model(mine=(str | None, field("检查结果", Text())))}),
        ("D10", {"model": model(mine=(str | None, field("编号", Text())))}),
        ("D10", {"model": model(mine=(str | None, field("别的", Text(), formerly=("编号",))))}),
        ("D11", {"model": model(mine=(str | None, field("长" * 41, Text())))}),
        ("D12", {"model": model(mine=(str | None, field("自动", Text(), engine=True)))}),
        ("D13", {"model": model(mine=(bytes | None, field("字节")))}),
        ("D14", {"model": model(mine=(str | None, field("是否", YesNo())))}),
        ("D16", {"rules": (waiting("X-01", Level.WARN, fields=("nobody",), source=SOURCE, doc="x", waits="等"),)}),
        ("D17", {"rules": (waiting("X-01", Level.WARN, fields=(), source=SOURCE, doc="x", waits=""),)}),
        ("D18", {"rules": (waiting("X-01", Level.WARN, fields=(), source=SOURCE, doc="", waits="等"),)}),
        ("D20", {"workflow": dataclasses.replace(FLOW, initial="没有")}),
        ("D20", {"workflow": dataclasses.replace(FLOW, transitions=(dataclasses.replace(STEP, target="没有"),))}),
        ("D21", {"workflow": dataclasses.replace(FLOW, transitions=(STEP, STEP))}),
        ("D22", {"workflow": dataclasses.replace(FLOW, transitions=(dataclasses.replace(STEP, needs=("nobody",)),))}),
        ("D37", {"answerable": ("created_by", "nobody")}),
        (
            "D23",
            {"workflow": dataclasses.replace(FLOW, transitions=(dataclasses.replace(STEP, stamps={"count": NOW}),))},
        ),
    ],
)
def test_a_contradiction_is_found(number: str, changes: dict[str, object]) -> None:
    findings = examine([register(**changes)])
    assert number in {finding.id for finding in findings}
    assert all(finding.message and finding.hint and finding.object for finding in findings)


def checked(**changes: object) -> Rule:
    """A rule with examples, otherwise as good as can be."""

    def check(row: Parcel, look: object) -> Iterator[Fault]:
        """什么也不查。"""
        yield from ()

    given: dict[str, object] = {"fields": ("count",), "source": SOURCE, "good": {}, "bad": {}}
    return rule("X-01", Level.BLOCK, **(given | changes))(check)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        ("D24", {"rules": (checked(settings=("nobody",)),)}),
        ("D24", {"model": model(mine=(str | None, field("列", Choice(closed=False), options_from="nobody")))}),
        ("D25", {"rules": (checked(looks_at=("orders",)),)}),
        ("D27", {"workflow": flow(effects=(Effect(register="nobody", link="number"),))}),
        ("D29", {"grants": {"财务": "X"}}),
        ("D30", {"released_when": {"nobody": ("是",)}}),
        ("D31", {"prints": (Printout(key="one", title="单", fields=("nobody",)),)}),
        ("D32", {"rules": (checked(bad={"numbre": "1"}),)}),
        ("D33", {"rules": (checked(across=(Across("staff", here="who", there="name"),)),), "model": WITH_PERSON}),
        ("D34", {"workflow": flow(prints=("parcels", "nobody"))}),
        ("D38", {"rules": (checked(formulas={"nobody": blank("count")}),)}),
        ("D38", {"rules": (checked(formulas={"count": blank("nobody")}),)}),
    ],
)
def test_what_a_declaration_offers_is_examined_too(number: str, changes: dict[str, object]) -> None:
    findings = examine([register(**changes)])
    assert number in {finding.id for finding in findings}


def test_names_are_compared_between_registers() -> None:
    across = Across("others", here="number", there="nobody")
    effect = Effect(register="others", link="number", values={"nobody": "1"}, asks=("count",))
    one = register(rules=(checked(across=(across,)),), workflow=flow(effects=(effect,), roles=("财务", "裁缝")))
    other = register(key="others", title="别的", prefix="BD")
    known = [one, other, registers()["staff"]]
    assert {finding.id for finding in examine(known)} == {"D26", "D28", "D35"}
    assert "count" in next(finding for finding in examine([register(samples=({"coutn": "1"},))])).hint


def test_a_bare_function_among_the_rules_is_named() -> None:
    def forgotten(row: object, look: object) -> None: ...

    with pytest.raises(TypeError, match=r"forgotten in rules=.* is not decorated with @rule"):
        register(rules=(forgotten,))


def test_a_good_declaration_has_no_findings() -> None:
    assert examine([register(workflow=dataclasses.replace(FLOW, transitions=(STEP,)))]) == []


def test_registers_must_not_share_prefix_key_or_title() -> None:
    assert [finding.id for finding in examine([register(), register()])] == ["D01", "D01", "D01"]


def test_rules_need_examples_and_must_be_listed_once() -> None:
    @rule("X-01", Level.BLOCK, fields=("count",), source=SOURCE)
    def check(row: Parcel, look: object) -> Iterator[Fault]:
        """什么也不查。"""
        yield from ()

    assert ids(register(rules=(check,))) == {"D19"}
    assert "D15" in ids(register(rules=(check, check)))
    assert [finding.id for finding in unlisted_rules(register(), [check, "other"])] == ["D02"]


def test_a_column_without_field_is_refused() -> None:
    class Bare(Row):
        number: str | None = None

    with pytest.raises(TypeError, match=r"Bare\.number"):
        register(model=Bare)


# A throw-away register ----------------------------------------------------------------------------------------------------

THROWAWAY = '''
from __future__ import annotations

from collections.abc import Iterator

from logic.vocabulary import BLOCK, Fault, Integer, Look, Register, Row, Source, Text, field, rule


class Loan(Row):
    """借用登记:谁借走了什么。"""

    thing: str | None = field("物品", Text(), naming=True, help="借走的物品")
    count: int | None = field("数量", Integer(), required=True)


@rule("LND-01", BLOCK, fields=("count",), source=Source("000:L217", "并跟踪订单顺利进行", inferred=True),
      good={"count": "1"}, bad={"count": "0"})
def at_least_one(row: Loan, look: Look) -> Iterator[Fault]:
    """至少借一件。"""
    if row.count is not None and row.count < 1:
        yield Fault("count", f"数量是 {row.count}", "请填写 1 或更大的数")


REGISTER = Register(key="loans", title="借用登记", prefix="JY", area="system", model=Loan, rules=(at_least_one,),
                    samples=({"thing": "梯子", "count": "1"},))
'''


def test_a_file_dropped_in_is_a_register(more_registers: Path) -> None:
    folder = more_registers / "office"
    folder.mkdir()
    (folder / "loans.py").write_text(THROWAWAY, encoding="utf-8")
    one = registers()["loans"]
    assert one.doc == "借用登记:谁借走了什么。"
    judgement = Judgement.of(
        registers(), {"loans": table(one, "物品|数量\n梯子|0\n锤子|\n扳手|两个")}, now=dt.datetime(2021, 3, 10)
    )
    assert found(judgement.violations()) == ["BLOCK LND-01 数量", "BLOCK DAT-01 数量", "BLOCK DAT-01 数量"]
    data = registers_data(registers())
    assert [entry["title"] for entry in data["registers"] if entry["key"] == "loans"] == ["借用登记"]
    assert {"id": "LND-01", "register": "loans", "level": "BLOCK", "state": "active", "why": ""} in data["rules"]


def test_a_contradiction_stops_the_start_and_names_all(more_registers: Path) -> None:
    wrong = THROWAWAY.replace('"JY"', '"YH"').replace('fields=("count",)', 'fields=("counts",)')
    (more_registers / "loans.py").write_text(wrong, encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        registers()
    assert {(finding.id, finding.object) for finding in caught.value.findings} == {
        ("D01", "bank_transfers、loans"),
        ("D16", "loans.LND-01"),
    }


# Handbook, workflow -------------------------------------------------------------------------------------------------------


def test_handbook_data() -> None:
    data = registers_data(registers())
    keys = ["after_sales_register", "bank_transfers", "orders", "recall_slips", "settings", "staff"]
    assert set(keys) <= {entry["key"] for entry in data["registers"]}
    transfers = next(entry for entry in data["registers"] if entry["key"] == "bank_transfers")
    assert transfers["columns"][0] == {
        "field": "shop",
        "header": "店铺",
        "kind": "choice",
        "options": [],
        "required": False,
    }
    rules = {(entry["register"], entry["id"]): entry for entry in data["rules"]}
    numbers = [f"BNK-{n:02}" for n in range(1, 13)]
    assert [number for register, number in rules if register == "bank_transfers"] == numbers
    assert {rules["bank_transfers", number]["state"] for number in numbers} == {"active"}
    waiting = rules["after_sales_register", "AFS-11"]
    assert waiting["state"] == "waiting" and "order_cancellations" in waiting["why"]
    everywhere = {id for where, id in rules if where == "*"}
    assert everywhere == {f"DAT-0{n}" for n in range(1, 10)} | {"SOD-01", "SOD-02", "SOD-04", "SOD-05"}
    flow = next(entry for entry in data["workflows"] if entry["register"] == "bank_transfers")
    confirm = flow["transitions"][0]
    assert confirm == {
        "key": "confirm_arrival",
        "label": "确认到账",
        "from": ["已登记", "超时未到账"],
        "to": "已到账",
        "roles": ["财务"],
        "needs": ["amount_paid", "paid_at"],
        "stamps": {"arrived": "是", "arrived_at": "now if blank", "confirmed_by": "actor"},
    }


def test_buttons_write_time_name_and_state() -> None:
    flow = registers()["bank_transfers"].workflow
    assert flow is not None
    confirm = flow.transition("确认到账")
    assert confirm is not None and confirm in flow.possible(None)
    now = dt.datetime(2021, 3, 2, 15, 30, 12)
    assert confirm.writes({}, "陈静", now) == {
        "status": "已到账",
        "arrived": "是",
        "arrived_at": "2021-03-02 15:30",
        "confirmed_by": "陈静",
    }
    assert "arrived_at" not in confirm.writes({"arrived_at": "2021-03-02"}, "陈静", now)
    assert {step.label for step in flow.possible("已完成")} == set()
    track = flow.transition("track")
    assert track is not None and "status" not in track.writes({}, "王芳", now)


def test_choice_of_rule_levels_has_labels() -> None:
    assert [level.label for level in Level] == ["不能保存", "需说明", "提醒"]
    assert isinstance(registers()["staff"].fields["position"].kind, Choice)
    assert isinstance(registers()["staff"].rules[0], Rule)
