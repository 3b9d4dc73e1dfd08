"""The address: HTTP/1.1 with keep-alive on the loopback interface, one thread for every connection."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.fake_sheets import page
from tests.fake_sheets.cloud import Cloud
from tests.fake_sheets.plans import Call


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ESF", ""
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def _cloud(self) -> Cloud:
        assert isinstance(self.server, _Server)
        return self.server.cloud

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = parse_qs(parts.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, parts.path, query, headers, body)
        if page.serves(call):
            status, text = page.answer(self._cloud, call)
            self._send(status, text.encode(), "text/html")
            return
        answer = self._cloud.answer(call)
        if answer.cut and not answer.cut.halfway:
            self._hang_up()
            return
        kind = "application/json" if answer.body[:1] == b"{" else "text/html"
        self._send(answer.status or 200, answer.body, kind, missing=1000 if answer.cut else 0)
        if answer.cut:
            self._hang_up()

    def _send(self, status: int, body: bytes, kind: str, *, missing: int = 0) -> None:
        """`missing`: how many more bytes are promised than sent."""
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=UTF-8")
        self.send_header("Content-Length", str(len(body) + missing))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """The cloud keeps the log; nothing is written to the terminal."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that waits for the next request of a kept connection must not hold up the end.
    block_on_close = False

    def __init__(self, cloud: Cloud, port: int) -> None:
        self.cloud = cloud
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is its own affair; anything else must be seen."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def hang_up(self) -> None:
        with self._guard:
            still = list(self._open)
        for request in still:
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


class FakeSheets:
    """A running server. `address` is what goes into `api_base_url`; `cloud` is everything behind it."""

    def __init__(self, cloud: Cloud, *, port: int = 0) -> None:
        self.cloud = cloud
        self._server = _Server(cloud, port)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        cloud.address = self.address
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="fake-sheets", daemon=True
        )

    def start(self) -> FakeSheets:
        self._thread.start()
        return self

    def check(self) -> None:
        """What a test asserts at its end: every exchange fits Google's documents, everything planned has happened."""
        assert not self.cloud.mismatches, "\n".join(self.cloud.mismatches)
        assert not self.cloud.plans.waiting, f"{self.cloud.plans.waiting} planned and never happened"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


@contextlib.contextmanager
def running(cloud: Cloud | None = None, *, port: int = 0) -> Iterator[FakeSheets]:
    """A server for the time of a with block."""
    server = FakeSheets(cloud or Cloud(), port=port).start()
    try:
        yield server
    finally:
        server.stop()
