"""DESIGN §3: who may import whom, and what nobody may write. The tables at the top are the rule; add to them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("streamlit_app.py", "pages", "logic", "sheets", "tools", "tests")

FILE_FORMATS = ("gspread", "excelize", "openpyxl", "python_calamine", "xlsxwriter", "xlrd")
WORKBOOKS = ("sheets.xlsx", "sheets.xlsx_worker", "sheets.gsheets", "sheets.memory")


@dataclass(frozen=True, slots=True)
class Layer:
    """What files matching `files` may not import, or the only things they may import besides the standard library."""

    files: str
    never: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()


LAYERS = (
    Layer("sheets/*", never=("logic", "pages", "streamlit_app")),
    Layer("logic/*", never=("pages", "streamlit_app", "streamlit", *FILE_FORMATS)),
    Layer("logic/*", never=WORKBOOKS, but_not=("logic/__main__.py", "logic/cli*")),
    Layer("logic/registers/*", only=("logic.vocabulary",)),
    Layer("pages/*", never=(*FILE_FORMATS, *WORKBOOKS)),
    # Streamlit puts pages/ on sys.path: `parts` would be a second module object beside `pages.parts`.
    Layer("*", never=("parts",)),
)

# Words that corrupt or lose what people entered (DESIGN §7): never in code or texts of these folders, docstrings aside.
FORBIDDEN_WORDS = ("USER_ENTERED", "append_row", "get_all_records", "read_excel")
FORBIDDEN_WORDS_IN = ("sheets/*", "logic/*", "pages/*")

# Who may call what. A second start() in one process would be a second Writer; one function turns an outcome into what
# is seen.
ENTRIES = ("streamlit_app.py", "logic/__main__.py", "logic/cli*", "tests/*")
CALLERS = {
    "sheets.services.start": ("logic/office.py", *ENTRIES),
    "logic.office.start": ENTRIES,
    "streamlit.error": ("pages/parts/outcome.py",),
}

# pytest and Python themselves ask for these names.
FREE_NAMES = ("conftest", "__init__", "__main__", "__pycache__")
OWN_PACKAGES = ("pages", "logic", "sheets", "tools", "tests", "streamlit_app")


def faults(path: str, source: str) -> list[str]:
    """Everything wrong with one file, each with its line."""
    tree = ast.parse(source)
    found = [*_import_faults(path, tree), *_word_faults(path, tree), *_call_faults(path, tree)]
    return [f"{path}:{line}: {what}" for line, what in found]


def _import_faults(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    layers = [layer for layer in LAYERS if _matches(path, (layer.files,)) and not _matches(path, layer.but_not)]
    for line, module in _imports(path, tree):
        for layer in layers:
            if any(_within(module, name) for name in layer.never):
                yield line, f"{layer.files} must not import {module}"
            top = module.partition(".")[0]
            if layer.only and top not in sys.stdlib_module_names and not any(_within(module, n) for n in layer.only):
                yield line, f"{layer.files} may import only the standard library and {', '.join(layer.only)}: {module}"


def _imports(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every imported thing by its full dotted name."""
    yield from ((line, module) for line, module, _ in _bindings(path, tree))


def _bindings(path: str, tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Every imported thing by its full dotted name, relative imports resolved, and the name it goes by in this file."""
    package = Path(path).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}", alias.asname or alias.name) for alias in node.names)


def _word_faults(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    if not _matches(path, FORBIDDEN_WORDS_IN):
        return
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.alias(name=text) | ast.keyword(arg=str(text)):
                pass
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                pass
            case _:
                continue
        for word in FORBIDDEN_WORDS:
            if word in text:
                yield getattr(node, "lineno", 0), f"{word} is never used"


def _call_faults(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    known = {name: module for _, module, name in _bindings(path, tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        written = ast.unparse(node.func)
        head, dot, rest = written.partition(".")
        called = known.get(head, head) + dot + rest
        # A column or a container shows errors just as st does; a log does not.
        on_screen = _matches(path, ("pages/*",)) and not written.startswith(("log.", "logging."))
        if on_screen and isinstance(node.func, ast.Attribute) and node.func.attr == "error":
            called = "streamlit.error"
        if called in CALLERS and not _matches(path, CALLERS[called]):
            yield node.lineno, f"{called}() is called only in {', '.join(CALLERS[called])}"


def name_faults(path: str) -> list[str]:
    """A file or folder of pages/ or tests/ that hides, or is hidden by, a module of the same name."""
    folder, *names = Path(path).with_suffix("").parts
    taken = _taken_names() | (set(OWN_PACKAGES) if folder == "pages" else set())
    return [f"{path}: there is a module {name} already" for name in names if name not in FREE_NAMES and name in taken]


@cache
def _taken_names() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names) | frozenset(packages_distributions())


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _files() -> list[Path]:
    found = [file for name in CODE for file in (ROOT / name, *(ROOT / name).rglob("*.py")) if file.suffix == ".py"]
    return [file for file in found if file.is_file()]


def test_every_file_keeps_to_its_layer() -> None:
    files = _files()
    assert files, "no code found"
    found = [
        fault for file in files for fault in faults(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_no_file_hides_a_module() -> None:
    places = [place for name in ("pages", "tests") for place in (ROOT / name).rglob("*")]
    wanted = [place for place in places if place.suffix == ".py" or (place.is_dir() and any(place.rglob("*.py")))]
    found = {fault for place in wanted for fault in name_faults(place.relative_to(ROOT).as_posix())}
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("sheets/writer.py", "from logic.judgement import Judgement"),
        ("sheets/writer.py", "def f():\n    import logic"),
        ("sheets/deep/er.py", "from ..services import x\nfrom logic import kinds"),
        ("logic/edits.py", "import streamlit as st"),
        ("logic/edits.py", "from python_calamine import CalamineWorkbook"),
        ("logic/edits.py", "from sheets import xlsx"),
        ("logic/registers/money/bank.py", "import pandas"),
        ("logic/registers/money/bank.py", "from logic.fields import field"),
        ("logic/registers/money/bank.py", "from ...kinds import Text"),
        ("logic/registers/money/bank.py", "from .staff import REGISTER"),
        ("pages/records.py", "import gspread"),
        ("pages/records.py", "from parts import form"),
        ("tests/unit/test_form.py", "import parts.form"),
        ("sheets/gsheets.py", "sheet.append_rows(rows)"),
        ("sheets/gsheets.py", "body = {'valueInputOption': 'USER_ENTERED'}"),
        ("pages/paste.py", "from pandas import read_excel"),
        ("pages/home.py", "from sheets import services\nservices.start(folder)"),
        ("pages/home.py", "import sheets.services\nsheets.services.start(folder)"),
        ("pages/home.py", "from sheets.services import start as go\ngo(folder)"),
        ("pages/home.py", "from sheets import services as running\nrunning.start(folder)"),
        ("pages/home.py", "from logic import office\noffice.start()"),
        ("pages/home.py", "import streamlit as st\nst.error('x')"),
        ("pages/parts/form.py", "left.error('x')"),
        ("pages/parts/form.py", "from streamlit import error\nerror('x')"),
        ("logic/edits.py", "import streamlit\nstreamlit.error('x')"),
    ],
)
def test_a_violation_is_found(path: str, source: str) -> None:
    assert faults(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("sheets/writer.py", "from sheets.port import Snapshot\nimport sqlalchemy"),
        ("sheets/gsheets.py", '"""Never USER_ENTERED."""\n# nor append_row'),
        ("logic/edits.py", "from sheets.port import Snapshot\nimport pydantic"),
        ("logic/__main__.py", "from sheets import services\nservices.start(folder)"),
        ("logic/registers/money/bank.py", "from __future__ import annotations\nfrom logic import vocabulary"),
        ("logic/registers/money/bank.py", "from logic.vocabulary import Register, field"),
        ("pages/records.py", "from pages.parts import form\nfrom sheets.services import services"),
        ("pages/records.py", "log.error('x')\nthread.start()"),
        ("pages/parts/outcome.py", "import streamlit as st\nst.error('x')"),
        ("streamlit_app.py", "from logic import office\noffice.start()"),
        ("logic/office.py", "from sheets import services as running\nrunning.start(folder)"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert not faults(path, source)


@pytest.mark.parametrize(
    "path", ["pages/pages/home.py", "pages/code.py", "pages/parts/logic.py", "tests/google/__init__.py", "tests/x/json"]
)
def test_a_hiding_name_is_found(path: str) -> None:
    assert name_faults(path)


@pytest.mark.parametrize("path", ["pages/parts/__init__.py", "tests/conftest.py", "tests/unit/test_layers.py"])
def test_a_name_of_our_own_passes(path: str) -> None:
    assert not name_faults(path)
