"""The console as a process: its port, its first workbook, started, healthy, stopped."""

from __future__ import annotations

import errno
import io
import ipaddress
import os
import re
import socket
import subprocess
import time
import tomllib
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tools.machine import ROOT, WINDOWS, Trouble, call, child_environment, data_folder, say

HOST = "127.0.0.1"
PORT = "8501"
HEALTHY_WITHIN = 60.0
# The writer may be in the middle of a commit when it is told to stop; it gives itself 30 seconds.
STOPPED_WITHIN = 40.0


def parse_options(options: Sequence[str]) -> tuple[str, int]:
    """The address to listen on and the port."""
    chosen = {"--host": HOST, "--port": PORT}
    if len(options) % 2 or any(name not in chosen for name in options[::2]):
        raise Trouble("run 只认两个参数：--host 地址 和 --port 端口号，例如 --port 8502")
    chosen.update(zip(options[::2], options[1::2], strict=True))
    text = chosen["--port"]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Trouble(f"端口要写 1 到 65535 之间的数字，这里写的是“{text}”。例如：make run PORT=8502")
    return parse_host(chosen["--host"]), int(text)


def parse_host(text: str) -> str:
    """An address of this machine: a number, never a name that may mean something else tomorrow."""
    try:
        return HOST if text == "localhost" else str(ipaddress.ip_address(text))
    except ValueError:
        raise Trouble(
            f"地址要写这台电脑的 IP 地址，这里写的是“{text}”。例如：make run HOST=0.0.0.0（所有网卡），或不写（只在这台电脑上打开）"
        ) from None


def is_local(host: str) -> bool:
    """Can only this machine reach what listens there?"""
    return ipaddress.ip_address(host).is_loopback


def check_port(port: int, host: str = HOST) -> None:
    """Say so before anything is installed or started when the port cannot be had."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        option = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        probe.setsockopt(socket.SOL_SOCKET, option, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Trouble(f"这台电脑没有地址 {host}，请用它自己的地址，或 make run HOST=0.0.0.0") from None
            if error.errno == errno.EACCES and not WINDOWS:
                raise Trouble(f"没有权限使用端口 {port}，请换一个大于 1023 的端口，例如：make run PORT=8502") from None
            raise Trouble(
                f"端口 {port} 已被占用，也许控制台已经开着：请先打开 {address(port, host)} 看看，"
                f"或换一个端口，例如：make run PORT={port + 1 if port < 65535 else 8502}"
            ) from None


def address(port: int, host: str = HOST) -> str:
    """How this machine reaches a console that listens there."""
    if ipaddress.ip_address(host).is_unspecified:
        host = HOST if ":" not in host else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def prepare_workbook(python: Path, host: str = HOST) -> None:
    """Make a workbook where nobody configured one and the console never ran: the demo, with which goes signing in without
    a password, or an empty one for a console that others can reach.

    Where console.sqlite stands the workbook existed once: a missing one is then a fault to be shown, not to be papered
    over with demo rows.
    """
    data = data_folder()
    workbook = data / "台账.xlsx"
    if workbooks_configured() or workbook.exists() or (data / "console.sqlite").exists():
        return
    data.mkdir(parents=True, exist_ok=True)
    demo = is_local(host)
    say("正在生成演示台账……" if demo else "正在生成空白台账（演示数据和演示账号只在本机打开时才有）……")
    if call([python, "-m", "logic", "init", workbook, *(["--demo"] if demo else [])]) != 0:
        raise Trouble("台账没有生成，原因见上面的输出。")


def workbooks_configured() -> bool:
    file = ROOT / (os.environ.get("CONSOLE_SECRETS") or ".streamlit/secrets.toml")
    if not file.is_file():
        return False
    try:
        return bool(tomllib.loads(file.read_text(encoding="utf-8-sig")).get("workbooks"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"第 {line[1]} 行" if line else "里"
        raise Trouble(
            f'{file} {where}写法有误，请改正后再启动。中文名字要加英文引号，例如："台账" = "D:/共享/台账.xlsx"'
        ) from None


def start_console(
    python: Path, port: int, log: io.TextIOWrapper | None = None, host: str = HOST
) -> subprocess.Popen[bytes]:
    command = [python, "-m", "streamlit", "run", "streamlit_app.py"]
    options = [f"--server.address={host}", f"--server.port={port}", "--server.headless=true"]
    # A group of its own: Ctrl+C reaches us only, and we ask the console once instead of hitting it and its children.
    return subprocess.Popen(
        [*command, *options], cwd=ROOT, env=child_environment(), stdout=log, stderr=log, process_group=0
    )


def wait_until_healthy(process: subprocess.Popen[bytes], port: int, host: str = HOST) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN
    while not is_healthy(port, host):
        if process.poll() is not None:
            raise Trouble(f"控制台没有启动成功（代码 {process.returncode}），原因见上面的输出。")
        if time.monotonic() > deadline:
            raise Trouble(f"控制台 {HEALTHY_WITHIN:.0f} 秒内没有启动成功，原因见上面的输出。")
        time.sleep(0.1)


def is_healthy(port: int, host: str = HOST) -> bool:
    # Without a proxy: a machine-wide proxy setting must not get between us and our own console.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address(port, host)}/_stcore/health", timeout=2) as answer:
            return answer.status == 200 and answer.read() == b"ok"
    except OSError:
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the console: asked first, forced when it does not answer. What was accepted is on disk either way."""
    if process.poll() is None:
        if not WINDOWS:  # there terminate() is already force, and Ctrl+C has reached the console by itself
            process.terminate()
        try:
            process.wait(STOPPED_WITHIN)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()
