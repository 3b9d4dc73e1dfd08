"""The product's own client sent to tests/fake_sheets."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from sheets.gsheets_account import Account
from sheets.gsheets_pace import Governor, Pace, Sleep, Timer
from tests.fake_sheets import FakeSheets

AT_ONCE = Pace(0, 0, 0, 0, 0, (1, 1), (0, 0))  # every call asks


def account(
    server: FakeSheets, *, timer: Timer = time.monotonic, sleep: Sleep = lambda seconds: None, unlimited: bool = True
) -> Account:
    """The service account of the server, without waiting unless a governor of the product's own is wanted."""
    governor = Governor(timer, sleep, most=1e9, at_once=1e9) if unlimited else Governor(timer, sleep)
    return Account(server.cloud.credentials(), server.address, governor)


def secrets_text(server: FakeSheets, workbooks: Mapping[str, str] | None = None) -> str:
    """`.streamlit/secrets.toml` with the service account of the server; `workbooks`: addresses by name."""
    lines = ["[google]", f"api_base_url = {json.dumps(server.address)}", "", "[gcp_service_account]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in server.cloud.credentials().items()]
    if workbooks:
        lines += ["", "[workbooks]"]
        lines += [f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(at)}" for name, at in workbooks.items()]
    return "\n".join(lines) + "\n"
