"""What `make run-google-demo` does: a local counterpart of Google Sheets with the demo shop, and the console on it.

No account is needed and nothing leaves this machine; everything is gone when it stops. Standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Started as a file, Python looks for modules beside it; ours are imported from the project.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.console import address, check_port, parse_options, start_console, stop, wait_until_healthy
from tools.environment import environment
from tools.machine import ROOT, Trouble, child_environment, say


def main(options: list[str]) -> int:
    """Start both and stay until stopped."""
    try:
        host, port = parse_options(options)
        check_port(port, host)
        python = environment("requirements-dev.txt")
        with tempfile.TemporaryDirectory(prefix="google-demo-", ignore_cleanup_errors=True) as folder:
            return _run(python, Path(folder), host, port)
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        say("已停止。")
        return 0


def _run(python: Path, folder: Path, host: str, port: int) -> int:
    say("正在准备本机的“谷歌表格”和演示数据，大约要十秒……")
    os.environ["CONSOLE_DATA"] = str(folder / "data")
    server = subprocess.Popen(
        [python, "-m", "tests.google_demo", folder],
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )
    console = None
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line:
            raise Trouble("本机的“谷歌表格”没有启动成功，原因见上面的输出。")
        told = json.loads(line)
        os.environ["CONSOLE_SECRETS"] = told["secrets"]
        console = start_console(python, port, host=host)
        wait_until_healthy(console, port, host)
        say(f"控制台：{address(port, host)}")
        say(f"表格（当一回经理，直接改单元格，几秒后控制台里就能看到）：{told['address']}")
        say("按 Ctrl+C 停止，演示的内容不会留下。")
        console.wait()
        return 0
    finally:
        if console is not None:
            stop(console)
        assert server.stdin is not None
        server.stdin.close()
        server.wait(timeout=20)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
