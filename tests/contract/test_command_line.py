"""The command line as its callers meet it: real processes, real .xlsx files, the contract of `submit` line by line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from logic import office
from sheets.accounts import Accounts, hashed
from sheets.store import Store
from tests import ugly

ROOT = Path(__file__).resolve().parents[2]
# A hundred processes need not each compile the libraries again, wherever that is switched off.
BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode")}
TRANSFERS, STAFF = "银行转账明细表", "员工名册"
TRANSFER = {"店铺": "晴禾家居", "客户ID(旺旺)": "tb_1", "转账金额": "100", "转账日期时间": "2026-01-05"}
ANSWER = {"outcome", "id", "violations", "conflicts", "reason"}
Line = Mapping[str, Any] | str


@dataclass(frozen=True)
class Done:
    code: int
    out: bytes
    err: str

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.split(b"\n") if line]

    @property
    def outcomes(self) -> list[str]:
        return [one["outcome"] for one in self.answers]


@dataclass(frozen=True)
class Shell:
    """Calls `python -m logic` with a data folder of its own."""

    data: Path

    def start(self, *arguments: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "logic", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **BYTECODE, "CONSOLE_DATA": str(self.data)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: object, stdin: bytes = b"") -> Done:
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=120)
        return Done(process.returncode, out, err.decode())

    def submit(self, book: Path, *lines: Line, actor: str = "王芳", wait: float = 30, more: Sequence[str] = ()) -> Done:
        return self.run("submit", book, "--actor", actor, "--wait", wait, *more, stdin=jsonl(lines))


def jsonl(lines: Sequence[Line]) -> bytes:
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    return "".join(f"{text}\n" for text in texts).encode()


def transfer(identity: str | None = None, **line: Any) -> dict[str, Any]:
    return {"register": "bank_transfers", "id": identity, **line}


def rows(book: Path, tab: str = TRANSFERS) -> list[dict[str, Any]]:
    workbook = openpyxl.load_workbook(book)
    header, *found = workbook[tab].iter_rows(values_only=True)
    return [{str(name): value for name, value in zip(header, row, strict=True)} for row in found if any(row)]


def by_hand(book: Path, change: Callable[[Any], None]) -> None:
    """What a person does in the sheet."""
    workbook = openpyxl.load_workbook(book)
    change(workbook)
    workbook.save(book)


def cell(sheet: Any, header: str, row: int) -> Any:
    column = next(one.column for one in sheet[1] if one.value == header)
    return sheet.cell(row, column)


def held_open(book: Path) -> Path:
    lock = book.with_name(f".~lock.{book.name}#")
    lock.write_text(",王经理,前台,22.11.2026 09:00,file:///x;", encoding="utf-8")
    return lock


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A workbook as `init` makes it, and one with three people and two transfers, unknown to any installation."""
    folder = tmp_path_factory.mktemp("templates")
    shell = Shell(folder / "data")
    empty, staffed = folder / "empty.xlsx", folder / "staffed.xlsx"
    done = shell.run("init", empty)
    assert (done.code, done.err) == (0, ""), done
    assert not shell.data.exists(), "a new workbook needs no data folder"
    shutil.copy(empty, staffed)
    people = [
        {"register": "staff", "values": {"姓名": name, "花名": alias, "岗位": position}}
        for name, alias, position in (
            ("王芳", "芳芳", "售前客服"), ("陈静", "小静", "财务"), ("李强", "强哥", "部门主管"),
        )
    ]  # fmt: skip
    done = shell.submit(staffed, {"edits": people}, actor="店长")  # together: the first makes the roster count
    assert done.outcomes == ["saved"], done
    done = shell.submit(
        staffed,
        transfer(values=TRANSFER | {"订单号": "2103021234567890123", "客户姓名": "张三", "备注": "一"}),
        transfer(values=TRANSFER | {"客户ID(旺旺)": "tb_2", "备注": "二"}),
    )
    assert done.outcomes == ["saved"] * 2, done
    staffed.with_name(f".{staffed.name}.console").unlink()
    return {"empty": empty, "staffed": staffed}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


@pytest.fixture
def empty(templates: Mapping[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(templates["empty"], tmp_path / "新.xlsx"))


@pytest.fixture
def book(templates: Mapping[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(templates["staffed"], tmp_path / "台账.xlsx"))


@pytest.fixture
def first(book: Path) -> str:
    """The id of the first transfer."""
    return str(rows(book)[0]["记录编号"])


# -- the road of a line ------------------------------------------------------------------------------------------------


def test_every_line_is_answered_in_order_and_what_is_saved_stands_in_the_file(shell: Shell, book: Path) -> None:
    """One commit, canonical texts in the sheet, one JSON line for each line that is not blank, nothing else on stdout."""
    done = shell.submit(
        book,
        transfer(values=TRANSFER | {"订单号": ["00123", "2103021234567890123", "00123"], "转账金额": "1,234.5"}),
        "",
        "  \r",
        transfer(values={"shop": "晴禾家居", "付款人户名": "赵六", "转账金额": "¥20", "转账日期时间": "2026年1月6日"}),
        {"register": "staff", "values": {"姓名": "赵六", "兼任岗位": "打单员,仓库员;打单员"}, "reason": "新同事"},
    )
    assert done.code == 0 and done.err == ""
    assert [set(one) for one in done.answers] == [ANSWER] * 3
    assert done.outcomes == ["saved"] * 3
    one, two = rows(book)[2:]
    assert [one["记录编号"], two["记录编号"]] == [done.answers[0]["id"], done.answers[1]["id"]]
    assert (one["订单号"], one["转账金额"], one["登记人"]) == ("00123、2103021234567890123", 1234.5, "王芳")
    assert (two["付款人户名"], two["转账金额"], two["状态"]) == ("赵六", 20, "已登记")
    assert rows(book, STAFF)[-1]["兼任岗位"] == "打单员、仓库员"


UGLY = [
    "00123",
    "2024E12",
    "=1+1",
    "@cmd",
    "'x",
    "nan",
    "１２３",
    "1-2",
    "🧧𠮷",
    "_x0041_",
    "第一行\n第二行",
    "a\u2028b",
]


def test_ugly_texts_arrive_bit_by_bit(shell: Shell, book: Path, first: str) -> None:
    done = shell.submit(book, *(transfer(first, values={"备注": text}) for text in UGLY))
    assert done.outcomes == ["saved"] * len(UGLY)
    done = shell.submit(
        book, *(transfer(values=TRANSFER | {"客户ID(旺旺)": f"u{n}", "备注": text}) for n, text in enumerate(UGLY))
    )
    assert done.outcomes == ["saved"] * len(UGLY)
    found = shell.run("check", book, "--json")
    assert found.code == 0
    saved = {one["客户ID(旺旺)"]: one["备注"] for one in rows(book)}
    assert [saved[f"u{n}"].replace("_x005F_", "_") for n in range(len(UGLY))] == UGLY


REFUSED: Sequence[tuple[Line, str]] = (
    ("{bad", "JSON"),
    ("[1]", "JSON"),
    ('"text"', "JSON"),
    ('{"register": "bank_transfers", "values": {"备注": NaN}}', "NaN"),
    ('{"register": "bank_transfers", "values": {"备注": "a", "备注": "b"}}', "备注"),
    ('{"register": "bank_transfers", "values": {"备注": "\\ud83e"}}', "半个字符"),
    (transfer(values={"备注": "x"}, colour="red"), "colour"),
    ({"values": {"备注": "x"}}, "register"),
    ({"register": "nope", "values": {"备注": "x"}}, "bank_transfers"),
    ({"register": 7, "values": {"备注": "x"}}, "register"),
    (transfer("YH260101-ZZZZZ", values={"备注": "x"}), "YH260101-ZZZZZ"),
    ({"register": "staff", "id": "FIRST", "values": {"备注": "x"}}, TRANSFERS),
    (transfer(values=TRANSFER | {"转账金领": "1"}), "转账金额"),
    (transfer("FIRST", values={"记录编号": "x"}), "记录编号"),
    (transfer("FIRST", values={"检查结果": ""}), "检查结果"),
    (transfer("FIRST", values={"状态": "已到账"}), "confirm_arrival"),
    (transfer("FIRST", values={"转账金额": "1", "amount_paid": "2"}), "转账金额"),
    (transfer("FIRST", transition="fly"), "fly"),
    (transfer("FIRST", transition="complete"), "confirm_arrival"),
    (transfer("FIRST", transition="void"), "原因"),
    (transfer("FIRST"), "没有要修改的内容"),
    (transfer("FIRST", values={}), "没有要修改的内容"),
    (transfer("FIRST", values={"转账金额": 100}), "引号"),
    (transfer("FIRST", values={"到账确认": True}), "引号"),
    (transfer("FIRST", values={"订单号": ["1", 2]}), "文字"),
    (transfer("FIRST", values={"备注": ["a", "b"]}), "备注"),
    (transfer("FIRST", values=["备注"]), "values"),
    (transfer("FIRST", values={"备注": "x"}, base={"转账金额": 1}), "引号"),
    (transfer("FIRST", values={"备注": "x"}, release="BNK-06"), "release"),
    (transfer("FIRST", values={"备注": "x"}, release=["XYZ-99"]), "XYZ-99"),
    (transfer("FIRST", values={"备注": "x"}, key=5), "key"),
    (transfer("FIRST", values={"备注": "x"}, reason=5), "reason"),
    ({"edits": []}, "edits"),
    ({"edits": {}}, "edits"),
    ({"edits": [transfer("FIRST", values={"备注": "x"}, reason="y")]}, "reason"),
    ({"edits": [transfer("FIRST", values={"备注": "x"})], "id": None}, "edits"),
    ({"edits": [transfer("FIRST", values={"备注": "x"}), transfer("FIRST", values={"店铺": "y"})]}, "两次"),
)


def test_what_cannot_be_meant_is_rejected_with_a_reason_and_stops_nothing(shell: Shell, book: Path, first: str) -> None:
    lines = [
        line if isinstance(line, str) else json.loads(json.dumps(line).replace("FIRST", first)) for line, _ in REFUSED
    ]
    before = book.read_bytes()
    done = shell.submit(book, *lines, transfer(first, values={"备注": "最后"}))
    assert done.code == 1
    for (line, hint), answer in zip(REFUSED, done.answers, strict=False):
        assert (answer["outcome"], answer["violations"], answer["conflicts"]) == ("rejected", [], []), (line, answer)
        assert hint in answer["reason"], (line, answer)
    assert done.answers[0]["id"] is None and done.answers[10]["id"] == "YH260101-ZZZZZ"
    assert len(done.answers) == len(REFUSED) + 1 and done.outcomes[-1] == "saved"
    assert book.read_bytes() != before
    store = Store(shell.data)
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT state, count(*) FROM changes GROUP BY 1").all() == [("saved", 1)]
    store.close()


def test_bytes_that_are_no_utf8_and_a_byte_order_mark(shell: Shell, book: Path, first: str) -> None:
    good = jsonl([transfer(first, values={"备注": "带标记"})])
    done = shell.run(
        "submit", book, "--actor", "王芳", stdin=b"\xef\xbb\xbf" + good + '{"备注"}'.encode("gbk") + b"\n" + good[:-1]
    )
    assert done.outcomes == ["saved", "rejected", "saved"] and "UTF-8" in done.answers[1]["reason"]


def test_managers_own_columns_and_broken_headers(shell: Shell, book: Path, first: str) -> None:
    """A column nobody declared is unknown; a register with a broken header is read-only and says which."""

    def add_columns(workbook: Any) -> None:
        sheet = workbook[TRANSFERS]
        sheet.cell(1, sheet.max_column + 1).value = "我的备忘"
        cell(workbook[STAFF], "花名", 1).value = "姓名"

    by_hand(book, add_columns)
    done = shell.submit(
        book,
        transfer(first, values={"我的备忘": "x"}),
        {"register": "staff", "values": {"姓名": "赵六"}},
        transfer(first, values={"备注": "x"}),
        actor="随便谁",
    )
    assert done.outcomes[0] == "rejected" and "我的备忘" in done.answers[0]["reason"]
    assert done.outcomes[1] == "rejected" and "花名" in done.answers[1]["reason"]
    found = [json.loads(line) for line in shell.run("check", book, "--json").out.splitlines()]
    assert {(one["rule"], one["level"]) for one in found if one["register"] == "staff"} >= {("DAT-04", "BLOCK")}


def test_a_register_without_a_tab(shell: Shell, book: Path) -> None:
    by_hand(book, lambda workbook: workbook.remove(workbook[STAFF]))
    done = shell.submit(book, {"register": "staff", "values": {"姓名": "赵六"}}, actor="谁都行")
    assert done.outcomes == ["rejected"] and STAFF in done.answers[0]["reason"]
    done = shell.run("check", book, "--json", "--as-of", "2026-01-05T09:00")
    assert done.code == 0 and f"“{STAFF}”" in done.err and b"staff" not in done.out


def test_rules_refuse_and_say_what_to_do(shell: Shell, book: Path, first: str) -> None:
    done = shell.submit(
        book,
        transfer(values=TRANSFER | {"转账金额": "-5"}),
        transfer(first, values={"转账金额": "abc", "备注": "x"}),
        transfer(first, transition="notify_printer"),
        transfer(values=TRANSFER | {"备注": "同一个客户同一天同样的钱"}),
    )
    assert done.outcomes == ["rejected", "rejected", "rejected", "saved"]
    assert done.answers[0]["id"] is None and done.answers[1]["id"] == first
    for answer, rule in zip(done.answers, ("BNK-07", "DAT-01", "BNK-06", "BNK-08"), strict=True):
        found = [one for one in answer["violations"] if one["rule"] == rule]
        assert found and set(found[0]) == {"rule", "level", "column", "message", "remedy"}, answer
    assert {one["level"] for one in done.answers[3]["violations"]} == {"WARN"}
    assert rows(book)[0]["备注"] == "一"


def test_bases_conflicts_and_values_that_stand_there_already(shell: Shell, book: Path, first: str) -> None:
    done = shell.submit(
        book,
        transfer(first, values={"转账金额": "100.00"}),
        transfer(first, values={"转账金额": "200", "备注": "x"}, base={"转账金额": "7"}),
        transfer(first, values={"转账金额": "200", "备注": "改"}, base={"转账金额": "100"}),
        transfer(first, values={"备注": None}),
    )
    assert done.outcomes == ["saved", "overtaken", "saved", "saved"] and done.code == 1
    assert done.answers[1]["conflicts"] == [
        {"column": "转账金额", "mine": "200.00", "theirs": "100.00", "base": "7.00"}
    ]
    assert (rows(book)[0]["转账金额"], rows(book)[0]["备注"]) == (200, None)


def test_who_may_act(shell: Shell, book: Path, empty: Path, first: str) -> None:
    """花名 will do; a stranger is denied on every line; while the roster is empty everybody is taken."""
    line = transfer(first, values={"备注": "花名"})
    assert shell.submit(book, line, actor="芳芳").outcomes == ["saved"]
    assert rows(book)[0]["最后修改人"] == "王芳"
    assert shell.submit(empty, transfer(values=TRANSFER), actor="路人").outcomes == ["saved"]
    done = shell.submit(book, line, line, actor="路人")
    assert (done.outcomes, done.code) == (["denied", "denied"], 1) and "路人" in done.answers[0]["reason"]


def test_a_roster_that_cannot_be_read_lets_nobody_in(shell: Shell, book: Path, first: str) -> None:
    """One typing error in a header must not switch off who may confirm money: the roster as last seen counts."""
    confirm = transfer(first, transition="confirm_arrival")
    assert shell.submit(book).code == 0
    by_hand(book, lambda workbook: setattr(cell(workbook[STAFF], "姓名", 1), "value", "名字"))
    assert shell.submit(book, confirm, actor="路人").outcomes == ["denied"]
    done = shell.submit(book, confirm, actor="王芳")
    assert {one["rule"] for one in done.answers[0]["violations"]} >= {"BNK-04", "BNK-05"}
    assert shell.submit(book, confirm, actor="陈静").outcomes == ["saved"]


def test_what_a_button_lacks_is_said_by_the_rule_that_asks_for_it(shell: Shell, book: Path) -> None:
    """Catalogue, scenario 11: 已通知打单 without order number is BNK-02, and BNK-06 is said in the same answer."""
    made = shell.submit(book, transfer(values=TRANSFER)).answers[0]["id"]
    done = shell.submit(book, transfer(made, transition="notify_printer"))
    found = {(one["rule"], one["column"]) for one in done.answers[0]["violations"]}
    assert found >= {("BNK-02", "订单号"), ("BNK-02", "客户姓名"), ("BNK-06", "订单进度")}
    assert "DAT-01" not in {rule for rule, _ in found}


def test_transitions_release_and_what_check_says_of_it(shell: Shell, book: Path, first: str, tmp_path: Path) -> None:
    """账期客户: the head releases BNK-06; from then on it is 需说明, for whoever knows of the release."""
    ask = transfer(first, transition="notify_printer", release=["BNK-06"])
    done = shell.submit(book, ask, ask | {"reason": "账期客户"}, actor="王芳")
    assert done.outcomes == ["rejected", "rejected"]
    done = shell.submit(book, ask | {"reason": "账期客户"}, actor="李强")
    assert done.outcomes == ["saved"]
    said = {one["rule"]: one for one in done.answers[0]["violations"]}
    assert said["BNK-06"]["level"] == "WARN" and said["BNK-06"]["message"].startswith("已放行:")
    mine, other = shell.run("check", book, "--json"), Shell(tmp_path / "other").run("check", book, "--json")
    levels = [{one["rule"]: one["level"] for one in map(json.loads, done.out.splitlines())} for done in (mine, other)]
    assert [one["BNK-06"] for one in levels] == ["WARN", "BLOCK"]
    assert (mine.code, other.code) == (0, 1)
    assert not (tmp_path / "other").exists()


def test_several_records_all_or_nothing(shell: Shell, book: Path, first: str) -> None:
    second = str(rows(book)[1]["记录编号"])
    new = TRANSFER | {"客户ID(旺旺)": "tb_3"}
    good, bad = transfer(second, values={"备注": "乙"}), transfer(second, values={"转账金额": "-1"})
    done = shell.submit(
        book,
        {"edits": [transfer(first, values={"备注": "甲"}), bad, transfer(values=new | {"店铺": None})]},
        {"edits": [transfer(first, values={"备注": "甲"}, base={"备注": "别的"}), good]},
        {"edits": [transfer(first, values={"备注": "甲"}), good, transfer(values=new)], "reason": "一起改"},
    )
    assert done.outcomes == ["rejected", "overtaken", "saved"]
    rejected, overtaken, saved = done.answers
    assert rejected["ids"] == [first, second, None] and overtaken["ids"] == [first, second]
    broken = {(one["rule"], one["id"]) for one in rejected["violations"] if one["level"] == "BLOCK"}
    assert broken == {("BNK-07", second), ("BNK-02", None)}
    assert overtaken["conflicts"][0]["id"] == first
    found = {one["记录编号"]: one["备注"] for one in rows(book)}
    assert [found[one] for one in saved["ids"]] == ["甲", "乙", None] and len(found) == 3


def test_the_same_key_again(shell: Shell, book: Path) -> None:
    line = transfer(values=TRANSFER | {"客户ID(旺旺)": "tb_9"}, key="订单-9")
    one = shell.submit(book, line, line)
    two = shell.submit(book, line)
    assert one.answers[0] == one.answers[1] == two.answers[0] and one.outcomes[0] == "saved"
    assert len(rows(book)) == 3


def test_a_caller_that_waits_for_each_answer(shell: Shell, book: Path, first: str) -> None:
    process = shell.start("submit", book, "--actor", "王芳")
    assert process.stdin is not None and process.stdout is not None
    for text in ("甲", "乙", "丙"):
        process.stdin.write(jsonl([transfer(first, values={"备注": text}, base={})]))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["outcome"] == "saved"
        assert rows(book)[0]["备注"] == text
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, b"")


# -- others ------------------------------------------------------------------------------------------------------------


def test_four_callers_at_once_on_the_same_rows(shell: Shell, book: Path) -> None:
    """Exactly one answer a line; what was acknowledged last for a cell stands there; no row lost or doubled."""
    ids = [str(one["记录编号"]) for one in rows(book)]
    given: list[list[dict[str, Any]]] = [
        [
            transfer(ids[n % 2], values={"备注" if n % 4 < 2 else "商品及数量": f"{caller}-{n}"})
            if n % 5
            else transfer(values=TRANSFER | {"客户ID(旺旺)": f"neu_{caller}_{n}"})
            for n in range(10)
        ]
        for caller in range(4)
    ]
    started = [shell.start("submit", book, "--actor", "王芳", "--wait", "100") for _ in given]
    for process, lines in zip(started, given, strict=True):
        assert process.stdin is not None
        process.stdin.write(jsonl(lines))
        process.stdin.close()
        process.stdin = None
    done = [Done(process.wait(120), *_read(process)) for process in started]
    assert [len(one.answers) for one in done] == [10] * 4
    assert {outcome for one in done for outcome in one.outcomes} == {"saved"}, done
    found = {one["记录编号"]: one for one in rows(book)}
    assert len(found) == len(rows(book)) == 2 + 8
    for lines, one in zip(given, done, strict=True):
        for line, answer in zip(lines, one.answers, strict=True):
            row = found[answer["id"]]
            for header, value in line["values"].items():
                acknowledged = _acknowledged(given, done, answer["id"], header)
                assert str(row[header]) in acknowledged or header in TRANSFER, (header, value, row[header])


def _read(process: subprocess.Popen[bytes]) -> tuple[bytes, str]:
    out, err = process.communicate()
    return out, err.decode()


def _acknowledged(
    given: Sequence[Sequence[Mapping[str, Any]]], done: Sequence[Done], identity: str, header: str
) -> set[str]:
    return {
        str(line["values"][header])
        for lines, one in zip(given, done, strict=True)
        for line, answer in zip(lines, one.answers, strict=True)
        if answer["id"] == identity and header in line["values"]
    }


@pytest.fixture
def console(shell: Shell, book: Path) -> Iterator[None]:
    """A console that keeps this workbook in another process than the command line's."""
    store = Store(shell.data)
    keeper = office.open_book(book, store)
    keeper.tick()
    keeper.start()
    yield
    keeper.stop()
    store.close()


@pytest.mark.usefixtures("console")
def test_a_running_console_brings_it_in(shell: Shell, book: Path, first: str) -> None:
    done = shell.submit(
        book, transfer(first, values={"备注": "甲"}), transfer(first, values={"备注": "乙"}, base={"备注": "甲"})
    )
    assert done.outcomes == ["saved", "saved"] and rows(book)[0]["备注"] == "乙"
    done = shell.submit(book, transfer(first, values={"备注": "丙"}), wait=0)
    assert done.outcomes == ["queued"]


@pytest.mark.usefixtures("console")
def test_restoring_is_refused_while_a_console_runs(shell: Shell, book: Path) -> None:
    """备份 works, with a word of warning."""
    backup = shell.run("backup")
    assert backup.code == 0 and "正在运行" in backup.err
    before = book.read_bytes()
    done = shell.run("restore", backup.out.decode().strip())
    assert done.code == 2 and "停止" in done.err and book.read_bytes() == before


def test_a_file_that_somebody_holds_open(shell: Shell, book: Path, first: str) -> None:
    """Queued with who holds it; a kill −9 loses nothing; the next call, even an empty one, brings it in."""
    lock = held_open(book)
    done = shell.submit(book, transfer(first, values={"备注": "甲"}), wait=0.3)
    assert (done.outcomes, done.code) == (["queued"], 0) and "王经理" in done.answers[0]["reason"]
    process = shell.start("submit", book, "--actor", "王芳", "--wait", "60")
    assert process.stdin is not None
    process.stdin.write(jsonl([transfer(first, values={"商品及数量": "乙"})]))
    process.stdin.flush()
    store = Store(shell.data)
    pending = 0
    while pending < 2:
        with store.reading() as connection:
            pending = connection.exec_driver_sql("SELECT count(*) FROM changes WHERE state='pending'").scalar() or 0
    store.close()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    lock.unlink()
    assert shell.submit(book).code == 0
    assert (rows(book)[0]["备注"], rows(book)[0]["商品及数量"]) == ("甲", "乙")


def test_without_waiting_nothing_lies_about(shell: Shell, book: Path, first: str) -> None:
    done = shell.submit(book, transfer(first, values={"备注": "甲"}), transfer(first, values={"店铺": 1}), wait=0)
    assert done.outcomes == ["queued", "rejected"] and rows(book)[0]["备注"] == "甲"


def test_who_does_not_wait_is_told_what_stands_in_the_way(shell: Shell, book: Path, first: str) -> None:
    """By whom the file is held, or that it may not be written; otherwise that it is being written."""
    lock = held_open(book)
    held = shell.submit(book, transfer(first, values={"备注": "甲"}), wait=0)
    assert held.outcomes == ["queued"] and "“王经理(前台)”" in held.answers[0]["reason"]
    lock.unlink()
    book.chmod(0o444)
    closed = shell.submit(book, transfer(first, values={"备注": "乙"}, base={"备注": "甲"}), wait=0)
    assert closed.outcomes == ["queued"] and "只读" in closed.answers[0]["reason"]
    book.chmod(0o644)
    free = shell.submit(book, transfer(first, values={"备注": "丙"}, base={"备注": "乙"}), wait=0)
    assert "正在写入" in free.answers[0]["reason"] and rows(book)[0]["备注"] == "丙"


def test_a_workbook_in_a_sync_folder_is_warned_about_once(shell: Shell, book: Path, first: str) -> None:
    folder = book.parent / "我的坚果云"
    folder.mkdir()
    moved = book.rename(folder / book.name)
    done = shell.submit(moved, transfer(first, values={"备注": "甲"}), transfer(first, values={"备注": "乙"}))
    assert done.code == 0 and len(done.answers) == 2 and done.err.count("“坚果云”") == 1
    made = shell.run("init", folder / "新.xlsx")
    assert made.code == 0 and made.err.count("“坚果云”") == 1 and "坚果云”" not in made.out.decode()


def test_overtaken_in_the_sheet_does_not_lock_the_record(shell: Shell, book: Path, first: str) -> None:
    """A manager's edit wins over a queued one; what is asked afterwards is judged on what stands."""
    assert shell.submit(book, transfer(first, values={"备注": "零"})).outcomes == ["saved"]
    lock = held_open(book)
    assert shell.submit(book, transfer(first, values={"备注": "甲"}, key="k"), wait=0).outcomes == ["queued"]

    def edit(workbook: Any) -> None:
        cell(workbook[TRANSFERS], "备注", 2).value = "经理"

    by_hand(book, edit)
    lock.unlink()
    again = shell.submit(book, transfer(first, values={"备注": "甲"}, key="k"))
    assert again.outcomes == ["overtaken"] and again.answers[0]["conflicts"][0]["theirs"] == "经理"
    done = shell.submit(book, transfer(first, values={"备注": "乙"}))
    assert done.outcomes == ["saved"] and rows(book)[0]["备注"] == "乙"


def test_a_doubled_id_is_queued_until_it_is_settled(shell: Shell, book: Path, first: str) -> None:
    def double(workbook: Any) -> None:
        cell(workbook[TRANSFERS], "记录编号", 3).value = first

    by_hand(book, double)
    done = shell.submit(book, transfer(first, values={"备注": "甲"}), wait=0.5)
    assert done.outcomes == ["queued"] and "记录编号" in done.answers[0]["reason"]
    found = [json.loads(line) for line in shell.run("check", book, "--json").out.splitlines()]
    assert [one["row"] for one in found if one["rule"] == "DAT-02"] == [2, 3]


# -- workbooks that cannot be used -------------------------------------------------------------------------------------


def test_no_workbook(shell: Shell, tmp_path: Path, book: Path) -> None:
    (tmp_path / "text.xlsx").write_text("hello", encoding="utf-8")
    (tmp_path / "cut.xlsx").write_bytes(book.read_bytes()[:4000])
    ugly.password(tmp_path / "locked.xlsx")
    for name in ("text.xlsx", "cut.xlsx", "locked.xlsx"):
        os.utime(tmp_path / name, (1_000_000, 1_000_000))
    for name, word in (
        ("no.xlsx", "找不到"),
        ("text.xlsx", "不是"),
        ("cut.xlsx", "损坏"),
        ("locked.xlsx", "密码"),
        (".", "文件夹"),
    ):
        done = shell.submit(tmp_path / name, transfer("YH260101-ABCDE", values={"备注": "x"}), "", "{bad", wait=1)
        assert (done.code, done.outcomes) == (2, ["rejected"] * 2), name
        assert word in done.answers[0]["reason"] and done.answers[0]["id"] == "YH260101-ABCDE", done
        assert done.answers[0]["violations"] == []
        done = shell.run("check", tmp_path / name)
        assert (done.code, done.out) == (2, b"") and word in done.err, done
    assert not list(tmp_path.glob(".*.console"))


def test_a_workbook_of_another_installation(shell: Shell, book: Path, first: str, tmp_path: Path) -> None:
    line, other = transfer(first, values={"备注": "甲"}), Shell(tmp_path / "other")
    assert shell.submit(book, line).outcomes == ["saved"]
    done = other.submit(book, line)
    assert (done.code, done.outcomes) == (2, ["rejected"]) and str(shell.data) in done.answers[0]["reason"]
    done = other.submit(book, transfer(first, values={"备注": "乙"}), more=["--take-over"])
    assert (done.code, done.outcomes) == (0, ["saved"])
    assert shell.submit(book, line).code == 2


def test_a_workbook_replaced_by_another_file(
    shell: Shell, book: Path, first: str, templates: Mapping[str, Path]
) -> None:
    assert shell.submit(book, transfer(first, values={"备注": "甲"})).outcomes == ["saved"]
    shutil.copy(templates["empty"], book)
    new = {"register": "staff", "values": {"姓名": "赵六"}}
    done = shell.submit(book, new)
    assert (done.code, done.outcomes) == (2, ["rejected"]) and "--take-over" in done.answers[0]["reason"]
    done = shell.submit(book, new, more=["--take-over"])
    assert (done.code, done.outcomes) == (0, ["saved"])
    assert [one["姓名"] for one in rows(book, STAFF)] == ["赵六"] and rows(book) == []
    assert shell.submit(book, new | {"values": {"姓名": "钱七"}}, actor="赵六").outcomes == ["saved"]


# -- check -------------------------------------------------------------------------------------------------------------


def _everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in found}


def test_check_writes_nothing_and_names_the_cell(shell: Shell, book: Path, first: str, tmp_path: Path) -> None:
    def spoil(workbook: Any) -> None:
        cell(workbook[TRANSFERS], "转账金额", 2).value = "一百"
        cell(workbook[TRANSFERS], "最近跟踪时间", 3).value = "2026-01-05"

    assert shell.submit(book, transfer(first, values={"备注": "甲"})).code == 0
    by_hand(book, spoil)
    before = _everything(tmp_path)
    done = shell.run("check", book, "--json", "--as-of", "2026-01-06T09:00")
    assert done.code == 1 and done.err == ""
    found = [json.loads(line) for line in done.out.splitlines()]
    assert all(
        list(one)
        == ["register", "sheet", "row", "cell", "column", "rule", "level", "value", "message", "remedy", "source"]
        for one in found
    )
    broken = next(one for one in found if one["rule"] == "DAT-01")
    assert (broken["sheet"], broken["row"], broken["column"], broken["value"]) == (TRANSFERS, 2, "转账金额", "一百")
    assert broken["cell"].endswith("2") and broken["level"] == "BLOCK" and "「" in broken["source"]
    later = shell.run("check", book, "--as-of", "2026-01-09T09:00")
    (reminded,) = [line for line in later.out.decode().splitlines() if "第3行" in line and "BNK-03" in line]
    assert reminded.startswith(f"{TRANSFERS} | 第3行 | ") and "\t" not in reminded
    only = shell.run("check", book, "--register", "staff", "--json")
    assert (only.code, only.out) == (0, b"")
    assert shell.run("check", book, "--register", "nope").code == 2
    assert _everything(tmp_path) == before


def test_check_says_when_there_is_nothing_of_ours_in_a_file(shell: Shell, book: Path, tmp_path: Path) -> None:
    other = tmp_path / "别的.xlsx"
    openpyxl.Workbook().save(other)
    for options in ((), ("--json",)):
        done = shell.run("check", other, *options)
        assert (done.code, done.out) == (0, b"")
        assert "没有检查任何内容" in done.err and "“Sheet”" in done.err and "没有发现问题" not in done.err
        assert f"“{TRANSFERS}”(bank_transfers),未检查" in done.err and f"“{STAFF}”(staff),未检查" in done.err

    def rename(workbook: Any) -> None:
        workbook[TRANSFERS].title = "转账"

    by_hand(book, rename)
    partly = shell.run("check", book)
    assert partly.code == 0 and f"“{TRANSFERS}”(bank_transfers),未检查" in partly.err
    assert "没有检查任何内容" not in partly.err
    assert "没有检查任何内容" in shell.run("check", book, "--register", "bank_transfers").err


def test_check_leaves_no_trace_of_a_workbook_it_never_saw(shell: Shell, book: Path, tmp_path: Path) -> None:
    before = _everything(tmp_path)
    assert shell.run("check", os.path.relpath(book, ROOT)).code == 0
    assert _everything(tmp_path) == before and not shell.data.exists()


# -- the other commands ------------------------------------------------------------------------------------------------


def test_init_adapts_what_is_there(shell: Shell, book: Path) -> None:
    def remove(workbook: Any) -> None:
        sheet = workbook[TRANSFERS]
        sheet.delete_cols(cell(sheet, "备注", 1).column)

    by_hand(book, remove)
    before = book.read_bytes()
    dry = shell.run("init", book, "--dry-run")
    assert dry.code == 0 and "“备注”" in dry.out.decode() and book.read_bytes() == before
    done = shell.run("init", book)
    assert done.code == 0 and done.out == dry.out and "备注" in rows(book)[0]
    assert "没有需要改动" in shell.run("init", book).out.decode()
    assert shell.run("check", book).code == 0


def test_init_demo(shell: Shell, tmp_path: Path) -> None:
    book = tmp_path / "新文件夹" / "演示.xlsx"
    assert shell.run("init", book, "--demo").code == 0
    assert len(rows(book, STAFF)) > 15
    again = shell.run("init", book, "--demo")
    assert again.code == 2 and "已经存在" in again.err
    assert shell.run("init", tmp_path / "x.csv").code == 2
    assert shell.run("check", book).code == 1, "the mess of real sheets is found"


def test_handbook(shell: Shell, tmp_path: Path) -> None:
    data = json.loads(shell.run("handbook", "--json").out)
    assert {"bank_transfers", "staff"} <= {one["key"] for one in data["registers"]}
    assert {"field", "header", "kind", "options", "required"} <= data["registers"][0]["columns"][0].keys()
    assert {"id", "register", "level", "state", "why"} <= data["rules"][0].keys()
    assert {one["state"] for one in data["rules"]} == {"active", "waiting"}
    file = tmp_path / "填报手册.md"
    done = shell.run("handbook", "--out", file)
    assert done.code == 0 and str(file) in done.out.decode()
    written = file.read_text(encoding="utf-8")
    assert TRANSFERS in written and "确认到账" in written and "BNK-06" in written
    assert shell.run("handbook", "--out", "-").out.decode().splitlines() == written.splitlines()
    assert shell.run("handbook", "--out", tmp_path).code == 2


def test_backup_and_restore(shell: Shell, book: Path, first: str) -> None:
    """备份, go on working, 恢复: as it was then, nothing overwritten, and work goes on."""
    photo = shell.data / "photos" / "凭证.jpg"
    assert shell.submit(book, transfer(first, values={"备注": "甲"}, key="k1")).outcomes == ["saved"]
    photo.parent.mkdir()
    photo.write_bytes(b"jpg")
    (photo.parent / "半.part").touch()
    (shell.data / "demo.txt").touch()
    store = Store(shell.data)
    accounts = Accounts(store)
    with store.transaction() as connection:
        account = accounts.add(connection, "甲", "", "2026-11-22", "test", admin=True, demo=False)
        token = hashed(accounts.open_session(connection, account, "2026-11-22", ""))
    store.close()
    done = shell.run("backup")
    assert done.code == 0, done
    saved, then = done.out.decode().strip(), book.read_bytes()
    photo.write_bytes(b"other")
    assert (
        shell.submit(book, transfer(first, values={"备注": "乙"}), transfer(values=TRANSFER)).outcomes == ["saved"] * 2
    )
    later = book.read_bytes()
    restored = shell.run("restore", saved)
    assert restored.code == 0, restored
    assert book.read_bytes() == then and photo.read_bytes() == b"jpg"
    assert list(photo.parent.iterdir()) == [photo], "a photo that was being written is none"
    if os.name != "nt":
        assert stat.S_IMODE(photo.stat().st_mode) == 0o600
    kept = [path for path in (shell.data / "backups").iterdir() if path.name.startswith("恢复前-")]
    assert later in [path.read_bytes() for path in kept if path.is_file()]
    assert {path.suffix for path in kept} >= {".xlsx", ".sqlite"}
    done = shell.submit(book, transfer(first, values={"备注": "甲"}, key="k1"), transfer(first, values={"备注": "丙"}))
    assert done.outcomes == ["saved", "saved"] and [one["备注"] for one in rows(book)] == ["丙", "二"]
    store = Store(shell.data)
    assert Accounts(store).get(account) is not None and Accounts(store).session(token) is None, "nobody stays signed in"
    assert not (shell.data / "demo.txt").exists(), "what is restored is no demo"
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notices").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM changes WHERE source<>'command'").scalar() == 0
    store.close()


def test_what_is_no_backup_is_not_restored(shell: Shell, book: Path, first: str, tmp_path: Path) -> None:
    assert shell.submit(book, transfer(first, values={"备注": "甲"})).code == 0
    before = book.read_bytes()
    for file in (tmp_path / "no.zip", book):
        done = shell.run("restore", file)
        assert done.code == 2 and "备份" in done.err
    assert book.read_bytes() == before
    assert Shell(tmp_path / "nothing").run("backup").code == 2 and not (tmp_path / "nothing").exists()


def test_a_command_written_wrongly_is_told_so_in_chinese(shell: Shell) -> None:
    for arguments, word in (
        ((), "缺少参数"),
        (("chek",), "chek"),
        (("submit", "x.xlsx"), "--actor"),
        (("check", "x.xlsx", "--as-of", "gestern"), "gestern"),
        (("submit", "x.xlsx", "--actor", "a", "--wait", "-1"), "--wait"),
        (("check", "x.xlsx", "--jsno"), "--jsno"),
    ):
        done = shell.run(*arguments)
        assert done.code == 2 and word in done.err and "用法" in done.err and done.out == b"", done
        assert "error" not in done.err and "usage" not in done.err
    assert "用法" in shell.run("submit", "--help").out.decode()
