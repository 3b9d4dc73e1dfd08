"""What administrators do with accounts. Each function looks first whether the one who asks is one, at that moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from logic.door.door import INVITED_FOR, Door, Refused, Visit, iso, person_of, trouble_of
from logic.door.roster import Person
from sheets.accounts import Account

ACCOUNTS = "账号由管理员管理,您不是管理员。"


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as administrators see it. `state`: in a word whether it can be used; `sessions`: browsers signed in."""

    account: Account
    person: Person | None
    state: str
    sessions: int


def listed(door: Door, by: Visit) -> list[Listed]:
    """Every account; those of the demo only while they can be used."""
    require_administrator(door, by)
    roster, sessions = door.roster(), door.accounts.sessions()
    found: list[Listed] = []
    for account in door.accounts.all():
        if account.demo and not door.demo:
            continue
        person = person_of(account, roster) if roster is not None else None
        trouble = trouble_of(account, person) if roster is not None else ""
        if account.disabled_at:
            state = "已停用"
        elif trouble:
            state = "已离职或作废" if person is not None else "名册里没有"
        elif account.demo:
            state = "演示账号"
        else:
            state = "可以登录" if account.password else "还没有设密码"
        found.append(Listed(account, person, state, len(sessions.get(account.id, ()))))
    return found


def without_account(door: Door, by: Visit) -> list[Person]:
    """People of the roster who have none yet."""
    require_administrator(door, by)
    roster = door.roster()
    taken = {one.record for one in door.accounts.all() if not one.demo}
    return [one for one in roster.present() if one.record not in taken] if roster is not None else []


def create(door: Door, by: Visit, record: str, *, admin: bool) -> str:
    """An account for somebody of the roster; the token of the link by which they set their password."""
    require_administrator(door, by)
    roster = door.roster()
    person = roster.by_record(record) if roster is not None else None
    if person is None or person.gone:
        raise Refused("员工名册里没有这个在职的人,请先在员工名册里登记。")
    with door.store.transaction() as connection:
        if door.accounts.of_record(connection, record, demo=False) is not None:
            raise Refused(f"{person.name} 已经有账号了。")
        id = door.accounts.add(connection, person.name, record, door.now(), by.name, admin=admin, demo=False)
        return _invite(door, connection, id)


def new_link(door: Door, by: Visit, id: str) -> str:
    """Another link, also for who forgot the password: the old one holds until the new one is set."""
    account = _checked(door, by, id)
    if account.disabled_at:
        raise Refused("这个账号已停用,请先恢复。")
    with door.store.transaction() as connection:
        return _invite(door, connection, id)


def end_sessions(door: Door, by: Visit, id: str) -> None:
    """Sign somebody out everywhere; an administrator's own present session stays."""
    require_administrator(door, by)
    with door.store.transaction() as connection:
        door.accounts.end(connection, account=id, but=by.session)


def disable(door: Door, by: Visit, id: str) -> None:
    """Shut somebody out at once; links sent earlier are void."""
    account = _checked(door, by, id)
    with door.store.transaction() as connection:
        if id == by.account:
            raise Refused("不能停用自己的账号。")
        _keep_one(door.accounts.administrators(connection), account)
        door.accounts.update(connection, id, disabled_at=door.now())
        door.accounts.forget_invites(connection, id)
        door.accounts.end(connection, account=id)


def enable(door: Door, by: Visit, id: str) -> None:
    _checked(door, by, id)
    with door.store.transaction() as connection:
        door.accounts.update(connection, id, disabled_at="")


def set_administrator(door: Door, by: Visit, id: str, admin: bool) -> None:
    account = _checked(door, by, id)
    with door.store.transaction() as connection:
        if not admin:
            _keep_one(door.accounts.administrators(connection), account)
        door.accounts.update(connection, id, admin=admin)


def _keep_one(administrators: Iterable[Account], leaving: Account) -> None:
    known = {one.id for one in administrators}
    if known == {leaving.id}:
        raise Refused("这是最后一个管理员,请先指定另一个管理员。")


def _invite(door: Door, connection: Connection, id: str) -> str:
    now = door.clock()
    return door.accounts.invite(connection, id, iso(now), iso(now + INVITED_FOR))


def require_administrator(door: Door, by: Visit, said: str = ACCOUNTS) -> None:
    """Is who asks an administrator still, at this moment? `said`: what they are told otherwise."""
    account = door.accounts.get(by.account)
    if account is None or not account.admin or account.disabled_at:
        raise Refused(said)


def _checked(door: Door, by: Visit, id: str) -> Account:
    require_administrator(door, by)
    account = door.accounts.get(id)
    if account is None or account.demo:
        raise Refused("演示账号不能修改。" if account is not None else "没有这个账号。")
    return account
