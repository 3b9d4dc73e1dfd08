"""Whether a workbook lies in a folder that a cloud drive keeps the same on several computers, and whose that is.

Such a client replaces files on its own: what another computer saved comes over ours, or ends up as a second copy beside
it. Known by the names its folders have by default and by the marker it leaves in the root of each folder it looks after,
because people rename and move those folders.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What the folders are called, one or several parts of a path in lower case. The mount that macOS makes for every client
# comes last: there the name of an unknown one says little.
_FOLDERS = tuple(
    (client, re.compile(f"/(?:{names})/"))
    for client, names in (
        ("OneDrive", r"onedrive|onedrive - [^/]+|onedrive \([^/]+\)|library/cloudstorage/onedrive[^/]*"),
        ("坚果云", r"坚果云|我的坚果云|nutstore|nutstore files"),
        ("百度网盘", r"baidusyncdisk|baidunetdiskworkspace|百度网盘同步空间|百度网盘工作空间|百度云同步盘?"),
        ("Dropbox", r"dropbox|dropbox \([^/]+\)|library/cloudstorage/dropbox[^/]*"),
        ("iCloud 云盘", r"com~apple~clouddocs|library/mobile documents|icloud ?drive|icloud ?云盘"),
        ("Google 云端硬盘", r"google ?drive|google ?云端硬盘|我的云端硬盘|library/cloudstorage/googledrive[^/]*"),
        ("腾讯微云", r"腾讯微云|微云同步助手|微云同步助手\([^/]+\)|weiyundisk"),
        ("阿里云盘", r"阿里云盘|aliyundrive"),
        ("WPS 云盘", r"wpsdrive|wps云盘|wps企业云盘"),
        ("Synology Drive", r"synologydrive|library/cloudstorage/synologydrive[^/]*"),
        ("云盘", r"library/cloudstorage/[^/]+"),
    )
)


@dataclass(frozen=True, slots=True)
class _Marker:
    """`is_file`: only a file counts, because a folder of that name holds the settings of the client."""

    name: str
    client: str
    is_file: bool = False


_MARKERS = (
    _Marker(".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
    _Marker(".dropbox.cache", "Dropbox"),
    _Marker(".dropbox", "Dropbox", is_file=True),
    _Marker(".tmp.drivedownload", "Google 云端硬盘"),
    _Marker(".tmp.driveupload", "Google 云端硬盘"),
    _Marker(".shortcut-targets-by-id", "Google 云端硬盘"),
    _Marker(".SynologyWorkingDirectory", "Synology Drive"),
    _Marker(".stfolder", "Syncthing"),
    _Marker(os.path.join(".sync", "ID"), "Resilio Sync"),
    _Marker(".nextcloudsync.log", "Nextcloud"),
    _Marker(".owncloudsync.log", "ownCloud"),
)

HEAD = "工作簿放在“{client}”的同步文件夹里"
RISK = (
    "别的电脑上保存的旧文件可能盖掉刚写进去的内容,也可能多出一份名字里带“冲突”或“副本”的文件,"
    "两份各改各的。控制台能发现并补回大部分,但要有人逐条确认。"
)
REMEDY = (
    "请把工作簿移到不同步的普通文件夹,再改好 .streamlit/secrets.toml 里 [workbooks] 的地址;"
    "别人要看,请用控制台;要留备份,请用 python -m logic backup。暂时不移时,请不要在别的电脑上打开保存它。"
)


def sync_client(workbook: str | Path) -> str | None:
    """The name of the client in whose folder this file lies, or the file that a link of this path leads to."""
    resolved = Path(os.path.realpath(workbook))
    written = Path(os.path.abspath(workbook))
    # Some clients follow a link inside their folder, so the path as written counts too.
    for folder in dict.fromkeys((resolved.parent, written.parent)):
        if (client := _by_name(folder) or _by_marker(folder)) is not None:
            return client
    return None


def _by_name(folder: Path) -> str | None:
    parts = (unicodedata.normalize("NFKC", part).casefold() for part in folder.parts)
    text = f"/{'/'.join(part.strip('/') for part in parts)}/"
    return next((client for client, names in _FOLDERS if names.search(text)), None)


def _by_marker(folder: Path) -> str | None:
    found: Iterator[str] = (
        marker.client
        for parent in (folder, *folder.parents)
        for marker in _MARKERS
        if (os.path.isfile if marker.is_file else os.path.lexists)(parent / marker.name)
    )
    return next(found, None)
