"""The machine we are on: its commands, its packages, where the project stands on it. Standard library only."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"


class Trouble(Exception):
    """Why it cannot go on, as a sentence for the person at the keyboard."""


def apt_install(*packages: str) -> bool:
    """Install Debian packages where we may; False where we may not or where there is no such package."""
    if not (is_root() and shutil.which("apt-get")):
        return False
    say(f"正在安装系统软件包 {'、'.join(packages)}……")
    _update_package_lists()
    return _apt("install", "-y", *packages)


@functools.cache
def _update_package_lists() -> bool:
    return _apt("update")


def _apt(*arguments: str) -> bool:
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *arguments]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode == 0


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def data_folder() -> Path:
    """Where the installation keeps its own files, never relative to the working directory."""
    return ROOT / Path(os.environ.get("CONSOLE_DATA") or "data").expanduser()


def child_environment() -> dict[str, str]:
    """Our environment without what would lead a child out of .venv, and with the data folder made absolute."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "PYTHONPATH", "PIP_USER")}
    return {**kept, "CONSOLE_DATA": str(data_folder())}


def call(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> int:
    """Run a command in the project's folder, its output passed on; the exit code."""
    return subprocess.call(command, cwd=ROOT, env=env or child_environment(), stdin=subprocess.DEVNULL)


def capture(command: Sequence[str | Path]) -> str:
    """What a command says; "" where there is none or it fails."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, cwd=ROOT)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
