"""Who else has a record open: seen at once, gone by itself."""

from __future__ import annotations

from logic.presence import Presence
from tests.conftest import Clock


def seen(presence: Presence, name: str, record: str = "A") -> list[tuple[str, bool]]:
    return [(one.name, one.edits) for one in presence.others("tickets", record, name)]


def test_others_see_who_is_there_and_who_types(clock: Clock) -> None:
    presence = Presence(clock)
    presence.tell("tickets", "A", "1", "张三", edits=False)
    opened = clock()
    clock.advance(seconds=2)
    presence.tell("tickets", "A", "2", "李四", edits=True)
    assert seen(presence, "李四") == [("张三", False)]
    assert seen(presence, "张三") == [("李四", True)]
    assert seen(presence, "王五") == [("张三", False), ("李四", True)]
    assert seen(presence, "王五", "B") == []
    clock.advance(seconds=2)
    presence.tell("tickets", "A", "1", "张三", edits=True)
    (zhang,) = presence.others("tickets", "A", "李四")
    assert (zhang.since, zhang.edits) == (opened, True)


def test_who_closes_or_vanishes_is_gone(clock: Clock) -> None:
    presence = Presence(clock)
    presence.tell("tickets", "A", "1", "张三", edits=False)
    presence.tell("tickets", "A", "2", "李四", edits=False)
    presence.leave("tickets", "A", "1")
    presence.leave("tickets", "A", "1")
    assert seen(presence, "王五") == [("李四", False)]
    clock.advance(seconds=9)
    assert seen(presence, "王五") == []
    presence.tell("tickets", "A", "2", "李四", edits=False)
    assert seen(presence, "王五") == [("李四", False)]


def test_a_person_with_two_windows_is_one_person(clock: Clock) -> None:
    presence = Presence(clock)
    presence.tell("tickets", "A", "1", "张三", edits=False)
    presence.tell("tickets", "A", "2", "张三", edits=True)
    assert seen(presence, "李四") == [("张三", True)]
    presence.leave("tickets", "A", "2")
    assert seen(presence, "李四") == [("张三", False)]
