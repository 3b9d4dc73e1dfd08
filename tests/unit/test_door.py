"""The door itself: passwords, sessions, links, guessing, who has left. No server; the clock moves when told."""

from __future__ import annotations

import datetime as dt
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from logic.door import administration, first, links, passwords, roster
from logic.door.administration import create, disable, enable, end_sessions, listed, new_link, set_administrator
from logic.door.door import IDLE, INVITED_FOR, LONGEST, WRONG, Door, Refused, Visit
from logic.door.roster import Person, Roster
from logic.judgement import Judgement
from logic.register import registers
from sheets import accounts as tables
from sheets.store import MIGRATIONS, Store
from tests.conftest import Clock
from tests.tables import rows_of

HEAD, CLERK, OTHER = "YG260101-AAAAA", "YG260101-BBBBB", "YG260101-CCCCC"
SECRET = "蓝色的大象在散步"
NOW = dt.datetime(2026, 11, 22, 9, 0)
CAREFUL = passwords._HASHES


@dataclass(slots=True)
class House:
    """A door with a roster that can be changed."""

    door: Door
    clock: Clock
    folder: Path
    people: dict[str, Person] | None = field(default_factory=dict[str, Person])

    def roster(self) -> Roster | None:
        return Roster(self.people.values()) if self.people is not None else None

    def write(self, record: str, name: str, email: str = "", position: str = "客服", gone: str = "") -> None:
        assert self.people is not None
        self.people[record] = Person(record, name, email, position, gone)

    def visit(self, token: str) -> Visit:
        found = self.door.visit(token)
        assert found is not None
        return found

    def administrator(self) -> Visit:
        token = first.link(self.door, self.folder, "").rpartition("/")[2]
        return self.visit(links.accept(self.door, token, SECRET, SECRET, "a", "林佩文"))

    def clerk(self) -> str:
        """An account with a password, for CLERK; its session."""
        link = create(self.door, self.administrator(), CLERK, admin=False)
        return links.accept(self.door, link, SECRET, SECRET, "a")

    def refused(self, *given: str) -> str:
        with pytest.raises(Refused) as why:
            self.door.sign_in(*given)
        return str(why.value)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes guessing slow would make these tests slow too."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(passwords, "_HASHES", quick)
    passwords._nobodys.cache_clear()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    store = Store(tmp_path / "data")
    house = House(Door(store, lambda: house.roster(), clock), clock, store.folder)
    house.write(HEAD, "林佩文", "linpw@example.com", "部门主管")
    house.write(CLERK, "程小桃", "Chengxt@example.com")
    house.write(OTHER, "伍晓棠")
    yield house
    store.close()


# -- passwords -----------------------------------------------------------------------------------------------------------


def test_a_password_is_kept_as_argon2_and_nowhere_else(house: House) -> None:
    house.clerk()
    house.door.store.close()
    found = b"".join(path.read_bytes() for path in house.folder.glob("console.sqlite*"))
    assert b"$argon2id$" in found
    assert SECRET.encode() not in found


def test_the_cost_is_what_is_recommended() -> None:
    """OWASP's least is 19 MB with two rounds; here it is 64 MB with three."""
    assert "$m=65536,t=3,p=4$" in CAREFUL.hash(SECRET)


def test_verify() -> None:
    hash = passwords.hash_of(SECRET)
    assert hash != passwords.hash_of(SECRET), "salted"
    assert passwords.verify(SECRET, hash) == (True, "")
    assert passwords.verify(f"{SECRET}。", hash) == (False, "")
    assert passwords.verify("nobody", "") == (False, ""), "no account has the password of nobody"


def test_a_hash_of_an_older_cost_is_renewed(house: House) -> None:
    house.clerk()
    weak = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1).hash(SECRET)
    with house.door.store.transaction() as connection:
        account = house.door.accounts.of_record(connection, CLERK, demo=False)
        assert account is not None
        house.door.accounts.update(connection, account.id, password=weak)
    assert house.door.sign_in("程小桃", SECRET, "a")
    renewed = house.door.accounts.get(account.id)
    assert renewed is not None and renewed.password != weak and passwords.verify(SECRET, renewed.password)[0]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("1234567", "1234567"), "8 到 128"),
        (("啊" * 129, "啊" * 129), "8 到 128"),
        ((SECRET, f"{SECRET}1"), "不一样"),
        (("12345678", "12345678"), "太容易"),
        (("Password1", "Password1"), "太容易"),
        (("abababab", "abababab"), "太容易"),
        (("chengxt@example.com", "chengxt@example.com"), "姓名或邮箱"),
        ((SECRET, SECRET), ""),
        (("tulip-9-kettle", "tulip-9-kettle"), ""),
    ],
)
def test_what_is_no_password(given: tuple[str, str], why: str) -> None:
    assert why in passwords.fault(*given, "程小桃", "chengxt@example.com")
    assert bool(why) is bool(passwords.fault(*given, "程小桃", "chengxt@example.com"))


# -- signing in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["程小桃", " 程小桃 ", "chengxt@example.com", "CHENGXT@EXAMPLE.COM"])
def test_by_name_or_mail(house: House, name: str) -> None:
    house.clerk()
    visit = house.visit(house.door.sign_in(name, SECRET, "a"))
    assert (visit.name, visit.record, visit.admin, visit.demo) == ("程小桃", CLERK, False, False)


def test_nobody_learns_who_has_an_account(house: House) -> None:
    house.clerk()
    create(house.door, house.visit(house.door.sign_in("林佩文", SECRET, "a")), OTHER, admin=False)
    house.write("YG260101-DDDDD", "程小桃二")
    said = {house.refused(name, "wrong", "b") for name in ("程小桃", "伍晓棠", "程小桃二", "谁也不是", "")}
    assert said == {WRONG}


def test_a_name_that_two_share_opens_neither(house: House) -> None:
    """The mail still does; somebody who takes another's mail shuts both out rather than coming in."""
    house.clerk()
    link = create(house.door, house.visit(house.door.sign_in("林佩文", SECRET, "a")), OTHER, admin=False)
    links.accept(house.door, link, SECRET, SECRET, "a")
    house.write(OTHER, "程小桃")
    assert house.refused("程小桃", SECRET, "a") == WRONG
    assert house.visit(house.door.sign_in("chengxt@example.com", SECRET, "a")).record == CLERK


@pytest.mark.parametrize("gone", ["员工名册里您已离职,不能再登录。", "员工名册里您这一行已作废,请找管理员。"])
def test_who_has_left_is_out_at_once(house: House, gone: str) -> None:
    token = house.clerk()
    assert house.visit(token)
    house.write(CLERK, "程小桃", gone=gone)
    assert house.door.visit(token) is None
    assert house.refused("程小桃", SECRET, "a") == gone
    house.write(CLERK, "程小桃")
    assert house.door.visit(token) is None, "it ended for good"
    assert house.door.sign_in("程小桃", SECRET, "a")


def test_a_row_that_vanished_may_come_back(house: House) -> None:
    token = house.clerk()
    assert house.people is not None
    del house.people[CLERK]
    assert house.door.visit(token) is None
    assert house.refused("程小桃", SECRET, "a") == WRONG
    house.write(CLERK, "程小桃")
    assert house.visit(token).name == "程小桃"


def test_a_roster_that_cannot_be_read_lets_nobody_new_in_but_administrators(house: House) -> None:
    token = house.clerk()
    house.people = None
    assert house.visit(token).name == "程小桃", "as it was last known"
    assert "员工名册还没有读到" in house.refused("程小桃", SECRET, "a")
    assert house.visit(house.door.sign_in("林佩文", SECRET, "a")).admin


def test_a_new_name_in_the_roster_counts_at_once(house: House) -> None:
    token = house.clerk()
    house.write(CLERK, "程桃桃")
    assert house.visit(token).name == "程桃桃"
    assert house.refused("程小桃", SECRET, "a") == WRONG
    assert house.door.sign_in("程桃桃", SECRET, "a")


def test_the_roster_as_rows() -> None:
    """Without an id of its own, or a name, nobody can have an account."""
    register = registers()["staff"]
    rows = [
        {"name": "甲", "position": "财务", "record_id": HEAD},
        {"name": "乙", "staff_status": "离职", "record_id": CLERK},
        {"name": "丙", "status": "作废", "record_id": OTHER},
        {"name": "丁"},
    ]
    judgement = Judgement.of(registers(), {"staff": rows_of(register, rows)}, now=NOW)
    found = roster.read(judgement)
    assert found is not None
    assert [(one.name, bool(one.gone)) for one in found.people] == [("甲", False), ("乙", True), ("丙", True)]
    assert [one.name for one in found.one_of_each_position()] == ["甲"]
    assert roster.read(Judgement.of(registers(), {"staff": None}, now=NOW)) is None


# -- sessions ------------------------------------------------------------------------------------------------------------


def test_a_token_is_long_random_and_kept_hashed(house: House) -> None:
    one, two = house.clerk(), house.door.sign_in("程小桃", SECRET, "a")
    assert one != two and len(one) >= 43, "256 bits"
    with closing(sqlite3.connect(house.folder / "console.sqlite")) as connection:
        kept = {row[0] for row in connection.execute("SELECT token FROM sessions")}
    assert tables.hashed(one) in kept and one not in kept
    assert house.door.visit(tables.hashed(one)) is None, "who reads the file cannot come in with it"
    assert house.door.visit("") is None


def test_a_session_ends_when_nobody_is_there(house: House) -> None:
    token = house.clerk()
    for _ in range(3):
        house.clock.advance(seconds=IDLE.total_seconds() - 60)
        house.door.seen(house.visit(token))
    house.clock.advance(seconds=IDLE.total_seconds())
    assert house.door.visit(token) is None


def test_being_seen_is_written_once_a_minute(house: House) -> None:
    token = house.clerk()
    begun = house.visit(token).seen_at
    house.clock.advance(seconds=59)
    house.door.seen(house.visit(token))
    assert house.visit(token).seen_at == begun
    house.clock.advance(seconds=1)
    house.door.seen(house.visit(token))
    assert house.visit(token).seen_at == house.door.now()


def test_a_session_ends_after_two_weeks_whatever_happens(house: House) -> None:
    token = house.clerk()
    days = LONGEST.days
    for _ in range(days * 4 - 1):
        house.clock.advance(hours=6)
        house.door.seen(house.visit(token))
    house.clock.advance(hours=6)
    assert house.door.visit(token) is None
    house.door.sign_in("程小桃", SECRET, "a")
    assert sum(map(len, house.door.accounts.sessions().values())) == 1, "old ones are swept away"


def test_signing_out_ends_this_session_only(house: House) -> None:
    here, there = house.clerk(), house.door.sign_in("程小桃", SECRET, "a")
    house.door.end(house.visit(here).session)
    assert house.door.visit(here) is None
    assert house.visit(there)


def test_a_new_password_ends_the_other_sessions(house: House) -> None:
    here, there = house.clerk(), house.door.sign_in("程小桃", SECRET, "a")
    visit = house.visit(here)
    for given, why in (
        (("wrong", "另一个很长的密码", "另一个很长的密码"), "现在的密码不正确"),
        ((SECRET, "短", "短"), "8 到 128"),
    ):
        with pytest.raises(Refused, match=why):
            house.door.change_password(visit, *given, "a")
    assert house.visit(there)
    house.door.change_password(visit, SECRET, "另一个很长的密码", "另一个很长的密码", "a")
    assert house.visit(here) and house.door.visit(there) is None
    assert house.refused("程小桃", SECRET, "a") == WRONG
    assert house.door.sign_in("程小桃", "另一个很长的密码", "a")


def test_a_signature_is_good_for_one_purpose(house: House) -> None:
    signed = house.door.signed("session", "value")
    assert house.door.unsigned("session", signed) == "value"
    for forged in (f"{signed[:-1]}x", "value", "value.", "", ".", f"other.{signed.partition('.')[2]}", "值.签名"):
        assert house.door.unsigned("session", forged) == ""
    assert house.door.unsigned("form-cookie", signed) == ""


# -- guessing ------------------------------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_a_name_waits_longer_and_longer(house: House) -> None:
    house.clerk()
    for _ in range(5):
        assert house.refused("程小桃", "wrong", "a") == WRONG
    for minutes in (1, 2, 4, 8, 15, 15):
        said = house.refused("程小桃", SECRET, "another address")
        assert f"约 {minutes} 分钟" in said and "以后再试" in said, "the right one is not even looked at"
        house.clock.advance(minutes=minutes, seconds=-1)
        assert "以后再试" in house.refused("程 小桃", SECRET, "a"), "however it is spelt"
        house.clock.advance(seconds=1)
        assert house.refused("程小桃", "wrong", "a") == WRONG
    house.clock.advance(minutes=15)
    assert house.door.sign_in("程小桃", SECRET, "a")
    assert house.refused("程小桃", "wrong", "a") == WRONG, "it starts anew"


def test_name_and_mail_are_one_account_to_guess(house: House) -> None:
    visit = house.visit(house.clerk())
    for name in ("程小桃", "chengxt@example.com", "程小桃", "CHENGXT@example.com"):
        assert house.refused(name, "wrong", "a") == WRONG
    with pytest.raises(Refused, match="不正确"):
        house.door.change_password(visit, "wrong", SECRET, SECRET, "a")
    assert "以后再试" in house.refused("chengxt@example.com", SECRET, "a")


def test_an_address_that_tries_many_names_waits(house: House) -> None:
    house.clerk()
    for number in range(20):
        assert house.refused(f"某人{number}", "wrong", "6.6.6.6") == WRONG
    assert "以后再试" in house.refused("程小桃", SECRET, "6.6.6.6")
    assert house.door.sign_in("程小桃", SECRET, "7.7.7.7")


def test_who_knows_the_password_is_never_slowed_down(house: House) -> None:
    house.clerk()
    for _ in range(30):
        assert house.door.sign_in("程小桃", SECRET, "a")


def test_a_restart_gives_no_fresh_start(house: House) -> None:
    house.clerk()
    for _ in range(5):
        house.refused("程小桃", "wrong", "a")
    again = Door(house.door.store, house.roster, house.clock)
    with pytest.raises(Refused, match="以后再试"):
        again.sign_in("程小桃", SECRET, "a")
    house.clock.advance(hours=1)
    assert again.sign_in("程小桃", SECRET, "a")


def test_the_own_password_cannot_be_guessed_either(house: House) -> None:
    visit = house.visit(house.clerk())
    for _ in range(5):
        with pytest.raises(Refused, match="不正确"):
            house.door.change_password(visit, "wrong", "另一个很长的密码", "另一个很长的密码", "a")
    with pytest.raises(Refused, match="以后再试"):
        house.door.change_password(visit, SECRET, "另一个很长的密码", "另一个很长的密码", "a")


# -- links and administration --------------------------------------------------------------------------------------------


def test_the_first_administrator(house: House) -> None:
    link = first.link(house.door, house.folder, "http://127.0.0.1:8501")
    file = house.folder / first.NAME
    assert link in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.link(house.door, house.folder, "http://127.0.0.1:8502").rpartition("/")[2] == link.rpartition("/")[2]
    token = link.rpartition("/")[2]
    assert links.invited(house.door, token) is None
    with pytest.raises(Refused, match="姓名"):
        links.accept(house.door, token, SECRET, SECRET, "a", " ")
    visit = house.visit(links.accept(house.door, token, SECRET, SECRET, "a", "林佩文"))
    assert (visit.name, visit.record, visit.admin) == ("林佩文", HEAD, True)
    with pytest.raises(Refused, match="用过"):
        links.accept(house.door, token, SECRET, SECRET, "a", "程小桃")
    first.forget(house.folder)
    assert first.link(house.door, house.folder, "") == "" and not file.exists()


def test_a_lost_file_gets_another_link_and_the_old_one_is_void(house: House) -> None:
    old = first.link(house.door, house.folder, "").rpartition("/")[2]
    (house.folder / first.NAME).unlink()
    new = first.link(house.door, house.folder, "").rpartition("/")[2]
    assert new != old
    with pytest.raises(Refused):
        links.invited(house.door, old)
    assert links.invited(house.door, new) is None


def test_an_administrator_nobody_can_reach_gets_in_again(house: House) -> None:
    before = house.administrator()
    token = first.link(house.door, house.folder, "", anew=True).rpartition("/")[2]
    again = house.visit(links.accept(house.door, token, "另一个很长的密码", "另一个很长的密码", "a", "林佩文"))
    assert again.account == before.account
    assert house.refused("林佩文", SECRET, "a") == WRONG


def test_an_administrator_who_is_in_no_roster_until_the_row_comes(house: House) -> None:
    token = first.link(house.door, house.folder, "").rpartition("/")[2]
    session = links.accept(house.door, token, SECRET, SECRET, "a", "王网管")
    assert (house.visit(session).name, house.visit(session).record) == ("王网管", "")
    house.write("YG260101-EEEEE", "王网管")
    assert house.visit(session).record == "YG260101-EEEEE"
    house.write("YG260101-EEEEE", "王网管", gone="员工名册里您已离职,不能再登录。")
    assert house.door.visit(session) is None


def test_who_left_cannot_become_the_first_administrator(house: House) -> None:
    house.write(HEAD, "林佩文", gone="员工名册里您已离职,不能再登录。")
    token = first.link(house.door, house.folder, "").rpartition("/")[2]
    with pytest.raises(Refused, match="离职"):
        links.accept(house.door, token, SECRET, SECRET, "a", "林佩文")


def test_a_link_is_good_once_and_for_a_week(house: House) -> None:
    head = house.administrator()
    link = create(house.door, head, CLERK, admin=False)
    with pytest.raises(Refused, match="已经有账号"):
        create(house.door, head, CLERK, admin=False)
    (account,) = [one.account for one in listed(house.door, head) if one.account.record == CLERK]
    newer = new_link(house.door, head, account.id)
    with pytest.raises(Refused, match="用过"):
        links.accept(house.door, link, SECRET, SECRET, "a")
    house.clock.advance(seconds=INVITED_FOR.total_seconds() - 1)
    assert links.invited(house.door, newer) == account
    token = links.accept(house.door, newer, SECRET, SECRET, "a")
    assert house.visit(token).name == "程小桃"
    with pytest.raises(Refused, match="用过"):
        links.accept(house.door, newer, SECRET, SECRET, "a")
    head = house.visit(house.door.sign_in("林佩文", SECRET, "a"))
    late = new_link(house.door, head, account.id)
    house.clock.advance(seconds=INVITED_FOR.total_seconds())
    with pytest.raises(Refused, match="过期"):
        links.accept(house.door, late, SECRET, SECRET, "a")


def test_a_new_link_ends_nothing_until_it_is_used(house: House) -> None:
    token = house.clerk()
    head = house.visit(house.door.sign_in("林佩文", SECRET, "a"))
    link = new_link(house.door, head, house.visit(token).account)
    assert house.visit(token) and house.door.sign_in("程小桃", SECRET, "a")
    links.accept(house.door, link, "另一个很长的密码", "另一个很长的密码", "a")
    assert house.door.visit(token) is None
    assert house.refused("程小桃", SECRET, "a") == WRONG


def test_a_disabled_account_is_out_at_once(house: House) -> None:
    token = house.clerk()
    head = house.visit(house.door.sign_in("林佩文", SECRET, "a"))
    id = house.visit(token).account
    link = new_link(house.door, head, id)
    disable(house.door, head, id)
    assert house.door.visit(token) is None
    assert house.refused("程小桃", SECRET, "a") == "这个账号已停用,请找管理员。"
    for act in (lambda: links.invited(house.door, link), lambda: new_link(house.door, head, id)):
        with pytest.raises(Refused):
            act()
    assert [one.state for one in listed(house.door, head) if one.account.id == id] == ["已停用"]
    enable(house.door, head, id)
    assert house.door.visit(token) is None
    assert house.door.sign_in("程小桃", SECRET, "a")


def test_sessions_of_somebody_end_but_not_the_one_that_asks(house: House) -> None:
    token = house.clerk()
    head = house.visit(house.door.sign_in("林佩文", SECRET, "a"))
    end_sessions(house.door, head, house.visit(token).account)
    assert house.door.visit(token) is None
    end_sessions(house.door, head, head.account)
    assert house.door.accounts.sessions() == {head.account: [head.seen_at]}


def test_there_is_always_an_administrator(house: House) -> None:
    token = house.clerk()
    head = house.visit(house.door.sign_in("林佩文", SECRET, "a"))
    clerk = house.visit(token)
    with pytest.raises(Refused, match="自己"):
        disable(house.door, head, head.account)
    with pytest.raises(Refused, match="最后一个管理员"):
        set_administrator(house.door, head, head.account, False)
    set_administrator(house.door, head, clerk.account, True)
    disable(house.door, house.visit(token), head.account)
    with pytest.raises(Refused, match="不是管理员"):
        set_administrator(house.door, head, clerk.account, False)


def test_only_administrators_look_after_accounts(house: House) -> None:
    """Whatever a page shows: each function asks who asks, at that moment."""
    clerk = house.visit(house.clerk())
    for act in (
        lambda: listed(house.door, clerk),
        lambda: administration.without_account(house.door, clerk),
        lambda: create(house.door, clerk, OTHER, admin=True),
        lambda: new_link(house.door, clerk, clerk.account),
        lambda: set_administrator(house.door, clerk, clerk.account, True),
        lambda: disable(house.door, clerk, clerk.account),
        lambda: enable(house.door, clerk, clerk.account),
        lambda: end_sessions(house.door, clerk, clerk.account),
    ):
        with pytest.raises(Refused, match="不是管理员"):
            act()


def test_nobody_without_a_row_gets_an_account(house: House) -> None:
    head = house.administrator()
    house.write(OTHER, "伍晓棠", gone="员工名册里您已离职,不能再登录。")
    assert [one.name for one in administration.without_account(house.door, head)] == ["程小桃"]
    for record in (OTHER, "YG260101-ZZZZZ", ""):
        with pytest.raises(Refused, match="在职"):
            create(house.door, head, record, admin=False)


# -- demo mode -----------------------------------------------------------------------------------------------------------


def test_demo_accounts_come_in_in_demo_mode_only(house: House) -> None:
    with pytest.raises(Refused):
        house.door.sign_in_as(CLERK, "a")
    house.door.demo = True
    assert [one.name for one in house.door.offered()] == ["林佩文", "程小桃"], "one of each position"
    with pytest.raises(Refused):
        house.door.sign_in_as(OTHER, "a")
    clerk, head = house.door.sign_in_as(CLERK, "a"), house.door.sign_in_as(HEAD, "a")
    assert (house.visit(clerk).demo, house.visit(clerk).admin, house.visit(head).admin) == (True, False, True)
    assert house.visit(house.door.sign_in_as(CLERK, "a")).account == house.visit(clerk).account
    with pytest.raises(Refused, match="演示账号"):
        house.door.change_password(house.visit(clerk), "", SECRET, SECRET, "a")
    with pytest.raises(Refused, match="演示账号"):
        new_link(house.door, house.visit(head), house.visit(clerk).account)
    assert house.refused("程小桃", "", "a") == WRONG
    real = create(house.door, house.visit(head), CLERK, admin=False)
    assert house.visit(links.accept(house.door, real, SECRET, SECRET, "a")).demo is False
    house.door.demo = False
    assert house.door.visit(clerk) is None and house.door.visit(head) is None


# -- the store -----------------------------------------------------------------------------------------------------------


def test_a_store_of_before_gets_the_new_tables_and_keeps_what_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "console.sqlite", isolation_level=None)) as connection:
        for number, migration in enumerate(MIGRATIONS[:2], start=1):
            connection.executescript(migration)
            connection.execute(f"PRAGMA user_version={number}")
        connection.execute("INSERT INTO drafts VALUES ('甲', 'staff', '', '{}', '2026-11-22')")
    store = Store(folder)
    accounts = tables.Accounts(store)
    assert accounts.all() == [] and accounts.secret() == accounts.secret()
    store.close()
    assert (folder / "backups" / "console-v2.sqlite").is_file()
    with closing(sqlite3.connect(folder / "console.sqlite")) as connection:
        assert connection.execute("SELECT actor FROM drafts").fetchall() == [("甲",)]
