"""LibreOffice for the tests that work out the formulas we put into Google Sheets: what the machine has, else Debian's."""

from __future__ import annotations

import shutil

from tools.machine import apt_install


def provide_spreadsheet() -> bool:
    return bool(find_spreadsheet() or (apt_install("libreoffice-calc-nogui") and find_spreadsheet()))


def find_spreadsheet() -> str | None:
    return shutil.which("soffice")
