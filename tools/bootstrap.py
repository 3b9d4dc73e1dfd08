"""What `make run` and `make test` do on any machine, also without make: `python3 tools/bootstrap.py run|test`.

Needs nothing but the standard library, because it runs before anything is installed. No match statement in this file:
an older Python must be able to parse it, to say that it is too old.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older interpreter must get this sentence, not a traceback
    sys.exit(
        f"需要 Python 3.11 或更新的版本，这里是 {sys.version.split()[0]}。"
        "装好新版本后可以指定它：make run PYTHON=python3.12"
    )

import io
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# Started as a file, Python looks for modules beside it; ours are imported from the project.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.browser import provide_browser, provide_chinese_font
from tools.console import (
    address,
    check_port,
    is_local,
    parse_options,
    prepare_workbook,
    start_console,
    stop,
    wait_until_healthy,
)
from tools.environment import environment
from tools.machine import Trouble, call, say
from tools.spreadsheet import provide_spreadsheet


def main(arguments: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # One way to stop, whoever asks: Ctrl+C, `kill`, or a terminal that is closed.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    try:
        command = COMMANDS.get(arguments[0]) if arguments else None
        if command is None:
            raise Trouble(
                "用法：python3 tools/bootstrap.py run [--host 127.0.0.1] [--port 8501]　或　test [pytest 的参数]"
            )
        return command(arguments[1:])
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except PermissionError as error:
        say(f"没有权限写入 {error.filename}。请把整个文件夹放到自己能写的地方，或让管理员放开权限。")
        return 1
    except KeyboardInterrupt:
        say("已停止。")
        return 130


def run(options: Sequence[str]) -> int:
    """Start the console and stay until it is stopped."""
    host, port = parse_options(options)
    check_port(port, host)
    python = environment("requirements.txt")
    prepare_workbook(python, host)
    process = start_console(python, port, host=host)
    try:
        wait_until_healthy(process, port, host)
        say(f"控制台已启动：{address(port, host)}　（按 Ctrl+C 停止）")
        if not is_local(host):
            say("同事可以用这台电脑的地址打开。密码会经过网络，请在前面架设 https（见 README），不要直接放到互联网上。")
        process.wait()
    except KeyboardInterrupt:
        say("正在停止控制台……")
        stop(process)
        return 0
    finally:
        stop(process)
    raise Trouble(f"控制台自己停下了（代码 {process.returncode}），原因见上面的输出。")


def test(options: Sequence[str]) -> int:
    """Everything that must hold, pytest last so that its summary is the last line; the worst exit code."""
    python = environment("requirements-dev.txt")
    if not provide_browser(python) and os.environ.get("CI"):
        raise Trouble("没有找到也装不上浏览器（Chromium 或 Chrome），浏览器测试无法进行。")
    if not provide_spreadsheet() and os.environ.get("CI"):
        raise Trouble("没有找到也装不上 LibreOffice（soffice），公式的测试无法进行。")
    provide_chinese_font()
    checks = (
        ["ruff", "check", "."],
        ["pyright", "--pythonpath", str(python)],
        ["pytest", *options],
    )
    codes: dict[str, int] = {}
    for name, *arguments in checks:
        failed = [done for done, code in codes.items() if code]
        say(f"── {name}" + (f"（{'、'.join(failed)} 没有通过，见上面）" if failed else ""))
        codes[name] = call([python, "-m", name, *arguments])
    return max(abs(code) for code in codes.values())


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {"run": run, "test": test}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
