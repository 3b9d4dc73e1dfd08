"""The roster as the door asks it: who is who, and who has left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from logic.judgement import Judgement
from logic.people import ROSTER, folded


@dataclass(frozen=True, slots=True)
class Person:
    """A row of 员工名册 that has an id. `gone`: why this person may not come in, "" if they may."""

    record: str
    name: str
    email: str
    position: str
    gone: str = ""


class Roster:
    """Its people, found by id or by what they sign in with."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(people)
        self._by_record = {one.record: one for one in self.people}

    def by_record(self, record: str) -> Person | None:
        return self._by_record.get(record)

    def called(self, name: str) -> list[Person]:
        """Those whose 姓名 or 登录邮箱 this is, however it is spelt."""
        wanted = folded(name)
        return [one for one in self.people if wanted and wanted in (folded(one.name), folded(one.email))]

    def present(self) -> list[Person]:
        return [one for one in self.people if not one.gone]

    def one_of_each_position(self) -> list[Person]:
        found: dict[str, Person] = {}
        for one in self.present():
            if one.position:
                found.setdefault(one.position, one)
        return list(found.values())


def read(judgement: Judgement) -> Roster | None:
    """The roster as it stands now; None where it cannot be read, which says nothing about anybody."""
    if judgement.tables.get(ROSTER) is None or judgement.header_faults(ROSTER):
        return None
    found: list[Person] = []
    for record in judgement.records(ROSTER).values():
        name = record.text("name")
        if not name or record.id != record.key:  # without an id of its own nobody can be told apart
            continue
        gone = ""
        if record.text("status") == "作废":
            gone = "员工名册里您这一行已作废,请找管理员。"
        elif record.text("staff_status") == "离职":
            gone = "员工名册里您已离职,不能再登录。"
        found.append(Person(record.key, name, record.text("email"), record.text("position"), gone))
    return Roster(found)
