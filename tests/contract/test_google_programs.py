"""The programs on a spreadsheet, each as a process of its own over real HTTP: check, submit, init, and the probe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sheets.google_probe import Probe
from sheets.gsheets_address import known_address, spreadsheet_id, spreadsheet_url
from sheets.gsheets_calls import Calls
from tests.fake_sheets import FakeSheets, Manager
from tests.google_account import account, secrets_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def secrets(shared_google: FakeSheets, tmp_path: Path) -> Path:
    """The service account in the usual form."""
    shared_google.cloud.quota.enforced = False
    path = tmp_path / "密钥.toml"
    path.write_text(secrets_text(shared_google), encoding="utf-8")
    return path


def run(module: str, *arguments: str | Path, data: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "CONSOLE_DATA": str(data), "PYTHONIOENCODING": "utf-8"},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def test_init_submit_check(shared_google: FakeSheets, secrets: Path, data_folder: Path) -> None:
    book = shared_google.cloud.new_book("台账")
    address = f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0"
    made = run("logic", "init", address, "--secrets", secrets, data=data_folder)
    assert made.returncode == 0, made.stderr
    assert "新建工作表“银行转账明细表”" in made.stdout
    again = run("logic", "init", book.id, "--secrets", secrets, "--dry-run", data=data_folder)
    assert "已经齐全" in again.stdout, again.stdout + again.stderr
    line = {"register": "staff", "id": None, "values": {"姓名": "李财", "岗位": "财务", "工号": "00123"}}
    sent = run(
        "logic", "submit", book.id, "--actor", "张三", "--secrets", secrets, data=data_folder,
        stdin=json.dumps(line, ensure_ascii=False),
    )  # fmt: skip
    assert json.loads(sent.stdout)["outcome"] == "saved", sent.stdout + sent.stderr
    rows = Manager(shared_google.cloud, book).rows("员工名册")
    assert rows[1][rows[0].index("姓名")] == "李财" and rows[1][rows[0].index("工号")] == "00123"
    checked = run("logic", "check", address, "--secrets", secrets, data=data_folder)
    assert checked.returncode in (0, 1) and "检查了" in checked.stderr, checked.stderr


def test_what_is_missing_is_said(shared_google: FakeSheets, secrets: Path, tmp_path: Path, data_folder: Path) -> None:
    alone = shared_google.cloud.new_book("别人的", share="")
    refused = run("logic", "check", alone.id, "--secrets", secrets, data=data_folder)
    assert refused.returncode == 2 and "共享" in refused.stderr
    lacking = run("logic", "check", alone.id, "--secrets", tmp_path / "没有.toml", data=data_folder)
    assert lacking.returncode == 2 and "gcp_service_account" in lacking.stderr


def test_the_probe_finds_the_local_server_as_expected(shared_google: FakeSheets) -> None:
    shared_google.cloud.quota.enforced = False
    book = shared_google.cloud.new_book("探测")
    calls = Calls(account(shared_google), book.id)
    findings = list(Probe(calls, time.monotonic, lambda seconds: None).run())
    calls.close()
    assert len(findings) >= 15 and not [one.line() for one in findings if not one.fine]
    assert [sheet.title for sheet in book.content.sheets] == ["工作表1"], "nothing is left behind"
    assert not book.content.named


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit#gid=0", True),
        ("https://docs.google.com/spreadsheets/u/1/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/htmlview", True),
        (" 1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg ", True),
        ("台账.xlsx", False),
        ("/共享/台账.xlsx", False),
        ("https://docs.google.com/document/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit", False),
    ],
)
def test_addresses(address: str, is_one: bool) -> None:
    id = spreadsheet_id(address)
    assert (id is not None) is is_one
    if id is not None:
        assert known_address(address) == spreadsheet_url("1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg")
