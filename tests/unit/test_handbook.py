"""The handbook: it says what the declarations say, every rule of the catalogue is in it, its pictures can be drawn."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import logic.registers
from logic.cli import Trouble, handbook
from logic.handbook import mermaid
from logic.handbook.document import text
from logic.handbook.entries import Entry, all_entries, registers_data
from logic.handbook.uncheckable import UNCHECKABLE
from logic.register import registers
from logic.rules import Level
from logic.source import verify
from logic.trade.parameters import PARAMETERS

PROJECT = Path(__file__).resolve().parents[2]
FACTS = PROJECT / "tests" / "catalogue_rules.txt"
FAMILIES = ("RMK-", "AFS-", "BNK-", "DAT-", "SOD-")


def test_the_document_is_up_to_date() -> None:
    written = (PROJECT / "docs" / "handbook.zh.md").read_text(encoding="utf-8")
    assert written == text(registers()), "请运行 python -m logic handbook"


# Against the catalogue --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """What the catalogue says of a rule: its levels, and the registers it is about, * being all."""

    levels: frozenset[str]
    registers: frozenset[str]

    def awaited(self) -> bool:
        return "*" in self.registers or not self.registers.isdisjoint(registers())


def facts() -> dict[str, Fact]:
    lines = [line.split() for line in FACTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {
        id: Fact(frozenset(levels.split(",")) - {"-"}, frozenset(about.split(","))) for id, levels, about, *_ in lines
    }


def declared() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in all_entries(registers()):
        for id in (entry.id, *entry.also):
            found.setdefault(id, []).append(entry)
    return found


def test_every_rule_of_the_catalogue_is_active_or_waits_with_a_reason() -> None:
    found = declared()
    assert [id for id, fact in facts().items() if fact.awaited() and id not in found] == []
    assert [id for id, several in found.items() if not all(entry.active or entry.why for entry in several)] == []


def test_no_rule_is_invented_or_stands_in_a_register_it_is_not_about() -> None:
    known = facts()
    found = {id: several for id, several in declared().items() if id.startswith(FAMILIES)}
    assert found.keys() <= known.keys()
    misplaced = [
        f"{id} in {entry.key}"
        for id, several in found.items()
        for entry in several
        if not {"*", entry.key} & known[id].registers and entry.key != "*"
    ]
    assert misplaced == []


def test_rules_have_the_levels_of_the_catalogue() -> None:
    known = facts()
    wrong = [
        f"{entry.id} in {entry.key}: {levels}"
        for entry in all_entries(registers())
        if entry.id in known and known[entry.id].levels
        if not (levels := {str(one.level) for one in entry.rules}) <= known[entry.id].levels
    ]
    assert wrong == []


def test_no_setting_is_unknown_and_every_one_is_in_the_document() -> None:
    asked = {key for entry in all_entries(registers()) for key in entry.settings}
    assert asked <= PARAMETERS.keys()
    written = text(registers())
    assert all(f"| {one.title} | " in written for one in PARAMETERS.values())


def test_what_cannot_be_checked_is_cited_word_for_word() -> None:
    assert len(UNCHECKABLE) == 13
    assert [fault for one in UNCHECKABLE for source in one.sources if (fault := verify(source))] == []
    written = text(registers())
    assert all(one.why in written and one.instead in written for one in UNCHECKABLE)


def test_examples_say_what_the_console_says() -> None:
    entries = {entry.id: entry for entry in all_entries(registers()) if entry.key == "bank_transfers"}
    owed = entries["BNK-07"]
    assert owed.levels == (Level.BLOCK, Level.WARN) and "部分情况" in owed.release
    negative = next(one for one in owed.bad if one.told == ("转账金额:-5",))
    assert negative.says == ((Level.BLOCK, "转账金额是 -5.00,要大于 0。请核对金额"),) and not negative.releasable
    assert any(one.releasable for one in owed.bad)
    assert entries["BNK-05"].release == "不能放行" and entries["BNK-08"].release == ""
    locked = entries["BNK-12"].bad[0].told
    assert locked[0].startswith("改之前:") and "已完成" in locked[0] and locked[1] == "改成:备注:改备注"
    assert any("“员工名册”里有:姓名:李强" in line for one in entries["BNK-04"].bad for line in one.told)


def test_examples_of_rules_that_are_judged_are_true() -> None:
    for entry in all_entries(registers()):
        if entry.active and all(rule.active(registers()) for rule in entry.rules):
            assert not any(one.says for one in entry.good), entry.id
            assert all(one.says for one in entry.bad), entry.id


# Pictures ---------------------------------------------------------------------------------------------------------------

STATE = re.compile(r'    state "([^"]+)" as (s\d+)')
START = re.compile(r"    \[\*\] --> (s\d+)")
END = re.compile(r"    (s\d+) --> \[\*\]")
ARROW = re.compile(r"    (s\d+) --> (s\d+): (.+)")
UNSAFE = re.compile(r'["#%&()*:;<>\[\]\\`{|}~]')


def parse(picture: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """States by id and arrows of a state diagram; fails on any other line, on what is not declared, on unsafe labels."""
    head, *lines = picture.splitlines()
    assert head == "stateDiagram-v2"
    states: dict[str, str] = {}
    arrows: list[tuple[str, str, str]] = []
    for line in lines:
        if found := STATE.fullmatch(line):
            assert found[2] not in states
            states[found[2]] = found[1]
        elif found := ARROW.fullmatch(line):
            arrows.append((found[1], found[2], found[3]))
            assert found[1] in states and found[2] in states
        else:
            end = START.fullmatch(line) or END.fullmatch(line)
            assert end is not None and end[1] in states, line
    for label in (*states.values(), *(label for _, _, label in arrows)):
        assert label.strip() and not UNSAFE.search(label), label
    return states, arrows


def test_every_picture_parses_and_shows_every_state_and_arrow() -> None:
    blocks = re.findall(r"```mermaid\n(.*?)\n```", text(registers()), re.DOTALL)
    flows = [one.workflow for one in registers().values() if one.workflow is not None and mermaid.drawn(one)]
    assert len(blocks) == len(flows) > 0
    for block, flow in zip(blocks, flows, strict=True):
        states, arrows = parse(block)
        several = mermaid.label(mermaid.SEVERAL)
        assert set(states.values()) - {several} == {shown_state(state) for state in (*flow.states, flow.initial)}
        drawn = {(states[one], states[other], part) for one, other, said in arrows for part in said.split(" / ")}
        assert drawn == {
            (state, shown_state(step.target), mermaid.label(step.label))
            for step in flow.transitions
            if step.target is not None
            for state in (map(shown_state, step.source_states) if len(step.source_states) < 5 else [several])
        }


def shown_state(state: str) -> str:
    return mermaid.label(state or mermaid.NO_STATE)


def test_signs_of_mermaid_become_full_width() -> None:
    assert mermaid.label('签收"原包裹"(两联): 50%;\n#1') == "签收＂原包裹＂（两联）： 50％； ＃1"


# A register dropped in ---------------------------------------------------------------------------------------------------

LOCKERS = '''
from __future__ import annotations

from collections.abc import Iterator

from logic.vocabulary import (
    ACTOR, BLOCK, NOW_IF_BLANK, REMIND, Across, Choice, Deadline, Fault, Integer, Look, Moment, Printout, Register, Row,
    Source, Staff, Text, Transition, Workflow, field, rule,
)
import datetime as dt

SOURCE = Source("000:L217", "并跟踪订单顺利进行", inferred=True)


class Locker(Row):
    """柜子登记:谁用哪个 | 柜子,
    每个<b>柜子</b>一行。"""

    number: str | None = field("柜号", Text(), naming=True, help="门上的 *号码*", source=SOURCE, group="柜子")
    keys: int | None = field("钥匙数", Integer(), required=True)
    kind: str | None = field("种类", Choice("大", "小"))
    handed_by: str | None = field("经手人", Staff())
    handed_at: dt.date | dt.datetime | None = field("交接时间", Moment())


@rule("LCK-01", BLOCK, fields=("keys",), source=SOURCE, releasable=True, also=("LCK-99",), settings=("recall_days",),
      good={"keys": "1"}, bad={"keys": "0"})
def at_least_one(row: Locker, look: Look) -> Iterator[Fault]:
    """至少一把钥匙。"""
    if row.keys is not None and row.keys < 1:
        yield Fault("keys", f"钥匙数是 {row.keys}", "请填写 1 或更大的数")


@rule("LCK-02", REMIND, fields=("number",), source=SOURCE, needs=("buildings",),
      across=(Across("buildings", "number", "locker"),), good={}, bad={"number": "2"})
def in_a_building(row: Locker, look: Look) -> Iterator[Fault]:
    """柜子要在某座楼里。"""
    yield from ()


REGISTER = Register(
    key="lockers", title="柜子登记", prefix="GZ", area="system", model=Locker, rules=(at_least_one, in_a_building),
    samples=({"number": "1", "keys": "2"},),
    grants={"人资": "CE", "部门主管": "V"},
    released_when={"kind": ("小",)},
    prints=(Printout(key="tag", title="柜子标签", fields=("number",), copies=("门上", "存根"), signatures=("领用人",)),),
    workflow=Workflow(
        states=("空着", "有人(在用)", "停用;待修"), initial="空着", closed_states=frozenset({"停用;待修"}),
        transitions=(
            Transition(key="give", label="交给: 员工", source_states=("空着",), target="有人(在用)", roles=("人资",),
                       needs=("handed_at",), stamps={"handed_by": ACTOR, "handed_at": NOW_IF_BLANK},
                       only={"kind": ("大", "")}, deadline=Deadline("当天", rule="LCK-01"), prints=("lockers", "tag")),
            Transition(key="look", label="看一看", source_states=("空着",), target=None, roles=("部门主管",)),
            Transition(key="stop", label="停用", source_states=("空着", "有人(在用)"), target="停用;待修", roles=("人资",),
                       reason_required=True),
        ),
    ),
)
'''


@pytest.fixture
def lockers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A register file dropped beside those of the project."""
    (tmp_path / "lockers.py").write_text(LOCKERS, encoding="utf-8")
    monkeypatch.setattr(logic.registers, "__path__", [*logic.registers.__path__, str(tmp_path)])
    registers.cache_clear()
    yield
    sys.modules.pop("logic.registers.lockers", None)
    registers.cache_clear()


def test_a_file_dropped_in_has_its_chapter(lockers: None) -> None:
    written = text(registers())
    chapter = written[written.index("## 柜子登记") :]
    assert "谁用哪个 \\| 柜子,每个\\<b\\>柜子\\</b\\>一行。" in chapter, "no title, no blank of a line break, no HTML"
    assert "| 柜号 | 文字<br>门上的 \\*号码\\* | 「并跟踪订单顺利进行」" in chapter
    assert "| 钥匙数 | 整数,必填 |" in chapter and "单选<br>可选:大、小" in chapter
    states, arrows = parse(chapter.split("```mermaid\n")[1].split("\n```")[0])
    assert list(states.values()) == ["空着", "有人（在用）", "停用；待修"]
    assert [said for _, _, said in arrows] == ["交给： 员工", "停用", "停用"]
    assert "图中没有画状态不变的操作:看一看。" in chapter and mermaid.SEVERAL not in chapter.split("### 谁")[0]
    assert (
        "| 交给: 员工 | 空着 | 有人(在用) | 人资 | 交接时间 | 经手人:操作人;交接时间:当时的时间(已填的不改) |"
        in chapter
    )
    assert "只用于“种类”是大、空的记录<br>期限:当天(见 LCK-01)<br>可以打印“柜子标签”" in chapter
    assert "| 人资 | 新增、修改 |" in chapter and "| 部门主管 | 看一看 |" in chapter
    assert "“种类”是小的记录,可以放行的“不能保存”自动改为“需说明”。" in chapter
    assert "- 一式 2 联:门上、存根" in chapter and "- 签字:领用人" in chapter
    assert "#### LCK-01(LCK-99) 不能保存" in chapter
    assert "  - 控制台:**不能保存**,钥匙数是 0。请填写 1 或更大的数(可以放行)" in chapter
    assert f"- 制度参数:{PARAMETERS['recall_days'].title}" in chapter
    assert "#### LCK-02 提醒,还在等" in chapter and "| LCK-02 | 柜子登记 | 不检查 | 等登记表 buildings |" in chapter


def test_the_data_has_every_number_a_rule_answers(lockers: None) -> None:
    data = registers_data(registers())
    rules = {rule["id"]: rule for rule in data["rules"] if rule["register"] == "lockers"}
    assert {id: rule["state"] for id, rule in rules.items()} == {
        "LCK-01": "active",
        "LCK-99": "active",
        "LCK-02": "waiting",
    }
    recall = next(one for one in data["settings"] if one["key"] == "recall_days")
    assert recall["default"] == "7" and "LCK-01" in recall["rules"]


# The command and the page ------------------------------------------------------------------------------------------------


def test_the_command_writes_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "new" / "手册.md"
    assert handbook.run(str(file), as_json=False) == 0
    assert file.read_bytes() == text(registers()).encode()
    assert str(file) in (said := capsys.readouterr().out) and f"{len(registers())} 个登记表" in said
    assert handbook.run("-", as_json=False) == 0
    assert capsys.readouterr().out == text(registers())
    with pytest.raises(Trouble):
        handbook.run(str(tmp_path), as_json=False)


def handbook_page() -> None:
    from logic.register import registers
    from pages.handbook import draw

    draw(registers())


def shown(page: AppTest) -> str:
    """The HTML of the page."""
    assert not page.exception
    return "\n".join(one.proto.body for one in page.get("html"))


def cards(page: AppTest) -> list[str]:
    """The rules that have a card on the page."""
    return re.findall(r'data-rule="([^"]+)"', shown(page))


def opened(**address: str) -> AppTest:
    page = AppTest.from_function(handbook_page, default_timeout=30)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def test_a_link_opens_a_rule_and_whoever_goes_on_leaves_it() -> None:
    page = opened(rule="bnk-07")
    assert cards(page) == ["BNK-07"] and "<details open>" in shown(page)
    page.button[0].click().run()
    assert "rule" not in page.query_params and "DAT-01" in cards(page)
    unknown = shown(opened(rule="<b>X-1</b>"))
    assert "手册里没有规则" in unknown and "<b>X-1" not in unknown


def test_a_link_opens_a_register() -> None:
    page = opened(register="staff")
    assert page.selectbox[0].value == "staff" and "花名" in shown(page) and cards(page) == ["DAT-05"]
    page.selectbox[0].set_value("bank_transfers").run()
    assert page.query_params["register"] == "bank_transfers" and "BNK-07" in cards(page)
    assert opened(register="nothing").selectbox[0].value == "all"


def test_search_finds_rules_and_columns() -> None:
    page = opened(search="付款账号后四位 公司的机密")
    assert cards(page) == ["BNK-11"] and "只登记后四位,供财务核对流水" in shown(page)
    page.text_input[0].set_value("ｂｎｋ－１０").run()
    assert cards(page) == ["BNK-10"]
    page.selectbox[0].set_value("staff").run()
    assert cards(page) == [] and "找到 0 条规则、0 列" in shown(page)
