"""Who comes in and who stays in: signing in, the session behind a cookie, one's own password. One-time links: see links.

One Door per process (logic.office.door). Everything is decided from the store and the roster at the moment it is asked, so
that whoever ends a session, disables an account or writes 离职 into the roster shuts somebody out at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from logic.door import passwords
from logic.door.roster import Person, Roster
from logic.door.throttle import Throttle
from logic.people import folded
from sheets.accounts import Account, Accounts, Session, hashed
from sheets.store import Store

IDLE = dt.timedelta(hours=12)  # without anybody at the browser
LONGEST = dt.timedelta(days=14)  # from signing in
INVITED_FOR = dt.timedelta(days=7)
NOTED_EVERY = dt.timedelta(minutes=1)  # how exactly it is known when a session was last used
HEADS = frozenset({"部门主管"})  # who looks after the accounts in demo mode

WRONG = "登录名或密码不正确。"
UNREAD = "员工名册还没有读到,现在不能登录。请稍后再试,或找管理员。"
NOT_LISTED = "员工名册里找不到您,请找管理员。"


class Refused(Exception):
    """Why not, in a sentence for the person who asked."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A person who is signed in, as things stand now. `session` names the session and is no key to it."""

    session: str
    account: str
    name: str
    record: str
    admin: bool
    demo: bool
    begun_at: str
    seen_at: str


class Door:
    """Safe to use from many threads. `demo`: may the demo accounts come in? Said once, when the server starts."""

    def __init__(self, store: Store, roster: Callable[[], Roster | None], clock: Callable[[], dt.datetime]) -> None:
        self.accounts = Accounts(store)
        self.store, self.roster, self.clock = store, roster, clock
        self.demo = False
        self._throttle = Throttle(store, clock)
        self._secret = self.accounts.secret()

    def now(self) -> str:
        return iso(self.clock())

    # -- signing in ----------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, address: str) -> str:
        """The token of a new session, or Refused. Only who knows the password learns more than that it is wrong."""
        account = self._named(name.strip())
        counted = account.id if account is not None else folded(name)  # however they call themselves
        until = self._throttle.begin(counted, address)
        if until is not None:
            minutes = max(1, round((until - self.clock()).total_seconds() / 60))
            raise Refused(f"密码错得太多次了。请在 {until:%H:%M} 以后再试(约 {minutes} 分钟)。")
        right, renewed = passwords.verify(password, account.password if account is not None else "")
        if account is None or not right:
            raise Refused(WRONG)
        self._throttle.right(counted, address)
        person = self.admitted(account)
        with self.store.transaction() as connection:
            if renewed:
                self.accounts.update(connection, account.id, password=renewed)
            if person is not None:
                self.accounts.update(connection, account.id, name=person.name, record=person.record)
            return self.open(connection, account.id, address)

    def sign_in_as(self, record: str, address: str) -> str:
        """A demo account, without a password; only in demo mode, and only those that are offered."""
        person = next((one for one in self.offered() if one.record == record), None)
        if person is None:
            raise Refused("没有这个演示账号,请在下面选一个。")
        with self.store.transaction() as connection:
            known = self.accounts.of_record(connection, record, demo=True)
            id = known.id if known is not None else self._add_demo(connection, person)
            return self.open(connection, id, address)

    def offered(self) -> list[Person]:
        """The people whose demo accounts the sign-in page offers: one of each position."""
        roster = self.roster() if self.demo else None
        return roster.one_of_each_position() if roster is not None else []

    def _add_demo(self, connection: Connection, person: Person) -> str:
        admin = person.position in HEADS
        return self.accounts.add(connection, person.name, person.record, self.now(), "演示", admin=admin, demo=True)

    def open(self, connection: Connection, account: str, address: str) -> str:
        """The token of a new session; those that have run out are swept away."""
        now = self.clock()
        self.accounts.end_old(connection, unseen_since=iso(now - IDLE), begun_before=iso(now - LONGEST))
        return self.accounts.open_session(connection, account, iso(now), address)

    def _named(self, name: str) -> Account | None:
        """The one account of the one who signs in with this; None where there is none or more than one."""
        roster = self.roster()
        records = {one.record for one in roster.called(name)} if roster is not None else set[str]()
        found = [
            one
            for one in self.accounts.all()
            if not one.demo
            and (one.record in records or (folded(one.name) == folded(name) and (roster is None or not one.record)))
        ]
        return found[0] if len(found) == 1 else None

    def admitted(self, account: Account) -> Person | None:
        """Their row of the roster, None for an administrator who stands in none; Refused for who may not come in."""
        if account.disabled_at:
            raise Refused("这个账号已停用,请找管理员。")
        roster = self.roster()
        if roster is None:
            if account.admin:
                return None
            raise Refused(UNREAD)
        person = person_of(account, roster)
        trouble = trouble_of(account, person)
        if trouble:
            raise Refused(trouble)
        return person

    # -- being in ------------------------------------------------------------------------------------------------------

    def visit(self, token: str) -> Visit | None:
        """Who shows this token; None where it stands for nobody (any more). What has ended is forgotten on the way."""
        session = self.accounts.session(hashed(token)) if token else None
        if session is None:
            return None
        name, record, ended = self._standing(session)
        if ended is not None:
            if ended:
                self.end(session.token)
            return None
        account = session.account
        return Visit(
            session.token, account.id, name, record, account.admin, account.demo, session.created_at, session.seen_at
        )

    def _standing(self, session: Session) -> tuple[str, str, bool | None]:
        """Name and row of who is signed in, and None; or whether what keeps them out ends the session."""
        account, now = session.account, self.clock()
        if session.seen_at <= iso(now - IDLE) or session.created_at <= iso(now - LONGEST):
            return "", "", True
        if account.disabled_at or (account.demo and not self.demo):
            return "", "", True
        roster = self.roster()
        if roster is None:  # nothing is known of anybody: as it was last known
            return account.name, account.record, None
        person = person_of(account, roster)
        if trouble_of(account, person):
            return "", "", person is not None  # a row that vanished may come back
        return (person.name, person.record, None) if person is not None else (account.name, "", None)

    def seen(self, visit: Visit) -> None:
        """Somebody is at the browser: note it, from time to time."""
        if iso(self.clock() - NOTED_EVERY) >= visit.seen_at:
            self.accounts.touch(visit.session, self.now())

    def end(self, session: str) -> None:
        with self.store.transaction() as connection:
            self.accounts.end(connection, token=session)

    def change_password(self, visit: Visit, old: str, new: str, again: str, address: str) -> None:
        """One's own password, or Refused; the other sessions end. The old one is asked as carefully as at the door."""
        account = self.accounts.get(visit.account)
        if account is None or account.demo:
            raise Refused("演示账号没有密码。")
        until = self._throttle.begin(account.id, address)
        if until is not None:
            raise Refused(f"现在的密码错得太多次了。请在 {until:%H:%M} 以后再试。")
        if not passwords.verify(old, account.password)[0]:
            raise Refused("现在的密码不正确。")
        self._throttle.right(account.id, address)
        why = passwords.fault(new, again, *self.known_of(account))
        if why:
            raise Refused(why)
        hash = passwords.hash_of(new)
        with self.store.transaction() as connection:
            self.accounts.update(connection, account.id, password=hash)
            self.accounts.forget_invites(connection, account.id)
            self.accounts.end(connection, account=account.id, but=visit.session)

    def known_of(self, account: Account) -> tuple[str, ...]:
        """What everybody knows about the owner of an account."""
        roster = self.roster()
        person = roster.by_record(account.record) if roster is not None else None
        return (account.name, person.email, person.email.partition("@")[0]) if person is not None else (account.name,)

    # -- signatures ----------------------------------------------------------------------------------------------------

    def signed(self, purpose: str, value: str) -> str:
        """A value with our signature for one purpose behind it."""
        return f"{value}.{self.signature(purpose, value)}"

    def unsigned(self, purpose: str, signed: str) -> str:
        """The value if we signed it for this purpose, else ""."""
        value, _, signature = signed.rpartition(".")
        wanted = self.signature(purpose, value)
        return value if hmac.compare_digest(signature.encode(), wanted.encode()) else ""

    def signature(self, purpose: str, value: str) -> str:
        return hmac.new(self._secret, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def person_of(account: Account, roster: Roster) -> Person | None:
    """Their row. An administrator who stood in none belongs to the row that bears the name, once there is one."""
    if account.record:
        return roster.by_record(account.record)
    same = [one for one in roster.people if folded(one.name) == folded(account.name)]
    return next((one for one in same if not one.gone), same[0] if same else None)


def trouble_of(account: Account, person: Person | None) -> str:
    """Why the roster keeps them out, "" if it does not."""
    if person is not None:
        return person.gone
    return "" if account.admin and not account.record else NOT_LISTED


def iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
