"""What can go wrong with a Google spreadsheet, each with the sentence staff read, and how Google's answers are told apart.

Sources: https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors and
https://developers.google.com/workspace/drive/api/guides/handle-errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.exceptions import TransportError as AuthTransportError
from gspread.exceptions import APIError

from sheets.port import InDoubt, Missing, ReadOnlyFile, StorageError, Unavailable, Unusable

QUEUED = "修改已保存在队列里,恢复后会自动写入。"


WAY = "请按控制台的“连接与建表”页面或 docs/google.md 的步骤填写。"


class NotConfigured(Unusable):
    """`lacking`: which of the names that are needed have no value."""

    def __init__(self, detail: str = "", lacking: Sequence[str] = ()) -> None:
        self.lacking = tuple(lacking)
        super().__init__(detail)

    @property
    def found(self) -> str:
        """What is wrong, without what to do."""
        if not self.lacking:
            return (
                "谷歌服务账号的密钥读不出来:.streamlit/secrets.toml 的 private_key 要从 .json 文件里整段复制,"
                "包括“BEGIN”和“END”两行,换行写成 \\n。"
            )
        if "client_email" in self.lacking and "private_key" in self.lacking:
            return "还没有配置谷歌服务账号:.streamlit/secrets.toml 里没有 [gcp_service_account]。"
        names = "、".join(self.lacking)
        return f"谷歌服务账号没有填完整:.streamlit/secrets.toml 的 [gcp_service_account] 里缺 {names}。"

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return f"{self.found}{WAY}"


class NoNetwork(Unavailable):
    sentence = (
        "连不上谷歌表格,请检查网络;在国内要通过代理访问:设置 HTTPS_PROXY,"
        f"或在 secrets.toml 的 [google] 里填写 api_base_url。{QUEUED}"
    )


class NoProxy(Unavailable):
    sentence = f"连不上代理服务器,请检查 HTTPS_PROXY 的地址和代理是否在运行。{QUEUED}"


class GoogleDown(Unavailable):
    sentence = f"谷歌表格的服务暂时出错,不用做什么,控制台会自动再试。{QUEUED}"


class QuotaUsedUp(Unavailable):
    sentence = "这一分钟对谷歌表格的访问次数用完了,不用做什么,修改已保存在队列里,最多一两分钟后会自动写入。"


class SheetsApiOff(Unavailable):
    sentence = (
        "服务账号所在的谷歌云项目没有启用 Google Sheets API,请在谷歌云控制台的“API 和服务”里启用它,几分钟后会自动恢复。"
    )


class DriveApiOff(Unavailable):
    sentence = (
        "服务账号所在的谷歌云项目没有启用 Google Drive API,请在谷歌云控制台的“API 和服务”里启用它,几分钟后会自动恢复。"
    )


class NotShared(Unavailable):
    """The spreadsheet is there, and the service account may not see it (any more)."""

    def __init__(self, account: str = "", detail: str = "") -> None:
        self.account = account
        super().__init__(detail)

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return f"表格没有共享给控制台,请在谷歌表格里点“共享”,把 {self.account} 加为“编辑者”,之后会自动恢复。"


class SharedReadOnly(ReadOnlyFile):
    def __init__(self, account: str = "", detail: str = "") -> None:
        self.account = account
        super().__init__(detail)

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return (
            f"表格只给了控制台查看的权限,请在谷歌表格里点“共享”,把 {self.account} 改为“编辑者”,"
            "也请确认表格没有被锁定;修改已保存在队列里,之后会自动写入。"
        )


class NoSpreadsheet(Missing):
    @property
    def sentence(self) -> str:  # type: ignore[override]
        return (
            f"找不到谷歌表格 {self.address}:它被删除了,或者网址不对。"
            "请从回收站恢复,或在 .streamlit/secrets.toml 里换成正确的网址;修改已保存在队列里。"
        )


class InTheBin(Missing):
    @property
    def sentence(self) -> str:  # type: ignore[override]
        return f"谷歌表格 {self.address} 在回收站里,请打开云端硬盘的回收站恢复它;修改已保存在队列里,恢复后会自动写入。"


class NotASpreadsheet(Unusable):
    sentence = "这个网址上的文件不是谷歌表格(例如上传的 .xlsx),请用谷歌表格打开它,选“文件”里的“另存为谷歌表格”,再换成新的网址。"


class CredentialRevoked(Unavailable):
    sentence = (
        "服务账号的密钥不能用了(被删除、停用或过期),请在谷歌云控制台给服务账号新建一个密钥,"
        "填进 .streamlit/secrets.toml 的 [gcp_service_account],再重新启动控制台;修改已保存在队列里。"
    )


class WrongClock(Unavailable):
    sentence = "这台电脑的时间和实际时间差得太多,谷歌不接受登录,请校准系统时间;修改已保存在队列里,之后会自动写入。"


class ProtectedCells(Unavailable):
    def __init__(self, account: str = "", detail: str = "") -> None:
        self.account = account
        super().__init__(detail)

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return (
            "表格里有设了保护的范围,不让控制台写入,请在谷歌表格的“数据”里打开“保护工作表和范围”,"
            f"允许 {self.account} 编辑;修改已保存在队列里,之后会自动写入。"
        )


class TabGone(Unavailable):
    """A tab was renamed or removed while it was being read or written: the next reading finds out which are there."""

    sentence = "读写的一刻有人改了工作表的名字或删除了工作表,正在重新读取,请稍等。"


@contextmanager
def translated(address: str, account: str, *, writes: bool = False) -> Iterator[None]:
    """Raise a StorageError with its sentence for whatever the libraries raise. `writes`: the call changes the spreadsheet,
    so that a cut connection leaves it open whether it happened."""
    try:
        yield
    except StorageError:
        raise
    except APIError as error:
        raise of_answer(error, address, account, writes=writes) from error
    except RefreshError as error:
        raise _of_refusal(error) from error
    except AuthTransportError as error:
        raise _of_network(error.args[0] if error.args else error) from error
    except GoogleAuthError as error:
        raise NotConfigured(str(error)) from error
    except requests.JSONDecodeError as error:
        raise (InDoubt if writes else GoogleDown)(str(error)) from error
    except requests.RequestException as error:
        if writes and not _never_sent(error):
            raise InDoubt(str(error)) from error
        raise _of_network(error) from error


def of_answer(error: APIError, address: str, account: str, *, writes: bool = False) -> StorageError:
    """What an answer with an error code means; `error.error` is the body's error object."""
    status = error.response.status_code
    message = str(error.error.get("message", ""))
    reasons = {str(reason) for reason in _reasons(error.error)}
    detail = f"{status} {'/'.join(sorted(reasons))} {message}"
    if status == 429 or reasons & {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}:
        return QuotaUsedUp(detail)
    if reasons & {"SERVICE_DISABLED", "accessNotConfigured"} or "has not been used in project" in message:
        is_drive = "drive" in message.lower() or "/drive/" in error.response.url
        return (DriveApiOff if is_drive else SheetsApiOff)(detail)
    if status == 401:
        return CredentialRevoked(detail)
    if status == 403:
        return (SharedReadOnly if writes else NotShared)(account, detail)
    if status == 404:
        return NoSpreadsheet(address, detail)
    if "protected" in message and writes:
        return ProtectedCells(account, detail)
    if status == 400 and "not supported for this document" in message:
        return NotASpreadsheet(detail)
    if status == 400:
        return TabGone(detail)
    if status == 408 or status >= 500 or status < 400:
        return (InDoubt if writes else GoogleDown)(detail)
    return GoogleDown(detail)


def _reasons(body: Mapping[str, Any]) -> Iterator[object]:
    """Google tells the reason in one of two forms, the older of which Drive uses."""
    for one in (*body.get("errors", ()), *body.get("details", ())):
        if isinstance(one, Mapping):
            yield one.get("reason", "")


def _of_refusal(error: RefreshError) -> StorageError:
    """The token endpoint said no."""
    text = str(error)
    if "reasonable timeframe" in text or "iat" in text.split():
        return WrongClock(text)
    if error.retryable:
        return GoogleDown(text)
    return CredentialRevoked(text)


def _of_network(error: object) -> StorageError:
    return (NoProxy if isinstance(error, requests.exceptions.ProxyError) else NoNetwork)(str(error))


def _never_sent(error: requests.RequestException) -> bool:
    """Is it certain that the request did not reach Google? Only where no connection came about."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError, requests.exceptions.SSLError)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")
