"""Photos from outside, over real HTTP: who is sent one, what is taken, and what a name or a key is worth."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from sheets.ids import is_photo_name
from sheets.pictures import LARGEST_BYTES
from tests.e2e import attacker, steps
from tests.e2e.attacker import Answer, Client
from tests.e2e.conftest import Console
from tests.pictures import HEIC, HIDDEN, HTML, SVG, bomb, from_a_phone, picture
from tools import console as console_process

AGENT = "闵思源"  # 售后客服: registers cases and may change them
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One console for all attacks."""
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_DATA", str(folder / "data"))
        patch.setenv("CONSOLE_SECRETS", str(folder / "secrets.toml"))
        console_process.prepare_workbook(Path(sys.executable))
        console = Console(folder / "data", attacker.free_port())
        console.start()
    yield console
    console.stop()


@pytest.fixture
def agent(house: Console) -> Client:
    return member(house, AGENT)


def member(house: Console, name: str) -> Client:
    client = Client(house.port)
    assert client.sign_in_as(name).status == 303
    return client


def places(client: Client, register: str = "after_sales_register") -> dict[str, str]:
    """Where the form of a new record sends photos, by the label of the column; "" where it takes none."""
    with client.socket() as opened:
        listed = attacker.run(opened, register)
        new = WidgetState(id=attacker.widget(listed, "button", "新增"), trigger_value=True)
        form = attacker.run(opened, register, new)
        return {one["label"]: one["to"] for one in attacker.component(form, "console_photos")}


def send(client: Client, to: str, content: bytes, **headers: str) -> Answer:
    return client.send(
        "POST", to, content, {**JPEG, **{name.replace("_", "-"): value for name, value in headers.items()}}
    )


def sent(client: Client, content: bytes) -> dict[str, str]:
    answer = send(client, places(client)["凭证(截图)"], content)
    assert answer.status == 201, answer.text
    return json.loads(answer.text)


def test_what_was_taken_is_shown_to_its_session_with_headers_that_let_it_be_nothing_else(
    house: Console, agent: Client
) -> None:
    photo = sent(agent, from_a_phone())
    assert is_photo_name(photo["name"])
    for address in (photo["full"], photo["small"]):
        answer = agent.send("GET", address)
        assert answer.status == 200 and answer.content.startswith(b"\xff\xd8\xff")
        assert HIDDEN not in answer.content and b"Exif" not in answer.content
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        again = agent.send("GET", address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status, again.content) == (304, b"")
    kept = house.data / "photos" / photo["name"]
    assert kept.read_bytes() == agent.send("GET", photo["full"]).content


def test_nobody_gets_nothing(house: Console, agent: Client) -> None:
    photo, to = sent(agent, picture("blue")), places(agent)["凭证(截图)"]
    guest, tag = Client(house.port), agent.send("GET", photo["full"]).headers["ETag"]
    for address in (photo["full"], photo["small"], f"/photo/{photo['name']}", "/photo/", "/photo"):
        for headers in ({}, attacker.PAGE, {"If-None-Match": tag}):
            answer = guest.send("GET", address, headers=headers)
            assert (answer.status, answer.text) == (401, "请先登录。"), address
    assert send(guest, to, picture()).status == 401
    agent.post("/sign-out", form=agent.form("/sign-out"))
    assert agent.send("GET", photo["full"], headers={"If-None-Match": tag}).status == 401
    assert send(agent, to, picture()).status == 401


def test_a_key_is_worth_nothing_in_another_session_or_another_place(house: Console, agent: Client) -> None:
    photo, other = sent(agent, picture("green")), sent(agent, picture("yellow"))
    to = places(agent)["凭证(截图)"]
    for client in (member(house, steps.FINANCE), member(house, AGENT)):
        assert client.send("GET", photo["full"]).status == 404
        assert send(client, to, picture()).status == 403
    bare = f"/photo/{photo['name']}"
    key = photo["full"].partition("?")[2]
    for address in (
        bare, f"{bare}?key=", f"{bare}?small=1", f"/photo/{other['name']}?{key}", photo["full"].replace("proof_url", "photo_url"),
        photo["full"].replace("after_sales_register", "orders"), photo["full"].replace("record=", "record=SH210302-22222"),
        f"{bare}?{to.partition('?')[2]}", f"{bare}?{urlencode({'register': 'x', 'field': 'y', 'record': 'é', 'key': 'é'})}",
    ):  # fmt: skip
        answer = agent.send("GET", address)
        assert (answer.status, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8"), address
    for forged in ("/photo", to.replace("proof_url", "photo_url"), to.replace("proof_url", "note"), f"/photo?{key}"):
        assert send(agent, forged, picture()).status == 403, forged
    assert agent.send("GET", photo["full"]).status == 200


def test_no_other_file_and_no_list_of_files(house: Console, agent: Client) -> None:
    photo = sent(agent, picture("purple"))
    query = photo["full"].partition("?")[2]
    month, file = photo["name"].split("/")
    for path in (
        "/photo/", f"/photo/{month}", f"/photo/{month}/", "/photo/../console.sqlite", "/photo/..%2fconsole.sqlite",
        "/photo/%2e%2e/console.sqlite", f"/photo/{month}/..%2f..%2fconsole.sqlite", f"/photo/{month}/{file.replace('.', '.small.')}",
        "/photo//etc/passwd", "/photo/%2fetc%2fpasswd", f"/photo/{month}%5c{file}", f"/photo/{photo['name']}%00", f"/photo/{photo['name']}/",
        f"/photo/./{photo['name']}", f"/photo/{month}/{file.lower()}",
    ):  # fmt: skip
        answer = agent.send("GET", f"{path}?{query}")
        assert answer.status in (400, 404) and len(answer.content) < 100, path


@pytest.mark.parametrize(
    ("content", "type", "status"),
    [
        (SVG, "image/svg+xml", 422),
        (HTML, "image/jpeg", 422),
        (SVG, "text/html", 415),
        (picture(), "text/html", 415),
        (picture(), "multipart/form-data; boundary=x", 415),
        (picture(), "", 415),
        (b"", "image/png", 422),
        (picture()[:300], "image/jpeg", 422),
        (HEIC, "image/heic", 422),
        (picture(format="GIF"), "image/gif", 422),
        (bomb(10_000, 10_000), "image/png", 422),
        (bomb(29_000, 29_000), "image/png", 422),
        (bytes(LARGEST_BYTES + 1), "image/jpeg", 413),
    ],
    ids=(
        "svg",
        "html",
        "svg-as-html",
        "html-type",
        "form-type",
        "no-type",
        "empty",
        "cut",
        "heic",
        "gif",
        "100mp",
        "800mp",
        "large",
    ),
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(
    house: Console, agent: Client, content: bytes, type: str, status: int
) -> None:
    folder = house.data / "photos"
    before = {path for path in folder.rglob("*") if path.is_file()}
    to = places(agent)["凭证(截图)"]
    answer = send(agent, to, content, Content_Type=type)
    assert answer.status == status
    assert "上传" in json.loads(answer.text)["said"]
    assert {path for path in folder.rglob("*") if path.is_file()} == before


def test_a_body_that_says_nothing_of_its_length_ends_at_the_limit(house: Console, agent: Client) -> None:
    """Sent in pieces, more than is taken."""
    to = places(agent)["凭证(截图)"]
    answer = agent.stream(to, (bytes(1 << 20) for _ in range(64)), {**JPEG, "Origin": f"http://{agent.host}"})
    assert answer is None or answer.status == 413
    assert send(agent, to, picture("orange")).status == 201, "the next one goes on"


def test_a_picture_that_is_a_page_too_is_a_picture_only(agent: Client) -> None:
    for content in (picture() + HTML, picture(format="PNG") + SVG, HTML + picture()):
        answer = send(agent, places(agent)["凭证(截图)"], content)
        if answer.status == 201:
            assert b"alert(1)" not in agent.send("GET", json.loads(answer.text)["full"]).content
        else:
            assert answer.status == 422


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_sends_nothing(agent: Client, headers: dict[str, str]) -> None:
    to = places(agent)["凭证(截图)"]
    assert agent.send("POST", to, picture(), {**JPEG, **headers}).status == 403
    for method in ("PUT", "DELETE", "PATCH"):
        assert agent.send(method, to, picture(), JPEG).status == 405


def test_who_may_not_register_is_given_no_place_to_send_to(house: Console) -> None:
    """Finance may not change a case: its form shows photos and takes none."""
    finance = member(house, steps.FINANCE)
    with finance.socket() as opened:
        attacker.run(opened, "after_sales_register")
        record = first_case(house)
        form = attacker.run(opened, "after_sales_register", query=f"record={record}")
        found = attacker.component(form, "console_photos")
    assert found and {one["to"] for one in found} == {""}


def first_case(house: Console) -> str:
    columns, rows = steps.File(house.workbook, "售后登记表").read()
    ids = (row[columns["记录编号"] - 1] for row in rows)
    return next(str(id) for id in ids if str(id).startswith("SH"))


def test_a_crafted_message_names_no_photo_of_its_own(house: Console, agent: Client) -> None:
    """The list of names that the component sends, forged: what is no name of a photo is left out."""
    with agent.socket() as opened:
        listed = attacker.run(opened, "after_sales_register")
        new = WidgetState(id=attacker.widget(listed, "button", "新增"), trigger_value=True)
        form = attacker.run(opened, "after_sales_register", new)
        names = ["../../console.sqlite", "<b>x</b>", 7, "202611/ABCDEFGHJKLM.jpg"]
        forged = WidgetState(
            id=attacker.component_id(form, "console_photos", "凭证(截图)"),
            json_value=json.dumps({"photos": {"count": 1, "names": names}}),
        )
        save = WidgetState(id=attacker.widget(form, "button", "保存"), trigger_value=True)
        shown = attacker.run(opened, "after_sales_register", forged)
        assert ["202611/ABCDEFGHJKLM.jpg"] in [
            [photo["name"] for photo in one["photos"]] for one in attacker.component(shown, "console_photos")
        ]
        assert all(
            "small" not in photo for one in attacker.component(shown, "console_photos") for photo in one["photos"]
        )
        answered = attacker.texts(attacker.run(opened, "after_sales_register", forged, save))
    assert "不在控制台里" in answered
