"""What the page 连接与建表 says about a pasted address: one test for each thing that can be missing, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from sheets.gsheets_account import Account
from sheets.gsheets_diagnosis import (
    ACCOUNT,
    ADDRESS,
    DRIVE_API,
    EDITABLE,
    NETWORK,
    OWNER,
    SHARED,
    SHEETS_API,
    STEPS,
    Finding,
    diagnose,
)
from sheets.gsheets_pace import Governor
from sheets.gsheets_stamp import TAB, Owner, hidden_tab, stamp_cells
from sheets.port import Stamp
from tests.fake_sheets import (
    EMAIL,
    OFFICE_FILE,
    WRONG_TIME,
    Book,
    Cut,
    FakeSheets,
    Manager,
    internal,
    quota_exceeded,
    running,
)
from tests.google_account import account

HERE = "installation-here"


class Desk:
    """A spreadsheet, its owner, and the question what is missing."""

    def __init__(self, server: FakeSheets) -> None:
        self.server, self.cloud = server, server.cloud
        self.book: Book = server.cloud.new_book("台账", "银行转账明细表")
        self.person = Manager(server.cloud, self.book)
        self.account = account(server)

    @property
    def address(self) -> str:
        return f"https://docs.google.com/spreadsheets/d/{self.book.id}/edit#gid=0"

    def found(self, address: str = "") -> list[Finding]:
        return list(diagnose(address or self.address, self.account, HERE))

    def failed(self, address: str = "") -> Finding:
        """The one step that failed; every step before it passed."""
        (wrong,) = [one for one in self.found(address) if not one.fine]
        assert wrong.said.endswith("。") and wrong.todo and all(one.endswith("。") for one in wrong.todo)
        return wrong


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as server:
        yield Desk(server)
        assert not server.cloud.mismatches, server.cloud.mismatches


def test_everything_is_fine(desk: Desk) -> None:
    found = desk.found()
    assert [one.step for one in found] == list(STEPS)
    assert all(one.fine for one in found)
    assert EMAIL in found[1].said and "台账" in found[5].said
    assert {entry.kind for entry in desk.cloud.log} == {"token", "read", "drive"}, "nothing is written"


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("", "还没有粘贴"),
        ("  ", "还没有粘贴"),
        ("https://docs.google.com/document/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit", "谷歌文档"),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-1vAbCdEfGhIjKlMnOpQrStUvWxYz/pubhtml", "发布到网络"),
        ("https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/view", "云端硬盘"),
        ("https://docs.qq.com/sheet/DAbCdEfGh", "腾讯文档"),
        ("https://www.kdocs.cn/l/abc", "金山文档"),
        (r"D:\共享\台账.xlsx", "文件的路径"),
        ("https://docs.google.com/spreadsheets/d/1Ab", "看不出"),
        ("台账", "看不出"),
    ],
)
def test_an_address_of_something_else(desk: Desk, address: str, word: str) -> None:
    (wrong,) = diagnose(address, desk.account, HERE)
    assert (wrong.step, wrong.fine) == (ADDRESS, False)
    assert word in wrong.said and "地址栏" in wrong.todo[0]
    assert not desk.cloud.log


Act = Callable[[Desk], object]
CASES: list[tuple[str, Act, str, str]] = [
    ("Sheets API off", lambda desk: desk.cloud.disabled.add("sheets.googleapis.com"), SHEETS_API, "没有启用"),
    ("Drive API off", lambda desk: desk.cloud.disabled.add("drive.googleapis.com"), DRIVE_API, "没有启用"),
    ("not shared", lambda desk: desk.person.unshare(), SHARED, "没有共享"),
    ("deleted", lambda desk: desk.person.delete_file(), SHARED, "没有这个表格"),
    ("in the bin", lambda desk: desk.person.trash(), SHARED, "回收站"),
    ("an .xlsx", lambda desk: setattr(desk.book, "mime_type", OFFICE_FILE), SHARED, "不是谷歌表格"),
    ("read only", lambda desk: desk.person.share("reader"), EDITABLE, "查看"),
    ("key deleted", lambda desk: setattr(desk.cloud.account(), "revoked", True), NETWORK, "密钥"),
    ("clock", lambda desk: setattr(desk.cloud.tokens, "refusing", WRONG_TIME), NETWORK, "时间"),
    ("no network", lambda desk: desk.cloud.plans.fail(Cut(), times=None), NETWORK, "连不上谷歌"),
    ("down", lambda desk: desk.cloud.plans.fail(internal(), on="/v4/|/drive/", times=None), NETWORK, "暂时出错"),
    (
        "quota",
        lambda desk: desk.cloud.plans.fail(quota_exceeded("Read", True, 60, "1"), on="/v4/", times=None),
        NETWORK,
        "次数",
    ),
]


@pytest.mark.parametrize(("act", "step", "word"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_what_is_missing_is_said_at_its_step(desk: Desk, act: Act, step: str, word: str) -> None:
    act(desk)
    wrong = desk.failed()
    assert wrong.step == step
    assert word in wrong.said


def test_both_interfaces_are_told_at_once(desk: Desk) -> None:
    desk.cloud.disabled |= {"sheets.googleapis.com", "drive.googleapis.com"}
    wrong = [one for one in desk.found() if not one.fine]
    assert [one.step for one in wrong] == [SHEETS_API, DRIVE_API]
    assert [urlsplit(one.link).path for one in wrong] == [
        "/apis/library/sheets.googleapis.com",
        "/apis/library/drive.googleapis.com",
    ]
    assert all(urlsplit(one.link).query == "project=project-271828" for one in wrong)


def test_whom_to_share_it_with_is_told(desk: Desk) -> None:
    desk.person.unshare()
    assert desk.failed().share == EMAIL
    desk.person.share("reader")
    assert desk.failed().share == EMAIL


def test_what_is_missing_in_the_service_account(desk: Desk) -> None:
    desk.account = Account({}, desk.server.address)
    assert (desk.failed().step, "没有 [gcp_service_account]" in desk.failed().said) == (ACCOUNT, True)
    info = desk.cloud.credentials()
    desk.account = Account({name: text for name, text in info.items() if name != "private_key"}, desk.server.address)
    assert "缺 private_key" in desk.failed().said
    desk.account = Account({**info, "private_key": info["private_key"][:200]}, desk.server.address)
    assert "读不出来" in desk.failed().said
    assert not desk.cloud.log


def test_the_way_to_google_depends_on_what_is_set(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    desk.cloud.plans.fail(Cut(), times=None)
    assert "api_base_url" in desk.failed().todo[1]
    refused = requests.ConnectionError("unreachable")
    monkeypatch.setattr(HTTPAdapter, "send", _raising(refused))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    governor = Governor(sleep=lambda seconds: None)
    desk.account = Account(desk.cloud.credentials(), governor=governor)
    assert "现在没有设置" in desk.failed().todo[1]
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@127.0.0.1:9")
    said = "".join(desk.failed().todo)
    assert "代理" in said and "secret" not in said.replace("secrets.toml", "")
    monkeypatch.setattr(HTTPAdapter, "send", _raising(requests.exceptions.ProxyError("refused")))
    assert "代理服务器" in desk.failed().said


def _raising(error: Exception) -> Callable[..., requests.Response]:
    def send(*_: object, **__: object) -> requests.Response:
        raise error

    return send


def test_another_installation_that_writes_it_is_named(desk: Desk) -> None:
    stamp(desk, Owner("elsewhere", "仓库电脑", "/srv/console"))
    wrong = desk.failed()
    assert wrong.step == OWNER and "仓库电脑" in wrong.said and "/srv/console" in wrong.said
    assert any("--take-over" in line for line in wrong.todo)


def test_our_own_spreadsheet_is_ours(desk: Desk) -> None:
    stamp(desk, Owner(HERE, "这里", "/data"))
    assert desk.found()[-1] == Finding(OWNER, True, "由这里的控制台管理。")


def stamp(desk: Desk, owner: Owner) -> None:
    """What a console leaves in a spreadsheet with its first commit."""
    client = desk.account.client()
    number, requests_ = hidden_tab({})
    requests_.append(stamp_cells(Stamp("w", 1), owner, number))
    client.batch_update(desk.book.id, {"requests": requests_})
    client.session.close()
    assert desk.book.content.titled(TAB) is not None


def test_nothing_is_asked_of_the_host_that_was_pasted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the id is taken from an address, whatever stands around it."""
    asked: set[str] = set()
    send = HTTPAdapter.send

    def noting(self: HTTPAdapter, request: requests.PreparedRequest, *rest: object, **more: object):
        asked.add(str(request.url))
        return send(self, request, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(HTTPAdapter, "send", noting)
    id = desk.book.id
    for address in (
        f"https://evil.example.com/spreadsheets/d/{id}/edit",
        f"http://169.254.169.254/spreadsheets/d/{id}/edit?x=y#z",
        f"https://docs.google.com@evil.example.com/spreadsheets/d/{id}/edit",
        f"https://evil.example.com:8443/spreadsheets/u/0/d/{id}",
    ):
        found = desk.found(address)
        assert all(one.fine for one in found)
        assert found[0].said == f"https://docs.google.com/spreadsheets/d/{id}", "what is shown is not what was pasted"
    assert asked and all(url.startswith(f"{desk.server.address}/") for url in asked)


def test_the_key_is_never_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    key = desk.cloud.account().private_key.splitlines()[3]
    info = {**desk.cloud.credentials(), "private_key": f"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----"}
    desk.account = Account(info, desk.server.address)
    wrong = desk.failed()
    assert key[:20] not in repr(wrong) + caplog.text
