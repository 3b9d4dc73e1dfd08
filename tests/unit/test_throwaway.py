"""The example of docs/registers.md, dropped on the path: everything about a register follows from its one file."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from logic import office
from logic.__main__ import main
from logic.access import Actor, permit
from logic.asking import possible
from logic.door.door import Visit
from logic.exporting import as_csv
from logic.handbook.document import text as handbook
from logic.handbook.examples import table_of, verdict
from logic.handbook.mermaid import picture
from logic.judgement import Judgement
from logic.printing import lines, printouts
from logic.register import AREAS, Register, registers
from logic.source import verify
from logic.staging.reading import columns_of, stage_rows
from pages.parts import actor
from tests.tables import found

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "registers.md"
HEADERS = ("物品", "数量", "借用人", "应还日期", "归还日期", "收回人")
ROSTER = [{"姓名": "方综合", "岗位": "综合部"}, {"姓名": "钱财务", "岗位": "财务"}]


@pytest.fixture
def loans(more_registers: Path) -> Register:
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    folder = more_registers / "system"
    folder.mkdir()
    (folder / "loans.py").write_text(code[1], encoding="utf-8")
    return registers()["loans"]


@pytest.fixture
def book(loans: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook with a tab for it, and two people on the roster."""
    path = tmp_path / "data" / "台账.xlsx"
    assert main(["init", str(path)]) == 0
    asked = [{"register": "staff", "id": None, "values": one} for one in ROSTER]
    assert submitted(path, "方综合", asked, monkeypatch, capsys) == ["saved", "saved"]
    return path


def submitted(
    path: Path,
    actor: str,
    asked: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:
    """What the command line answers, in short."""
    capsys.readouterr()
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in asked)
    lines = path.with_name("asked.jsonl")
    lines.write_text(text, encoding="utf-8")
    with lines.open(encoding="utf-8") as given:
        monkeypatch.setattr(sys, "stdin", given)
        main(["submit", str(path), "--actor", actor])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [" ".join([one["outcome"], *(found["rule"] for found in one["violations"])]) for one in answers]


def test_its_examples_and_sentences_are_held_like_all_others(loans: Register) -> None:
    known = dict(registers())
    for rule in loans.rules:
        assert all(not verdict(loans, rule, case, known) for case in rule.good), rule.id
        assert all(verdict(loans, rule, case, known) for case in rule.bad), rule.id
    sources = [source for one in (*loans.fields.values(), *loans.rules) for source in one.source]
    assert sources and not any(map(verify, sources))
    judgement = Judgement.of(known, {"loans": table_of(loans, loans.samples)}, now=dt.datetime(2021, 3, 10))
    assert found(judgement.violations()) == []


def test_the_sheet_gets_its_tab_with_header_notes_formats_and_drop_downs(book: Path) -> None:
    sheet = openpyxl.load_workbook(book)["物品借用表"]
    headers = {cell.value: cell for cell in sheet[1]}
    assert [cell.value for cell in sheet[1]][:6] == list(HEADERS)
    note = headers["物品"].comment
    assert note is not None and "借走的物品" in note.text and "000" not in note.text and "妥善保管" in note.text
    assert any("借出" in str(rule.formula1) for rule in sheet.data_validations.dataValidation)


def test_the_command_line_registers_refuses_and_presses_its_button(
    book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"register": "loans", "id": None, "values": {"物品": "梯子", "借用人": "钱财务"}}
    bad = {"register": "loans", "id": None, "values": {"物品": "锤子", "数量": "0"}}
    assert submitted(book, "方综合", [one, bad], monkeypatch, capsys) == ["saved", "rejected JY-01"]
    assert submitted(book, "钱财务", [one], monkeypatch, capsys) == ["denied"]
    sheet = openpyxl.load_workbook(book)["物品借用表"]
    id = sheet.cell(2, [cell.value for cell in sheet[1]].index("记录编号") + 1).value
    press = {"register": "loans", "id": id, "transition": "归还"}
    assert submitted(book, "方综合", [press], monkeypatch, capsys) == ["saved"]
    row = dict(zip((cell.value for cell in sheet[1]), (cell.value for cell in _first(book)), strict=True))
    assert (row["状态"], row["收回人"], row["数量"]) == ("已归还", "方综合", 1)


def _first(book: Path) -> Iterator[Any]:
    yield from openpyxl.load_workbook(book)["物品借用表"][2]


def test_check_judges_what_was_typed_in_the_sheet(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook["物品借用表"].append(["梯子", "两个"])
    workbook.save(book)
    assert main(["check", str(book), "--register", "loans"]) == 1
    assert "物品借用表" in capsys.readouterr().out


def test_who_may_do_what_follows_from_its_grants(loans: Register) -> None:
    office_clerk, finance = Actor("甲", positions=frozenset({"综合部"})), Actor("乙", positions=frozenset({"财务"}))
    assert permit(office_clerk, loans, "create") and permit(office_clerk, loans, "give_back")
    assert not permit(finance, loans, "create") and not permit(finance, loans, "give_back")
    judgement = Judgement.of({"loans": loans}, {"loans": table_of(loans, loans.samples)}, now=dt.datetime(2021, 3, 10))
    (record,) = judgement.records("loans").values()
    assert [step.label for step in possible(loans, record)] == ["归还", "作废"]
    (slip,) = printouts(loans)
    assert [line.label for line in lines(loans, slip, record)] == ["物品", "数量", "借用人", "应还日期"]
    assert len(slip.copies) == 2


def test_it_can_be_pasted_and_exported(loans: Register) -> None:
    stage = stage_rows(loans, [("物品", "数量", "看法"), ("梯子", "1", "好")], "粘贴")
    assert [(one.header, one.field) for one in columns_of(stage, loans)] == [
        ("物品", "thing"),
        ("数量", "count"),
        ("看法", ""),
    ]
    judgement = Judgement.of({"loans": loans}, {"loans": table_of(loans, loans.samples)}, now=dt.datetime(2021, 3, 10))
    assert "梯子" in as_csv(loans, judgement.records("loans").values()).decode("utf-8-sig")


def test_the_handbook_has_a_chapter_of_it(loans: Register) -> None:
    document = handbook(registers())
    for said in ("物品借用表", "谁借走了什么", "JY-01", "至少借一件", "借走的物品", "妥善保管", "归还", "综合部"):
        assert said in document, said
    assert loans.workflow is not None and "已归还" in picture(loans.workflow)


@pytest.fixture
def started(book: Path) -> Iterator[None]:
    office.start(threads=False)
    for keeper in office.running.services().keepers.values():
        keeper.tick()
    yield
    office.stop()


def test_it_has_a_menu_entry_and_a_page_with_a_form(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    menus: list[dict[str, list[Any]]] = []

    class Nowhere:
        def run(self) -> None:
            """Draw no page."""

    def navigation(pages: dict[str, list[Any]], expanded: bool) -> Nowhere:
        menus.append(pages)
        return Nowhere()

    monkeypatch.setattr(streamlit, "navigation", navigation)
    monkeypatch.setattr(actor, "visit", lambda: Visit("s", "a", "方综合", "", False, False, "", ""))
    AppTest.from_file(str(DOCUMENT.parents[1] / "pages" / "main.py")).run(timeout=30)
    entries = {page.title: page.url_path for page in menus[0][AREAS["system"]]}
    assert entries["物品借用表"] == "loans"

    def page() -> None:
        from logic.register import registers
        from pages import records

        records.draw(registers()["loans"])

    drawn = AppTest.from_function(page).run(timeout=30)
    assert not drawn.exception
    assert [title.value for title in drawn.title] == ["物品借用表"]
    form = drawn.button(key="new-loans").click().run(timeout=30)
    assert not form.exception
    labels = [one.label for one in (*form.text_input, *form.selectbox)]
    assert [label for label in labels if label.rstrip(" *") in HEADERS] and "物品 *" in labels
