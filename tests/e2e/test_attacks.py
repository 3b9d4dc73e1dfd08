"""The door from outside: a started console, and everything somebody may send to it who ought not to come in."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed, InvalidStatus

from logic.clock import now
from logic.door import passwords
from logic.register import registers
from sheets.accounts import Accounts
from sheets.store import Store
from tests.e2e import attacker, steps
from tests.e2e.attacker import SESSION, Client
from tests.e2e.conftest import Console
from tools import console as console_process

NAME, SECRET = steps.SALES, "蓝色的大象在散步"
PAGES = ("", "home", "attention", "handbook", "account", "accounts", "connect", "nowhere", *registers())
EVIL = "http://evil.example"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One console for all attacks, with a demo workbook and one account that has a password."""
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_DATA", str(folder / "data"))
        patch.setenv("CONSOLE_SECRETS", str(folder / "secrets.toml"))
        console_process.prepare_workbook(Path(sys.executable))
        console = Console(folder / "data", attacker.free_port())
        console.start()
    record = Client(console.port).record(NAME)
    store = Store(console.data)
    accounts = Accounts(store)
    with store.transaction() as connection:
        id = accounts.add(connection, NAME, record, now().isoformat(), "test", admin=False, demo=False)
        accounts.update(connection, id, password=passwords.hash_of(SECRET))
    store.close()
    yield console
    console.stop()


@pytest.fixture
def guest(house: Console) -> Iterator[Client]:
    """Somebody from outside; what was counted against them is forgotten for the next test."""
    yield Client(house.port)
    change(house, "DELETE FROM attempts")


@pytest.fixture
def member(house: Console, guest: Client) -> Client:
    """Somebody who signed in with a password."""
    member = Client(house.port)
    assert member.sign_in(NAME, SECRET).status == 303
    assert member.is_in()
    return member


def change(house: Console, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(house.data / "console.sqlite", timeout=30)) as connection, connection:
        connection.execute(statement, values)


def shut_out(client: Client) -> bool:
    """Neither page nor file nor websocket."""
    page = client.get("/bank_transfers")
    with pytest.raises(InvalidStatus) as refused, client.socket():
        pass
    return not client.is_in() and page.status == 303 and refused.value.response.status_code == 403


# -- nobody -------------------------------------------------------------------------------------------------------------


def test_a_fresh_server_gives_nothing_to_nobody(console: Console) -> None:
    """Before any script has run, deep links included (the hole of a folder pages/)."""
    guest = Client(console.port)
    for page in PAGES:
        answer = guest.get(f"/{page}")
        assert (answer.status, answer.text) == (303, ""), page
        assert answer.goal == (f"/sign-in?next=%2F{page}" if page else "/sign-in")
        assert guest.send("GET", f"/{page}").status == 401, "a program gets no page to sign in"
    for path in (
        "/_stcore/host-config", "/_stcore/metrics", "/_stcore/stream", "/_stcore/script-health-check",
        "/_stcore/agent/interact", "/_stcore/health/", "/_stcore/health/../host-config", "/media/x.png", "/component/x/y",
        "/_stcore/bidi-components/x", "/static/index.html", "/static/", "/print/x", "/index.html", "/vendor/x", "/favicon.png",
        "/auth/login", "/oauth2callback", "/app/static/x", "//bank_transfers", "/sign-in/../bank_transfers",
        "/sign-in/demo/x", "/sign-in/", "/SIGN-IN", "/invite/", "/invite/a/b", "/invite/..%2Fstatic", "/%2e%2e/pages/main.py",
    ):  # fmt: skip
        for headers in ({}, attacker.PAGE):
            answer = guest.send("GET", path, headers=headers)
            assert answer.status in (303, 401), (path, answer.status)
            assert "<script" not in answer.text
        for method in ("POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
            assert guest.send(method, path).status in (401, 405), (method, path)
    assert guest.send("PUT", "/_stcore/upload_file/a/b", "x").status == 401
    assert guest.send("GET", "/_stcore/health").text == "ok"
    assert shut_out(guest)


def test_a_websocket_anywhere_needs_a_session(guest: Client) -> None:
    for path in ("/_stcore/stream", "/", "/sign-in", "/_stcore/health", "/bank_transfers/_stcore/stream"):
        with pytest.raises(InvalidStatus) as refused, guest.socket(path):
            pass
        assert refused.value.response.status_code == 403


def test_a_name_in_a_header_is_nobody(guest: Client) -> None:
    """Neither ours nor those of proxies."""
    forged = {
        "X-Console-Account": "1",
        "X-Console-User": "admin",
        "X-Forwarded-User": "admin",
        "Authorization": "Basic YTpi",
    }
    assert guest.get("/bank_transfers", forged).status == 303
    with pytest.raises(InvalidStatus), guest.socket(**forged):
        pass


# -- guessing -----------------------------------------------------------------------------------------------------------


def test_guessing_is_slowed_down(guest: Client) -> None:
    for _ in range(5):
        answer = guest.sign_in(NAME, "wrong")
        assert answer.status == 401 and "登录名或密码不正确" in answer.text
    answer = guest.sign_in(NAME, SECRET)
    assert answer.status == 401 and re.search(r"请在 \d\d:\d\d 以后再试", answer.text)
    assert SESSION not in guest.cookies
    assert f'value="{NAME}"' in answer.text and SECRET not in answer.text


def test_what_is_typed_comes_back_as_text(guest: Client) -> None:
    nasty = '"><script>alert(1)</script>{_FORM}<form-token>'
    answer = guest.sign_in(nasty, nasty, nasty)
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert(1)" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


# -- sessions -----------------------------------------------------------------------------------------------------------


def test_the_cookie_is_for_the_server_alone(guest: Client) -> None:
    set_cookie = guest.sign_in(NAME, SECRET).headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie and "SameSite=lax" in set_cookie and "Path=/" in set_cookie
    assert "Secure" not in set_cookie
    behind_https = {"X-Forwarded-Proto": "https", "Origin": f"https://{guest.host}"}
    again = Client(guest.port)
    assert "Secure" in again.sign_in(NAME, SECRET, headers=behind_https).headers["Set-Cookie"]


def test_a_session_cannot_be_planted(house: Console, member: Client) -> None:
    """Whatever cookie the browser came with, signing in makes a new one and ends what it stood for."""
    victim = Client(house.port, dict(member.cookies))
    planted = victim.cookies[SESSION]
    fresh = Client(house.port)
    record, form = fresh.record(steps.FINANCE), fresh.form()
    victim.cookies |= fresh.cookies
    assert victim.post("/sign-in/demo", form=form, record=record).status == 303
    assert victim.cookies[SESSION] != planted
    assert victim.is_in() and not member.is_in()
    chosen = Client(house.port, {SESSION: "A" * 43})
    chosen.sign_in(NAME, SECRET)
    assert chosen.cookies[SESSION] != "A" * 43 and chosen.is_in()


def test_after_signing_out_the_cookie_is_worth_nothing(house: Console, member: Client) -> None:
    kept = Client(house.port, dict(member.cookies))
    assert member.get("/sign-out").status == 200, "a link from elsewhere only asks"
    assert member.get("/sign-out?key=guessed").status == 200
    assert kept.is_in()
    answer = member.post("/sign-out", form=member.form("/sign-out"))
    assert (answer.status, answer.goal) == (303, "/sign-in?said=out")
    assert shut_out(kept)


@pytest.mark.parametrize(
    "cookie", ["", ".", "x", "forged.{signature}", "{token}.", "{token}", "{token}.0", "{token}x.{signature}"]
)
def test_a_forged_cookie_is_nobody(house: Console, member: Client, cookie: str) -> None:
    token, _, signature = member.cookies[SESSION].rpartition(".")
    assert shut_out(Client(house.port, {SESSION: cookie.format(token=token, signature=signature)}))
    assert member.is_in()


def test_a_form_cookie_is_no_session(house: Console, member: Client) -> None:
    assert shut_out(Client(house.port, {SESSION: member.cookies["console_form"]}))


@pytest.mark.parametrize(
    ("column", "ago"), [("seen_at", dt.timedelta(hours=12)), ("created_at", dt.timedelta(days=14))]
)
def test_an_expired_cookie_is_nobody(house: Console, member: Client, column: str, ago: dt.timedelta) -> None:
    change(house, f"UPDATE sessions SET {column}=?", (now() - ago).isoformat())
    assert shut_out(member)


def test_an_ended_session_closes_its_running_pages(house: Console, member: Client) -> None:
    with member.socket() as opened:
        assert "客户ID" in attacker.texts(attacker.run(opened, "bank_transfers"))
        member.post("/sign-out", form=member.form("/sign-out"))
        with pytest.raises(ConnectionClosed) as closed:
            attacker.run(opened, "bank_transfers")
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401


def test_a_page_of_somebody_else_cannot_be_taken_over(house: Console, member: Client) -> None:
    """Streamlit gives a page back to who knows its id; here only to the same account."""
    with member.socket() as opened:
        session = next(
            one.new_session.initialize.session_id
            for one in attacker.run(opened, "bank_transfers")
            if one.WhichOneof("type") == "new_session"
        )
        thief = Client(house.port)
        thief.sign_in_as(steps.FINANCE)
        with thief.socket(subprotocols=["streamlit", "x", session]) as other:
            begun = next(
                one for one in attacker.run(other, "bank_transfers") if one.WhichOneof("type") == "new_session"
            )
            assert begun.new_session.initialize.session_id != session


# -- other sites --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://127.0.0.1:1"}],
)
def test_another_site_posts_nothing(house: Console, guest: Client, headers: dict[str, str]) -> None:
    form, record = guest.form(), guest.record(NAME)
    for answer in (
        guest.post("/sign-in", headers, form=form, name=NAME, password=SECRET),
        guest.post("/sign-in/demo", headers, form=form, record=record),
    ):
        assert answer.status == 403 and SESSION not in guest.cookies


def test_a_form_of_another_browser_posts_nothing(house: Console, guest: Client, member: Client) -> None:
    other = Client(house.port)
    for form in ("", "x", other.form()):
        assert guest.post("/sign-in", form=form, name=NAME, password=SECRET).status == 403
    assert SESSION not in guest.cookies
    member.form("/sign-out")
    assert member.post("/sign-out", form=other.form()).status == 200
    assert member.is_in()
    assert guest.post("/sign-in", form=guest.form(), name="x" * 20_000, password="x").status == 403


def test_another_site_opens_no_websocket(member: Client) -> None:
    for origin in (EVIL, "null", "http://localhost:1", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus) as refused, member.socket(Origin=origin):
            pass
        assert refused.value.response.status_code == 403


def test_another_name_for_this_machine_gets_nothing_in_demo_mode(guest: Client) -> None:
    """A site whose name suddenly means 127.0.0.1 could press the demo buttons."""
    for path in ("/sign-in", "/", "/_stcore/health"):
        assert guest.get(path, {"Host": f"evil.example:{guest.port}"}).status == 403
    assert guest.get("/sign-in", {"Host": f"localhost:{guest.port}"}).status == 200


@pytest.mark.parametrize(
    "next",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "///evil.example",
        "/ok\r\nSet-Cookie: a=b", " //evil.example", "javascript:alert(1)", "evil.example", "/sign-out", "/sign-in?next=//evil",
        "/invite/x", "http:/evil.example", "/\u2028/evil", "",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(guest: Client, next: str) -> None:
    assert guest.sign_in(NAME, SECRET, next).goal == "/"


def test_one_gets_where_one_wanted_to_go(guest: Client) -> None:
    goal = guest.get("/bank_transfers?bank_transfers_state=%E5%B7%B2%E7%99%BB%E8%AE%B0&x=1").goal
    page = guest.get(goal).text
    found = re.search(r'name="next" value="([^"]*)"', page)
    assert found is not None
    wanted = found[1].replace("&amp;", "&")
    assert wanted == "/bank_transfers?bank_transfers_state=%E5%B7%B2%E7%99%BB%E8%AE%B0&x=1"
    assert guest.sign_in(NAME, SECRET, wanted).goal == wanted
    assert guest.get("/sign-in?next=/staff").goal == "/staff", "who is in need not sign in again"


# -- crafted messages ---------------------------------------------------------------------------------------------------


def test_a_crafted_message_opens_no_page_and_presses_no_button(house: Console, member: Client) -> None:
    """What an administrator's page has, from somebody who is none: the page, and the button by its id."""
    head = Client(house.port)
    head.sign_in_as(steps.HEAD)
    with head.socket() as theirs, member.socket() as mine:
        page = attacker.run(theirs, "accounts")
        assert "同时做管理员" in attacker.texts(page)
        press = WidgetState(id=attacker.widget(page, "button", "设为管理员"), trigger_value=True)
        for states in ((), (press,)):
            answered = attacker.texts(attacker.run(mine, "accounts", *states))
            assert "同时做管理员" not in answered and "设为管理员" not in answered
        with closing(sqlite3.connect(house.data / "console.sqlite")) as connection:
            assert connection.execute("SELECT admin FROM accounts WHERE demo=0").fetchall() == [(0,)]
        attacker.run(theirs, "accounts", press)
        with closing(sqlite3.connect(house.data / "console.sqlite")) as connection:
            assert connection.execute("SELECT admin FROM accounts WHERE demo=0").fetchall() == [(1,)]
    change(house, "UPDATE accounts SET admin=0 WHERE demo=0")


def test_a_crafted_message_looks_into_no_workbook(house: Console, member: Client) -> None:
    head = Client(house.port)
    head.sign_in_as(steps.HEAD)
    with head.socket() as theirs, member.socket() as mine:
        page = attacker.run(theirs, "connect")
        assert "正在使用的工作簿" in attacker.texts(page)
        look = WidgetState(id=attacker.widget(page, "button", "看看缺什么"), trigger_value=True)
        for states in ((), (look,)):
            answered = attacker.texts(attacker.run(mine, "connect", *states))
            assert "正在使用的工作簿" not in answered and "已经齐全" not in answered and "台账.xlsx" not in answered


def test_a_crafted_message_writes_nothing_that_a_form_would_not(house: Console, member: Client) -> None:
    """FACTS finding 3: an option that is not in the list, a number that is none, both past the widgets."""
    with member.socket() as opened:
        listed = attacker.run(opened, "bank_transfers")
        new = WidgetState(id=attacker.widget(listed, "button", "新增"), trigger_value=True)
        form = attacker.run(opened, "bank_transfers", new)
        forged = [
            WidgetState(id=attacker.widget(form, "selectbox", "订单进度"), string_value="不存在的进度"),
            WidgetState(id=attacker.widget(form, "text_input", "客户ID"), string_value="tb_forged"),
            WidgetState(id=attacker.widget(form, "text_input", "转账金额"), string_value="=1+1"),
        ]
        save = WidgetState(id=attacker.widget(form, "button", "保存"), trigger_value=True)
        attacker.run(opened, "bank_transfers", *forged)
        answered = attacker.texts(attacker.run(opened, "bank_transfers", *forged, save))
        assert "不能保存" in answered
    with closing(sqlite3.connect(house.data / "console.sqlite")) as connection:
        states = connection.execute("SELECT state FROM changes WHERE actor=?", (NAME,)).fetchall()
    assert {state for (state,) in states} <= {"rejected"}
    values = steps.File(house.workbook).read()[1]
    assert not any("tb_forged" in map(str, row) for row in values)


# -- where it is no demo ------------------------------------------------------------------------------------------------


def test_where_others_can_reach_it_there_are_no_demo_accounts(data_folder: Path) -> None:
    """The same demo data, served to the network: the first administrator comes in by the link, nobody else."""
    console_process.prepare_workbook(Path(sys.executable))
    console = Console(data_folder, attacker.free_port(), host="0.0.0.0")
    console.start()
    try:
        guest = Client(console.port)
        page = guest.get("/sign-in").text
        assert "演示" not in page
        assert guest.post("/sign-in/demo", form=guest.form(), record="YG").status == 401
        file = data_folder / "first-admin.txt"
        if os.name != "nt":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        link = re.search(r"http://127\.0\.0\.1:\d+(/invite/\S+)", file.read_text(encoding="utf-8"))
        assert link is not None and link[0] in console.log.read_text(encoding="utf-8")
        assert guest.get(f"{link[1]}x").status == 404
        for password, status in (("short", 400), (SECRET, 303)):
            form = guest.form(link[1])
            answer = guest.post(link[1], form=form, name=steps.HEAD, password=password, again=password)
            assert answer.status == status
        assert guest.is_in() and not file.exists()
        assert Client(console.port).get(link[1]).status == 404
        console.stop()
        console.start()
        assert guest.is_in(), "a restart signs nobody out"
        assert not file.exists()
    finally:
        console.stop()
