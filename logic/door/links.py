"""One-time links: each sets a password once, for the account it was made for or for the first administrator."""

from __future__ import annotations

from sqlalchemy import Connection

from logic.door import passwords
from logic.door.door import Door, Refused
from logic.door.roster import Person
from logic.people import folded
from sheets.accounts import FIRST, Account

USED = "这个链接已经用过,或者过期了。请找管理员要一个新的。"


def invited(door: Door, token: str) -> Account | None:
    """Whose password this link sets; None for the first administrator's. Refused if it is good no more."""
    invite = door.accounts.invited(token)
    if invite is None or (invite.expires_at and invite.expires_at <= door.now()):
        raise Refused(USED)
    if invite.account == FIRST:
        return None
    account = door.accounts.get(invite.account)
    if account is None or account.disabled_at:
        raise Refused(USED)
    return account


def accept(door: Door, token: str, password: str, again: str, address: str, name: str = "") -> str:
    """Set the password the link is for, once, and come in: the token of a new session, or Refused. `name`: who the
    first administrator is."""
    account = invited(door, token)
    person = _first(door, name) if account is None else door.admitted(account)
    said = name.strip() if account is None else account.name
    names = (*(door.known_of(account) if account is not None else ()), said, person.email if person else "")
    why = passwords.fault(password, again, *names)
    if why:
        raise Refused(why)
    hash, now = passwords.hash_of(password), door.now()
    with door.store.transaction() as connection:
        if not door.accounts.use_invite(connection, token):
            raise Refused(USED)
        id = account.id if account is not None else _administrator(door, connection, said, person, now)
        if person is not None:
            door.accounts.update(connection, id, name=person.name, record=person.record)
        door.accounts.update(connection, id, password=hash)
        door.accounts.end(connection, account=id)
        return door.open(connection, id, address)


def _first(door: Door, name: str) -> Person | None:
    """Whom the first administrator's name means: somebody of the roster, or nobody in it."""
    if not folded(name) or len(name) > 40:
        raise Refused("请填写您的姓名。")
    roster = door.roster()
    found = roster.called(name) if roster is not None else []
    present = [one for one in found if not one.gone]
    if len(present) > 1:
        raise Refused("员工名册里有几个人叫这个名字,请填写登录邮箱。")
    if found and not present:
        raise Refused("员工名册里这位同事已离职或已作废,请填写在职的人。")
    return present[0] if present else None


def _administrator(door: Door, connection: Connection, name: str, person: Person | None, now: str) -> str:
    """The account of the first administrator: a new one, or the one this person has already."""
    known = door.accounts.of_record(connection, person.record, demo=False) if person is not None else None
    if known is None and person is None:
        same = [one for one in door.accounts.all() if not one.record and folded(one.name) == folded(name)]
        known = same[0] if same else None
    if known is None:
        record = person.record if person is not None else ""
        return door.accounts.add(connection, name, record, now, "首次链接", admin=True, demo=False)
    door.accounts.update(connection, known.id, admin=True, disabled_at="")
    return known.id
