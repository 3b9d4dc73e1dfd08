"""The routes of photos asked directly: what a role may not see never leaves, whatever key somebody holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from logic.desk import NotRead
from logic.door.door import Door, Visit
from logic.register import registers
from pages import photos
from pages.parts import photos as drawn
from pages.photos import Place, address, door_to
from sheets.pictures import LARGEST_BYTES
from tests.conftest import Clock
from tests.photo_office import AGENT, FINANCE, KNOWN, OTHERS, OWN, Office
from tests.pictures import picture


@pytest.fixture
def office(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The office as the console that answers; the roster is read from its sheet."""
    office = Office(tmp_path, clock)
    door = Door(office.store, lambda: None, clock)
    for module in (photos, drawn):
        monkeypatch.setattr(module, "door", lambda: door)
        monkeypatch.setattr(module, "registers", lambda: KNOWN)
        monkeypatch.setattr(module, "desk_of", lambda register: office.desk)
    monkeypatch.setattr(photos, "Photos", lambda store: office.photos)
    monkeypatch.setattr(drawn, "Photos", lambda store: office.photos)
    yield office
    office.keeper.stop()
    office.store.close()


def visit(name: str, session: str = "") -> Visit:
    return Visit(session or f"session of {name}", name, name, "", False, False, "", "")


def request(method: str, target: str, who: Visit, body: Sequence[bytes], **headers: str) -> Request:
    path, _, query = target.partition("?")
    parts = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    waiting = iter([*parts, {"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        return next(waiting)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "path_params": {"name": path.removeprefix("/photo/")},
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "console.visit": who,
    }
    return Request(scope, receive)


def look(target: str, who: Visit, **headers: str) -> Response:
    return photos.show(request("GET", target, who, (), **headers))


def send(target: str, who: Visit, *body: bytes, **headers: str) -> tuple[int, dict[str, str]]:
    given = {"content_type": "image/jpeg", **headers}
    answer = asyncio.run(photos.take(request("POST", target, who, body, **given)))
    return answer.status_code, json.loads(bytes(answer.body) or b"{}")


def stored(office: Office, field: str, by: str, record: str) -> str:
    """A photo in the register few may see; its name."""
    text = office.send("wages", field, by)
    assert office.save(by, "wages", record, **{field: text}).state == "queued"
    return text.removeprefix("照片:")


def test_who_may_not_see_a_column_gets_none_of_its_photos(office: Office) -> None:
    """Each with a key of their own session, as if a page had made one by mistake."""
    name, place = stored(office, "slip", FINANCE, OTHERS), Place("wages", "slip", OTHERS)
    finance, agent = visit(FINANCE), visit(AGENT)
    for small in (False, True):
        allowed = look(address(finance.session, place, name, small=small), finance)
        assert isinstance(allowed, FileResponse) and allowed.status_code == 200
        refused = look(address(agent.session, place, name, small=small), agent)
        assert (refused.status_code, bytes(refused.body).decode()) == (404, photos.NONE)
    own = look(address(agent.session, Place("wages", "slip", OWN), stored(office, "slip", AGENT, OWN)), agent)
    assert own.status_code == 200, "the slip of their own record they may change"
    nobody = visit("不在名册里的人")
    assert look(address(nobody.session, place, name), nobody).status_code == 404


def test_what_may_no_longer_be_seen_is_not_confirmed_either(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser kept it and asks whether it may still show it."""
    name, place, finance = stored(office, "slip", FINANCE, OTHERS), Place("wages", "slip", OTHERS), visit(FINANCE)
    seen = look(address(finance.session, place, name), finance)
    tag = seen.headers["etag"]
    assert look(address(finance.session, place, name), finance, if_none_match=tag).status_code == 304
    monkeypatch.setattr(photos, "sees", lambda *_: False)
    assert look(address(finance.session, place, name), finance, if_none_match=tag).status_code == 404


def test_while_nothing_was_read_nothing_is_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    name, place, finance = stored(office, "front", FINANCE, OTHERS), Place("wages", "front", OTHERS), visit(FINANCE)

    class Unread:
        def view(self) -> None:
            raise NotRead("正在读取表格,请稍等。")

    assert look(address(finance.session, place, name), finance).status_code == 200
    monkeypatch.setattr(photos, "desk_of", lambda register: Unread())
    assert look(address(finance.session, place, name), finance).status_code == 404


def test_a_page_makes_no_key_for_a_photo_from_elsewhere(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of a stranger's photo, typed into a form or standing in a change that was refused."""
    name, agent = stored(office, "slip", FINANCE, OTHERS), visit(AGENT)
    monkeypatch.setattr(drawn.actor, "visit", lambda: agent)
    text = f"照片:{name}、照片:202611/ABCDEFGHJKLM.jpg"
    for register, record, field in (("wages", OWN, "slip"), ("cases", "", "proof")):
        header = KNOWN[register].fields[field].header
        shown = drawn.cell(KNOWN[register], record, header, text, "")
        assert shown.count(drawn.MISSING) == 2 and "/photo/" not in shown
    mine = office.send("cases", "proof", AGENT)
    shown = drawn.cell(KNOWN["cases"], "CS261101-22222", "凭证", f"{mine}、<b>.png", "")
    assert shown.count("<img") == 1 and "&lt;b&gt;.png" in shown and "<b>" not in shown
    assert drawn.cell(KNOWN["cases"], "CS261101-22222", "客户", mine, "") == mine, "no column of photos"
    monkeypatch.setattr(drawn.actor, "visit", lambda: None)
    assert "/photo/" not in drawn.cell(KNOWN["cases"], "CS261101-22222", "凭证", mine, mine)


def test_what_is_sent_is_kept_for_its_place(office: Office) -> None:
    agent, place = visit(AGENT), Place("cases", "proof", "")
    status, answer = send(door_to(agent.session, place), agent, picture()[:100], picture()[100:])
    assert status == 201
    known = office.photos.known([answer["name"]])[answer["name"]]
    assert (known.register, known.field, known.by) == ("cases", "proof", AGENT)
    assert look(answer["full"], agent).status_code == look(answer["small"], agent).status_code == 200


def test_a_place_that_is_none_takes_nothing(office: Office) -> None:
    agent = visit(AGENT)
    for place in (Place("cases", "customer", ""), Place("cases", "nothing", ""), Place("nothing", "proof", "")):
        assert send(door_to(agent.session, place), agent, picture())[0] == 403
    place = Place("cases", "proof", "")
    assert send(door_to(agent.session, place), visit(FINANCE), picture())[0] == 403
    assert send("/photo?key=é", agent, picture())[0] == 403


def test_too_much_at_once_waits_its_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    agent, place = visit(AGENT), Place("cases", "proof", "")
    to = door_to(agent.session, place)
    with monkeypatch.context() as patch:
        patch.setitem(photos._uploading, agent.account, photos.MOST_OF_ONE)
        assert send(to, agent, picture())[0] == 429
    with monkeypatch.context() as patch:
        patch.setitem(photos._uploading, "others", photos.MOST_AT_ONCE)
        status, answer = send(to, agent, picture())
        assert status == 429 and "请几秒后再试" in answer["said"]
    pieces = [bytes(1 << 20)] * (LARGEST_BYTES // (1 << 20) + 1)
    assert send(to, agent, *pieces)[0] == 413
    assert send(to, agent, content_length=str(LARGEST_BYTES + 1))[0] == 413
    monkeypatch.setattr(office.photos, "reserve", 10**18)
    status, answer = send(to, agent, picture())
    assert status == 507 and "磁盘" in answer["said"]
    assert photos._uploading.total() == 0, "whatever happened, nobody is counted any more"


def test_a_sender_that_is_slow_or_gone_is_let_go(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    agent, place = visit(AGENT), Place("cases", "proof", "")
    to = door_to(agent.session, place)
    monkeypatch.setattr(photos, "BODY_SECONDS", 0.01)

    async def nothing() -> Any:
        await asyncio.Event().wait()

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    for receive, status in ((nothing, 408), (gone, 400)):
        asked = Request(request("POST", to, agent, (), content_type="image/jpeg").scope, receive)
        assert asyncio.run(photos.take(asked)).status_code == status
    assert photos._uploading.total() == 0


def test_every_column_of_photos_of_the_project_is_one(office: Office) -> None:
    found = {
        (key, name) for key, one in registers().items() for name, f in one.fields.items() if f.kind.name == "photo"
    }
    assert ("after_sales_register", "photo_url") in found
    assert all(photos.is_photo(registers()[key].fields[name]) for key, name in found)
