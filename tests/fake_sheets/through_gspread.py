"""gspread sent to this server: its addresses are fixed in the library, so the client puts another host in front of the path.

google-auth's own AuthorizedSession is not used: since 2.5x it looks up a service account's allowed locations at an address of
Google's in a thread of its own, whatever token_uri says. `TokenSession` fetches tokens from token_uri and does nothing else.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import gspread
import requests
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials
from gspread.auth import DEFAULT_SCOPES

from tests.fake_sheets.cloud import EMAIL
from tests.fake_sheets.server import FakeSheets


class TokenSession(requests.Session):
    """Adds the access token, and fetches a new one when it ran out or was refused."""

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self.credentials = credentials

    def request(self, *args: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        if not self.credentials.valid:
            self._fetch()
        answer = super().request(*args, **options)
        if answer.status_code == 401:
            self._fetch()
            answer = super().request(*args, **options)
        return answer

    def _fetch(self) -> None:
        with requests.Session() as plain:
            self.credentials.refresh(Request(plain))
        self.headers["Authorization"] = f"Bearer {self.credentials.token}"


class RedirectedClient(gspread.HTTPClient):
    """gspread's own client; only the host of each address is replaced."""

    address = ""

    def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> requests.Response:
        host = urlsplit(self.address)
        there = urlunsplit((host.scheme, host.netloc, *urlsplit(endpoint)[2:]))
        return super().request(method, there, *args, **options)


def credentials(server: FakeSheets, email: str = EMAIL, *, scopes: list[str] | None = None) -> Credentials:
    info = server.cloud.credentials(email)
    return Credentials.from_service_account_info(info, scopes=scopes or DEFAULT_SCOPES)  # pyright: ignore[reportUnknownMemberType]


def session(server: FakeSheets, email: str = EMAIL, *, scopes: list[str] | None = None) -> TokenSession:
    """For raw requests: `session(server).get(server.address + "/v4/…")`."""
    return TokenSession(credentials(server, email, scopes=scopes))


def client(server: FakeSheets, email: str = EMAIL) -> gspread.Client:
    here = type("Redirected", (RedirectedClient,), {"address": server.address})
    return gspread.Client(auth=None, session=session(server, email), http_client=here)  # type: ignore[arg-type]
