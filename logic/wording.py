"""Every Chinese sentence the engine says about a value, one function per meaning: one thing is always said one way.

`Words` is what is wrong with the value found and what to do about it. Sentences about storage are written by the errors
of `sheets.port` themselves; here are only the short labels of those states.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

_SHOWN = 30  # characters of a value quoted in a sentence
_LISTED = 10  # options named in a remedy

LEVELS: Final[Mapping[str, str]] = {"BLOCK": "不能保存", "WARN": "需说明", "REMIND": "提醒"}
OUTCOMES: Final[Mapping[str, str]] = {
    "Saved": "已保存",
    "Queued": "正在写入…",
    "Rejected": "没有保存",
    "Denied": "没有权限",
    "Overtaken": "同时有人改了同一格",
}
STORAGE: Final[Mapping[str, str]] = {
    "": "表格正常",
    "StorageError": "表格暂时无法使用",
    "Unavailable": "表格暂时打不开",
    "Busy": "文件正被打开",
    "AnotherWriter": "另一个程序正在写",
    "HalfSaved": "文件正在保存",
    "Missing": "找不到工作簿文件",
    "NoSpace": "磁盘空间已满",
    "ReadOnlyFile": "文件不允许写入",
    "Moved": "正在合并别人的修改",
    "ProofFailed": "写入核对没有通过",
    "WorkerDied": "读写进程正在重启",
    "Unusable": "文件不能使用",
    "NotAWorkbook": "文件已损坏或不是 .xlsx",
    "Locked": "文件设有打开密码",
    "TooLarge": "表格范围过大",
    "InDoubt": "正在核对刚才的写入",
    "NotConfigured": "还没有配置谷歌服务账号",
    "NoNetwork": "连不上谷歌表格",
    "NoProxy": "连不上代理服务器",
    "GoogleDown": "谷歌表格暂时出错",
    "QuotaUsedUp": "访问次数用完,正在排队",
    "SheetsApiOff": "没有启用 Google Sheets API",
    "DriveApiOff": "没有启用 Google Drive API",
    "NotShared": "表格没有共享给控制台",
    "SharedReadOnly": "表格只给了查看权限",
    "NoSpreadsheet": "找不到谷歌表格",
    "InTheBin": "谷歌表格在回收站里",
    "NotASpreadsheet": "不是谷歌表格",
    "CredentialRevoked": "服务账号的密钥不能用了",
    "WrongClock": "电脑的时间不准",
    "ProtectedCells": "表格里有受保护的范围",
    "TabGone": "工作表正在变动",
}


# Where a line break of a docstring stands between Chinese words, no blank belongs.
_BROKEN = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f]|\()|(?<=[,;:)]) (?=[^\x00-\x7f])")


def unwrapped(doc: str | None) -> str:
    """A docstring as one line, without the blanks that its line breaks left between Chinese words."""
    return _BROKEN.sub("", " ".join((doc or "").split()))


class Words(NamedTuple):
    """What is wrong, naming the value found, and what to do."""

    reason: str
    remedy: str


def quoted(value: object) -> str:
    """A value inside a sentence: on one line, cut to a readable length, in Chinese quotation marks."""
    text = " ".join(str(value).split())
    text = "".join(character if character.isprintable() else "�" for character in text)
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"


def listed(options: Sequence[str]) -> str:
    """Options inside a sentence, the first few and how many there are."""
    names = "、".join(options[:_LISTED])
    return f"{names} 等 {len(options)} 项" if len(options) > _LISTED else names


def level_label(level: str) -> str:
    """What staff see for a level code."""
    return LEVELS.get(level, "问题")


def outcome_label(outcome: str) -> str:
    """What staff see for the class name of an Outcome."""
    return OUTCOMES.get(outcome, "处理中")


def storage_label(state: str | type[BaseException] = "") -> str:
    """The short label of a storage state: a class of the StorageError tree, its name, or "" for all is well."""
    names = [state] if isinstance(state, str) else [cls.__name__ for cls in state.__mro__]
    return next((STORAGE[name] for name in names if name in STORAGE), STORAGE["StorageError"])


# Any text -----------------------------------------------------------------------------------------------------------


def text_too_long(length: int, limit: int) -> Words:
    return Words(
        f"内容有 {length:,} 个字符,一个单元格最多只能存 {limit:,} 个", f"请删减到 {limit:,} 个字符以内,或分成几条记录"
    )


def control_character(character: str) -> Words:
    return Words(
        f"内容里有看不见的控制字符(U+{ord(character):04X}),表格存不了", "请删掉重新输入,或先粘贴到记事本再复制过来"
    )


def nothing_between_separators(text: str) -> Words:
    return Words(f"{quoted(text)}里只有分隔符,没有内容", "请填写内容,几项之间用顿号隔开;没有就留空")


# Numbers of things: identifiers, phones, digits -----------------------------------------------------------------------


def number_damaged() -> Words:
    """The wording of DAT-06, word for word as in the catalogue."""
    return Words(
        "号码被表格改成数字了, 请按文本重新粘贴",
        "请先把单元格格式设为“文本”,再从原来的地方复制完整号码粘贴",
    )


def number_became_date(shown: str) -> Words:
    return Words(f"号码被表格改成日期了,现在显示为{quoted(shown)}", "请先把单元格格式设为“文本”,再重新填写原来的号码")


def several_in_one(text: str, example: str) -> Words:
    return Words(f"{quoted(text)}里不止一个号码,这一格只能填一个", f"请只留一个号码{_such_as(example)}")


def identifier_shape(text: str, example: str) -> Words:
    return Words(f"{quoted(text)}不符合这一列的号码格式", f"请核对后重新填写{_such_as(example)}")


def truth_not_number(shown: str, example: str) -> Words:
    return Words(f"这里是逻辑值 {shown},不是号码", f"请填写号码{_such_as(example)}")


def phone_hidden(text: str) -> Words:
    return Words(f"电话{quoted(text)}有几位被星号遮住了", "请填写完整号码,例如 13800138000;不知道就留空")


def phone_shape(text: str) -> Words:
    return Words(
        f"{quoted(text)}不像电话号码",
        "手机填 1 开头的 11 位数字,例如 13800138000;座机填区号-号码,例如 0571-88886666",
    )


def digits_count(text: str, wanted: int, found: int | None) -> Words:
    now = f"现在是 {found} 位" if found is not None else "现在夹有别的字符"
    remedy = f"请填满 {wanted} 位数字,例如 {sample_digits(wanted)}"
    return Words(f"这里要填 {wanted} 位数字,{quoted(text)}{now}", remedy)


def digits_lost(text: str, wanted: int) -> Words:
    return Words(
        f"这里要填 {wanted} 位数字,表格里是数字 {text},开头的 0 可能丢了",
        f"请把单元格格式设为“文本”,再填满 {wanted} 位,例如 {sample_digits(wanted)}",
    )


def record_id_shape(text: str) -> Words:
    return Words(f"{quoted(text)}不是记录编号", "记录编号形如 YH261122-7K3QD,请从那条记录的“记录编号”一栏复制过来")


def several_record_ids(text: str) -> Words:
    return Words(f"{quoted(text)}里不止一个记录编号,这一格只能填一个", "请只留一个记录编号,例如 YH261122-7K3QD")


def sample_digits(wanted: int) -> str:
    """So many digits, for an example."""
    return ("0123456789" * (wanted // 10 + 1))[:wanted]


def _such_as(example: str) -> str:
    return f",例如 {example}" if example else ""


# Amounts and counts ---------------------------------------------------------------------------------------------------


def not_money(text: str) -> Words:
    return Words(f"{quoted(text)}不是金额", "请只填数字,单位是元,例如 1234.50")


def money_decimals(text: str) -> Words:
    return Words(f"{quoted(text)}的小数超过两位", "金额精确到分,请保留两位小数,例如 1234.50")


def thousands_misplaced(text: str, example: str) -> Words:
    return Words(f"{quoted(text)}里逗号的位置不对,看不出是多少", f"千位逗号每三位一个,也可以不写逗号,例如 {example}")


def number_too_large(text: str, example: str) -> Words:
    return Words(f"{quoted(text)}超过 15 位,表格存不准", f"请检查是否多打了数字,例如 {example}")


def not_finite(example: str) -> Words:
    return Words("表格里是一个无法计算的数", f"请检查公式,或直接填数字,例如 {example}")


def truth_not_amount(shown: str, example: str) -> Words:
    return Words(f"这里是逻辑值 {shown},不是数字", f"请填写数字,例如 {example}")


def date_not_amount(shown: str, example: str, form: str) -> Words:
    return Words(f"这里是日期{quoted(shown)},不是数字", f"请把单元格格式设为“{form}”,再重新填写,例如 {example}")


def not_percent(text: str) -> Words:
    return Words(f"{quoted(text)}不是百分数", "请填写数字加百分号,例如 30%")


def percent_sign_missing(text: str, one: str, other: str) -> Words:
    return Words(f"{quoted(text)}没有写百分号,分不清是 {one} 还是 {other}", "请带上百分号填写,例如 30%")


def percent_decimals(text: str) -> Words:
    return Words(f"{quoted(text)}的小数超过两位", "百分数最多保留两位小数,例如 12.35%;公式算出来的请先四舍五入")


def not_whole(text: str) -> Words:
    return Words(f"{quoted(text)}不是整数", "请只填整数,不写单位,例如 12")


# Dates and times ------------------------------------------------------------------------------------------------------


def not_date(text: str) -> Words:
    return Words(f"{quoted(text)}不是能看懂的日期", "请按年-月-日填写,例如 2021-03-02")


def year_unclear(text: str) -> Words:
    return Words(f"{quoted(text)}的年份不清楚,分不清是哪一天", "请写四位年份,按年-月-日填写,例如 2021-03-02")


def day_missing(text: str) -> Words:
    return Words(f"{quoted(text)}没有写是哪一天", "请写全年月日,例如 2021-03-02")


def date_missing(text: str) -> Words:
    return Words(f"{quoted(text)}只有时间,没有日期", "请在时间前写上日期,例如 2021-03-02 10:32")


def date_impossible(text: str) -> Words:
    return Words(f"{quoted(text)}里的日期在日历上不存在", "请核对月份和日子,例如 2021-02-28")


def date_too_early(text: str) -> Words:
    return Words(f"{quoted(text)}早于 1900-03-01,表格存不准这么早的日期", "请核对年份,例如 2021-03-02")


def time_impossible(text: str, example: str) -> Words:
    return Words(f"{quoted(text)}里的时间不存在", f"时间从 00:00 到 23:59,例如 {example}")


def time_unclear(text: str, example: str) -> Words:
    return Words(f"{quoted(text)}里的时间看不懂", f"时间请按 24 小时制的 时:分 填写,例如 {example}")


def serial_typed(text: str) -> Words:
    return Words(f"{quoted(text)}只是一串数字,分不清是日期序号还是别的号码", "请按年-月-日填写,例如 2021-03-02")


def number_not_date(text: str) -> Words:
    return Words(f"表格里是数字{quoted(text)},不像日期", "请按年-月-日重新填写,例如 2021-03-02")


def truth_not_date(shown: str) -> Words:
    return Words(f"这里是逻辑值 {shown},不是日期", "请按年-月-日填写,例如 2021-03-02")


# Times of day, months -------------------------------------------------------------------------------------------------


def not_time(text: str) -> Words:
    return Words(f"{quoted(text)}不是能看懂的时间", "请按 24 小时制的 时:分 填写,例如 09:00")


def time_with_date(text: str) -> Words:
    return Words(f"{quoted(text)}里有日期,这里只填几点几分", "请去掉日期,只填 时:分,例如 09:00")


def number_not_time(text: str) -> Words:
    return Words(f"{quoted(text)}只是一个数字,看不出是几点几分", "请按 24 小时制的 时:分 填写,例如 09:00")


def time_after_midnight(text: str) -> Words:
    return Words(f"{quoted(text)}里的 24 点已经是第二天了", "当天的最后一分钟请填 23:59,零点请填 00:00")


def not_time_band(text: str, words: Sequence[str]) -> Words:
    return Words(
        f"{quoted(text)}不是能看懂的时间段", f"请按 时:分-时:分 填写,例如 09:00-12:00;也可以填 {listed(words)}"
    )


def time_band_backwards(text: str) -> Words:
    return Words(
        f"{quoted(text)}的结束时间不比开始时间晚",
        "请填同一天里的时间段,按 24 小时制写,例如下午 2 点到 5 点写 14:00-17:00",
    )


def not_month(text: str) -> Words:
    return Words(f"{quoted(text)}不是能看懂的月份", "请按年-月填写,例如 2021-03")


def month_year_missing(text: str) -> Words:
    return Words(f"{quoted(text)}的年份不清楚,分不清是哪一年的月份", "请写四位年份,按年-月填写,例如 2021-03")


def month_unclear(text: str) -> Words:
    return Words(f"{quoted(text)}这六位数字分不清哪几位是年、哪几位是月", "请在年和月之间加横线,例如 2021-03")


def month_impossible(text: str) -> Words:
    return Words(f"{quoted(text)}里的年份或月份不对", "请核对,年份写四位,月份从 01 到 12,例如 2021-03")


def month_with_day(text: str) -> Words:
    return Words(f"{quoted(text)}具体到了哪一天,这里只填年份和月份", "请去掉日子,只填年-月,例如 2021-03")


# Choices, people, addresses -------------------------------------------------------------------------------------------


def not_an_option(text: str, options: Sequence[str], nearest: str | None) -> Words:
    hint = f"是不是“{nearest}”?" if nearest else ""
    return Words(f"{quoted(text)}不在可选项里", f"{hint}请从这些里面选:{listed(options)}")


def not_yes_or_no(text: str) -> Words:
    return Words(f"{quoted(text)}看不出是“是”还是“否”", "请填 是 或 否,例如 是")


def not_email(text: str) -> Words:
    return Words(f"{quoted(text)}不是邮箱地址", "请填写完整邮箱,例如 zhangsan@example.com")


def link_scheme(text: str) -> Words:
    return Words(f"{quoted(text)}不是网页链接", "请填 http:// 或 https:// 开头的链接,或填文件名,例如 转账凭证.jpg")


def link_broken(text: str) -> Words:
    return Words(f"链接{quoted(text)}不完整或夹有空格、换行", "请重新复制完整链接,例如 https://example.com/1.jpg")


def links_unclear(text: str) -> Words:
    return Words(
        f"看不出{quoted(text)}是一个还是几个", "几个链接或文件名之间请用顿号或换行隔开,例如 正面.jpg、背面.jpg"
    )


# Typed models ---------------------------------------------------------------------------------------------------------
# Every error a row model with text, numbers, amounts, dates, truth values, tuples or nothing can raise, by the name
# pydantic gives it. Kinds read the cells first: staff meet these only where a declaration asks more than its kind.

_NUMBER_REMEDY = "请填写数字,例如 12"
_DATE_REMEDY = "请按年-月-日填写,例如 2021-03-02"
_TIME_REMEDY = "例如 2021-03-02 10:32"
_TEXT_REMEDY = "请重新填写文字"
_ADMIN_REMEDY = "请刷新页面重试,仍然出现时请联系管理员"

MODEL_ERRORS: Final[Mapping[str, Words]] = {
    "missing": Words("这一项没有填", "请填写这一项"),
    "none_required": Words("这一项应当留空", "请清空这一项"),
    "extra_forbidden": Words("登记表里没有这一列", _ADMIN_REMEDY),
    "frozen_field": Words("这一项不能修改", "请还原这一项"),
    "frozen_instance": Words("这条记录不能修改", "请刷新页面后查看"),
    "invalid_key": Words("列名不是文字", _ADMIN_REMEDY),
    "no_such_attribute": Words("登记表里没有“{attribute}”这一列", _ADMIN_REMEDY),
    "get_attribute_error": Words("这一项读不出来", _ADMIN_REMEDY),
    "default_factory_not_called": Words("别的列有错,这一项算不出来", "请先改正别的列"),
    "model_type": Words("这不是一条记录", _ADMIN_REMEDY),
    "model_attributes_type": Words("这不是一条记录", _ADMIN_REMEDY),
    "is_instance_of": Words("内容的类型不对", "请按列的说明重新填写"),
    "is_subclass_of": Words("内容的类型不对", "请按列的说明重新填写"),
    "recursion_loop": Words("记录引用了它自己", _ADMIN_REMEDY),
    "recursion_depth_exceeded": Words("记录的层次太深", _ADMIN_REMEDY),
    "greater_than": Words("数值要大于 {gt}", "请填写大于 {gt} 的数"),
    "greater_than_equal": Words("数值不能小于 {ge}", "请填写 {ge} 或更大的数"),
    "less_than": Words("数值要小于 {lt}", "请填写小于 {lt} 的数"),
    "less_than_equal": Words("数值不能大于 {le}", "请填写 {le} 或更小的数"),
    "multiple_of": Words("数值要是 {multiple_of} 的倍数", "请填写 {multiple_of} 的倍数"),
    "finite_number": Words("这不是一个有限的数", _NUMBER_REMEDY),
    "too_short": Words("至少要有 {min_length} 项,现在是 {actual_length} 项", "请补足,几项之间用顿号隔开"),
    "too_long": Words("最多只能有 {max_length} 项", "请删去多余的项"),
    "tuple_type": Words("这里应当是几项内容", "几项之间用顿号隔开,例如 甲、乙"),
    "list_type": Words("这里应当是几项内容", "几项之间用顿号隔开,例如 甲、乙"),
    "iterable_type": Words("这里应当是几项内容", "几项之间用顿号隔开,例如 甲、乙"),
    "iteration_error": Words("几项内容读不出来", "几项之间用顿号隔开,例如 甲、乙"),
    "string_type": Words("这里应当是文字", _TEXT_REMEDY),
    "string_unicode": Words("文字里有无法识别的字符", "请删掉后重新输入"),
    "string_too_short": Words("文字太短,至少 {min_length} 个字", "请补充到 {min_length} 个字以上"),
    "string_too_long": Words("文字太长,最多 {max_length} 个字", "请删减到 {max_length} 个字以内"),
    "string_pattern_mismatch": Words("文字不符合这一列的格式", "请按列的说明重新填写"),
    "string_not_ascii": Words("这里只能填英文字母、数字和英文标点", "请去掉中文和全角字符"),
    "bool_type": Words("这里应当填 是 或 否", "请填 是 或 否"),
    "bool_parsing": Words("看不出是“是”还是“否”", "请填 是 或 否"),
    "int_type": Words("这里应当是整数", _NUMBER_REMEDY),
    "int_parsing": Words("这不是整数", _NUMBER_REMEDY),
    "int_parsing_size": Words("数字太大", "请检查是否多打了数字"),
    "int_from_float": Words("这里要填整数,不能有小数", _NUMBER_REMEDY),
    "float_type": Words("这里应当是数字", _NUMBER_REMEDY),
    "float_parsing": Words("这不是数字", _NUMBER_REMEDY),
    "decimal_type": Words("这里应当是金额或数字", "请只填数字,例如 1234.50"),
    "decimal_parsing": Words("这不是金额或数字", "请只填数字,例如 1234.50"),
    "decimal_max_digits": Words("数字不能超过 {max_digits} 位", "请检查是否多打了数字"),
    "decimal_max_places": Words("小数不能超过 {decimal_places} 位", "请保留 {decimal_places} 位小数"),
    "decimal_whole_digits": Words("小数点前不能超过 {whole_digits} 位", "请检查是否多打了数字"),
    "date_type": Words("这里应当是日期", _DATE_REMEDY),
    "date_parsing": Words("这不是能看懂的日期", _DATE_REMEDY),
    "date_from_datetime_parsing": Words("这不是能看懂的日期", _DATE_REMEDY),
    "date_from_datetime_inexact": Words("这里只要日期,不要时间", _DATE_REMEDY),
    "date_past": Words("日期应当早于今天", "请核对日期"),
    "date_future": Words("日期应当晚于今天", "请核对日期"),
    "datetime_type": Words("这里应当是日期和时间", f"请按年-月-日 时:分填写,{_TIME_REMEDY}"),
    "datetime_parsing": Words("这不是能看懂的日期和时间", f"请按年-月-日 时:分填写,{_TIME_REMEDY}"),
    "datetime_object_invalid": Words("日期和时间无法使用", f"请按年-月-日 时:分填写,{_TIME_REMEDY}"),
    "datetime_from_date_parsing": Words("这不是能看懂的日期和时间", f"请按年-月-日 时:分填写,{_TIME_REMEDY}"),
    "datetime_past": Words("时间应当早于现在", "请核对日期和时间"),
    "datetime_future": Words("时间应当晚于现在", "请核对日期和时间"),
    "timezone_naive": Words("时间不要带时区", f"请直接填当地时间,{_TIME_REMEDY}"),
    "timezone_aware": Words("时间缺少时区", _ADMIN_REMEDY),
    "timezone_offset": Words("时间的时区不对", f"请直接填当地时间,{_TIME_REMEDY}"),
    "time_type": Words("这里应当是时间", "请按 时:分 填写,例如 10:32"),
    "time_parsing": Words("这不是能看懂的时间", "请按 时:分 填写,例如 10:32"),
    "literal_error": Words("内容不在可选项里", "请从可选项里选一项"),
    "enum": Words("内容不在可选项里", "请从可选项里选一项"),
}


class _Context(dict[str, object]):
    """The facts of an error; one that is missing leaves a blank instead of another error."""

    def __missing__(self, key: str) -> str:
        return "若干"


def model_error(kind: str, context: Mapping[str, object] | None = None) -> Words:
    """The wording of a pydantic error, from its type and ctx; a validator of our own speaks for itself."""
    facts = _Context(context or {})
    if kind in ("value_error", "assertion_error"):
        error = facts.get("error")
        reason, remedy = getattr(error, "reason", str(error or "")), getattr(error, "remedy", "请核对后重新填写")
        return Words(reason, remedy) if has_chinese(reason) else Words("内容没有通过检查", remedy)
    words = MODEL_ERRORS.get(kind, Words("内容没有通过检查", "请核对后重新填写"))
    return Words(words.reason.format_map(facts), words.remedy.format_map(facts))


def has_chinese(text: str) -> bool:
    """Is this a sentence staff can read, not one of a library's?"""
    return any("\u4e00" <= character <= "\u9fff" for character in text)
