"""The command line: `python -m logic check | submit | init | handbook | backup | restore | admin`; each is in logic.cli."""

from __future__ import annotations

import io
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from logic.cli import Trouble, remark
from logic.cli.arguments import Parser, moment, person, seconds
from logic.declarations import DeclarationError
from sheets.port import StorageError

SUBMIT = """把标准输入里的修改逐行写进工作簿,和控制台用同一套检查、同一把锁;控制台开着也可以用。

每行一个 JSON 对象(UTF-8),空行跳过;每行在标准输出上得到一行 JSON 回答,顺序相同:
  {"register": "bank_transfers", "id": null, "values": {"转账金额": "100.00"}, "reason": "补登"}
  register    登记表的代号            id      记录编号,null 是新增
  values      列名或字段名: 文字;null 清空;可填多个值的列可以给一列文字。不收数字和 true/false
  base        (可选)改之前看到的内容;没写的列以收到时表格里的内容为准
  transition  (可选)操作的代号       reason  原因
  release     (可选)主管放行的规则编号,要写 reason
  key         (可选)同一个 key 再来一次,得到第一次的结果,不重复写
  edits       (可选)代替上面前五项:[{register, id, values, base, transition}, …] 几条记录要么都写要么都不写
回答:{"outcome": "saved"|"queued"|"rejected"|"overtaken"|"denied", "id", "violations", "conflicts", "reason"}

先写入以前留下的待写入修改,没有输入时也一样。--wait 0 时每行登记好就回答 queued,全部回答完以后,
只要没有别的程序占着工作簿,就再写一次,写不进去的留给下一次或正在运行的控制台。
退出码:0 全部 saved 或 queued;1 有别的结果;2 工作簿不能用(每行仍得到 rejected)。"""

CHECK = """检查一个工作簿,不写任何东西。每处问题一行:
  工作表 | 行 | 单元格和列 | 规则 | 级别 | 现在的内容 | 问题 | 怎么办 | 依据。
退出码:0 没有“不能保存”的问题;1 有;2 文件不能用。
对照修改前后才能判断的规则在这里不检查;主管放行过的按“需说明”算。"""

BOOK = "工作簿文件(.xlsx),或谷歌表格的网址或编号"
SECRETS = "谷歌服务账号的密钥文件,里面有 [gcp_service_account];默认 .streamlit/secrets.toml"
TAKE_OVER = (
    "接管由另一台电脑(或另一个数据目录)管理的工作簿,要先确认那边已停用;"
    "工作簿被换成了另一个文件而暂停写入时,以现在这个文件为准继续"
)


def main(arguments: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # What holds a workbook up is told in the answers; here only what nobody foresaw.
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(name)s %(message)s")
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except (Trouble, StorageError, DeclarationError) as trouble:
        remark(str(trouble))
        return 2
    except BrokenPipeError:
        # Whoever read us has gone; what Python still wants to write at the end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> Parser:
    parser = Parser(prog="python -m logic", description="电商部管理控制台的命令行")
    commands = parser.add_subparsers(dest="command", required=True, title="命令", metavar="命令", parser_class=Parser)

    check = commands.add_parser("check", help="检查一个工作簿,只读", description=CHECK)
    check.add_argument("book", metavar="BOOK", help=BOOK)
    _take_secrets(check)
    check.add_argument("--register", metavar="KEY", help="只列出这个登记表的问题")
    check.add_argument("--as-of", metavar="时间", type=moment, help="按这个时间判断,例如 2026-11-22T09:00;默认现在")
    check.add_argument("--json", action="store_true", help="每处问题一个 JSON 对象,标准输出上没有别的内容")

    submit = commands.add_parser("submit", help="从标准输入写入修改", description=SUBMIT)
    submit.add_argument("book", metavar="BOOK", help=BOOK)
    _take_secrets(submit)
    submit.add_argument("--actor", metavar="NAME", type=person, required=True, help="谁在改:姓名、花名或旺旺子账号")
    submit.add_argument(
        "--wait", metavar="秒", type=seconds, default=10.0, help="每行最多等多久写好(默认 10;0 不等),过后回答 queued"
    )
    submit.add_argument("--take-over", action="store_true", help=TAKE_OVER)

    init = commands.add_parser("init", help="新建工作簿,或给已有的工作簿补上工作表、表头和下拉选项")
    init.add_argument("book", metavar="BOOK", help=BOOK)
    _take_secrets(init)
    init.add_argument("--demo", action="store_true", help="建一个装满演示数据的工作簿(文件不能已经存在)")
    init.add_argument("--dry-run", action="store_true", help="只列出会做什么,不动文件")

    handbook = commands.add_parser("handbook", help="写出填报手册:全部登记表、流程、规则和制度参数")
    handbook.add_argument("--json", action="store_true", help="写成一个 JSON 对象,没有 --out 时写到标准输出")
    handbook.add_argument("--out", metavar="FILE", help="写到这个文件,- 是标准输出;默认 docs/handbook.zh.md")

    backup = commands.add_parser("backup", help="把工作簿、修改记录和照片备份成一个压缩包")
    backup.add_argument("--to", metavar="DIR", type=Path, help="放到哪个文件夹;默认数据目录的 backups")

    restore = commands.add_parser("restore", help="从备份恢复;现有的文件先移到 backups,不会被覆盖")
    restore.add_argument("file", metavar="FILE", type=Path, help="backup 生成的压缩包")

    admin = commands.add_parser("admin", help="生成设置管理员密码的一次性链接,给忘了密码、再也进不去的管理员")
    admin.add_argument(
        "--address",
        metavar="网址",
        default="http://127.0.0.1:8501",
        help="控制台的网址,默认 http://127.0.0.1:8501",
    )
    return parser


def _take_secrets(command: Parser) -> None:
    command.add_argument("--secrets", metavar="FILE", type=Path, help=SECRETS)


def _check(options: Namespace) -> int:
    from logic.cli import check

    return check.run(options.book, options.register, options.as_of, as_json=options.json, secrets=options.secrets)


def _submit(options: Namespace) -> int:
    from logic.cli import submit

    return submit.run(options.book, options.actor, options.wait, take_over=options.take_over, secrets=options.secrets)


def _init(options: Namespace) -> int:
    from logic.cli import init

    return init.run(options.book, demo=options.demo, dry_run=options.dry_run, secrets=options.secrets)


def _handbook(options: Namespace) -> int:
    from logic.cli import handbook

    return handbook.run(options.out, as_json=options.json)


def _backup(options: Namespace) -> int:
    from logic.cli import backup

    return backup.run(options.to)


def _restore(options: Namespace) -> int:
    from logic.cli import backup

    return backup.restore(options.file)


def _admin(options: Namespace) -> int:
    from logic.cli import admin

    return admin.run(options.address)


# Each imports its own module when it is called: a check need not load what only a backup needs.
_COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "check": _check,
    "submit": _submit,
    "init": _init,
    "handbook": _handbook,
    "backup": _backup,
    "restore": _restore,
    "admin": _admin,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
