"""The counterpart as a program of its own: what it prints and writes is enough to work with it; its page edits as a manager."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests

from tests.fake_sheets import FakeSheets, Manager
from tests.fake_sheets.asking import TAB
from tests.fake_sheets.through_gspread import RedirectedClient, TokenSession

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.fake_sheets", "--data", str(tmp_path / "google"), "--until-eof"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout
        yield json.loads(child.stdout.readline())
        child.stdin.close()
        assert child.wait(timeout=20) == 0


def test_what_it_prints_and_writes_is_enough(program: dict[str, Any]) -> None:
    assert list(program["spreadsheets"]) == ["台账", "绩效人事"]
    secrets = tomllib.loads(Path(program["secrets"]).read_text("utf-8"))
    assert secrets["google"] == {"api_base_url": program["address"]}
    assert secrets["gcp_service_account"] == json.loads(Path(program["credentials"]).read_text("utf-8"))
    held = gspread.service_account_from_dict(secrets["gcp_service_account"]).http_client.auth
    here = type("Here", (RedirectedClient,), {"address": program["address"]})
    with TokenSession(held) as session:  # pyright: ignore[reportArgumentType]
        client = gspread.Client(auth=None, session=session, http_client=here)  # type: ignore[arg-type]
        sheet = client.open_by_key(program["spreadsheets"]["绩效人事"]).sheet1
        sheet.update([["a"]], "A1")
        assert sheet.get_all_values() == [["a"]]


def test_the_page_edits_as_a_manager_does(google: FakeSheets, person: Manager) -> None:
    address = f"{google.address}/spreadsheets/d/{person.book.id}/edit?tab={TAB}"
    assert "台账" in requests.get(google.address, timeout=5).text
    for fields in (
        {"what": "type", "row": "1", "column": "1", "text": "名"},
        {"what": "type", "row": "2", "column": "1", "text": "<b>乙</b>"},
        {"what": "type", "row": "3", "column": "1", "text": "00123"},
        {"what": "insert", "row": "2"},
        {"what": "sort", "column": "1"},
        {"what": "delete", "row": "4"},
    ):
        assert requests.post(address, data=fields, timeout=5).text == str(person.book.version)
    assert person.rows(TAB) == [["名"], [123], ["<b>乙</b>"]]
    shown = requests.get(address, timeout=5).text
    assert "&lt;b&gt;乙&lt;/b&gt;" in shown
    requests.post(address, data={"what": "undo"}, timeout=5)
    assert requests.post(address, data={"what": "share"}, timeout=5).ok
    assert list(person.book.shares.values()) == ["reader"]
    assert requests.get(address.replace("1Fake", "2Fake"), timeout=5).status_code == 404
