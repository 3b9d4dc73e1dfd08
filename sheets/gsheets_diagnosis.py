"""Says step by step whether the console could work with a pasted spreadsheet address, and what to do where it could not.

Nothing but the spreadsheet's id is taken from the address: it is asked for where the service account's secrets say, never at
the host that somebody pasted. Nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote
from urllib.request import getproxies

from sheets.gsheets_account import Account
from sheets.gsheets_address import spreadsheet_id, spreadsheet_url
from sheets.gsheets_calls import Calls
from sheets.gsheets_cells import Json, places, value_rows
from sheets.gsheets_errors import (
    CredentialRevoked,
    DriveApiOff,
    GoogleDown,
    InTheBin,
    NoNetwork,
    NoProxy,
    NoSpreadsheet,
    NotASpreadsheet,
    NotConfigured,
    NotShared,
    QuotaUsedUp,
    SheetsApiOff,
    WrongClock,
)
from sheets.gsheets_reader import SPREADSHEET
from sheets.gsheets_stamp import RANGE, TAB, read_stamp
from sheets.port import StorageError

ADDRESS, ACCOUNT, NETWORK = "网址", "服务账号", "网络和登录"
SHEETS_API, DRIVE_API = "Google Sheets API", "Google Drive API"
SHARED, EDITABLE, OWNER = "共享", "编辑权限", "归哪个控制台"
STEPS = (ADDRESS, ACCOUNT, NETWORK, SHEETS_API, DRIVE_API, SHARED, EDITABLE, OWNER)

_COPY = "请在浏览器里打开表格,从地址栏整段复制,形如 https://docs.google.com/spreadsheets/d/……/edit。"
_WRONG_FORMS = (
    (r"^$", "还没有粘贴网址。"),
    (r"/spreadsheets/(u/\d+/)?d/e/", "这是“发布到网络”的网址,只能看,不能写。"),
    (r"//docs\.google\.com/(document|presentation|forms|drawings)/", "这是谷歌文档、幻灯片或表单的网址,不是谷歌表格。"),
    (r"//drive\.google\.com/", "这是云端硬盘的网址。请双击打开那个表格,再复制它自己的网址。"),
    (
        r"//[^/]*(docs\.qq\.com|kdocs\.cn|feishu\.cn|shimo\.im|dingtalk\.com|wps\.cn)/",
        "控制台不能连接腾讯文档、金山文档、飞书等在线表格,只能连接谷歌表格;也可以使用 .xlsx 文件。",
    ),
    (r"\.xls[xm]?$", "这是文件的路径。.xlsx 文件不用在这里连接,在 secrets.toml 的 [workbooks] 里写上它的路径就可以。"),
    (r"", "看不出这是哪个谷歌表格的网址。"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One step. `said` is what was found, `todo` what a person does about it; `share`: the e-mail address to share the
    spreadsheet with; `link`: a page of Google's that the person may open."""

    step: str
    fine: bool
    said: str
    todo: tuple[str, ...] = ()
    share: str = ""
    link: str = ""


def diagnose(address: str, account: Account, installation: str) -> Iterator[Finding]:
    """The steps in order, each as soon as it is known; after one without which nothing further can be known, no more.
    `installation`: the id of the one that asks."""
    id = spreadsheet_id(address)
    if id is None:
        said = next(said for pattern, said in _WRONG_FORMS if re.search(pattern, address.strip(), re.IGNORECASE))
        yield Finding(ADDRESS, False, said, (_COPY,))
        return
    yield Finding(ADDRESS, True, spreadsheet_url(id))
    calls = Calls(account, id)
    try:
        yield from _asked(calls, installation)
    finally:
        calls.close()


def _asked(calls: Calls, installation: str) -> Iterator[Finding]:
    account = calls.account
    layout, no_layout = _tried(calls.layout)
    if isinstance(no_layout, NotConfigured):
        yield Finding(ACCOUNT, False, no_layout.found, ("请先做好第 1 步。",))
        return
    yield Finding(ACCOUNT, True, account.email)
    if (trouble := _connection(no_layout, account)) is not None:
        yield trouble
        return
    file, no_file = _tried(calls.file)
    if (trouble := _connection(no_file, account)) is not None:
        yield trouble
        return
    yield Finding(NETWORK, True, "可以登录谷歌。")
    off = [_off(SHEETS_API, no_layout, SheetsApiOff, account), _off(DRIVE_API, no_file, DriveApiOff, account)]
    yield from off
    if not all(one.fine for one in off):
        return
    shared = _shared(calls, file, no_layout or no_file)
    yield shared
    if shared.fine:
        yield _editable(file, account)
        yield _owned(calls, layout, installation)


def _tried(call: Callable[[], Json]) -> tuple[Json, StorageError | None]:
    try:
        return call(), None
    except StorageError as error:
        return {}, error


def _connection(error: StorageError | None, account: Account) -> Finding | None:
    """What stands between this computer and Google, if anything does."""
    match error:
        case NoProxy():
            todo = ("检查环境变量 HTTPS_PROXY 里的地址对不对、代理软件有没有在运行;改了环境变量要重新启动控制台。",)
            return Finding(NETWORK, False, "连不上代理服务器。", todo)
        case NoNetwork():
            return Finding(NETWORK, False, "连不上谷歌。", _ways_to_google(account))
        case WrongClock():
            todo = ("校准这台电脑的系统时间(打开“自动设置时间”),再检查一次。",)
            return Finding(NETWORK, False, "这台电脑的时间和实际时间差得太多,谷歌不接受登录。", todo)
        case CredentialRevoked():
            todo = (
                "在谷歌云控制台打开“IAM 和管理”→“服务账号”,点这个服务账号,看它有没有被停用;再点“密钥”→“添加密钥”→“创建新密钥”→“JSON”。",
                "用新的 .json 文件里的内容替换 secrets.toml 的 [gcp_service_account],保存后再检查一次。",
            )
            return Finding(NETWORK, False, "谷歌不接受服务账号的密钥:它被删除、停用,或者没有复制完整。", todo)
        case QuotaUsedUp():
            return Finding(NETWORK, False, "这一分钟对谷歌表格的访问次数用完了。", ("过一两分钟再检查一次。",))
        case GoogleDown():
            return Finding(NETWORK, False, "谷歌的服务暂时出错。", ("过几分钟再检查一次。",))
        case _:
            return None


def _ways_to_google(account: Account) -> tuple[str, ...]:
    check = "看看这台电脑能不能上网。"
    if account.base:
        return (
            check,
            "检查 secrets.toml 的 [google] 里 api_base_url 写的地址能不能访问,密钥里的 token_uri 也要能访问到。",
        )
    if getproxies().get("https"):
        return (check, "控制台正通过环境变量 HTTPS_PROXY 里的代理访问谷歌,请检查这个代理能不能打开谷歌的网站。")
    return (
        check,
        "在国内访问谷歌要经过代理,现在没有设置:先设置环境变量 HTTPS_PROXY(例如 http://127.0.0.1:7890),再重新启动控制台;"
        "公司有反向代理的,在 secrets.toml 的 [google] 里填写 api_base_url。",
    )


def _off(api: str, error: StorageError | None, kind: type[StorageError], account: Account) -> Finding:
    if not isinstance(error, kind):
        return Finding(api, True, "已启用。")
    host = {SHEETS_API: "sheets.googleapis.com", DRIVE_API: "drive.googleapis.com"}[api]
    project = quote(str(account.info.get("project_id", "")), safe="")
    link = f"https://console.cloud.google.com/apis/library/{host}{f'?project={project}' if project else ''}"
    todo = (f"在谷歌云控制台的“API 和服务”→“库”里找到 {api},点“启用”,等几分钟再检查一次。",)
    return Finding(api, False, f"服务账号所在的项目没有启用 {api}。", todo, link=link)


def _shared(calls: Calls, file: Json, error: StorageError | None) -> Finding:
    """Is it there, a spreadsheet, and open to the service account?"""
    email = calls.account.email
    if isinstance(error, NotShared):
        todo = ("打开表格,点右上角“共享”,粘贴下面的电子邮件,权限选“编辑者”,去掉“通知对方”,点“共享”。",)
        return Finding(SHARED, False, "表格没有共享给控制台。", todo, share=email)
    if isinstance(error, NoSpreadsheet):
        return Finding(SHARED, False, "没有这个表格:网址没有复制完整,或者它被彻底删除了。", (_COPY,))
    if isinstance(error, NotASpreadsheet) or (not error and file.get("mimeType", SPREADSHEET) != SPREADSHEET):
        todo = ("打开这个文件,选“文件”→“另存为谷歌表格”,再粘贴新表格的网址。",)
        return Finding(SHARED, False, "这个网址上的文件不是谷歌表格(例如上传的 .xlsx)。", todo)
    if isinstance(error, InTheBin) or file.get("trashed"):
        todo = ("打开云端硬盘的回收站,恢复这个表格,再检查一次。",)
        return Finding(SHARED, False, "这个表格在回收站里。", todo)
    if error is not None:
        return Finding(SHARED, False, str(error), ("过一会儿再检查一次。",))
    return Finding(SHARED, True, f"可以打开“{file.get('name', '')}”。")


def _editable(file: Json, account: Account) -> Finding:
    if file.get("capabilities", {}).get("canEdit", True):
        return Finding(EDITABLE, True, "可以编辑。")
    todo = (
        "打开表格,点右上角“共享”,把下面的电子邮件改为“编辑者”;已经是编辑者的,确认文件没有被锁定。",
        "只给查看的权限,控制台只能显示,不能登记。",
    )
    return Finding(EDITABLE, False, "表格只给了控制台查看的权限。", todo, share=account.email)


def _owned(calls: Calls, layout: Json, installation: str) -> Finding:
    """Does another console write it?"""
    if TAB not in places(layout):
        return Finding(OWNER, True, "还没有控制台用过这个表格。")
    answer, error = _tried(lambda: calls.values([RANGE]))
    if error is not None:
        return Finding(OWNER, False, str(error), ("过一会儿再检查一次。",))
    _, owner = read_stamp(value_rows(TAB, next(iter(answer.get("valueRanges", ())), {})))
    if owner.installation in ("", installation):
        return Finding(OWNER, True, "由这里的控制台管理。" if owner.installation else "还没有控制台用过这个表格。")
    todo = (
        "两个控制台不能同时写一个表格。那一台还在用:请换一个表格。",
        "那一台已经停用:先停下这里的控制台,运行 python -m logic submit 表格网址 --actor 姓名 --take-over 接管,再启动。",
    )
    said = f"这个表格由另一台电脑上的控制台管理(主机 {owner.host},数据目录 {owner.folder})。"
    return Finding(OWNER, False, said, todo)
