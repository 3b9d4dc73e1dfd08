"""Service accounts and the token endpoint: a signed assertion in, an access token out; both can go bad."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import exceptions, jwt

from tests.fake_sheets.ranges import Json

LIFETIME = 3599
# What Google says to a computer whose clock is wrong.
WRONG_TIME = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp "
    "values in the JWT claim."
)
# google-auth signs for Google's address whatever token_uri says, as behind a reverse proxy.
_AUDIENCES = ("https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token")
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@functools.cache
def _key_pair(_: int) -> tuple[str, str]:
    """Private and public key as PEM. Made once for every number: it takes a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@dataclass(slots=True)
class Account:
    """A service account. `revoked`: its key was deleted in the console."""

    email: str
    project: str
    number: int = 0
    revoked: bool = False

    @property
    def private_key(self) -> str:
        return _key_pair(self.number)[0]

    @property
    def public_key(self) -> str:
        return _key_pair(self.number)[1]

    def info(self, address: str) -> Json:
        """The JSON key file, its token_uri pointing here."""
        name = self.email.partition("@")[0]
        return {
            "type": "service_account",
            "project_id": f"project-{self.project}",
            "private_key_id": f"{self.number:040x}",
            "private_key": self.private_key,
            "client_email": self.email,
            "client_id": "1" * 21,
            "auth_uri": f"{address}/auth",
            "token_uri": f"{address}/token",
            "auth_provider_x509_cert_url": f"{address}/certs",
            "client_x509_cert_url": f"{address}/x509/{name}",
            "universe_domain": "googleapis.com",
        }


@dataclass(slots=True)
class Tokens:
    """`clock` decides when an access token ends; the assertion itself carries real time, as the client signs it.

    `refusing`: why no token is given at present, e.g. WRONG_TIME.
    """

    clock: Callable[[], float] = time.time
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    refusing: str = ""
    _issued: dict[str, tuple[str, float, frozenset[str]]] = field(default_factory=dict[str, Any])
    _numbers: Any = field(default_factory=itertools.count)

    def add(self, email: str, project: str, *, number: int = 0) -> Account:
        account = Account(email, project, number)
        self.accounts[email] = account
        return account

    def expire(self) -> None:
        """Every access token given so far is refused from now on."""
        self._issued.clear()

    def exchange(self, body: bytes, address: str) -> tuple[int, Json]:
        """The answer of POST /token."""
        form = parse_qs(body.decode("ascii", "replace"))
        if form.get("grant_type") != [_GRANT] or "assertion" not in form:
            return 400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type: "}
        assertion = form["assertion"][0]
        try:
            _, claims, _, _ = jwt._unverified_decode(assertion)  # pyright: ignore[reportPrivateUsage]
            account = self.accounts.get(str(claims.get("iss")))
            if account is None:
                return _bad_grant("Invalid grant: account not found")
            jwt.decode(assertion, certs=account.public_key, audience=[*_AUDIENCES, f"{address}/token"])
        except (ValueError, exceptions.GoogleAuthError) as error:
            return _bad_grant(f"Invalid JWT: {error}")
        if account.revoked or self.refusing:
            return _bad_grant(self.refusing or "Invalid JWT Signature.")
        token = f"ya29.fake-{next(self._numbers)}"
        self._issued[token] = (account.email, self.clock() + LIFETIME, frozenset(str(claims["scope"]).split()))
        return 200, {"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer"}

    def holder(self, header: str) -> tuple[Account, frozenset[str]] | None:
        """Whose token it is and for which scopes; None if it is unknown, expired, or its account was revoked."""
        found = self._issued.get(header.removeprefix("Bearer "))
        if found is None or found[1] <= self.clock() or self.accounts[found[0]].revoked:
            return None
        return self.accounts[found[0]], found[2]


def _bad_grant(description: str) -> tuple[int, Json]:
    return 400, {"error": "invalid_grant", "error_description": description}
