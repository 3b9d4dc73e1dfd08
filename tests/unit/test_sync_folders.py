"""Workbooks in the folder of a cloud drive are recognised; those in an ordinary folder are left in peace."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sheets.sync_folders import sync_client

NAMED = (
    ("OneDrive/台账", "OneDrive"),
    ("OneDrive - 晴禾家居/部门", "OneDrive"),
    ("OneDrive (个人)", "OneDrive"),
    ("Library/CloudStorage/OneDrive-Personal", "OneDrive"),
    ("ONEDRIVE", "OneDrive"),
    ("Nutstore/我的坚果云/台账", "坚果云"),
    ("Nutstore Files", "坚果云"),
    ("我的坚果云", "坚果云"),
    ("BaiduSyncdisk/电商", "百度网盘"),
    ("BaiduNetdiskWorkspace", "百度网盘"),
    ("百度网盘同步空间/同步空间", "百度网盘"),
    ("百度云同步盘", "百度网盘"),
    ("Dropbox", "Dropbox"),
    ("Dropbox （店铺）/台账", "Dropbox"),
    ("Library/Mobile Documents/com~apple~CloudDocs/台账", "iCloud 云盘"),
    ("iCloudDrive", "iCloud 云盘"),
    ("Library/CloudStorage/GoogleDrive-a@example.com/My Drive", "Google 云端硬盘"),
    ("Google Drive", "Google 云端硬盘"),
    ("我的云端硬盘", "Google 云端硬盘"),
    ("微云同步助手/1234567", "腾讯微云"),
    ("微云同步助手(1234567)/同步盘", "腾讯微云"),
    ("阿里云盘/台账", "阿里云盘"),
    ("WPSDrive/1234567/WPS云盘", "WPS 云盘"),
    ("SynologyDrive", "Synology Drive"),
    ("Library/CloudStorage/Box-Box", "云盘"),
)
MARKED = (
    (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
    (".dropbox", "Dropbox"),
    (".dropbox.cache/x", "Dropbox"),
    (".tmp.driveupload/x", "Google 云端硬盘"),
    (".shortcut-targets-by-id/x", "Google 云端硬盘"),
    (".SynologyWorkingDirectory/x", "Synology Drive"),
    (".stfolder/x", "Syncthing"),
    (".sync/ID", "Resilio Sync"),
    (".nextcloudsync.log", "Nextcloud"),
)
ORDINARY = (
    "台账",
    "OneDrive备份",
    "OneDrive-旧",
    "我的 Dropbox 笔记",
    "Dropbox2",
    "坚果云教程",
    "坚果",
    "BaiduNetdiskDownload",
    "百度网盘下载",
    "微云",
    "Mobile Documents",
    "CloudStorage/OneNote",
    "Google Drive 导出",
    "云盘",
    "My Drive",
)


@pytest.mark.parametrize(("folder", "client"), NAMED)
def test_the_names_of_sync_folders_are_known(tmp_path: Path, folder: str, client: str) -> None:
    assert sync_client(tmp_path / folder / "台账.xlsx") == client


@pytest.mark.parametrize("folder", ORDINARY)
def test_a_similar_word_is_no_sync_folder(tmp_path: Path, folder: str) -> None:
    assert sync_client(tmp_path / folder / "OneDrive.xlsx") is None


@pytest.mark.parametrize(("marker", "client"), MARKED)
def test_a_renamed_sync_folder_is_known_by_its_marker(tmp_path: Path, marker: str, client: str) -> None:
    left = tmp_path / "资料" / marker
    left.parent.mkdir(parents=True)
    left.write_bytes(b"1")
    (tmp_path / "资料" / "电商").mkdir()
    assert sync_client(tmp_path / "资料" / "电商" / "台账.xlsx") == client
    assert sync_client(tmp_path / "台账.xlsx") is None


def test_the_settings_of_a_client_mark_no_folder(tmp_path: Path) -> None:
    """The home folder holds them as .dropbox/ and .sync/."""
    (tmp_path / ".dropbox").mkdir()
    (tmp_path / ".sync").mkdir()
    assert sync_client(tmp_path / "台账.xlsx") is None


def test_links_lead_to_the_folder_that_is_synced(tmp_path: Path) -> None:
    synced, plain = tmp_path / "OneDrive", tmp_path / "plain"
    synced.mkdir()
    plain.mkdir()
    (synced / "台账.xlsx").write_bytes(b"1")
    (plain / "file.xlsx").symlink_to(synced / "台账.xlsx")
    (plain / "folder").symlink_to(synced, target_is_directory=True)
    (synced / "out").symlink_to(plain, target_is_directory=True)
    assert sync_client(plain / "file.xlsx") == "OneDrive"
    assert sync_client(plain / "folder" / "台账.xlsx") == "OneDrive"
    assert sync_client(synced / "out" / "other.xlsx") == "OneDrive"
    assert sync_client(plain / "other.xlsx") is None


def test_a_relative_path_and_a_name_as_macos_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / unicodedata.normalize("NFD", "ICLOUD DRIVE")
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert sync_client("台账.xlsx") == "iCloud 云盘"


# -- what people are told ----------------------------------------------------------------------------------------------


def _page(address: str) -> None:
    from pages.parts import banner

    banner.place(address)


def _said(address: str) -> str:
    drawn = AppTest.from_function(_page, kwargs={"address": address}).run()
    assert not drawn.exception
    return "".join(block.proto.body for block in drawn.get("html"))


def test_the_page_names_the_client_the_danger_and_what_to_do(tmp_path: Path) -> None:
    said = _said(str(tmp_path / "我的坚果云" / "台账.xlsx"))
    assert "“坚果云”" in said and "冲突" in said and "[workbooks]" in said and "console-wait" in said
    assert _said(str(tmp_path / "台账.xlsx")) == ""


def test_the_page_says_nothing_of_a_workbook_that_is_no_file() -> None:
    assert _said("memory") == ""
