"""The project's own Python in .venv, with exactly the pinned packages; made once, then recognised by its stamp."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.machine import ROOT, WINDOWS, Trouble, apt_install, call, capture, child_environment, say

VENV = ROOT / ".venv"


def environment(requirements: str) -> Path:
    """The project's own interpreter with `requirements` installed; nothing is done where the stamp says it is."""
    python = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
    if python.exists() and _is_stamped(requirements):
        return python
    say("正在准备运行环境（.venv），第一次需要几十秒到几分钟……")
    if not _install_with_uv(python, requirements):
        _install_with_pip(python, requirements)
    for name in requirement_files(ROOT / requirements):
        stamp_file(name).write_text(stamp_of(name), encoding="utf-8")
    return python


def requirement_files(file: Path) -> tuple[Path, ...]:
    """The file and those it takes in with -r and -c, in order."""
    found = [file]
    for line in file.read_text(encoding="utf-8").splitlines():
        option, _, name = line.strip().partition(" ")
        if option in ("-r", "-c"):
            found += requirement_files(file.parent / name.strip())
    return tuple(dict.fromkeys(found))


def stamp_of(file: Path, version: str = platform.python_version()) -> str:
    """What an environment made from this file by this Python is recognised by."""
    texts = [name.read_text(encoding="utf-8") for name in requirement_files(file)]
    return hashlib.sha256("\0".join([version, *texts]).encode()).hexdigest()


def stamp_file(file: Path) -> Path:
    return VENV / f"{file.name}.stamp"


def _is_stamped(requirements: str) -> bool:
    stamp = stamp_file(ROOT / requirements)
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == stamp_of(ROOT / requirements)


def _install_with_uv(python: Path, requirements: str) -> bool:
    uv = shutil.which("uv")
    if uv is None:
        return False
    options, settings = uv_settings(pip_settings())
    # What the person set for uv itself goes before what we read from pip.
    env = {**settings, **child_environment()}
    create = [uv, "venv", "--quiet", "--python", sys.executable, VENV]
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *options]
    if not _fits(python):
        _discard_environment()
    created = python.exists() or call(create, env) == 0
    if created and call([*install, "-r", ROOT / requirements], env) == 0:
        return True
    say("uv 没有装成，改用 pip 再试……")
    return False


def _install_with_pip(python: Path, requirements: str) -> None:
    if not (_fits(python) and capture([python, "-m", "pip", "--version"])):
        _discard_environment()
        _create_environment()
    install = [python, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    if call([*install, "-r", ROOT / requirements]) != 0:
        raise Trouble("依赖没有装好，原因见上面的输出。请检查网络或 pip 的软件源设置，然后再运行一次。")


def _create_environment() -> None:
    """A virtual environment with pip in it, although Debian ships Python without the part that makes one."""
    if not _has_venv() and importlib.util.find_spec("virtualenv"):
        command = [sys.executable, "-m", "virtualenv", "--quiet", VENV]
    else:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not _has_venv() and not (apt_install(package) or apt_install("python3-venv")):
            raise Trouble(f"这里的 Python 不能建立虚拟环境。请先安装：sudo apt-get install {package}，然后再运行一次。")
        command = [sys.executable, "-m", "venv", VENV]
    if call(command) != 0:
        raise Trouble("虚拟环境 .venv 没有建成，原因见上面的输出。")


def _has_venv() -> bool:
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def _fits(python: Path) -> bool:
    """Whether this environment runs, on the same Python as we do."""
    version = "{}.{}".format(*sys.version_info)
    asked = capture([python, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"])
    return asked == version


def _discard_environment() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)


def pip_settings() -> dict[str, str]:
    """pip's settings from its files and the environment; only from the environment where there is no pip to ask."""
    listing = capture([sys.executable, "-m", "pip", "config", "list"])
    if listing:
        return parse_pip_settings(listing)
    return {key[4:].lower().replace("_", "-"): value for key, value in os.environ.items() if key.startswith("PIP_")}


def parse_pip_settings(listing: str) -> dict[str, str]:
    """`pip config list` as name → value: the section of `install` goes before `global`, the environment before both."""
    order = ("global", "install", ":env:")
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        place, _, value = line.partition("=")
        section, _, name = place.rpartition(".")
        if section in order and found.get(name, (-1, ""))[0] <= order.index(section):
            found[name] = order.index(section), str(ast.literal_eval(value))
    return {name: value for name, (_, value) in found.items()}


def uv_settings(pip: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The same settings in uv's words, as options and environment; uv does not read pip's.

    Addresses go through the environment: they may hold a password, and a command line can be read by everybody.
    """
    env: dict[str, str] = {}
    for name, variable in (
        ("index-url", "UV_DEFAULT_INDEX"),
        ("cert", "SSL_CERT_FILE"),
        ("proxy", "ALL_PROXY"),
        ("timeout", "UV_HTTP_TIMEOUT"),
        ("default-timeout", "UV_HTTP_TIMEOUT"),
    ):
        if pip.get(name):
            env[variable] = pip[name]
    for name, variable, separator in (
        ("extra-index-url", "UV_INDEX", " "),
        ("find-links", "UV_FIND_LINKS", ","),
        ("trusted-host", "UV_INSECURE_HOST", " "),
    ):
        if pip.get(name, "").split():
            env[variable] = separator.join(pip[name].split())
    if "UV_INDEX" in env:
        # pip takes the best version of all indexes, uv by itself the first index that has the name.
        env["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    options = ["--no-index"] if pip.get("no-index", "").lower() in ("1", "true", "yes", "on") else []
    return options, env
