"""What somebody without a browser can do to a console: any request, any cookie, any message."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

SESSION = "console_session"
PAGE = {"Accept": "text/html"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    @property
    def goal(self) -> str:
        return self.headers.get("Location", "")


@dataclass(slots=True)
class Client:
    """Keeps cookies as a browser does, and sends whatever it is told."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def send(self, method: str, path: str, body: str | bytes = "", headers: Mapping[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        given = {"Cookie": self.cookie, **(headers or {})}
        connection.request(method, path, (body.encode() if isinstance(body, str) else body) or None, given)
        got = connection.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        connection.close()
        for line in got.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer

    def stream(self, path: str, pieces: Iterable[bytes], headers: Mapping[str, str]) -> Answer | None:
        """Post a body in pieces, without saying how long it is; None where the server would not listen to the end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, iter(pieces), {"Cookie": self.cookie, **headers}, encode_chunked=True)
            got = connection.getresponse()
            return Answer(got.status, got.headers, got.read())
        except (BrokenPipeError, ConnectionResetError):
            return None
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.send("GET", path, headers={**PAGE, **(headers or {})})

    def post(self, path: str, headers: Mapping[str, str] | None = None, **fields: str) -> Answer:
        """A form as it is, with the token its page had if there was one."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}", **PAGE}
        return self.send("POST", path, urlencode(fields), {**sent, **(headers or {})})

    def form(self, path: str = "/sign-in") -> str:
        """The token in the form of a page."""
        found = re.search(r'name="form" value="(\w+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def sign_in(self, name: str, password: str, next: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        return self.post("/sign-in", headers, form=self.form(), name=name, password=password, next=next)

    def record(self, name: str) -> str:
        """The row of the roster behind a demo account."""
        ends = time.monotonic() + 60  # the demo accounts are offered once the roster was read
        while not (found := re.search(rf'value="([^"]+)">{name}<', self.get("/sign-in").text)):
            assert time.monotonic() < ends, f"{name} is not offered"
            time.sleep(0.1)
        return found[1]

    def sign_in_as(self, name: str) -> Answer:
        record = self.record(name)
        return self.post("/sign-in/demo", form=self.form(), record=record)

    def is_in(self) -> bool:
        return self.send("GET", "/signed-in").status == 204

    @contextmanager
    def socket(
        self, path: str = "/_stcore/stream", subprotocols: Sequence[str] = ("streamlit",), **headers: str
    ) -> Iterator[ClientConnection]:
        origin = headers.pop("Origin", f"http://{self.host}")
        given = {"Cookie": self.cookie, **headers}
        with connect(
            f"ws://{self.host}{path}",
            origin=Origin(origin),
            subprotocols=[Subprotocol(one) for one in subprotocols],
            additional_headers=given,
            max_size=None,
            open_timeout=30,
            proxy=None,
        ) as opened:
            yield opened


def run(connection: ClientConnection, page: str, *states: WidgetState, query: str = "") -> list[ForwardMsg]:
    """Run the script of a page with these widget states; everything it answers."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    message.rerun_script.widget_states.widgets.extend(states)
    connection.send(message.SerializeToString())
    return answers(connection)


def answers(connection: ClientConnection) -> list[ForwardMsg]:
    found: list[ForwardMsg] = []
    while not found or found[-1].WhichOneof("type") != "script_finished":
        data = connection.recv(timeout=30)
        assert isinstance(data, bytes)
        found.append(ForwardMsg.FromString(data))
    return found


def texts(messages: list[ForwardMsg]) -> str:
    """All that a page sent, as one text."""
    return "\n".join(str(message) for message in messages).encode().decode("unicode_escape").encode("latin-1").decode()


def widget(messages: list[ForwardMsg], kind: str, label: str) -> str:
    """The id of a widget on the page: the one of this label, else the first whose label begins with it."""
    elements = [message.delta.new_element for message in messages if message.WhichOneof("type") == "delta"]
    found = [getattr(one, kind) for one in elements if one.WhichOneof("type") == kind]
    fitting = [one for one in found if one.label.startswith(label)]
    assert fitting, f"no {kind} {label}"
    return next((one.id for one in fitting if one.label == label), fitting[0].id)


def component(messages: list[ForwardMsg], name: str) -> list[dict[str, Any]]:
    """What the components of this name on the page were given."""
    return [json.loads(one.json) for one in _components(messages, name)]


def component_id(messages: list[ForwardMsg], name: str, label: str) -> str:
    """The id of the one that was given this label."""
    return next(one.id for one in _components(messages, name) if json.loads(one.json)["label"] == label)


def _components(messages: list[ForwardMsg], name: str) -> list[BidiComponent]:
    elements = [message.delta.new_element for message in messages if message.WhichOneof("type") == "delta"]
    found = [one.bidi_component for one in elements if one.WhichOneof("type") == "bidi_component"]
    return [one for one in found if one.component_name == name]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
