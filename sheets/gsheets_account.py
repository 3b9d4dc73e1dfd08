"""The service account of this installation, and the sessions under which gspread speaks with Google.

`.streamlit/secrets.toml`, in the ecosystem's usual form::

    [gcp_service_account]          # the content of the key file
    client_email = "…"
    private_key = "…"
    token_uri = "https://oauth2.googleapis.com/token"

    [google]                       # only where Google is reached through a reverse proxy
    api_base_url = "https://…"
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import gspread
import requests
from google.auth.crypt import RSASigner
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials

from sheets.gsheets_errors import NotConfigured
from sheets.gsheets_pace import Governor, Kind

SCOPES = ("https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive")
TIMEOUT = (5.0, 30.0)  # seconds to connect, to wait for an answer
TRIES = 3
RETRIED = frozenset({408, 500, 502, 503, 504})
PAUSE = 0.4  # seconds before the second try, doubled for each further one, each with jitter
NEEDED = ("client_email", "private_key", "token_uri")
_HOSTS = frozenset({"sheets.googleapis.com", "www.googleapis.com"})


class Session(AuthorizedSession):
    """Every request has a time-out and goes to the configured base; reading is tried again, changing never is.

    Proxies come from the environment (HTTPS_PROXY), as requests does it.
    """

    def __init__(self, credentials: Credentials, base: str, governor: Governor) -> None:
        asking = requests.Session()
        super().__init__(credentials, auth_request=_Asking(asking), refresh_timeout=TIMEOUT[1])
        self._asking = asking
        self._base = urlsplit(base.rstrip("/")) if base else None
        self._governor = governor
        self._chance = random.Random()

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        if options.get("timeout") is None:
            options["timeout"] = TIMEOUT
        options["allow_redirects"] = False  # a redirect would carry the token elsewhere
        place = self._placed(url)
        tries = TRIES if method.upper() == "GET" else 1
        for number in range(1, tries + 1):
            try:
                answer = super().request(method, place, *arguments, **options)
            except (requests.ConnectionError, requests.Timeout):
                if number == tries:
                    raise
            else:
                if answer.status_code not in RETRIED or number == tries:
                    return answer
            self._governor.sleep(PAUSE * 2 ** (number - 1) * self._chance.uniform(0.5, 1.5))
            if "/v4/" in url:  # another try counts as another read
                self._governor.take(Kind.READ)
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        self._asking.close()
        super().close()

    def _placed(self, url: str) -> str:
        parts = urlsplit(url)
        if self._base is None or parts.hostname not in _HOSTS:
            return url
        return urlunsplit((self._base.scheme, self._base.netloc, self._base.path + parts.path, parts.query, ""))


class _Credentials(Credentials):
    """Asks for tokens at token_uri and for nothing else. The library would look up in which regions the account may be used, at
    an address of Google's that no setting changes, in a thread of its own: out of reach behind a reverse proxy, and of no use
    for spreadsheets."""

    def _after_refresh(self, request: object, method: object, url: object, headers: object) -> None:
        """Called by the library before each request."""


class _Asking(Request):
    """Asks the token endpoint, with a time-out for connecting too."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        options["timeout"] = TIMEOUT
        return super().__call__(*arguments, **options)


@lru_cache(maxsize=4)
def _signer(key: str, id: str | None) -> RSASigner:
    """Taking a key apart costs a tenth of a second; every workbook signs with the same."""
    return RSASigner.from_string(key, id)


@dataclass(frozen=True)
class Account:
    """`info`: the key file's content. `base`: where Google's paths are found instead. One governor for all spreadsheets."""

    info: Mapping[str, str]
    base: str = ""
    governor: Governor = field(default_factory=Governor)

    @classmethod
    def configured(cls, secrets: Path, governor: Governor | None = None) -> Account:
        """As configured in that file; what is missing is told at the first request, not here."""
        found: Mapping[str, Any] = {}
        if secrets.is_file():
            found = tomllib.loads(secrets.read_text(encoding="utf-8-sig"))
        info, google = found.get("gcp_service_account", {}), found.get("google", {})
        return cls(
            dict(info) if isinstance(info, Mapping) else {},
            str(google.get("api_base_url", "")) if isinstance(google, Mapping) else "",
            governor or Governor(),
        )

    @property
    def email(self) -> str:
        """The address a spreadsheet is shared with."""
        return str(self.info.get("client_email", ""))

    def signer(self) -> RSASigner:
        """What signs for the account; raises NotConfigured where it cannot be made. Nothing is asked of anybody."""
        lacking = [name for name in NEEDED if not self.info.get(name)]
        if lacking:
            raise NotConfigured(f"lacking {', '.join(lacking)}", lacking)
        try:
            return _signer(str(self.info["private_key"]).replace("\\n", "\n"), self.info.get("private_key_id"))
        except ValueError as error:
            raise NotConfigured("private_key") from error

    def client(self) -> gspread.HTTPClient:
        """A client of its own for each workbook: neither requests nor gspread may be used by two threads."""
        credentials = _Credentials(self.signer(), self.email, str(self.info["token_uri"]), scopes=SCOPES)
        session = Session(credentials, self.base, self.governor)
        return gspread.Client(auth=None, session=session).http_client  # type: ignore[arg-type]
