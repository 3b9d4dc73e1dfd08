"""The decisions behind `make run` and `make test`: no network, nothing installed, no console started."""

from __future__ import annotations

import ast
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap, browser, console, environment, machine
from tools.machine import Trouble

LISTING = """\
:env:.find-links='/wheels'
global.cert='/etc/ssl/ca.crt'
global.extra-index-url='https://a.example/simple https://b.example/simple'
global.index-url='https://mirror.example/simple'
install.index-url='https://user:secret@own.example/simple'
install.trusted-host='own.example'
wheel.timeout='9'"""


def test_pip_settings_by_precedence() -> None:
    assert environment.parse_pip_settings(LISTING) == {
        "find-links": "/wheels",
        "cert": "/etc/ssl/ca.crt",
        "extra-index-url": "https://a.example/simple https://b.example/simple",
        "index-url": "https://user:secret@own.example/simple",
        "trusted-host": "own.example",
    }


def test_the_environment_goes_before_the_files_in_any_order() -> None:
    lines = [":env:.index-url='https://env.example'", "global.index-url='https://file.example'"]
    for listing in (lines, lines[::-1]):
        assert environment.parse_pip_settings("\n".join(listing)) == {"index-url": "https://env.example"}


def test_values_over_several_lines() -> None:
    assert environment.parse_pip_settings(r"global.find-links='\n/a\n/b'") == {"find-links": "\n/a\n/b"}


def test_no_pip_settings_are_no_uv_settings() -> None:
    assert environment.parse_pip_settings("") == {}
    assert environment.uv_settings({}) == ([], {})


def test_pip_settings_in_uvs_words() -> None:
    options, env = environment.uv_settings(environment.parse_pip_settings(LISTING))
    assert options == [], "an address may hold a password, so none is on the command line"
    assert env == {
        "UV_DEFAULT_INDEX": "https://user:secret@own.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels",
        "UV_INSECURE_HOST": "own.example",
        "SSL_CERT_FILE": "/etc/ssl/ca.crt",
    }


def test_an_installation_without_any_index() -> None:
    options, env = environment.uv_settings({"no-index": "true", "find-links": "\n/a\n/b", "default-timeout": "60"})
    assert options == ["--no-index"]
    assert env == {"UV_FIND_LINKS": "/a,/b", "UV_HTTP_TIMEOUT": "60"}


def test_without_pip_the_environment_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "capture", lambda command: "")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a.example/simple")
    assert environment.pip_settings()["extra-index-url"] == "https://a.example/simple"


def test_the_stamp_follows_the_files_and_the_python(tmp_path: Path) -> None:
    run, dev, pins = (tmp_path / name for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"))
    run.write_text("-c constraints.txt\nstreamlit==1\n", encoding="utf-8")
    dev.write_text("-r requirements.txt\npytest==1\n", encoding="utf-8")
    pins.write_text("numpy==1\n", encoding="utf-8")
    assert environment.requirement_files(dev) == (dev, run, pins)
    before = environment.stamp_of(run, "3.11"), environment.stamp_of(dev, "3.11")
    assert (environment.stamp_of(run, "3.11"), environment.stamp_of(dev, "3.11")) == before
    assert environment.stamp_of(run, "3.12") != before[0]
    pins.write_text("numpy==2\n", encoding="utf-8")
    assert environment.stamp_of(run, "3.11") != before[0]
    assert environment.stamp_of(dev, "3.11") != before[1]


def test_nothing_is_installed_where_the_stamp_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installing for work covers running too; a changed pin undoes both."""
    for name, text in (("requirements.txt", "a==1\n"), ("requirements-dev.txt", "-r requirements.txt\nb==1\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    python = tmp_path / ".venv" / ("Scripts/python.exe" if machine.WINDOWS else "bin/python")
    python.parent.mkdir(parents=True)
    python.touch()
    installed: list[str] = []
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "_install_with_uv", lambda _, requirements: installed.append(requirements) is None)

    assert environment.environment("requirements-dev.txt") == python
    assert environment.environment("requirements.txt") == python
    assert installed == ["requirements-dev.txt"]

    (tmp_path / "requirements.txt").write_text("a==2\n", encoding="utf-8")
    environment.environment("requirements.txt")
    environment.environment("requirements.txt")
    assert installed == ["requirements-dev.txt", "requirements.txt"]


def test_every_pin_is_exact() -> None:
    """And stands in one file only."""
    names: list[str] = []
    for file in environment.requirement_files(machine.ROOT / "requirements-dev.txt"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                name, _, version = line.partition("==")
                assert version, line
                names.append(name.lower())
    assert len(names) == len(set(names))


def test_a_system_browser_is_taken_in_order() -> None:
    commands = {"chromium-browser": "/usr/bin/chromium-browser", "google-chrome": "/usr/bin/google-chrome"}
    candidates = browser.browser_candidates({}, "linux", commands.get)
    assert candidates == ("/usr/bin/chromium-browser", "/usr/bin/google-chrome")
    assert browser.choose_browser(candidates, lambda path: True) == "/usr/bin/chromium-browser"
    assert browser.choose_browser(candidates, lambda path: "google" in path) == "/usr/bin/google-chrome"
    assert browser.choose_browser(candidates, lambda path: False) is None


def test_a_named_browser_goes_before_all() -> None:
    environ = {"CONSOLE_BROWSER": "/opt/mine"}
    assert browser.browser_candidates(environ, "linux", lambda name: f"/usr/bin/{name}")[0] == "/opt/mine"


def test_browsers_of_macos_and_windows() -> None:
    mac = browser.browser_candidates({}, "darwin", lambda name: None)
    assert mac[0] == "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    environ = {"PROGRAMFILES": r"C:\Program Files", "LOCALAPPDATA": r"C:\Users\li\AppData\Local"}
    windows = browser.browser_candidates(environ, "win32", lambda name: None)
    assert windows[0] == r"C:\Program Files\Google\Chrome\Application\chrome.exe"
    assert r"C:\Users\li\AppData\Local\Google\Chrome\Application\chrome.exe" in windows


def test_ports() -> None:
    assert console.parse_options([]) == ("127.0.0.1", 8501)
    assert console.parse_options(["--port", "8600"]) == ("127.0.0.1", 8600)
    assert console.parse_options(["--host", "0.0.0.0", "--port", "8600"]) == ("0.0.0.0", 8600)
    assert console.parse_options(["--port", "8600", "--host", "localhost"]) == ("127.0.0.1", 8600)


@pytest.mark.parametrize("text", ["", "console.local", "127.0.0.1:80", "１２７.0.0.1", "-1"])
def test_an_address_that_is_none_gets_a_sentence(text: str) -> None:
    with pytest.raises(Trouble, match="IP 地址"):
        console.parse_options(["--host", text])


def test_where_this_machine_reaches_what_listens() -> None:
    assert console.address(80) == "http://127.0.0.1:80"
    assert console.address(80, "0.0.0.0") == "http://127.0.0.1:80"
    assert console.address(80, "10.0.0.7") == "http://10.0.0.7:80"
    assert console.address(80, "::") == "http://[::1]:80"
    assert [console.is_local(host) for host in ("127.0.0.1", "::1", "0.0.0.0", "10.0.0.7")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "八五零一", "８５０１", "80a", "8501 "])
def test_an_impossible_port_gets_a_sentence(text: str) -> None:
    with pytest.raises(Trouble, match="1 到 65535"):
        console.parse_options(["--port", text])


@pytest.mark.parametrize(
    "options", [["8501"], ["--port"], ["--help"], ["--port", "1", "2"], ["--port", "1", "--user", "x"]]
)
def test_an_unknown_option_gets_a_sentence(options: list[str]) -> None:
    with pytest.raises(Trouble, match="--port"):
        console.parse_options(options)


def test_a_port_in_use_gets_a_sentence_and_a_free_one_passes() -> None:
    with socket.socket() as taken:
        taken.bind((console.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"端口 {port} 已被占用"):
            console.check_port(port)
    console.check_port(port)


def test_a_trouble_is_printed_and_is_exit_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    assert bootstrap.main(["run", "--port", "x"]) == 1
    assert "端口要写 1 到 65535" in capsys.readouterr().out
    assert bootstrap.main([]) == 1
    assert "用法" in capsys.readouterr().out


def test_the_data_folder_never_follows_the_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONSOLE_DATA")
    assert machine.data_folder() == machine.ROOT / "data"
    monkeypatch.setenv("CONSOLE_DATA", "elsewhere")
    assert machine.data_folder() == machine.ROOT / "elsewhere"


@pytest.fixture
def demos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A project without secrets, and the commands that would have been run in it."""
    commands: list[list[str]] = []
    monkeypatch.setattr(console, "ROOT", tmp_path)
    monkeypatch.setattr(console, "call", lambda command: commands.append([str(word) for word in command]) or 0)
    return commands


def test_a_fresh_installation_gets_the_demo(demos: list[list[str]], data_folder: Path) -> None:
    console.prepare_workbook(Path("python"))
    assert demos == [["python", "-m", "logic", "init", str(data_folder / "台账.xlsx"), "--demo"]]


@pytest.mark.parametrize("name", ["台账.xlsx", "console.sqlite"])
def test_an_installation_in_use_never_gets_the_demo(demos: list[list[str]], data_folder: Path, name: str) -> None:
    data_folder.mkdir()
    (data_folder / name).touch()
    console.prepare_workbook(Path("python"))
    assert demos == []


def test_a_console_that_others_can_reach_gets_no_demo(demos: list[list[str]], data_folder: Path) -> None:
    console.prepare_workbook(Path("python"), "0.0.0.0")
    assert demos == [["python", "-m", "logic", "init", str(data_folder / "台账.xlsx")]]


def test_configured_workbooks_need_no_demo(demos: list[list[str]], tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[workbooks]\n台账 = "D:/x.xlsx"\n', encoding="utf-8")
    with pytest.raises(Trouble, match=r"secrets\.toml 第 2 行"):
        console.prepare_workbook(Path("python"))
    secrets.write_text('[workbooks]\n"台账" = "D:/x.xlsx"\n', encoding="utf-8")
    console.prepare_workbook(Path("python"))
    assert demos == []


def test_a_child_stays_in_its_environment(monkeypatch: pytest.MonkeyPatch, data_folder: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    env = machine.child_environment()
    assert "PYTHONPATH" not in env
    assert env["CONSOLE_DATA"] == str(data_folder)


def test_a_console_that_ends_at_once_is_trouble() -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]) as process:
        process.wait()
        with pytest.raises(Trouble, match="代码 3"):
            console.wait_until_healthy(process, 9)


def test_stopping_leaves_no_process() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        console.stop(process)
        assert process.poll() is not None


def test_an_older_python_can_read_it_to_the_sentence() -> None:
    source = Path(bootstrap.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    before = tree.body[: next(n for n, node in enumerate(tree.body) if isinstance(node, ast.If))]
    imported = [node for node in before if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imported] == ["from __future__ import annotations", "import sys"]
