"""Starts the engine for this installation: where its data lives, which workbooks it keeps, one Desk for each of them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from logic.clock import now
from logic.desk import Desk
from logic.register import Register, registers
from sheets import services as running
from sheets.mirror import Clock
from sheets.services import Keeper, Parts, Services
from sheets.store import Store

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_WORKBOOK = "台账"


def data_folder() -> Path:
    """The installation's own files: CONSOLE_DATA, else data/ under the project; never relative to the working directory."""
    chosen = os.environ.get("CONSOLE_DATA")
    return (ROOT / Path(chosen).expanduser()).resolve() if chosen else ROOT / "data"


def secrets_path() -> Path:
    return Path(os.environ.get("CONSOLE_SECRETS") or ROOT / ".streamlit" / "secrets.toml")


def addresses(secrets: Path, folder: Path) -> dict[str, str]:
    """Workbooks by name from ``[workbooks]``; the local 台账.xlsx where none is configured. Relative paths are the project's."""
    configured: Mapping[str, str] = {}
    if secrets.exists():
        configured = tomllib.loads(secrets.read_text(encoding="utf-8-sig")).get("workbooks", {})
    if not configured:
        return {DEFAULT_WORKBOOK: str(folder / f"{DEFAULT_WORKBOOK}.xlsx")}
    return {name: str((ROOT / Path(address).expanduser()).resolve()) for name, address in configured.items()}


def start(*, clock: Clock = now, threads: bool = True) -> Services:
    """Open every configured workbook; once per process."""
    folder = data_folder()
    known = registers()
    return running.start(
        folder, addresses(secrets_path(), folder), lambda parts: Desk(parts, known), clock, threads=threads
    )


def stop() -> None:
    running.stop()


def desk_of(register: Register) -> Desk:
    """The Desk of the workbook that holds this register's area: the one named like the area, else the first."""
    keepers = running.services().keepers
    keeper = keepers.get(register.area) or next(iter(keepers.values()))
    return cast(Desk, keeper.planner)


def keeper_of(register: Register) -> Keeper:
    keepers = running.services().keepers
    return keepers.get(register.area) or next(iter(keepers.values()))


def open_book(path: Path, store: Store, clock: Clock = now, *, take_over: bool = False) -> Keeper:
    """The keeper of one workbook for a command line, with the same store and lock as the console's."""
    known = registers()

    def make(parts: Parts) -> Desk:
        return Desk(parts, known)

    return Keeper(store, running.open_xlsx(store, str(path)), make, clock, take_over=take_over)
